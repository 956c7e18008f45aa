//! What a file is written from: a selection of the register, or records of the directory.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::labels::for_people;
use crate::{
    domain::Language,
    formats::csv::{header, with_semicolons, write_row},
    search::{
        ApiCollection, Collection, Selection, Snapshot,
        directory::{Directory, DirectoryCollection, DirectoryFilter},
        page::prefetched,
    },
};

/// Features of a collection in an order, each by its number.
pub trait ExportSource: Send {
    /// The collection that they are of.
    fn collection(&self) -> ApiCollection;

    /// How many there are.
    fn matched(&self) -> u64;

    /// When they were changed last.
    fn modified(&self) -> Option<DateTime<Utc>>;

    /// Their numbers, in order.
    fn items(&self) -> Box<dyn Iterator<Item = u32> + Send>;

    /// Appends a feature as GeoJSON.
    fn write_feature(&self, out: &mut Vec<u8>, item: u32, language: Language);

    /// The header of the table that is read again; none where a table has the properties.
    fn native_header(&self) -> Option<String>;

    /// Appends a row of that table.
    fn write_native_row(&self, out: &mut Vec<u8>, item: u32);

    /// Whole rows of a table as people read them.
    fn for_people(&self, rows: &[u8], _language: Language) -> Vec<u8> {
        with_semicolons(rows, |_, _| None)
    }

    /// Whether features have to be made: a piece of the file is smaller then.
    fn is_made(&self) -> bool {
        true
    }
}

/// A selection of a collection of a snapshot.
pub struct RegisterSource {
    snapshot: Arc<Snapshot>,
    collection: Collection,
    selection: Selection,
}

impl RegisterSource {
    /// Of what was selected.
    pub fn new(snapshot: Arc<Snapshot>, collection: Collection, selection: Selection) -> Self {
        Self { snapshot, collection, selection }
    }
}

impl ExportSource for RegisterSource {
    fn collection(&self) -> ApiCollection {
        self.collection.into()
    }

    fn matched(&self) -> u64 {
        self.selection.len()
    }

    fn modified(&self) -> Option<DateTime<Utc>> {
        self.snapshot.modified()
    }

    fn items(&self) -> Box<dyn Iterator<Item = u32> + Send> {
        let items = self.selection.items().clone().into_iter();
        Box::new(prefetched(Arc::clone(&self.snapshot), self.collection, items))
    }

    fn write_feature(&self, out: &mut Vec<u8>, item: u32, language: Language) {
        self.snapshot.write_feature(out, self.collection, &self.selection, item, language);
    }

    fn native_header(&self) -> Option<String> {
        self.collection.is_of_partnerships().then(header)
    }

    fn write_native_row(&self, out: &mut Vec<u8>, item: u32) {
        out.extend_from_slice(&self.snapshot.csv_row(item));
    }

    /// Of partnerships labels stand in the place of codes, of entities beside them.
    fn for_people(&self, rows: &[u8], language: Language) -> Vec<u8> {
        if self.collection.is_of_partnerships() {
            for_people(rows, language)
        } else {
            with_semicolons(rows, |_, _| None)
        }
    }

    fn is_made(&self) -> bool {
        !self.collection.is_of_partnerships()
    }
}

/// Records of the directory that a filter leaves, as they are at a moment.
pub struct DirectorySource {
    collection: DirectoryCollection,
    features: Vec<Value>,
    rows: Vec<Vec<String>>,
}

impl DirectorySource {
    /// Of a collection of a directory.
    pub fn new(
        directory: &Directory,
        (collection, filter): (DirectoryCollection, &DirectoryFilter),
        language: Language,
    ) -> Self {
        let at = Utc::now();
        let found = directory.find(collection, filter, at);
        let places = 0..found.len();
        let feature = |place| found.feature(directory, place, (at, language));
        Self {
            collection,
            features: places.clone().map(feature).collect(),
            rows: places.map(|place| found.cells(place)).collect(),
        }
    }
}

impl ExportSource for DirectorySource {
    fn collection(&self) -> ApiCollection {
        self.collection.into()
    }

    fn matched(&self) -> u64 {
        self.features.len() as u64
    }

    fn modified(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn items(&self) -> Box<dyn Iterator<Item = u32> + Send> {
        Box::new(0..self.features.len() as u32)
    }

    fn write_feature(&self, out: &mut Vec<u8>, item: u32, _language: Language) {
        out.extend_from_slice(self.features[item as usize].to_string().as_bytes());
    }

    fn native_header(&self) -> Option<String> {
        Some(format!("{}\n", self.collection.columns().join(",")))
    }

    fn write_native_row(&self, out: &mut Vec<u8>, item: u32) {
        write_row(out, &self.rows[item as usize]);
    }
}
