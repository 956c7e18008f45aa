//! Who else: authorities near a French one that work in the same country or on the same theme,
//! and places near its partners.

use std::cmp::Reverse;

use super::{Collection, Dimension, Snapshot};
use crate::domain::Collectivity;

/// Reasons that are told of one authority.
const REASONS: usize = 3;
/// Those who fit a reason.
const MAX_NEIGHBOURS: usize = 6;
/// So many partners of an authority are looked around.
const LOOKED_AT: usize = 100;
/// What is farther is no neighbour, in km.
const FAR_KM: f64 = 150.0;

/// Why somebody may be worth a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Works in the same country, by alpha-2.
    Country(String),
    /// Works on the same theme, by code.
    Theme(String),
}

/// Where a neighbour is, seen from an authority.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Whereabouts {
    /// It holds the authority: its région, its département, its grouping of communes.
    Around,
    /// The authority holds it.
    Within,
    /// So many km away.
    Apart(f64),
}

/// A French authority nearby.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Its place in the collection of French authorities.
    pub item: u32,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// How many of its partnerships fit the reason.
    pub partnerships: u32,
}

/// A foreign authority near one that an authority works with.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// Its place in the collection of foreign authorities.
    pub item: u32,
    /// The partner that it is near, by its place there.
    pub partner: u32,
    /// How far from that partner.
    pub km: f64,
    /// How many partnerships it has.
    pub partnerships: u32,
}

impl Snapshot {
    /// The nearest authorities that share a country or a theme with one: for each of its most
    /// frequent countries and themes those that hold it, then the nearest. None where it has no
    /// position.
    pub fn neighbours(&self, item: u32) -> Vec<(Reason, Vec<Near>)> {
        let sides = self.entity_sides();
        let own = sides.collectivity(item);
        let Some(position) = own.position else { return Vec::new() };
        let Some(records) = self.values(Dimension::Collectivity).get(&own.code) else {
            return Vec::new();
        };
        let frequent = |dimension: Dimension| {
            let values = self.values(dimension).iter();
            let counted = values.map(|(code, with)| (with.intersection_len(records), code, with));
            let mut counted: Vec<_> = counted.filter(|(count, ..)| *count > 0).collect();
            counted.sort_by_key(|(count, code, _)| (Reverse(*count), *code));
            counted.truncate(REASONS);
            counted
        };
        let countries = frequent(Dimension::Country).into_iter();
        let countries = countries.map(|(_, code, with)| (Reason::Country(code.clone()), with));
        let themes = frequent(Dimension::Theme).into_iter();
        let themes = themes.map(|(_, code, with)| (Reason::Theme(code.clone()), with));
        let nearest = |(reason, with): (Reason, &roaring::RoaringBitmap)| {
            let selection = self.entities_of(Collection::Collectivities, with.clone());
            let near = selection.counted().filter(|(other, _)| *other != item);
            let mut near: Vec<(f64, Near)> = near
                .filter_map(|(item, partnerships)| {
                    let other = sides.collectivity(item);
                    let km = other.position?.distance_km(position);
                    let (rank, whereabouts) = if holds(other, own) {
                        (-1.0, Whereabouts::Around)
                    } else if holds(own, other) {
                        (km, Whereabouts::Within)
                    } else {
                        (km, Whereabouts::Apart(km))
                    };
                    (rank <= FAR_KM).then_some((rank, Near { item, whereabouts, partnerships }))
                })
                .collect();
            near.sort_by(|(a, one), (b, other)| a.total_cmp(b).then(one.item.cmp(&other.item)));
            near.truncate(MAX_NEIGHBOURS);
            (reason, near.into_iter().map(|(_, near)| near).collect::<Vec<_>>())
        };
        let all = countries.chain(themes).map(nearest);
        all.filter(|(_, near)| !near.is_empty()).collect()
    }

    /// Other foreign authorities near those that one works with, in the same country: nearest
    /// first, those that it works with already left out.
    pub fn beside_partners(&self, item: u32) -> Vec<Beside> {
        let sides = self.entity_sides();
        let code = &sides.collectivity(item).code;
        let records = self.values(Dimension::Collectivity).get(code);
        let (Some(records), Some(spots)) = (records, self.spots(Collection::Partners)) else {
            return Vec::new();
        };
        let own = self.entities_of(Collection::Partners, records.clone());
        let mut found: Vec<Beside> = Vec::new();
        for partner in own.items().iter().take(LOOKED_AT) {
            let (_, place) = sides.partner(partner);
            let Some(position) = place.position() else { continue };
            for other in &(spots.around(position, FAR_KM) - own.items()) {
                let (_, there) = sides.partner(other);
                let km = there.position().map(|there| there.distance_km(position));
                if let Some(km) = km.filter(|km| *km <= FAR_KM)
                    && there.country == place.country
                {
                    let partnerships = sides.partner_records(other).len() as u32;
                    found.push(Beside { item: other, partner, km, partnerships });
                }
            }
        }
        found.sort_by(|a, b| a.item.cmp(&b.item).then(a.km.total_cmp(&b.km)));
        found.dedup_by_key(|beside| beside.item);
        found.sort_by(|a, b| a.km.total_cmp(&b.km).then(a.item.cmp(&b.item)));
        found.truncate(2 * MAX_NEIGHBOURS);
        found
    }
}

/// Whether an authority lies in the territory of another: in its région or département, or where a
/// grouping of communes has its seat, which is one of them.
fn holds(territory: &Collectivity, one: &Collectivity) -> bool {
    let same = |code: fn(&Collectivity) -> &Option<String>| {
        code(one).is_some() && code(one) == code(territory)
    };
    match (&*territory.kind.code, &*one.kind.code) {
        ("region", "region") | ("departement", "region" | "departement") => false,
        ("region", _) => same(|of| &of.region),
        ("departement", _) => same(|of| &of.department),
        ("epci", "commune") => one.position.is_some() && one.position == territory.position,
        _ => false,
    }
}
