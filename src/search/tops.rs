//! Facets of lists that are too long to be read whole: the most frequent of them.

use super::{Collection, Dimension, ParameterError, Query, Snapshot, facets::ValueCount};
use crate::domain::Language;

impl Snapshot {
    /// The French authorities that most partnerships have, by code, each as though the filter did
    /// not ask for any; those it asks for are among them. `counted` are those of what it selects.
    pub(super) fn top_collectivities(
        &self,
        query: &Query,
        mut counted: Vec<(u32, u32)>,
        limit: usize,
        language: Language,
    ) -> Result<Vec<ValueCount>, ParameterError> {
        let wanted = query.values(Dimension::Collectivity);
        if !wanted.is_empty() {
            let others = query.with(query.without(Dimension::Collectivity));
            // a box is about the partnerships, not about the places of the authorities
            let records = self.select(&others, Collection::Partnerships)?;
            counted = self.counted_entities(Collection::Collectivities, records.items());
        }
        Ok(self.top(Collection::Collectivities, counted, wanted, limit, language))
    }

    /// The most frequent of some counted entities, and the wanted ones, most frequent first.
    pub(super) fn top(
        &self,
        collection: Collection,
        mut counted: Vec<(u32, u32)>,
        wanted: &[String],
        limit: usize,
        language: Language,
    ) -> Vec<ValueCount> {
        let found = |code: &String| {
            let item = self.item(collection, code)?;
            let place = counted.binary_search_by_key(&item, |(item, _)| *item);
            Some((item, place.map_or(0, |place| counted[place].1)))
        };
        let more: Vec<(u32, u32)> = wanted.iter().filter_map(found).collect();
        let first = |(item, count): &(u32, u32)| (u32::MAX - count, *item);
        if counted.len() > limit && limit > 0 {
            counted.select_nth_unstable_by_key(limit - 1, first);
            counted.truncate(limit);
        }
        for one in more {
            if !counted.contains(&one) {
                counted.push(one);
            }
        }
        counted.sort_unstable_by_key(first);
        let value = |(item, count): (u32, u32)| {
            let value = self.item_id(collection, item);
            ValueCount {
                label: self.entity_name(collection, item, language).to_owned(),
                count: u64::from(count),
                selected: wanted.contains(&value),
                value,
            }
        };
        counted.into_iter().map(value).collect()
    }
}
