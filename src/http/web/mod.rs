//! Plumbing that every handler uses: nothing here knows a page or a resource.
//!
//! | file | holds |
//! |---|---|
//! | [`state`], [`about`] | what every handler may use; whose data it is |
//! | [`middleware`] | one layer around all handlers: ids, headers, compression, problems, counting |
//! | [`connections`] | which connections end before their clients want it |
//! | [`params`] | query strings to typed requests |
//! | [`negotiation`], [`content_coding`] | which representation and which coding a client gets |
//! | [`conditional`] | entity tags and conditional requests |
//! | [`compression`], [`response_cache`] | compressed bodies, and finished ones for the next request |
//! | [`blocking`], [`limits`] | work off the async workers; how much of it at a time |
//! | [`auth`], [`sources`] | callers and what they may do; importers of one source |
//! | [`upload`], [`events`] | bodies of requests; server-sent events |
//! | [`problem`], [`gone`] | errors as problem documents; records that were removed |
//! | [`assets`], [`metrics`] | the files of `static/`; what the server has done |

pub mod about;
pub mod address;
pub mod assets;
pub mod auth;
pub mod blocking;
pub mod change_cache;
pub mod compression;
pub mod conditional;
pub(crate) mod connections;
pub mod content_coding;
pub mod events;
pub mod gone;
pub mod kept_files;
pub mod limits;
pub mod metrics;
pub mod middleware;
pub mod negotiation;
pub mod params;
pub mod problem;
pub mod response_cache;
pub(crate) mod sources;
pub mod state;
pub mod upload;

/// A route for GET and HEAD.
pub(crate) fn read() -> actix_web::Route {
    actix_web::web::route()
        .guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()))
}
