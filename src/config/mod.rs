//! What a person types: commands, flags, environment.

use std::{path::PathBuf, sync::LazyLock};

use clap::{Parser, Subcommand, ValueEnum, builder::PossibleValue};

pub use self::accounts::{AccountCommand, AccountOptions, AuditOptions, TokenCommand};
pub use self::database::{DatabaseOption, MigrateOption};
pub use self::directory::{DirectoryOption, SchemaKind};
pub use self::export::ExportOptions;
pub use self::maintenance::{BackupOptions, CheckOptions, RestoreOptions};
pub use self::merge::{MergeOptions, SplitOptions};
pub use self::serve::{AboutOptions, LimitOptions, ServeOptions, UploadOptions};
use crate::{
    atlas::export::Format,
    domain::{Language, Mode, SourceOrder},
};

mod accounts;
mod database;
mod directory;
pub mod environment;
mod export;
mod maintenance;
mod merge;
mod serve;

/// The register of what French local authorities do abroad.
#[derive(Debug, Parser)]
#[command(name = "atlas", version, about, max_term_width = 100)]
pub struct Config {
    /// How the log is written; ATLAS_LOG says how much of it
    #[arg(long, global = true, value_enum, env = "ATLAS_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// `--log-format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// An object of JSON a line, for programs
    Json,
}

/// Which sources lead, the same option on every command that counts partnerships.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceOrderOption {
    /// Sources, the first leads: where several keep a partnership its record is the one shown, and
    /// the others fill what it leaves empty. Sources that are not named come last
    #[arg(long, value_name = "SOURCE,…", env = "ATLAS_SOURCE_ORDER", value_delimiter = ',')]
    pub source_order: Vec<String>,
}

impl From<SourceOrderOption> for SourceOrder {
    fn from(option: SourceOrderOption) -> Self {
        Self::new(option.source_order.iter().map(|source| source.trim().to_owned()))
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the map, the pages and the API
    Serve(Box<ServeOptions>),
    /// Import a CSV file: all of it, or nothing
    Import(ImportOptions),
    /// Write a collection to a file
    Export(Box<ExportOptions>),
    /// Show what was imported, and undo it
    Imports {
        /// What to show.
        #[command(subcommand)]
        command: ImportsCommand,
    },
    /// Say that records of several sources are one partnership, or list those that may be
    Merge(MergeOptions),
    /// Say that records of several sources are different partnerships
    Split(SplitOptions),
    /// Describe how the columns of a producer's file are to be read
    Profile {
        /// What to do.
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Make, list and revoke the tokens that importing over HTTP needs
    Token {
        /// What to do.
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Make accounts of people, and say what they may do
    Account {
        /// What to do.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Show what was done about accounts and data, and check that nothing of it was changed
    Audit(AuditOptions),
    /// Write all of the register to one file, while others read and write
    Backup(BackupOptions),
    /// Put a backup in an empty place, or in place of what is there
    Restore(RestoreOptions),
    /// Look whether everything in the register fits together
    Check(CheckOptions),
    /// Bring the tables of the register up to date, or say whether they are
    Migrate {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Change nothing; fail where something is to be done
        #[arg(long)]
        check: bool,
    },
    /// Print what a shell needs to complete commands
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder
        folder: PathBuf,
    },
    /// Print the Table Schema of the native CSV, or of a table of the directory
    Schema {
        /// Which table
        kind: Option<SchemaKind>,
    },
    /// Print the description of the HTTP API (OpenAPI 3.0)
    Openapi,
}

/// What can be done about profiles.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Propose a profile for a file, with a confidence for each column
    Draft {
        /// The file, or - for standard input
        file: PathBuf,
    },
}

/// What can be asked about imports.
#[derive(Debug, Subcommand)]
pub enum ImportsCommand {
    /// List all imports, newest first
    List {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one import and its issues
    Show {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// The import's number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Undo an import: its records are again what they were before it
    Revert {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// The import's number
        id: i64,
        /// Leave the records alone that later imports have changed, and undo the others
        #[arg(long)]
        skip_conflicts: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The options of `atlas import`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ImportOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The file (CSV, gzip, zip, xlsx, ods), or - for standard input
    pub file: PathBuf,
    /// How its columns are to be read: a bundled profile, or a file ending in .toml
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub profile: Option<String>,
    /// The file's encoding, for example windows-1252; recognised without it
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Of a workbook, the sheet to read: its name, or its number among those shown
    #[arg(long, value_name = "NAME|N")]
    pub sheet: Option<String>,
    /// Who keeps the records, where the rows do not say
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// What becomes of records of the source that the file does not have: sync removes them
    #[arg(long, value_enum, default_value = "upsert")]
    pub mode: ModeOption,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the valid rows of a file that has others too
    #[arg(long)]
    pub valid_rows_only: bool,
    /// Let --mode sync remove more than a fifth of a source's records
    #[arg(long)]
    pub allow_mass_removal: bool,
    /// Write the report with every issue to a file
    #[arg(long, value_name = "FILE.json|FILE.csv")]
    pub report: Option<PathBuf>,
    /// Write the rejected rows to a file, as they are, with a column that says what is wrong
    #[arg(long, value_name = "FILE.csv")]
    pub rejected: Option<PathBuf>,
    /// Language of what --rejected says
    #[arg(long, value_enum, default_value = "fr")]
    pub lang: LanguageOption,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `--mode`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ModeOption {
    /// Add and update
    Upsert,
    /// Add, update, and remove what the file no longer has
    Sync,
}

impl From<ModeOption> for Mode {
    fn from(option: ModeOption) -> Self {
        match option {
            ModeOption::Upsert => Self::Upsert,
            ModeOption::Sync => Self::Sync,
        }
    }
}

/// `--format`
#[derive(Debug, Clone, Copy)]
pub enum FormatOption {
    /// A format of features.
    Features(Format),
    /// Vector tiles in one file.
    Pmtiles,
}

impl ValueEnum for FormatOption {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<FormatOption>> = LazyLock::new(|| {
            let features = Format::ALL.map(FormatOption::Features);
            features.into_iter().chain([FormatOption::Pmtiles]).collect()
        });
        ALL.as_slice()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Features(format) => (format.name(), format.help()),
            Self::Pmtiles => ("pmtiles", "Vector tiles in one file (PMTiles 3), written with -o"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl FormatOption {
    /// A format of features; none where tiles are wanted.
    pub fn of_features(self) -> Option<Format> {
        match self {
            Self::Features(format) => Some(format),
            Self::Pmtiles => None,
        }
    }
}

/// `--records`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordsOption {
    /// Each partnership once
    Partnerships,
    /// Every record of every source
    All,
}

/// `--lang`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LanguageOption {
    /// French
    Fr,
    /// English
    En,
}

impl From<LanguageOption> for Language {
    fn from(option: LanguageOption) -> Self {
        match option {
            LanguageOption::Fr => Self::French,
            LanguageOption::En => Self::English,
        }
    }
}
