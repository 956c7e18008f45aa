//! What changed, as a feed (Atom, RFC 4287) in pages (RFC 5005, 3): everything, or what the filters
//! leave. The first page tells what was removed last (RFC 6721).

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use crate::{
    domain::{Language, PartnershipId, timestamp},
    http::{
        page::{
            layout::Layout,
            query::PageQuery,
            reply::{self, Visit},
        },
        site::list::item::ListItem,
        web::{problem::Problem, state::State},
    },
    search::{
        Collection, Order, Page, PageRequest, ParameterError, Selection, Snapshot, page::CursorGone,
    },
};

/// The latest changes that a feed tells.
const ENTRIES: usize = 50;

/// `GET /flux.atom` and `GET /en/feed.atom`
pub(crate) async fn changes(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::written(&request, &state, "application/atom+xml; charset=utf-8", |visit| {
        let Visit { snapshot, state, layout, query, cancellation } = visit;
        let PageQuery { params, cursor, selection, sentence, .. } =
            PageQuery::read(query, snapshot, (cancellation, layout.language))?;
        let mut removed = match cursor {
            None => state.register.last_removed(ENTRIES as i64)?,
            Some(_) => Vec::new(),
        };
        // the database may be a moment ahead of what is published
        let records = snapshot.every_record();
        removed.retain(|(id, _)| records.find(*id).is_none());
        let feed = Feed { snapshot, layout, query: params.filter_query(), cursor, removed };
        feed.write(&selection, &sentence, &state.about.publisher)
    })
    .await
}

struct Feed<'s> {
    snapshot: &'s Snapshot,
    layout: &'s Layout,
    query: String,
    /// Where the page begins; none of the first one.
    cursor: Option<String>,
    /// Records that are not there any more, each with when they were removed.
    removed: Vec<(PartnershipId, DateTime<Utc>)>,
}

impl Feed<'_> {
    fn write(
        &self,
        selection: &Selection,
        sentence: &str,
        author: &str,
    ) -> Result<String, Problem> {
        let language: Language = self.layout.language;
        let order = (Order::UpdatedAt, true);
        let newest = PageRequest { order, after: self.cursor.clone(), limit: ENTRIES, language };
        let page = self.snapshot.page(Collection::Partnerships, selection, &newest);
        let Page { items: records, next } = page.map_err(|CursorGone| {
            let reason = [
                "il ne mène plus à rien ; recommencez sans lui",
                "it is not valid any more; start again without one",
            ];
            ParameterError::new("cursor", reason)
        })?;
        let changed = records.first().map(|record| self.snapshot.updated(*record));
        let updated = changed.max(self.removed.first().map(|(_, at)| *at));
        let updated = timestamp(updated.unwrap_or_default());
        let (first, own) = (self.address(None), self.address(self.cursor.as_deref()));
        let filters =
            if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let page = self.layout.absolute(&format!("{}{filters}", self.layout.list_path()));
        let title = self.layout.headed(self.layout.text("feed.title"), sentence);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" xml:lang=\"{}\">\n<id>{}</id>\n<title>{}</title>\n\
             <updated>{updated}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            language.code(),
            xml(&first),
            xml(&title),
            xml(author),
            xml(&own),
            xml(&page),
        );
        let links = [("first", Some(first)), ("next", next.map(|next| self.address(Some(&next))))];
        for (relation, address) in links {
            let Some(address) = address else { continue };
            // a buffer in memory takes every write
            let _ = writeln!(
                out,
                "<link rel=\"{relation}\" type=\"application/atom+xml\" href=\"{}\"/>",
                xml(&address)
            );
        }
        for (id, at) in &self.removed {
            self.tombstone(&mut out, *id, *at);
        }
        for record in &records {
            self.entry(&mut out, *record);
        }
        out.push_str("</feed>\n");
        Ok(out)
    }

    /// The address of a page of the feed.
    fn address(&self, cursor: Option<&str>) -> String {
        let cursor = cursor.map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
        let parts = [self.query.as_str(), &cursor];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let separator = if parts.is_empty() { "" } else { "?" };
        let query = parts.join("&");
        self.layout.absolute(&format!("{}{separator}{query}", self.layout.feed_path()))
    }

    fn tombstone(&self, out: &mut String, id: PartnershipId, at: DateTime<Utc>) {
        let address = self.layout.absolute(&self.layout.partnership_path(&id.to_string()));
        let when = timestamp(at);
        let _ = writeln!(out, "<at:deleted-entry ref=\"{}\" when=\"{when}\"/>", xml(&address));
    }

    fn entry(&self, out: &mut String, record: u32) {
        let Some(item) = ListItem::read(self.snapshot, record, self.layout.language) else {
            return;
        };
        let address = self.layout.absolute(&self.layout.partnership_path(&item.id));
        let updated = timestamp(self.snapshot.updated(record));
        let mut summary =
            format!("{} – {} ({})", item.collectivity_name, item.partner_name, item.country_name);
        let more = [item.kind_label, item.status_label].into_iter().flatten();
        for word in more.chain(item.theme_labels) {
            summary.push_str(" · ");
            summary.push_str(&word);
        }
        // a buffer in memory takes every write
        let _ = write!(
            out,
            "<entry>\n<id>{address}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n<summary>{}</summary>\n</entry>\n",
            xml(&item.title),
            xml(&summary),
            address = xml(&address),
        );
    }
}

/// A text as XML 1.0 has it (2.2, 2.4): what it may not hold is left out.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_element() {
        assert_eq!(xml("a]]><b c=\"d\">&\u{0}\n"), "a]]&gt;&lt;b c=&quot;d&quot;&gt;&amp; ");
    }
}
