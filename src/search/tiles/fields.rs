//! The attributes of the features in tiles: flat, because a tile has no lists or objects.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::{domain::partnership::beside_name, reference::vocabularies, search::Collection};

/// What features of every tiled collection say, and what those that stand for one item say too.
const COMMON: [(&str, &str); 1] = [("count", "How many items the feature stands for")];
const PARTNERSHIPS: [(&str, &str); 14] = [
    ("id", "Id, where it is one partnership"),
    (
        "ids",
        "Ids, separated by commas, of partnerships at one place: at the last zoom level, at most 50",
    ),
    ("title", "Title, where it is one partnership"),
    ("kind", "Kind of link: a code"),
    ("kind_label", "Kind of link, in the language that was asked for"),
    ("status", "Status: a code"),
    ("status_label", "Status, in the language that was asked for"),
    ("start", "Start, as precise as it is known"),
    ("end", "End, as precise as it is known"),
    ("collectivity_code", "INSEE code or SIREN of the lead French authority"),
    ("collectivity_name", "Name of the lead French authority"),
    ("partner_name", "Name of the foreign authority, where all are of one"),
    ("country_code", "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", "Name of its country, in the language that was asked for"),
];
const LINKS: [(&str, &str); 7] = [
    ("id", "Id, where it is one partnership"),
    ("collectivity_code", "INSEE code or SIREN of the lead French authority, where all are of one"),
    ("collectivity_name", "Its name"),
    ("partner_id", "Id of the foreign authority, where all are of one"),
    ("partner_name", "Name of the foreign authority, where all are of one"),
    ("country_code", "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", "Name of its country, in the language that was asked for"),
];
const COLLECTIVITIES: [(&str, &str); 7] = [
    ("partnerships", "How many partnerships that match they have"),
    ("id", "INSEE code or SIREN, where it is one authority"),
    ("ids", "Ids, separated by commas, of those at one place: at the last zoom level, at most 50"),
    ("name", "Its name"),
    ("collectivity_kind", "Its kind: a code"),
    ("department_code", "INSEE code of its département"),
    ("region_code", "INSEE code of its région"),
];
const PARTNERS: [(&str, &str); 4] = [
    ("partnerships", "How many partnerships that match they have"),
    ("id", "Id, where it is one authority"),
    ("ids", "Ids, separated by commas, of those at one place: at the last zoom level, at most 50"),
    ("name", "Its name"),
];
const COUNTRY: [(&str, &str); 2] = [
    ("country_code", "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", "Name of its country, in the language that was asked for"),
];

const NODES: [(&str, &str); 11] = [
    ("side", "home: French authorities; partner: foreign ones"),
    ("id", "Id of the authority where it stands; the same at every zoom level"),
    (
        "name",
        "Name of the most important place that has partnerships, in the language that was asked for",
    ),
    ("label", "The name, with its département or country where a larger place has the same"),
    ("country_name", "Of partners: name of its country"),
    ("partnerships", "How many partnerships that match its places have"),
    ("places", "How many places of it have some"),
    ("rank", "Greater for what is to be named first: by inhabitants and partnerships"),
    ("ids", "Where it is one place: ids of the authorities there, separated by commas, at most 50"),
    ("area", "1 where it is an area (a région, a Land) rather than a town"),
    ("box", "Where it is several places: west,south,east,north of them"),
];
const FLOWS: [(&str, &str); 10] = [
    ("partnerships", "How many partnerships that match it stands for"),
    (
        "counted",
        "Of these, those that no other flow of the zoom level counts: their sum is that of all",
    ),
    (
        "strength",
        "How strongly to draw it, in percent: by what it stands for and how many lines there are",
    ),
    ("home", "Id of the node on the French side"),
    ("home_name", "Its name"),
    ("partner", "Id of the node on the partner's side"),
    ("partner_name", "Its name, and its country's"),
    ("id", "Id, where it is one partnership"),
    ("collectivities", "Where it is between two places: ids of the French authorities there"),
    ("partners", "Where it is between two places: ids of the foreign authorities there"),
];
const LEVEL: [(&str, &str); 4] = [
    ("partnerships", "How many partnerships that match have a line at this zoom level"),
    ("left_out", "How many of them are in flows that are too small to be drawn at it"),
    ("flows", "How many flows there are"),
    ("drawn", "How many of them are drawn"),
];

/// The layers of the tiles of flows.
pub const FLOW_LAYERS: [&str; 3] = ["nodes", "flows", "level"];

/// Those layers as `TileJSON` 3.0, 3.3 describes them.
pub fn flow_layers(last_zoom: u8) -> Vec<Value> {
    let layers: [&[(&str, &str)]; 3] = [&NODES, &FLOWS, &LEVEL];
    let described = FLOW_LAYERS.iter().zip(layers).map(|(id, fields)| {
        let fields: Map<_, _> = fields
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Value::String((*text).to_owned())))
            .collect();
        json!({"id": id, "minzoom": 0, "maxzoom": last_zoom, "fields": fields})
    });
    described.collect()
}

/// The names of the counts of themes, by the rank of the theme: `theme_` and its code.
pub(super) fn theme_names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let terms = vocabularies::themes().terms().iter();
        let name = |term: &crate::domain::Term| &*format!("theme_{}", term.code).leak();
        terms.map(name).collect()
    });
    &NAMES
}

/// The attributes of a collection's features, each with what it means (TileJSON 3.0, 3.3.2).
pub fn fields(collection: Collection) -> Vec<(&'static str, String)> {
    let own: &[(&str, &str)] = match collection {
        Collection::Partnerships => &PARTNERSHIPS,
        Collection::Links => &LINKS,
        Collection::Collectivities => &COLLECTIVITIES,
        Collection::Partners => &PARTNERS,
        Collection::Countries | Collection::Regions => return Vec::new(),
    };
    let described = COMMON.iter().chain(own).map(|(name, text)| (*name, (*text).to_owned()));
    let mut fields: Vec<_> = described.collect();
    if collection == Collection::Partners {
        let beside = beside_name().map(|(field, text)| (field.name, text));
        fields.extend(beside.chain(COUNTRY).map(|(name, text)| (name, text.to_owned())));
    }
    if collection == Collection::Partnerships {
        let themes = theme_names().iter().zip(vocabularies::themes().terms());
        fields.extend(
            themes.map(|(name, term)| {
                (*name, format!("How many of them are about: {}", term.label.en))
            }),
        );
    }
    fields
}

/// The layer of a collection's tiles, as `TileJSON` 3.0, 3.3 describes it.
pub fn vector_layer(collection: Collection, last_zoom: u8) -> Value {
    let described = fields(collection).into_iter();
    let fields: Map<_, _> =
        described.map(|(name, text)| (name.to_owned(), Value::String(text))).collect();
    json!({"id": collection.id(), "minzoom": 0, "maxzoom": last_zoom, "fields": fields})
}

#[cfg(test)]
mod tests {
    use super::{super::points::THEMES, *};

    #[test]
    fn every_theme_has_a_bit() {
        assert!(theme_names().len() <= THEMES);
        let ranks = vocabularies::themes().terms().iter().map(|term| usize::from(term.rank));
        assert!(ranks.eq(0..theme_names().len()));
        assert!(theme_names().contains(&"theme_eau-assainissement"));
    }
}
