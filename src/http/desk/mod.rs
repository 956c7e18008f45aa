//! What one signs in for.
//!
//! | room | holds |
//! |---|---|
//! | [`contribute`] | correcting a record, declaring one, following what one has proposed |
//! | [`review`] | deciding about what others propose |
//! | [`import`] | signing in, giving a file, what an import says and changes |

pub mod contribute;
pub mod import;
pub(crate) mod reply;
pub mod review;

use actix_web::web;

use crate::{domain::Language, http::page::site_page::SitePage};

/// The addresses of signed-in pages, in both languages.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for language in Language::ALL {
        import_pages(config, SitePage::Import.path(language));
        contribution_pages(config, language);
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

/// The pages of those who correct, and of those who decide, in one language.
fn contribution_pages(config: &mut web::ServiceConfig, language: Language) {
    let declare = contribute::page::declare_path(language);
    let record = contribute::page::correct_path(language, "{id}");
    let follow = contribute::page::follow_folder(language);
    let queue = SitePage::Moderation.path(language);
    let get = web::get;
    config
        .route(&declare, get().to(contribute::handler::begin))
        .route(&declare, web::post().to(contribute::handler::declare))
        .route(&format!("{follow}/{{id}}"), get().to(contribute::follow::show))
        .route(&format!("{follow}/{{id}}"), web::post().to(contribute::follow::act))
        .route(&record, get().to(contribute::handler::show))
        .route(&record, web::post().to(contribute::handler::act))
        .route(queue, get().to(review::handler::list))
        .route(&format!("{queue}/{{id}}"), get().to(review::handler::show))
        .route(&format!("{queue}/{{id}}"), web::post().to(review::handler::act));
}
