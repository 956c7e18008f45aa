//! A selection of a snapshot as one file, in pieces: memory does not grow with its size.

use std::sync::Arc;

use crate::{
    domain::Language,
    formats::csv::{BYTE_ORDER_MARK, header, with_semicolons},
    search::{Collection, Filter, Snapshot},
};

/// The file format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON (RFC 7946): one `FeatureCollection`.
    GeoJson,
    /// GeoJSON text sequence (RFC 8142): a feature a line, each after a record separator.
    GeoJsonSeq,
    /// The native CSV, which imports back to the same records.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::GeoJson, Self::GeoJsonSeq, Self::Csv];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonseq",
            Self::Csv => "csv",
        }
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonl",
            Self::Csv => "csv",
        }
    }

    /// The media type, as RFC 7946, RFC 8142 and RFC 4180 give it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::GeoJsonSeq => "application/geo+json-seq",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// A piece holds about so many bytes.
const PIECE: usize = 256 * 1024;

/// The pieces of an exported file, in order. All of them come from one snapshot.
pub struct Export {
    snapshot: Arc<Snapshot>,
    collection: Collection,
    format: Format,
    language: Language,
    records: std::vec::IntoIter<u32>,
    matched: u64,
    state: State,
    /// CSV with a byte order mark and `;`.
    for_excel: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Middle,
    End,
}

impl Export {
    /// Everything that a filter wants of a collection.
    pub fn new(
        snapshot: Arc<Snapshot>,
        (collection, filter): (Collection, &Filter),
        format: Format,
        language: Language,
    ) -> Self {
        let selected = snapshot.select(filter, collection);
        let matched = selected.len();
        let records = selected.into_iter().collect::<Vec<_>>().into_iter();
        let state = State::Begin;
        Self { snapshot, collection, format, language, records, matched, state, for_excel: false }
    }

    /// CSV as Excel in French opens it with a double click: a byte order mark, `;` between cells.
    /// It imports like any other. Nothing else has such a form.
    #[must_use]
    pub fn for_excel(mut self, wanted: bool) -> Self {
        self.for_excel = wanted && self.format == Format::Csv;
        self
    }

    /// How many records it holds.
    pub fn matched(&self) -> u64 {
        self.matched
    }

    fn begin(&self, piece: &mut Vec<u8>) {
        match self.format {
            Format::GeoJson => {
                let name = self.collection.id();
                let matched = self.matched;
                let head = format!(
                    "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"numberMatched\":{matched},\"features\":["
                );
                piece.extend_from_slice(head.as_bytes());
            }
            Format::GeoJsonSeq => {}
            Format::Csv => piece.extend_from_slice(header().as_bytes()),
        }
    }

    fn feature(&self, piece: &mut Vec<u8>, record: u32, first: bool) {
        match self.format {
            Format::GeoJson => {
                piece.extend_from_slice(if first { b"\n" } else { b",\n" });
                self.snapshot.write_feature(piece, record, self.collection, self.language);
            }
            Format::GeoJsonSeq => {
                piece.push(0x1e);
                self.snapshot.write_feature(piece, record, self.collection, self.language);
                piece.push(b'\n');
            }
            Format::Csv => piece.extend_from_slice(self.snapshot.csv_row(record)),
        }
    }
}

impl Iterator for Export {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.state == State::End {
            return None;
        }
        let mut piece = Vec::with_capacity(PIECE + 4096);
        let begins = self.state == State::Begin;
        let mut first = begins;
        if begins {
            self.begin(&mut piece);
            self.state = State::Middle;
        }
        while piece.len() < PIECE {
            let Some(record) = self.records.next() else {
                if self.format == Format::GeoJson {
                    piece.extend_from_slice(b"\n]}\n");
                }
                self.state = State::End;
                break;
            };
            self.feature(&mut piece, record, first);
            first = false;
        }
        Some(if self.for_excel { excel(&piece, begins) } else { piece })
    }
}

/// Whole rows as Excel expects them; the file begins with its mark.
fn excel(rows: &[u8], begins: bool) -> Vec<u8> {
    let mut rows = with_semicolons(rows);
    if begins {
        rows.splice(..0, BYTE_ORDER_MARK.bytes());
    }
    rows
}
