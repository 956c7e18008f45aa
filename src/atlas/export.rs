//! A selection of a snapshot as one file, in pieces: memory does not grow with its size.

use std::sync::Arc;

use crate::{
    domain::Language,
    formats::csv::{BYTE_ORDER_MARK, header, with_semicolons},
    search::{Collection, Filter, Selection, Snapshot},
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

    /// Whether a collection can be written so.
    pub fn suits(self, collection: Collection) -> bool {
        self != Self::Csv || collection.is_of_partnerships()
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
    selection: Selection,
    items: std::vec::IntoIter<u32>,
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
        let selection = snapshot.select(filter, collection);
        let items = selection.items().iter().collect::<Vec<_>>().into_iter();
        let state = State::Begin;
        Self { snapshot, collection, format, language, selection, items, state, for_excel: false }
    }

    /// CSV as Excel in French opens it with a double click: a byte order mark, `;` between cells.
    /// It imports like any other. Nothing else has such a form.
    #[must_use]
    pub fn for_excel(mut self, wanted: bool) -> Self {
        self.for_excel = wanted && self.format == Format::Csv;
        self
    }

    /// How many items it holds.
    pub fn matched(&self) -> u64 {
        self.selection.len()
    }

    fn begin(&self, piece: &mut Vec<u8>) {
        match self.format {
            Format::GeoJson => {
                let name = self.collection.id();
                let matched = self.matched();
                let head = format!(
                    "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"numberMatched\":{matched},\"features\":["
                );
                piece.extend_from_slice(head.as_bytes());
            }
            Format::GeoJsonSeq => {}
            Format::Csv => piece.extend_from_slice(header().as_bytes()),
        }
    }

    fn write_feature(&self, piece: &mut Vec<u8>, item: u32) {
        let Self { snapshot, collection, selection, language, .. } = self;
        snapshot.write_feature(piece, *collection, selection, item, *language);
    }

    fn feature(&self, piece: &mut Vec<u8>, item: u32, first: bool) {
        match self.format {
            Format::GeoJson => {
                piece.extend_from_slice(if first { b"\n" } else { b",\n" });
                self.write_feature(piece, item);
            }
            Format::GeoJsonSeq => {
                piece.push(0x1e);
                self.write_feature(piece, item);
                piece.push(b'\n');
            }
            Format::Csv => piece.extend_from_slice(&self.snapshot.csv_row(item)),
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
            let Some(item) = self.items.next() else {
                if self.format == Format::GeoJson {
                    piece.extend_from_slice(b"\n]}\n");
                }
                self.state = State::End;
                break;
            };
            self.feature(&mut piece, item, first);
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
