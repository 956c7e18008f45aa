//! What `atlas backup`, `atlas restore` and `atlas check` can be told.

use std::path::PathBuf;

use super::{DatabaseOption, DirectoryOption};

/// The options of `atlas backup`.
#[derive(Debug, clap::Args)]
pub struct BackupOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Folder of the files that came to be imported; found as atlas serve finds it without this
    #[arg(long, value_name = "DIR", env = "ATLAS_UPLOADS")]
    pub uploads: Option<PathBuf>,
    /// The file to write
    pub file: PathBuf,
}

/// The options of `atlas restore`.
#[derive(Debug, clap::Args)]
pub struct RestoreOptions {
    /// Where the register is to be.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Folder for the files that came to be imported; found as atlas serve finds it without this
    #[arg(long, value_name = "DIR", env = "ATLAS_UPLOADS")]
    pub uploads: Option<PathBuf>,
    /// A file that atlas backup wrote, from either database
    pub file: PathBuf,
    /// Put it in place of what the register holds now
    #[arg(long)]
    pub replace: bool,
}

/// The options of `atlas check`.
#[derive(Debug, clap::Args)]
pub struct CheckOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Folder of the files that came to be imported; found as atlas serve finds it without this
    #[arg(long, value_name = "DIR", env = "ATLAS_UPLOADS")]
    pub uploads: Option<PathBuf>,
    /// Where the directory of actors and funding is.
    #[command(flatten)]
    pub directory: DirectoryOption,
}
