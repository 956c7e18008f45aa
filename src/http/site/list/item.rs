//! A partnership as a row of a list, whichever page has it.

use std::sync::Arc;

use crate::{
    domain::{Language, PartialDate, Partner, Term, timestamp},
    http::{
        page::layout::Layout,
        text::{format, grammar, texts::Texts},
    },
    reference::territories,
    search::{Collection, Dimension, Snapshot},
};

/// Countries of a partnership that a row names; of more the first and how many others.
const MAX_NAMED_COUNTRIES: usize = 3;

/// A partnership in the list.
#[derive(Debug, Clone, Default)]
pub struct ListItem {
    /// The stable id, URL-safe.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Label of the kind, if known.
    pub kind_label: Option<String>,
    /// Code of the status (`en_cours`…), if known.
    pub status: Option<String>,
    /// Label of the status, if known.
    pub status_label: Option<String>,
    /// ISO date, as precise as known.
    pub start: Option<String>,
    /// ISO date, as precise as known.
    pub end: Option<String>,
    /// The lead collectivité.
    pub collectivity_name: String,
    /// Its region, if it has one.
    pub region_name: Option<String>,
    /// How many collectivités there are beside the lead.
    pub other_collectivities: u64,
    /// The first partner.
    pub partner_name: String,
    /// Its country.
    pub country_name: String,
    /// The countries of all partners, each once.
    pub countries: Vec<String>,
    /// How many partners there are beside the first.
    pub other_partners: u64,
    /// Labels of the themes.
    pub theme_labels: Vec<String>,
    /// ISO date of the last check.
    pub verified_on: Option<String>,
    /// ISO instant of the last change.
    pub updated_at: Option<String>,
    /// Whether the map has the first partner (it has a position).
    pub is_placed: bool,
}

/// The labels of some terms.
fn labels(terms: &[&Term], language: Language) -> Vec<String> {
    terms.iter().map(|term| term.label.get(language).to_owned()).collect()
}

/// The countries of some partners, each once, in their order.
fn countries(partners: &[Arc<Partner>], language: Language) -> Vec<String> {
    let mut codes: Vec<&str> = Vec::new();
    for partner in partners {
        if !codes.contains(&partner.country.as_str()) {
            codes.push(&partner.country);
        }
    }
    codes.into_iter().map(|code| Dimension::Country.label(code, language)).collect()
}

impl ListItem {
    /// The row of a record; none where the snapshot cannot read it.
    pub(crate) fn read(snapshot: &Snapshot, record: u32, language: Language) -> Option<Self> {
        let partnership = snapshot.partnership(record)?;
        let (lead, first) = (&partnership.collectivities[0], &partnership.partners[0]);
        let region = lead.region.as_deref().and_then(|code| territories::regions().get(code));
        let date = |date: Option<PartialDate>| date.map(|date| date.to_string());
        Some(Self {
            id: snapshot.item_id(Collection::Partnerships, record),
            kind_label: Some(partnership.kind.label.get(language).to_owned()),
            status: Some(partnership.status.code.clone()),
            status_label: Some(partnership.status.label.get(language).to_owned()),
            start: date(partnership.period.start()),
            end: date(partnership.period.end()),
            collectivity_name: lead.name.clone(),
            region_name: region.map(|region| region.name.clone()),
            other_collectivities: partnership.collectivities.len() as u64 - 1,
            partner_name: first.name.clone(),
            country_name: Dimension::Country.label(&first.country, language),
            countries: countries(&partnership.partners, language),
            other_partners: partnership.partners.len() as u64 - 1,
            theme_labels: labels(&partnership.themes, language),
            verified_on: partnership.verified_on.map(|day| day.to_string()),
            updated_at: Some(timestamp(snapshot.updated(record))),
            is_placed: first.position().is_some(),
            title: partnership.title,
        })
    }

    /// Whether the title says more than who works with whom.
    pub fn has_own_title(&self) -> bool {
        let plain = [" – ", " - ", " / "].iter().any(|dash| {
            self.title == format!("{}{dash}{}", self.collectivity_name, self.partner_name)
        });
        !plain
    }

    /// The region, unless the collectivité is that region.
    pub fn region(&self) -> Option<&str> {
        self.region_name.as_deref().filter(|name| *name != self.collectivity_name)
    }

    /// The year in which it began.
    pub fn start_year(&self) -> Option<&str> {
        self.start.as_deref().map(format::year)
    }

    /// The status, where it says something.
    pub fn shown_status(&self) -> Option<&str> {
        self.status_label.as_deref().filter(|_| self.status_code() != "inconnu")
    }

    /// The code of the status; empty if not known.
    pub fn status_code(&self) -> &str {
        self.status.as_deref().unwrap_or_default()
    }

    /// Its countries: `Mali, Sénégal et Togo`, `Mali et 4 autres pays`.
    pub fn countries_in_words(&self, layout: &Layout) -> String {
        if self.countries.len() <= MAX_NAMED_COUNTRIES {
            return grammar::join(Texts::of(layout.language), &self.countries, "summary.and");
        }
        let others = self.countries.len() as u64 - 1;
        format!("{} {}", self.countries[0], layout.counted("listing.other_countries", others))
    }

    /// `depuis 1951`, `1951 – 2004`, `débuté en 1951` or nothing.
    pub fn period(&self, layout: &Layout) -> Option<String> {
        let texts = Texts::of(layout.language);
        match (self.start_year(), self.end.as_deref().map(format::year)) {
            (Some(start), Some(end)) if start == end => Some(start.to_owned()),
            (Some(start), Some(end)) => {
                Some(texts.fill("results.between", &[("start", start), ("end", end)]))
            }
            (Some(start), None) => {
                // what has ended holds no longer
                let key =
                    if self.status_code() == "termine" { "results.began" } else { "results.since" };
                Some(texts.fill(key, &[("date", start)]))
            }
            (None, Some(end)) => Some(texts.fill("results.until", &[("date", end)])),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_not_since() {
        let period = |status: &str, end: Option<&str>| {
            let item = ListItem {
                status: Some(status.into()),
                start: Some("1951-06".into()),
                end: end.map(str::to_owned),
                ..ListItem::default()
            };
            item.period(&Layout::default())
        };
        assert_eq!(period("en_cours", None).as_deref(), Some("depuis 1951"));
        assert_eq!(period("termine", None).as_deref(), Some("débuté en 1951"));
        assert_eq!(period("termine", Some("2004")).as_deref(), Some("1951 – 2004"));
    }
}
