//! The record that everything is about.

mod field;
mod fields;
mod part;
mod proposal;

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc};

use chrono::NaiveDate;
use data_encoding::{BASE32_NOPAD, Encoding};
use sha2::{Digest, Sha256};

use super::{Collectivity, Partner, Period, Term, Verifier};

pub use field::{Constraint, CsvColumn, Field, FieldKind, FieldValue, Sink};
pub use fields::{FIELDS, beside_name, of_column};
pub use proposal::{PartVerdict, Proposal, ProposalState, ProposedCell, Refusal};

/// A partnership, resolved and valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Partnership {
    /// Who keeps the record.
    pub source: String,
    /// What the source calls it; unique within the source.
    pub key: String,
    /// At most 300 characters.
    pub title: String,
    /// A term of `kinds`.
    pub kind: &'static Term,
    /// A term of `statuses`.
    pub status: &'static Term,
    /// When it holds.
    pub period: Period,
    /// Never empty; the first leads.
    pub collectivities: Vec<Arc<Collectivity>>,
    /// Never empty.
    pub partners: Vec<Arc<Partner>>,
    /// Terms of `themes`, each once.
    pub themes: Vec<&'static Term>,
    /// Sustainable Development Goals, 1 to 17, ascending, each once.
    pub sdgs: Vec<u8>,
    /// At most 10,000 characters.
    pub description: Option<String>,
    /// What it costs.
    pub budget: Option<Euros>,
    /// Names of those who pay.
    pub funders: Vec<String>,
    /// `http` or `https`.
    pub url: Option<String>,
    /// When somebody last checked it.
    pub verified_on: Option<NaiveDate>,
    /// In whose name it was confirmed in this register; none where only the source says that it was
    /// checked, or nothing does.
    pub verified_by: Option<Verifier>,
}

/// SHA-256 of everything a record says, cut to 128 bits: equal content, equal hash. It is made of
/// each field's name and values; a field that says nothing adds nothing, so that a new field
/// changes no hash that is stored.
pub type ContentHash = [u8; 16];

impl Partnership {
    /// The public id, made from source and key alone.
    pub fn id(&self) -> PartnershipId {
        PartnershipId::new(&self.source, &self.key)
    }

    /// The hash that tells whether a row changes the record.
    pub fn content_hash(&self) -> ContentHash {
        let mut hash = FieldHash::default();
        for field in FIELDS {
            hash.field(field.name, |sink| field.read(self, sink));
        }
        hash.finish()
    }
}

/// Hashes fields so that no two lists of fields run into the same bytes: each has its length.
/// They are gathered first: hashing many small pieces costs more than the bytes do.
pub(super) struct FieldHash(Vec<u8>);

impl Default for FieldHash {
    fn default() -> Self {
        Self(Vec::with_capacity(2048))
    }
}

impl FieldHash {
    fn count(&mut self, count: usize) -> &mut Self {
        self.0.extend_from_slice(&(count as u64).to_le_bytes());
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A field by its name; nothing where none of its values says anything.
    fn field(&mut self, name: &str, values: impl FnOnce(Sink<'_>)) {
        let begin = self.0.len();
        self.short(name.as_bytes());
        let count_at = self.0.len();
        self.0.extend_from_slice(&[0; size_of::<u32>()]);
        let (mut count, mut present) = (0_u32, false);
        values(&mut |value| {
            count += 1;
            present |= !matches!(value, FieldValue::Nothing | FieldValue::Implied(_));
            self.value(value);
        });
        if present {
            self.0[count_at..count_at + size_of::<u32>()].copy_from_slice(&count.to_le_bytes());
        } else {
            self.0.truncate(begin);
        }
    }

    fn value(&mut self, value: FieldValue<'_>) {
        match value {
            FieldValue::Nothing | FieldValue::Implied(_) => {
                self.0.extend_from_slice(&u32::MAX.to_le_bytes());
            }
            FieldValue::Text(text) => self.short(text.as_bytes()),
            FieldValue::Date(date) => self.short(&date.to_bytes()),
            FieldValue::Integer(number) => self.short(&[number]),
            FieldValue::Number(number) => self.short(&number.to_le_bytes()),
            FieldValue::Euros(euros) => self.short(&euros.cents().to_le_bytes()),
        }
    }

    /// Bytes after their length in four bytes: records have no longer texts.
    fn short(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// The first 80 bits: enough for ids.
    pub(super) fn id(&self) -> [u8; 10] {
        let mut id = [0; 10];
        id.copy_from_slice(&self.finish()[..10]);
        id
    }

    pub(super) fn finish(&self) -> ContentHash {
        let mut hash = ContentHash::default();
        let digest = Sha256::digest(&self.0);
        let length = hash.len();
        hash.copy_from_slice(&digest[..length]);
        hash
    }
}

/// The public id of a partnership: 16 characters `0-9 a-v`, the same on every database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnershipId([u8; 10]);

const ID_ALPHABET: Encoding = data_encoding::BASE32HEX_NOPAD;

impl PartnershipId {
    /// From source and key: 80 bits of their SHA-256.
    pub fn new(source: &str, key: &str) -> Self {
        Self(FieldHash::default().text(source).text(key).id())
    }

    /// Its 80 bits.
    pub fn to_bytes(self) -> [u8; 10] {
        self.0
    }
}

impl fmt::Display for PartnershipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_id(self.0))
    }
}

/// Something of each of many records.
pub type ById<T> = HashMap<PartnershipId, T, foldhash::fast::RandomState>;

/// A text that no record can have as its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct IdError;

impl FromStr for PartnershipId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        read_id(text).map(Self)
    }
}

/// 80 bits as 16 characters `0-9 a-v`, which sort as the bits do.
pub(super) fn write_id(id: [u8; 10]) -> String {
    ID_ALPHABET.encode(&id).to_ascii_lowercase()
}

/// The reverse of [`write_id`].
pub(super) fn read_id(text: &str) -> Result<[u8; 10], IdError> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(IdError);
    }
    let bytes = ID_ALPHABET.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| IdError)?;
    bytes.try_into().map_err(|_| IdError)
}

/// The key of a record whose file gives none: made from its sides, kind and title.
pub fn made_key<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = FieldHash::default();
    for part in parts {
        hash.text(part);
    }
    format!("~{}", BASE32_NOPAD.encode(&hash.finish()[..10]).to_ascii_lowercase())
}

/// An amount in euros, to the cent, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Euros(i64);

/// A text or number that is no amount of 0 to 92 million billion euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in euros of 0 or more")]
pub struct EurosError;

impl Euros {
    /// From cents.
    pub fn from_cents(cents: i64) -> Result<Self, EurosError> {
        if cents < 0 { Err(EurosError) } else { Ok(Self(cents)) }
    }

    /// In cents.
    pub fn cents(self) -> i64 {
        self.0
    }
}

/// `12500` or `12500.5`: digits, a point, at most two decimals.
impl FromStr for Euros {
    type Err = EurosError;

    fn from_str(text: &str) -> Result<Self, EurosError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 2 {
            return Err(EurosError);
        }
        let cents: i64 = format!("{decimals:0<2}").parse().map_err(|_| EurosError)?;
        let whole: i64 = whole.parse().map_err(|_| EurosError)?;
        let total = whole.checked_mul(100).and_then(|whole| whole.checked_add(cents));
        total.map(Self).ok_or(EurosError)
    }
}

/// As short as exact: `12500`, `12500.5`, `0.05`; a JSON number as it stands.
impl fmt::Display for Euros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, cents) = (self.0 / 100, self.0 % 100);
        match (cents, cents % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", cents / 10),
            _ => write!(f, "{whole}.{cents:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_safe_and_reads_back() {
        let id = PartnershipId::new("local", "lyon-birmingham");
        let text = id.to_string();
        assert_eq!(text.len(), 16);
        assert!(text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text, "slqkd38hvdnvojee", "ids stay as they are for ever");
        assert_ne!(id, PartnershipId::new("loca", "llyon-birmingham"));
        for wrong in ["", "ü", "UPPERCASE0000000", "0000"] {
            assert_eq!(wrong.parse::<PartnershipId>(), Err(IdError), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_exact_and_read_back() {
        for text in ["0", "12500", "12500.5", "0.05", "92233720368547758.07"] {
            assert_eq!(text.parse::<Euros>().unwrap().to_string(), text);
        }
        for wrong in ["", "-1", "1.234", "1,5", ".5", "5.", "1e3", "92233720368547758.08"] {
            assert_eq!(wrong.parse::<Euros>(), Err(EurosError), "{wrong}");
        }
    }
}
