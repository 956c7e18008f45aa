//! What programs ask for, one file a resource; `docs/api.md` describes it for users.
//!
//! | file | serves |
//! |---|---|
//! | [`landing`], [`collections`], [`links`] | landing page, conformance, what each collection is, links |
//! | [`items`], [`queryables`], [`schema`] | items of a collection, what they can be filtered by, what they are |
//! | [`tiles`], [`tilesets`] | vector tiles, and what describes them |
//! | [`facets`], [`suggest`], [`vocabularies`] | counts of each filter's values, suggestions, codes and labels |
//! | [`exports`], [`dictionary`], [`dcat`] | whole selections as files, their columns, the data set for catalogues |
//! | [`directory`] | actors, schemes and calls, and which schemes fit |
//! | [`changes`] | what has changed since a version, for mirrors |
//! | [`history`] | where each value of a record comes from |
//! | [`contributions`] | corrections, proposals, confirmations |
//! | [`imports`], [`merges`] | importing, decisions about records of several sources |
//! | [`session`] | signing in, who one is, who speaks for whom |
//! | [`health`], [`metrics`] | for whoever operates the server |
//! | [`page`] | the same resources as pages |

pub mod changes;
pub mod collections;
pub mod contributions;
pub mod dcat;
pub mod dictionary;
pub mod directory;
pub mod exports;
pub mod facets;
pub mod health;
pub mod history;
pub mod imports;
pub mod items;
pub mod landing;
pub mod links;
pub mod merges;
pub mod metrics;
pub mod page;
pub mod queryables;
pub mod schema;
pub mod session;
pub mod suggest;
pub mod tiles;
pub mod tilesets;
pub mod vocabularies;

use actix_web::{
    middleware::{NormalizePath, TrailingSlash},
    web,
};

use crate::http::{
    api::contributions::proposals,
    openapi,
    web::{problem, read},
};

/// The addresses of accounts.
fn account_routes(config: &mut web::ServiceConfig) {
    let get = read;
    config
        .service(
            web::scope("/api/session")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(session::show))
                .route("", web::post().to(session::sign_in))
                .route("", web::delete().to(session::sign_out))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/me")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(session::me::show))
                .route("/sessions/{id}", web::delete().to(session::me::end_session))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/memberships")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(session::memberships::list))
                .route("", web::post().to(session::memberships::ask))
                .route("/{id}/decision", web::post().to(session::memberships::decide))
                .default_service(web::to(problem::not_found)),
        );
}

/// The addresses of the API.
// long: a table of routes
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let get = read;
    config
        // before the scope of what everybody may read: other sites' scripts have no access here
        .configure(account_routes)
        .configure(contribution_routes)
        .service(
            web::scope("/api/imports")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(imports::list))
                .route("", web::post().to(imports::create))
                .route("/{id}", get().to(imports::show))
                .route("/{id}/events", web::get().to(imports::watch))
                .route("/{id}/issues.csv", get().to(imports::rows::issues))
                .route("/{id}/rows", get().to(imports::rows::issue_page))
                .route("/{id}/rejected", get().to(imports::rows::rejected))
                .route("/{id}/plan", web::post().to(imports::plan))
                .route("/{id}/commit", web::post().to(imports::commit))
                .route("/{id}/cancel", web::post().to(imports::cancel))
                .route("/{id}/revert", web::post().to(imports::revert))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("/matches", get().to(directory::matches::matches))
                .route("/collections/{collection}/items", get().to(items::items))
                .route("", get().to(landing::landing))
                .route("/openapi.json", get().to(openapi::describe))
                .route("/docs", get().to(openapi::docs::docs))
                .route("/conformance", get().to(landing::conformance))
                .route("/collections", get().to(collections::collections))
                .route("/collections/{collection}", get().to(collections::collection))
                .route("/collections/{collection}/queryables", get().to(queryables::queryables))
                .route("/collections/{collection}/schema", get().to(schema::schema))
                .route("/collections/{collection}/schema/columns", get().to(schema::columns))
                .route("/collections/{collection}/items/{id}", get().to(items::item))
                .route("/collections/{collection}/tiles", get().to(tilesets::list))
                .route(
                    "/collections/{collection}/tiles/WebMercatorQuad",
                    get().to(tilesets::tile_set),
                )
                .route(
                    "/collections/{collection}/tiles/WebMercatorQuad/{matrix}/{row}/{column}",
                    get().to(tiles::tile_of_set),
                )
                .route("/changes", get().to(changes::changes))
                .route("/tileMatrixSets", get().to(tilesets::tile_matrix_sets))
                .route("/tileMatrixSets/WebMercatorQuad", get().to(tilesets::quad))
                .route("/facets", get().to(facets::facets))
                .route("/vocabularies", get().to(vocabularies::vocabularies))
                .route("/partnerships/{id}", web::patch().to(contributions::edit))
                .route("/partnerships/{id}/history", get().to(history::history))
                .route("/export/{file}", get().to(exports::export))
                .route("/suggest", get().to(suggest::suggest))
                .route("/schema.json", get().to(dictionary::native))
                .route("/schema/native/{directory}.json", get().to(directory::files::table_schema))
                .route("/schema/{collection}.json", get().to(dictionary::as_json))
                .route("/schema/{collection}.csv", get().to(dictionary::as_csv))
                .route("/dcat.jsonld", get().to(dcat::dcat))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/tiles")
                .route("/flows.json", get().to(tilesets::flow_tile_json))
                .route("/flows/{z}/{x}/{y}.mvt", get().to(tiles::flow_tile))
                .route("/{collection}.json", get().to(tilesets::tile_json))
                .route("/{collection}/{z}/{x}/{y}.mvt", get().to(tiles::tile))
                .default_service(web::to(problem::not_found)),
        )
        .configure(health_routes);
}

/// Whether the server lives and is ready.
pub(crate) fn health_routes(config: &mut web::ServiceConfig) {
    let get = read;
    config.route("/healthz", get().to(health::alive)).route("/readyz", get().to(health::ready));
}

/// What the server has done; it may be for no one but who operates it.
pub(crate) fn metrics_route(config: &mut web::ServiceConfig) {
    let get = read;
    config.route("/metrics", get().to(metrics::metrics));
}

/// The addresses of what people contribute and decide, but for the record itself.
fn contribution_routes(config: &mut web::ServiceConfig) {
    let get = read;
    config
        .service(
            web::scope("/api/merges")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", web::post().to(merges::merge))
                .route("/proposals", get().to(merges::proposals::list))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/splits")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", web::post().to(merges::split))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/proposals")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(proposals::list))
                .route("", web::post().to(proposals::create))
                .route("/{id}", get().to(proposals::show))
                .route("/{id}/decision", web::post().to(proposals::decide))
                .route("/{id}/withdrawal", web::post().to(proposals::withdraw))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/verifications")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", web::post().to(contributions::verify))
                .default_service(web::to(problem::not_found)),
        );
}
