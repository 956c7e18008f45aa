//! Whole selections as files, streamed from one snapshot.

use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use futures_util::stream;

use crate::{
    atlas::export::{Export, ExportSource, Format, RegisterSource},
    domain::text::fold,
    http::{
        api::{collections::collection_of, directory},
        openapi::{
            parameters::OfExports,
            responses::{Unavailable, UnchangedOrMissing, Unsatisfiable},
        },
        web::{
            blocking, conditional,
            kept_files::{self, KeptFile},
            limits::concurrency_limit::{ConcurrencyLimit, ConcurrencyPermit},
            negotiation::Representation,
            params::{Params, Takes},
            problem::{Problem, UNAVAILABLE},
            state::State,
        },
    },
    search::{ApiCollection, Collection, Filter, ParameterError, Snapshot},
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
/// that of the others is a table of their properties. FlatGeobuf, GeoPackage and GeoParquet are
/// written first and kept: they say how long they are, and give the part that `Range` asks for.
#[utoipa::path(
    get,
    path = "/api/export/{file}",
    tag = "export",
    operation_id = "export",
    params(("file" = String, Path, description = "The collection and the format: `{collection}.{geojson,geojsonl,geojsons,csv,fgb,gpkg,parquet}`.", example = "partnerships.csv"), OfExports),
    responses(
        (status = 200, description = "The file.", content(
            (String = "application/geo+json"), (String = "application/x-ndjson"), (String = "application/geo+json-seq"), (String = "text/csv; charset=utf-8; header=present"), (String = "application/flatgeobuf"), (String = "application/geopackage+sqlite3"), (String = "application/vnd.apache.parquet")),
         headers(("Content-Disposition" = String))),
        (status = 206, description = "The part that `Range` asks for."),
        UnchangedOrMissing,
        Unsatisfiable,
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
    let Wanted { source, params, filters } = match collection {
        ApiCollection::Register(one) => of_register(&request, &snapshot, one, format).await?,
        ApiCollection::Directory(one) => directory::files::export(&request, &state.directory, one)?,
    };
    if params.spreadsheet && format != Format::Csv {
        let id = collection.id();
        let reason = [
            format!("c'est une forme de CSV ; demandez {id}.csv"),
            format!("it is a variant of CSV; request {id}.csv"),
        ];
        return Err(ParameterError::new("spreadsheet", reason).into());
    }
    let name = file_name(&filters, &snapshot, collection.id());
    let export = Export::new(source, format, params.language)
        .for_excel(params.spreadsheet)
        .flat(params.flat);
    let content = if format.is_prepared() && !conditional::is_current(&snapshot, &request) {
        let tag = conditional::tag(&snapshot, &request, Representation::Json).to_string();
        Content::File(written_file(&state, tag, export).await?)
    } else {
        Content::Stream(Box::new(export))
    };
    Ok(conditional::attempt(&snapshot, &request, |response| {
        // somebody may have both of them side by side
        let extension = if params.spreadsheet { "excel.csv" } else { extension };
        let disposition = format!("attachment; filename=\"{name}.{extension}\"");
        response
            .content_type(format.media_type())
            .insert_header((header::CONTENT_DISPOSITION, disposition));
        match content {
            Content::File(file) => file.answer(&request, response.finish()),
            Content::Stream(export) => Ok(response.streaming(stream::iter(export))),
        }
    }))
}

/// What a file is to hold.
pub(crate) struct Wanted {
    pub(crate) source: Box<dyn ExportSource>,
    pub(crate) params: Params,
    /// The filters of the address, as they came.
    pub(crate) filters: Vec<(String, String)>,
}

async fn of_register(
    request: &HttpRequest,
    snapshot: &Arc<Snapshot>,
    collection: Collection,
    format: Format,
) -> Result<Wanted, Problem> {
    let params = Params::read(request, Takes::Exports)?;
    let snapshot = if Export::is_of_records(collection, format) {
        snapshot.every_record()
    } else {
        params.records_of(Arc::clone(snapshot))
    };
    let selection = blocking::select(&snapshot, params.filter.clone(), collection).await?;
    let filters = params.pairs.iter().filter(|(name, _)| Filter::takes(name)).cloned().collect();
    let source = Box::new(RegisterSource::new(snapshot, collection, selection));
    Ok(Wanted { source, params, filters })
}

/// What an answer is made from.
enum Content {
    File(Arc<KeptFile>),
    Stream(Box<Export>),
}

/// What the file holds and of which day its data is: `atlas-aect-links-region-84-2026-11-20`.
fn file_name(filters: &[(String, String)], snapshot: &Snapshot, collection: &str) -> String {
    let mut name = format!("atlas-aect-{collection}");
    for (filter, value) in filters {
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

/// The file with an entity tag: the one that is kept, or it is written.
async fn written_file(
    state: &web::Data<State>,
    tag: String,
    export: Export,
) -> Result<Arc<KeptFile>, Problem> {
    if let Some(file) = state.files.find(&tag) {
        return Ok(file);
    }
    let permit = permit()?;
    let waits = Arc::new(AtomicBool::new(true));
    let _waiter = Waiter(Arc::clone(&waits));
    let written = web::block(move || {
        let _permit = permit;
        export.into_file(|| waits.load(Ordering::Relaxed))
    });
    let failed = |error: &dyn Display| Problem::internal(&format!("a file to export: {error}"));
    let written = written.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    state.files.keep(tag, written).map_err(|error| failed(&error))
}

/// The right to write a file.
fn permit() -> Result<ConcurrencyPermit, Problem> {
    let busy = || {
        Problem::new(
            &UNAVAILABLE,
            [
                "D'autres fichiers de ce format sont en préparation ; redemandez dans quelques secondes.",
                "Other files of this format are being created; try again in a few seconds.",
            ],
        )
    };
    LIMIT.try_acquire().filter(|_| kept_files::has_room()).ok_or_else(busy)
}

/// Tells that nobody waits any more, once it is dropped.
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
