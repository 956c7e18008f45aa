//! Which schemes fit an authority, a country, a theme: yes, no or to be checked, criterion by
//! criterion, each with its reason. What is not known never excludes.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Directory, sentence};
use crate::{
    domain::{
        Bilingual,
        directory::{CallState, FundingScheme, Membership, choice, paris},
    },
    reference::vocabularies,
};

/// The answer to a criterion, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FitAnswer {
    /// It is met.
    Yes,
    /// Nobody knows, or it depends.
    Check,
    /// It is not met.
    No,
}

impl FitAnswer {
    /// Stable: `yes`, `check`, `no`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Check => "check",
            Self::No => "no",
        }
    }
}

impl From<Membership> for FitAnswer {
    fn from(membership: Membership) -> Self {
        match membership {
            Membership::Inside => Self::Yes,
            Membership::Perhaps => Self::Check,
            Membership::Outside => Self::No,
        }
    }
}

/// What a criterion is about, in the order in which reasons are told.
pub const CRITERIA: [&str; 5] = ["applicant", "territory", "country", "theme", "other-scheme"];

/// One criterion of a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// One of [`CRITERIA`].
    pub about: &'static str,
    /// Whether it is met.
    pub answer: FitAnswer,
    /// Why.
    pub reason: Bilingual,
}

/// Who would apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applicant {
    /// A kind of authority, or `association`.
    pub kind: String,
    /// INSEE code of its région.
    pub region: Option<String>,
    /// INSEE code of its département.
    pub department: Option<String>,
}

/// What one wants to do: who, in which countries, on which themes. What is not said is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// Who would apply.
    pub applicant: Option<Applicant>,
    /// Countries by alpha-2.
    pub countries: Vec<String>,
    /// Themes by code.
    pub themes: Vec<String>,
}

/// The rules of a scheme, ready to be compared.
#[derive(Debug, Default)]
pub(super) struct SchemeRules {
    /// A bit for each of [`choice::APPLICANTS`]; none where nobody knows.
    applicants: u16,
    /// A bit for each theme; none for all.
    themes: u32,
    /// Places of groups of territories; none for all of France.
    territories: Vec<usize>,
    countries: Vec<CountryRule>,
}

#[derive(Debug)]
enum CountryRule {
    All,
    One([u8; 2]),
    Group(usize),
}

/// The answers of a scheme; nothing where a criterion is not asked.
pub(super) type Answers = [Option<FitAnswer>; CRITERIA.len()];

/// A situation, ready to be compared.
struct Prepared {
    applicant: Option<u16>,
    /// How each group has the territory, and each of the countries.
    territory: Option<Vec<Membership>>,
    countries: Vec<([u8; 2], Vec<Membership>)>,
    themes: Vec<u32>,
}

/// A scheme beside a situation.
#[derive(Debug, Clone)]
pub struct SchemeMatch<'d> {
    /// The scheme.
    pub scheme: &'d FundingScheme,
    /// Its state, for this kind of applicant.
    pub state: CallState,
    /// Yes where every criterion is met, no where one is not.
    pub fit: FitAnswer,
    /// The criteria that were asked.
    pub criteria: Vec<Criterion>,
    /// What must be brought along: both sides, a sponsor, reports.
    pub requirements: Vec<Bilingual>,
}

impl SchemeMatch<'_> {
    /// The reason to tell first: why it does not fit, else what is to be checked, else why it fits.
    pub fn main_reason(&self) -> Option<&Criterion> {
        self.criteria.iter().rev().max_by_key(|one| one.answer)
    }
}

impl Directory {
    pub(super) fn rules_of(&self, scheme: &FundingScheme) -> SchemeRules {
        let place = |code: &str| self.groups.iter().position(|group| group.code == code);
        let applicants = scheme.applicants.iter().filter_map(|code| applicant_bit(code));
        let themes = scheme.themes.iter().filter_map(|code| theme_bit(code));
        let country = |text: &String| match text.strip_prefix('@') {
            Some(group) => place(group).map(CountryRule::Group),
            None if text == "*" => Some(CountryRule::All),
            None => Some(CountryRule::One(alpha2(text))),
        };
        SchemeRules {
            applicants: applicants.fold(0, |all, bit| all | bit),
            themes: themes.fold(0, |all, bit| all | bit),
            territories: scheme.territories.iter().filter_map(|code| place(code)).collect(),
            countries: scheme.countries.iter().filter_map(country).collect(),
        }
    }

    /// Every scheme beside a situation: those that fit or may fit first, then by state, deadline
    /// and fit.
    pub fn matches(&self, situation: &Situation, at: DateTime<Utc>) -> Vec<SchemeMatch<'_>> {
        self.first_matches(situation, at, usize::MAX)
    }

    /// The first of them: only their reasons are put into words.
    pub fn first_matches(
        &self,
        situation: &Situation,
        at: DateTime<Utc>,
        limit: usize,
    ) -> Vec<SchemeMatch<'_>> {
        let today = paris::day(at);
        let prepared = self.prepare(situation, today);
        let applicant = situation.applicant.as_ref().map(|one| one.kind.as_str());
        let answers = |place: usize| self.answers(place, &prepared);
        let mut found: Vec<(usize, Answers, CallState)> = (0..self.schemes.len())
            .map(|place| {
                let scheme = &self.schemes[place];
                let calls = self.calls_of(&scheme.code);
                (place, answers(place), scheme.state(&calls, at, applicant))
            })
            .collect();
        found.sort_by_cached_key(|(place, answers, state)| {
            let count = |wanted| answers.iter().flatten().filter(|one| **one == wanted).count();
            let scheme = &self.schemes[*place];
            // one that names the country or the theme is nearer than one that is for all
            let general = usize::from(scheme.countries.iter().any(|one| one == "*"))
                + usize::from(scheme.themes.is_empty());
            (
                count(FitAnswer::No) > 0,
                *state,
                self.next_date(scheme, at).0,
                count(FitAnswer::Check),
                general,
                *place,
            )
        });
        let told = found.into_iter().take(limit).map(|(place, answers, state)| {
            let scheme = &self.schemes[place];
            SchemeMatch {
                scheme,
                state,
                fit: answers.iter().flatten().max().copied().unwrap_or(FitAnswer::Check),
                criteria: self.criteria(scheme, (situation, &answers), today),
                requirements: sentence::requirements(scheme),
            }
        });
        told.collect()
    }

    fn prepare(&self, situation: &Situation, today: NaiveDate) -> Prepared {
        let memberships = |names: &[&str]| -> Vec<Membership> {
            self.groups.iter().map(|group| group.membership(names, today)).collect()
        };
        let territory = situation.applicant.as_ref().map(|applicant| {
            let names = territory_names(applicant);
            if names.is_empty() {
                return vec![Membership::Perhaps; self.groups.len()];
            }
            memberships(&names.iter().map(String::as_str).collect::<Vec<_>>())
        });
        Prepared {
            applicant: situation
                .applicant
                .as_ref()
                .map(|one| applicant_bit(&one.kind).unwrap_or_default()),
            territory,
            countries: situation
                .countries
                .iter()
                .map(|country| (alpha2(country), memberships(&[country])))
                .collect(),
            themes: situation.themes.iter().filter_map(|theme| theme_bit(theme)).collect(),
        }
    }

    fn answers(&self, place: usize, prepared: &Prepared) -> Answers {
        let rules = &self.rules[place];
        let applicant = prepared.applicant.map(|kind| match rules.applicants {
            0 => FitAnswer::Check,
            // of a kind that rules do not name, nobody knows
            _ if kind == 0 => FitAnswer::Check,
            bits if bits & kind != 0 => FitAnswer::Yes,
            _ => FitAnswer::No,
        });
        let territory = prepared.territory.as_ref().map(|groups| {
            let best = rules.territories.iter().map(|group| groups[*group].into()).min();
            best.unwrap_or(FitAnswer::Yes)
        });
        let in_country = |(country, groups): &([u8; 2], Vec<Membership>)| {
            let one = |rule: &CountryRule| match rule {
                CountryRule::All => FitAnswer::Yes,
                CountryRule::One(code) if code == country => FitAnswer::Yes,
                CountryRule::One(_) => FitAnswer::No,
                CountryRule::Group(group) => groups[*group].into(),
            };
            rules.countries.iter().map(one).min().unwrap_or(FitAnswer::Check)
        };
        let country = prepared.countries.iter().map(in_country).min();
        let theme = |theme: &u32| match rules.themes {
            0 => FitAnswer::Yes,
            bits if bits & theme != 0 => FitAnswer::Yes,
            _ => FitAnswer::No,
        };
        let theme = prepared.themes.iter().map(theme).min();
        let yields = self.schemes[place].yields_to.iter().any(|other| {
            let other = self.schemes.iter().position(|scheme| scheme.code == *other);
            other.is_some_and(|other| self.rules[other].covers(prepared))
        });
        [applicant, territory, country, theme, yields.then_some(FitAnswer::Check)]
    }

    /// The criteria that were asked, in words.
    fn criteria(
        &self,
        scheme: &FundingScheme,
        (situation, answers): (&Situation, &Answers),
        today: NaiveDate,
    ) -> Vec<Criterion> {
        let asked = CRITERIA.iter().zip(answers);
        let asked = asked.filter_map(|(about, answer)| Some((*about, (*answer)?)));
        asked
            .map(|(about, answer)| Criterion {
                about,
                answer,
                reason: sentence::reason(self, scheme, (situation, today), (about, answer)),
            })
            .collect()
    }

    /// The scheme that one yields to in a situation.
    pub(super) fn preferred<'d>(
        &'d self,
        scheme: &FundingScheme,
        situation: &Situation,
        today: NaiveDate,
    ) -> Option<&'d FundingScheme> {
        let prepared = self.prepare(situation, today);
        let covering = scheme.yields_to.iter().find_map(|code| {
            let place = self.schemes.iter().position(|one| one.code == *code)?;
            self.rules[place].covers(&prepared).then_some(place)
        });
        covering.map(|place| &self.schemes[place])
    }
}

impl SchemeRules {
    /// Whether the scheme is made for just this: it names one of the countries, or one of the themes
    /// and takes the country.
    fn covers(&self, prepared: &Prepared) -> bool {
        let in_country = |(country, groups): &([u8; 2], Vec<Membership>), named: bool| {
            self.countries.iter().any(|rule| match rule {
                CountryRule::All => !named,
                CountryRule::One(code) => code == country,
                CountryRule::Group(group) => groups[*group] == Membership::Inside,
            })
        };
        let names_country = prepared.countries.iter().any(|one| in_country(one, true));
        let takes_country = prepared.countries.is_empty()
            || prepared.countries.iter().any(|one| in_country(one, false));
        let names_theme = prepared.themes.iter().any(|theme| self.themes & theme != 0);
        let takes_theme = self.themes == 0 || prepared.themes.is_empty() || names_theme;
        (names_country && takes_theme) || (names_theme && takes_country)
    }
}

/// The names under which groups have the territory of an applicant.
fn territory_names(applicant: &Applicant) -> Vec<String> {
    let department = applicant.department.iter().map(|code| format!("D{code}"));
    department.chain(applicant.region.clone()).collect()
}

fn applicant_bit(code: &str) -> Option<u16> {
    choice::APPLICANTS.iter().position(|one| one.code == code).map(|place| 1 << place)
}

fn theme_bit(code: &str) -> Option<u32> {
    vocabularies::themes().by_code(code).map(|theme| 1 << theme.rank)
}

fn alpha2(code: &str) -> [u8; 2] {
    code.as_bytes().try_into().unwrap_or_default()
}
