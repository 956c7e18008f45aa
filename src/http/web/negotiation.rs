//! Content negotiation: whether a client wants the data of a resource or its page, and in which
//! language.

use std::str::FromStr;

use actix_web::{
    HttpRequest,
    http::{
        Uri,
        header::{self, Header, LanguageTag, Preference, Quality},
    },
};

use crate::{domain::Language, http::web::params::Params};

/// The language of an answer: what `lang` or the address of a page says, else what
/// `Accept-Language` prefers.
pub(crate) fn language_of(request: &HttpRequest) -> Language {
    let uri = request.uri();
    if !is_api(uri.path()) {
        return if uri.path().starts_with("/en/") { Language::English } else { Language::French };
    }
    named_language(uri).unwrap_or_else(|| accepted_language(request))
}

/// What is in one language, or in both; all below these with these ends too.
const NOT_NEGOTIATED: [[&str; 2]; 7] = [
    ["/api/openapi", ".json"],
    ["/api/vocabularies", ""],
    ["/api/dcat", ".jsonld"],
    ["/api/schema", "schema.json"],
    ["/api/schema/", ".csv"],
    ["/api/schema/native/", ".json"],
    ["/api/partnerships/", "/history"],
];

/// Whether the language of an answer depends on `Accept-Language`: its address names none.
pub(crate) fn is_negotiated(request: &HttpRequest) -> bool {
    let path = request.path();
    let is_of = |[start, end]: &[&str; 2]| path.starts_with(start) && path.ends_with(end);
    is_api(path) && !NOT_NEGOTIATED.iter().any(is_of) && named_language(request.uri()).is_none()
}

/// What `lang` says; none where it says nothing that is known.
pub(crate) fn named_language(uri: &Uri) -> Option<Language> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.filter(|(name, _)| name == "lang").last().and_then(|(_, value)| value.parse().ok())
}

/// The known language that `Accept-Language` prefers (RFC 9110, 12.5.4), else French.
pub(crate) fn accepted_language(request: &HttpRequest) -> Language {
    if !request.headers().contains_key(header::ACCEPT_LANGUAGE) {
        return Language::default();
    }
    let Ok(header::AcceptLanguage(mut accepted)) = header::AcceptLanguage::parse(request) else {
        return Language::default();
    };
    accepted.retain(|one| one.quality > Quality::ZERO);
    accepted.sort_by_key(|one| std::cmp::Reverse(one.quality));
    let known = |one: &Preference<LanguageTag>| match one {
        Preference::Any => Some(Language::default()),
        Preference::Specific(tag) => tag.primary_language().parse().ok(),
    };
    accepted.iter().find_map(|one| known(&one.item)).unwrap_or_default()
}

/// Whether the language is told by the query: the paths of the API and of tiles are the same in both.
fn is_api(path: &str) -> bool {
    let below = |root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below("/api") || below("/tiles")
}

/// A representation of the API's resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Representation {
    /// JSON or `GeoJSON`.
    Json,
    /// A page of the product.
    Html,
}

/// `json` and `geojson` are the same: a resource has one of the two.
impl FromStr for Representation {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "json" | "geojson" => Ok(Self::Json),
            "html" => Ok(Self::Html),
            _ => Err(()),
        }
    }
}

impl Representation {
    /// The value of `f` that asks for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    /// What a request wants: what `f` says, else what its `Accept` prefers; data where it has no
    /// preference or none that can be met.
    pub(crate) fn of(request: &HttpRequest, params: &Params) -> Self {
        if let Some(representation) = params.representation {
            return representation;
        }
        let accepted = request.headers().get(header::ACCEPT);
        let is_browser = accepted.is_some_and(|accept| {
            accept.as_bytes().windows(9).any(|part| part.eq_ignore_ascii_case(b"text/html"))
        });
        if !is_browser {
            return Self::Json;
        }
        let Ok(accept) = header::Accept::parse(request) else { return Self::Json };
        let known = accept.ranked().iter().find_map(|media| match media.essence_str() {
            "text/html" => Some(Self::Html),
            "application/json" | "application/geo+json" | "*/*" => Some(Self::Json),
            _ => None,
        });
        known.unwrap_or(Self::Json)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn browsers_get_pages_and_everybody_else_data() {
        let negotiated = |accept: &str| {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept));
            Representation::of(&request.to_http_request(), &Params::default())
        };
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(negotiated(browser), Representation::Html);
        assert_eq!(negotiated("Text/HTML"), Representation::Html);
        for data in [
            "*/*",
            "",
            "application/json",
            "application/geo+json",
            "text/csv",
            "application/geo+json, text/html;q=0.5",
            "application/json, text/html;q=0.9",
            "text/html;q=nonsense",
        ] {
            assert_eq!(negotiated(data), Representation::Json, "{data}");
        }
    }

    #[test]
    fn the_address_goes_before_what_the_client_prefers() {
        let language = |path: &str, accept: &str| {
            let request = TestRequest::with_uri(path);
            language_of(&request.insert_header((header::ACCEPT_LANGUAGE, accept)).to_http_request())
        };
        for (accept, wanted) in [
            ("en", Language::English),
            ("en-GB,en;q=0.9,fr;q=0.8", Language::English),
            ("fr;q=0.5, en;q=0.9", Language::English),
            ("de, en;q=0.3", Language::English),
            ("fr-CA,en;q=0.9", Language::French),
            ("en;q=0, fr;q=0.1", Language::French),
            ("de", Language::French),
            ("*", Language::French),
            ("en-;;q=?", Language::French),
            ("", Language::French),
        ] {
            assert_eq!(language("/api", accept), wanted, "{accept}");
            assert_eq!(language("/api?f=json&lang=en", accept), Language::English);
            assert_eq!(language("/tiles/links.json?lang=fr", accept), Language::French);
            assert_eq!(language("/en/partenariats", accept), Language::English);
            assert_eq!(language("/partenariats", accept), Language::French);
            assert_eq!(language("/apix", accept), Language::French);
        }
    }

    #[test]
    fn f_goes_before_accept() {
        let request = TestRequest::default().insert_header((header::ACCEPT, "text/html"));
        let params = Params { representation: Some(Representation::Json), ..Params::default() };
        assert_eq!(Representation::of(&request.to_http_request(), &params), Representation::Json);
    }
}
