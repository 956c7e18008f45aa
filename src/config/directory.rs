//! Where the directory of actors and funding is.

use std::path::PathBuf;

use clap::ValueEnum;

/// The directory, the same option on every command that reads it.
#[derive(Debug, Clone, clap::Args)]
pub struct DirectoryOption {
    /// Folder with actors.csv, schemes.csv and calls.csv (and groups.csv and propositions.csv,
    /// if it has its own): who can help and who pays; the ones that the release carries without it
    #[arg(long, value_name = "FOLDER", env = "ATLAS_DIRECTORY")]
    pub directory: Option<PathBuf>,
}

/// `atlas schema [KIND]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// The native CSV
    Partnerships,
    /// actors.csv of the directory
    Actors,
    /// schemes.csv
    Schemes,
    /// calls.csv
    Calls,
    /// propositions.csv, of the white paper
    Propositions,
}
