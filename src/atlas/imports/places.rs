//! The places that rows name, resolved, and remembered by what the rows write.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

use super::{
    identify::identify,
    plausibility,
    values::{self, Cell},
};
use crate::{
    domain::{
        Column, Draft, Issue, IssueCode, Partner, Position, PositionSource, Term, text::tidy,
    },
    reference::{
        Collectivities, Countries, Country, CountryText, Gazetteer, Outlines, Wanted,
        collectivities::Resolved,
        gazetteer::{NEAR_KM, Sought, Unplaced},
        partner_kinds, territories, vocabularies,
    },
};

/// What a row writes of one French authority.
pub(super) struct HomeCells<'a> {
    pub(super) name: Cell<'a>,
    pub(super) code: Cell<'a>,
    pub(super) kind: Cell<'a>,
    pub(super) department: Cell<'a>,
    pub(super) lon: Cell<'a>,
    pub(super) lat: Cell<'a>,
}

/// What a row writes of one partner.
pub(super) struct PartnerCells<'a> {
    pub(super) name: Cell<'a>,
    pub(super) country: Cell<'a>,
    pub(super) region: Cell<'a>,
    pub(super) kind: Cell<'a>,
    pub(super) lon: Cell<'a>,
    pub(super) lat: Cell<'a>,
}

/// A partner, or none where an issue is an error. (The line of the issues is that of the row
/// which was seen first.)
pub(super) struct Abroad {
    pub(super) partner: Option<Arc<Partner>>,
    pub(super) issues: Vec<Issue>,
}

/// Looks places up, and remembers them as they were written. Each thread that resolves has its
/// own: most rows are answered from it, and none waits for another thread.
pub(super) struct Places {
    collectivities: &'static Collectivities,
    countries: &'static Countries,
    gazetteer: Gazetteer,
    homes: Memory<Result<Resolved, Issue>>,
    partners: Memory<Abroad>,
}

impl Places {
    /// That remembers at most so many places of each side.
    pub(super) fn new(remembered: usize) -> Self {
        Self {
            collectivities: Collectivities::bundled(),
            countries: Countries::bundled(),
            gazetteer: Gazetteer::bundled(),
            homes: Memory::new(remembered),
            partners: Memory::new(remembered),
        }
    }

    /// The country that a text means.
    pub(super) fn country(&self, text: &str) -> Option<&'static Country> {
        self.countries.recognise(&tidy(text))
    }

    /// What is wrong with the country of the French side, where nobody knows it.
    pub(super) fn unknown_home(&self, draft: &Draft<'_>) -> Issue {
        let column = Column::CollectivityCountry;
        let text = draft.cell(column);
        let nearest = self.countries.nearest(text);
        let issue = Issue::new(IssueCode::CountryUnknown, draft.line).at(column.name(), text);
        Issue { suggestion: nearest.map(|country| country.name.fr.clone()), ..issue }
    }

    /// The French authority that cells mean, or the issue of one of them.
    pub(super) fn home(&mut self, cells: &HomeCells<'_>) -> Arc<Result<Resolved, Issue>> {
        let HomeCells { name, code, kind, department, lon, lat } = cells;
        let list = self.collectivities;
        let texts = [name, code, kind, department, lon, lat].map(|cell| cell.text);
        self.homes.get(texts, || {
            let kind = match kind.text {
                "" => None,
                _ => Some(kind.term(vocabularies::collectivity_kinds())?),
            };
            let wanted = Wanted {
                name: name.text,
                kind,
                department: territories::department_code(department.text),
                position: values::position(*lon, *lat)?,
                code: None,
            };
            identify(list, code.text, wanted).map_err(|(issue, suggestion)| {
                let nobody = matches!(
                    issue,
                    IssueCode::CollectivityUnknown
                        | IssueCode::CollectivityCodeUnknown
                        | IssueCode::CollectivityCodeMismatch
                );
                if let Some(issue) = name.not_a_name().filter(|_| nobody) {
                    return issue;
                }
                let by_code = matches!(
                    issue,
                    IssueCode::CollectivityCodeUnknown
                        | IssueCode::CollectivityCodeMismatch
                        | IssueCode::CollectivityPostalMismatch
                ) && !code.text.is_empty();
                let issue = if by_code { code } else { name }.issue(issue);
                Issue { suggestion, ..issue }
            })
        })
    }

    /// The partner that cells mean, with what is odd about it.
    pub(super) fn partner(&mut self, cells: &PartnerCells<'_>) -> Arc<Abroad> {
        let PartnerCells { name, country, region, kind, lon, lat } = cells;
        let (gazetteer, countries) = (self.gazetteer, self.countries);
        let texts = [name, country, region, kind, lon, lat].map(|cell| cell.text);
        self.partners.get(texts, || {
            let mut issues = Vec::new();
            let name = kept(name.place_name(), &mut issues);
            let country = foreign(countries, cells, &mut issues);
            let region = kept(region.text(200), &mut issues);
            let given_kind = kept(optional_kind(kind), &mut issues);
            let given = kept(values::position(*lon, *lat), &mut issues);
            let (Some(name), Some(country), Some(region), Some(given_kind), Some(given)) =
                (name, country, region, given_kind, given)
            else {
                return Abroad { partner: None, issues };
            };
            if let Some(issue) = cells.name.not_a_name()
                && !gazetteer.knows(&country.alpha2, &name)
            {
                return Abroad { partner: None, issues: vec![issue] };
            }
            if let (Some(given), Some(named)) = (given_kind, partner_kinds::of_name(&name))
                && given != named
            {
                let issue = kind.issue(IssueCode::PartnerKindContradictory);
                issues.push(issue.suggest(&named.code));
            }
            let kind = partner_kinds::of_partner(given_kind, &name);
            let country = country.alpha2.clone();
            let mut partner = Partner { name, country, region, kind, place: None, area: None };
            issues.extend(locate(gazetteer, &mut partner, given, cells.name));
            if let Some((code, suggestion)) = plausibility::about_position(&partner) {
                let value = format!("{} | {}", lon.text, lat.text);
                let issue = Issue::new(code, lon.line).at(lon.column, value);
                let suggestion = Some(suggestion).filter(|s| !s.is_empty());
                issues.push(Issue { suggestion, ..issue });
                partner.place = partner.place.map(|(at, _)| (at, PositionSource::Elsewhere));
            }
            Abroad { partner: Some(Arc::new(partner)), issues }
        })
    }
}

/// Fills in where a partner is and in which area, by its given position and by the gazetteer;
/// the issue where it has no place.
fn locate(
    gazetteer: Gazetteer,
    partner: &mut Partner,
    given: Option<Position>,
    name: Cell<'_>,
) -> Option<Issue> {
    let Partner { name: text, country, region, .. } = &*partner;
    let sought = Sought { country, name: text, region: region.as_deref(), position: given };
    let found = gazetteer.place(&sought);
    let of_region = region.as_deref().and_then(|region| gazetteer.area(country, region));
    let (place, area, issue) = match (given, found) {
        (Some(given), Ok(found)) if found.position != given => {
            let lies_in = found.is_area || found.position.distance_km(given) < NEAR_KM;
            (Some((given, PositionSource::Given)), found.area.filter(|_| lies_in), None)
        }
        // the gazetteer's own answer, which an export may have written down
        (_, Ok(found)) => {
            let source =
                if found.is_area { PositionSource::Area } else { PositionSource::Gazetteer };
            (Some((found.position, source)), found.area, None)
        }
        (Some(given), Err(_)) => (Some((given, PositionSource::Given)), None, None),
        (None, Err(Unplaced::Unknown)) => {
            (None, None, Some(name.issue(IssueCode::PartnerUnplaced)))
        }
        (None, Err(Unplaced::Doubtful(candidates))) => {
            let issue = name.issue(IssueCode::PartnerAmbiguous);
            (None, None, Some(issue.suggest(candidates.join(", "))))
        }
    };
    let area = area.or(of_region).map(|area| area.code.clone());
    (partner.place, partner.area) = (place, area);
    issue
}

/// The kind of authority that a cell gives.
fn optional_kind(cell: &Cell<'_>) -> Result<Option<&'static Term>, Issue> {
    match cell.text {
        "" => Ok(None),
        _ => cell.term(vocabularies::partner_kinds()).map(Some),
    }
}

/// The country of a partner, which is not France. A territory overseas that a row gives as
/// the country of its partner is told, and kept.
// long: one arm for each reading of the cell
fn foreign(
    countries: &'static Countries,
    cells: &PartnerCells<'_>,
    issues: &mut Vec<Issue>,
) -> Option<&'static Country> {
    let cell = &cells.country;
    if cell.text.is_empty() {
        return kept(Err(cell.issue(IssueCode::ValueMissing)), issues);
    }
    let suggest = |code: IssueCode, countries: &[&Country]| {
        let names: Vec<&str> = countries.iter().map(|country| &*country.name.fr).collect();
        cell.issue(code).suggest(names.join(", "))
    };
    let found = match countries.read_text(&tidy(cell.text)) {
        CountryText::Whole(country) => {
            // where a position is given, it is what tells
            if cells.lon.text.is_empty() {
                let all = [vec![country], countries.homonyms(&tidy(cell.text))].concat();
                if let Some(other) = holding(&all, cells).filter(|other| *other != country) {
                    issues.push(suggest(IssueCode::CountryDoubtful, &[other]));
                }
            }
            Ok(country)
        }
        CountryText::Qualified(country) => {
            issues.push(suggest(IssueCode::CountryQualified, &[country]));
            Ok(country)
        }
        CountryText::Several(several) => {
            // the one that the partner lies in, to be pasted
            Err(match holding(&several, cells) {
                Some(one) => suggest(IssueCode::CountrySeveral, &[one]),
                None => suggest(IssueCode::CountrySeveral, &several),
            })
        }
        CountryText::Former(today) => match holding(&today, cells) {
            Some(one) => {
                issues.push(suggest(IssueCode::CountrySucceeded, &[one]));
                Ok(one)
            }
            None => Err(suggest(IssueCode::CountryFormer, &today)),
        },
        CountryText::Broad => Err(cell.issue(IssueCode::CountryBroad)),
        CountryText::Unknown => {
            match countries.corrected(cell.text).filter(|country| !country.french) {
                Some(country) => {
                    issues.push(suggest(IssueCode::CountryCorrected, &[country]));
                    Ok(country)
                }
                None => Err(Issue {
                    suggestion: countries.nearest(cell.text).map(|country| country.name.fr.clone()),
                    ..cell.issue(IssueCode::CountryUnknown)
                }),
            }
        }
    };
    let found = found.and_then(|country| match country {
        Country { french: true, alpha2, .. } if alpha2 == "FR" => {
            Err(cell.issue(IssueCode::BothInFrance))
        }
        Country { french: true, .. } => {
            issues.push(cell.issue(IssueCode::PartnerOverseas));
            Ok(country)
        }
        _ => Ok(country),
    });
    kept(found, issues)
}

/// The only one of several countries that a partner lies in: by its position, else by its name.
fn holding(several: &[&'static Country], cells: &PartnerCells<'_>) -> Option<&'static Country> {
    let there = match values::position(cells.lon, cells.lat).ok().flatten() {
        Some(given) => Outlines::bundled().country_at(given),
        None => None,
    };
    let mut holding = several.iter().filter(|country| match there {
        Some(there) => country.alpha2 == there,
        None => Gazetteer::bundled().knows(&country.alpha2, &tidy(cells.name.text)),
    });
    let only = holding.next()?;
    holding.next().is_none().then_some(only)
}

/// The value, or none and its issue noted.
fn kept<T>(result: Result<T, Issue>, issues: &mut Vec<Issue>) -> Option<T> {
    result.map_err(|issue| issues.push(issue)).ok()
}

/// What texts have come to, by the texts. It is cleared when it is full, so that no file makes it
/// grow for ever.
struct Memory<T> {
    known: HashMap<Box<str>, Arc<T>, RandomState>,
    limit: usize,
    key: String,
}

/// Texts that are longer together, in bytes, are not remembered.
const LONGEST_KEY: usize = 500;

impl<T> Memory<T> {
    fn new(limit: usize) -> Self {
        Self { known: HashMap::default(), limit, key: String::new() }
    }

    /// What was found for these texts, or is now. No text holds a `|`, which separates values.
    fn get<'t>(
        &mut self,
        texts: impl IntoIterator<Item = &'t str>,
        find: impl FnOnce() -> T,
    ) -> Arc<T> {
        self.key.clear();
        for text in texts {
            self.key.push_str(text);
            self.key.push('|');
        }
        if let Some(known) = self.known.get(self.key.as_str()) {
            return Arc::clone(known);
        }
        let found = Arc::new(find());
        if self.key.len() <= LONGEST_KEY {
            if self.known.len() >= self.limit {
                self.known.clear();
            }
            self.known.insert(self.key.as_str().into(), Arc::clone(&found));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_bounded_and_keeps_texts_apart() {
        let mut memory = Memory::new(2);
        let ab = |a, b| [a, b, "", "", "", ""];
        assert_eq!(*memory.get(ab("a", "b"), || 1), 1);
        assert_eq!(*memory.get(ab("ab", ""), || 2), 2);
        assert_eq!(*memory.get(ab("a", "b"), || 3), 1);
        assert_eq!(*memory.get(ab("c", ""), || 4), 4);
        assert_eq!(memory.known.len(), 1);
        let long = "x".repeat(LONGEST_KEY);
        assert_eq!(*memory.get(ab(&long, ""), || 5), 5);
        assert_eq!(*memory.get(ab(&long, ""), || 6), 6);
        assert_eq!(memory.known.len(), 1);
    }
}
