//! The links of the API's documents (RFC 8288), absolute and in the language of the request.

use actix_web::HttpRequest;
use serde::Serialize;

use crate::{
    domain::Language,
    http::{
        text::texts::Texts,
        web::{address::PublicAddress, params::Params},
    },
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

/// The address of the API as the client knows it.
pub(crate) fn base(request: &HttpRequest) -> String {
    format!("{}/api", PublicAddress::of(request).root())
}

/// Where the site begins whose API is at `base`.
pub(crate) fn root_of(base: &str) -> &str {
    base.strip_suffix("/api").unwrap_or(base)
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

    /// Where the site begins.
    pub(crate) fn origin(&self) -> &str {
        root_of(&self.base)
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
