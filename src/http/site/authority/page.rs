//! The form that asks for an authority, and those that may be meant.

use askama::Template;

use crate::http::page::layout::{Layout, PageLink};

/// `/collectivites` and `/en/authorities`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/authority/authority.html")]
pub struct AuthorityPage {
    /// The frame.
    pub layout: Layout,
    /// What was typed.
    pub typed: String,
    /// Authorities that may be meant, each with its page.
    pub meant: Vec<PageLink>,
}

impl AuthorityPage {
    /// What is said of what was typed; nothing where nothing was.
    pub fn answer(&self) -> Option<String> {
        let key = if self.meant.is_empty() { "authority.unknown" } else { "authority.several" };
        (!self.typed.is_empty()).then(|| self.layout.fill(key, "name", &self.typed))
    }
}
