//! French authorities: by INSEE code or SIREN, or by name with what tells homonyms apart.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;

use super::{
    names::NameIndex,
    position, rows,
    territories::{self, without_article},
    vocabularies,
};
use crate::domain::{Collectivity, Position, Term, text::fold};

/// How far a commune may lie from a position that was given for it, in km.
const COMMUNE_REACH_KM: f64 = 15.0;
/// The same for the only commune of a name: a large one reaches far from its town hall.
const ONLY_COMMUNE_REACH_KM: f64 = 30.0;
/// The same for a grouping or a département, which are larger; a région has no reach.
const WIDE_REACH_KM: f64 = 100.0;
/// A commune among homonyms is meant where it has this many inhabitants at least …
const DOMINANT_POPULATION: u32 = 20_000;
/// … and this many times those of any other.
const DOMINANCE: u32 = 20;

/// The authorities of today, with the names and codes of those before them.
#[derive(Debug)]
pub struct Collectivities {
    list: Vec<Authority>,
    codes: HashMap<String, Coded>,
    names: NameIndex,
    /// Names without the word for their kind: a second choice.
    bare_names: NameIndex,
    /// Names of communes that have become part of another.
    former_names: NameIndex,
    /// Names without article, and names of groupings without any word of their kind.
    loose_names: NameIndex,
}

#[derive(Debug)]
struct Authority {
    collectivity: Arc<Collectivity>,
    population: u32,
}

#[derive(Debug, Clone, Copy)]
struct Coded {
    index: u32,
    former: bool,
}

/// What a row says of the French side.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Name, as written.
    pub name: &'a str,
    /// A term of `collectivity_kinds`, where given.
    pub kind: Option<&'static Term>,
    /// INSEE code of its département, where given.
    pub department: Option<&'a str>,
    /// Where it is, where given.
    pub position: Option<Position>,
}

/// A French authority, found.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The authority of today.
    pub collectivity: Arc<Collectivity>,
    /// Whether the row used the name or code of one that has since become part of it.
    pub merged: bool,
    /// How sure it is: 1 by code, [`EXACT`] by its very name, less by what is left of a name.
    pub confidence: f32,
}

/// The confidence of a code.
pub const CERTAIN: f32 = 1.0;
/// The confidence of a name as the lists have it.
pub const EXACT: f32 = 0.95;
/// Of a name without the word for its kind.
const BARE: f32 = 0.9;
/// Of a name that has gone.
const FORMER: f32 = 0.85;
/// Of a name without article, or of a grouping by the words that are its own.
const LOOSE: f32 = 0.8;
/// What a homonym that is chosen by its size loses.
const BY_SIZE: f32 = 0.15;
/// Below this nothing is taken; it is suggested.
const LINE: f32 = 0.69;

/// Why a name leads to no authority.
#[derive(Debug, Clone, PartialEq)]
pub enum Unresolved {
    /// No authority is called so; perhaps this was meant.
    Unknown(Option<String>),
    /// Several are; some of them, with codes.
    Ambiguous(Vec<String>),
    /// Those called so are far from the position; the nearest of them, with its code.
    Far(String),
}

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

impl Collectivities {
    /// The lists that the release carries; read on first use.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Collectivities> = LazyLock::new(Collectivities::read);
        &LIST
    }

    fn read() -> Self {
        let mut building = Building::default();
        for row in rows::<Commune>(include_bytes!("../../import/reference/communes.csv.zst")) {
            building.commune(row);
        }
        for row in rows::<Grouping>(include_bytes!("../../import/reference/groupings.csv.zst")) {
            building.grouping(row);
        }
        let mut authorities =
            csv::Reader::from_reader(&include_bytes!("../../import/reference/authorities.csv")[..]);
        for row in authorities.deserialize().flatten() {
            building.upper_authority(row);
        }
        let mut kept = csv::Reader::from_reader(
            &include_bytes!("../../import/reference/kept/other_names.csv")[..],
        );
        for row in kept.deserialize::<KeptName>().flatten() {
            building.kept_name(&row);
        }
        for row in rows(include_bytes!("../../import/reference/former_communes.csv.zst")) {
            building.former_commune(&row);
        }
        building.finish()
    }

    /// By INSEE code of a commune (of today or former), or by SIREN. Codes of départements and
    /// régions mean nothing without the kind of authority.
    pub fn by_code(&self, code: &str, kind: Option<&Term>) -> Option<Resolved> {
        let kind = kind.map_or("", |kind| kind.code.as_str());
        let find =
            |code: &str| self.codes.get(code).or_else(|| self.codes.get(&format!("{kind} {code}")));
        let coded = find(code).or_else(|| find(&tidy_code(code)))?;
        Some(self.resolved(coded.index as usize, coded.former, CERTAIN))
    }

    /// By name, with whatever tells homonyms apart.
    pub fn by_name(&self, wanted: Wanted<'_>) -> Result<Resolved, Unresolved> {
        let (name, in_brackets) = split_brackets(wanted.name);
        let department = wanted.department.or_else(|| territories::department_code(in_brackets?));
        let whole = spell_out(&fold(wanted.name));
        let short = spell_out(&fold(name));
        let mut nearest = None;
        for folded in [&whole, &short] {
            let (kind, rests) = split_kind(folded);
            let kind = wanted.kind.map(|kind| kind.code.as_str()).or(kind);
            let all: Vec<String> = rests.iter().chain([folded]).cloned().collect();
            let tiers = [
                (&self.names, vec![folded.clone()], false, EXACT),
                (&self.names, rests, false, EXACT),
                (&self.bare_names, all.clone(), false, BARE),
                (&self.former_names, all.clone(), true, FORMER),
                (&self.loose_names, loose(folded, &all, kind), false, LOOSE),
            ];
            for (index, names, former, confidence) in tiers {
                let mut found: Vec<usize> =
                    names.iter().flat_map(|name| index.find(name)).collect();
                found.sort_unstable();
                found.dedup();
                found.retain(|i| {
                    let place = &self.list[*i].collectivity;
                    kind.is_none_or(|kind| place.kind.code == kind)
                        && department.is_none_or(|code| place.department.as_deref() == Some(code))
                });
                match self.tell_apart(&found, wanted.position) {
                    None => {}
                    Some(Err(far @ Unresolved::Far(_))) => nearest = nearest.or(Some(far)),
                    Some(Err(unresolved)) => return Err(unresolved),
                    Some(Ok((index, by_size))) => {
                        let confidence = if by_size { confidence - BY_SIZE } else { confidence };
                        if confidence < LINE {
                            return Err(Unresolved::Ambiguous(vec![self.shown(index)]));
                        }
                        return Ok(self.resolved(index, former, confidence));
                    }
                }
            }
        }
        Err(nearest.unwrap_or_else(|| Unresolved::Unknown(self.suggestion(&short))))
    }

    /// The one of several authorities of a name that is meant, and whether its size alone says
    /// so; none where there are none.
    fn tell_apart(
        &self,
        found: &[usize],
        position: Option<Position>,
    ) -> Option<Result<(usize, bool), Unresolved>> {
        if let Some(position) = position {
            let mut near: Vec<(f64, usize)> = found
                .iter()
                .filter_map(|i| {
                    let place = self.list[*i].collectivity.position?;
                    Some((place.distance_km(position), *i))
                })
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            let alone = near.len() == 1;
            let within = |(km, i): &&(f64, usize)| *km <= self.reach_km(*i, alone);
            return match (near.iter().find(within), near.first()) {
                (Some((_, index)), _) => Some(Ok((*index, false))),
                (None, Some((_, index))) => Some(Err(Unresolved::Far(self.shown(*index)))),
                (None, None) => None,
            };
        }
        match found {
            [] => None,
            [only] => Some(Ok((*only, false))),
            several => {
                let mut by_size = several.to_vec();
                by_size.sort_by_key(|i| std::cmp::Reverse(self.list[*i].population));
                let (first, second) = (&self.list[by_size[0]], &self.list[by_size[1]]);
                let communes =
                    several.iter().all(|i| self.list[*i].collectivity.kind.code == "commune");
                if communes
                    && first.population >= DOMINANT_POPULATION
                    && first.population >= DOMINANCE * second.population
                {
                    return Some(Ok((by_size[0], true)));
                }
                let shown = by_size.iter().take(5).map(|i| self.shown(*i)).collect();
                Some(Err(Unresolved::Ambiguous(shown)))
            }
        }
    }

    fn reach_km(&self, index: usize, alone: bool) -> f64 {
        match self.list[index].collectivity.kind.code.as_str() {
            "commune" if alone => ONLY_COMMUNE_REACH_KM,
            "commune" => COMMUNE_REACH_KM,
            "region" => f64::INFINITY,
            _ => WIDE_REACH_KM,
        }
    }

    fn resolved(&self, index: usize, merged: bool, confidence: f32) -> Resolved {
        let collectivity = Arc::clone(&self.list[index].collectivity);
        Resolved { collectivity, merged, confidence }
    }

    /// `Saint-Denis (93066)`
    fn shown(&self, index: usize) -> String {
        let Collectivity { name, code, .. } = &*self.list[index].collectivity;
        format!("{name} ({code})")
    }

    /// The authority whose name is nearest to a misspelt one; the larger of two as near.
    fn suggestion(&self, folded: &str) -> Option<String> {
        let limit = 1 + folded.len() / 8;
        let candidates = self.list.iter().enumerate().filter_map(|(index, authority)| {
            let name = fold(&authority.collectivity.name);
            if name.len().abs_diff(folded.len()) > limit {
                return None;
            }
            let distance = strsim::damerau_levenshtein(folded, &name);
            (distance <= limit)
                .then_some(((distance, std::cmp::Reverse(authority.population)), index))
        });
        candidates.min().map(|(_, index)| self.shown(index))
    }
}

/// A code as spreadsheets leave it: spaces in a SIREN, a SIRET, a zero or a capital lost.
fn tidy_code(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_uppercase();
    let plain = ["INSEE", "SIREN", "SIRET"]
        .iter()
        .find_map(|word| plain.strip_prefix(word))
        .map_or(plain.clone(), str::to_owned);
    let digits = plain.bytes().all(|b| b.is_ascii_digit());
    match plain.len() {
        14 if digits => plain[..9].to_owned(),
        4 | 1 if digits => format!("0{plain}"),
        _ => plain,
    }
}

/// Words of groupings' names that other files leave out or put elsewhere.
const GROUPING_WORDS: [&str; 31] = [
    "communaute",
    "agglomeration",
    "agglo",
    "communes",
    "urbaine",
    "metropole",
    "metropolitaine",
    "eurometropole",
    "europeenne",
    "metro",
    "intercommunalite",
    "intercommunale",
    "cc",
    "ca",
    "cu",
    "ept",
    "cdc",
    "epci",
    "grand",
    "pays",
    "territoire",
    "de",
    "du",
    "des",
    "d",
    "la",
    "le",
    "les",
    "l",
    "et",
    "sivom",
];

/// The words of a grouping's name that are its own: `ca montelimar agglomeration` → `montelimar`.
fn own_words(folded: &str) -> Option<String> {
    let own: Vec<&str> = folded.split(' ').filter(|word| !GROUPING_WORDS.contains(word)).collect();
    (!own.is_empty()).then(|| format!("epci:{}", own.join(" ")))
}

/// What to look for where no name is exact: names without article, and, where the name says
/// that it is a grouping's, its own words.
fn loose(folded: &str, names: &[String], kind: Option<&str>) -> Vec<String> {
    let mut loose: Vec<String> =
        names.iter().map(|name| without_article(name).to_owned()).collect();
    let says_so = folded.split(' ').any(|word| {
        matches!(
            word,
            "communaute"
                | "agglomeration"
                | "agglo"
                | "metropole"
                | "eurometropole"
                | "metro"
                | "cc"
                | "ca"
                | "cu"
                | "ept"
                | "cdc"
                | "epci"
                | "grand"
                | "intercommunalite"
        )
    });
    if says_so && kind.is_none_or(|kind| kind == "epci") || kind == Some("epci") {
        loose.extend(own_words(folded));
    }
    loose
}

/// `Saint-Denis (93)` → `Saint-Denis`, `93`; also `Saint-Denis, Réunion`.
fn split_brackets(name: &str) -> (&str, Option<&str>) {
    if let Some((before, rest)) = name.split_once('(') {
        return (before.trim(), Some(rest.trim_end().trim_end_matches(')').trim()));
    }
    match name.split_once(',') {
        Some((before, after)) => (before.trim(), Some(after.trim())),
        None => (name, None),
    }
}

/// Writes out what files abbreviate, and abbreviates what the lists do, in a folded name.
fn spell_out(folded: &str) -> String {
    let text = match folded.strip_prefix("st ") {
        Some(rest) => format!("saint {rest}"),
        None => {
            folded.strip_prefix("ste ").map_or_else(|| folded.to_owned(), |r| format!("sainte {r}"))
        }
    };
    [
        ("communaute d agglomeration", "ca"),
        ("communaute de communes", "cc"),
        ("communaute urbaine", "cu"),
        ("etablissement public territorial", "ept"),
    ]
    .into_iter()
    .fold(text, |text, (long, short)| text.replace(long, short))
}

/// The kind that a folded name begins with ("departement de l isere"), and what may be left of it.
fn split_kind(folded: &str) -> (Option<&'static str>, Vec<String>) {
    const PREFIXES: [(&str, &str); 19] = [
        ("ville", "commune"),
        ("commune", "commune"),
        ("mairie", "commune"),
        ("departement", "departement"),
        ("conseil departemental", "departement"),
        ("conseil general", "departement"),
        ("region", "region"),
        ("conseil regional", "region"),
        ("cc", "epci"),
        ("ca", "epci"),
        ("cu", "epci"),
        ("ept", "epci"),
        ("metropole", "epci"),
        ("eurometropole", "epci"),
        ("agglomeration", "epci"),
        ("collectivite territoriale", "autre"),
        ("collectivite", "autre"),
        ("province", "autre"),
        ("territoire", "autre"),
    ];
    for (prefix, kind) in PREFIXES {
        let Some(rest) = folded.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(' ')) else {
            continue;
        };
        let mut rests = vec![rest.to_owned()];
        for (article, full) in [
            ("de l ", "l "),
            ("de la ", "la "),
            ("des ", "les "),
            ("du ", "le "),
            ("de ", ""),
            ("d ", ""),
        ] {
            if let Some(bare) = rest.strip_prefix(article) {
                rests.push(format!("{full}{bare}"));
                rests.push(bare.to_owned());
                break;
            }
        }
        let says_nothing = ["collectivite", "collectivite territoriale", "territoire"];
        return ((!says_nothing.contains(&prefix)).then_some(kind), rests);
    }
    (None, vec![folded.to_owned()])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Result<(String, String, bool), Unresolved> {
        let wanted = Wanted { name, ..Wanted::default() };
        Collectivities::bundled().by_name(wanted).map(|found| {
            let Collectivity { code, kind, .. } = &*found.collectivity;
            (code.clone(), kind.code.clone(), found.merged)
        })
    }

    #[test]
    fn groupings_are_known_by_their_many_names() {
        for (name, siren) in [
            ("Grand Lyon", "200046977"),
            ("Métropole de Lyon", "200046977"),
            ("Communauté urbaine de Lyon", "200046977"),
            ("Le Grand Lyon", "200046977"),
            ("Nantes Métropole", "244400404"),
            ("CU de Dunkerque", "245900428"),
            ("Communauté urbaine de Dunkerque", "245900428"),
            ("Dunkerque Grand Littoral", "245900428"),
            ("Lille Métropole", "200093201"),
            ("Métropole européenne de Lille", "200093201"),
            ("Communauté urbaine de Bordeaux", "243300316"),
            ("Bordeaux Métropole (CUB)", "243300316"),
            ("Grenoble Alpes Métropole", "200040715"),
            ("Grand Nancy", "245400676"),
            ("Eurométropole de Strasbourg", "246700488"),
            ("Clermont Auvergne Métropole", "246300701"),
            ("Angers Loire Métropole", "244900015"),
            ("Le Mans Métropole", "247200132"),
            ("Plaine Commune", "200057867"),
            ("EPT Est Ensemble", "200057875"),
            ("CINOR", "249740119"),
            ("Métropole du Grand Paris", "200054781"),
        ] {
            let found = found(name);
            assert_eq!(found.as_ref().map(|(code, ..)| code.as_str()), Ok(siren), "{name}");
        }
        for name in [
            "CA du Grand Chambéry",
            "Communauté d'agglomération de Montélimar",
            "Agglomération de Montélimar",
            "Lorient Agglomération",
            "Agglo du Pays de Dreux",
            "CC du Pays de Pontchâteau Saint-Gildas-des-Bois",
            "Communauté d'agglomération du Grand Périgueux",
        ] {
            let kind = found(name).map(|(_, kind, _)| kind);
            assert_eq!(kind.as_deref(), Ok("epci"), "{name}");
        }
    }

    #[test]
    fn upper_levels_are_known_by_their_names_old_and_new() {
        for (name, kind) in [
            ("Conseil départemental du Val-de-Marne", "departement"),
            ("Département de l'Isère", "departement"),
            ("Conseil général des Yvelines", "departement"),
            ("Côtes-du-Nord", "departement"),
            ("Région Rhône-Alpes", "region"),
            ("Conseil régional de Bretagne", "region"),
            ("Nord-Pas-de-Calais", "region"),
            ("Collectivité de Corse", "region"),
            ("Seine-Saint-Denis", "departement"),
        ] {
            let found = found(name).map(|(_, kind, _)| kind);
            assert_eq!(found.as_deref(), Ok(kind), "{name}");
        }
        for name in ["Réunion", "La Réunion", "la réunion"] {
            assert!(matches!(found(name), Err(Unresolved::Ambiguous(_))), "{name} is two bodies");
        }
        assert_eq!(found("Région Réunion").map(|(_, kind, _)| kind).as_deref(), Ok("region"));
    }

    #[test]
    fn codes_are_read_as_spreadsheets_leave_them() {
        let list = Collectivities::bundled();
        let name = |code| list.by_code(code, None).map(|found| found.collectivity.name.clone());
        for (code, town) in [
            ("69123", "Lyon"),
            ("1053", "Bourg-en-Bresse"),
            ("2a004", "Ajaccio"),
            ("216 901 231", "Lyon"),
            ("21690123100011", "Lyon"),
            ("INSEE 69123", "Lyon"),
        ] {
            assert_eq!(name(code).as_deref(), Some(town), "{code}");
        }
        assert_eq!(name("99999"), None);
        assert_eq!(name(""), None);
    }
}
