//! The public pages: each handler beside its page and its template.
//!
//! A page is a plain struct of owned values (a *view model*) with an askama template beside it.
//! The struct does not know the register: a handler fills it from its snapshot and renders it.
//! Everything users read comes from [`text`](crate::http::text), so that French and English
//! cannot drift apart; everything that comes from data is escaped by askama.
//!
//! | room | holds |
//! |---|---|
//! | [`map`] | a selection as a map with its list, as a table, as charts |
//! | [`chart`] | its charts, and the files of each |
//! | [`partnerships`], [`list`] | the list of partnerships with its filters; lists on any page |
//! | [`partnership`] | the record of one partnership |
//! | [`authority`] | from a name to the page of an authority |
//! | [`place`] | the page of an authority, a country, a région, a theme |
//! | [`comparison`] | two places or themes side by side |
//! | [`directory`] | who can help and who pays |
//! | [`about`], [`data`] | method and licence; the data to take away |
//! | [`share`], [`preview`] | how a view is cited, downloaded, shown elsewhere |
//! | [`feeds`], [`sitemap`], [`linked_data`] | what feed readers and search engines read |
//!
//! The browser's modules (`static/app/`) fetch these same pages and exchange their parts, so
//! that list, counts and sentence are written once, here, with and without JavaScript.

pub mod about;
pub mod authority;
pub mod chart;
pub mod comparison;
pub mod data;
pub mod directory;
pub mod feeds;
pub mod linked_data;
pub mod list;
pub mod map;
pub mod partnership;
pub mod partnerships;
pub mod place;
pub mod preview;
pub mod share;
pub mod sitemap;

use actix_web::{HttpRequest, HttpResponse, Route, http::header, web};

use crate::{
    domain::Language,
    http::{
        page::{
            addresses::{self, Paths, partnership_path, picture_of},
            reply,
            selection::with_query,
            site_page::SitePage,
        },
        site::place::page::PlaceKind,
        web::{assets, read, state::State},
    },
};

/// The addresses of the public pages, in both languages, and of their files.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let get = read;
    serve(config, SitePage::Map, || read().to(map::handler::show));
    serve(config, SitePage::Partnerships, || read().to(partnerships::handler::list));
    serve(config, SitePage::Authorities, || read().to(authority::handler::find));
    serve(config, SitePage::Comparison, || read().to(comparison::handler::compare));
    serve(config, SitePage::Data, || read().to(data::handler::data));
    serve(config, SitePage::About, || read().to(about::handler::about));
    config.configure(funding);
    config
        .route("/en", get().to(map::handler::to_english))
        .route("/sitemap.xml", get().to(sitemap::index))
        .route("/sitemap/{part}", get().to(sitemap::part))
        .route("/robots.txt", get().to(sitemap::robots))
        .configure(records)
        .configure(places)
        .configure(earlier)
        .route("/static/{path:.*}", get().to(assets::file))
        .route("/qr.svg", get().to(share::handler::qr))
        .route("/carte.svg", get().to(preview::handler::map));
}

/// The addresses of records, feeds and files, in both languages.
fn records(config: &mut web::ServiceConfig) {
    for language in Language::ALL {
        let path = |paths: Paths| paths[language as usize];
        let record = partnership_path(language, "");
        let record = format!("{record}{{id}}");
        let show = move |request: HttpRequest, id: web::Path<String>, state: web::Data<State>| async move {
            partnership::handler::show(&request, &id, &state, language).await
        };
        let chart = format!("{}/{{file}}", path(addresses::CHARTS));
        let picture = picture_of(language, &record);
        config
            .route(&record, read().to(show))
            .route(&picture, read().to(preview::handler::partnership))
            .route(path(addresses::PICTURE), read().to(preview::handler::selection))
            .route(path(addresses::FEED), read().to(feeds::changes))
            .route(&chart, read().to(chart::handler::file));
    }
}

/// Addresses that had French words below `/en` lead to those in English, for good.
fn earlier(config: &mut web::ServiceConfig) {
    for [french, english] in addresses::all() {
        if english.strip_prefix("/en") == Some(french) {
            continue;
        }
        for path in [format!("/en{french}"), format!("/en{french}/{{below:.*}}")] {
            config.route(&path, read().to(to_moved));
        }
    }
}

async fn to_moved(request: HttpRequest) -> HttpResponse {
    let Some(path) = addresses::moved(request.path()) else {
        return reply::not_found(request).await;
    };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, with_query(&path, request.query_string())))
        .finish()
}

/// Serves a page at its address in each language.
fn serve(config: &mut web::ServiceConfig, page: SitePage, route: fn() -> Route) {
    for language in Language::ALL {
        config.route(page.path(language), route());
    }
}

/// The addresses of the directory.
fn funding(config: &mut web::ServiceConfig) {
    serve(config, SitePage::Funding, || read().to(directory::funding::list));
    serve(config, SitePage::Actors, || read().to(directory::actors::list));
    serve(config, SitePage::Services, || read().to(directory::services::services));
    serve(config, SitePage::WhitePaper, || read().to(directory::white_paper::white_paper));
    for language in Language::ALL {
        let (funding, actors) = (SitePage::Funding.path(language), SitePage::Actors.path(language));
        config
            .route(&format!("{funding}/{{code}}"), read().to(directory::funding::scheme))
            .route(&format!("{funding}.ics"), read().to(directory::calendar::calendar))
            .route(&format!("{funding}.atom"), read().to(directory::calendar::feed))
            .route(&format!("{actors}/{{code}}"), read().to(directory::actors::actor));
    }
}

/// The addresses of places and themes, with their pictures.
fn places(config: &mut web::ServiceConfig) {
    config.route(place::picture::LAND_PATH, read().to(place::handler::land));
    for kind in PlaceKind::ALL {
        for language in Language::ALL {
            let show = move |request: HttpRequest,
                             code: web::Path<String>,
                             state: web::Data<State>| async move {
                place::handler::show(kind, &request, &code, &state).await
            };
            let path = format!("{}/{{code}}", kind.folder(language));
            let picture =
                move |request, code, state| preview::handler::place(kind, request, code, state);
            config.route(&picture_of(language, &path), read().to(picture));
            config.route(&path, read().to(show));
        }
    }
}
