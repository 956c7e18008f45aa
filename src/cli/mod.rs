//! The commands: opens files and databases, calls a use case, says what came of it.

mod account;
mod database;
mod directory;
mod export;
mod files;
mod imports;
mod maintenance;
mod merge;
mod output;
mod rejected;
mod serve;
mod show;
mod tiles;
mod token;

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use database::{
    folder_of, open, open_as, open_mode, open_or_make, open_to_import, uploads_folder, uploads_of,
};
use files::{OpenFile, extension, open_input};
use output::{write_completions, write_export, write_manual, write_whole};
use rejected::{keep, write_rejected};
use show::{show_report, write_report};

use crate::{
    atlas::{
        accounts::{mailer::MailerError, people::PersonError, tokens::TokenError},
        imports::{Import, ImportError, draft_profile, import::Progress},
        maintenance::backup::BackupError,
        register::{decide::DecideError, revert::RevertError},
    },
    config::{Command, Config, ImportOptions, ProfileCommand, environment},
    formats::csv::{Profile, ProfileError},
    http,
    search::ParameterError,
    storage::{OpenMode, StorageError},
};

/// The file has rejected rows.
const REJECTED: u8 = 3;
/// The command line is wrong.
const USAGE: u8 = 2;
/// How long an import that is stopped may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Why a command failed, in a sentence for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line.
    #[error("{0}")]
    Usage(String),
    /// A file.
    #[error("cannot {action} {file}: {reason}")]
    File {
        /// What was attempted.
        action: &'static str,
        /// On what.
        file: String,
        /// Why it failed.
        reason: String,
    },
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The import.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Undoing an import.
    #[error(transparent)]
    Revert(#[from] RevertError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A decision about records.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// A token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Sending mails.
    #[error(transparent)]
    Mailer(#[from] MailerError),
    /// An account.
    #[error(transparent)]
    Person(#[from] PersonError),
    /// The profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A filter.
    #[error("--filter: {0}")]
    Filter(#[from] ParameterError),
    /// The address to listen on.
    #[error("cannot listen on {address}: {reason}. Choose another one with --listen")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        reason: io::Error,
    },
    /// The server.
    #[error("the server stopped: {0}")]
    Server(io::Error),
    /// Standard output is gone, or full.
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Mailer(_)
            | Self::Profile(_)
            | Self::Filter(_)
            | Self::Token(TokenError::Name(_) | TokenError::Scope(_))
            | Self::Decide(DecideError::TooFew | DecideError::TooMany)
            | Self::Storage(StorageError::Url { .. }) => USAGE,
            Self::Person(error) => error.into(),
            _ => 1,
        }
    }

    /// Whether whoever read the output has had enough (`atlas export | head`).
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Does what was typed.
// long: one arm for each command
pub fn run(config: Config) -> Result<ExitCode, Failure> {
    let variables = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
    environment::check(variables).map_err(Failure::Usage)?;
    match config.command {
        Command::Serve(options) => serve::run(*options),
        Command::Import(options) => import(&options),
        Command::Export(options) => export::run(&options),
        Command::Imports { command } => imports::run(&command),
        Command::Merge(options) => merge::merge(options),
        Command::Split(options) => merge::split(options),
        Command::Profile { command: ProfileCommand::Draft { file } } => {
            let OpenFile { input, name, .. } = open_input(&file)?;
            let drafted = draft_profile(input, &name);
            let toml = drafted.map_err(|error| ImportError::File { file: name, error })?;
            io::stdout().write_all(toml.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Token { command } => {
            token::run(&command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Account { command } => {
            account::run(&command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Audit(options) => account::audit(&options),
        Command::Backup(options) => maintenance::backup(&options),
        Command::Restore(options) => maintenance::restore(&options),
        Command::Check(options) => maintenance::check(&options),
        Command::Migrate { database, check } => {
            open_as(&database, OpenMode { migrate: !check, ..open_mode(&database) })?;
            writeln!(io::stdout(), "The tables are those of this release.")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Completions { shell } => Ok(write_completions(shell)),
        Command::Man { folder } => write_manual(&folder),
        Command::Openapi => {
            writeln!(io::stdout(), "{}", http::openapi::text())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Schema { kind } => directory::schema(kind),
    }
}

// long: one option after another
fn import(options: &ImportOptions) -> Result<ExitCode, Failure> {
    let ImportOptions {
        database,
        file,
        profile,
        encoding,
        sheet,
        source,
        mode,
        dry_run,
        valid_rows_only,
        allow_mass_removal,
        report: report_file,
        rejected,
        lang,
        json,
    } = options;
    if let Some(report) = report_file
        && !matches!(extension(report), "json" | "csv")
    {
        let message = format!("--report: {} ends neither in .json nor in .csv", report.display());
        return Err(Failure::Usage(message));
    }
    // what is to be corrected would take the place of all the other rows
    if let Some(rejected) = rejected
        && let (Ok(one), Ok(other)) = (rejected.canonicalize(), file.canonicalize())
        && one == other
    {
        let message = format!("--rejected: {} is the file itself", rejected.display());
        return Err(Failure::Usage(message));
    }
    let mut profile = profile.as_deref().map_or_else(|| Ok(Profile::recognised()), load_profile)?;
    if encoding.is_some() {
        profile.encoding.clone_from(encoding);
    }
    if sheet.is_some() {
        profile.sheet.clone_from(sheet);
    }
    let OpenFile { mut input, name, size } = open_input(file)?;
    let again = match rejected {
        Some(_) => Some((keep(&mut input, &name)?, profile.clone())),
        None => None,
    };
    let progress = Arc::new(Progress::default());
    let stop = Arc::clone(&progress);
    // Ctrl-C and SIGTERM end the import at the next batch, without a trace. One that waits for
    // its input has begun nothing: it ends as well, a little later.
    let _ = ctrlc::set_handler(move || {
        stop.stop.store(true, Ordering::Relaxed);
        thread::sleep(GRACE);
        std::process::exit(1);
    });
    let mut database = open_to_import(database, *dry_run)?;
    let import = Import {
        profile,
        source: source.clone(),
        only_source: None,
        file: name,
        mode: (*mode).into(),
        actor: actor(),
        dry_run: *dry_run,
        valid_rows_only: *valid_rows_only,
        allow_mass_removal: *allow_mass_removal,
        expect: None,
        job: None,
        progress: Arc::clone(&progress),
    };
    let watcher = watch(Arc::clone(&progress), size);
    let result = import.run(&mut database, input);
    watcher.finish_and_clear();
    let report = result?;
    if let Some(path) = report_file {
        write_report(&report, path)?;
    }
    if let (Some(path), Some((file, profile))) = (rejected, again) {
        write_rejected(&report, (file, &profile), path, (*lang).into())?;
    }
    if *json {
        writeln!(io::stdout(), "{:#}", report.to_json())?;
    } else {
        show_report(&report, report_file.as_deref())?;
    }
    Ok(if report.has_rejected_rows() { ExitCode::from(REJECTED) } else { ExitCode::SUCCESS })
}

/// Who runs a command: the user's name on this machine.
fn actor() -> String {
    std::env::var("USER").unwrap_or_else(|_| "cli".into())
}

/// Who runs a command, as the audit calls them.
fn operator() -> String {
    format!("{} (command line)", actor())
}

fn load_profile(name: &str) -> Result<Profile, Failure> {
    let path = Path::new(name);
    if extension(path) != "toml" {
        return Ok(Profile::bundled(name)?);
    }
    let toml = std::fs::read_to_string(path).map_err(|error| Failure::File {
        action: "read the profile",
        file: name.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Profile::parse(name, &toml)?)
}

/// A progress bar on a terminal; a hidden one elsewhere.
fn watch(progress: Arc<Progress>, size: Option<u64>) -> ProgressBar {
    let bar = match size {
        Some(size) => ProgressBar::new(size),
        None => ProgressBar::new_spinner(),
    };
    if !io::stderr().is_terminal() {
        tracing::info!("importing");
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    let shown = bar.clone();
    thread::spawn(move || {
        while !shown.is_finished() {
            shown.set_position(progress.bytes.load(Ordering::Relaxed));
            shown.set_message(format!("{} rows", progress.rows.load(Ordering::Relaxed)));
            thread::sleep(Duration::from_millis(100));
        }
    });
    bar
}
