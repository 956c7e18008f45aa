//! The properties of every collection, as people read of them: those of partnerships and of the
//! directory from their fields, those of authorities and territories from a table. From them come
//! data dictionaries, the columns of files and what can be asked for.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{ApiCollection, directory::DirectoryCollection};
use crate::domain::{
    Bilingual,
    directory::{Actor, Call, CellKind, DirectoryRecord, FundingScheme},
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
    let properties = |collection: ApiCollection| match collection {
        ApiCollection::Register(one) if one.is_of_partnerships() => {
            FIELDS.iter().filter(|field| field.is_property()).map(of_field).collect()
        }
        ApiCollection::Register(one) => of_entities(one.id(), one.properties(), &rows),
        ApiCollection::Directory(one) => {
            let mut all = match one {
                DirectoryCollection::Actors => of_records::<Actor>(),
                DirectoryCollection::Schemes => of_records::<FundingScheme>(),
                DirectoryCollection::Calls => of_records::<Call>(),
            };
            all.extend(of_entities(one.id(), one.computed(), &rows));
            all
        }
    };
    ApiCollection::all().map(properties).collect()
});

/// The properties of a collection's features, in the order in which tables show them.
pub fn of(collection: impl Into<ApiCollection>) -> &'static [Property] {
    let collection = collection.into();
    ApiCollection::all().position(|one| one == collection).map_or(&[], |place| &ALL[place])
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

/// Fields of a kind of record of the directory.
fn of_records<T: DirectoryRecord>() -> Vec<Property> {
    let property = |field: &crate::domain::directory::DirectoryField<T>| Property {
        name: field.name,
        kind: match field.kind {
            CellKind::Url => FieldKind::Url,
            CellKind::Number | CellKind::Percent => FieldKind::Integer,
            CellKind::Date => FieldKind::PartialDate,
            CellKind::Numbers(_) | CellKind::Range => FieldKind::Numbers,
            CellKind::Rates => FieldKind::Objects,
            kind if kind.is_list() => FieldKind::List,
            _ => FieldKind::Text,
        },
        title: field.title.into(),
        description: field.description.into(),
        queryable: false,
    };
    T::fields().iter().map(property).collect()
}

/// Of each name a row of the collection's own, or else of what several have, or else a field of the
/// partnerships that they are known by.
fn of_entities(id: &str, names: &'static [&'static str], rows: &[PropertyRow]) -> Vec<Property> {
    let found = names.iter().filter_map(|name| {
        let of = |group: &str| rows.iter().find(|r| r.collection == group && r.name == *name);
        let Some(row) = of(id).or_else(|| of("counts")).or_else(|| of("states")) else {
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
        for collection in ApiCollection::all() {
            let properties = of(collection);
            let names: Vec<&str> = properties.iter().map(|property| property.name).collect();
            let known = match collection {
                ApiCollection::Register(one) => one.properties(),
                ApiCollection::Directory(_) => &["code"],
            };
            assert!(names.starts_with(known), "{}", collection.id());
            for Property { name, title, description, .. } in properties {
                for text in [title, description] {
                    assert!(!text.fr.is_empty() && !text.en.is_empty(), "{name}");
                }
            }
        }
    }
}
