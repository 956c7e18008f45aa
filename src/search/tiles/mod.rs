//! Vector tiles of a snapshot: points that are clustered by a grid in Web Mercator, links that
//! are bundled by the same grid. Any tile of any filter is drawn when it is asked for.
//!
//! ```text
//! Snapshot → Points, in Z-order          once, when the first tile is asked for    points.rs
//!          → Links, by both their ends                                             links.rs
//!          → Network: a tree of clusters for each side, and flows between them     flows/
//! Filter   → Wanted                      a bit for each item                       wanted.rs
//! both     → clusters, bundles           a walk over runs                          draw.rs
//! bundle   → great circle → its lines in the tile                     sphere.rs, line.rs
//! ```

mod draw;
pub mod fields;
mod flows;
mod line;
mod links;
mod mercator;
mod points;
mod sphere;
mod wanted;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use self::{
    flows::{Gathered, Level, Tree},
    links::{Link, Links},
    mercator::World,
    points::{Point, Points, alone_from},
    wanted::Wanted,
};
use super::{Collection, ParameterError, Query, Snapshot};
use crate::domain::{Language, Partner, Position};

pub use mercator::{LAST_ZOOM, LATITUDES, TileAddress};

/// The collections that have tiles: those of points and lines.
pub const TILED: [Collection; 4] =
    [Collection::Partnerships, Collection::Links, Collection::Collectivities, Collection::Partners];

/// The most bytes of tiles that a snapshot keeps.
const KEPT_BYTES: u64 = 32 << 20;

/// Tiles of a collection, as somebody wants them drawn.
#[derive(Debug, Clone, Copy)]
pub struct TileStyle<'f> {
    /// One of [`TILED`]; any other has nothing to draw.
    pub collection: Collection,
    /// Which partnerships, or those of which partnerships.
    pub filter: &'f Query,
    /// Of labels.
    pub language: Language,
    /// The zoom level at which every place stands by itself.
    pub last_zoom: u8,
}

/// What tiles show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tileset {
    /// The items of one of [`TILED`]: one layer.
    Of(Collection),
    /// Clusters of both sides and what is between them: several layers, see [`fields::FLOW_LAYERS`].
    Flows,
}

/// What a kept tile is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// What it shows.
    pub tileset: Tileset,
    /// The tile.
    pub address: TileAddress,
    /// The labels.
    pub language: Language,
    /// The filters, as text.
    pub filter: String,
}

#[derive(Clone)]
struct ByLength;

impl Weighter<TileKey, Bytes> for ByLength {
    fn weight(&self, key: &TileKey, tile: &Bytes) -> u64 {
        // an empty one has its cost as well
        (tile.len() + key.filter.len() + 200) as u64
    }
}

/// The sums of a zoom level are kept by it and the filters, as text.
type LevelKey = (u8, String);

impl Weighter<LevelKey, Arc<Level>> for ByLength {
    fn weight(&self, (_, filter): &LevelKey, level: &Arc<Level>) -> u64 {
        (level.bytes() + filter.len()) as u64
    }
}

/// What tiles are drawn from, and those that were drawn: all of it dies with the snapshot.
pub(super) struct Tiles {
    points: [OnceLock<Points>; 3],
    links: OnceLock<Links>,
    flows: OnceLock<Gathered>,
    /// The trees of the snapshot before, for as long as there are none yet.
    earlier: Option<[Arc<Tree>; 2]>,
    levels: Cache<LevelKey, Arc<Level>, ByLength>,
    kept: Cache<TileKey, Bytes, ByLength>,
}

impl Default for Tiles {
    fn default() -> Self {
        Self {
            points: Default::default(),
            links: OnceLock::new(),
            flows: OnceLock::new(),
            earlier: None,
            levels: Cache::with_weighter(200, KEPT_BYTES, ByLength),
            kept: Cache::with_weighter(4_000, KEPT_BYTES, ByLength),
        }
    }
}

impl Tiles {
    /// Of the snapshot after this one, which may have the same places.
    pub(super) fn next(&self) -> Self {
        let trees = self.flows.get().map(|flows| flows.network.trees().clone());
        Self { earlier: trees.or_else(|| self.earlier.clone()), ..Self::default() }
    }
}

impl Snapshot {
    /// A tile that was drawn before and is kept.
    pub fn kept_tile(&self, key: &TileKey) -> Option<Bytes> {
        self.tiles().kept.get(key)
    }

    /// A tile, from those that are kept or drawn now and kept: Mapbox Vector Tile 2.1. Of a
    /// collection with one layer, named as it, of at most [`crate::formats::mvt::MOST_BYTES`].
    ///
    /// # Errors
    /// As [`Snapshot::select`].
    pub fn tile(&self, key: &TileKey, filter: &Query) -> Result<Bytes, ParameterError> {
        let language = key.language;
        // whoever asks for it meanwhile waits instead of drawing it too
        self.tiles().kept.get_or_insert_with(key, || match key.tileset {
            Tileset::Of(collection) => {
                let style = TileStyle { collection, filter, language, last_zoom: LAST_ZOOM };
                Ok(self.draw_tile(key.address, style)?.into())
            }
            Tileset::Flows => {
                let level = self.flow_level(key.address.zxy().0, &key.filter, filter)?;
                let flows = self.tile_flows();
                Ok(flows::draw_flows(self, flows, &level, key.address, language).into())
            }
        })
    }

    /// The sums of a zoom level under a filter, which all its tiles are drawn from.
    fn flow_level(
        &self,
        zoom: u8,
        key: &str,
        filter: &Query,
    ) -> Result<Arc<Level>, ParameterError> {
        self.tiles().levels.get_or_insert_with(&(zoom, key.to_owned()), || {
            let selection = self.select(filter, Collection::Partnerships)?;
            let network = &self.tile_flows().network;
            let wanted = Wanted::new(selection.items(), self.len(), network.asked());
            Ok(Arc::new(network.sum(zoom, &wanted)))
        })
    }

    fn tile_flows(&self) -> &Gathered {
        self.tiles().flows.get_or_init(|| flows::gather(self, self.tiles().earlier.as_ref()))
    }

    /// Prepares what tiles are drawn from, so that the first one does not wait for it.
    pub fn prepare_tiles(&self) {
        for collection in
            [Collection::Partnerships, Collection::Collectivities, Collection::Partners]
        {
            self.tile_points(collection);
        }
        self.tile_links();
        self.tile_flows();
    }

    fn tile_points(&self, collection: Collection) -> Option<&Points> {
        let slot = match collection {
            Collection::Partnerships => 0,
            Collection::Collectivities => 1,
            Collection::Partners => 2,
            _ => return None,
        };
        Some(self.tiles().points[slot].get_or_init(|| match collection {
            Collection::Partnerships => self.partnership_points(),
            _ => self.entity_points(collection),
        }))
    }

    fn tile_links(&self) -> &Links {
        self.tiles().links.get_or_init(|| self.links_between_places())
    }

    fn partnership_points(&self) -> Points {
        let mut points = Vec::with_capacity(self.len());
        for record in 0..self.len() as u32 {
            let themes = self.themes(record).iter().fold(0, |bits, rank| bits | 1 << rank);
            self.each_place(record, |at, part, alone_from| {
                points.push(Point { at, item: record, themes, part, alone_from });
            });
        }
        Points::new(points)
    }

    /// Tells each place of a record's partners once, with the number of the partner and the level
    /// of [`alone_from`].
    fn each_place(&self, record: u32, mut tell: impl FnMut(World, u16, u8)) {
        let (_, partners) = self.sides(record);
        let place = |partner: &Partner| partner.position().map(World::of);
        for (part, partner) in (0..).zip(partners) {
            let Some(at) = place(partner) else { continue };
            let earlier = partners[..usize::from(part)].iter().filter_map(|one| place(one));
            if let Some(level) = alone_from(at, earlier) {
                tell(at, part, level);
            }
        }
    }

    fn entity_points(&self, collection: Collection) -> Points {
        let point = |item| {
            let at = World::of(self.entity_position(collection, item)?);
            Some(Point { at, item, themes: 0, part: 0, alone_from: 0 })
        };
        let items = self.whole(collection).items();
        Points::new(items.iter().filter_map(point).collect())
    }

    fn entity_position(&self, collection: Collection, item: u32) -> Option<Position> {
        match collection {
            Collection::Collectivities => self.entity_sides().collectivity(item).position,
            Collection::Partners => self.entity_sides().partner(item).1.position(),
            _ => None,
        }
    }

    fn links_between_places(&self) -> Links {
        let mut places = Vec::new();
        let mut numbers = HashMap::<World, u32, foldhash::fast::FixedState>::default();
        let mut number = |at: World| {
            *numbers.entry(at).or_insert_with(|| {
                places.push(at);
                places.len() as u32 - 1
            })
        };
        let mut links = Vec::with_capacity(self.len());
        for record in 0..self.len() as u32 {
            let Some(from) = self.sides(record).0.position.map(World::of) else { continue };
            self.each_place(record, |to, part, alone_from| {
                // as in GeoJSON, nothing is drawn from a place to itself
                if from != to {
                    links.push(Link::new(number(from), number(to), record, part, alone_from));
                }
            });
        }
        Links::new(&places, links)
    }
}
