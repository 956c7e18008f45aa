//! Floor 1: the lists that the release carries. Which places exist, what they are called, which
//! words the vocabularies know. All of it is built from `import/` into the binary.
//!
//! A look-up answers with one place, or says why it cannot: nothing is guessed.

pub mod areas;
mod authorities;
pub mod cities;
pub mod collectivities;
pub mod countries;
mod country_text;
pub mod exonyms;
pub mod gazetteer;
mod names;
mod naming;
pub mod not_names;
pub mod outlines;
pub mod partner_kinds;
pub mod same_place;
mod spelling;
pub mod subdivisions;
pub mod territories;
pub mod vocabularies;

pub use cities::Cities;
pub use collectivities::{Collectivities, Unresolved, Wanted};
pub use countries::{Countries, Country};
pub use country_text::CountryText;
pub use gazetteer::Gazetteer;
pub use outlines::Outlines;
pub use subdivisions::{Subdivision, Subdivisions};

use serde::de::DeserializeOwned;

use crate::domain::Position;

/// The rows of an embedded list.
#[expect(clippy::expect_used, reason = "embedded at build time; tests read every list")]
fn rows<T: DeserializeOwned>(csv: &[u8]) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(|row| row.expect("a row of an embedded list")).collect()
}

/// The rows of an embedded list that is compressed.
#[expect(clippy::expect_used, reason = "embedded at build time; tests read every list")]
fn packed_rows<T: DeserializeOwned>(zstd_csv: &[u8]) -> Vec<T> {
    rows(&zstd::decode_all(zstd_csv).expect("an embedded list that was compressed whole"))
}

/// A position of a list, where it has one.
fn position(lon: Option<f64>, lat: Option<f64>) -> Option<Position> {
    Position::new(lon?, lat?).ok()
}
