//! The links of the API's documents (RFC 8288), absolute and in the language of the request.

use actix_web::HttpRequest;
use serde::Serialize;

use crate::{
    domain::Language,
    http::{text::texts::Texts, web::params::Params},
};

pub(crate) const JSON: &str = "application/json";
pub(crate) const GEOJSON: &str = "application/geo+json";
pub(crate) const HTML: &str = "text/html";

/// A link of a document, and of its page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocumentLink {
    pub(crate) rel: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) href: String,
    pub(crate) title: &'static str,
}

/// Scheme, host and `/api`, as the client knows them: behind a proxy, from its headers.
pub(crate) fn base(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    format!("{}://{}/api", connection.scheme(), connection.host())
}

/// Makes links for one request.
pub(crate) struct LinkBuilder {
    base: String,
    texts: &'static Texts,
    /// What keeps the reader's language: French needs nothing.
    language: Option<Language>,
}

impl LinkBuilder {
    pub(crate) fn new(request: &HttpRequest, params: &Params) -> Self {
        let language = params.language;
        Self {
            base: base(request),
            texts: Texts::of(language),
            language: (language != Language::default()).then_some(language),
        }
    }

    /// An address below `/api`, in the language of the request; `query` without `lang`.
    pub(crate) fn href(&self, path: &str, query: &str) -> String {
        let language = self.language.map(|language| format!("lang={language}"));
        let parts = [query, language.as_deref().unwrap_or_default()];
        let query = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{separator}{query}", self.base)
    }

    /// Scheme and host.
    pub(crate) fn origin(&self) -> &str {
        self.base.trim_end_matches("/api")
    }

    /// A link whose title is the text `api.link.{title}`.
    pub(crate) fn link(
        &self,
        (rel, kind): (&'static str, &'static str),
        href: String,
        title: &str,
    ) -> DocumentLink {
        let title = self.texts.find(&format!("api.link.{title}")).unwrap_or_default();
        DocumentLink { rel, kind, href, title }
    }

    /// The document itself and its page.
    pub(crate) fn of_self(&self, kind: &'static str, path: &str) -> [DocumentLink; 2] {
        [
            self.link(("self", kind), self.href(path, ""), "self"),
            self.link(("alternate", HTML), self.href(path, "f=html"), "html"),
        ]
    }

    /// A link to another document of the API.
    pub(crate) fn to(&self, rel: &'static str, path: &str, title: &str) -> DocumentLink {
        self.link((rel, JSON), self.href(path, ""), title)
    }
}
