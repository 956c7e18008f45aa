//! What changed, as a feed (Atom, RFC 4287): everything, or what the filters leave.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;

use crate::{
    domain::Language,
    http::{
        page::{
            layout::Layout,
            query::PageQuery,
            reply::{self, Visit},
        },
        site::list::item::ListItem,
        web::state::State,
    },
    search::{Collection, Order, PageRequest, Selection, Snapshot},
};

/// The latest changes that a feed tells.
const ENTRIES: usize = 50;

/// `GET /flux.atom` and `GET /en/feed.atom`
pub(crate) async fn changes(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::written(&request, &state, "application/atom+xml; charset=utf-8", |visit| {
        let Visit { snapshot, state, layout, query, cancellation } = visit;
        let PageQuery { params, selection, sentence, .. } =
            PageQuery::read(query, snapshot, (cancellation, layout.language))?;
        let feed = Feed { snapshot, layout, query: params.filter_query() };
        Ok(feed.write(&selection, &sentence, &state.about.publisher))
    })
    .await
}

struct Feed<'s> {
    snapshot: &'s Snapshot,
    layout: &'s Layout,
    query: String,
}

impl Feed<'_> {
    fn write(&self, selection: &Selection, sentence: &str, author: &str) -> String {
        let language: Language = self.layout.language;
        let newest =
            PageRequest { order: (Order::UpdatedAt, true), after: None, limit: ENTRIES, language };
        // without a cursor there is none that could be gone
        let page = self.snapshot.page(Collection::Partnerships, selection, &newest);
        let records = page.map(|page| page.items).unwrap_or_default();
        let updated = records.first().map(|record| self.snapshot.updated(*record));
        let updated = updated.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true);
        let filters =
            if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let own = self.layout.absolute(&format!("{}{filters}", self.layout.feed_path()));
        let page = self.layout.absolute(&format!("{}{filters}", self.layout.list_path()));
        let title = self.layout.headed(self.layout.text("feed.title"), sentence);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>{}</id>\n<title>{}</title>\n\
             <updated>{updated}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            language.code(),
            xml(&own),
            xml(&title),
            xml(author),
            xml(&own),
            xml(&page),
        );
        for record in &records {
            self.entry(&mut out, *record);
        }
        out.push_str("</feed>\n");
        out
    }

    fn entry(&self, out: &mut String, record: u32) {
        let Some(item) = ListItem::read(self.snapshot, record, self.layout.language) else {
            return;
        };
        let address = self.layout.absolute(&self.layout.partnership_path(&item.id));
        let updated = self.snapshot.updated(record).to_rfc3339_opts(SecondsFormat::Secs, true);
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
