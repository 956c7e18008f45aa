//! Records of the directory as features without geometry, and as rows of the tables that they are
//! read from.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Directory, DirectoryCollection, DirectoryFilter, WithState};
use crate::domain::{
    Language,
    directory::{
        Actor, Call, CallState, CellValue, DirectoryField, DirectoryRecord, FundingScheme,
    },
};

/// Records of a collection, in order.
#[derive(Debug)]
pub enum FoundRecords<'d> {
    /// Actors.
    Actors(Vec<&'d Actor>),
    /// Schemes with their states.
    Schemes(Vec<WithState<'d, FundingScheme>>),
    /// Calls with their states.
    Calls(Vec<WithState<'d, Call>>),
}

impl FoundRecords<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Actors(list) => list.len(),
            Self::Schemes(list) => list.len(),
            Self::Calls(list) => list.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of one of them.
    pub fn code(&self, place: usize) -> &str {
        match self {
            Self::Actors(list) => list[place].code(),
            Self::Schemes(list) => list[place].record.code(),
            Self::Calls(list) => list[place].record.code(),
        }
    }

    /// Where a code stands.
    pub fn place(&self, code: &str) -> Option<usize> {
        (0..self.len()).find(|place| self.code(*place) == code)
    }

    /// One of them as a feature.
    pub fn feature(
        &self,
        directory: &Directory,
        place: usize,
        (at, language): (DateTime<Utc>, Language),
    ) -> Value {
        let properties = match self {
            Self::Actors(list) => properties(list[place]),
            Self::Schemes(list) => {
                let WithState { record, state } = list[place];
                let mut all = with_state(properties(record), state, language);
                let expected = directory.forecast_of(record, at).and_then(|one| one.date());
                all.insert("expected".into(), expected.map(|date| date.to_string()).into());
                all
            }
            Self::Calls(list) => {
                with_state(properties(list[place].record), list[place].state, language)
            }
        };
        json!({
            "type": "Feature",
            "id": self.code(place),
            "geometry": null,
            "properties": properties,
        })
    }

    /// One of them as the cells of its table.
    pub fn cells(&self, place: usize) -> Vec<String> {
        match self {
            Self::Actors(list) => cells(list[place]),
            Self::Schemes(list) => cells(list[place].record),
            Self::Calls(list) => cells(list[place].record),
        }
    }
}

impl Directory {
    /// The records of a collection that a filter leaves.
    pub fn find(
        &self,
        collection: DirectoryCollection,
        filter: &DirectoryFilter,
        at: DateTime<Utc>,
    ) -> FoundRecords<'_> {
        match collection {
            DirectoryCollection::Actors => FoundRecords::Actors(self.find_actors(filter)),
            DirectoryCollection::Schemes => FoundRecords::Schemes(self.find_schemes(filter, at)),
            DirectoryCollection::Calls => FoundRecords::Calls(self.find_calls(filter, at)),
        }
    }

    /// How many records a collection has.
    pub fn count(&self, collection: DirectoryCollection) -> u64 {
        let count = match collection {
            DirectoryCollection::Actors => self.actors.len(),
            DirectoryCollection::Schemes => self.schemes.len(),
            DirectoryCollection::Calls => self.calls.len(),
        };
        count as u64
    }
}

impl DirectoryCollection {
    /// The columns of its table.
    pub fn columns(self) -> Vec<&'static str> {
        fn of<T>(fields: &'static [DirectoryField<T>]) -> Vec<&'static str> {
            fields.iter().map(|field| field.column).collect()
        }
        match self {
            Self::Actors => of(Actor::fields()),
            Self::Schemes => of(FundingScheme::fields()),
            Self::Calls => of(Call::fields()),
        }
    }
}

fn cells<T: DirectoryRecord>(record: &T) -> Vec<String> {
    T::fields().iter().map(|field| (field.get)(record).to_string()).collect()
}

/// The properties of a record: what is not known is null, a list is empty.
fn properties<T: DirectoryRecord>(record: &T) -> Map<String, Value> {
    let value = |field: &DirectoryField<T>| match (field.get)(record) {
        CellValue::Nothing if field.kind.has_several() => json!([]),
        known => value(known),
    };
    T::fields().iter().map(|field| (field.name.to_owned(), value(field))).collect()
}

fn value(value: CellValue) -> Value {
    match value {
        CellValue::Nothing => Value::Null,
        CellValue::Text(text) => text.into(),
        CellValue::Texts(list) => list.into(),
        CellValue::Number(number) => number.into(),
        CellValue::Numbers(list) => list.into(),
        CellValue::Range(least, most) => json!([least, most]),
        CellValue::Date(date) => date.to_string().into(),
        CellValue::Deadlines(list) => {
            let texts = list.iter().map(ToString::to_string);
            texts.collect::<Vec<String>>().into()
        }
        CellValue::Rates(list) => {
            list.iter().map(|rate| json!({"group": rate.group, "max": rate.max})).collect()
        }
    }
}

fn with_state(
    mut properties: Map<String, Value>,
    state: CallState,
    language: Language,
) -> Map<String, Value> {
    properties.insert("state".into(), state.code().into());
    properties.insert("state_label".into(), state.label(language).into());
    properties
}
