//! Rows of one file that write one partnership in several ways: both are kept, and it is told.

use std::{collections::HashMap, hash::BuildHasher, sync::Arc};

use foldhash::fast::RandomState;

use crate::{
    domain::{Column, Issue, IssueCode, Partner, Partnership, Period},
    reference::same_place::{ONE_PLACE_KM, PlaceNames, Verdict, compare_places},
    search::merging::rule::compare_kinds,
};

/// So many records are compared, the first ones of a file: each takes about 100 bytes.
const COMPARED: usize = 200_000;
/// A row is compared with so many others of its authority and country.
const COMPARED_WITH: usize = 200;

/// The records of a file so far, by source, French authority and country.
#[derive(Default)]
pub(super) struct Variants {
    rows: HashMap<u64, Vec<Row>, RandomState>,
    hasher: RandomState,
    count: usize,
}

struct Row {
    line: u64,
    kind: &'static str,
    period: Period,
    partner: Arc<Partner>,
}

impl Variants {
    /// Tells of an earlier row with the same partner in another spelling, or with the same partner
    /// and no kind of link.
    pub(super) fn remark(&mut self, record: &Partnership, line: u64) -> Option<Issue> {
        // records of several partners are compared by nobody
        let ([collectivity], [partner]) = (&*record.collectivities, &*record.partners) else {
            return None;
        };
        if self.count >= COMPARED {
            return None;
        }
        self.count += 1;
        let key = (&record.source, &collectivity.code, &partner.country);
        let rows = self.rows.entry(self.hasher.hash_one(key)).or_default();
        let kind = record.kind.code.as_str();
        let row = Row { line, kind, period: record.period, partner: Arc::clone(partner) };
        let found = rows.iter().take(COMPARED_WITH).find(|earlier| earlier.is_variant_of(&row));
        let issue = found.map(|earlier| {
            Issue::new(IssueCode::ProbableVariant, line)
                .at(Column::Partner.name(), &partner.name)
                .suggest(format!("{} ({})", earlier.line, earlier.partner.name))
        });
        if rows.len() < COMPARED_WITH {
            rows.push(row);
        }
        issue
    }
}

impl Row {
    fn is_variant_of(&self, later: &Self) -> bool {
        let kinds = compare_kinds(self.kind, later.kind);
        if kinds == Verdict::Different || !self.period.meets(later.period) {
            return false;
        }
        if self.partner.name == later.partner.name && self.partner.region == later.partner.region {
            // one spelling: several projects of two authorities are no variants of one
            return kinds != Verdict::Same;
        }
        // other names are of one place only where both have a position
        let [here, there] = [&self.partner, &later.partner].map(|partner| partner.position());
        if here.zip(there).is_none_or(|(here, there)| here.distance_km(there) > ONE_PLACE_KM) {
            return false;
        }
        let names = [self, later].map(|row| PlaceNames::new(&row.partner.name));
        compare_places((&self.partner, &later.partner), (&names[0], &names[1])) == Verdict::Same
    }
}
