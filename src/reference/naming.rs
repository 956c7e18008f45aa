//! French authorities by name: the tiers of names, what stands beside a name, and homonyms.

use super::{
    collectivities::{Coded, Collectivities, EXACT, Remark, Resolved, Unresolved, Wanted, shown},
    countries::Countries,
    country_text::CountryText,
    spelling::{
        BRACKETS, CONJUNCTIONS, NameParts, is_acronym, loose, parts, spell_out, split_kind,
        tidy_code,
    },
    territories, vocabularies,
};
use crate::domain::{NearNames, Position, text::fold};

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

/// What an authority must be, beside its name.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct AuthorityFilter<'a> {
    kind: Option<&'a str>,
    department: Option<&'a str>,
    region: Option<&'a str>,
    code: Option<&'a str>,
}

impl<'a> AuthorityFilter<'a> {
    /// Adds what a qualifier says; false where it contradicts what is known already. Texts that
    /// say none of it are given back.
    fn add(&mut self, qualifier: &'a str) -> Result<bool, &'a str> {
        fn set<'a>(field: &mut Option<&'a str>, value: &'a str) -> bool {
            *field.get_or_insert(value) == value
        }
        let number = qualifier.len() >= 5 && qualifier.bytes().skip(2).all(|b| b.is_ascii_digit());
        if qualifier == "france" {
            Ok(true)
        } else if number {
            Ok(set(&mut self.code, qualifier))
        } else if let Some(code) = territories::department_code(qualifier) {
            Ok(set(&mut self.department, code))
        } else if let Some(code) = territories::region_code(qualifier) {
            Ok(set(&mut self.region, code))
        } else if let Some(kind) = vocabularies::collectivity_kinds().recognise(qualifier) {
            Ok(set(&mut self.kind, &kind.code))
        } else {
            Err(qualifier)
        }
    }
}

/// Whether a qualifier names a country or a part of the world.
fn is_abroad(qualifier: &str) -> bool {
    Countries::bundled().read_text(qualifier) != CountryText::Unknown
}

impl Collectivities {
    /// By name, with whatever tells homonyms apart. Every part of the name must go with the
    /// authority: its département, its code, another name of it.
    pub fn by_name(&self, wanted: Wanted<'_>) -> Result<Resolved, Unresolved> {
        let given = AuthorityFilter {
            kind: wanted.kind.map(|kind| kind.code.as_str()),
            department: wanted.department,
            code: wanted.code,
            region: None,
        };
        let whole = spell_out(&fold(wanted.name));
        let mut nearest = None;
        let mut short = whole.clone();
        match self.named(&whole, given, wanted.position) {
            None => {}
            Some(Err(far @ Unresolved::Far(_))) => nearest = Some(far),
            Some(found) => return found,
        }
        for separators in [BRACKETS, CONJUNCTIONS] {
            let Some(parts) = parts(wanted.name, separators) else { continue };
            match self.qualified(&parts, given, wanted.position) {
                None => {}
                Some(Err(far @ Unresolved::Far(_))) => nearest = nearest.or(Some(far)),
                Some(found) => return found,
            }
            short = parts.head;
        }
        let meant = || self.suggestion(&short).or_else(|| self.at_the_end(&whole));
        Err(nearest.unwrap_or_else(|| Unresolved::Unknown(meant())))
    }

    /// The authority of a name, whose qualifiers all go with it; none where nobody bears it.
    fn qualified(
        &self,
        parts: &NameParts,
        given: AuthorityFilter<'_>,
        position: Option<Position>,
    ) -> Option<Result<Resolved, Unresolved>> {
        let NameParts { head, beside } = parts;
        let (mut filter, mut others, mut fits) = (given, Vec::new(), true);
        for qualifier in beside {
            match filter.add(qualifier) {
                Ok(goes) => fits &= goes,
                Err(text) => others.push(text),
            }
        }
        let found = match self.named(head, filter, position).filter(|_| fits) {
            Some(Ok(found)) => found,
            // "Vienne (Autriche)" is none of them
            Some(Err(_)) if others.iter().any(|other| is_abroad(other)) => {
                return Some(Err(Unresolved::Qualifier(None)));
            }
            Some(Err(unresolved)) => return Some(Err(unresolved)),
            None => {
                // "Paris 13": not a département, but an arrondissement
                let part = beside.iter().filter(|text| text.len() == 2).find_map(|number| {
                    let ordinal = number.trim_start_matches('0');
                    let ending = if ordinal == "1" { "er" } else { "e" };
                    self.named(&format!("{head} {ordinal}{ending} arrondissement"), given, position)
                });
                return part.or_else(|| {
                    Some(Err(match self.named(head, given, position)? {
                        Ok(found) => Unresolved::Qualifier(Some(shown(&found.collectivity))),
                        Err(Unresolved::Ambiguous(_)) => Unresolved::Qualifier(None),
                        Err(unresolved) => unresolved,
                    }))
                });
            }
        };
        Some(self.beside(&found, &others).map_or(Ok(found), Err))
    }

    /// What is wrong with the names that stand beside that of an authority: none, where they are
    /// other names of it, or that of its central commune.
    fn beside(&self, found: &Resolved, others: &[&str]) -> Option<Unresolved> {
        let index = self.codes.get(&found.collectivity.code)?.index;
        let seat = self.seats.get(&index);
        let own = spell_out(&fold(&found.collectivity.name));
        let mut names = vec![found.collectivity.name.clone()];
        for other in others {
            let spelled = spell_out(other);
            let bears = |index: u32| {
                let indexes =
                    [&self.names, &self.bare_names, &self.former_names, &self.loose_names];
                indexes.iter().any(|names| names.find(&spelled).any(|i| i == index as usize))
            };
            if bears(index)
                || seat.is_some_and(|seat| bears(*seat))
                || is_acronym(&other.replace(' ', ""), &own)
            {
                continue;
            }
            // "Strasbourg (Allemagne)": not the commune that begins so
            if is_abroad(other) {
                return Some(Unresolved::Qualifier(None));
            }
            match self.named(&spelled, AuthorityFilter::default(), None) {
                Some(Ok(second)) => names.push(second.collectivity.name.clone()),
                Some(Err(_)) => names.push((*other).to_owned()),
                None => return Some(Unresolved::Qualifier(Some(shown(&found.collectivity)))),
            }
        }
        (names.len() > 1).then(|| Unresolved::Several(names.join(" | ")))
    }

    /// The authority of a folded name, or what stands against it; none where nobody bears it.
    fn named(
        &self,
        folded: &str,
        filter: AuthorityFilter<'_>,
        position: Option<Position>,
    ) -> Option<Result<Resolved, Unresolved>> {
        let mut nearest = None;
        let (kind, rests) = split_kind(folded);
        let kind = filter.kind.or(kind);
        let all: Vec<String> = rests.iter().cloned().chain([folded.to_owned()]).collect();
        let tiers = [
            (&self.names, vec![folded.to_owned()], None, EXACT),
            (&self.names, rests, None, EXACT),
            (&self.bare_names, all.clone(), None, BARE),
            (&self.former_names, all.clone(), Some(Remark::FormerName), FORMER),
            (&self.loose_names, loose(folded, &all, kind), None, LOOSE),
        ];
        for (index, names, remark, confidence) in tiers {
            let mut found: Vec<usize> = names.iter().flat_map(|name| index.find(name)).collect();
            found.sort_unstable();
            found.dedup();
            found.retain(|i| self.admits(AuthorityFilter { kind, ..filter }, *i));
            match self.tell_apart(&found, position) {
                None => {}
                Some(Err(far @ Unresolved::Far(_))) => nearest = nearest.or(Some(far)),
                Some(Err(unresolved)) => return Some(Err(unresolved)),
                Some(Ok((index, by_size))) => {
                    let confidence = if by_size { confidence - BY_SIZE } else { confidence };
                    return Some(if confidence < LINE {
                        Err(Unresolved::Ambiguous(vec![self.shown(index)]))
                    } else {
                        Ok(self.resolved(index, remark, confidence))
                    });
                }
            }
        }
        nearest.map(Err)
    }

    fn admits(&self, filter: AuthorityFilter<'_>, index: usize) -> bool {
        let AuthorityFilter { kind, department, region, code } = filter;
        let place = &self.list[index].collectivity;
        let coded = |code: &str| {
            let is_it = |coded: &Coded| coded.index as usize == index;
            let serves = |served: &Vec<u32>| served.contains(&(index as u32));
            let code = tidy_code(code);
            self.codes.get(&code).is_some_and(is_it)
                || self.postal_codes.get(&code).is_some_and(serves)
        };
        kind.is_none_or(|kind| place.kind.code == kind)
            && department.is_none_or(|code| place.department.as_deref() == Some(code))
            && region.is_none_or(|code| place.region.as_deref() == Some(code))
            && code.is_none_or(coded)
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

    /// The authority that a longer name ends with ("Comité de jumelage de Lyon").
    fn at_the_end(&self, folded: &str) -> Option<String> {
        let ends = folded.match_indices(" de ").map(|(at, de)| &folded[at + de.len()..]);
        ends.filter_map(|end| self.named(end, AuthorityFilter::default(), None)?.ok())
            .map(|found| shown(&found.collectivity))
            .next()
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
