//! French authorities: by INSEE code or SIREN, or by name with what tells homonyms apart.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, OnceLock},
};

use super::{
    authorities,
    names::NameIndex,
    spelling::{loose, spell_out, split_brackets, split_kind, tidy_code},
    territories,
};
use crate::domain::{Collectivity, NearNames, Position, Term, text::fold};

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
    pub(super) list: Vec<Authority>,
    pub(super) codes: HashMap<String, Coded>,
    pub(super) names: NameIndex,
    /// Names without the word for their kind: a second choice.
    pub(super) bare_names: NameIndex,
    /// Names of communes that have become part of another.
    pub(super) former_names: NameIndex,
    /// Names without article, and names of groupings without any word of their kind.
    pub(super) loose_names: NameIndex,
    /// Their names today, to find what a misspelt one was meant for.
    pub(super) near_names: OnceLock<NearNames>,
}

#[derive(Debug)]
pub(super) struct Authority {
    pub(super) collectivity: Arc<Collectivity>,
    pub(super) population: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Coded {
    pub(super) index: u32,
    pub(super) former: bool,
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

impl Collectivities {
    /// The lists that the release carries; read on first use.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Collectivities> = LazyLock::new(authorities::read);
        &LIST
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

    /// Inhabitants of the authority with a code; 0 where they are not known.
    pub fn population(&self, code: &str) -> u64 {
        self.codes.get(code).map_or(0, |coded| self.list[coded.index as usize].population.into())
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
        let names = self.near_names.get_or_init(|| {
            let names = self.list.iter().map(|authority| fold(&authority.collectivity.name));
            NearNames::new(names.zip(0..))
        });
        let near = names.within(folded, 1 + folded.len() / 8).map(|(edits, _, index)| {
            (edits, std::cmp::Reverse(self.list[index].population), index)
        });
        near.min().map(|(.., index)| self.shown(index))
    }
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
