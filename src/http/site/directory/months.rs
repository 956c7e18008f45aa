//! The calendar of a list of schemes: deadlines and forecasts of the twelve months to come.

use std::collections::BTreeMap;

use chrono::{Datelike, Months};

use crate::{
    domain::{
        PartialDate,
        directory::{CallState, FundingScheme, paris},
    },
    http::{
        page::layout::PageLink,
        site::directory::{entry::EntryWriter, funding::fact, page::PageSection},
    },
    search::directory::WithState,
};

/// Months that are shown.
const MONTHS: Months = Months::new(12);

/// What ends, and what is expected, month by month; nothing where there is nothing of either. A
/// forecast says that it is one.
pub(crate) fn calendar(
    writer: &EntryWriter<'_>,
    found: &[WithState<'_, FundingScheme>],
) -> Option<PageSection> {
    let EntryWriter { directory, layout, at } = writer;
    let today = paris::day(*at);
    let mut months: BTreeMap<(i32, u32), Vec<PageLink>> = BTreeMap::new();
    let mut add = |date: PartialDate, link: PageLink| {
        let (Some(month), until) = (date.month(), today + MONTHS) else { return };
        if date.last_day() >= today && date.first_day() < until {
            months.entry((date.year(), month)).or_default().push(link);
        }
    };
    for WithState { record, state } in found {
        let link = writer.scheme_link(record);
        let told = |said: &str| PageLink {
            label: layout.headed(&link.label, said),
            path: link.path.clone(),
        };
        for call in directory.calls_of(&record.code) {
            for deadline in &call.deadlines {
                let date = layout.date(&deadline.date.to_string());
                add(deadline.date, told(&layout.fill("funding.calendar.until", "date", &date)));
            }
        }
        let expected = directory.forecast_of(record, *at).filter(|_| *state == CallState::Expected);
        if let Some(date) = expected.and_then(|one| one.date()) {
            add(date, told(layout.text("funding.calendar.forecast")));
        }
    }
    let this_month = (today.year(), today.month());
    let told = months.into_iter().filter(|(month, _)| *month >= this_month);
    let facts: Vec<_> = told
        .map(|((year, month), links)| fact(&layout.date(&format!("{year}-{month:02}")), links))
        .collect();
    (!facts.is_empty()).then(|| PageSection {
        id: "calendar",
        title: layout.text("funding.calendar").to_owned(),
        note: layout.text("funding.calendar.note").to_owned(),
        facts,
        ..PageSection::default()
    })
}
