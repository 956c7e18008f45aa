//! What the server has done and what it serves, for Prometheus.
//!
//! Every metric of a running server stands here; `packaging/monitoring` has alerts and a dashboard on
//! them.

use std::{fmt::Write, fs, time::Duration};

use actix_web::{HttpResponse, rt::time::timeout, web};
use chrono::Utc;

use crate::{
    atlas::imports::Jobs,
    http::{
        api::health,
        openapi::responses::Plain,
        web::{
            auth::ask,
            connections, kept_files,
            limits::{in_flight, rates},
            metrics::requests,
            state::State,
        },
    },
};

/// How long the register is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Get the metrics
///
/// In the text format of Prometheus. A duration ends when the response starts.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    operation_id = "metrics",
    responses(
        (status = 200, description = "The metrics.", body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
        Plain,
    ),
)]
pub(crate) async fn metrics(state: web::Data<State>) -> HttpResponse {
    // what a register that does not answer would say is left out: the rest is wanted all the more
    let imports = timeout(PATIENCE, ask(&state, Jobs::counts)).await.ok().and_then(Result::ok);
    let mut text = MetricsText(requests());
    text.gauge("atlas_build_info", "The release that runs.")
        .labelled(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    of_register(&state, &mut text);
    if let Some(imports) = imports {
        let mut states = text.gauge("atlas_imports", "Imports by state.");
        for (name, count) in &imports.states {
            states.labelled(&[("state", name)], *count);
        }
        let waits = imports.waiting_since.map_or(0, |since| (Utc::now() - since).num_seconds());
        text.gauge("atlas_import_queue_seconds", "How long the oldest import has waited.")
            .value(waits.max(0) as u64);
    }
    of_limits(&mut text);
    if let Some(disk) = state.jobs.disk() {
        text.gauge("atlas_disk_free_bytes", "Room on the disk that files to import come to.")
            .value(disk.free);
        text.gauge("atlas_disk_size_bytes", "Size of that disk.").value(disk.size);
    }
    of_process(&mut text);
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .body(text.0)
}

/// The register, what is served of it, and the connections to its database.
fn of_register(state: &State, text: &mut MetricsText) {
    let (publisher, snapshot) = (&state.publisher, state.publisher.snapshot());
    text.gauge("atlas_snapshot_version", "Version of the register that is served.")
        .value(snapshot.version() as u64);
    text.gauge("atlas_snapshot_partnerships", "Partnerships in it.").value(snapshot.len() as u64);
    let age = (Utc::now() - snapshot.built_at()).num_seconds();
    text.gauge("atlas_snapshot_age_seconds", "How long ago it was made.").value(age.max(0) as u64);
    text.counter(
        "atlas_snapshot_divergences",
        "How often the register did not hold what was served, and all of it was read again.",
    )
    .value(publisher.divergences());
    text.gauge(
        "atlas_register_reachable",
        "Whether the register could be read when it was last looked at; 0 means that what is served may be old.",
    )
    .value(u64::from(publisher.is_register_reachable()));
    text.gauge(
        "atlas_register_stale_seconds",
        "How long ago it was last seen that what is served is what the register holds.",
    )
    .value(publisher.staleness().as_secs());
    text.gauge("atlas_draining", "Whether the server is about to stop.")
        .value(u64::from(health::is_draining()));
    let mut pools = text.gauge("atlas_database_connections", "Connections to the database.");
    for (pool, usage) in
        [("readers", state.register.readers()), ("writers", state.register.writers())]
            .map(|(name, pool)| (name, pool.usage()))
    {
        for (name, count) in [("open", usage.open), ("used", usage.used), ("max", usage.max)] {
            pools.labelled(&[("pool", pool), ("state", name)], count);
        }
    }
}

/// What clients have taken, and were refused.
fn of_limits(text: &mut MetricsText) {
    text.gauge("atlas_connections", "Connections of clients that are open.")
        .value(connections::open());
    let mut ended = text.counter(
        "atlas_connections_ended",
        "Connections that ended because there were too many, or because their clients were too slow.",
    );
    for (reason, count) in connections::ended() {
        ended.labelled(&[("reason", reason)], count);
    }
    text.gauge("atlas_answer_bytes", "Bytes of large answers that clients have not taken yet.")
        .value(in_flight::bytes());
    text.counter(
        "atlas_answers_refused",
        "Requests that were told to come back because too much was on its way.",
    )
    .value(in_flight::refused());
    text.counter("atlas_rates_refused", "Requests that were more than a client may send.")
        .value(rates::refused());
    text.gauge("atlas_prepared_bytes", "Bytes of files that were prepared for download.")
        .value(kept_files::held());
}

/// What the process takes of the machine, by the names that Prometheus has for it.
fn of_process(text: &mut MetricsText) {
    let field = |file: &str, name: &str| -> Option<u64> {
        let about = fs::read_to_string(file).ok()?;
        let line = about.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    // proc(5): in kB
    if let Some(memory) = field("/proc/self/status", "VmRSS:") {
        text.gauge("process_resident_memory_bytes", "Memory that the process holds.")
            .value(memory * 1_024);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        text.gauge("process_open_fds", "Files and connections that are open.")
            .value(files.count() as u64);
    }
    if let Some(files) = field("/proc/self/limits", "Max open files") {
        text.gauge("process_max_fds", "As many may be open.").value(files);
    }
}

/// The text format of Prometheus (0.0.4).
struct MetricsText(String);

/// A metric whose values come next.
struct Metric<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl MetricsText {
    fn gauge(&mut self, name: &'static str, help: &str) -> Metric<'_> {
        self.metric((name, "gauge"), help)
    }

    fn counter(&mut self, name: &'static str, help: &str) -> Metric<'_> {
        self.metric((name, "counter"), help)
    }

    fn metric(&mut self, (name, kind): (&'static str, &str), help: &str) -> Metric<'_> {
        // a text takes every write, here and below
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Metric { text: &mut self.0, name }
    }
}

impl Metric<'_> {
    fn value(&mut self, value: u64) {
        let _ = writeln!(self.text, "{} {value}", self.name);
    }

    fn labelled(&mut self, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let _ = writeln!(self.text, "{}{{{}}} {value}", self.name, labels.join(","));
    }
}
