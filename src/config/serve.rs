//! What `atlas serve` can be told.

use std::{num::NonZeroUsize, path::PathBuf};

use bytesize::ByteSize;

use super::{AccountOptions, DatabaseOption, DirectoryOption, SourceOrderOption};
use crate::http::{About, Addressing, Basemap, Licence, Limits, Network, PublicAddress};

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
    /// Address and port for /metrics alone, which is then not on the other one; /healthz and /readyz
    /// are on both
    #[arg(long, value_name = "ADDRESS", env = "ATLAS_METRICS_LISTEN")]
    pub metrics_listen: Option<String>,
    /// Load the bundled samples if the register is empty
    #[arg(long, env = "ATLAS_DEMO")]
    pub demo: bool,
    /// Only show the register, and write nothing into it: for a role that may only read, a standby
    /// server, a disk that is read-only
    #[arg(long, env = "ATLAS_READ_ONLY", conflicts_with_all = ["demo", "create"])]
    pub read_only: bool,
    /// Connections to the database at most: one follows its changes, the others are opened when they
    /// are needed; 1 is for all, and waits while an import is written
    #[arg(
        long,
        value_name = "N",
        env = "ATLAS_DATABASE_CONNECTIONS",
        default_value = "9",
        value_parser = clap::value_parser!(u32).range(1..=1_000)
    )]
    pub database_connections: u32,
    /// Make a new register where there is none; without it a missing one is an error
    #[arg(long)]
    pub create: bool,
    /// Which sources lead.
    #[command(flatten)]
    pub order: SourceOrderOption,
    /// Where files to import are kept
    #[command(flatten)]
    pub uploads: UploadOptions,
    /// Who is signed in, and how long
    #[command(flatten)]
    pub accounts: AccountOptions,
    /// What answering may take.
    #[command(flatten)]
    pub limits: LimitOptions,
    /// How it ends.
    #[command(flatten)]
    pub stop: StopOptions,
    /// What is said of the data
    #[command(flatten)]
    pub about: AboutOptions,
    /// Where clients find the server.
    #[command(flatten)]
    pub address: AddressOptions,
    /// Where the directory of actors and funding is.
    #[command(flatten)]
    pub directory: DirectoryOption,
}

/// The options of `atlas serve` about the address that clients know it by.
#[derive(Debug, clap::Args)]
pub struct AddressOptions {
    /// The address that clients know the server by, as https://example.fr/atlas; links, feeds, the
    /// sitemap and cookies are made from it
    #[arg(long, value_name = "URL", env = "ATLAS_PUBLIC_URL")]
    pub public_url: Option<PublicAddress>,
    /// Proxies whose Forwarded and X-Forwarded-* headers are believed: IP addresses or networks, as
    /// 127.0.0.1,10.0.0.0/8
    #[arg(long, value_name = "NETWORKS", env = "ATLAS_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<Network>,
}

impl From<AddressOptions> for Addressing {
    fn from(AddressOptions { public_url, trusted_proxies }: AddressOptions) -> Self {
        Self { public: public_url, trusted: trusted_proxies }
    }
}

/// The options of `atlas serve` about threads and connections.
#[derive(Debug, clap::Args)]
pub struct LimitOptions {
    /// Threads that answer; one for each processor without it
    #[arg(long, value_name = "N", env = "ATLAS_WORKERS")]
    pub workers: Option<NonZeroUsize>,
    /// Connections at a time, for each thread that answers, as far as the limit of open files allows;
    /// where there are more the one that is idle longest ends
    #[arg(long, value_name = "N", env = "ATLAS_MAX_CONNECTIONS", default_value = "10000")]
    pub max_connections: usize,
    /// Requests a second of each client (of IPv6, of each network of 64 bits), and ten times as many at
    /// once; 0 for any number. Clients on this machine are not counted
    #[arg(long, value_name = "N", env = "ATLAS_CLIENT_RATE", default_value = "200")]
    pub client_rate: u32,
    /// Memory of answers that their readers have not taken yet; while more is on its way the next
    /// ones wait, and are told to come back
    #[arg(long, value_name = "SIZE", env = "ATLAS_ANSWER_MEMORY", default_value = "256MB")]
    pub answer_memory: ByteSize,
    /// How long an idle connection is kept open
    #[arg(long, value_name = "SECONDS", env = "ATLAS_KEEP_ALIVE", default_value = "75")]
    pub keep_alive: u64,
    /// How long the head of a request may take to come
    #[arg(long, value_name = "SECONDS", env = "ATLAS_HEADER_TIMEOUT", default_value = "10")]
    pub header_timeout: u64,
    /// How long a client may take nothing, or less than 1 kB a second, of what is sent to it
    #[arg(long, value_name = "SECONDS", env = "ATLAS_WRITE_TIMEOUT", default_value = "60")]
    pub write_timeout: u64,
}

/// The options of `atlas serve` about its end.
#[derive(Debug, clap::Args)]
pub struct StopOptions {
    /// How long to go on answering after a first signal to stop, while /readyz says 503 so that a load
    /// balancer chooses another server; a second signal stops at once
    #[arg(long, value_name = "SECONDS", env = "ATLAS_DRAIN", default_value = "0")]
    pub drain: u64,
    /// How long answers that are on their way may then take; the log names those that took longer
    #[arg(long, value_name = "SECONDS", env = "ATLAS_STOP_TIMEOUT", default_value = "10")]
    pub stop_timeout: u64,
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
    /// Mail address for whoever finds an error in a record; without it pages say that there is none
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

impl From<(LimitOptions, &StopOptions)> for Limits {
    fn from((options, stop): (LimitOptions, &StopOptions)) -> Self {
        let LimitOptions {
            workers,
            max_connections,
            client_rate,
            answer_memory,
            keep_alive,
            header_timeout,
            write_timeout,
        } = options;
        Self {
            workers,
            max_connections,
            client_rate,
            answer_memory: answer_memory.as_u64(),
            keep_alive,
            header_timeout,
            write_timeout,
            stop_timeout: stop.stop_timeout,
        }
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
