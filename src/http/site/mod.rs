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
//! | [`partnerships`], [`list`] | the list of partnerships with its filters; lists on any page |
//! | [`partnership`] | the record of one partnership |
//! | [`place`] | the page of an authority, a country, a région, a theme |
//! | [`comparison`] | two places or themes side by side |
//! | [`about`], [`data`] | method and licence; the data to take away |
//! | [`share`], [`preview`] | how a view is cited, downloaded, shown elsewhere |
//! | [`feeds`], [`sitemap`], [`linked_data`] | what feed readers and search engines read |
//!
//! The browser's modules (`static/app/`) fetch these same pages and exchange their parts, so
//! that list, counts and sentence are written once, here, with and without JavaScript.

pub mod about;
pub mod comparison;
pub mod data;
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

use actix_web::{HttpRequest, web};

use crate::http::{
    site::place::page::PlaceKind,
    web::{assets, read, state::State},
};

/// The addresses of the public pages, in both languages, and of their files.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let get = read;
    config
        .route("/", get().to(map::handler::show))
        .route("/en/", get().to(map::handler::show))
        .route("/en", get().to(map::handler::to_english))
        .route("/partenariats/{id}", get().to(partnership::handler::french))
        .route("/en/partenariats/{id}", get().to(partnership::handler::english))
        .configure(public_pages)
        .route("/donnees", get().to(data::handler::data))
        .route("/en/donnees", get().to(data::handler::data))
        .route("/static/{path:.*}", get().to(assets::file))
        .route("/qr.svg", get().to(share::handler::qr))
        .route("/apercu.png", get().to(preview::handler::selection))
        .route("/en/apercu.png", get().to(preview::handler::selection))
        .route("/carte.svg", get().to(preview::handler::map))
        .route("/partenariats/{id}/apercu.png", get().to(preview::handler::partnership))
        .route("/en/partenariats/{id}/apercu.png", get().to(preview::handler::partnership));
}

/// Lists, places, themes, and what tells machines of them, in both languages.
fn public_pages(config: &mut web::ServiceConfig) {
    let get = read;
    config
        .route("/partenariats", get().to(partnerships::handler::list))
        .route("/en/partenariats", get().to(partnerships::handler::list))
        .route("/comparer", get().to(comparison::handler::compare))
        .route("/en/comparer", get().to(comparison::handler::compare))
        .route("/a-propos", get().to(about::handler::about))
        .route("/en/a-propos", get().to(about::handler::about))
        .route("/flux.atom", get().to(feeds::changes))
        .route("/en/feed.atom", get().to(feeds::changes))
        .route("/sitemap.xml", get().to(sitemap::index))
        .route("/sitemap/{part}", get().to(sitemap::part))
        .route("/robots.txt", get().to(sitemap::robots))
        .route(place::picture::LAND_PATH, get().to(place::handler::land));
    for kind in PlaceKind::ALL {
        for prefix in ["", "/en"] {
            let show = move |request: HttpRequest,
                             code: web::Path<String>,
                             state: web::Data<State>| async move {
                place::handler::show(kind, &request, &code, &state).await
            };
            let path = format!("{prefix}/{}/{{code}}", kind.folder());
            let picture =
                move |request, code, state| preview::handler::place(kind, request, code, state);
            config.route(&format!("{path}/apercu.png"), read().to(picture));
            config.route(&path, read().to(show));
        }
    }
}
