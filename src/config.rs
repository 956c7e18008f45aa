//! What a person types: commands, flags, environment.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    atlas::export::Format,
    domain::{Language, Mode, Role},
    http::{About, Basemap, Licence},
};

/// The register of what French local authorities do abroad.
#[derive(Debug, Parser)]
#[command(name = "atlas", version, about, max_term_width = 100)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

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
}

/// The options of `atlas serve` about files that come over HTTP.
#[derive(Debug, clap::Args)]
pub struct UploadOptions {
    /// Folder for files that come to be imported; beside the SQLite file without it, or else
    /// atlas-uploads in the current folder
    #[arg(long, value_name = "DIR", env = "ATLAS_UPLOADS")]
    pub uploads: Option<PathBuf>,
    /// The largest file that is taken, for example 512MB or 2GiB
    #[arg(long, value_name = "SIZE", env = "ATLAS_UPLOAD_LIMIT", default_value = "512MB")]
    pub upload_limit: ByteSize,
}

/// The options of `atlas serve`.
#[derive(Debug, clap::Args)]
pub struct ServeOptions {
    /// Where the register is.
    #[command(flatten)]
    pub database: DatabaseOption,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "ATLAS_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Load the bundled sample if the register is empty
    #[arg(long, env = "ATLAS_DEMO")]
    pub demo: bool,
    /// Where files to import are kept
    #[command(flatten)]
    pub uploads: UploadOptions,
    /// What connections may take.
    #[command(flatten)]
    pub limits: LimitOptions,
    /// What is said of the data
    #[command(flatten)]
    pub about: AboutOptions,
}

/// The options of `atlas serve` about connections.
#[derive(Debug, clap::Args)]
pub struct LimitOptions {
    /// Connections at a time, for each processor; the next ones wait
    #[arg(long, value_name = "N", env = "ATLAS_MAX_CONNECTIONS", default_value = "10000")]
    pub max_connections: usize,
    /// How long an idle connection is kept open
    #[arg(long, value_name = "SECONDS", env = "ATLAS_KEEP_ALIVE", default_value = "75")]
    pub keep_alive: u64,
    /// How long the head of a request may take to come
    #[arg(long, value_name = "SECONDS", env = "ATLAS_HEADER_TIMEOUT", default_value = "10")]
    pub header_timeout: u64,
    /// How long a client may take nothing of what is sent to it
    #[arg(long, value_name = "SECONDS", env = "ATLAS_WRITE_TIMEOUT", default_value = "60")]
    pub write_timeout: u64,
}

/// The options of `atlas serve` about the data as a publication.
#[derive(Debug, clap::Args)]
pub struct AboutOptions {
    /// Who publishes the data, as catalogues are told
    #[arg(long, value_name = "NAME", env = "ATLAS_PUBLISHER", default_value = "Atlas AECT")]
    pub publisher: String,
    /// Licence of the data: etalab-2.0, ODbL-1.0, CC-BY-4.0, CC-BY-SA-4.0, CC0-1.0, or the address
    /// of another one
    #[arg(
        long,
        value_name = "LICENCE",
        env = "ATLAS_LICENCE",
        default_value = "etalab-2.0",
        value_parser = licence
    )]
    pub licence: Licence,
    /// Mail address for whoever finds an error in a record; without it pages offer none
    #[arg(long, value_name = "MAIL", env = "ATLAS_CONTACT", value_parser = contact)]
    pub contact: Option<String>,
    /// Tiles (PNG, JPEG or WebP) to draw under the map instead of bare outlines, as
    /// https://tiles.example.fr/{z}/{x}/{y}.png; readers' browsers then ask that server too
    #[arg(long, value_name = "ADDRESS", env = "ATLAS_BASEMAP", value_parser = basemap)]
    pub basemap: Option<String>,
    /// Whom the tiles come from, as their licence wants it to be said
    #[arg(
        long,
        value_name = "TEXT",
        env = "ATLAS_BASEMAP_ATTRIBUTION",
        requires = "basemap",
        default_value = ""
    )]
    pub basemap_attribution: String,
}

/// The address of tiles, with a place for each number.
fn basemap(text: &str) -> Result<String, String> {
    let has_all = ["{z}", "{x}", "{y}"].iter().all(|place| text.contains(place));
    let plain = text.replace(['{', '}'], "");
    let is_web = url::Url::parse(&plain)
        .is_ok_and(|address| matches!(address.scheme(), "http" | "https") && address.has_host());
    if has_all && is_web && !text.contains([' ', ';', ',', '"', '\'']) {
        Ok(text.to_owned())
    } else {
        Err("an address such as https://tiles.example.fr/{z}/{x}/{y}.png is expected".into())
    }
}

/// One mail address, of letters that need no care in a link.
fn contact(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+@".contains(c);
    let is_mail = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
    });
    if is_mail && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("a mail address such as atlas@exemple.fr is expected".into())
    }
}

impl From<AboutOptions> for About {
    fn from(options: AboutOptions) -> Self {
        let AboutOptions { publisher, licence, contact, basemap, basemap_attribution } = options;
        let basemap = basemap.map(|tiles| Basemap { tiles, attribution: basemap_attribution });
        Self { publisher, licence, contact, basemap }
    }
}

fn licence(text: &str) -> Result<Licence, String> {
    if Licence::is_one(text) {
        Ok(Licence::of(text))
    } else {
        Err("an identifier such as etalab-2.0, or an address that begins with https://".into())
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the map, the pages and the API
    Serve(ServeOptions),
    /// Import a CSV file: all of it, or nothing
    Import(ImportOptions),
    /// Write a collection to a file
    Export {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// partnerships (points), links (great circles), collectivities, partners, countries or
        /// regions
        #[arg(default_value = "partnerships")]
        collection: String,
        /// File format
        #[arg(long, value_enum, default_value = "geojson")]
        format: FormatOption,
        /// CSV for Excel in French: with a byte order mark, and ; between the cells
        #[arg(long)]
        spreadsheet: bool,
        /// Filters as in the API, for example 'region=84&theme=sante'
        #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
        filter: String,
        /// Language of the labels
        #[arg(long, value_enum, default_value = "fr")]
        lang: LanguageOption,
        /// The file to write; standard output without it
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show what was imported, and undo it
    Imports {
        /// What to show.
        #[command(subcommand)]
        command: ImportsCommand,
    },
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
    /// Print the Table Schema of the native CSV
    Schema,
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

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, this once
    Create {
        /// Where the register is.
        #[command(flatten)]
        database: DatabaseOption,
        /// Whose it is; imports are kept under this name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it allows: reader looks at imports, importer imports and undoes
        #[arg(long, value_enum)]
        role: RoleOption,
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

/// `--format`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FormatOption {
    /// One FeatureCollection (RFC 7946)
    Geojson,
    /// One feature a line (RFC 8142)
    Geojsonseq,
    /// The native CSV, which imports back; a table of authorities, partners, countries, régions
    Csv,
    /// FlatGeobuf with its index
    Fgb,
    /// GeoPackage, an SQLite file
    Gpkg,
    /// GeoParquet
    Parquet,
    /// Vector tiles in one file (PMTiles 3), written with -o
    Pmtiles,
}

impl FormatOption {
    /// A format of features; none where tiles are wanted.
    pub fn of_features(self) -> Option<Format> {
        match self {
            Self::Geojson => Some(Format::GeoJson),
            Self::Geojsonseq => Some(Format::GeoJsonSeq),
            Self::Csv => Some(Format::Csv),
            Self::Fgb => Some(Format::FlatGeobuf),
            Self::Gpkg => Some(Format::GeoPackage),
            Self::Parquet => Some(Format::GeoParquet),
            Self::Pmtiles => None,
        }
    }
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
