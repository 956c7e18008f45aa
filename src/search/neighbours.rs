//! Who else: authorities near a French one that work in the same country or on the same theme,
//! and places of the same part of a partner's country.

use std::cmp::Reverse;

use super::{Collection, Dimension, Snapshot};
use crate::domain::{Position, text::fold};

/// Reasons that are told of one authority.
const REASONS: usize = 3;
/// Those who fit a reason.
const NAMED: usize = 6;
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

/// A French authority nearby.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Its place in the collection of French authorities.
    pub item: u32,
    /// How far away.
    pub km: f64,
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
    /// How far from that partner; none where one of them has no position.
    pub km: Option<f64>,
    /// How many partnerships it has.
    pub partnerships: u32,
}

impl Snapshot {
    /// The nearest authorities that share a country or a theme with one: for each of its most
    /// frequent countries and themes, nearest first. None where it has no position.
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
            let mut near: Vec<Near> = near
                .filter_map(|(item, partnerships)| {
                    let km = sides.collectivity(item).position?.distance_km(position);
                    (km <= FAR_KM).then_some(Near { item, km, partnerships })
                })
                .collect();
            near.sort_by(|a, b| a.km.total_cmp(&b.km).then(a.item.cmp(&b.item)));
            near.truncate(NAMED);
            (reason, near)
        };
        let all = countries.chain(themes).map(nearest);
        all.filter(|(_, near)| !near.is_empty()).collect()
    }

    /// Other foreign authorities of the region of a country in which an authority's partners
    /// are, or near them where records name no region: nearest first, those that it works with
    /// already left out.
    pub fn beside_partners(&self, item: u32) -> Vec<Beside> {
        let sides = self.entity_sides();
        let code = &sides.collectivity(item).code;
        let Some(records) = self.values(Dimension::Collectivity).get(code) else {
            return Vec::new();
        };
        let own = self.entities_of(Collection::Partners, records.clone());
        let mut found: Vec<Beside> = Vec::new();
        for partner in own.items() {
            let (_, place) = sides.partner(partner);
            let Some(with) = self.values(Dimension::Country).get(&place.country) else { continue };
            let region = place.region.as_deref().map(fold);
            let others = self.entities_of(Collection::Partners, with.clone());
            for (other, partnerships) in others.counted() {
                let (_, there) = sides.partner(other);
                if own.items().contains(other) || there.country != place.country {
                    continue;
                }
                let km = distance(place.position(), there.position());
                let is_same = region.is_some() && there.region.as_deref().map(fold) == region;
                if is_same || km.is_some_and(|km| km <= FAR_KM) {
                    found.push(Beside { item: other, partner, km, partnerships });
                }
            }
        }
        let far = |beside: &Beside| beside.km.unwrap_or(f64::MAX);
        found.sort_by(|a, b| a.item.cmp(&b.item).then(far(a).total_cmp(&far(b))));
        found.dedup_by_key(|beside| beside.item);
        found.sort_by(|a, b| far(a).total_cmp(&far(b)).then(a.item.cmp(&b.item)));
        found.truncate(2 * NAMED);
        found
    }
}

fn distance(one: Option<Position>, other: Option<Position>) -> Option<f64> {
    Some(one?.distance_km(other?))
}
