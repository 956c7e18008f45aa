//! The outlines of countries and régions as features have them, and which of them meet a box.

use std::sync::LazyLock;

use geo::{BoundingRect, Intersects, LineString, MultiPolygon, Polygon, Rect};
use roaring::RoaringBitmap;

use super::{Bbox, Collection, sides};
use crate::{
    formats::geojson::write_json,
    reference::{Countries, areas, areas::Area},
};

/// The outline of each place of a collection, where it has one.
pub(super) struct Shapes(Vec<Option<Outline>>);

/// One outline.
struct Outline {
    /// A `MultiPolygon` as GeoJSON.
    text: Vec<u8>,
    /// Its parts, each with the box around it.
    parts: Vec<(Rect, Polygon)>,
}

impl Shapes {
    /// Those of countries or of régions; none for other collections.
    pub(super) fn of(collection: Collection) -> Option<&'static Self> {
        static COUNTRIES: LazyLock<Shapes> = LazyLock::new(|| {
            let list = Countries::bundled().list().iter();
            Shapes::new(list.map(|country| country.alpha2.as_str()), areas::countries())
        });
        static REGIONS: LazyLock<Shapes> = LazyLock::new(|| {
            let list = sides::regions().iter();
            Shapes::new(list.map(|region| region.code.as_str()), areas::regions())
        });
        match collection {
            Collection::Countries => Some(&COUNTRIES),
            Collection::Regions => Some(&REGIONS),
            _ => None,
        }
    }

    fn new<'c>(codes: impl Iterator<Item = &'c str>, areas: &[Area]) -> Self {
        let shape = |code| areas.iter().find(|area| area.code == code).map(Outline::new);
        Self(codes.map(shape).collect())
    }

    /// Appends an item's geometry, `null` where it has none.
    pub(super) fn write(&self, out: &mut Vec<u8>, item: u32) {
        let shape = self.0[item as usize].as_ref();
        out.extend_from_slice(shape.map_or(b"null", |shape| &shape.text));
    }

    /// An item's outline.
    pub(super) fn geometry(&self, item: u32) -> Option<MultiPolygon> {
        let parts = self.0[item as usize].as_ref()?.parts.iter();
        Some(parts.map(|(_, part)| part.clone()).collect())
    }

    /// The items whose outline meets the box, and those that have none (OGC API – Features
    /// Part 1, 7.15.3).
    pub(super) fn meeting(&self, bbox: Bbox) -> RoaringBitmap {
        let boxes: Vec<Rect> = bbox
            .parts()
            .into_iter()
            .map(|[west, south, east, north]| Rect::new((west, south), (east, north)))
            .collect();
        let meets = |shape: &Outline| {
            shape.parts.iter().any(|(bounds, part)| {
                boxes.iter().any(|wanted| bounds.intersects(wanted) && part.intersects(wanted))
            })
        };
        let found = (0..).zip(&self.0).filter(|(_, shape)| shape.as_ref().is_none_or(meets));
        found.map(|(item, _)| item).collect()
    }

    /// The smallest box around the outlines of some items: west, south, east, north.
    pub(super) fn extent(&self, items: &RoaringBitmap) -> Option<[f64; 4]> {
        let shapes = items.iter().filter_map(|item| self.0[item as usize].as_ref());
        let bounds = shapes.flat_map(|shape| shape.parts.iter().map(|(bounds, _)| *bounds));
        let whole = bounds.reduce(|a, b| {
            Rect::new(
                (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
                (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
            )
        })?;
        Some([whole.min().x, whole.min().y, whole.max().x, whole.max().y])
    }
}

impl Outline {
    fn new(area: &Area) -> Self {
        let mut text = br#"{"type":"MultiPolygon","coordinates":"#.to_vec();
        write_json(&mut text, &area.polygons);
        text.push(b'}');
        let polygons = area.polygons.iter().map(|rings| {
            let mut rings = rings.iter().cloned().map(LineString::from);
            let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(outer, rings.collect())
        });
        let parts: MultiPolygon = polygons.collect();
        Self {
            text,
            parts: parts.into_iter().filter_map(|p| Some((p.bounding_rect()?, p))).collect(),
        }
    }
}
