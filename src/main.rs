//! `atlas`: see `atlas --help`.

use std::{io::IsTerminal, process::ExitCode, thread, time::Duration};

use atlas_aect::{
    cli,
    config::{Command, Config, LogFormat},
};
use clap::Parser;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lines of the log that wait for whoever takes them; more are lost.
const MAX_LOG_LINES: usize = 16_384;
/// How long a server that has stopped waits for the last lines of its threads.
const LAST_LINES: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    let config = Config::parse();
    let log = begin_log(config.log_format);
    let serves = matches!(config.command, Command::Serve(_));
    let done = cli::run(config);
    if serves && done.is_ok() {
        // threads that answer drop what the stop has cut short a moment later, and tell of it
        thread::sleep(LAST_LINES);
    }
    // the rest of the log stands before what is said last
    drop(log);
    match done {
        Ok(code) => code,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            use std::io::Write;
            // nothing is left to be told where standard error is gone
            let _ = writeln!(std::io::stderr(), "atlas: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// Writes the log to standard error, as much of it as `ATLAS_LOG` says, until what this gives is
/// dropped. A thread writes it: nobody else waits where standard error is a pipe that is full.
fn begin_log(format: LogFormat) -> WorkerGuard {
    let wanted = std::env::var("ATLAS_LOG").unwrap_or_default();
    let wanted = if wanted.is_empty() { "info" } else { &wanted };
    let mut filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    // the HTTP library calls every malformed request an error; a line of `access` tells of it
    if !wanted.contains("actix_http")
        && let Ok(directive) = "actix_http::h1=off".parse()
    {
        filter = filter.add_directive(directive);
    }
    let builder = NonBlockingBuilder::default().buffered_lines_limit(MAX_LOG_LINES);
    let (writer, guard) = builder.finish(std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(writer);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    guard
}
