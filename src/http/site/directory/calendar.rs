//! Calls as a calendar (iCalendar, RFC 5545) and as a feed (Atom, RFC 4287), for any filter.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

use crate::{
    domain::directory::{Call, CallState, DirectoryRecord, paris},
    http::{
        page::{
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::{
            directory::{entry::EntryWriter, form::DirectoryQuery},
            feeds::xml,
        },
        web::{problem::Problem, state::State},
    },
};

/// `GET /financements.ics` and `GET /en/funding.ics`
pub(crate) async fn calendar(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::written(&request, &state, "text/calendar; charset=utf-8", |visit| {
        write_calendar(visit, Utc::now())
    })
    .await
}

/// `GET /financements.atom` and `GET /en/funding.atom`
pub(crate) async fn feed(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::written(&request, &state, "application/atom+xml; charset=utf-8", |visit| {
        write_feed(visit, Utc::now())
    })
    .await
}

/// Deadlines of which the day is known: a calendar has no "perhaps".
fn write_calendar(visit: &Visit, at: DateTime<Utc>) -> Result<String, Problem> {
    let Visit { state, layout, query, snapshot, .. } = visit;
    let query = DirectoryQuery::read(query)?;
    let writer = EntryWriter { directory: &state.directory, layout, at };
    let mut calendar = Calendar::new();
    calendar.name(layout.text("funding.calendar"));
    for found in state.directory.find_calls(&query.filter, at) {
        let call: &Call = found.record;
        let Some(scheme) = state.directory.scheme(&call.scheme) else { continue };
        for deadline in call.deadlines.iter().filter(|one| one.date.day().is_some()) {
            let name = call.name(layout.language);
            let path = writer.scheme_link(scheme).path;
            let kind = deadline.applicant.as_deref().unwrap_or("tous");
            let mut event = Event::new();
            event
                .uid(&format!("{}-{kind}@atlas-aect", call.code))
                .timestamp(snapshot.built_at())
                .summary(&layout.fill("directory.deadline_of", "name", name))
                .url(&layout.absolute(&path));
            let note = call.note(layout.language);
            if !note.is_empty() {
                event.description(note);
            }
            match deadline.time {
                // without an end the whole day (RFC 5545, 3.6.1): that of Paris
                None => event.starts(deadline.date.first_day()),
                Some(time) => event.starts(paris::instant(deadline.date.first_day(), time)),
            };
            calendar.push(event.done());
        }
    }
    Ok(calendar.done().to_string())
}

fn write_feed(visit: &Visit, at: DateTime<Utc>) -> Result<String, Problem> {
    let Visit { state, layout, query, snapshot, .. } = visit;
    let query = DirectoryQuery::read(query)?;
    let directory = &state.directory;
    let writer = EntryWriter { directory, layout, at };
    let path = SitePage::Funding.path(layout.language);
    let own = layout.absolute(&format!("{path}.atom{}", query.text()));
    let page = layout.absolute(&format!("{path}{}", query.text()));
    let built = snapshot.built_at();
    let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>{own}</id>\n<title>{}</title>\n\
         <updated>{}</updated>\n<author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n",
        layout.language.code(),
        xml(layout.text("funding.calendar")),
        stamp(built),
        xml(&state.about.publisher),
        own = xml(&own),
        page = xml(&page),
    );
    for found in directory.find_calls(&query.filter, at) {
        let call: &Call = found.record;
        let Some(scheme) = directory.scheme(&call.scheme) else { continue };
        let address = layout.absolute(&writer.scheme_link(scheme).path);
        let until = match found.state {
            CallState::Open | CallState::Closing => writer.until(call),
            state => state.label(layout.language).to_owned(),
        };
        // the last time that its state changed, or when it was seen
        let changed = call.changes().into_iter().filter(|change| *change <= at).max();
        let seen = call.facts.seen_on.map(|date| paris::start(date.first_day()));
        let updated = changed.or(seen).unwrap_or(built);
        // a buffer in memory takes every write
        let _ = write!(
            out,
            "<entry>\n<id>{address}#{code}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n<summary>{}</summary>\n</entry>\n",
            xml(&writer.set(call.name(layout.language))),
            stamp(updated),
            xml(&until),
            address = xml(&address),
            code = xml(&call.code),
        );
    }
    out.push_str("</feed>\n");
    Ok(out)
}
