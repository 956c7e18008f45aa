//! How often somebody may try to be let in: tokens and links that are wrong, mails with a link.

use std::{num::NonZeroU32, time::Duration};

use actix_web::HttpRequest;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::http::web::{
    address,
    problem::{Problem, TOO_MANY_ATTEMPTS},
};

/// Beyond so many, those who have not tried for a while are forgotten.
const REMEMBERED: usize = 10_000;

/// A number of tries at once, and the time until each is given back.
type Budget = (u32, Duration);
/// Of tokens and links that are wrong, for a client.
const SECRETS: Budget = (30, Duration::from_secs(10));
/// Of mails, for a client; several people may have one address.
const MAILS: Budget = (20, Duration::from_mins(1));
/// Of mails, for an address.
const MAILS_TO: Budget = (3, Duration::from_mins(5));

/// By client, or by address.
type Limiter = DefaultKeyedRateLimiter<String>;

/// Counts attempts.
pub(crate) struct Attempts {
    secrets: Limiter,
    mails: Limiter,
    mails_to: Limiter,
}

fn limiter((burst, period): Budget) -> Limiter {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(burst));
    RateLimiter::keyed(quota.allow_burst(burst))
}

impl Default for Attempts {
    fn default() -> Self {
        Self { secrets: limiter(SECRETS), mails: limiter(MAILS), mails_to: limiter(MAILS_TO) }
    }
}

impl Attempts {
    /// Counts a token or a link that is wrong; an error where there were too many.
    pub(crate) fn wrong_secret(&self, request: &HttpRequest) -> Result<(), Problem> {
        take(&self.secrets, &address::client(request).unwrap_or_default())
    }

    /// Counts a mail that somebody asks for; an error where there were too many, by this client or to
    /// this address.
    pub(crate) fn mail(&self, request: &HttpRequest, to: &str) -> Result<(), Problem> {
        take(&self.mails, &address::client(request).unwrap_or_default())?;
        take(&self.mails_to, to)
    }
}

fn take(limiter: &Limiter, key: &str) -> Result<(), Problem> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|_| {
        Problem::new(
            &TOO_MANY_ATTEMPTS,
            [
                "Trop d'essais en peu de temps. Attendez quelques minutes, puis réessayez.",
                "Too many attempts in a short time. Wait a few minutes, then try again.",
            ],
        )
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn each_client_and_each_address_has_its_own_tries() {
        let attempts = Attempts::default();
        let from = |ip: &str| {
            TestRequest::default().peer_addr(format!("{ip}:1").parse().unwrap()).to_http_request()
        };
        for _ in 0..SECRETS.0 {
            attempts.wrong_secret(&from("192.0.2.1")).unwrap();
        }
        let refused = attempts.wrong_secret(&from("192.0.2.1")).unwrap_err();
        assert_eq!(refused.status().as_u16(), 429);
        attempts.wrong_secret(&from("192.0.2.2")).unwrap();
        // one household
        for n in 0..SECRETS.0 {
            attempts.wrong_secret(&from(&format!("[2001:db8::{n:x}]"))).unwrap();
        }
        assert!(attempts.wrong_secret(&from("[2001:db8::ffff]")).is_err());
        for n in 0..MAILS_TO.0 {
            attempts.mail(&from(&format!("192.0.2.{}", 10 + n)), "a@b.fr").unwrap();
        }
        assert!(attempts.mail(&from("192.0.2.99"), "a@b.fr").is_err());
        attempts.mail(&from("192.0.2.99"), "c@b.fr").unwrap();
    }
}
