//! Which database a command is about.

use std::{fs, io, path::PathBuf};

use clap::ValueEnum;

/// The database, the same option on every command that needs one.
#[derive(Debug, clap::Args)]
pub struct DatabaseOption {
    /// Where the register is kept: sqlite:FILE or postgres://USER@HOST/NAME
    #[arg(
        long,
        value_name = "URL",
        env = "ATLAS_DATABASE",
        default_value = "sqlite:atlas.db",
        hide_env_values = true
    )]
    pub database: String,
    /// A file with the URL, taken before --database, so that a password stands neither among the processes nor in the
    /// environment
    #[arg(long, value_name = "FILE", env = "ATLAS_DATABASE_FILE")]
    pub database_file: Option<PathBuf>,
    /// Whether tables of an earlier release are brought up to date when the register is opened;
    /// never wants atlas migrate to be run for that
    #[arg(long, value_enum, env = "ATLAS_MIGRATE", default_value = "auto")]
    pub migrate: MigrateOption,
}

impl DatabaseOption {
    /// The file of SQLite that is named, if one is.
    pub fn sqlite_file(&self) -> Option<String> {
        let url = self.url().ok()?;
        let path = url.strip_prefix("sqlite:")?;
        Some(path.strip_prefix("//").unwrap_or(path).to_owned()).filter(|path| path != ":memory:")
    }

    /// Where the register is.
    pub fn url(&self) -> io::Result<String> {
        match &self.database_file {
            None => Ok(self.database.clone()),
            Some(file) => Ok(fs::read_to_string(file)?.trim().to_owned()),
        }
    }
}

/// `--migrate`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MigrateOption {
    /// Bring the tables up to date
    Auto,
    /// Leave the tables; refuse those of an earlier release
    Never,
}
