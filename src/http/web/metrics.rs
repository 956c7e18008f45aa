//! Counts requests and their durations, in the text format of Prometheus (0.0.4).

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// A name for addresses that are counted together, and what tells them.
type AddressClass = (&'static str, fn(&str) -> bool);

/// The classes of addresses: the first that fits.
const CLASSES: [AddressClass; 12] = [
    ("items", |path| path.starts_with("/api/collections/") && path.contains("/items")),
    ("facets", |path| path.starts_with("/api/facets")),
    ("suggest", |path| path.starts_with("/api/suggest")),
    ("export", |path| path.starts_with("/api/export/")),
    ("imports", |path| path.starts_with("/api/imports")),
    ("session", |path| path.starts_with("/api/session")),
    ("api", |path| path.starts_with("/api")),
    ("tiles", |path| path.starts_with("/tiles/")),
    ("static", |path| path.starts_with("/static/")),
    ("operation", |path| matches!(path, "/healthz" | "/readyz" | "/metrics")),
    ("malformed", str::is_empty),
    ("pages", |_| true),
];
/// Upper bounds of durations, in microseconds.
const BOUNDS: [u64; 11] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// Of one class of addresses.
struct RequestCounts {
    /// By the first digit of the status.
    statuses: [AtomicU64; 6],
    /// By the bound that a duration is below; the last one is for all that are longer.
    durations: [AtomicU64; BOUNDS.len() + 1],
    /// Sum of the durations, in microseconds.
    sum: AtomicU64,
}

static COUNTS: [RequestCounts; CLASSES.len()] = [const {
    RequestCounts {
        statuses: [const { AtomicU64::new(0) }; 6],
        durations: [const { AtomicU64::new(0) }; BOUNDS.len() + 1],
        sum: AtomicU64::new(0),
    }
}; CLASSES.len()];

/// Counts an answer: how long it took until it began to be sent.
pub(crate) fn count(path: &str, status: u16, took: Duration) {
    let class = CLASSES.iter().position(|(_, has)| has(path)).unwrap_or_default();
    let RequestCounts { statuses, durations, sum } = &COUNTS[class];
    let micros = took.as_micros() as u64;
    statuses[usize::from(status / 100).min(5)].fetch_add(1, Relaxed);
    let bucket = BOUNDS.iter().position(|bound| micros <= *bound).unwrap_or(BOUNDS.len());
    durations[bucket].fetch_add(1, Relaxed);
    sum.fetch_add(micros, Relaxed);
}

/// The counters of requests, and the histogram of their durations.
pub(crate) fn requests() -> String {
    let mut counters = String::from(
        "# HELP atlas_http_requests_total Requests by class of address and of status.\n\
         # TYPE atlas_http_requests_total counter\n",
    );
    let mut histogram = String::from(
        "# HELP atlas_http_request_duration_seconds Time until an answer began to be sent.\n\
         # TYPE atlas_http_request_duration_seconds histogram\n",
    );
    let name = "atlas_http_request_duration_seconds";
    for ((class, _), RequestCounts { statuses, durations, sum }) in CLASSES.iter().zip(&COUNTS) {
        for (status, count) in statuses.iter().enumerate() {
            let count = count.load(Relaxed);
            if count > 0 {
                let labels = format!("class=\"{class}\",status=\"{status}xx\"");
                let _ = writeln!(counters, "atlas_http_requests_total{{{labels}}} {count}");
            }
        }
        let mut below = 0;
        let bounds = BOUNDS.iter().map(|bound| (*bound as f64 / 1e6).to_string());
        for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(durations) {
            below += count.load(Relaxed);
            let _ =
                writeln!(histogram, "{name}_bucket{{class=\"{class}\",le=\"{bound}\"}} {below}");
        }
        let sum = sum.load(Relaxed) as f64 / 1e6;
        let _ = writeln!(
            histogram,
            "{name}_sum{{class=\"{class}\"}} {sum}\n{name}_count{{class=\"{class}\"}} {below}"
        );
    }
    counters + &histogram
}
