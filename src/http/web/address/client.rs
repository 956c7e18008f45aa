//! The address that a request comes from, as far as that can be known.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::{HttpRequest, web};

use crate::http::web::state::State;

/// Whom a request counts for: the address of its client; of IPv6 the network of 64 bits, which is one
/// household's.
pub(crate) fn client_network(request: &HttpRequest) -> Option<IpAddr> {
    client_address(request).map(network)
}

/// The same as text.
pub(crate) fn client(request: &HttpRequest) -> Option<String> {
    client_network(request).map(|network| network.to_string())
}

/// The address of whoever sends a request: that of the connection, or what a trusted proxy says of
/// it (`Forwarded`, `X-Forwarded-For`).
pub(crate) fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let trusted = request.app_data::<web::Data<State>>().map(|state| &state.addressing.trusted);
    let is_trusted = |address: IpAddr| {
        trusted.is_some_and(|trusted| trusted.iter().any(|net| net.contains(address)))
    };
    if !is_trusted(peer) {
        return Some(peer);
    }
    // each proxy adds at the end: the last one that is no proxy of ours is the client
    let told = |name: &str| -> Vec<IpAddr> {
        let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).filter_map(address).collect()
    };
    let mut told_of = told("Forwarded");
    if told_of.is_empty() {
        told_of = told("X-Forwarded-For");
    }
    Some(told_of.into_iter().rev().find(|one| !is_trusted(*one)).unwrap_or(peer))
}

/// `203.0.113.4`, `[2001:db8::1]:443`, `for="[2001:db8::1]";proto=https`.
fn address(element: &str) -> Option<IpAddr> {
    let pair = element.split(';').map(str::trim).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let text = pair.unwrap_or(element).trim().trim_matches('"');
    let text = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    text.parse().ok()
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxies_tell_is_read() {
        let read = |text: &str| address(text).map(|found| network(found).to_string());
        assert_eq!(read("203.0.113.4").as_deref(), Some("203.0.113.4"));
        assert_eq!(read("203.0.113.4:5000").as_deref(), Some("203.0.113.4"));
        let told = "for=\"[2001:db8:1:2::3]:80\";proto=https";
        assert_eq!(read(told).as_deref(), Some("2001:db8:1:2::"));
        assert_eq!(read("for=_hidden"), None);
        assert_eq!(read("unknown"), None);
    }
}
