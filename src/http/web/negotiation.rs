//! Content negotiation: whether a client wants the data of a resource or its page.

use std::str::FromStr;

use actix_web::{
    HttpRequest,
    http::header::{self, Header},
};

use crate::http::web::params::Params;

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
    fn f_goes_before_accept() {
        let request = TestRequest::default().insert_header((header::ACCEPT, "text/html"));
        let params = Params { representation: Some(Representation::Json), ..Params::default() };
        assert_eq!(Representation::of(&request.to_http_request(), &params), Representation::Json);
    }
}
