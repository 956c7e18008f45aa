//! The files of a chart: `GET /graphiques/countries.svg?region=53`, also as PNG and as CSV.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;

use crate::http::{
    page::reply::Visit,
    site::{
        chart::{
            drawing::ChartDrawing,
            view::{Chart, ChartName, FILES},
        },
        map::{self, page::MapPage, view::SelectionView},
        preview::handler::{drawn, rendered},
    },
    web::{problem::Problem, state::State},
};

/// `GET /graphiques/{chart}.{png,svg,csv}` and `/en/charts/{chart}.{png,svg,csv}`, with the filters
/// of a selection.
pub(crate) async fn file(
    request: HttpRequest,
    file: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let named = file.rsplit_once('.').and_then(|(name, extension)| {
        Some((ChartName::from_code(name)?, FILES.into_iter().find(|known| *known == extension)?))
    });
    let Some((name, extension)) = named else {
        return Err(Problem::missing([
            "il n'y a pas de tel graphique : par exemple countries.svg, themes.png, years.csv",
            "there is no such chart: for instance countries.svg, themes.png, years.csv",
        ]));
    };
    let media_type = match extension {
        "png" => "image/png",
        "svg" => "image/svg+xml",
        _ => "text/csv; charset=utf-8; header=present",
    };
    let write = move |visit: &Visit| {
        let (page, chart) = chart_of(visit, name)?;
        let written = match extension {
            "csv" => table(&chart),
            _ => ChartDrawing::new(&page, &chart).render().ok().map(Bytes::from),
        };
        let file = if extension == "png" {
            written.and_then(|svg| rendered(std::str::from_utf8(&svg).ok()?))
        } else {
            written
        };
        file.ok_or_else(|| Problem::internal("a chart could not be written"))
    };
    drawn(request, &state, media_type, write).await
}

/// A chart of the selection that an address asks for, with its page.
fn chart_of(visit: &Visit, name: ChartName) -> Result<(MapPage, Chart), Problem> {
    let page = map::handler::charts(visit, name)?;
    let chart = match &page.view {
        SelectionView::Charts(view) => view.charts.first().cloned(),
        _ => None,
    };
    let chart = chart.unwrap_or_else(|| Chart::empty(&page, name));
    Ok((page, chart))
}

/// The table of a chart (RFC 4180).
fn table(chart: &Chart) -> Option<Bytes> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    writer.write_record(&chart.headings).ok()?;
    for row in &chart.rows {
        let count = row.count.to_string();
        writer.write_record(row.labels.iter().chain([&count])).ok()?;
    }
    writer.into_inner().ok().map(Bytes::from)
}
