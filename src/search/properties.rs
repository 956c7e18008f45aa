//! The properties of every collection, as people read of them: one table, from which come data
//! dictionaries, the columns of files and what can be asked for.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Collection;
use crate::domain::Bilingual;

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A date as precise as it is known: `2016`, `2016-12` or `2016-12-15`.
    PartialDate,
    /// A day: `2016-12-15`.
    Date,
    /// A moment, RFC 3339.
    Datetime,
    /// A list of texts.
    List,
    /// A list of whole numbers.
    Numbers,
    /// A list of objects.
    Objects,
}

/// A property of a collection's features.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name in the API.
    pub name: &'static str,
    /// What it holds.
    pub kind: PropertyKind,
    /// What people call it.
    pub title: Bilingual,
    /// What it says, in a sentence.
    pub description: Bilingual,
}

#[derive(Deserialize)]
struct Row {
    collection: String,
    name: String,
    kind: PropertyKind,
    title_fr: String,
    title_en: String,
    description_fr: String,
    description_en: String,
}

/// Properties that only records with several authorities have.
const SEVERAL: [&str; 2] = ["collectivities", "partners"];

static ALL: LazyLock<Vec<Vec<Property>>> = LazyLock::new(|| {
    let rows: Vec<Row> = csv::Reader::from_reader(include_bytes!("properties.csv").as_slice())
        .into_deserialize()
        .flatten()
        .collect();
    Collection::ALL.map(|collection| properties(collection, &rows)).into()
});

/// The properties of a collection's features, in the order in which tables show them.
pub fn of(collection: Collection) -> &'static [Property] {
    &ALL[collection as usize]
}

/// A row of the collection's own, or else of what all entities count.
fn properties(collection: Collection, rows: &[Row]) -> Vec<Property> {
    let records = collection.is_of_partnerships();
    let group = if records { Collection::Partnerships.id() } else { collection.id() };
    let more = if records { &SEVERAL[..] } else { &[] };
    let names = collection.properties().iter().chain(more);
    let found = names.filter_map(|name| {
        let of = |group: &str| rows.iter().find(|r| r.collection == group && r.name == *name);
        let row = of(group).or_else(|| of("counts"))?;
        Some(Property {
            name,
            kind: row.kind,
            title: [&row.title_fr, &row.title_en].into(),
            description: [&row.description_fr, &row.description_en].into(),
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_described_in_both_languages() {
        for collection in Collection::ALL {
            let properties = of(collection);
            let names: Vec<&str> = properties.iter().map(|property| property.name).collect();
            assert!(names.starts_with(collection.properties()), "{}", collection.id());
            for Property { name, title, description, .. } in properties {
                for text in [title, description] {
                    assert!(!text.fr.is_empty() && !text.en.is_empty(), "{name}");
                }
            }
        }
    }
}
