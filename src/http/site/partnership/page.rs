//! The record of one partnership.

use askama::Template;

use crate::{
    domain::{Column, Position, Verifier},
    http::{
        page::{
            history::HistoryStep,
            layout::{Layout, PageLink},
        },
        site::{directory::act_here::ActHere, place::page::PlaceKind, share::page::Share},
        text::{format, texts::Texts},
    },
    search::Dimension,
};

/// `/partenariats/{id}` and `/en/partnerships/{id}`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/partnership/partnership.html")]
pub struct PartnershipPage {
    /// Who can help, and who pays.
    pub act: ActHere,
    /// The frame; its title is the partnership's.
    pub layout: Layout,
    /// How to share it.
    pub share: Share,
    /// The stable id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Code of the kind, if known.
    pub kind: Option<String>,
    /// Label of the kind, if known.
    pub kind_label: Option<String>,
    /// Code of the status, if known.
    pub status: Option<String>,
    /// Label of the status, if known.
    pub status_label: Option<String>,
    /// ISO date, as precise as known.
    pub start: Option<String>,
    /// ISO date, as precise as known.
    pub end: Option<String>,
    /// The French side; the lead first.
    pub collectivities: Vec<CollectivityView>,
    /// The foreign side.
    pub partners: Vec<PartnerView>,
    /// Themes.
    pub themes: Vec<ThemeView>,
    /// Numbers of Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<u8>,
    /// Free text; line ends are kept.
    pub description: Option<String>,
    /// Euros.
    pub budget_eur: Option<f64>,
    /// Names.
    pub funders: Vec<PageLink>,
    /// `http` or `https`; anything else is shown as text and not linked.
    pub url: Option<String>,
    /// ISO date of the last check.
    pub verified_on: Option<String>,
    /// For whom it was confirmed here.
    pub verified_by: Option<Verifier>,
    /// What to think of that date.
    pub verification: Verification,
    /// Who keeps the record.
    pub source: String,
    /// The records of all who keep the partnership, where several do; the one that leads first.
    pub sources: Vec<SourceView>,
    /// What that record does not say, and who does.
    pub filled: Vec<(Column, String)>,
    /// ISO date or instant of the last change.
    pub updated_at: Option<String>,
    /// Other forms of this record.
    pub formats: Vec<DataFormat>,
    /// Its versions, newest first; empty where they cannot be told just now.
    pub history: Vec<HistoryStep>,
}

/// The record of one of several sources.
#[derive(Debug, Clone, Default)]
pub struct SourceView {
    /// Who keeps it.
    pub source: String,
    /// Its id.
    pub id: String,
}

/// Whether somebody checked the record lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verification {
    /// Checked lately enough.
    Fresh,
    /// Checked, but too long ago.
    Stale,
    /// Never checked.
    #[default]
    Never,
}

/// A French authority of the partnership.
#[derive(Debug, Clone, Default)]
pub struct CollectivityView {
    /// INSEE or SIREN.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Label of its kind: `Commune`.
    pub kind_label: String,
    /// Its département, if it lies in one.
    pub department_name: Option<String>,
    /// Its region, if it lies in one.
    pub region_name: Option<String>,
    /// INSEE code of that.
    pub region_code: Option<String>,
    /// Degrees east, if placed.
    pub lon: Option<f64>,
    /// Degrees north, if placed.
    pub lat: Option<f64>,
}

/// A foreign authority of the partnership.
#[derive(Debug, Clone, Default)]
pub struct PartnerView {
    /// Its public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is told beside the name: its region, its kind.
    pub details: Vec<String>,
    /// Alpha-2.
    pub country_code: String,
    /// Name of the country in the page's language.
    pub country_name: String,
    /// Degrees east, if placed.
    pub lon: Option<f64>,
    /// Degrees north, if placed.
    pub lat: Option<f64>,
}

/// A theme of the partnership.
#[derive(Debug, Clone, Default)]
pub struct ThemeView {
    /// Code.
    pub code: String,
    /// Label in the page's language.
    pub label: String,
}

/// Another form of the record.
#[derive(Debug, Clone, Default)]
pub struct DataFormat {
    /// `GeoJSON`.
    pub label: String,
    /// Where it is.
    pub path: String,
    /// `application/geo+json`.
    pub media_type: String,
}

impl PartnershipPage {
    /// The address to link, if it is one that a browser may open.
    pub fn link(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let scheme = url.split_once("://")?.0.to_ascii_lowercase();
        matches!(scheme.as_str(), "http" | "https").then_some(url)
    }

    /// The address without its scheme, for reading.
    pub fn link_text(&self) -> &str {
        let url = self.url.as_deref().unwrap_or_default();
        url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
    }

    /// The status, where it says something.
    pub fn shown_status(&self) -> Option<&str> {
        self.status_label.as_deref().filter(|_| self.status_code() != "inconnu")
    }

    /// The code of the status; empty if not known.
    pub fn status_code(&self) -> &str {
        self.status.as_deref().unwrap_or_default()
    }

    /// The budget as the language writes it.
    pub fn budget(&self) -> Option<String> {
        self.budget_eur.map(|euros| format::euros(self.layout.language, euros))
    }

    /// Kilometres between the lead collectivité and the first partner, if both are placed.
    pub fn distance(&self) -> Option<String> {
        let home = self.collectivities.first()?;
        let partner = self.partners.first()?;
        let at = |lon: Option<f64>, lat: Option<f64>| Position::new(lon?, lat?).ok();
        let km = at(home.lon, home.lat)?.distance_km(at(partner.lon, partner.lat)?);
        (km >= 1.0).then(|| format::number(self.layout.language, km.round() as u64))
    }

    /// Whether no partner has a position.
    pub fn is_unplaced(&self) -> bool {
        self.partners.iter().all(|partner| partner.lon.is_none())
    }

    /// Whose word a value is, in a few words, where the leading record does not say it.
    pub fn according_to(&self, column: &str) -> Option<String> {
        let (_, source) = self.filled.iter().find(|(filled, _)| filled.name() == column)?;
        Some(self.layout.fill("record.according_to", "source", source))
    }

    /// The paragraphs of the description.
    pub fn paragraphs(&self) -> Vec<&str> {
        let text = self.description.as_deref().unwrap_or_default();
        text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    /// The official short name of a goal.
    pub fn sdg_label(&self, number: &u8) -> String {
        let key = format!("sdg.{number}");
        let label = self.layout.text(&key);
        label.to_owned()
    }

    /// What a source is called.
    pub fn source_label(&self, source: &str) -> String {
        Dimension::Source.label(source, self.layout.language)
    }

    /// What the page says of the last check.
    pub fn verification_text(&self) -> String {
        let date = self.verified_on.as_deref().map(|iso| self.layout.date(iso)).unwrap_or_default();
        let by = self.verified_by.map(|by| format!("record.verification.by.{}", by.code()));
        let by = by.map(|key| self.layout.text(&key).to_owned()).unwrap_or_default();
        let key = match self.verification {
            Verification::Fresh => "record.verification.fresh",
            Verification::Stale => "record.verification.stale",
            Verification::Never => return self.layout.text("record.verification.never").to_owned(),
        };
        Texts::of(self.layout.language).fill(key, &[("date", &date), ("by", &by)])
    }

    /// The class of the mark: `fresh`, `stale` or `never`.
    pub fn verification_class(&self) -> &'static str {
        match self.verification {
            Verification::Fresh => "fresh",
            Verification::Stale => "stale",
            Verification::Never => "never",
        }
    }

    /// The page of a place or theme of the partnership.
    pub fn place_path(&self, parameter: &str, code: &str) -> String {
        let kind = PlaceKind::ALL.into_iter().find(|kind| kind.parameter() == parameter);
        kind.unwrap_or_default().path(self.layout.language, code)
    }

    /// Places of both sides as `lon,lat` pairs for the small globe; empty without a partner's place.
    pub fn globe_places(&self) -> Option<(String, String)> {
        let write = |lon: f64, lat: f64| format!("{lon:.5},{lat:.5}");
        let homes: Vec<String> = self
            .collectivities
            .iter()
            .filter_map(|home| Some(write(home.lon?, home.lat?)))
            .collect();
        let partners: Vec<String> = self
            .partners
            .iter()
            .filter_map(|partner| Some(write(partner.lon?, partner.lat?)))
            .collect();
        (!partners.is_empty()).then(|| (homes.join(" "), partners.join(" ")))
    }
}

impl CollectivityView {
    /// Its département, unless it is one.
    pub fn shown_department(&self) -> Option<&str> {
        self.department_name.as_deref().filter(|name| *name != self.name)
    }

    /// Its région, unless it is one, or a département that is.
    pub fn shown_region(&self) -> Option<&str> {
        let other = |name: &&str| *name != self.name && Some(*name) != self.shown_department();
        self.region_name.as_deref().filter(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_linked() {
        let page =
            |url: &str| PartnershipPage { url: Some(url.into()), ..PartnershipPage::default() };
        assert_eq!(page("https://example.org/a/").link_text(), "example.org/a");
        assert!(page("HTTP://example.org").link().is_some());
        for bad in ["javascript:alert(1)", "javascript://x", "data:text/html,x", "example.org", ""]
        {
            assert_eq!(page(bad).link(), None, "{bad}");
        }
    }

    #[test]
    fn a_record_with_nothing_known_still_renders() {
        let html = PartnershipPage::default().render().unwrap();
        assert!(html.contains("Jamais vérifié"));
    }
}
