//! Content codings (RFC 9110, 8.4 and 12.5.3): which one a client gets, and what its tag is.
//!
//! Compressed bytes are another representation, with a strong tag of its own: that of the plain
//! bytes with the name of the coding behind it, `"3-9f…-zstd"`.

use actix_web::http::header::{self, HeaderMap};

/// A coding that bodies are compressed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// RFC 8878.
    Zstd,
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// All of them; of those that a client likes as much, the first: it costs both sides least.
    pub(crate) const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// Its name in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The coding that a request wants most; none where it wants the plain bytes.
    pub(crate) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
        let mut best = (0, None);
        for coding in Self::ALL {
            let weight = weight(accepted, coding.name());
            if weight > best.0 {
                best = (weight, Some(coding));
            }
        }
        best.1
    }

    /// The tag of the plain bytes, and the coding, of the tag of any.
    pub(crate) fn split(tag: &str) -> (&str, Option<Self>) {
        let known = Self::ALL.into_iter().find_map(|coding| {
            let plain = tag.strip_suffix(coding.name())?.strip_suffix('-')?;
            Some((plain, Some(coding)))
        });
        known.unwrap_or((tag, None))
    }
}

/// Whether a request takes a coding at all.
pub(crate) fn accepts(headers: &HeaderMap, coding: Coding) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| weight(accepted, coding.name()) > 0)
}

/// How much a coding is wanted, in thousandths; what is not named, as much as `*`.
fn weight(accepted: &str, name: &str) -> u16 {
    let mut any = 0;
    for item in accepted.split(',') {
        let (coding, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        let weight = (weight.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u16;
        let coding = coding.trim();
        if coding.eq_ignore_ascii_case(name) {
            return weight;
        }
        if coding == "*" {
            any = weight;
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_what_they_want_most() {
        for (accepted, wanted) in [
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("gzip;q=1.0, br;q=0.5", Some(Coding::Gzip)),
            ("GZIP", Some(Coding::Gzip)),
            ("*", Some(Coding::Zstd)),
            ("*;q=0.5, zstd;q=0", Some(Coding::Brotli)),
            ("identity", None),
            ("gzip;q=0", None),
            ("gzip;q=nonsense", None),
            ("", None),
            (",;,", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            assert_eq!(Coding::wanted(&headers), wanted, "{accepted}");
        }
        assert_eq!(Coding::wanted(&HeaderMap::new()), None);
    }

    #[test]
    fn tags_tell_their_coding() {
        assert_eq!(Coding::split("3-9f"), ("3-9f", None));
        assert_eq!(Coding::split("3-9f-br"), ("3-9f", Some(Coding::Brotli)));
        assert_eq!(Coding::split("gzip"), ("gzip", None));
    }
}
