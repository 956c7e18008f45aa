//! The properties of every collection, as people read of them: those of partnerships from their
//! fields, those of authorities and territories from a table. From them come data dictionaries,
//! the columns of files and what can be asked for.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Collection;
use crate::domain::{
    Bilingual,
    partnership::{FIELDS, Field, FieldKind},
};

/// A property of a collection's features.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name in the API.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What people call it.
    pub title: Bilingual,
    /// What it says, in a sentence.
    pub description: Bilingual,
    /// Whether the collection can be asked for it.
    pub queryable: bool,
}

#[derive(Deserialize)]
struct PropertyRow {
    collection: String,
    name: String,
    kind: FieldKind,
    queryable: bool,
    title_fr: String,
    title_en: String,
    description_fr: String,
    description_en: String,
}

static ALL: LazyLock<Vec<Vec<Property>>> = LazyLock::new(|| {
    let rows: Vec<PropertyRow> =
        csv::Reader::from_reader(include_bytes!("properties.csv").as_slice())
            .into_deserialize()
            .flatten()
            .collect();
    let properties = |collection: Collection| {
        if collection.is_of_partnerships() {
            FIELDS.iter().filter(|field| field.is_property()).map(of_field).collect()
        } else {
            of_entities(collection, &rows)
        }
    };
    Collection::ALL.map(properties).into()
});

/// The properties of a collection's features, in the order in which tables show them.
pub fn of(collection: Collection) -> &'static [Property] {
    &ALL[collection as usize]
}

/// The names of the properties that every partnership has: lists of objects have only those of
/// several authorities.
pub(super) fn of_every_partnership() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let fields = FIELDS.iter().filter(|field| field.is_property());
        fields.filter(|field| field.kind != FieldKind::Objects).map(|field| field.name).collect()
    });
    &NAMES
}

fn of_field(field: &Field) -> Property {
    Property {
        name: field.name,
        kind: field.kind,
        title: field.title.into(),
        description: field.description.into(),
        queryable: field.kind != FieldKind::Objects,
    }
}

/// A row of the collection's own, or else of what all entities count, or else a field of the
/// partnerships that they are known by.
fn of_entities(collection: Collection, rows: &[PropertyRow]) -> Vec<Property> {
    let found = collection.properties().iter().filter_map(|name| {
        let of = |group: &str| rows.iter().find(|r| r.collection == group && r.name == *name);
        let Some(row) = of(collection.id()).or_else(|| of("counts")) else {
            return FIELDS.iter().find(|field| field.name == *name).map(of_field);
        };
        Some(Property {
            name,
            kind: row.kind,
            title: [&row.title_fr, &row.title_en].into(),
            description: [&row.description_fr, &row.description_en].into(),
            queryable: row.queryable,
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
