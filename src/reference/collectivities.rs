//! French authorities: by INSEE code or SIREN, or by name with what tells homonyms apart.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, OnceLock},
};

use super::{
    authorities,
    names::NameIndex,
    spelling::{own_words, spell_out, tidy_code},
};
use crate::domain::{Collectivity, NearNames, Position, Term, text::fold};

/// The authorities of today, with the names and codes of those before them.
#[derive(Debug)]
pub struct Collectivities {
    pub(super) list: Vec<Authority>,
    pub(super) codes: HashMap<String, Coded>,
    /// SIREN of groupings that were divided, with those that have their communes.
    pub(super) divided: HashMap<String, Vec<u32>>,
    /// The communes that each postal code serves.
    pub(super) postal_codes: HashMap<String, Vec<u32>>,
    /// The central commune of each grouping.
    pub(super) seats: HashMap<u32, u32>,
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
    /// Its INSEE code, its SIREN or a postal code that serves it, where given.
    pub code: Option<&'a str>,
}

/// What is to be told of an authority that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The code is of one that has since become part of it.
    FormerCode,
    /// The name is one that it had, or of one that has since become part of it.
    FormerName,
    /// The code is a postal code.
    PostalCode,
    /// The code is its own; the name is no name of it that is known.
    NameDiffers,
}

/// A French authority, found.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The authority of today.
    pub collectivity: Arc<Collectivity>,
    /// What is to be told of it.
    pub remark: Option<Remark>,
    /// How sure it is: 1 by code, [`EXACT`] by its very name, less by what is left of a name.
    pub confidence: f32,
}

/// The confidence of a code.
pub const CERTAIN: f32 = 1.0;
/// The confidence of a name as the lists have it.
pub const EXACT: f32 = 0.95;
/// Why a name leads to no authority.
#[derive(Debug, Clone, PartialEq)]
pub enum Unresolved {
    /// No authority is called so; perhaps this was meant.
    Unknown(Option<String>),
    /// Several are; some of them, with codes.
    Ambiguous(Vec<String>),
    /// Those called so are far from the position; the nearest of them, with its code.
    Far(String),
    /// Several authorities are named; their names, as a cell of several values has them.
    Several(String),
    /// What stands beside the name does not go with it; the authority of that name, with its
    /// code, where it may be meant.
    Qualifier(Option<String>),
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
        Some(self.by_coded(*coded))
    }

    /// Inhabitants of the authority with a code; 0 where they are not known.
    pub fn population(&self, code: &str) -> u64 {
        self.codes.get(code).map_or(0, |coded| self.list[coded.index as usize].population.into())
    }

    /// All that a code can mean beside a name: also those of a département or a région, where no
    /// kind of authority is given.
    pub fn candidates(&self, code: &str, kind: Option<&Term>) -> Vec<Resolved> {
        let kinds = kind.map_or(vec!["departement", "region", "autre"], |kind| vec![&*kind.code]);
        let find = |code: &str| -> Vec<Resolved> {
            let named = kinds.iter().filter_map(|kind| self.codes.get(&format!("{kind} {code}")));
            self.codes.get(code).into_iter().chain(named).map(|c| self.by_coded(*c)).collect()
        };
        let found = find(code);
        if found.is_empty() { find(&tidy_code(code)) } else { found }
    }

    fn by_coded(&self, coded: Coded) -> Resolved {
        let remark = coded.former.then_some(Remark::FormerCode);
        self.resolved(coded.index as usize, remark, CERTAIN)
    }

    /// The groupings that have the communes of one that was divided, with their codes.
    pub fn divided(&self, code: &str) -> Option<Vec<String>> {
        let heirs = self.divided.get(&tidy_code(code))?;
        Some(heirs.iter().map(|index| self.shown(*index as usize)).collect())
    }

    /// The communes that a postal code serves, with their codes; the largest first.
    pub fn served(&self, postal_code: &str) -> Option<Vec<String>> {
        let mut served = self.postal_codes.get(&tidy_code(postal_code))?.clone();
        served.sort_by_key(|index| std::cmp::Reverse(self.list[*index as usize].population));
        Some(served.iter().take(5).map(|index| self.shown(*index as usize)).collect())
    }

    /// The communes that a postal code serves; none where it is no postal code.
    pub fn communes_served(&self, postal_code: &str) -> impl Iterator<Item = &Collectivity> {
        let served = self.postal_codes.get(postal_code).into_iter().flatten();
        served.map(|index| &*self.list[*index as usize].collectivity)
    }

    /// Whether a name that nobody knows has a word in common with a grouping or with its central
    /// commune, so that it can be an earlier name of it.
    pub fn is_akin(&self, grouping: &Collectivity, name: &str) -> bool {
        let Some(coded) = self.codes.get(&grouping.code) else { return false };
        let names = [Some(&coded.index), self.seats.get(&coded.index)].into_iter().flatten();
        let known = names.map(|index| {
            own_words(&spell_out(&fold(&self.list[*index as usize].collectivity.name)))
        });
        let known: Vec<String> = known.flatten().collect();
        let own = own_words(&spell_out(&fold(name))).unwrap_or_default();
        let words = |text: &str| -> Vec<String> {
            let words = text.trim_start_matches("epci:").split(' ');
            words.filter(|word| word.len() >= 4 && *word != "saint").map(str::to_owned).collect()
        };
        let given = words(&own);
        known.iter().any(|known| words(known).iter().any(|word| given.contains(word)))
    }

    pub(super) fn resolved(
        &self,
        index: usize,
        remark: Option<Remark>,
        confidence: f32,
    ) -> Resolved {
        let collectivity = Arc::clone(&self.list[index].collectivity);
        Resolved { collectivity, remark, confidence }
    }

    pub(super) fn shown(&self, index: usize) -> String {
        shown(&self.list[index].collectivity)
    }
}

/// `Saint-Denis (93066)`
pub fn shown(collectivity: &Collectivity) -> String {
    format!("{} ({})", collectivity.name, collectivity.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Result<(String, String, bool), Unresolved> {
        let wanted = Wanted { name, ..Wanted::default() };
        Collectivities::bundled().by_name(wanted).map(|found| {
            let Collectivity { code, kind, .. } = &*found.collectivity;
            (code.clone(), kind.code.clone(), found.remark.is_some())
        })
    }

    #[test]
    fn a_name_of_a_commune_and_a_departement_is_none_of_them() {
        let told = |name| {
            found(name).map_err(|why| match why {
                Unresolved::Ambiguous(told) => told,
                _ => Vec::new(),
            })
        };
        for name in ["Vienne", "Mayenne", "Loire", "Bretagne", "Doubs"] {
            assert!(told(name).is_err_and(|told| told.len() > 1), "{name}");
        }
        assert!(told("Vienne").is_err_and(|told| told == ["Vienne (38544)", "Vienne (228600011)"]));
        assert!(found("Ville de Vienne").is_ok() && found("Département de la Vienne").is_ok());
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
