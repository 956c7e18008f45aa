//! `atlas`: see `atlas --help`.

use std::{io::IsTerminal, process::ExitCode};

use atlas_aect::{cli, config::Config};
use clap::Parser;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter =
        EnvFilter::try_from_env("ATLAS_LOG").unwrap_or_else(|_| EnvFilter::new("info,access=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match cli::run(Config::parse()) {
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
