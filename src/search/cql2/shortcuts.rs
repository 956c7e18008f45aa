//! Ways to answer a predicate with fewer looks than one at each item: by groups, lists, places.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use geo::{BoundingRect, Geometry};
use roaring::RoaringBitmap;

use super::{
    Truth, Value,
    index::{Overdue, Run},
    tree::{ArrayRelation, Operand, Predicate, Relation},
};
use crate::{
    domain::{Partner, PartnershipId},
    search::{Bbox, Collection, Dimension, Snapshot, queryables::Attribute},
};

/// What groups records of which a property has one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Kind,
    Status,
    Country,
    Lead,
}

impl Group {
    /// The group that a property is the same within.
    pub(super) fn of(attribute: Attribute) -> Option<Self> {
        match attribute {
            Attribute::Kind | Attribute::KindLabel => Some(Self::Kind),
            Attribute::Status | Attribute::StatusLabel => Some(Self::Status),
            Attribute::CountryCode
            | Attribute::CountryName
            | Attribute::Zone
            | Attribute::ZoneLabel => Some(Self::Country),
            Attribute::CollectivityCode
            | Attribute::CollectivityName
            | Attribute::CollectivityKind
            | Attribute::CollectivityLon
            | Attribute::CollectivityLat
            | Attribute::DepartmentCode
            | Attribute::RegionCode
            | Attribute::RegionName => Some(Self::Lead),
            _ => None,
        }
    }

    /// The number of a record's group.
    fn number(self, snapshot: &Snapshot, record: u32) -> u32 {
        let (kind, status, country) = snapshot.label_codes(record);
        match self {
            Self::Kind => u32::from(kind),
            Self::Status => u32::from(status),
            Self::Country => u32::from(country),
            Self::Lead => snapshot.entity_sides().first(record).0,
        }
    }
}

impl Run<'_> {
    /// A predicate on what is the same within a group: evaluated once for each that is met.
    pub(super) fn by_group(
        &self,
        group: Group,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut known: Vec<Option<Truth>> = Vec::new();
        self.filter(candidates, truth, |record| {
            let number = group.number(self.snapshot, record) as usize;
            if number >= known.len() {
                known.resize(number + 1, None);
            }
            *known[number].get_or_insert_with(|| predicate.of(&self.record(record)))
        })
    }

    /// A predicate on the first partner: evaluated once for each way to write one.
    pub(super) fn by_partner(
        &self,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut known: HashMap<*const Partner, Truth, RandomState> = HashMap::default();
        self.filter(candidates, truth, |record| {
            // the same allocation is the same partner
            let partner = Arc::as_ptr(&self.snapshot.sides(record).1[0]);
            *known.entry(partner).or_insert_with(|| predicate.of(&self.record(record)))
        })
    }

    /// A predicate on the source alone: evaluated once for each source.
    pub(super) fn by_source(
        &self,
        predicate: &Predicate,
        candidates: &RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut found = RoaringBitmap::new();
        // records of several sources have the source of the one that leads
        let of_several = self.snapshot.of_several_records();
        for records in self.snapshot.values(Dimension::Source).values() {
            self.look()?;
            let records = records - of_several;
            let says = records.min().and_then(|record| predicate.of(&self.record(record)));
            if says == Some(truth) {
                found |= records & candidates;
            }
        }
        found |= self.scan(predicate, of_several & candidates, truth)?;
        Ok(found)
    }

    /// The records with ids; none where one is no literal text.
    pub(super) fn by_ids(&self, ids: &[Operand]) -> Option<RoaringBitmap> {
        let mut found = RoaringBitmap::new();
        for id in ids {
            let Operand::Literal(Value::Text(id)) = id else { return None };
            let record = id.parse::<PartnershipId>().ok().and_then(|id| self.snapshot.find(id));
            found.extend(record);
        }
        Some(found)
    }

    /// The records whose themes, goals or sources stand so to a list.
    pub(super) fn by_list(
        &self,
        relation: ArrayRelation,
        attribute: Attribute,
        list: &Value<'_>,
    ) -> Option<RoaringBitmap> {
        let (dimension, wanted) = match (attribute, list) {
            (Attribute::Themes, Value::Texts(list)) => {
                (Dimension::Theme, list.iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            (Attribute::Sources, Value::Texts(list)) => {
                (Dimension::Source, list.iter().map(ToString::to_string).collect())
            }
            (Attribute::Sdgs, Value::Numbers(list)) => {
                (Dimension::Sdg, list.iter().map(f64::to_string).collect())
            }
            _ => return None,
        };
        let values = self.snapshot.values(dimension);
        let none = RoaringBitmap::new();
        let having = || wanted.iter().map(|value| values.get(value).unwrap_or(&none));
        let all = self.snapshot.whole(self.collection).items();
        let with_all = || having().fold(all.clone(), |kept, records| kept & records);
        let with_others = || {
            let others = values.iter().filter(|(value, _)| !wanted.contains(value));
            others.fold(RoaringBitmap::new(), |found, (_, records)| found | records)
        };
        Some(match relation {
            ArrayRelation::Contains => with_all(),
            ArrayRelation::ContainedBy => all - with_others(),
            ArrayRelation::Equals => with_all() - with_others(),
            ArrayRelation::Overlaps => {
                having().fold(RoaringBitmap::new(), |found, records| found | records)
            }
        })
    }

    /// The geometry and a literal: looked at closely only where their boxes meet.
    pub(super) fn by_place(
        &self,
        (relation, geometry): (Relation, &Geometry),
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let placed = candidates - self.snapshot.without_geometry(self.collection);
        let mut near = RoaringBitmap::new();
        for bounds in boxes(geometry) {
            near |= self.snapshot.near(self.collection, bounds);
        }
        near &= &placed;
        // apart from each other they are disjoint, and nothing else
        let far_says = relation == Relation::Disjoint;
        let far = if far_says == truth { placed - &near } else { RoaringBitmap::new() };
        let simple = matches!(relation, Relation::Intersects | Relation::Disjoint);
        let near = if simple && self.collection == Collection::Partnerships && is_box(geometry) {
            // a point in the box is a point that intersects it
            if far_says == truth { RoaringBitmap::new() } else { near }
        } else {
            self.scan(predicate, near, truth)?
        };
        Ok(near | far)
    }
}

/// Boxes around the parts of a geometry.
fn boxes(geometry: &Geometry) -> Vec<Bbox> {
    let around = |bounds: Option<geo::Rect>| bounds.map(Bbox::from);
    match geometry {
        Geometry::MultiPolygon(parts) => {
            parts.iter().filter_map(|part| around(part.bounding_rect())).collect()
        }
        Geometry::GeometryCollection(parts) => parts.iter().flat_map(boxes).collect(),
        geometry => around(geometry.bounding_rect()).into_iter().collect(),
    }
}

/// Whether a geometry is its own box.
fn is_box(geometry: &Geometry) -> bool {
    let Geometry::Polygon(polygon) = geometry else { return false };
    let Some(bounds) = polygon.bounding_rect() else { return false };
    let corners = bounds.to_polygon();
    let all_corners = |c: &geo::Coord| corners.exterior().0.contains(c);
    polygon.interiors().is_empty()
        && polygon.exterior().0.len() == 5
        && polygon.exterior().0.iter().all(all_corners)
        && corners.exterior().0.iter().all(|c| polygon.exterior().0.contains(c))
}
