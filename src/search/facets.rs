//! Counts of every value of every dimension, each as though its own selection were not there.

use chrono::{Datelike, NaiveDate};
use roaring::RoaringBitmap;
use serde::Serialize;

use super::{Collection, Dimension, ParameterError, Query, Snapshot};
use crate::domain::Language;

/// The dimensions that facets list: those with a list short enough to be read.
pub const LISTED: [Dimension; Dimension::ALL.len() - 1] = {
    let mut listed = [Dimension::Region; Dimension::ALL.len() - 1];
    let (mut from, mut to) = (0, 0);
    while from < Dimension::ALL.len() {
        if !matches!(Dimension::ALL[from], Dimension::Collectivity) {
            listed[to] = Dimension::ALL[from];
            to += 1;
        }
        from += 1;
    }
    listed
};

/// Of a dimension with thousands of values so many are listed, besides those that are asked for.
const MOST_VALUES: usize = 200;

/// Counts for a filter.
#[derive(Debug, Serialize)]
pub struct Facets {
    /// The version of the register.
    pub version: i64,
    /// Of what the filter selects.
    pub total: Totals,
    /// The values of each dimension, most frequent first; of `collectivity` and `partner` the most
    /// frequent alone.
    #[serde(serialize_with = "by_name")]
    pub facets: Vec<(&'static str, Vec<ValueCount>)>,
    /// How many of the selected records held in each year; those without a start are not counted,
    /// and those without an end hold until today.
    pub years: Vec<Year>,
}

/// How much a selection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Records.
    pub partnerships: u64,
    /// French authorities in them.
    pub collectivities: u64,
    /// Foreign authorities in them.
    pub partners: u64,
    /// Countries of the partners.
    pub countries: u64,
}

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueCount {
    /// Its code.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// Records that have it.
    pub count: u64,
    /// Whether the filter asks for it.
    pub selected: bool,
}

/// One year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Year {
    /// The calendar year.
    pub year: i32,
    /// Records that held in it.
    pub count: u64,
}

fn by_name<S: serde::Serializer>(
    facets: &[(&str, Vec<ValueCount>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facets.iter().map(|(name, values)| (name, values)))
}

impl Snapshot {
    /// The facets of a filter; of the long lists the first `limit`.
    ///
    /// # Errors
    /// As [`Snapshot::select`].
    pub fn facets(
        &self,
        query: &Query,
        language: Language,
        limit: usize,
        today: NaiveDate,
    ) -> Result<Facets, ParameterError> {
        let selection = self.select(query, Collection::Partnerships)?;
        let selected = selection.items();
        let of = |dimension: Dimension| {
            Ok((dimension.name(), self.facet(query, dimension, selected, language)?))
        };
        let entities = [Collection::Collectivities, Collection::Partners]
            .map(|collection| self.counted_entities(collection, selected));
        let total = self.totals_of(selected, &entities);
        let [collectivities, partners] = entities;
        let collectivities = self.top_collectivities(query, collectivities, limit, language)?;
        let partners = self.top(Collection::Partners, partners, &[], limit, language);
        let long = [(Dimension::Collectivity.name(), collectivities), ("partner", partners)];
        let facets = LISTED.map(of).into_iter().chain(long.map(Ok));
        Ok(Facets {
            version: self.version(),
            total,
            facets: facets.collect::<Result<_, ParameterError>>()?,
            years: self.years(selected, today.year()),
        })
    }

    /// The values of one dimension that records have or the filter asks for.
    pub fn facet(
        &self,
        query: &Query,
        dimension: Dimension,
        selected: &RoaringBitmap,
        language: Language,
    ) -> Result<Vec<ValueCount>, ParameterError> {
        let wanted = query.values(dimension);
        let others;
        let counts = if wanted.is_empty() {
            &self.counts(dimension, selected)
        } else {
            others =
                self.select(&query.with(query.without(dimension)), Collection::Partnerships)?;
            others.counts(dimension, || self.counts(dimension, others.items()))
        };
        let mut values: Vec<ValueCount> = self
            .values(dimension)
            .keys()
            .zip(counts)
            .filter(|(value, count)| **count > 0 || wanted.contains(value))
            .map(|(value, count)| (value.clone(), *count))
            .chain(
                wanted
                    .iter()
                    .filter(|v| !self.values(dimension).contains_key(*v))
                    .map(|v| (v.clone(), 0)),
            )
            .map(|(value, count)| ValueCount {
                label: dimension.label(&value, language),
                selected: wanted.contains(&value),
                value,
                count,
            })
            .collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        if dimension == Dimension::PartnerArea {
            let mut listed = 0..MOST_VALUES;
            values.retain(|value| listed.next().is_some() || value.selected);
        }
        Ok(values)
    }

    /// How much a selection holds.
    pub fn totals(&self, selected: &RoaringBitmap) -> Totals {
        let of = [Collection::Collectivities, Collection::Partners];
        self.totals_of(selected, &of.map(|collection| self.counted_entities(collection, selected)))
    }

    /// The totals of some records whose authorities have been counted, French ones first.
    fn totals_of(&self, selected: &RoaringBitmap, counted: &[Vec<(u32, u32)>; 2]) -> Totals {
        let [collectivities, partners] = counted.each_ref().map(|counted| counted.len() as u64);
        let countries = self.counts(Dimension::Country, selected);
        let countries = countries.iter().filter(|count| **count > 0).count() as u64;
        Totals { partnerships: selected.len(), collectivities, partners, countries }
    }

    /// How many of some records have no start.
    pub fn undated(&self, selected: &RoaringBitmap) -> u64 {
        selected.iter().filter(|record| self.dates(*record).start.is_none()).count() as u64
    }

    /// How many of some records held in each year, until this one.
    pub fn years(&self, selected: &RoaringBitmap, this_year: i32) -> Vec<Year> {
        let Some(spans) = self.spans() else { return Vec::new() };
        let (first, last) = (spans.first, spans.last.max(this_year));
        // +1 where a record begins, -1 after it ends: the running sum is what holds
        let mut changes = vec![0i64; (last - first + 2) as usize];
        for record in selected {
            let [Some(start), end] = spans.of(record) else { continue };
            let end = end.unwrap_or(this_year).max(start);
            changes[(start - first) as usize] += 1;
            changes[(end - first + 1) as usize] -= 1;
        }
        let mut holding = 0;
        (first..=last)
            .zip(changes)
            .map(|(year, change)| {
                holding += change;
                Year { year, count: holding as u64 }
            })
            .filter(|year| year.count > 0)
            .collect()
    }
}
