//! Time on a processor: others may be busy.

use std::{
    fs,
    time::{Duration, Instant},
};

/// How long this thread was on a processor, where the system is Linux.
fn on_cpu() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// What some work makes, how long it took, and for how long of that this thread was on a
/// processor; the same where the system does not tell.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration, Duration) {
    let (wall, cpu) = (Instant::now(), on_cpu());
    let done = work();
    let wall = wall.elapsed();
    let cpu = cpu.zip(on_cpu()).map_or(wall, |(from, to)| to.saturating_sub(from));
    (done, wall, cpu)
}

/// The median, the 99th percentile and the longest of some times, in milliseconds.
#[allow(dead_code, reason = "not every measurement has many times")]
pub(crate) fn spread(times: &mut [Duration]) -> [f64; 3] {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    [0.5, 0.99, 1.0].map(|share| {
        times.get((last as f64 * share) as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    })
}
