//! Whole selections as files, streamed from one snapshot.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use crate::{
    atlas::export::{Export, Format},
    domain::text::fold,
    http::{
        api::collections::collection_of,
        openapi::{
            parameters::OfExports,
            responses::{Unavailable, UnchangedOrMissing},
        },
        web::{
            blocking,
            concurrency_limit::{ConcurrencyLimit, ConcurrencyPermit},
            conditional,
            params::{Params, Takes},
            problem::{Problem, UNAVAILABLE},
            state::State,
        },
    },
    search::{Filter, ParameterError, Snapshot},
};

/// The most files that are prepared at once: each takes a core, and memory for its index or a place
/// on the disk.
static LIMIT: ConcurrencyLimit = ConcurrencyLimit::new(2);
/// The longest name of a file without its ending, in bytes.
const LONGEST_NAME: usize = 120;

/// Export all matching features as a file
///
/// Streamed from one state of the register. `?spreadsheet=1` is a CSV that Excel in French opens
/// with a double click. The CSV of partnerships and links is the native one, which imports back: a row
/// is a source's record, whatever `records` says;
/// that of the others is a table of their properties. FlatGeobuf is indexed, GeoPackage and
/// GeoParquet are written first: the first byte comes when that is done.
#[utoipa::path(
    get,
    path = "/api/export/{file}",
    tag = "export",
    operation_id = "export",
    params(("file" = String, Path, description = "The collection and the format: `{collection}.{geojson,geojsonl,csv,fgb,gpkg,parquet}`.", example = "partnerships.csv"), OfExports),
    responses(
        (status = 200, description = "The file.", content(
            (String = "application/geo+json"), (String = "application/geo+json-seq"), (String = "text/csv; charset=utf-8; header=present"), (String = "application/flatgeobuf"), (String = "application/geopackage+sqlite3"), (String = "application/vnd.apache.parquet")),
         headers(("Content-Disposition" = String))),
        UnchangedOrMissing,
        Unavailable,
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
    let format = Format::ALL.into_iter().find(|format| format.extension() == extension);
    let format = format.ok_or_else(|| {
        let endings = Format::ALL.map(Format::extension).join(", ");
        Problem::missing([
            format!("il n'y a pas d'export de ce format ; son nom finit par : {endings}"),
            format!("there is no export of that format; its name ends in one of: {endings}"),
        ])
    })?;
    let params = Params::read(&request, Takes::Exports)?;
    if params.spreadsheet && format != Format::Csv {
        let id = collection.id();
        let reason = [
            format!("c'est une forme de CSV ; demandez {id}.csv"),
            format!("it is a variant of CSV; request {id}.csv"),
        ];
        return Err(ParameterError::new("spreadsheet", reason).into());
    }
    let snapshot = if Export::is_of_records(collection, format) {
        snapshot.every_record()
    } else {
        params.records_of(snapshot)
    };
    let selection = blocking::select(&snapshot, params.filter.clone(), collection).await?;
    let permit = permit(format)?;
    Ok(conditional::attempt(&snapshot, &request, |response| {
        let source = (collection, selection);
        let export = Export::new(snapshot.clone(), source, format, params.language)
            .for_excel(params.spreadsheet);
        let name = file_name(&params, &snapshot, collection.id());
        // somebody may have both of them side by side
        let extension = if params.spreadsheet { "excel.csv" } else { extension };
        let disposition = format!("attachment; filename=\"{name}.{extension}\"");
        Ok(response
            .content_type(format.media_type())
            .insert_header((header::CONTENT_DISPOSITION, disposition))
            .streaming(pieces(export, permit)))
    }))
}

/// What the file holds and of which day its data is: `atlas-aect-links-region-84-2026-11-20`.
fn file_name(params: &Params, snapshot: &Snapshot, collection: &str) -> String {
    let mut name = format!("atlas-aect-{collection}");
    let filters = params.pairs.iter();
    for (filter, value) in filters.filter(|(n, _)| Filter::takes(n)) {
        let more = fold(&format!("{filter} {value}")).replace(' ', "-");
        if name.len() + more.len() < LONGEST_NAME {
            name.push('-');
            name.push_str(&more);
        }
    }
    match snapshot.modified() {
        Some(moment) => format!("{name}-{}", moment.format("%Y-%m-%d")),
        None => name,
    }
}

/// The right to prepare a file, for formats that need it.
fn permit(format: Format) -> Result<Option<ConcurrencyPermit>, Problem> {
    if !format.is_prepared() {
        return Ok(None);
    }
    let busy = || {
        Problem::new(
            &UNAVAILABLE,
            [
                "D'autres fichiers de ce format sont en préparation ; redemandez dans quelques secondes.",
                "Other files of this format are being created; try again in a few seconds.",
            ],
        )
    };
    LIMIT.try_acquire().map(Some).ok_or_else(busy)
}

/// Tells that nobody waits any more, once it is dropped.
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// The pieces as they are asked for: nothing is made for a client that has gone, nor for `HEAD`.
fn pieces(
    export: Export,
    permit: Option<ConcurrencyPermit>,
) -> impl Stream<Item = io::Result<Bytes>> {
    let prepared = async move {
        let waits = Arc::new(AtomicBool::new(true));
        let _waiter = Waiter(Arc::clone(&waits));
        let prepared = web::block(move || {
            let mut export = export;
            let _permit = permit;
            export.prepare(|| waits.load(Ordering::Relaxed)).map(|()| export)
        });
        match prepared.await {
            Ok(Ok(export)) => stream::iter(export).left_stream(),
            Ok(Err(error)) => stream::iter([Err(error)]).right_stream(),
            Err(_) => stream::iter([Err(io::ErrorKind::Other.into())]).right_stream(),
        }
    };
    stream::once(prepared).flatten()
}
