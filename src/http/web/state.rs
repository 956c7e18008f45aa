//! What every handler may use.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};

use crate::{
    atlas::{
        accounts::Accounts,
        contributions::Contributions,
        imports::Jobs,
        register::{Publisher, Register},
    },
    http::web::{
        about::About,
        address::Addressing,
        change_cache::ChangeCache,
        gone::Gone,
        kept_files::KeptFiles,
        limits::{attempts::Attempts, rates::Rates},
    },
    search::directory::Directory,
};

/// What every handler may use.
pub(crate) struct State {
    /// Gives the snapshot that a request is answered from.
    pub(crate) publisher: Publisher,
    /// What is not in the snapshot, and what changes it.
    pub(crate) register: Register,
    /// What people correct, propose and confirm.
    pub(crate) contributions: Contributions,
    /// Who may do what.
    pub(crate) accounts: Accounts,
    /// How often somebody tries to be let in.
    pub(crate) attempts: Attempts,
    /// How many requests each client sends.
    pub(crate) rates: Rates,
    /// Files and what becomes of them.
    pub(crate) jobs: Jobs,
    /// Who can help, and who pays.
    pub(crate) directory: Arc<Directory>,
    /// What says where clients find the server.
    pub(crate) addressing: Addressing,
    /// Whose data it is.
    pub(crate) about: About,
    /// Which methods an address takes, as the description of the API tells.
    pub(crate) methods: fn(&str) -> Option<&'static str>,
    /// The way to a page in the language that is asked for, if a request is not at it.
    pub(crate) lead: fn(&HttpRequest) -> Option<HttpResponse>,
    /// Which records were removed.
    pub(crate) gone: Gone,
    /// The lists of changes that were asked for last.
    pub(crate) changes: ChangeCache,
    /// Files that were written for somebody.
    pub(crate) files: KeptFiles,
}
