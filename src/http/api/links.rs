//! The links of the API's documents (RFC 8288): absolute, in the language of the request and with the
//! `f` that it has.

use actix_web::HttpRequest;
use serde::Serialize;

use crate::{
    domain::Language,
    http::{
        text::texts::Texts,
        web::{address::PublicAddress, negotiation::Representation, params::Params},
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

/// What stays in the addresses that a request is led to: its language, and the `f` that it named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Negotiated {
    /// None where nothing but the default was asked for.
    language: Option<Language>,
    /// None where the address names none.
    representation: Option<Representation>,
}

impl Negotiated {
    pub(crate) fn of(params: &Params) -> Self {
        let Params { language, representation, .. } = *params;
        let is_named = params.pairs.iter().any(|(name, _)| name == "lang");
        let language = (is_named || language != Language::default()).then_some(language);
        Self { language, representation }
    }

    /// The same for a resource that is no page.
    fn of_data(self) -> Self {
        let is_data = |one: &Representation| *one == Representation::Json;
        Self { representation: self.representation.filter(is_data), ..self }
    }

    /// The same for a file, whose ending names its format.
    fn of_file(self) -> Self {
        Self { representation: None, ..self }
    }

    /// A path with a query without `lang` and `f`, and what stays of them.
    pub(crate) fn address(self, path: &str, query: &str) -> String {
        let language = self.language.map(|language| format!("lang={language}"));
        let format = self.representation.map(|one| format!("f={}", one.name()));
        let parts = [Some(query), language.as_deref(), format.as_deref()].into_iter().flatten();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let separator = if parts.is_empty() { "" } else { "?" };
        format!("{path}{separator}{}", parts.join("&"))
    }
}

/// The address of the data that a link to a page or a negotiated resource leads to.
pub(crate) fn as_data(href: &str) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let kept = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("f="));
    let parts: Vec<&str> = kept.chain(["f=json"]).collect();
    format!("{path}?{}", parts.join("&"))
}

/// Makes links for one request.
pub(crate) struct LinkBuilder {
    base: String,
    texts: &'static Texts,
    negotiated: Negotiated,
}

impl LinkBuilder {
    pub(crate) fn new(request: &HttpRequest, params: &Params) -> Self {
        Self {
            base: base(request),
            texts: Texts::of(params.language),
            negotiated: Negotiated::of(params),
        }
    }

    /// An address below `/api` of a resource that is data and a page.
    pub(crate) fn href(&self, path: &str, query: &str) -> String {
        self.negotiated.address(&format!("{}{path}", self.base), query)
    }

    /// The same of its page.
    pub(crate) fn page(&self, path: &str, query: &str) -> String {
        let as_page = Negotiated { representation: Some(Representation::Html), ..self.negotiated };
        as_page.address(&format!("{}{path}", self.base), query)
    }

    /// An address below `/api` of what is data alone.
    pub(crate) fn data(&self, path: &str, query: &str) -> String {
        self.negotiated.of_data().address(&format!("{}{path}", self.base), query)
    }

    /// An address of the site whose ending names its format.
    pub(crate) fn file(&self, path: &str, query: &str) -> String {
        self.negotiated.of_file().address(&format!("{}{path}", self.origin()), query)
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
            self.link(("alternate", HTML), self.page(path, ""), "html"),
        ]
    }

    /// A link to another document of the API, which is a page too.
    pub(crate) fn to(&self, rel: &'static str, path: &str, title: &str) -> DocumentLink {
        self.link((rel, JSON), self.href(path, ""), title)
    }

    /// A link to data of the API that has no page.
    pub(crate) fn to_data(&self, rel: &'static str, path: &str, title: &str) -> DocumentLink {
        self.link((rel, JSON), self.data(path, ""), title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::web::params::Takes;

    #[test]
    fn what_was_named_stays_in_addresses() {
        let stays = |query: &str| {
            let all = Negotiated::of(&Params::parse(query, Takes::Document).unwrap());
            [all, all.of_data(), all.of_file()].map(|one| one.address("/x", "a=b"))
        };
        assert_eq!(stays(""), ["/x?a=b"; 3]);
        assert_eq!(stays("f=html"), ["/x?a=b&f=html", "/x?a=b", "/x?a=b"]);
        let all = ["/x?a=b&lang=fr&f=json", "/x?a=b&lang=fr&f=json", "/x?a=b&lang=fr"];
        assert_eq!(stays("lang=fr&f=json"), all);
        assert_eq!(as_data("/x?f=html&lang=en"), "/x?lang=en&f=json");
        assert_eq!(as_data("/x"), "/x?f=json");
    }
}
