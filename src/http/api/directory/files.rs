//! Actors, schemes and calls as files, and what their tables are.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    atlas::export::DirectorySource,
    domain::directory::{Actor, Call, FundingScheme},
    formats::directory_schema::directory_schema,
    http::{
        api::{collections::collection_of, directory::params::DirectoryParams, exports::Wanted},
        openapi::{
            parameters::{OfDirectoryExports, OfNothing},
            responses::{Unavailable, UnchangedOrMissing, Unsatisfiable},
        },
        web::{
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ApiCollection,
        directory::{Directory, DirectoryCollection},
    },
};

/// Export actors, schemes or calls as a file
///
/// The CSV has the columns that `--directory` reads: what is downloaded can be corrected and served.
/// The other formats have the properties of the features. GeoPackage and Parquet are tables
/// without geometries.
#[utoipa::path(
    get,
    path = "/api/export/{directory}.{format}",
    tag = "directory",
    operation_id = "export",
    params(
        ("directory" = String, Path, description = "`actors`, `schemes` or `calls`."),
        ("format" = String, Path, description = "The ending of the format."),
        OfDirectoryExports,
    ),
    responses(
        (status = 200, description = "The file.", content(
            (String = "application/geo+json")), headers(("Content-Disposition" = String))),
        (status = 206, description = "The part that `Range` asks for."),
        UnchangedOrMissing,
        Unsatisfiable,
        Unavailable,
    ),
)]
pub(crate) fn export(
    request: &HttpRequest,
    directory: &Directory,
    collection: DirectoryCollection,
) -> Result<Wanted, Problem> {
    let asked = DirectoryParams::read(request, Takes::DirectoryExports, collection)?;
    let DirectoryParams { filter, params } = asked;
    let is_filter = |name: &str| collection.parameter(name).is_some();
    let filters = params.pairs.iter().filter(|(name, _)| is_filter(name)).cloned().collect();
    let source = DirectorySource::new(directory, (collection, &filter), params.language);
    Ok(Wanted { source: Box::new(source), params, filters })
}

/// Get the schema of the table of actors, schemes or calls
///
/// A Table Schema: what `--directory` reads, and what the CSV has.
#[utoipa::path(
    get,
    path = "/api/schema/native/{directory}.json",
    tag = "directory",
    operation_id = "tableSchema",
    params(("directory" = String, Path, description = "`actors`, `schemes` or `calls`."), OfNothing),
    responses(
        (status = 200, description = "The schema.",
         body = ref("#/components/schemas/Object"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn table_schema(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ApiCollection::Directory(collection) = collection_of(&collection)? else {
        return Err(Problem::missing([
            "cette collection n'a pas de table ; /api/schema.json décrit celle des partenariats",
            "this collection has no table; /api/schema.json describes that of partnerships",
        ]));
    };
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let schema = match collection {
            DirectoryCollection::Actors => directory_schema::<Actor>(),
            DirectoryCollection::Schemes => directory_schema::<FundingScheme>(),
            DirectoryCollection::Calls => directory_schema::<Call>(),
        };
        response
            .content_type("application/json")
            .insert_header(("Content-Language", "fr, en"))
            .body(schema)
    }))
}
