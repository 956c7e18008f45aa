//! What one signs in for.
//!
//! | room | holds |
//! |---|---|
//! | [`account`] | signing in, what one may do, who speaks for whom |
//! | [`contribute`] | correcting a record, declaring one, following what one has proposed |
//! | [`review`] | deciding about what others propose |
//! | [`import`] | giving a file, what an import says and changes |
//! | [`reply`] | how these pages are answered |

pub mod account;
pub mod contribute;
pub mod import;
pub(crate) mod reply;
pub mod review;

use actix_web::web;

use crate::{
    domain::Language,
    http::{page::site_page::SitePage, web::middleware::access_log::BEFORE_SECRET},
};

/// The addresses of signed-in pages, in both languages.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for language in Language::ALL {
        account_pages(config, SitePage::Account.path(language));
        import_pages(config, SitePage::Import.path(language));
        contribution_pages(config, language);
    }
}

/// The pages of accounts, in one language.
fn account_pages(config: &mut web::ServiceConfig, path: &str) {
    let (get, post) = (web::get, web::post);
    config
        .route(path, get().to(account::handler::show))
        .route(&format!("{path}/session"), post().to(account::handler::sign_in))
        .route(&format!("{path}{BEFORE_SECRET}{{secret}}"), get().to(account::handler::link))
        .route(&format!("{path}{BEFORE_SECRET}{{secret}}"), post().to(account::handler::use_link))
        .route(&format!("{path}/sign-out"), post().to(account::handler::sign_out))
        .route(&format!("{path}/sessions/{{id}}"), post().to(account::handler::end_session))
        .route(&format!("{path}/memberships"), post().to(account::handler::ask))
        .route(&format!("{path}/memberships/{{id}}"), post().to(account::handler::decide));
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
