//! The page of a place or a theme: what there is, on what, with whom, since when; one page for
//! authorities of both sides, countries, régions and themes.

use askama::Template;
use chrono::NaiveDate;

use crate::{
    domain::Language,
    http::{
        page::{
            addresses, checks,
            layout::{Layout, PageLink, escape, escape_query},
            site_page::SitePage,
        },
        site::{
            directory::act_here::ActHere,
            list::view::RecordList,
            partnership::page::DataFormat,
            place::{moment::AuthorityMoment, picture::PictureView},
            share::page::{Files, Share},
        },
        text::{grammar, texts::Texts},
    },
    search::{
        facets::Totals,
        profile::{Checks, STALE_AFTER, SelectionProfile},
    },
};

/// What a page is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlaceKind {
    /// A French authority.
    #[default]
    Collectivity,
    /// A foreign authority.
    Partner,
    /// A country of partners.
    Country,
    /// A French région.
    Region,
    /// A theme.
    Theme,
}

impl PlaceKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Collectivity, Self::Partner, Self::Country, Self::Region, Self::Theme];

    /// What its pages are below, in a language.
    pub fn folder(self, language: Language) -> &'static str {
        let paths = match self {
            Self::Collectivity => SitePage::Authorities.paths(),
            Self::Partner => addresses::PARTNERS,
            Self::Country => addresses::COUNTRIES,
            Self::Region => addresses::REGIONS,
            Self::Theme => addresses::THEMES,
        };
        paths[language as usize]
    }

    /// The parameter that filters by it.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Collectivity => "collectivity",
            Self::Partner => "partner",
            Self::Country => "country",
            Self::Region => "region",
            Self::Theme => "theme",
        }
    }

    /// The part of the catalogue's keys that names it.
    pub fn key(self) -> &'static str {
        self.parameter()
    }

    /// The page of one, in a language.
    pub fn path(self, language: Language, code: &str) -> String {
        format!("{}/{}", self.folder(language), escape(code))
    }
}

/// `/pays/{alpha2}`, `/regions/{code}`, `/collectivites/{code}`, `/partenaires/{id}`,
/// `/themes/{code}`, and in English `/en/countries/{alpha2}` and so on.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/place/place.html")]
pub struct PlacePage {
    /// The frame; its description is the [`sentence`].
    pub layout: Layout,
    /// What it is about.
    pub kind: PlaceKind,
    /// What it is called.
    pub name: String,
    /// What it is, above its name: `Commune · Rhône · Auvergne-Rhône-Alpes`, some with a page.
    pub place: Vec<PageLink>,
    /// The sentence of the view.
    pub sentence: String,
    /// The numbers of the view.
    pub figures: Vec<Figure>,
    /// How many there are of each kind: `11 jumelages`, with the list of these.
    pub kinds: Vec<PageLink>,
    /// Whether its records were checked.
    pub checks: Checks,
    /// The day of that.
    pub today: NaiveDate,
    /// Themes, most frequent first.
    pub themes: Vec<Bar>,
    /// Themes that nothing is about, with the page of each.
    pub gaps: Vec<PageLink>,
    /// Who and where, most frequent first.
    pub rankings: Vec<PlaceRanking>,
    /// When partnerships began.
    pub decades: Vec<DecadeColumn>,
    /// How many do not say when.
    pub undated: u64,
    /// The small map.
    pub picture: Option<PictureView>,
    /// What its globe plays, of a French authority.
    pub moment: Option<AuthorityMoment>,
    /// Who else there is, explained.
    pub others: Vec<Others>,
    /// Who can help, and who pays.
    pub act: ActHere,
    /// The partnerships.
    pub list: RecordList,
    /// This selection as data.
    pub formats: Vec<DataFormat>,
    /// The same by what each is for.
    pub files: Files,
    /// By which code a French authority is found elsewhere, since the register cannot reach it.
    pub contact: Option<String>,
    /// The map with this selection.
    pub map_path: String,
    /// The list with this selection, to be filtered further.
    pub list_path: String,
    /// The comparison that begins with this.
    pub compare_path: Option<String>,
    /// How to share it.
    pub share: Share,
    /// Pages nearby.
    pub see_also: Vec<PageLink>,
}

/// A number and what it counts.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// As the language writes it.
    pub value: String,
    /// `collectivités françaises`
    pub label: String,
}

/// A row of a table with a bar.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// What tells it from its namesakes: a country, a département.
    pub detail: Option<String>,
    /// Its page.
    pub path: String,
    /// Partnerships.
    pub count: u64,
    /// Of the largest, in hundredths.
    pub share: u64,
}

/// A column of the time line.
#[derive(Debug, Clone, Default)]
pub struct DecadeColumn {
    /// `1980` or `avant 1950`.
    pub label: String,
    /// `années 1980`, as it is read out.
    pub long_label: String,
    /// Partnerships that began then.
    pub count: u64,
    /// Of the highest, in hundredths.
    pub share: u64,
}

/// The most frequent of a kind.
#[derive(Debug, Clone, Default)]
pub struct PlaceRanking {
    /// The catalogue's key of the heading: `place.ranking.country`.
    pub key: &'static str,
    /// `home` or `partner`: the side that the colour tells.
    pub side: &'static str,
    /// Its rows.
    pub bars: Vec<Bar>,
    /// How many there are beside them.
    pub more: u64,
}

/// Who else: a reason, and those whom it fits.
#[derive(Debug, Clone, Default)]
pub struct Others {
    /// The reason as a heading: `Près d’ici, avec le Mali aussi`.
    pub reason: String,
    /// Each with what is to be known.
    pub entries: Vec<OtherEntry>,
}

/// One of those.
#[derive(Debug, Clone, Default)]
pub struct OtherEntry {
    /// Its name and page.
    pub link: PageLink,
    /// `à 24 km · 3 partenariats`
    pub detail: String,
}

impl DecadeColumn {
    /// What is empty above it, in hundredths.
    pub fn rest(&self) -> u64 {
        100 - self.share
    }
}

impl PlaceRanking {
    /// Its id on the page: `ranking-country`.
    pub fn anchor(&self) -> String {
        self.key.trim_start_matches("place.").replace('.', "-")
    }
}

/// Gives rows their shares of the largest; none where all are one, which bars cannot show.
pub fn with_shares(mut bars: Vec<Bar>) -> Vec<Bar> {
    let largest = bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
    for bar in bars.iter_mut().filter(|_| largest > 1) {
        bar.share = (bar.count * 100).div_ceil(largest);
    }
    bars
}

/// The columns of a time line.
pub fn columns(layout: &Layout, profile: &SelectionProfile) -> Vec<DecadeColumn> {
    let highest = profile.decades.iter().map(|decade| decade.begun).max().unwrap_or(1).max(1);
    let column = |decade: &crate::search::profile::Decade| {
        let before = layout.text("place.decade.before");
        let label = decade.first.map_or_else(|| before.to_owned(), |year| year.to_string());
        let long_label = match decade.first {
            Some(_) => layout.fill("place.decade", "year", &label),
            None => before.to_owned(),
        };
        let share = (decade.begun * 100).div_ceil(highest);
        DecadeColumn { label, long_label, count: decade.begun, share }
    };
    profile.decades.iter().map(column).collect()
}

/// "454 partenariats de 180 collectivités françaises avec 310 partenaires, depuis 1967".
pub fn sentence(
    language: Language,
    kind: PlaceKind,
    (totals, only_country): (Totals, Option<&str>),
    since: Option<i32>,
) -> String {
    let texts = Texts::of(language);
    if totals.partnerships == 0 {
        return texts.text("place.sentence.none").to_owned();
    }
    let counted = |key: &str, count| grammar::counted(language, key, count);
    let Totals { partnerships, collectivities, partners, countries } = totals;
    let mut parts = vec![counted("place.sentence.partnerships", partnerships)];
    if kind != PlaceKind::Collectivity {
        parts.push(counted("place.sentence.collectivities", collectivities));
    }
    if kind != PlaceKind::Partner {
        parts.push(counted("place.sentence.partners", partners));
    }
    if matches!(kind, PlaceKind::Collectivity | PlaceKind::Region | PlaceKind::Theme) {
        parts.push(match only_country {
            Some(name) => grammar::in_country(language, name),
            None => counted("place.sentence.countries", countries),
        });
    }
    let mut sentence = parts.join(" ");
    if let Some(year) = since {
        sentence.push_str(&texts.fill("place.sentence.since", &[("year", &year.to_string())]));
    }
    sentence
}

impl PlacePage {
    /// What kind of thing it is, for style and tests.
    pub fn kind_name(&self) -> &'static str {
        self.kind.parameter()
    }

    /// Which side it is on: `home`, `partner` or neither.
    pub fn side(&self) -> &'static str {
        match self.kind {
            PlaceKind::Collectivity | PlaceKind::Region => "home",
            PlaceKind::Partner | PlaceKind::Country => "partner",
            PlaceKind::Theme => "theme",
        }
    }

    /// The heading of a section, as its kind of page words it.
    pub fn heading(&self, section: &str) -> String {
        let texts = Texts::of(self.layout.language);
        let own = format!("place.{section}.{}", self.kind.key());
        let text = texts
            .find(&own)
            .unwrap_or_else(|| texts.find(&format!("place.{section}")).unwrap_or_default());
        text.to_owned()
    }

    /// The list of the records of a part of the bar of checks.
    pub fn check_path(&self, name: &str) -> String {
        let limit = self.today.checked_sub_months(STALE_AFTER).unwrap_or(self.today);
        let (parameter, value) = match name {
            "fresh" => ("verified_since", limit.to_string()),
            "stale" => ("filter", checks::before(limit)),
            _ => ("filter", checks::NEVER.to_owned()),
        };
        format!("{}&{parameter}={}", self.list_path, escape_query(&value))
    }

    /// The three parts of the bar of checks, each with its class, share and words.
    pub fn check_parts(&self) -> Vec<(&'static str, u64, String)> {
        let Checks { fresh, stale, never } = self.checks;
        let total = (fresh + stale + never).max(1);
        [("fresh", fresh), ("stale", stale), ("never", never)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| {
                let words = self.layout.counted(&format!("place.checks.{name}"), count);
                (name, (count * 1000).div_ceil(total), words)
            })
            .collect()
    }

    /// Where a part of the bar of checks begins.
    pub fn check_start(&self, part: &usize) -> u64 {
        self.check_parts().iter().take(*part).map(|(_, share, _)| share).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_what_is_not_the_place_itself() {
        let totals = Totals { partnerships: 1200, collectivities: 1, partners: 3, countries: 2 };
        assert_eq!(
            sentence(Language::French, PlaceKind::Collectivity, (totals, None), Some(1951)),
            "1\u{202f}200 partenariats avec 3 partenaires dans 2 pays, depuis 1951"
        );
        assert_eq!(
            sentence(Language::French, PlaceKind::Region, (totals, Some("Mali")), None),
            "1\u{202f}200 partenariats de 1 collectivité française avec 3 partenaires au Mali"
        );
        assert_eq!(
            sentence(Language::English, PlaceKind::Country, (totals, None), None),
            "1,200 partnerships of 1 French authority with 3 partners"
        );
        let none = Totals { partnerships: 0, collectivities: 0, partners: 0, countries: 0 };
        assert_eq!(
            sentence(Language::French, PlaceKind::Theme, (none, None), None),
            "Aucun partenariat connu"
        );
    }

    #[test]
    fn text_from_data_is_escaped_in_every_part() {
        let hostile = "\"><script>alert(1)</script>".to_owned();
        let bar = Bar { label: hostile.clone(), detail: Some(hostile.clone()), ..Bar::default() };
        let link = PageLink { label: hostile.clone(), path: "/x".into() };
        let page = PlacePage {
            name: hostile.clone(),
            sentence: hostile.clone(),
            place: vec![link.clone()],
            themes: vec![bar.clone()],
            gaps: vec![link.clone()],
            rankings: vec![PlaceRanking {
                key: "place.ranking.partner",
                bars: vec![bar],
                ..PlaceRanking::default()
            }],
            others: vec![Others {
                reason: hostile.clone(),
                entries: vec![OtherEntry { link, detail: hostile }],
            }],
            ..PlacePage::default()
        };
        assert!(!page.render().unwrap().contains("<script>alert"));
    }
}
