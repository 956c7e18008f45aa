//! The attributes of the features in tiles: flat, because a tile has no lists or objects.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use AttributeType::{Number, String};

use crate::{domain::partnership::beside_name, reference::vocabularies, search::Collection};

/// What the values of an attribute are, by its name in MBTiles 1.3 and in statistics of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// A text.
    String,
    /// A number.
    Number,
}

impl AttributeType {
    /// `String` or `Number`, as readers of a `vector_layer` look for it.
    pub fn name(self) -> &'static str {
        match self {
            String => "String",
            Number => "Number",
        }
    }

    /// `string` or `number`, as JSON Schema and `tilestats` have it.
    pub fn json_name(self) -> &'static str {
        match self {
            String => "string",
            Number => "number",
        }
    }
}

/// Name, type and meaning of an attribute.
type TileAttribute = (&'static str, AttributeType, &'static str);

/// What features of every tiled collection say, and what those that stand for one item say too.
const COMMON: [TileAttribute; 1] = [("count", Number, "How many items the feature stands for")];
const PARTNERSHIPS: [TileAttribute; 14] = [
    ("id", String, "Id, where it is one partnership"),
    (
        "ids",
        String,
        "Ids, separated by commas, of partnerships at one place: at the last zoom level, at most 50",
    ),
    ("title", String, "Title, where it is one partnership"),
    ("kind", String, "Kind of link: a code"),
    ("kind_label", String, "Kind of link, in the language that was asked for"),
    ("status", String, "Status: a code"),
    ("status_label", String, "Status, in the language that was asked for"),
    ("start", String, "Start, as precise as it is known"),
    ("end", String, "End, as precise as it is known"),
    ("collectivity_code", String, "INSEE code or SIREN of the lead French authority"),
    ("collectivity_name", String, "Name of the lead French authority"),
    ("partner_name", String, "Name of the foreign authority, where all are of one"),
    ("country_code", String, "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", String, "Name of its country, in the language that was asked for"),
];
const LINKS: [TileAttribute; 7] = [
    ("id", String, "Id, where it is one partnership"),
    (
        "collectivity_code",
        String,
        "INSEE code or SIREN of the lead French authority, where all are of one",
    ),
    ("collectivity_name", String, "Its name"),
    ("partner_id", String, "Id of the foreign authority, where all are of one"),
    ("partner_name", String, "Name of the foreign authority, where all are of one"),
    ("country_code", String, "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", String, "Name of its country, in the language that was asked for"),
];
const COLLECTIVITIES: [TileAttribute; 7] = [
    ("partnerships", Number, "How many partnerships that match they have"),
    ("id", String, "INSEE code or SIREN, where it is one authority"),
    (
        "ids",
        String,
        "Ids, separated by commas, of those at one place: at the last zoom level, at most 50",
    ),
    ("name", String, "Its name"),
    ("collectivity_kind", String, "Its kind: a code"),
    ("department_code", String, "INSEE code of its département"),
    ("region_code", String, "INSEE code of its région"),
];
const PARTNERS: [TileAttribute; 4] = [
    ("partnerships", Number, "How many partnerships that match they have"),
    ("id", String, "Id, where it is one authority"),
    (
        "ids",
        String,
        "Ids, separated by commas, of those at one place: at the last zoom level, at most 50",
    ),
    ("name", String, "Its name"),
];
const COUNTRY: [TileAttribute; 2] = [
    ("country_code", String, "ISO 3166-1 alpha-2 code of its country"),
    ("country_name", String, "Name of its country, in the language that was asked for"),
];

const NODES: [TileAttribute; 11] = [
    ("side", String, "home: French authorities; partner: foreign ones"),
    ("id", String, "Id of the authority where it stands; the same at every zoom level"),
    (
        "name",
        String,
        "Name of the most important place that has partnerships, in the language that was asked for",
    ),
    (
        "label",
        String,
        "The name, with its département or country where a larger place has the same",
    ),
    ("country_name", String, "Of partners: name of its country"),
    ("partnerships", Number, "How many partnerships that match its places have"),
    ("places", Number, "How many places of it have some"),
    ("rank", Number, "Greater for what is to be named first: by inhabitants and partnerships"),
    (
        "ids",
        String,
        "Where it is one place: ids of the authorities there, separated by commas, at most 50",
    ),
    ("area", String, "1 where it is an area (a région, a Land) rather than a town"),
    ("box", String, "Where it is several places: west,south,east,north of them"),
];
const FLOWS: [TileAttribute; 10] = [
    ("partnerships", Number, "How many partnerships that match it stands for"),
    (
        "counted",
        Number,
        "Of these, those that no other flow of the zoom level counts: their sum is that of all",
    ),
    (
        "strength",
        Number,
        "How strongly to draw it, in percent: by what it stands for and how many lines there are",
    ),
    ("home", String, "Id of the node on the French side"),
    ("home_name", String, "Its name"),
    ("partner", String, "Id of the node on the partner's side"),
    ("partner_name", String, "Its name, and its country's"),
    ("id", String, "Id, where it is one partnership"),
    (
        "collectivities",
        String,
        "Where it is between two places: ids of the French authorities there",
    ),
    ("partners", String, "Where it is between two places: ids of the foreign authorities there"),
];
const LEVEL: [TileAttribute; 4] = [
    ("partnerships", Number, "How many partnerships that match have a line at this zoom level"),
    ("left_out", Number, "How many of them are in flows that are too small to be drawn at it"),
    ("flows", Number, "How many flows there are"),
    ("drawn", Number, "How many of them are drawn"),
];

/// The layers of the tiles of flows.
pub const FLOW_LAYERS: [&str; 3] = ["nodes", "flows", "level"];

/// Those layers as `TileJSON` 3.0, 3.3 describes them.
pub fn flow_layers(last_zoom: u8) -> Vec<Value> {
    let layers: [&[TileAttribute]; 3] = [&NODES, &FLOWS, &LEVEL];
    let described = FLOW_LAYERS.iter().zip(layers);
    described.map(|(id, fields)| layer(id, fields.iter().copied(), last_zoom)).collect()
}

/// A layer: `fields` has the type of each attribute, as readers of tiles look for it there.
fn layer<T: Into<std::string::String>>(
    id: &str,
    attributes: impl Iterator<Item = (&'static str, AttributeType, T)>,
    last_zoom: u8,
) -> Value {
    let (mut fields, mut descriptions) = (Map::new(), Map::new());
    for (name, kind, text) in attributes {
        fields.insert(name.to_owned(), kind.name().into());
        descriptions.insert(name.to_owned(), text.into().into());
    }
    json!({
        "id": id,
        "minzoom": 0,
        "maxzoom": last_zoom,
        "fields": fields,
        "field_descriptions": descriptions,
    })
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

/// The attributes of a collection's features, each with its type and what it means.
pub fn fields(collection: Collection) -> Vec<(&'static str, AttributeType, std::string::String)> {
    let own: &[TileAttribute] = match collection {
        Collection::Partnerships => &PARTNERSHIPS,
        Collection::Links => &LINKS,
        Collection::Collectivities => &COLLECTIVITIES,
        Collection::Partners => &PARTNERS,
        Collection::Countries | Collection::Regions => return Vec::new(),
    };
    let described = COMMON.iter().chain(own);
    let mut fields: Vec<_> =
        described.map(|(name, kind, text)| (*name, *kind, (*text).to_owned())).collect();
    if collection == Collection::Partners {
        let beside = beside_name().map(|(field, text)| (field.name, String, text));
        fields
            .extend(beside.chain(COUNTRY).map(|(name, kind, text)| (name, kind, text.to_owned())));
    }
    if collection == Collection::Partnerships {
        let themes = theme_names().iter().zip(vocabularies::themes().terms());
        fields.extend(themes.map(|(name, term)| {
            (*name, Number, format!("How many of them are about: {}", term.label.en))
        }));
    }
    fields
}

/// The layer of a collection's tiles, as `TileJSON` 3.0, 3.3 describes it.
pub fn vector_layer(collection: Collection, last_zoom: u8) -> Value {
    layer(collection.id(), fields(collection).into_iter(), last_zoom)
}

/// The same as `tilestats` of files of tiles, by which readers type their columns: `items` are how
/// many items the layer stands for.
pub fn tile_stats(collection: Collection, items: u64) -> Value {
    let attributes: Vec<Value> = fields(collection)
        .into_iter()
        .map(|(name, kind, _)| json!({"attribute": name, "type": kind.json_name(), "values": []}))
        .collect();
    let geometry = if collection == Collection::Links { "LineString" } else { "Point" };
    json!({"layerCount": 1, "layers": [{
        "layer": collection.id(),
        "count": items,
        "geometry": geometry,
        "attributeCount": attributes.len(),
        "attributes": attributes,
    }]})
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
