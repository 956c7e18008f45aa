//! Floor 2: rows and transactions. The only home of diesel; what it offers speaks the words of
//! [`crate::domain`].
//!
//! | file | holds |
//! |---|---|
//! | `database.rs` | [`Database`]: open, read, write |
//! | `pool.rs` | [`Pool`]: connections for those who ask at once |
//! | `location.rs` | which database a URL names, and how to show it without its password |
//! | `connection.rs` | one connection to either database, and the transactions on it |
//! | `migrations.rs` | brings the schema up to date (`migrations/{sqlite,postgres}`) |
//! | `identity.rs` `file_id.rs` | which register, version and file this is, to notice another one in its place |
//! | `schema.rs` `rows.rs` | the tables, and their rows as they are written and read |
//! | `records.rs` | [`Stored`]: partnerships put together from the rows of their tables |
//! | `changes.rs` | [`Changes`]: what changed since a version |
//! | `change_log.rs` | [`LoggedRecord`]: which records were written since a version, and what they were |
//! | `view.rs` `known.rs` `twins.rs` | [`View`]: what an import asks before it changes anything |
//! | `writer.rs` `record_writer.rs` `authorities.rs` | [`Writer`]: what a changeset changes, with its history |
//! | `changesets.rs` | what is kept of every changeset |
//! | `confirmed.rs` | [`ConfirmedFields`]: what somebody has confirmed, and imports leave alone |
//! | `proposals.rs` | what somebody has proposed, and what became of it |
//! | `decisions.rs` | [`Decision`]: which records people take for one partnership, or tell apart |
//! | `imports.rs` | what is kept of every import beside its changeset |
//! | `jobs.rs` | [`Job`]: imports on their way from state to state |
//! | `history.rs` `record_json.rs` | the versions of records, kept as JSON |
//! | `dump.rs` | the tables as lines of JSON, the same from either database, and back |
//! | [`accounts`] | who may do what: tokens, people, sessions, and what was done |
//! | `geopackage.rs` | [`GeoPackage`]: an SQLite file of its own, to be taken away |
//! | `sqlite.rs` `postgres.rs` | what only one of the two does |
//!
//! A record is never deleted: removing it marks it, and a later import of the same key brings it
//! back under the same row. One writing transaction runs at a time; readers see the last
//! committed state and wait for nobody.

mod accounts;
mod authorities;
mod background;
mod change_log;
mod changes;
mod changesets;
mod confirmed;
mod connection;
mod content_hashes;
mod database;
mod decisions;
mod dump;
mod error;
mod file_id;
mod geopackage;
mod history;
mod identity;
mod imports;
mod jobs;
mod known;
mod location;
mod migrations;
mod pool;
mod postgres;
mod proposals;
mod record_json;
mod record_writer;
mod records;
mod rows;
mod schema;
mod sqlite;
mod twins;
mod view;
mod writer;

pub use accounts::{
    AccountWriter, Audit, NewAccount, NewMail, NewMembership, NewToken, Owner, QueuedMail,
    TokenHash,
};
pub use change_log::{LogRange, LoggedRecord};
pub use changes::Changes;
pub use changesets::NewChangeset;
pub use confirmed::ConfirmedFields;
pub use database::{Database, Moment, OpenMode};
pub use decisions::{Decision, DecisionChange};
pub use dump::{DumpError, DumpHead};
pub use error::StorageError;
pub use geopackage::GeoPackage;
pub use history::{After, Touched};
pub use imports::NewImport;
pub use jobs::{ImportCounts, Job, KeptUpload, Moved, NewJob, Planned, Step};
pub use known::Known;
pub use pool::{Pool, PoolUsage};
pub use proposals::{NewProposal, ProposalEnd, ProposalQuery};
pub use records::Stored;
pub use twins::{Pair, Whose};
pub use view::View;
pub use writer::{Change, Entry, Writer};
