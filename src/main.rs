//! `atlas`: see `atlas --help`.

use std::{io::IsTerminal, process::ExitCode};

use atlas_aect::{
    cli,
    config::{Config, LogFormat},
};
use clap::Parser;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let config = Config::parse();
    begin_log(config.log_format);
    match cli::run(config) {
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

/// Writes the log to standard error, as much of it as `ATLAS_LOG` says.
fn begin_log(format: LogFormat) {
    let wanted = std::env::var("ATLAS_LOG").unwrap_or_default();
    let wanted = if wanted.is_empty() { "info" } else { &wanted };
    let mut filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    // the HTTP library calls every malformed request an error; a line of `access` tells of it
    if !wanted.contains("actix_http")
        && let Ok(directive) = "actix_http::h1=off".parse()
    {
        filter = filter.add_directive(directive);
    }
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
