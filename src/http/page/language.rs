//! Leads readers to a page in the language that they ask for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
};

use crate::{
    domain::Language,
    http::{
        page::{addresses::in_other_language, reply, site_page::SitePage},
        web::{
            address::PublicAddress,
            negotiation::{accepted_language, language_of, named_language},
        },
    },
    search::ParameterError,
};

/// What the answer at `/` depends on beside its address.
pub(crate) const VARY: &str = "Accept-Language, Sec-Fetch-Site, Referer";

/// What is the same in both languages.
const SHARED: [&str; 11] = [
    "/api",
    "/tiles",
    "/static",
    "/healthz",
    "/readyz",
    "/metrics",
    "/qr.svg",
    "/carte.svg",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap",
];

/// The way to the same page in the other language, where `lang` asks for it, or where a client that
/// prefers it comes to `/`, which names none. A `lang` that is not known is refused.
pub(crate) fn lead(request: &HttpRequest) -> Option<HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let below = |root: &&str| {
        request
            .path()
            .strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if !is_read || SHARED.iter().any(below) {
        return None;
    }
    let own = language_of(request);
    let names_language = query(request).any(|(name, _)| name == "lang");
    let wanted = named_language(request.uri());
    if names_language && wanted.is_none() {
        let reason = ["fr ou en est attendu", "fr or en is expected"];
        let problem = ParameterError::new("lang", reason).into();
        return Some(reply::refused(request, own, &problem));
    }
    if !names_language && is_first_visit(request) && accepted_language(request) != own {
        return Some(redirect(request, own, Some(VARY)));
    }
    wanted.filter(|wanted| *wanted != own).map(|_| redirect(request, own, None))
}

/// Whether a visit of `/` comes from another site: within this one, a language was chosen already.
fn is_first_visit(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_embedded = || query(request).any(|(name, value)| name == "embed" && value == "1");
    let is_within = || {
        let from = header("Referer").unwrap_or_default();
        let root = PublicAddress::of(request).root();
        header("Sec-Fetch-Site") == Some("same-origin")
            || from.strip_prefix(&root).is_some_and(|rest| rest.starts_with('/'))
    };
    request.path() == SitePage::Map.path(Language::French)
        && request.headers().contains_key(header::ACCEPT_LANGUAGE)
        && !is_embedded()
        && !is_within()
}

fn query(request: &HttpRequest) -> impl Iterator<Item = (String, String)> {
    url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned()
}

/// The same page in the other language, without `lang`.
fn redirect(request: &HttpRequest, own: Language, vary: Option<&'static str>) -> HttpResponse {
    let rest = query(request).filter(|(name, _)| name != "lang");
    let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    let path = in_other_language(own, request.path());
    let separator = if rest.is_empty() { "" } else { "?" };
    let mut answer = HttpResponse::Found();
    answer
        .insert_header((header::LOCATION, format!("{path}{separator}{rest}")))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if let Some(vary) = vary {
        answer.insert_header((header::VARY, vary));
    }
    answer.finish()
}
