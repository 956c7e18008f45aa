//! Which French régions work with which parts of the world.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::{
    Collection, Snapshot,
    sides::{country, region},
};

/// A région and a part of the world that work together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// INSEE code of the région.
    pub region: String,
    /// Code of the zone.
    pub zone: &'static str,
    /// In how many partnerships.
    pub count: u64,
}

impl Snapshot {
    /// How many of some records join each région with each zone, most first. A record of several
    /// régions or zones counts in each pair once; one without a région in none.
    pub fn crossings(&self, records: &RoaringBitmap) -> Vec<Crossing> {
        let sides = self.entity_sides();
        let mut counts: HashMap<(u32, &'static str), u64> = HashMap::new();
        let (mut regions, mut zones) = (Vec::new(), Vec::new());
        for record in records {
            regions.clear();
            zones.clear();
            sides.each(Collection::Regions, record, |one| regions.push(one));
            sides.each(Collection::Countries, record, |one| {
                let zone = country(one).zone.code.as_str();
                if !zones.contains(&zone) {
                    zones.push(zone);
                }
            });
            for region in &regions {
                for zone in &zones {
                    *counts.entry((*region, zone)).or_default() += 1;
                }
            }
        }
        let crossing =
            |((place, zone), count)| Crossing { region: region(place).code.clone(), zone, count };
        let mut crossings: Vec<Crossing> = counts.into_iter().map(crossing).collect();
        crossings.sort_unstable_by(|a, b| {
            (b.count, &a.region, a.zone).cmp(&(a.count, &b.region, b.zone))
        });
        crossings
    }
}
