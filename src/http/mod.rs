//! Floor 4: what a browser or a GIS asks. The route table; handlers extract, make one call, reply.

mod about;
mod api;
mod api_pages;
mod asked;
mod assets;
mod auth;
mod beside;
mod coding;
mod comparisons;
mod compress;
mod conditional;
mod data_site;
mod dcat;
mod describe;
mod dictionary;
mod envelope;
mod events;
mod explore;
mod export;
mod features;
mod feeds;
mod form;
mod give_back;
mod gone;
mod history;
mod import_forms;
mod import_site;
mod imports;
mod kept;
mod linked_data;
mod links;
mod listed;
mod listing;
mod metrics;
pub mod openapi;
pub mod pages;
mod params;
mod partnerships;
mod places;
mod preview;
mod problem;
mod queryables;
mod record;
mod session;
mod share;
mod site;
mod sitemap;
mod subjects;
mod suggest;
mod tiles;
mod tilesets;
mod turns;
mod upload;
mod who_else;

use std::{io, net::TcpListener, num::NonZeroUsize, time::Duration};

use actix_web::{
    App, HttpRequest, HttpServer,
    dev::Server,
    middleware::{NormalizePath, TrailingSlash, from_fn},
    web,
};

pub use about::{About, Licence};
pub use pages::map_view::Basemap;

use crate::atlas::{Jobs, Publisher};

/// What every handler may use.
pub(crate) struct State {
    /// Gives the snapshot that a request is answered from.
    pub(crate) publisher: Publisher,
    /// Imports, and who may run them.
    pub(crate) jobs: Jobs,
    /// Whose data it is.
    pub(crate) about: About,
    /// Which records were removed.
    pub(crate) gone: gone::Gone,
}

/// What answering may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads that answer; one for each processor without it.
    pub workers: Option<NonZeroUsize>,
    /// Connections at a time, for each thread that answers.
    pub max_connections: usize,
    /// Seconds that an idle connection is kept open.
    pub keep_alive: u64,
    /// Seconds that the head of a request may take to come.
    pub header_timeout: u64,
    /// Seconds that a client may take nothing of what is sent to it.
    pub write_timeout: u64,
}

/// Starts to answer on a socket; the server runs until its handle stops it.
pub fn serve(
    listener: TcpListener,
    publisher: Publisher,
    jobs: Jobs,
    limits: &Limits,
    about: About,
) -> io::Result<Server> {
    let state = web::Data::new(State { publisher, jobs, about, gone: gone::Gone::default() });
    let server = HttpServer::new(move || {
        App::new().app_data(state.clone()).wrap(from_fn(envelope::envelope)).configure(routes)
    });
    let Limits { workers, max_connections, keep_alive, header_timeout, write_timeout } = *limits;
    #[cfg(target_os = "linux")]
    // for whoever does not take what is sent (tcp(7)): connections have it from the socket
    socket2::SockRef::from(&listener)
        .set_tcp_user_timeout(Some(Duration::from_secs(write_timeout)))?;
    let server = server
        .max_connections(max_connections)
        .keep_alive(Duration::from_secs(keep_alive))
        .client_request_timeout(Duration::from_secs(header_timeout));
    // who has closed a connection waits for nothing more: what is done for them ends
    let server = server.h1_allow_half_closed(false);
    let server = match workers {
        Some(workers) => server.workers(workers.get()),
        None => server,
    };
    Ok(server.disable_signals().shutdown_timeout(10).listen(listener)?.run())
}

/// A route for GET and HEAD.
fn read() -> actix_web::Route {
    web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()))
}

/// Every address of the product.
fn routes(config: &mut web::ServiceConfig) {
    let get = read;
    config
        // first, since addresses are compared in order: these are asked for most, and fastest
        .configure(machines)
        .route("/", get().to(explore::show))
        .route("/en/", get().to(explore::show))
        .route("/en", get().to(explore::to_english))
        .route("/partenariats/{id}", get().to(record::french))
        .route("/en/partenariats/{id}", get().to(record::english))
        .configure(public_pages)
        .configure(|config| import_pages(config, "/import"))
        .configure(|config| import_pages(config, "/en/import"))
        .route("/donnees", get().to(data_site::data))
        .route("/en/donnees", get().to(data_site::data))
        .route("/static/{path:.*}", get().to(assets::file))
        .route("/qr.svg", get().to(share::qr))
        .route("/apercu.png", get().to(preview::selection))
        .route("/en/apercu.png", get().to(preview::selection))
        .route("/carte.svg", get().to(preview::map))
        .route("/partenariats/{id}/apercu.png", get().to(preview::partnership))
        .route("/en/partenariats/{id}/apercu.png", get().to(preview::partnership))
        .route("/healthz", get().to(api::alive))
        .route("/readyz", get().to(api::ready))
        .route("/metrics", get().to(metrics::metrics))
        .default_service(web::to(site::not_found));
}

/// What programs ask for.
fn machines(config: &mut web::ServiceConfig) {
    let get = read;
    config
        // before the scope of what everybody may read: other sites' scripts have no access here
        .service(
            web::scope("/api/session")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(session::show))
                .route("", web::post().to(session::sign_in))
                .route("", web::delete().to(session::sign_out))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api/imports")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("", get().to(imports::list))
                .route("", web::post().to(imports::create))
                .route("/{id}", get().to(imports::show))
                .route("/{id}/events", web::get().to(imports::watch))
                .route("/{id}/issues.csv", get().to(give_back::issues))
                .route("/{id}/rows", get().to(give_back::issue_page))
                .route("/{id}/rejected", get().to(give_back::rejected))
                .route("/{id}/plan", web::post().to(imports::plan))
                .route("/{id}/commit", web::post().to(imports::commit))
                .route("/{id}/cancel", web::post().to(imports::cancel))
                .route("/{id}/revert", web::post().to(imports::revert))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/api")
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .route("/collections/{collection}/items", get().to(features::items))
                .route("", get().to(api::landing))
                .route("/openapi.json", get().to(openapi::describe))
                .route("/docs", get().to(openapi::docs::docs))
                .route("/conformance", get().to(api::conformance))
                .route("/collections", get().to(api::collections))
                .route("/collections/{collection}", get().to(api::collection))
                .route("/collections/{collection}/queryables", get().to(queryables::queryables))
                .route("/collections/{collection}/items/{id}", get().to(features::item))
                .route("/collections/{collection}/tiles", get().to(tilesets::list))
                .route(
                    "/collections/{collection}/tiles/WebMercatorQuad",
                    get().to(tilesets::tile_set),
                )
                .route(
                    "/collections/{collection}/tiles/WebMercatorQuad/{matrix}/{row}/{column}",
                    get().to(tiles::tile_of_set),
                )
                .route("/facets", get().to(api::facets))
                .route("/vocabularies", get().to(api::vocabularies))
                .route("/partnerships/{id}/history", get().to(history::history))
                .route("/export/{file}", get().to(export::export))
                .route("/suggest", get().to(suggest::suggest))
                .route("/schema.json", get().to(dictionary::native))
                .route("/schema/{collection}.json", get().to(dictionary::as_json))
                .route("/schema/{collection}.csv", get().to(dictionary::as_csv))
                .route("/dcat.jsonld", get().to(dcat::dcat))
                .default_service(web::to(problem::not_found)),
        )
        .service(
            web::scope("/tiles")
                .route("/{collection}.json", get().to(tilesets::tile_json))
                .route("/{collection}/{z}/{x}/{y}.mvt", get().to(tiles::tile))
                .default_service(web::to(problem::not_found)),
        );
}

/// Lists, places, themes, and what tells machines of them, in both languages.
fn public_pages(config: &mut web::ServiceConfig) {
    let get = read;
    config
        .route("/partenariats", get().to(partnerships::list))
        .route("/en/partenariats", get().to(partnerships::list))
        .route("/comparer", get().to(comparisons::compare))
        .route("/en/comparer", get().to(comparisons::compare))
        .route("/a-propos", get().to(site::about))
        .route("/en/a-propos", get().to(site::about))
        .route("/flux.atom", get().to(feeds::changes))
        .route("/en/feed.atom", get().to(feeds::changes))
        .route("/sitemap.xml", get().to(sitemap::index))
        .route("/sitemap/{part}", get().to(sitemap::part))
        .route("/robots.txt", get().to(sitemap::robots))
        .route(pages::picture::LAND_PATH, get().to(places::land));
    for kind in pages::PlaceKind::ALL {
        for prefix in ["", "/en"] {
            let show = move |request: HttpRequest,
                             code: web::Path<String>,
                             state: web::Data<State>| async move {
                places::show(kind, &request, &code, &state).await
            };
            let path = format!("{prefix}/{}/{{code}}", kind.folder());
            let picture = move |request, code, state| preview::place(kind, request, code, state);
            config.route(&format!("{path}/apercu.png"), read().to(picture));
            config.route(&path, read().to(show));
        }
    }
}

/// The pages of importers, in one language.
fn import_pages(config: &mut web::ServiceConfig, path: &str) {
    let get = web::get;
    config
        .route(path, get().to(import_site::list))
        .route(path, web::post().to(import_site::create))
        .route(&format!("{path}/session"), web::post().to(import_site::sign_in))
        .route(&format!("{path}/sign-out"), web::post().to(import_site::sign_out))
        .route(&format!("{path}/{{id}}"), get().to(import_site::show))
        .route(&format!("{path}/{{id}}/{{action}}"), web::post().to(import_site::act));
}
