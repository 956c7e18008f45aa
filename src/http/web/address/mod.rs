//! The address that clients know the server by: what every absolute link is made from.
//!
//! `--public-url` says it. Without it the request's own `Host` does, and what a proxy says of the
//! client's request (`Forwarded`, RFC 7239; `X-Forwarded-*`), where `--trusted-proxies` names its
//! address. What is no scheme, host, port or prefix is left out as if nobody had said it.

mod client;
pub(crate) mod prefix;

use std::{net::IpAddr, str::FromStr};

use actix_web::{
    HttpRequest,
    http::{
        header::{self, HeaderMap},
        uri::Authority,
    },
    web,
};

use crate::http::web::state::State;

pub(crate) use client::{client, client_address, client_network};

/// The longest host and prefix, in bytes.
const MAX_LENGTH: usize = 255;

/// Scheme, host and prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    scheme: Scheme,
    /// With a port where it is not that of the scheme.
    host: String,
    /// Empty, or `/` and segments, without a slash at the end.
    prefix: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// A text that is no address, network, or that has more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Of `--public-url`.
    #[error(
        "an address such as https://example.fr/atlas is expected: http or https, a host, and no query"
    )]
    Url,
    /// Of `--trusted-proxies`.
    #[error("an IP address or a network such as 10.0.0.0/8 is expected")]
    Network,
}

/// Addresses with the same first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// What says where clients find the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressing {
    /// The address, where it is told.
    pub public: Option<PublicAddress>,
    /// Whose word is taken for it.
    pub trusted: Vec<Network>,
}

impl PublicAddress {
    /// The address that a request was sent to, as its client knows it.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let addressing = request.app_data::<web::Data<State>>().map(|state| &state.addressing);
        if let Some(public) = addressing.and_then(|addressing| addressing.public.as_ref()) {
            return public.clone();
        }
        let own = Self::own(request);
        let peer = request.peer_addr().map(|peer| peer.ip());
        let trusted = addressing.map_or(&[][..], |addressing| &addressing.trusted);
        let is_trusted = peer.is_some_and(|peer| trusted.iter().any(|net| net.contains(peer)));
        if is_trusted { own.forwarded(request.headers()) } else { own }
    }

    /// What the request itself says.
    pub(crate) fn own(request: &HttpRequest) -> Self {
        let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let named = named.or_else(|| request.uri().authority().map(Authority::as_str));
        let host = named.and_then(host).unwrap_or_else(|| "localhost".to_owned());
        Self { scheme: Scheme::Http, host, prefix: String::new() }
    }

    /// The same with what a trusted proxy says; of several words the last one is its own.
    fn forwarded(mut self, headers: &HeaderMap) -> Self {
        let value = |name: &str| {
            let last = headers.get_all(name).last()?.to_str().ok()?;
            last.rsplit(',').next().map(|last| last.trim().to_owned())
        };
        let element = value("Forwarded").unwrap_or_default();
        let pair = |wanted: &str| {
            let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().trim_matches('"').to_owned())
        };
        let scheme = pair("proto").or_else(|| value("X-Forwarded-Proto"));
        if let Some(scheme) = scheme.and_then(|scheme| Scheme::named(&scheme)) {
            self.scheme = scheme;
        }
        let named = pair("host").or_else(|| value("X-Forwarded-Host"));
        if let Some(host) = named.as_deref().and_then(host) {
            self.host = host;
        }
        let port = value("X-Forwarded-Port").and_then(|port| port.parse::<u16>().ok());
        if let Some(port) = port.filter(|port| *port > 0)
            && has_no_port(&self.host)
            && port != self.scheme.port()
        {
            self.host = format!("{}:{port}", self.host);
        }
        if let Some(prefix) = value("X-Forwarded-Prefix").as_deref().and_then(prefix) {
            self.prefix = prefix;
        }
        self
    }

    /// Whether links that are sent elsewhere may begin with it: it was told by `--public-url`, or is
    /// this machine's own. Else whoever asks could have a mail lead to a server of theirs.
    pub(crate) fn is_for_mails(request: &HttpRequest) -> bool {
        let addressing = request.app_data::<web::Data<State>>().map(|state| &state.addressing);
        let is_told = addressing.is_some_and(|addressing| addressing.public.is_some());
        let host = Self::of(request).host;
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        is_told || matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    }

    /// Scheme and host: `https://example.fr`.
    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", self.scheme.name(), self.host)
    }

    /// Where the site begins, without a slash at the end: `https://example.fr/atlas`.
    pub(crate) fn root(&self) -> String {
        format!("{}{}", self.origin(), self.prefix)
    }

    /// What stands before every path; empty where nothing does.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether connections are encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.scheme == Scheme::Https
    }
}

/// `https://example.fr/atlas`.
impl FromStr for PublicAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Url)?;
        let scheme = Scheme::named(scheme).ok_or(AddressError::Url)?;
        let (named, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host(named).ok_or(AddressError::Url)?;
        let prefix = prefix(path).ok_or(AddressError::Url)?;
        Ok(Self { scheme, host, prefix })
    }
}

impl Scheme {
    fn named(text: &str) -> Option<Self> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        if is("https") {
            Some(Self::Https)
        } else if is("http") {
            Some(Self::Http)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A host with or without a port, in lower case: a name, an IPv4 address, or one of IPv6 in brackets.
fn host(text: &str) -> Option<String> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (name, port) = if let Some((address, port)) = bracketed {
        address.parse::<std::net::Ipv6Addr>().ok()?;
        (format!("[{address}]"), port)
    } else {
        let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        (!name.is_empty() && name.bytes().all(is_plain)).then_some(())?;
        (name.to_owned(), port)
    };
    let port_is_one = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
        });
    (port_is_one && text.len() <= MAX_LENGTH).then(|| format!("{name}{port}").to_ascii_lowercase())
}

fn has_no_port(host: &str) -> bool {
    !host.rsplit(']').next().unwrap_or_default().contains(':')
}

/// Segments of letters that need no care in a link, without a slash at the end.
fn prefix(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    if text.is_empty() {
        return Some(String::new());
    }
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~');
    let is_segment =
        |one: &str| !one.is_empty() && !matches!(one, "." | "..") && one.bytes().all(is_plain);
    let fits = text.len() <= MAX_LENGTH && text.strip_prefix('/')?.split('/').all(is_segment);
    fits.then(|| text.to_owned())
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
            IpAddr::V6(address) => u128::from(address),
        };
        let own = if self.address.is_ipv4() { self.bits + 96 } else { self.bits };
        let differ = bits(self.address) ^ bits(address);
        differ.checked_shr(128 - u32::from(own)).unwrap_or(0) == 0
    }
}

/// `127.0.0.1`, `10.0.0.0/8` or `fd00::/8`.
impl FromStr for Network {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (address, bits) =
            text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| AddressError::Network)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| AddressError::Network)?;
        if bits > most { Err(AddressError::Network) } else { Ok(Self { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        let read = |text: &str| text.parse::<PublicAddress>().map(|address| address.root());
        assert_eq!(read("https://Example.FR/atlas/"), Ok("https://example.fr/atlas".into()));
        assert_eq!(read("http://[::1]:8080"), Ok("http://[::1]:8080".into()));
        for wrong in [
            "example.fr",
            "javascript://x",
            "https://",
            "https://a b",
            "https://a/b?c",
            "https://u@a",
            "https://a/../b",
            "https://a//b",
            "https://a:port",
            "https://a/\"",
        ] {
            assert_eq!(read(wrong), Err(AddressError::Url), "{wrong}");
        }
    }

    #[test]
    fn networks_contain_their_addresses() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(has("10.0.0.0/8", "10.1.2.3") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"));
        assert!(has("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(has("fd00::/8", "fd12::1") && !has("fd00::/8", "fe80::1"));
        assert!(has("0.0.0.0/0", "8.8.8.8") && has("::/0", "8.8.8.8"));
        for wrong in ["10.0.0.0/33", "host", "10.0.0/8", "::/129", ""] {
            assert_eq!(wrong.parse::<Network>(), Err(AddressError::Network), "{wrong}");
        }
    }

    #[test]
    fn what_proxies_say_is_checked() {
        let of = |headers: &[(&str, &str)]| {
            let mut request = TestRequest::default();
            for (name, value) in headers {
                request = request.append_header((*name, *value));
            }
            let request = request.to_http_request();
            PublicAddress::own(&request).forwarded(request.headers()).root()
        };
        let host = ("Host", "intern:8080");
        assert_eq!(of(&[host]), "http://intern:8080");
        let said = [
            host,
            ("X-Forwarded-Host", "carte.example.fr"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Prefix", "/atlas/"),
        ];
        assert_eq!(of(&said), "https://carte.example.fr/atlas");
        assert_eq!(
            of(&[
                host,
                (
                    "Forwarded",
                    "for=192.0.2.4;host=evil, for=\"[::1]\";proto=https;host=\"a.fr:8443\""
                )
            ]),
            "https://a.fr:8443"
        );
        let port = [host, ("X-Forwarded-Host", "a.fr"), ("X-Forwarded-Port", "8443")];
        assert_eq!(of(&port), "http://a.fr:8443");
        for (name, value) in [
            ("X-Forwarded-Proto", "javascript"),
            ("X-Forwarded-Host", "a.fr/\" onclick=\"x"),
            ("X-Forwarded-Host", "a.fr:99999"),
            ("X-Forwarded-Prefix", "//evil.example"),
            ("X-Forwarded-Prefix", "/a/../b"),
            ("X-Forwarded-Prefix", "atlas"),
            ("X-Forwarded-Port", "0"),
            ("Forwarded", "host=\"a b\";proto=data"),
        ] {
            assert_eq!(of(&[host, (name, value)]), "http://intern:8080", "{name}: {value}");
        }
        assert_eq!(of(&[("Host", "<script>")]), "http://localhost");
    }
}
