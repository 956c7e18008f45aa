//! What can be told about tokens, accounts, sessions and the audit.

use std::path::PathBuf;

use chrono::{NaiveDate, TimeDelta};
use clap::{Subcommand, ValueEnum};

use super::{DatabaseOption, LanguageOption};
use crate::{
    atlas::accounts::SessionEnds,
    domain::{Capability, Role, Scope},
};

/// The options of `atlas serve` about accounts.
#[derive(Debug, clap::Args)]
pub struct AccountOptions {
    /// Hours after which a browser that asks for nothing is signed out
    #[arg(
        long,
        value_name = "HOURS",
        env = "ATLAS_SESSION_IDLE",
        default_value = "24",
        value_parser = clap::value_parser!(u32).range(1..=8_784)
    )]
    pub session_idle: u32,
    /// Hours after which a browser is signed out, however much it asks
    #[arg(
        long,
        value_name = "HOURS",
        env = "ATLAS_SESSION_LIFETIME",
        default_value = "336",
        value_parser = clap::value_parser!(u32).range(1..=8_784)
    )]
    pub session_lifetime: u32,
    /// The mail server: smtp://HOST:25, smtp://USER:PASSWORD@HOST:587?tls=required or
    /// smtps://USER:PASSWORD@HOST; without it mails are written into --mail-folder
    #[arg(long, value_name = "URL", env = "ATLAS_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Who mails are from
    #[arg(
        long,
        value_name = "MAIL",
        env = "ATLAS_MAIL_FROM",
        default_value = "Atlas AECT <atlas@localhost>"
    )]
    pub mail_from: String,
    /// Folder for mails where there is no mail server; beside the SQLite file without it, or else
    /// atlas-mails in the current folder
    #[arg(long, value_name = "DIR", env = "ATLAS_MAIL_FOLDER")]
    pub mail_folder: Option<PathBuf>,
}

impl From<&AccountOptions> for SessionEnds {
    fn from(options: &AccountOptions) -> Self {
        let hours = |hours: u32| TimeDelta::hours(hours.into());
        Self { idle: hours(options.session_idle), lifetime: hours(options.session_lifetime) }
    }
}

/// What can be done about accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account; it may do nothing yet
    Create {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Make a new register where there is none
        #[arg(long)]
        create: bool,
        /// The mail address; it is never public
        #[arg(long, value_name = "MAIL")]
        email: String,
        /// What the person is called; what they do is kept under this name, which is public
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Language of the mails
        #[arg(long, value_enum, default_value = "fr")]
        language: LanguageOption,
    },
    /// List all accounts with what they may do
    List {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give an account a capability, of everything or of a scope
    Grant {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// The mail address
        email: String,
        /// What may be done
        #[arg(value_parser = capability)]
        capability: Capability,
        /// Of what: everything, region:53, department:35, authority:35238, country:ML, source:NAME
        #[arg(long, value_name = "SCOPE", default_value = "everything")]
        scope: Scope,
        /// The last day of it
        #[arg(long, value_name = "DATE")]
        until: Option<NaiveDate>,
    },
    /// Take a capability from an account
    Revoke {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// The mail address
        email: String,
        /// What may not be done any more
        #[arg(value_parser = capability)]
        capability: Capability,
        /// Of what; of everything that it was given for without it
        #[arg(long, value_name = "SCOPE")]
        scope: Option<Scope>,
    },
    /// Disable an account: its sessions end, and nobody signs in with it any more
    Disable {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// The mail address
        email: String,
    },
}

/// The options of `atlas audit`.
#[derive(Debug, clap::Args)]
pub struct AuditOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Print one JSON object a line
    #[arg(long, conflicts_with = "check")]
    pub json: bool,
    /// Only check that no entry was changed, left out or put in between
    #[arg(long)]
    pub check: bool,
}

fn capability(text: &str) -> Result<Capability, String> {
    Capability::from_code(text).ok_or_else(|| {
        let all = Capability::ALL.map(Capability::code).join(", ");
        format!("there is no such capability; there are: {all}")
    })
}

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, this once
    Create {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Make a new register where there is none
        #[arg(long)]
        create: bool,
        /// Whose it is; imports are kept under this name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it allows: reader looks at imports, importer imports and undoes
        #[arg(long, value_enum)]
        role: RoleOption,
        /// Of what it allows that: everything, or for example source:NAME
        #[arg(long, value_name = "SCOPE", default_value = "everything")]
        scope: Scope,
        /// The last day that it is worth something
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// List all tokens by name
    List {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a token worth nothing, at once
    Revoke {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Whose it is
        name: String,
    },
}

/// `--role`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleOption {
    /// Look at imports
    Reader,
    /// Import and undo
    Importer,
    /// Everything
    Admin,
}

impl From<RoleOption> for Role {
    fn from(option: RoleOption) -> Self {
        match option {
            RoleOption::Reader => Self::Reader,
            RoleOption::Importer => Self::Importer,
            RoleOption::Admin => Self::Admin,
        }
    }
}
