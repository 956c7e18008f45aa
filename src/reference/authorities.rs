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

#[derive(Deserialize)]
struct Grouping {
    siren: String,
    name: String,
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
    building.finish()
}

/// The lists while they are read.
#[derive(Default)]
struct Building {
    list: Vec<Authority>,
    codes: HashMap<String, Coded>,
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
            for (name, _) in
                territories::old_regions().iter().filter(|(_, code)| *code == row.insee)
            {
                self.former_names.push((name.clone(), index));
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
