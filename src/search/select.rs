//! What a filter selects: by the bitmaps of values, words, places and dates, then by its expression.

use roaring::{MultiOps, RoaringBitmap};

use super::{
    Collection, Dimension, Filter, ParameterError, Query, Selection, Snapshot, bitmaps,
    cql2::{Test, Value, ValueKind},
    interval::{Interval, day},
    queryables,
    snapshot::Dates,
    suggest::{meant, spelled_out},
};

impl Snapshot {
    /// The items that a filter wants of a collection.
    ///
    /// # Errors
    /// Where the filter asks for what the collection's features do not have, or takes too long.
    pub fn select(
        &self,
        query: &Query,
        collection: Collection,
    ) -> Result<Selection, ParameterError> {
        if query.is_empty() {
            return Ok(self.whole(collection).clone());
        }
        self.selection_cache
            .get_or_select(query, collection, || self.make_selection(query, collection))
    }

    fn make_selection(
        &self,
        query: &Query,
        collection: Collection,
    ) -> Result<Selection, ParameterError> {
        if query.is_of_partnerships() && collection != Collection::Partnerships {
            let records = self.select(query, Collection::Partnerships)?.items().clone();
            return Ok(if collection.is_of_partnerships() {
                Selection::of_partnerships(records)
            } else {
                self.entities_of(collection, records)
            });
        }
        let records = self.select_records(query, collection);
        let test = query.expression().test(collection)?;
        let features = (collection, query);
        if collection.is_of_partnerships() {
            let Some(test) = test else {
                let all = || self.whole(collection).clone();
                return Ok(records.map_or_else(all, Selection::of_partnerships));
            };
            let candidates = records.unwrap_or_else(|| self.all.clone());
            let found = self.matching_records(&test, features, candidates)?;
            return Ok(Selection::of_partnerships(found));
        }
        let selection = self.select_entities(collection, records, query.bbox());
        let mut tests = own_values(query, collection);
        tests.extend(test);
        if tests.is_empty() {
            return Ok(selection);
        }
        let test = Test::And(tests);
        Ok(selection.within(&self.matching_entities(&test, features, &selection)?))
    }

    /// The records that all but the expression select; `None` where all do. A box is about the
    /// geometry of the collection: none of a record in entities.
    fn select_records(&self, filter: &Filter, collection: Collection) -> Option<RoaringBitmap> {
        let mut selected: Option<RoaringBitmap> = None;
        let mut keep = |found: RoaringBitmap| {
            selected = Some(match selected.take() {
                None => found,
                Some(kept) => kept & found,
            });
        };
        for (dimension, wanted) in filter.dimensions() {
            let values = self.values(dimension);
            let mut any = RoaringBitmap::new();
            for value in wanted {
                if let Some(records) = values.get(value) {
                    any |= records;
                }
            }
            keep(any);
        }
        if !filter.partners().is_empty() {
            let sides = self.entity_sides();
            let items = filter.partners().iter().filter_map(|id| self.partner_place(*id));
            keep(items.flat_map(|item| sides.partner_records(item)).copied().collect());
        }
        if !filter.words().is_empty() {
            keep(self.searched(filter));
        }
        // OGC API – Features Part 1, 7.15.3: what has no geometry matches every box
        match (filter.bbox(), collection) {
            (Some(bbox), Collection::Partnerships) => {
                keep(self.points.within(bbox) | &self.unplaced);
            }
            (Some(bbox), Collection::Links) => {
                keep(self.lines().meeting(bbox) | &self.unlinked);
            }
            _ => {}
        }
        let (datetime, years) = filter.periods();
        if let Some(interval) = datetime {
            keep(self.by_dates(|dates| dates.meet(interval)));
        }
        if !years.is_empty() {
            let years: Vec<Interval> = years.iter().map(|year| whole_year(*year)).collect();
            // what has no start is not known to have held
            let held =
                |dates: &Dates| dates.start.is_some() && years.iter().any(|year| dates.meet(*year));
            keep(self.by_dates(held));
        }
        if let Some(since) = filter.verified_since().map(day) {
            keep(self.by_dates(|dates| dates.verified.is_some_and(|verified| verified >= since)));
        }
        selected
    }

    /// The records with words that begin as those that are searched for, and those of what the
    /// whole text means: a code, an abbreviation, a name in another language.
    fn searched(&self, filter: &Filter) -> RoaringBitmap {
        let words = &self.parts.words;
        let of_word = |word: &String| {
            let mut found = words.beginning_with(word);
            // "st-etienne" is Saint-Étienne too
            if let Some(whole) = spelled_out(word) {
                found |= words.beginning_with(whole);
            }
            found
        };
        let mut found = filter.words().iter().map(of_word).intersection();
        for (dimension, code) in meant(self, filter.query()) {
            if let Some(records) = self.values(dimension).get(&code) {
                found |= records;
            }
        }
        found
    }

    fn by_dates(&self, wanted: impl Fn(&Dates) -> bool) -> RoaringBitmap {
        bitmaps::where_true(self.parts.dates.iter().map(wanted))
    }
}

/// Filters that are named as what the items of a collection of entities have themselves are about
/// the items too: a country that `zone=europe` lists lies there, and is not only in a partnership with
/// one that does. An area is wanted with all that lies in it, which its partnerships tell.
fn own_values(filter: &Filter, collection: Collection) -> Vec<Test> {
    let own = |(dimension, values): (Dimension, &[String])| {
        if dimension == Dimension::PartnerArea {
            return None;
        }
        let place = queryables::find(collection, dimension.name())?;
        let is_text = queryables::of(collection)[place].kind == ValueKind::Text;
        let equals = |value: &String| Test::equals(place, Value::text(value.clone()));
        is_text.then(|| Test::Or(values.iter().map(equals).collect()))
    };
    filter.dimensions().filter_map(own).collect()
}

fn whole_year(year: i32) -> Interval {
    let edge = |month, day_of| chrono::NaiveDate::from_ymd_opt(year, month, day_of).map(day);
    Interval { from: edge(1, 1), to: edge(12, 31) }
}
