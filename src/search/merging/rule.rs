//! When two records of different sources are the same partnership.

use std::sync::Arc;

use crate::{
    domain::{Doubt, Partner, text::fold},
    reference::same_place::{PlaceNames, Verdict, compare_places},
};

/// A record, as far as it tells which partnership it is of.
pub(super) struct Candidate<'s> {
    pub(super) record: u32,
    /// Number of its source.
    pub(super) source: u16,
    /// Number of its block: the rule compares records of one block.
    pub(super) block: u32,
    /// Codes of the kind of link.
    pub(super) kind: &'static str,
    /// First and last day, from the common era.
    pub(super) period: (Option<i32>, Option<i32>),
    pub(super) partners: &'s [Arc<Partner>],
    pub(super) names: Vec<PlaceNames>,
    pub(super) title: String,
}

/// The kind of link that may be anything.
const OTHER_KIND: &str = "autre";
/// The kind of link of which two places have one.
const TWINNING: &str = "jumelage";

impl Candidate<'_> {
    /// Whether two records with the same French authorities and countries are one partnership.
    pub(super) fn compare(&self, other: &Self) -> Verdict {
        let kinds = compare_kinds(self.kind, other.kind);
        if kinds == Verdict::Different {
            return kinds;
        }
        if self.partners.len() != other.partners.len() || !meet(self.period, other.period) {
            return Verdict::Different;
        }
        let place = |at: usize| {
            let with = |with: usize| {
                let names = (&self.names[at], &other.names[with]);
                compare_places((&self.partners[at], &other.partners[with]), names)
            };
            (0..other.partners.len()).map(with).max().unwrap_or(Verdict::Different)
        };
        (0..self.partners.len()).map(place).min().unwrap_or(Verdict::Different).min(kinds)
    }

    /// How much two records that are the same have in common beside that.
    pub(super) fn closeness(&self, other: &Self) -> u8 {
        let name = fold(&self.partners[0].name) == fold(&other.partners[0].name);
        u8::from(self.title == other.title) * 4
            + u8::from(name) * 2
            + u8::from(self.period.0.is_some() && self.period.0 == other.period.0)
    }

    /// How far apart the first partners are, in metres.
    pub(super) fn distance(&self, other: &Self) -> u64 {
        let [one, other] = [self, other].map(|candidate| candidate.partners[0].position());
        one.zip(other).map_or(u64::MAX, |(one, other)| (one.distance_km(other) * 1e3) as u64)
    }

    /// Whether two places can have but one such partnership.
    pub(super) fn is_unique(&self) -> bool {
        self.kind == TWINNING
    }
}

/// Whether two periods have a day in common; an open side is no end.
fn meet(one: (Option<i32>, Option<i32>), other: (Option<i32>, Option<i32>)) -> bool {
    let before = |end: Option<i32>, start: Option<i32>| end.zip(start).is_some_and(|(e, s)| e < s);
    !before(one.1, other.0) && !before(other.1, one.0)
}

/// Whether two kinds of link may be of one partnership.
pub fn compare_kinds(one: &str, other: &str) -> Verdict {
    if one == other {
        Verdict::Same
    } else if [one, other].contains(&OTHER_KIND) {
        Verdict::Unsure(Doubt::NoKind)
    } else {
        Verdict::Different
    }
}
