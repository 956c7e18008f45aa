//! How many requests a client may send: a rate that is kept up, and ten seconds of it at once.
//!
//! Clients are told where they stand by the fields of “RateLimit header fields for HTTP”
//! (draft-ietf-httpapi-ratelimit-headers). Whoever connects from this machine is not counted: it is
//! whoever keeps the server, or a proxy that `--trusted-proxies` does not name, with all its clients.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

/// Seconds of the rate that may come at once.
const BURST: u32 = 10;
/// Beyond so many, clients that have not asked for a while are forgotten; it is looked every so many
/// requests.
const REMEMBERED: usize = 50_000;
const LOOK: u64 = 4_096;

static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static STATE: HeaderName = HeaderName::from_static("ratelimit");
static REFUSED: AtomicU64 = AtomicU64::new(0);

type ClientLimiter =
    RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>;

/// Counts the requests of each client.
pub(crate) struct Rates(Option<CountedRates>);

struct CountedRates {
    limiter: ClientLimiter,
    rate: NonZeroU32,
    counted: AtomicU64,
}

/// Where a client stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    rate: u32,
    remaining: u32,
    /// Seconds until the next request, where it is refused.
    wait: Option<u64>,
}

/// How many requests were refused.
pub(crate) fn refused() -> u64 {
    REFUSED.load(Relaxed)
}

impl Rates {
    /// So many requests a second for each client; 0 for no limit.
    pub(crate) fn new(rate: u32) -> Self {
        Self(NonZeroU32::new(rate).map(|rate| {
            let burst = rate.saturating_mul(NonZeroU32::new(BURST).unwrap_or(rate));
            let quota = Quota::per_second(rate).allow_burst(burst);
            let limiter = RateLimiter::keyed(quota).with_middleware();
            CountedRates { limiter, rate, counted: AtomicU64::new(0) }
        }))
    }

    /// Counts a request of a client; none where it is not limited.
    pub(crate) fn count(&self, client: IpAddr) -> Option<Allowed> {
        let CountedRates { limiter, rate, counted } = self.0.as_ref()?;
        if client.to_canonical().is_loopback() {
            return None;
        }
        if counted.fetch_add(1, Relaxed) % LOOK == LOOK - 1 && limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        let rate = rate.get();
        Some(match limiter.check_key(&client) {
            Ok(state) => Allowed { rate, remaining: state.remaining_burst_capacity(), wait: None },
            Err(until) => {
                REFUSED.fetch_add(1, Relaxed);
                let wait = until.wait_time_from(DefaultClock::default().now());
                let wait = (wait + Duration::from_millis(999)).as_secs().max(1);
                Allowed { rate, remaining: 0, wait: Some(wait) }
            }
        })
    }
}

impl Allowed {
    pub(crate) fn is_refused(self) -> bool {
        self.wait.is_some()
    }

    /// Tells the client.
    pub(crate) fn add_headers(self, headers: &mut HeaderMap) {
        let Self { rate, remaining, wait } = self;
        let quota = rate.saturating_mul(BURST);
        // until all of it may come at once again
        let reset =
            wait.unwrap_or_else(|| u64::from((quota - remaining.min(quota)).div_ceil(rate)));
        let mut add = |name: &HeaderName, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name.clone(), value);
            }
        };
        add(&POLICY, format!("\"client\";q={quota};w={BURST}"));
        add(&STATE, format!("\"client\";r={remaining};t={reset}"));
        if let Some(wait) = wait {
            add(&header::RETRY_AFTER, wait.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_rate() {
        let rates = Rates::new(2);
        let [one, other, own] = ["192.0.2.1", "2001:db8::", "127.0.0.1"]
            .map(|address| address.parse::<IpAddr>().unwrap());
        for number in 0..20 {
            let allowed = rates.count(one).unwrap();
            assert!(!allowed.is_refused() && allowed.remaining == 19 - number, "{allowed:?}");
        }
        let refused = rates.count(one).unwrap();
        assert_eq!(refused, Allowed { rate: 2, remaining: 0, wait: Some(1) });
        let mut headers = HeaderMap::new();
        refused.add_headers(&mut headers);
        let said = |name: &str| headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(said("ratelimit-policy"), "\"client\";q=20;w=10");
        assert_eq!((said("ratelimit"), said("retry-after")), ("\"client\";r=0;t=1", "1"));
        assert!(!rates.count(other).unwrap().is_refused());
        assert!((0..100).all(|_| rates.count(own).is_none()), "this machine is not counted");
        assert!(Rates::new(0).count(one).is_none());
    }
}
