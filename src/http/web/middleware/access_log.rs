//! A line of the log for each request, once its answer has gone: what was asked by whom, and what
//! became of it. Queries are left out: they may have what somebody searched for.

use std::{net::IpAddr, time::Instant};

use actix_web::{HttpMessage, HttpRequest, http::header::HeaderValue};

use crate::{
    domain::{Account, Identity},
    http::web::address,
};

/// What stands in a path before a secret: that of a link to sign in.
pub(crate) const BEFORE_SECRET: &str = "/link/";

/// Who has shown who they are, for the log: the number of a person's account, the name of a token.
struct LoggedAccount(String);

/// Has the line of a request say who it is from. A person is a number there, as in nothing that
/// others read.
pub(crate) fn name(request: &HttpRequest, account: &Account) {
    let named = match account.identity {
        Identity::Token(_) => format!("token:{}", account.name),
        Identity::Person(id) => format!("account:{id}"),
    };
    request.extensions_mut().insert(LoggedAccount(named));
}

/// What is known of a request when its answer begins to be sent.
pub(crate) struct AccessLine {
    method: String,
    path: String,
    client: String,
    account: String,
    id: String,
    status: u16,
    begun: Instant,
}

impl AccessLine {
    pub(super) fn of(request: &HttpRequest, status: u16, id: &HeaderValue, begun: Instant) -> Self {
        let account =
            request.extensions().get::<LoggedAccount>().map(|LoggedAccount(name)| name.clone());
        Self {
            method: request.method().to_string(),
            path: without_secret(request.path()),
            client: address::client_address(request).map(shown).unwrap_or_default(),
            account: account.unwrap_or_else(|| "-".to_owned()),
            id: id.to_str().unwrap_or_default().to_owned(),
            status,
            begun,
        }
    }

    /// Writes it: so many bytes of the body were sent; whether that is all of it.
    pub(crate) fn write(&self, bytes: u64, is_whole: bool) {
        let Self { method, path, client, account, id, status, begun } = self;
        let milliseconds = begun.elapsed().as_micros() as f64 / 1_000.0;
        if *status >= 500 {
            tracing::warn!(target: "access", client, account, status, bytes, milliseconds, id, "{method} {path}");
        } else if is_whole {
            tracing::info!(target: "access", client, account, status, bytes, milliseconds, id, "{method} {path}");
        } else {
            tracing::info!(target: "access", client, account, status, bytes, milliseconds, id, cut_short = true, "{method} {path}");
        }
    }
}

/// A path as the log has it: whoever reads the log must not be able to sign in by it.
pub(super) fn without_secret(path: &str) -> String {
    match path.split_once(BEFORE_SECRET) {
        Some((before, _)) => format!("{before}{BEFORE_SECRET}…"),
        None => path.to_owned(),
    }
}

/// The line of what was no request.
pub(crate) fn malformed(status: u16, bytes: usize, id: &HeaderValue, peer: Option<IpAddr>) {
    let (client, id) = (peer.map(shown).unwrap_or_default(), id.to_str().unwrap_or_default());
    tracing::info!(target: "access", client, account = "-", status, bytes, id, "no valid request");
}

fn shown(address: IpAddr) -> String {
    address.to_canonical().to_string()
}
