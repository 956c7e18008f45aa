//! The page that says what the register is.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::{
    page::{
        layout::Layout,
        reply::{language_of, layout, respond},
        site_page::SitePage,
    },
    site::about::page::AboutPage,
    web::state::State,
};

/// `GET /a-propos` and `GET /en/about`
pub(crate) async fn about(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let language = language_of(&request);
    let layout = layout(&request, language);
    let licence = &state.about.licence;
    let page = AboutPage {
        publisher: state.about.publisher.clone(),
        licence: (licence.name(language).to_owned(), licence.url.clone()),
        layout: Layout {
            description: layout.text("about.description").to_owned(),
            canonical: Some(layout.about_path().to_owned()),
            ..layout.of(SitePage::About)
        },
    };
    respond(&snapshot, &request, &page)
}
