//! The embedded lists of French authorities, put together on first use.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use serde::Deserialize;

use super::{
    collectivities::{Authority, Coded, Collectivities},
    names::NameIndex,
    packed_rows, position, rows,
    spelling::{own_words, spell_out, split_brackets, split_kind},
    territories::{self, without_article},
    vocabularies,
};
use crate::domain::{Collectivity, Term, text::fold};

#[derive(Deserialize)]
struct Commune {
    insee: String,
    name: String,
    siren: String,
    department: String,
    region: String,
    population: Option<u32>,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// A name kept by hand: by INSEE code of a commune, SIREN, or kind and INSEE code.
#[derive(Deserialize)]
struct KeptName {
    code: String,
    name: String,
    former: u8,
}

#[derive(Deserialize)]
struct FormerCommune {
    insee: String,
    name: String,
    current_insee: String,
}

/// Another name of a grouping, with the groupings of today that have what was its.
#[derive(Deserialize)]
struct GroupingName {
    siren: String,
    name: String,
    former: u8,
    current_siren: String,
}

/// A syndicat that many lists name; no register of them all is at hand.
#[derive(Deserialize)]
struct Syndicate {
    siren: String,
    name: String,
    other_names: String,
}

#[derive(Deserialize)]
struct PostalCode {
    postal_code: String,
    insee: String,
}

#[derive(Deserialize)]
struct Grouping {
    siren: String,
    name: String,
    seat_insee: String,
    department: String,
    region: String,
    population: Option<u32>,
    lon: Option<f64>,
    lat: Option<f64>,
}

#[derive(Deserialize)]
struct UpperAuthority {
    siren: String,
    kind: String,
    name: String,
    insee: String,
    department: String,
    region: String,
    lon: Option<f64>,
    lat: Option<f64>,
    aliases: String,
}

/// The authorities of the release.
pub(super) fn read() -> Collectivities {
    let mut building = Building::default();
    for row in packed_rows::<Commune>(include_bytes!("../../import/reference/communes.csv.zst")) {
        building.commune(row);
    }
    for row in packed_rows::<Grouping>(include_bytes!("../../import/reference/groupings.csv.zst")) {
        building.grouping(row);
    }
    for row in rows(include_bytes!("../../import/reference/authorities.csv")) {
        building.upper_authority(row);
    }
    for row in rows(include_bytes!("../../import/reference/kept/other_names.csv")) {
        building.kept_name(&row);
    }
    for row in packed_rows(include_bytes!("../../import/reference/former_communes.csv.zst")) {
        building.former_commune(&row);
    }
    for row in rows(include_bytes!("../../import/reference/grouping_names.csv")) {
        building.grouping_name(row);
    }
    for row in rows(include_bytes!("../../import/reference/kept/syndicates.csv")) {
        building.syndicate(row);
    }
    for row in packed_rows(include_bytes!("../../import/reference/postal_codes.csv.zst")) {
        building.postal_code(row);
    }
    building.finish()
}

/// The lists while they are read.
#[derive(Default)]
struct Building {
    list: Vec<Authority>,
    codes: HashMap<String, Coded>,
    divided: HashMap<String, Vec<u32>>,
    postal_codes: HashMap<String, Vec<u32>>,
    seats: HashMap<u32, u32>,
    names: Vec<(String, u32)>,
    bare_names: Vec<(String, u32)>,
    former_names: Vec<(String, u32)>,
    loose_names: Vec<(String, u32)>,
}

impl Building {
    fn add(&mut self, collectivity: Collectivity, population: Option<u32>) -> u32 {
        let index = self.list.len() as u32;
        self.codes.insert(collectivity.code.clone(), Coded { index, former: false });
        let name = spell_out(&fold(&collectivity.name));
        self.loose_names.push((without_article(&name).to_owned(), index));
        self.names.push((name, index));
        self.list.push(Authority {
            collectivity: Arc::new(collectivity),
            population: population.unwrap_or(0),
        });
        index
    }

    fn commune(&mut self, row: Commune) {
        let collectivity = Collectivity {
            position: position(row.lon, row.lat),
            code: row.insee,
            kind: kind("commune"),
            name: row.name,
            department: some(row.department),
            region: some(row.region),
        };
        let index = self.add(collectivity, row.population);
        if !row.siren.is_empty() {
            self.codes.insert(row.siren, Coded { index, former: false });
        }
    }

    fn grouping(&mut self, row: Grouping) {
        let collectivity = Collectivity {
            position: position(row.lon, row.lat),
            code: row.siren,
            kind: kind("epci"),
            name: row.name,
            department: some(row.department),
            region: some(row.region),
        };
        let index = self.add(collectivity, row.population);
        self.seats.extend(self.codes.get(&row.seat_insee).map(|seat| (index, seat.index)));
        let full = spell_out(&fold(&self.list[index as usize].collectivity.name));
        let (_, rests) = split_kind(&full);
        self.bare_names.extend(rests.into_iter().map(|name| (name, index)));
        // « … du Nord de la Réunion (CINOR) »
        let name = self.list[index as usize].collectivity.name.clone();
        if let (before, Some(in_brackets)) = split_brackets(&name) {
            for part in [before, in_brackets] {
                self.bare_names.push((spell_out(&fold(part)), index));
            }
        }
        let (before, _) = split_brackets(&name);
        self.loose_names.extend(own_words(&spell_out(&fold(before))).map(|words| (words, index)));
    }

    fn upper_authority(&mut self, row: UpperAuthority) {
        let collectivity = Collectivity {
            position: position(row.lon, row.lat),
            // some collectivities overseas have no SIREN of their own
            code: if row.siren.is_empty() { row.insee.clone() } else { row.siren },
            kind: kind(&row.kind),
            name: row.name,
            department: some(row.department),
            region: some(row.region),
        };
        let index = self.add(collectivity, None);
        for insee in row.insee.split('|').filter(|code| !code.is_empty()) {
            self.codes.insert(format!("{} {insee}", row.kind), Coded { index, former: false });
        }
        for alias in row.aliases.split('|').filter(|alias| !alias.is_empty()) {
            self.names.push((spell_out(&fold(alias)), index));
        }
        if row.kind == "region" {
            for (name, _) in territories::old_regions().filter(|(_, code)| *code == row.insee) {
                self.former_names.push((name.to_owned(), index));
            }
        }
    }

    fn kept_name(&mut self, row: &KeptName) {
        if let Some(coded) = self.codes.get(&row.code) {
            let names = if row.former == 1 { &mut self.former_names } else { &mut self.names };
            names.push((spell_out(&fold(&row.name)), coded.index));
        }
    }

    fn former_commune(&mut self, row: &FormerCommune) {
        let Some(today) = self.codes.get(&row.current_insee).copied() else { return };
        let former = Coded { index: today.index, former: true };
        self.codes.entry(row.insee.clone()).or_insert(former);
        let name = spell_out(&fold(&row.name));
        if name != spell_out(&fold(&self.list[today.index as usize].collectivity.name)) {
            self.former_names.push((name, today.index));
        }
    }

    fn grouping_name(&mut self, row: GroupingName) {
        let heirs = row.current_siren.split('|').filter_map(|siren| self.codes.get(siren));
        let heirs: Vec<u32> = heirs.map(|coded| coded.index).collect();
        let (before, in_brackets) = split_brackets(&row.name);
        let whole = spell_out(&fold(&row.name));
        let mut shorter = split_kind(&whole).1;
        shorter.extend([before].into_iter().chain(in_brackets).map(|part| spell_out(&fold(part))));
        // a commune that has gone is meant before a grouping that was called after it
        shorter.retain(|name| !self.former_names.iter().any(|(former, _)| former == name));
        let (full, bare) = match row.former {
            1 => (&mut self.former_names, None),
            _ => (&mut self.names, Some(&mut self.bare_names)),
        };
        full.extend(heirs.iter().map(|heir| (whole.clone(), *heir)));
        let shorter =
            shorter.iter().flat_map(|name| heirs.iter().map(|heir| (name.clone(), *heir)));
        bare.unwrap_or(full).extend(shorter);
        match heirs.as_slice() {
            _ if self.codes.contains_key(&row.siren) => {}
            [heir] => {
                self.codes.insert(row.siren, Coded { index: *heir, former: true });
            }
            _ => {
                self.divided.insert(row.siren, heirs);
            }
        }
    }

    fn syndicate(&mut self, row: Syndicate) {
        let collectivity = Collectivity {
            position: None,
            code: row.siren,
            kind: kind("syndicat"),
            name: row.name,
            department: None,
            region: None,
        };
        let index = self.add(collectivity, None);
        let names = row.other_names.split('|').map(|name| (spell_out(&fold(name)), index));
        self.names.extend(names);
    }

    fn postal_code(&mut self, row: PostalCode) {
        if let Some(commune) = self.codes.get(&row.insee) {
            self.postal_codes.entry(row.postal_code).or_default().push(commune.index);
        }
    }

    fn finish(self) -> Collectivities {
        let index = |names: &[(String, u32)]| {
            NameIndex::new(names.iter().map(|(name, place)| (name.as_str(), *place)))
        };
        Collectivities {
            names: index(&self.names),
            bare_names: index(&self.bare_names),
            former_names: index(&self.former_names),
            loose_names: index(&self.loose_names),
            near_names: OnceLock::new(),
            list: self.list,
            codes: self.codes,
            divided: self.divided,
            postal_codes: self.postal_codes,
            seats: self.seats,
        }
    }
}

#[expect(clippy::expect_used, reason = "the codes are those of the embedded vocabulary")]
fn kind(code: &str) -> &'static Term {
    vocabularies::collectivity_kinds().by_code(code).expect("a kind of the vocabulary")
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
