//! Atlas AECT: the register of what French local authorities do abroad.
//!
//! The database is the truth, a snapshot is what is read. The house has floors; a floor knows
//! only those below it (`tests/floors.rs` holds it to that):
//!
//! ```text
//! floor 5   main · cli · config              what a person types
//! floor 4   http                             what a browser or a GIS asks
//! floor 3   atlas: register · imports · accounts · export     the use cases
//! floor 2   storage          search          rows and transactions · the snapshot and its queries
//! floor 1   formats          reference       CSV, GeoJSON ↔ domain · gazetteer, vocabularies
//! floor 0   domain                           partnerships, places, periods, issues
//! ```
//!
//! The journey of a record: [`formats::csv`] reads a row into a
//! [`domain::Draft`]; [`atlas::imports`] resolves it against [`reference`] into a
//! [`domain::Partnership`] or a list of [`domain::Issue`]s; [`storage`] keeps it with its
//! history in one transaction; [`atlas::register`] publishes it in the snapshot that [`search`]
//! builds and [`http`] answers from.

pub mod atlas;
pub mod cli;
pub mod config;
pub mod domain;
pub mod formats;
pub mod http;
pub mod reference;
pub mod search;
pub mod storage;
