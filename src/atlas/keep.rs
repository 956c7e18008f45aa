//! A column that the file lacks leaves values alone; an empty cell clears them.

use std::sync::Arc;

use crate::domain::{
    Column, Columns, Issue, IssueCode, Partner, Partnership, Period, PositionSource, text::fold,
};

/// Columns whose absence leaves a value alone; the others say which record a row is about.
const KEPT: [Column; 14] = [
    Column::Title,
    Column::Kind,
    Column::Status,
    Column::Start,
    Column::End,
    Column::PartnerRegion,
    Column::Longitude,
    Column::Themes,
    Column::Sdgs,
    Column::Description,
    Column::Budget,
    Column::Funders,
    Column::Url,
    Column::VerifiedOn,
];

/// Whether a file without these columns leaves a value alone.
pub(super) fn keeps_any(absent: Columns) -> bool {
    KEPT.iter().any(|column| absent.contains(*column))
}

/// Gives a record, read from a row of a file without these columns, what the register has in them.
pub(super) fn keep_absent(
    record: &mut Partnership,
    stored: &Partnership,
    absent: Columns,
    line: u64,
) -> Result<(), Issue> {
    let keeps = |column| absent.contains(column);
    if keeps(Column::Title) {
        record.title.clone_from(&stored.title);
    }
    if keeps(Column::Kind) {
        record.kind = stored.kind;
    }
    if keeps(Column::Status) {
        record.status = stored.status;
    }
    record.period = period(record.period, stored.period, absent)
        .map_err(|value| Issue::new(IssueCode::PeriodReversed, line).at("date_fin", value))?;
    for partner in &mut record.partners {
        *partner = kept_partner(partner, &stored.partners, absent);
    }
    if keeps(Column::Themes) {
        record.themes.clone_from(&stored.themes);
    }
    if keeps(Column::Sdgs) {
        record.sdgs.clone_from(&stored.sdgs);
    }
    if keeps(Column::Description) {
        record.description.clone_from(&stored.description);
    }
    if keeps(Column::Budget) {
        record.budget = stored.budget;
    }
    if keeps(Column::Funders) {
        record.funders.clone_from(&stored.funders);
    }
    if keeps(Column::Url) {
        record.url.clone_from(&stored.url);
    }
    if keeps(Column::VerifiedOn) {
        record.verified_on = stored.verified_on;
    }
    Ok(())
}

/// The period with the stored date where the file has no column for it; the end that does not
/// follow the beginning, where that makes none.
fn period(read: Period, stored: Period, absent: Columns) -> Result<Period, String> {
    let start = if absent.contains(Column::Start) { stored.start() } else { read.start() };
    let end = if absent.contains(Column::End) { stored.end() } else { read.end() };
    Period::new(start, end).map_err(|_| end.map(|end| end.to_string()).unwrap_or_default())
}

/// The partner with the region and the given position that the register has of the same one.
fn kept_partner(partner: &Arc<Partner>, stored: &[Arc<Partner>], absent: Columns) -> Arc<Partner> {
    let (region, position) =
        (absent.contains(Column::PartnerRegion), absent.contains(Column::Longitude));
    if !region && !position {
        return Arc::clone(partner);
    }
    let same = |other: &&Arc<Partner>| {
        other.country == partner.country && fold(&other.name) == fold(&partner.name)
    };
    let Some(known) = stored.iter().find(same) else { return Arc::clone(partner) };
    let mut kept = (**partner).clone();
    if region {
        kept.region.clone_from(&known.region);
    }
    if position && let Some((_, PositionSource::Given)) = known.place {
        kept.place = known.place;
    }
    if kept == **known { Arc::clone(known) } else { Arc::new(kept) }
}
