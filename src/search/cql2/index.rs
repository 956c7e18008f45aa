//! A test on the items of a snapshot: each predicate by the cheapest way there is, on no more
//! items than those before it leave.
//!
//! `keep(test, candidates, truth)` are the candidates of which the test is `truth`. That is all
//! that three values need: `A AND B` is true of what `B` is true of among what `A` is true of, and
//! false of what either is false of; `NOT` asks for the other truth; what is unknown is in neither.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use geo::{BoundingRect, Geometry};
use roaring::RoaringBitmap;

use super::{
    Test, Truth, Value,
    entities::Entity,
    records::Record,
    tree::{ArrayRelation, Comparison, Operand, Predicate, Relation},
};
use crate::{
    domain::{Language, Partner, PartnershipId},
    search::{
        Bbox, Collection, Dimension, Selection, Snapshot,
        queryables::{self, Field, Queryable},
    },
};

/// The longest that an expression is evaluated.
const LONGEST: Duration = Duration::from_secs(5);
/// The clock is read once for so many features.
const BETWEEN_LOOKS: u32 = 64;

/// The expression takes longer than a request may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) struct Overdue;

/// An evaluation under way.
struct Run<'s> {
    snapshot: &'s Snapshot,
    collection: Collection,
    queryables: &'static [Queryable],
    language: Language,
    end: Instant,
    looks: Cell<u32>,
}

/// What groups records of which a property has one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Kind,
    Status,
    Country,
    Lead,
}

impl Group {
    /// The group that a property is the same within.
    fn of(field: Field) -> Option<Self> {
        match field {
            Field::Kind | Field::KindLabel => Some(Self::Kind),
            Field::Status | Field::StatusLabel => Some(Self::Status),
            Field::CountryCode | Field::CountryName | Field::Zone | Field::ZoneLabel => {
                Some(Self::Country)
            }
            Field::CollectivityCode
            | Field::CollectivityName
            | Field::CollectivityKind
            | Field::CollectivityLon
            | Field::CollectivityLat
            | Field::DepartmentCode
            | Field::RegionCode
            | Field::RegionName => Some(Self::Lead),
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

impl Snapshot {
    /// Those of some partnerships of which a test is true.
    pub(in crate::search) fn matching_records(
        &self,
        test: &Test,
        (collection, language): (Collection, Language),
        candidates: RoaringBitmap,
    ) -> Result<RoaringBitmap, Overdue> {
        Run::new(self, collection, language).keep(test, candidates, true)
    }

    /// Those of some selected entities of which a test is true.
    pub(in crate::search) fn matching_entities(
        &self,
        test: &Test,
        (collection, language): (Collection, Language),
        selection: &Selection,
    ) -> Result<RoaringBitmap, Overdue> {
        let run = Run::new(self, collection, language);
        let queryables = run.queryables;
        let mut found = RoaringBitmap::new();
        for (item, partnerships) in selection.counted() {
            run.look()?;
            let entity =
                Entity { snapshot: self, collection, queryables, language, item, partnerships };
            if test.of(&entity) == Some(true) {
                found.insert(item);
            }
        }
        Ok(found)
    }
}

impl<'s> Run<'s> {
    fn new(snapshot: &'s Snapshot, collection: Collection, language: Language) -> Self {
        let queryables = queryables::of(collection);
        let end = Instant::now() + LONGEST;
        Self { snapshot, collection, queryables, language, end, looks: Cell::new(0) }
    }

    /// Looks at the clock now and then.
    fn look(&self) -> Result<(), Overdue> {
        let looks = self.looks.get().wrapping_add(1);
        self.looks.set(looks);
        if looks.is_multiple_of(BETWEEN_LOOKS) && Instant::now() > self.end {
            return Err(Overdue);
        }
        Ok(())
    }

    fn keep(
        &self,
        test: &Test,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        if candidates.is_empty() {
            return Ok(candidates);
        }
        match (test, truth) {
            (Test::Not(test), truth) => self.keep(test, candidates, !truth),
            (Test::And(tests), true) | (Test::Or(tests), false) => {
                let mut kept = candidates;
                for test in self.cheapest_first(tests) {
                    kept = self.keep(test, kept, truth)?;
                }
                Ok(kept)
            }
            (Test::And(tests), false) | (Test::Or(tests), true) => {
                let mut found = RoaringBitmap::new();
                let mut rest = candidates;
                for test in self.cheapest_first(tests) {
                    let more = self.keep(test, rest.clone(), truth)?;
                    rest -= &more;
                    found |= more;
                }
                Ok(found)
            }
            (Test::Is(predicate), truth) => self.keep_by(predicate, candidates, truth),
        }
    }

    fn cheapest_first<'t>(&self, tests: &'t [Test]) -> Vec<&'t Test> {
        let mut sorted: Vec<&Test> = tests.iter().collect();
        sorted.sort_by_key(|test| self.cost(test));
        sorted
    }

    /// What a test costs on one record, roughly: the dearest property that it reads.
    fn cost(&self, test: &Test) -> u32 {
        let mut cost = 0;
        test.properties(&mut |property| {
            let field = self.queryables[property].field;
            cost = cost.max(match field {
                Field::Id | Field::Themes | Field::Sdgs | Field::Source => 0,
                field if Group::of(field).is_some() => 1,
                Field::Start
                | Field::End
                | Field::VerifiedOn
                | Field::UpdatedAt
                | Field::Budget => 2,
                Field::PartnerName | Field::PartnerRegion | Field::PositionSource => 3,
                Field::Geometry if self.collection == Collection::Links => 6,
                Field::Geometry => 4,
                _ => 5,
            });
        });
        cost
    }

    fn keep_by(
        &self,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        match predicate {
            Predicate::Compare(Comparison::Equal, Operand::Property(property), literal)
                if self.queryables[*property].field == Field::Id =>
            {
                let found = self.by_ids(std::slice::from_ref(literal));
                if let Some(found) = found {
                    return Ok(side(candidates, &found, truth));
                }
            }
            Predicate::In(Operand::Property(property), list)
                if self.queryables[*property].field == Field::Id =>
            {
                if let Some(found) = self.by_ids(list) {
                    return Ok(side(candidates, &found, truth));
                }
            }
            Predicate::IsNull(Operand::Property(property))
                if self.queryables[*property].field == Field::Geometry =>
            {
                let without = self.snapshot.without_geometry(self.collection);
                return Ok(side(candidates, without, truth));
            }
            Predicate::Array(relation, Operand::Property(property), Operand::Literal(list)) => {
                let field = self.queryables[*property].field;
                if let Some(found) = self.by_list(*relation, field, list) {
                    return Ok(side(candidates, &found, truth));
                }
            }
            Predicate::Spatial(
                relation,
                Operand::Property(_),
                Operand::Literal(Value::Geometry(geometry)),
            ) => return self.by_place((*relation, geometry), predicate, candidates, truth),
            _ => {}
        }
        let mut fields = Vec::new();
        predicate.properties(&mut |property| fields.push(self.queryables[property].field));
        match fields.split_first() {
            Some((Field::Source, [])) => self.by_source(predicate, &candidates, truth),
            Some((Field::PartnerName | Field::PartnerRegion, [])) => {
                self.by_partner(predicate, candidates, truth)
            }
            Some((first, rest)) => match Group::of(*first) {
                Some(group) if rest.iter().all(|field| Group::of(*field) == Some(group)) => {
                    self.by_group(group, predicate, candidates, truth)
                }
                _ => self.scan(predicate, candidates, truth),
            },
            None => {
                // it reads nothing: what it says of one record it says of all
                let record = candidates.min().unwrap_or_default();
                let says = predicate.of(&self.record(record)) == Some(truth);
                Ok(if says { candidates } else { RoaringBitmap::new() })
            }
        }
    }

    fn record(&self, place: u32) -> Record<'s> {
        let Self { snapshot, collection, queryables, language, .. } = *self;
        Record { snapshot, collection, queryables, language, place }
    }

    fn scan(
        &self,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        self.filter(candidates, truth, |record| predicate.of(&self.record(record)))
    }

    fn filter(
        &self,
        candidates: RoaringBitmap,
        truth: bool,
        mut test: impl FnMut(u32) -> Truth,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut found = Vec::new();
        for record in &candidates {
            self.look()?;
            if test(record) == Some(truth) {
                found.push(record);
            }
        }
        if found.len() as u64 == candidates.len() {
            return Ok(candidates);
        }
        Ok(RoaringBitmap::from_sorted_iter(found).unwrap_or_default())
    }

    /// A predicate on what is the same within a group: evaluated once for each that is met.
    fn by_group(
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
    fn by_partner(
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
    fn by_source(
        &self,
        predicate: &Predicate,
        candidates: &RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut found = RoaringBitmap::new();
        for records in self.snapshot.values(Dimension::Source).values() {
            self.look()?;
            let says = records.min().and_then(|record| predicate.of(&self.record(record)));
            if says == Some(truth) {
                found |= records & candidates;
            }
        }
        Ok(found)
    }

    /// The records with ids; none where one is no literal text.
    fn by_ids(&self, ids: &[Operand]) -> Option<RoaringBitmap> {
        let mut found = RoaringBitmap::new();
        for id in ids {
            let Operand::Literal(Value::Text(id)) = id else { return None };
            let record = id.parse::<PartnershipId>().ok().and_then(|id| self.snapshot.find(id));
            found.extend(record);
        }
        Some(found)
    }

    /// The records whose themes or goals stand so to a list.
    fn by_list(
        &self,
        relation: ArrayRelation,
        field: Field,
        list: &Value<'_>,
    ) -> Option<RoaringBitmap> {
        let (dimension, wanted) = match (field, list) {
            (Field::Themes, Value::Texts(list)) => {
                (Dimension::Theme, list.iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            (Field::Sdgs, Value::Numbers(list)) => {
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
    fn by_place(
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

/// The candidates that were found, or those that were not: for predicates that are never unknown.
fn side(candidates: RoaringBitmap, found: &RoaringBitmap, truth: bool) -> RoaringBitmap {
    if truth { candidates & found } else { candidates - found }
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
