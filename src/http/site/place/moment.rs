//! The partners of a French authority in the order in which they came, to be played on a globe;
//! and how it stands among its like.

use super::{page::PlaceKind, subjects::to};
use crate::{
    domain::{Collectivity, Language, Position},
    http::{
        page::layout::{Layout, PageLink},
        text::{format, grammar, texts::Texts},
    },
    reference::Collectivities,
    search::{Collection, Dimension, Snapshot},
};

/// What is played: more would take too long to look at.
const MAX_STEPS: usize = 60;
/// The sizes of communes that are compared: the least population of each, and its key in the
/// catalogue.
const SIZES: [(u64, &str); 6] = [
    (100_000, "100000"),
    (50_000, "50000"),
    (20_000, "20000"),
    (10_000, "10000"),
    (2_000, "2000"),
    (1, "0"),
];

/// What is played for one authority.
#[derive(Debug, Clone, Default)]
pub struct AuthorityMoment {
    /// Where the authority is: `lon,lat`.
    pub home: String,
    /// Its partners, first those of the earliest year.
    pub steps: Vec<MomentStep>,
    /// How it stands among its like, in sentences.
    pub standing: Vec<String>,
}

/// A partner that comes.
#[derive(Debug, Clone, Default)]
pub struct MomentStep {
    /// Where it is: `lon,lat`.
    pub at: String,
    /// When the first partnership with it began, where one says so.
    pub year: Option<i32>,
    /// Its name and page.
    pub link: PageLink,
    /// Its country.
    pub country: String,
}

/// What is played for the authority with a code; nothing where it has no place or no partner with one.
pub(crate) fn moment(snapshot: &Snapshot, layout: &Layout, code: &str) -> Option<AuthorityMoment> {
    let item = snapshot.item(Collection::Collectivities, code)?;
    let own = snapshot.collectivity(item);
    let home = written(own.position?);
    let beginnings = snapshot.beginnings(item).into_iter();
    let steps = beginnings.filter_map(|beginning| {
        let (id, partner) = snapshot.partner(beginning.partner);
        Some(MomentStep {
            at: written(partner.position()?),
            year: beginning.year,
            link: to(PlaceKind::Partner, layout.language, &id.to_string(), &partner.name),
            country: Dimension::Country.label(&partner.country, layout.language),
        })
    });
    let steps: Vec<MomentStep> = steps.take(MAX_STEPS).collect();
    let standing = standing(snapshot, layout.language, item, own);
    (!steps.is_empty()).then_some(AuthorityMoment { home, steps, standing })
}

fn written(position: Position) -> String {
    format!("{},{}", position.lon(), position.lat())
}

/// A commune beside those of its size and those of its région, another authority beside those of
/// its kind.
fn standing(snapshot: &Snapshot, language: Language, item: u32, own: &Collectivity) -> Vec<String> {
    let texts = Texts::of(language);
    let mut count = 0;
    let mut all: Vec<(&Collectivity, u32)> = Vec::new();
    for (other, partnerships) in snapshot.whole(Collection::Collectivities).counted() {
        let one = snapshot.collectivity(other);
        if other == item {
            count = partnerships;
        } else if one.kind.code == own.kind.code {
            all.push((one, partnerships));
        }
    }
    let told = |group: &str, peers: &mut dyn Iterator<Item = u32>| {
        let (mut number, mut behind) = (0u64, 0u64);
        for peer in peers {
            number += 1;
            behind += u64::from(peer < count);
        }
        compared(texts, language, group, (number, behind))
    };
    if own.kind.code != "commune" {
        let kind = texts.text(&format!("place.moment.kind.{}", own.kind.code)).to_owned();
        return told(&kind, &mut all.iter().map(|(_, count)| *count)).into_iter().collect();
    }
    let size = |one: &Collectivity| {
        let population = Collectivities::bundled().population(&one.code);
        SIZES.iter().find(|(least, _)| population >= *least)
    };
    let mut sentences = Vec::new();
    if let Some((least, key)) = size(own) {
        let group = texts.text(&format!("place.moment.size.{key}")).to_owned();
        let same = |one: &Collectivity| size(one).is_some_and(|(other, _)| other == least);
        let mut peers = all.iter().filter(|(one, _)| same(one)).map(|(_, count)| *count);
        sentences.extend(told(&group, &mut peers));
    }
    if let Some(code) = own.region.as_deref() {
        let name = Dimension::Region.label(code, language);
        let region = match language {
            Language::French => grammar::of_region(&name),
            Language::English => name,
        };
        let group = texts.fill("place.moment.of_region", &[("region", &region)]);
        let here = all.iter().filter(|(one, _)| one.region.as_deref() == Some(code));
        sentences.extend(told(&group, &mut here.map(|(_, count)| *count)));
    }
    sentences
}

/// "Plus de partenariats que 38 des 41 autres communes de Bretagne."
fn compared(
    texts: &Texts,
    language: Language,
    group: &str,
    (peers, behind): (u64, u64),
) -> Option<String> {
    let number = |value| format::number(language, value);
    let key = match behind {
        _ if peers < 2 => return None,
        0 => "place.moment.least",
        _ if behind == peers => "place.moment.most",
        _ => "place.moment.more",
    };
    let (peers, behind) = (number(peers), number(behind));
    Some(texts.fill(key, &[("behind", &behind), ("peers", &peers), ("group", group)]))
}
