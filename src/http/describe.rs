//! What a collection is, in the words and shapes of OGC API – Features Part 1, 7.14.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    links::{GEOJSON, HTML, JSON, Link, Links},
    pages::Texts,
    queryables::{RELATION, SCHEMA},
    tilesets::TILESETS,
};
use crate::{
    atlas::export::Format,
    domain::Language,
    formats::crs::Crs,
    search::{Collection, Snapshot, tiles::TILED},
};

/// WGS 84 longitude, latitude.
pub(crate) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The description of a collection.
#[derive(Serialize)]
pub(crate) struct Description {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    #[serde(rename = "description")]
    pub(crate) text: &'static str,
    #[serde(rename = "itemType")]
    item_type: &'static str,
    crs: [&'static str; Crs::ALL.len()],
    #[serde(rename = "storageCrs")]
    storage_crs: &'static str,
    pub(crate) extent: Extent,
    pub(crate) links: Vec<Link>,
    /// How many items it has, which the page tells.
    #[serde(skip)]
    pub(crate) items: u64,
}

/// Where and when the items are.
#[derive(Serialize)]
pub(crate) struct Extent {
    pub(crate) spatial: Spatial,
    pub(crate) temporal: Temporal,
}

#[derive(Serialize)]
pub(crate) struct Spatial {
    /// West, south, east, north.
    pub(crate) bbox: [[f64; 4]; 1],
    crs: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Temporal {
    /// First and last moment; open where it is none.
    pub(crate) interval: [[Option<String>; 2]; 1],
}

impl Description {
    pub(crate) fn new(
        snapshot: &Snapshot,
        collection: Collection,
        language: Language,
        links: &Links,
    ) -> Self {
        let id = collection.id();
        let (title, text) = texts(collection, language);
        let day =
            |day| NaiveDate::from_num_days_from_ce_opt(day).map(|day| format!("{day}T00:00:00Z"));
        let first = snapshot.days().and_then(|(first, _)| day(first));
        let bbox = snapshot.extent(collection).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
        Self {
            id,
            title,
            text,
            item_type: "feature",
            crs: Crs::ALL.map(Crs::uri),
            storage_crs: Crs::default().uri(),
            extent: Extent {
                spatial: Spatial { bbox: [bbox], crs: CRS84 },
                // what has not ended goes on
                temporal: Temporal { interval: [[first, None]] },
            },
            links: collection_links(collection, links),
            items: snapshot.whole(collection).len(),
        }
    }
}

/// Title and description of a collection.
pub(crate) fn texts(collection: Collection, language: Language) -> (&'static str, &'static str) {
    let texts = Texts::of(language);
    let id = collection.id();
    let text = |part: &str| texts.find(&format!("data.collection.{id}{part}")).unwrap_or_default();
    (text(""), text(".about"))
}

fn collection_links(collection: Collection, links: &Links) -> Vec<Link> {
    let path = format!("/collections/{}", collection.id());
    let items = format!("{path}/items");
    let mut all = Vec::from(links.of_self(JSON, &path));
    all.push(links.link(("items", GEOJSON), links.href(&items, ""), "items"));
    all.push(links.link(("items", HTML), links.href(&items, "f=html"), "items"));
    let queryables = links.href(&format!("{path}/queryables"), "");
    all.push(links.link((RELATION, SCHEMA), queryables, "queryables"));
    for format in Format::ALL {
        let file = format!("/export/{}.{}", collection.id(), format.extension());
        let title = format.name();
        all.push(links.link(("enclosure", format.media_type()), links.href(&file, ""), title));
    }
    if TILED.contains(&collection) {
        all.push(links.link((TILESETS, JSON), links.href(&format!("{path}/tiles"), ""), "tiles"));
    }
    all
}
