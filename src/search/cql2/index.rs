//! A test on the items of a snapshot: each predicate by the cheapest way there is, on no more
//! items than those before it leave.
//!
//! `keep(test, candidates, truth)` are the candidates of which the test is `truth`. That is all
//! that three values need: `A AND B` is true of what `B` is true of among what `A` is true of, and
//! false of what either is false of; `NOT` asks for the other truth; what is unknown is in neither.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use roaring::RoaringBitmap;

use super::{
    Test, Truth, Value,
    entities::Entity,
    records::{Record, is_written},
    shortcuts::Group,
    tree::{Comparison, Operand, Predicate},
};
use crate::{
    domain::Language,
    search::{
        CancellationToken, Collection, Query, Selection, Snapshot,
        page::prefetched,
        queryables::{self, Attribute, Queryable},
    },
};

/// The longest that an expression is evaluated.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The clock and the cancellation are looked at once for so many features.
const BETWEEN_LOOKS: u32 = 64;

/// The expression takes longer than a request may, or its evaluation was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) struct Overdue;

/// An evaluation under way.
pub(super) struct Run<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) collection: Collection,
    queryables: &'static [Queryable],
    language: Language,
    cancellation: &'s CancellationToken,
    end: Instant,
    looks: Cell<u32>,
}

impl Snapshot {
    /// Those of some partnerships of which a test is true.
    pub(in crate::search) fn matching_records(
        &self,
        test: &Test,
        (collection, query): (Collection, &Query),
        candidates: RoaringBitmap,
    ) -> Result<RoaringBitmap, Overdue> {
        Run::new(self, collection, query).keep(test, candidates, true)
    }

    /// Those of some selected entities of which a test is true.
    pub(in crate::search) fn matching_entities(
        &self,
        test: &Test,
        (collection, query): (Collection, &Query),
        selection: &Selection,
    ) -> Result<RoaringBitmap, Overdue> {
        let run = Run::new(self, collection, query);
        let Run { queryables, language, .. } = run;
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
    fn new(snapshot: &'s Snapshot, collection: Collection, query: &'s Query) -> Self {
        Self {
            snapshot,
            collection,
            queryables: queryables::readable(collection),
            language: query.expression().labels(),
            cancellation: query.cancellation(),
            end: Instant::now() + TIME_LIMIT,
            looks: Cell::new(0),
        }
    }

    /// Looks at the clock and at the cancellation now and then.
    pub(super) fn look(&self) -> Result<(), Overdue> {
        let looks = self.looks.get().wrapping_add(1);
        self.looks.set(looks);
        let is_time = looks.is_multiple_of(BETWEEN_LOOKS);
        if is_time && (Instant::now() > self.end || self.cancellation.is_cancelled()) {
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
            let attribute = self.queryables[property].attribute;
            cost = cost.max(match attribute {
                Attribute::Id
                | Attribute::Themes
                | Attribute::Sdgs
                | Attribute::Source
                | Attribute::Sources => 0,
                attribute if Group::of(attribute).is_some() => 1,
                Attribute::Start
                | Attribute::End
                | Attribute::StartFirstDay
                | Attribute::EndLastDay
                | Attribute::VerifiedOn
                | Attribute::UpdatedAt
                | Attribute::Budget => 2,
                Attribute::OfPartner(_) => 3,
                Attribute::Geometry if self.collection == Collection::Links => 6,
                Attribute::Geometry => 4,
                _ => 5,
            });
        });
        cost
    }

    // long: one arm for each kind of predicate
    fn keep_by(
        &self,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        match predicate {
            Predicate::Compare(Comparison::Equal, Operand::Property(property), literal)
                if self.queryables[*property].attribute == Attribute::Id =>
            {
                let found = self.by_ids(std::slice::from_ref(literal));
                if let Some(found) = found {
                    return Ok(side(candidates, &found, truth));
                }
            }
            Predicate::In(Operand::Property(property), list)
                if self.queryables[*property].attribute == Attribute::Id =>
            {
                if let Some(found) = self.by_ids(list) {
                    return Ok(side(candidates, &found, truth));
                }
            }
            Predicate::IsNull(Operand::Property(property))
                if self.queryables[*property].attribute == Attribute::Geometry =>
            {
                let without = self.snapshot.without_geometry(self.collection);
                return Ok(side(candidates, without, truth));
            }
            Predicate::Array(relation, Operand::Property(property), Operand::Literal(list)) => {
                let attribute = self.queryables[*property].attribute;
                if let Some(found) = self.by_list(*relation, attribute, list) {
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
        let mut attributes = Vec::new();
        predicate.properties(&mut |property| attributes.push(self.queryables[property].attribute));
        match attributes.split_first() {
            Some((Attribute::Source, [])) => self.by_source(predicate, &candidates, truth),
            Some((Attribute::OfPartner(_), [])) => self.by_partner(predicate, candidates, truth),
            Some((first, rest)) => match Group::of(*first) {
                Some(group)
                    if rest.iter().all(|attribute| Group::of(*attribute) == Some(group)) =>
                {
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

    pub(super) fn record(&self, place: u32) -> Record<'s> {
        let Self { snapshot, collection, queryables, language, .. } = *self;
        Record { snapshot, collection, queryables, language, place }
    }

    pub(super) fn scan(
        &self,
        predicate: &Predicate,
        candidates: RoaringBitmap,
        truth: bool,
    ) -> Result<RoaringBitmap, Overdue> {
        let mut reads_texts = false;
        predicate.properties(&mut |property| {
            reads_texts |= is_written(self.queryables[property].attribute);
        });
        let test = |record| predicate.of(&self.record(record));
        let found = if reads_texts {
            self.those(prefetched(self.snapshot, self.collection, candidates.iter()), truth, test)
        } else {
            self.those(candidates.iter(), truth, test)
        };
        Ok(of_sorted(found?, candidates))
    }

    pub(super) fn filter(
        &self,
        candidates: RoaringBitmap,
        truth: bool,
        test: impl FnMut(u32) -> Truth,
    ) -> Result<RoaringBitmap, Overdue> {
        let found = self.those(candidates.iter(), truth, test)?;
        Ok(of_sorted(found, candidates))
    }

    fn those(
        &self,
        records: impl Iterator<Item = u32>,
        truth: bool,
        mut test: impl FnMut(u32) -> Truth,
    ) -> Result<Vec<u32>, Overdue> {
        let mut found = Vec::new();
        for record in records {
            self.look()?;
            if test(record) == Some(truth) {
                found.push(record);
            }
        }
        Ok(found)
    }
}

/// The bitmap of those that were found, in ascending order, among candidates.
fn of_sorted(found: Vec<u32>, candidates: RoaringBitmap) -> RoaringBitmap {
    if found.len() as u64 == candidates.len() {
        return candidates;
    }
    RoaringBitmap::from_sorted_iter(found).unwrap_or_default()
}

/// The candidates that were found, or those that were not: for predicates that are never unknown.
fn side(candidates: RoaringBitmap, found: &RoaringBitmap, truth: bool) -> RoaringBitmap {
    if truth { candidates & found } else { candidates - found }
}
