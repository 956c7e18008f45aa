//! Facets of lists that are too long to be read whole: the most frequent of them.

use super::{Collection, Dimension, Filter, ParameterError, Snapshot, facets::Value};
use crate::domain::Language;

impl Snapshot {
    /// The authorities that most of the selected partnerships have, those that the filter asks
    /// for among them, most frequent first: French ones by code, each as though the filter did
    /// not ask for any, or foreign ones by id.
    pub fn top(
        &self,
        collection: Collection,
        filter: &Filter,
        limit: usize,
        language: Language,
    ) -> Result<Vec<Value>, ParameterError> {
        let wanted = match collection {
            Collection::Collectivities => filter.values(Dimension::Collectivity).to_vec(),
            _ => Vec::new(),
        };
        let others = (!wanted.is_empty()).then(|| filter.without(Dimension::Collectivity));
        let filter = others.as_ref().unwrap_or(filter);
        // a box is about the partnerships, not about the places of the authorities
        let mut counted: Vec<(u32, u32)> = if filter.is_empty() {
            self.whole(collection).counted().collect()
        } else {
            let records = self.select(filter, Collection::Partnerships)?;
            self.count_entities(collection, records.items())
        };
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
            Value {
                label: self.entity_name(collection, item, language).to_owned(),
                count: u64::from(count),
                selected: wanted.contains(&value),
                value,
            }
        };
        Ok(counted.into_iter().map(value).collect())
    }
}
