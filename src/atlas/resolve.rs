//! A draft and the reference lists to a record, or to the issues that stand against it.

use std::{collections::HashMap, sync::Arc};

use super::{
    check::Check,
    doubts,
    identify::identify,
    values::{self, Cell, spread},
};
use crate::{
    domain::{
        Collectivity, Column, Draft, Issue, IssueCode, Partner, Partnership, PositionSource,
        partnership::made_key,
        text::{fold, tidy},
    },
    reference::{
        Cities, Collectivities, Countries, Country, Wanted, collectivities::Resolved, territories,
        vocabularies,
    },
};

/// What a row comes to.
pub(super) enum Reading {
    /// A record; its issues are warnings.
    Record(Box<Resolution>),
    /// Nothing; one of its issues is an error.
    Rejected,
    /// Nothing: neither side is French.
    Foreign,
}

/// A record, and whether its producer named it.
pub(super) struct Resolution {
    pub(super) partnership: Partnership,
    /// The key is the producer's identifier, not one made from the row.
    pub(super) own_key: bool,
    /// Which of the row's readings it is.
    pub(super) reading: usize,
}

/// Resolves drafts, remembering the places it has seen.
pub(super) struct Resolver {
    collectivities: &'static Collectivities,
    countries: &'static Countries,
    cities: &'static Cities,
    /// The source of rows that name none.
    source: String,
    known_collectivities: HashMap<String, Result<Resolved, (IssueCode, Option<String>)>>,
    known_partners: HashMap<Partner, Arc<Known>>,
    known_countries: HashMap<String, Option<&'static Country>>,
}

/// A partner that was seen, and what is odd about its position.
struct Known {
    partner: Arc<Partner>,
    doubt: Option<(IssueCode, String)>,
}

/// Places remembered before the memory is cleared, so that no file makes it grow for ever.
const REMEMBERED: usize = 200_000;
/// Names that are longer, in bytes, are neither remembered nor corrected.
const LONGEST_NAME: usize = 300;

impl Resolver {
    pub(super) fn new(source: String) -> Self {
        Self {
            collectivities: Collectivities::bundled(),
            countries: Countries::bundled(),
            cities: Cities::bundled(),
            source,
            known_collectivities: HashMap::new(),
            known_partners: HashMap::new(),
            known_countries: HashMap::new(),
        }
    }

    /// Tries a row's readings in turn until one has its French side in France.
    pub(super) fn read<'a>(
        &mut self,
        readings: impl Iterator<Item = Draft<'a>>,
        issues: &mut Vec<Issue>,
    ) -> Reading {
        for (reading, draft) in readings.enumerate() {
            let country = draft.cell(Column::CollectivityCountry);
            if country.is_empty() || self.known_country(country).is_some_and(|c| c.french) {
                return self.record(&draft, reading, issues);
            }
        }
        Reading::Foreign
    }

    fn record(&mut self, draft: &Draft<'_>, reading: usize, issues: &mut Vec<Issue>) -> Reading {
        let mut check = Check { draft, issues, rejected: false };
        let source = check.source(&self.source);
        let key = check.take(Column::Key, |cell| cell.text(200)).flatten();
        let title = check.take(Column::Title, |cell| cell.text(300)).flatten();
        let kind = check.take(Column::Kind, |cell| cell.term(vocabularies::kinds()));
        let status = check.take(Column::Status, |cell| cell.term(vocabularies::statuses()));
        let (start, end) = (check.cell(Column::Start), check.cell(Column::End));
        let period = check.keep(values::period(start, end));
        let collectivities = self.collectivities(&mut check);
        let partners = self.partners(&mut check);
        let themes = check.themes();
        let sdgs = check.sdgs();
        let description = check.take(Column::Description, |cell| cell.long_text(10_000));
        let budget = check.take(Column::Budget, |cell| cell.amount());
        let funders = check.funders();
        let url = check.url();
        let verified_on = check.take(Column::VerifiedOn, |cell| cell.day());
        if let (Some(homes), Some(partners)) = (&collectivities, &partners) {
            check.ends_apart(homes, partners);
        }
        if let (Some(title), Some(period)) = (&title, period) {
            check.issues.extend(doubts::about_title(title, period, check.draft.line));
        }
        if check.rejected {
            return Reading::Rejected;
        }
        let record = || {
            let (collectivities, partners, kind) = (collectivities?, partners?, kind?);
            let (lead, first) = (&collectivities[0], &partners[0]);
            let own_key = key.is_some();
            let key = key.unwrap_or_else(|| {
                let title = fold(title.as_deref().unwrap_or_default());
                let name = fold(&first.name);
                made_key(
                    [&lead.code, &first.country, &name, &kind.code, &title].map(String::as_str),
                )
            });
            let title = title.unwrap_or_else(|| format!("{} – {}", lead.name, first.name));
            let partnership = Partnership {
                source: source?,
                key,
                title,
                kind,
                status: status?,
                period: period?,
                collectivities,
                partners,
                themes: themes?,
                sdgs: sdgs?,
                description: description?,
                budget: budget?,
                funders: funders?,
                url: url.ok()?,
                verified_on: verified_on?,
            };
            Some(Resolution { partnership, own_key, reading })
        };
        record().map_or(Reading::Rejected, |record| Reading::Record(Box::new(record)))
    }

    fn collectivities(&mut self, check: &mut Check<'_, '_>) -> Option<Vec<Arc<Collectivity>>> {
        let names = check.names(Column::Collectivity)?;
        let mut cells = |column| {
            let cell = check.cell(column);
            check.keep(spread(cell, names.len()))
        };
        let codes = cells(Column::CollectivityCode)?;
        let kinds = cells(Column::CollectivityKind)?;
        let departments = cells(Column::CollectivityDepartment)?;
        let lons = cells(Column::CollectivityLongitude)?;
        let lats = cells(Column::CollectivityLatitude)?;
        let mut found: Vec<Arc<Collectivity>> = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let side = Side {
                name: *name,
                code: codes[index],
                kind: kinds[index],
                department: departments[index],
                place: (lons[index], lats[index]),
            };
            let resolved = self.collectivity(&side);
            let resolved = check.keep(resolved)?;
            if resolved.merged {
                let cell = if side.code.text.is_empty() { side.name } else { side.code };
                let today = &resolved.collectivity;
                let today = format!("{} ({})", today.name, today.code);
                check.issues.push(cell.issue(IssueCode::CollectivityMerged).suggest(today));
            }
            if !found.iter().any(|other| other.code == resolved.collectivity.code) {
                found.push(resolved.collectivity);
            }
        }
        Some(found)
    }

    fn collectivity(&mut self, side: &Side<'_>) -> Result<Resolved, Issue> {
        let kind = match side.kind.text {
            "" => None,
            _ => Some(side.kind.term(vocabularies::collectivity_kinds())?),
        };
        let position = values::position(side.place.0, side.place.1)?;
        let wanted = Wanted {
            name: side.name.text,
            kind,
            department: territories::department_code(side.department.text),
            position,
        };
        let memory = format!("{wanted:?} {}", side.code.text);
        if self.known_collectivities.len() > REMEMBERED {
            self.known_collectivities.clear();
        }
        let result = self
            .known_collectivities
            .entry(memory)
            .or_insert_with(|| identify(self.collectivities, side.code.text, wanted));
        result.clone().map_err(|(code, suggestion)| {
            let by_code = matches!(
                code,
                IssueCode::CollectivityCodeUnknown | IssueCode::CollectivityCodeMismatch
            );
            let issue = if by_code { side.code } else { side.name }.issue(code);
            match suggestion {
                Some(suggestion) => issue.suggest(suggestion),
                None => issue,
            }
        })
    }

    fn partners(&mut self, check: &mut Check<'_, '_>) -> Option<Vec<Arc<Partner>>> {
        let names = check.names(Column::Partner)?;
        let mut cells = |column| {
            let cell = check.cell(column);
            check.keep(spread(cell, names.len()))
        };
        let countries = cells(Column::PartnerCountry)?;
        let regions = cells(Column::PartnerRegion)?;
        let lons = cells(Column::Longitude)?;
        let lats = cells(Column::Latitude)?;
        let mut found: Vec<Arc<Partner>> = Vec::with_capacity(names.len());
        for (index, cell) in names.iter().enumerate() {
            let name = check.keep(cell.place_name());
            let country = self.country(&countries[index], check);
            let region = check.keep(regions[index].text(200));
            let given = check.keep(values::position(lons[index], lats[index]));
            let (name, country, region, given) = (name?, country?, region?, given?);
            let listed = self.cities.place(&country.alpha2, &name);
            let place = match (given, listed) {
                (Some(given), listed) if Some(given) != listed => {
                    Some((given, PositionSource::Given))
                }
                // the gazetteer's own answer, which an export wrote down, or no answer at all
                (_, listed) => listed.map(|listed| (listed, PositionSource::Gazetteer)),
            };
            let partner = Partner { name, country: country.alpha2.clone(), region, place };
            let known = self.shared(partner);
            if let Some((code, suggestion)) = &known.doubt {
                let value = format!("{} | {}", lons[index].text, lats[index].text);
                let issue = Issue::new(*code, check.draft.line).at(lons[index].column, value);
                check.issues.push(Issue {
                    suggestion: Some(suggestion.clone()).filter(|s| !s.is_empty()),
                    ..issue
                });
            }
            if !found.contains(&known.partner) {
                found.push(Arc::clone(&known.partner));
            }
        }
        Some(found)
    }

    /// The country of a partner, which is not France. A territory overseas that a row gives as
    /// the country of its partner is told, and kept; where either side of a list may be the
    /// French one, such a link is one inside France.
    fn country(&mut self, cell: &Cell<'_>, check: &mut Check<'_, '_>) -> Option<&'static Country> {
        let either_side = !check.draft.cell(Column::CollectivityCountry).is_empty();
        let found = match self.known_country(cell.text) {
            _ if cell.text.is_empty() => Err(cell.issue(IssueCode::ValueMissing)),
            Some(country) if country.french && (either_side || country.alpha2 == "FR") => {
                Err(cell.issue(IssueCode::BothInFrance))
            }
            Some(country) => {
                if country.french {
                    check.issues.push(cell.issue(IssueCode::PartnerOverseas));
                }
                Ok(country)
            }
            None => self.corrected_country(cell, check.issues),
        };
        check.keep(found)
    }

    /// The country that a misspelt name can only mean.
    fn corrected_country(
        &self,
        cell: &Cell<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<&'static Country, Issue> {
        let Some(country) = self.countries.corrected(cell.text).filter(|country| !country.french)
        else {
            let issue = cell.issue(IssueCode::CountryUnknown);
            return Err(match self.countries.nearest(cell.text) {
                Some(country) => issue.suggest(&country.name.fr),
                None => issue,
            });
        };
        issues.push(cell.issue(IssueCode::CountryCorrected).suggest(&country.name.fr));
        Ok(country)
    }

    fn known_country(&mut self, text: &str) -> Option<&'static Country> {
        if let Some(known) = self.known_countries.get(text) {
            return *known;
        }
        if self.known_countries.len() > REMEMBERED {
            self.known_countries.clear();
        }
        let country = self.countries.recognise(&tidy(text));
        if text.len() > LONGEST_NAME {
            return country;
        }
        self.known_countries.insert(text.to_owned(), country);
        country
    }

    fn shared(&mut self, partner: Partner) -> Arc<Known> {
        if let Some(known) = self.known_partners.get(&partner) {
            return Arc::clone(known);
        }
        if self.known_partners.len() > REMEMBERED {
            self.known_partners.clear();
        }
        let doubt = doubts::about_position(&partner);
        let known = Arc::new(Known { partner: Arc::new(partner.clone()), doubt });
        self.known_partners.insert(partner, Arc::clone(&known));
        known
    }
}

/// What a row says of one French authority.
struct Side<'a> {
    name: Cell<'a>,
    code: Cell<'a>,
    kind: Cell<'a>,
    department: Cell<'a>,
    place: (Cell<'a>, Cell<'a>),
}
