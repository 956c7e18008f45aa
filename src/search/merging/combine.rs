//! One record of several: what the leading one says, then what others add.

use std::{cmp::Reverse, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    domain::{Column, Partner, Partnership, PartnershipId, Period, SourceOrder},
    search::builder::Entry,
};

/// A partnership that several records tell of.
pub(super) struct Combined {
    pub(super) entry: Entry,
    /// The records, the one that leads first.
    pub(super) ids: Vec<PartnershipId>,
    /// What the leading record does not say, and the source that does.
    pub(super) filled: Vec<(Column, String)>,
}

/// The status of a record that does not know it.
const UNKNOWN: &str = "inconnu";

/// Of records and when they last changed; none of no records. The source that comes first in the
/// order leads, then the record that says most, then the one with the smallest id.
pub(super) fn combine(
    mut records: Vec<(Partnership, DateTime<Utc>)>,
    order: &SourceOrder,
) -> Option<Combined> {
    let updated_at = records.iter().map(|(_, changed)| *changed).max()?;
    records.sort_by_cached_key(|(record, _)| {
        (order.rank(&record.source), Reverse(fullness(record)), record.id())
    });
    let mut records: Vec<Partnership> = records.into_iter().map(|(record, _)| record).collect();
    let ids = records.iter().map(Partnership::id).collect();
    let followers = records.split_off(1);
    let mut record = records.pop()?;
    let mut filled = Vec::new();
    for follower in &followers {
        let columns = fill(&mut record, follower).into_iter();
        filled.extend(columns.map(|column| (column, follower.source.clone())));
    }
    Some(Combined { entry: Entry { record, updated_at, followers }, ids, filled })
}

/// How many of the things that may be empty a record says.
fn fullness(record: &Partnership) -> usize {
    let Partnership {
        source: _,
        key: _,
        title: _,
        kind: _,
        status,
        period,
        collectivities: _,
        partners,
        themes,
        sdgs,
        description,
        budget,
        funders,
        url,
        verified_on,
        verified_by: _,
    } = record;
    let says = [
        status.code != UNKNOWN,
        period.start().is_some(),
        period.end().is_some(),
        partners.iter().all(|partner| partner.place.is_some()),
        !themes.is_empty(),
        !sdgs.is_empty(),
        description.is_some(),
        budget.is_some(),
        !funders.is_empty(),
        url.is_some(),
        verified_on.is_some(),
    ];
    says.into_iter().filter(|says| *says).count()
}

/// Takes over what a record leaves empty; returns what that was.
fn fill(lead: &mut Partnership, from: &Partnership) -> Vec<Column> {
    let mut filled = Vec::new();
    let mut note = |column, taken: bool| filled.extend(taken.then_some(column));
    note(Column::Status, lead.status.code == UNKNOWN && from.status.code != UNKNOWN);
    if lead.status.code == UNKNOWN {
        lead.status = from.status;
    }
    let [mut start, mut end] = [lead.period.start(), lead.period.end()];
    let taken = [take(&mut start, from.period.start()), take(&mut end, from.period.end())];
    // dates of two sources may contradict each other: then those of the lead stand alone
    if let Ok(period) = Period::new(start, end) {
        lead.period = period;
        note(Column::Start, taken[0]);
        note(Column::End, taken[1]);
    }
    note(Column::Longitude, place(lead, from));
    note(Column::Themes, take_list(&mut lead.themes, &from.themes));
    note(Column::Sdgs, take_list(&mut lead.sdgs, &from.sdgs));
    note(Column::Description, take(&mut lead.description, from.description.clone()));
    note(Column::Budget, take(&mut lead.budget, from.budget));
    note(Column::Funders, take_list(&mut lead.funders, &from.funders));
    note(Column::Url, take(&mut lead.url, from.url.clone()));
    let verified = take(&mut lead.verified_on, from.verified_on);
    if verified {
        lead.verified_by = from.verified_by;
    }
    note(Column::VerifiedOn, verified);
    filled
}

fn take<T>(mine: &mut Option<T>, theirs: Option<T>) -> bool {
    let takes = mine.is_none() && theirs.is_some();
    if takes {
        *mine = theirs;
    }
    takes
}

fn take_list<T: Clone>(mine: &mut Vec<T>, theirs: &[T]) -> bool {
    let takes = mine.is_empty() && !theirs.is_empty();
    if takes {
        *mine = theirs.to_vec();
    }
    takes
}

/// Places the one partner of a record where the other one does.
fn place(lead: &mut Partnership, from: &Partnership) -> bool {
    let ([mine], [theirs]) = (lead.partners.as_slice(), from.partners.as_slice()) else {
        return false;
    };
    let takes = mine.place.is_none() && theirs.place.is_some() && mine.country == theirs.country;
    if takes {
        let area = mine.area.clone().or_else(|| theirs.area.clone());
        lead.partners =
            vec![Arc::new(Partner { place: theirs.place, area, ..Partner::clone(mine) })];
    }
    takes
}
