//! A selection of a snapshot as one file, in pieces: memory does not grow with its size.

mod format;
mod labels;
pub mod pmtiles;
mod source;

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
};

use bytes::Bytes;

pub use format::{Format, Purpose};
pub use labels::for_people;
pub use source::{DirectorySource, ExportSource, RegisterSource};

use crate::{
    domain::{Language, partnership::FieldKind},
    formats::{
        csv::{BYTE_ORDER_MARK, Table},
        flat,
        flatgeobuf::{Encoder, Index, Plan},
        geoparquet::GeoParquet,
        layer::{Column, Kind, Layer, Shape},
    },
    search::{ApiCollection, Collection, properties},
    storage::GeoPackage,
};

/// A piece holds about so many bytes.
const PIECE: usize = 256 * 1024;
/// The same of features that have to be made anew: a piece takes less than a millisecond.
const MADE_PIECE: usize = 32 * 1024;
/// How often it is asked whether somebody still waits for the first pass, in features.
const ASK_EVERY: usize = 256;

/// The pieces of an exported file, in order. All of them come from one source.
pub struct Export {
    source: Box<dyn ExportSource>,
    format: Format,
    language: Language,
    items: Box<dyn Iterator<Item = u32> + Send>,
    state: ExportState,
    /// CSV with a byte order mark, `;` and labels.
    for_excel: bool,
    /// Lists as texts.
    flat: bool,
    table: Table<'static>,
    encoder: Option<Encoder>,
    /// One feature.
    feature: Vec<u8>,
}

enum ExportState {
    Begin,
    /// What is left of the head, before the features.
    Head(Bytes),
    Features {
        first: bool,
    },
    /// A file that has been written whole.
    File(File),
    End,
}

impl Export {
    /// All of a source.
    pub fn new(source: Box<dyn ExportSource>, format: Format, language: Language) -> Self {
        let collection = source.collection();
        let columns = properties::of(collection).iter().map(|property| property.name).collect();
        Self {
            format,
            language,
            items: source.items(),
            state: ExportState::Begin,
            for_excel: false,
            flat: false,
            table: Table::new(columns, shape(collection) == Some(Shape::Point)),
            encoder: None,
            feature: Vec::new(),
            source,
        }
    }

    /// Whether a file has every record of every source, not partnerships.
    pub fn is_of_records(collection: Collection, format: Format) -> bool {
        format == Format::Csv && collection.is_of_partnerships()
    }

    /// CSV for people: a byte order mark and `;` between cells, as Excel in French opens it with a
    /// double click, and labels in place of codes. It imports like any other. Nothing else has such
    /// a form.
    #[must_use]
    pub fn for_excel(mut self, wanted: bool) -> Self {
        self.for_excel = wanted && self.format == Format::Csv;
        self
    }

    /// Features without lists: their values as one text with `|` between them, as tables have them
    /// anyway.
    #[must_use]
    pub fn flat(mut self, wanted: bool) -> Self {
        self.flat = wanted && self.format != Format::Csv;
        self
    }

    /// How many items it holds.
    pub fn matched(&self) -> u64 {
        self.source.matched()
    }

    /// Does what must be done before the first piece, if that takes long: FlatGeobuf has its index
    /// before its features, a GeoPackage and a GeoParquet are written to a file that is read then.
    /// Ends early, without a file, once nobody `waits` for it.
    pub fn prepare(&mut self, waits: impl Fn() -> bool) -> io::Result<()> {
        if !matches!(self.state, ExportState::Begin) {
            return Ok(());
        }
        match self.format {
            Format::FlatGeobuf => self.index(waits),
            Format::GeoPackage => {
                let layer = layer(self.source.collection(), self.language);
                let changed = self.source.modified().unwrap_or_default();
                let mut file = GeoPackage::new(layer, changed)?;
                self.each(waits, |feature| file.push(feature))?;
                self.state = ExportState::File(file.finish()?);
                Ok(())
            }
            Format::GeoParquet => {
                let layer = layer(self.source.collection(), self.language);
                let mut parquet = GeoParquet::new(layer, tempfile::tempfile()?)?;
                self.each(waits, |feature| parquet.push(feature))?;
                let mut file = parquet.finish()?;
                file.rewind()?;
                self.state = ExportState::File(file);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes all of it to a file without a name, of which any part can be read. Ends early once
    /// nobody `waits` for it.
    pub fn into_file(mut self, waits: impl Fn() -> bool) -> io::Result<File> {
        self.prepare(&waits)?;
        if let ExportState::File(file) = self.state {
            return Ok(file);
        }
        let mut file = tempfile::tempfile()?;
        for piece in self {
            if !waits() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            file.write_all(&piece?)?;
        }
        Ok(file)
    }

    fn index(&mut self, waits: impl Fn() -> bool) -> io::Result<()> {
        let layer = layer(self.source.collection(), self.language);
        let mut index = Index::new(&layer);
        self.each(waits, |feature| Ok(index.push(feature)?))?;
        let items: Vec<u32> = self.source.items().collect();
        let Plan { head, order, .. } = index.finish(&layer).map_err(io::Error::other)?;
        self.encoder = Some(Encoder::new(&layer));
        self.items = Box::new(order.into_iter().map(move |number| items[number as usize]));
        self.state = ExportState::Head(head.into());
        Ok(())
    }

    /// Does something with every feature while somebody `waits`.
    fn each(
        &self,
        waits: impl Fn() -> bool,
        mut with: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut feature = Vec::new();
        for (number, item) in self.source.items().enumerate() {
            if number % ASK_EVERY == 0 && !waits() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            feature.clear();
            self.write_feature(&mut feature, item);
            with(&feature)?;
        }
        Ok(())
    }

    /// What stands before the features.
    fn head(&self) -> Vec<u8> {
        match self.format {
            Format::GeoJson => {
                let name = self.source.collection().id();
                let matched = self.matched();
                format!(
                    "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"numberMatched\":{matched},\"features\":["
                )
                .into_bytes()
            }
            Format::Csv => {
                let names = self.source.native_header().unwrap_or_else(|| self.table.header());
                if self.for_excel {
                    let rows = self.source.for_people(names.as_bytes(), self.language);
                    [BYTE_ORDER_MARK.as_bytes(), &rows].concat()
                } else {
                    names.into_bytes()
                }
            }
            Format::GeoJsonLines
            | Format::GeoJsonSeq
            | Format::FlatGeobuf
            | Format::GeoPackage
            | Format::GeoParquet => Vec::new(),
        }
    }

    fn write_feature(&self, out: &mut Vec<u8>, item: u32) {
        if !self.flat {
            return self.source.write_feature(out, item, self.language);
        }
        let mut feature = Vec::with_capacity(2_048);
        self.source.write_feature(&mut feature, item, self.language);
        flat::write_feature(out, &feature);
    }

    /// Appends an item to a piece.
    fn write(&mut self, piece: &mut Vec<u8>, item: u32, first: bool) -> io::Result<()> {
        match self.format {
            Format::GeoJson => {
                piece.extend_from_slice(if first { b"\n" } else { b",\n" });
                self.write_feature(piece, item);
            }
            Format::GeoJsonLines | Format::GeoJsonSeq => {
                if self.format == Format::GeoJsonSeq {
                    piece.push(0x1e);
                }
                self.write_feature(piece, item);
                piece.push(b'\n');
            }
            Format::Csv if self.source.collection().has_native_table() => {
                self.source.write_native_row(piece, item);
            }
            Format::Csv | Format::FlatGeobuf | Format::GeoPackage | Format::GeoParquet => {
                let mut feature = std::mem::take(&mut self.feature);
                feature.clear();
                self.write_feature(&mut feature, item);
                if let Some(encoder) = &mut self.encoder {
                    piece.extend_from_slice(encoder.encode(&feature)?.0);
                } else {
                    self.table.write(piece, &feature)?;
                }
                self.feature = feature;
            }
        }
        Ok(())
    }

    fn features(&mut self, mut first: bool) -> io::Result<Bytes> {
        let is_made = self.encoder.is_some() || self.source.is_made();
        let size = if is_made { MADE_PIECE } else { PIECE };
        let mut piece = Vec::with_capacity(size + 4096);
        while piece.len() < size {
            let Some(item) = self.items.next() else {
                if self.format == Format::GeoJson {
                    piece.extend_from_slice(b"\n]}\n");
                }
                self.state = ExportState::End;
                break;
            };
            self.write(&mut piece, item, first)?;
            first = false;
        }
        if let ExportState::Features { first: begins } = &mut self.state {
            *begins = first;
        }
        let for_excel = self.for_excel;
        let piece = if for_excel { self.source.for_people(&piece, self.language) } else { piece };
        Ok(Bytes::from(piece))
    }

    fn piece(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match &mut self.state {
                ExportState::Begin => {
                    self.prepare(|| true)?;
                    if matches!(self.state, ExportState::Begin) {
                        self.state = ExportState::Head(self.head().into());
                    }
                }
                ExportState::Head(head) if head.is_empty() => {
                    self.state = ExportState::Features { first: true };
                }
                ExportState::Head(head) => return Ok(Some(head.split_to(PIECE.min(head.len())))),
                ExportState::Features { first } => {
                    let first = *first;
                    let piece = self.features(first)?;
                    if !piece.is_empty() {
                        return Ok(Some(piece));
                    }
                }
                ExportState::File(file) => {
                    let mut piece = Vec::with_capacity(PIECE);
                    file.take(PIECE as u64).read_to_end(&mut piece)?;
                    if !piece.is_empty() {
                        return Ok(Some(piece.into()));
                    }
                    self.state = ExportState::End;
                }
                ExportState::End => return Ok(None),
            }
        }
    }
}

impl Iterator for Export {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<io::Result<Bytes>> {
        let piece = self.piece().transpose();
        // a file that has failed has no more pieces
        if matches!(piece, Some(Err(_))) {
            self.state = ExportState::End;
        }
        piece
    }
}

/// A collection as a layer.
fn layer(collection: ApiCollection, language: Language) -> Layer {
    let columns = properties::of(collection).iter().map(|property| Column {
        name: property.name,
        title: property.title.get(language).to_owned(),
        kind: match property.kind {
            FieldKind::Text | FieldKind::Url | FieldKind::PartialDate => Kind::Text,
            FieldKind::Date => Kind::Date,
            FieldKind::Integer => Kind::Integer,
            FieldKind::Number => Kind::Number,
            FieldKind::Datetime => Kind::DateTime,
            FieldKind::List | FieldKind::Numbers | FieldKind::Objects => Kind::Json,
        },
    });
    Layer { name: collection.id(), shape: shape(collection), columns: columns.collect() }
}

/// The geometry of a collection's features, where they have one.
fn shape(collection: ApiCollection) -> Option<Shape> {
    let ApiCollection::Register(collection) = collection else { return None };
    Some(match collection {
        Collection::Partnerships => Shape::MultiPoint,
        Collection::Links => Shape::MultiLineString,
        Collection::Collectivities | Collection::Partners => Shape::Point,
        Collection::Countries | Collection::Regions => Shape::MultiPolygon,
    })
}
