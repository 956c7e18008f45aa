//! The places and themes that have pages: what an address names.

use chrono::Utc;
use roaring::RoaringBitmap;

use crate::{
    domain::Language,
    http::{
        page::{layout::PageLink, reply, selection::only_country},
        site::place::page::{self, PlaceKind},
    },
    reference::{Collectivities, Countries, territories, vocabularies},
    search::{
        Collection, Dimension, Snapshot, department_beside, profile::SelectionProfile, told_beside,
    },
};

/// A place or a theme that has a page.
pub(crate) struct Subject {
    pub(crate) kind: PlaceKind,
    pub(crate) code: String,
    pub(crate) name: String,
    /// What it is and where.
    pub(crate) place: Vec<PageLink>,
    /// Alpha-2 of the country that the map marks.
    pub(crate) country: Option<String>,
}

/// What an address may turn out to be.
pub(crate) enum FoundSubject {
    Here(Subject),
    /// The code as it should be written.
    Elsewhere(String),
    Nowhere,
}

pub(crate) fn find(
    snapshot: &Snapshot,
    kind: PlaceKind,
    code: &str,
    language: Language,
) -> FoundSubject {
    let found = match kind {
        PlaceKind::Collectivity => collectivity(snapshot, code, language),
        PlaceKind::Partner => partner(snapshot, code, language),
        PlaceKind::Country => country(&code.to_ascii_uppercase(), language),
        PlaceKind::Region => region(&code.to_ascii_uppercase(), language),
        PlaceKind::Theme => theme(&code.to_ascii_lowercase(), language),
    };
    match found {
        Some(subject) if subject.code == code => FoundSubject::Here(subject),
        Some(subject) => FoundSubject::Elsewhere(subject.code),
        None => FoundSubject::Nowhere,
    }
}

/// What records were selected by: a value of a dimension; none of a foreign authority.
pub(crate) type SelectedBy<'c> = (Option<Dimension>, &'c str);

impl Subject {
    pub(crate) fn selects(&self) -> SelectedBy<'_> {
        (Dimension::from_name(self.kind.parameter()), &self.code)
    }
}

/// Whether an authority lies in a country, a région or a département: a partnership of several
/// authorities may bring others. Nothing lies outside of anything else.
fn lies_in(
    snapshot: &Snapshot,
    (dimension, code): SelectedBy<'_>,
    collection: Collection,
    item: u32,
) -> bool {
    let home = || snapshot.collectivity(item);
    match (dimension, collection) {
        (Some(Dimension::Country), Collection::Partners) => {
            snapshot.partner(item).1.country == code
        }
        (Some(Dimension::Region), Collection::Collectivities) => {
            home().region.as_deref() == Some(code)
        }
        (Some(Dimension::Department), Collection::Collectivities) => {
            home().department.as_deref() == Some(code)
        }
        _ => true,
    }
}

/// The authorities of a place or theme that most of its records have, at most so many, each with
/// its number of records; and how many there are.
pub(crate) fn most_frequent(
    snapshot: &Snapshot,
    of: SelectedBy<'_>,
    collection: Collection,
    records: &RoaringBitmap,
    first: (usize, Language),
) -> (Vec<(u32, u32)>, u64) {
    let is_own = |item| lies_in(snapshot, of, collection, item);
    snapshot.most_frequent(collection, records, is_own, first)
}

/// What the records of a place or theme hold: of the side that it is on only what lies in it.
pub(crate) fn profile(
    snapshot: &Snapshot,
    of: SelectedBy<'_>,
    records: &RoaringBitmap,
) -> SelectionProfile {
    let mut profile = snapshot.profile(records, Utc::now().date_naive());
    let count =
        |collection| most_frequent(snapshot, of, collection, records, (0, Language::default())).1;
    match of.0 {
        Some(Dimension::Country) => profile.totals.partners = count(Collection::Partners),
        Some(Dimension::Region | Dimension::Department) => {
            profile.totals.collectivities = count(Collection::Collectivities);
        }
        _ => {}
    }
    profile
}

/// What is said of a place or theme in a sentence.
pub(crate) fn sentence(
    snapshot: &Snapshot,
    kind: PlaceKind,
    (profile, records): (&SelectionProfile, &RoaringBitmap),
    language: Language,
) -> String {
    let only_country = only_country(snapshot, records, language);
    page::sentence(language, kind, (profile.totals, only_country), profile.since)
}

/// What it is, with nowhere to go.
fn said(label: &str) -> PageLink {
    PageLink { label: label.to_owned(), path: String::new() }
}

pub(crate) fn to(kind: PlaceKind, language: Language, code: &str, label: &str) -> PageLink {
    PageLink { label: label.to_owned(), path: kind.path(language, code) }
}

/// One that records name, else one of the bundled list: of that there is nothing to tell yet, but
/// who asks is told so.
fn collectivity(snapshot: &Snapshot, code: &str, language: Language) -> Option<Subject> {
    let known = snapshot.item(Collection::Collectivities, code);
    let known = known.map(|item| snapshot.collectivity(item).clone());
    let found = known.or_else(|| {
        let found = Collectivities::bundled().by_code(code, None)?;
        Some((*found.collectivity).clone())
    })?;
    let mut place = vec![said(found.kind.label.get(language))];
    place.extend(department_beside(&found, language).map(|name| said(&name)));
    if let Some(code) = found.region.as_deref() {
        let name = Dimension::Region.label(code, language);
        place.push(to(PlaceKind::Region, language, code, &name));
    }
    let kind = PlaceKind::Collectivity;
    Some(Subject { kind, code: found.code, name: found.name, place, country: None })
}

fn partner(snapshot: &Snapshot, id: &str, language: Language) -> Option<Subject> {
    let item = snapshot.item(Collection::Partners, id)?;
    let (id, partner) = snapshot.partner(item);
    let country = Dimension::Country.label(&partner.country, language);
    let mut place = vec![said(reply::text(language, "place.what.partner"))];
    place.extend(told_beside(partner, language).map(|text| said(&text)));
    place.push(to(PlaceKind::Country, language, &partner.country, &country));
    Some(Subject {
        kind: PlaceKind::Partner,
        code: id.to_string(),
        name: partner.name.clone(),
        place,
        country: Some(partner.country.clone()),
    })
}

fn country(code: &str, language: Language) -> Option<Subject> {
    let country = Countries::bundled().by_alpha2(code)?;
    Some(Subject {
        kind: PlaceKind::Country,
        code: country.alpha2.clone(),
        name: country.name.get(language).to_owned(),
        place: vec![
            said(reply::text(language, "place.what.country")),
            said(country.zone.label.get(language)),
        ],
        country: Some(country.alpha2.clone()),
    })
}

fn region(code: &str, language: Language) -> Option<Subject> {
    let region = territories::regions().get(code)?;
    Some(Subject {
        kind: PlaceKind::Region,
        code: region.code.clone(),
        name: region.name.clone(),
        place: vec![said(reply::text(language, "place.what.region"))],
        country: None,
    })
}

fn theme(code: &str, language: Language) -> Option<Subject> {
    let theme = vocabularies::themes().by_code(code)?;
    Some(Subject {
        kind: PlaceKind::Theme,
        code: theme.code.clone(),
        name: theme.label.get(language).to_owned(),
        place: vec![said(reply::text(language, "place.what.theme"))],
        country: None,
    })
}
