//! What one signs in for.
//!
//! | room | holds |
//! |---|---|
//! | [`import`] | signing in, giving a file, what an import says and changes |

pub mod import;

use actix_web::web;

use crate::{domain::Language, http::page::site_page::SitePage};

/// The addresses of signed-in pages, in both languages.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for language in Language::ALL {
        import_pages(config, SitePage::Import.path(language));
    }
}

/// The pages of importers, in one language.
fn import_pages(config: &mut web::ServiceConfig, path: &str) {
    let get = web::get;
    config
        .route(path, get().to(import::handler::list))
        .route(path, web::post().to(import::handler::create))
        .route(&format!("{path}/session"), web::post().to(import::handler::sign_in))
        .route(&format!("{path}/sign-out"), web::post().to(import::handler::sign_out))
        .route(&format!("{path}/{{id}}"), get().to(import::handler::show))
        .route(&format!("{path}/{{id}}/{{action}}"), web::post().to(import::handler::act));
}
