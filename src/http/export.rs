//! Whole selections as files, streamed from one snapshot.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use futures_util::stream;

use super::{
    State,
    api::collection_of,
    conditional,
    openapi::{parameters::OfExports, responses::UnchangedOrMissing},
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    atlas::export::{Export, Format},
    search::ParameterError,
};

/// Everything that matches, as a file.
///
/// Streamed from one state of the register. `?spreadsheet=1` is a CSV that Excel in French opens
/// with a double click.
#[utoipa::path(
    get,
    path = "/api/export/{file}",
    tag = "export",
    operation_id = "export",
    params(("file" = String, Path, description = "The collection and the format: `{collection}.{geojson,geojsonl,csv}`.", example = "partnerships.csv"), OfExports),
    responses(
        (status = 200, description = "The file.", content(
            (String = "application/geo+json"), (String = "application/geo+json-seq"), (String = "text/csv; charset=utf-8; header=present")),
         headers(("Content-Disposition" = String))),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn export(
    request: HttpRequest,
    file: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let (collection, extension) = file.split_once('.').unwrap_or((&file, ""));
    let collection = collection_of(collection)?;
    let known = || Format::ALL.into_iter().filter(|format| format.suits(collection));
    let format = known().find(|format| format.extension() == extension);
    let format = format.ok_or_else(|| {
        let endings = known().map(Format::extension).collect::<Vec<_>>().join(", ");
        Problem::missing(format!(
            "there is no export of that format; its name ends in one of: {endings}"
        ))
    })?;
    let params = Params::read(&request, Takes::Exports)?;
    if params.spreadsheet && format != Format::Csv {
        let reason = format!("it is a form of CSV; ask for {}.csv", collection.id());
        return Err(ParameterError::new("spreadsheet", reason).into());
    }
    Ok(conditional::respond(&snapshot, &request, |response| {
        let source = (collection, &params.filter);
        let export = Export::new(snapshot.clone(), source, format, params.language)
            .for_excel(params.spreadsheet);
        let name = format!("attachment; filename=\"atlas-aect-{}.{extension}\"", collection.id());
        response
            .content_type(format.media_type())
            .insert_header((header::CONTENT_DISPOSITION, name))
            .streaming(stream::iter(
                export.map(|piece| Ok::<_, actix_web::Error>(Bytes::from(piece))),
            ))
    }))
}
