//! Records of the directory that a filter leaves, in order.

use chrono::{DateTime, NaiveDate, Utc};

use super::Directory;
use crate::{
    domain::{
        Language, PartialDate,
        directory::{
            Actor, Call, CallState, DirectoryRecord, FundingScheme, Membership, choice, paris,
        },
        text::fold,
    },
    reference::{Countries, territories, vocabularies},
    search::{
        Interval, ParameterError,
        interval::{day, interval},
    },
};

/// What is asked of the directory; nothing filters nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryFilter {
    /// Themes, any of.
    pub themes: Vec<String>,
    /// Countries by alpha-2, any of.
    pub countries: Vec<String>,
    /// Régions by INSEE code, any of.
    pub regions: Vec<String>,
    /// States, any of.
    pub states: Vec<CallState>,
    /// Kinds, any of.
    pub kinds: Vec<String>,
    /// Services of actors, any of.
    pub services: Vec<String>,
    /// Schemes by code, any of.
    pub schemes: Vec<String>,
    /// Words or beginnings of words.
    pub words: Vec<String>,
    /// Days of which one can apply on some.
    pub datetime: Option<Interval>,
}

impl DirectoryFilter {
    // long: one arm for each parameter
    /// Takes a parameter; false where it is none of these.
    pub fn set(&mut self, name: &str, text: &str) -> Result<bool, ParameterError> {
        let values = || text.split(',').map(str::trim).filter(|value| !value.is_empty());
        let wrong = |value: &str, what: [&str; 2]| {
            ParameterError::new(
                name,
                [
                    format!("« {value} » n'est pas {}", what[0]),
                    format!("“{value}” is not {}", what[1]),
                ],
            )
        };
        match name {
            "theme" => {
                for value in values() {
                    let theme = vocabularies::themes().by_code(&value.to_ascii_lowercase());
                    let theme = theme
                        .ok_or_else(|| wrong(value, ["un code de thème", "the code of a theme"]))?;
                    self.themes.push(theme.code.clone());
                }
            }
            "country" => {
                for value in values() {
                    let found = Countries::bundled().by_alpha2(&value.to_ascii_uppercase());
                    let what = ["un code de pays (alpha-2)", "the code of a country (alpha-2)"];
                    self.countries.push(found.ok_or_else(|| wrong(value, what))?.alpha2.clone());
                }
            }
            "region" => {
                for value in values() {
                    let found = territories::regions().get(value);
                    let what = ["un code INSEE de région", "the INSEE code of a région"];
                    self.regions.push(found.ok_or_else(|| wrong(value, what))?.code.clone());
                }
            }
            "state" => {
                for value in values() {
                    let what = ["un état", "a state"];
                    self.states.push(CallState::of_code(value).ok_or_else(|| wrong(value, what))?);
                }
            }
            "kind" => {
                let lists = [choice::ACTOR_KINDS, choice::SCHEME_KINDS];
                for value in values() {
                    let known = lists.iter().any(|list| list.iter().any(|one| one.code == value));
                    if !known {
                        return Err(wrong(value, ["une nature", "a kind"]));
                    }
                    self.kinds.push(value.to_owned());
                }
            }
            "service" => {
                for value in values() {
                    if !choice::SERVICES.iter().any(|one| one.code == value) {
                        return Err(wrong(value, ["un service", "a service"]));
                    }
                    self.services.push(value.to_owned());
                }
            }
            "scheme" => self.schemes.extend(values().map(str::to_owned)),
            "datetime" => {
                let read = interval(text).map_err(|reason| ParameterError::new(name, reason))?;
                self.datetime = Some(read);
            }
            "q" => self.words.extend(fold(text).split(' ').map(str::to_owned)),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether anything is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn has_words(&self, texts: &[&str]) -> bool {
        let text = fold(&texts.join(" "));
        let begins = |word: &str| text.split(' ').any(|one| one.starts_with(word));
        self.words.iter().all(|word| begins(word))
    }
}

fn any_of(wanted: &[String], list: &[String]) -> bool {
    wanted.is_empty() || list.is_empty() || wanted.iter().any(|one| list.contains(one))
}

fn is_one_of(wanted: &[String], one: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == one)
}

/// A scheme or a call with its state.
#[derive(Debug, Clone, Copy)]
pub struct WithState<'d, T> {
    /// The record.
    pub record: &'d T,
    /// Its state at the instant that was asked for.
    pub state: CallState,
}

impl Directory {
    /// Actors that a filter leaves, those of the fewest régions and countries first.
    pub fn find_actors(&self, filter: &DirectoryFilter) -> Vec<&Actor> {
        let fits = |actor: &&Actor| {
            any_of(&filter.themes, &actor.themes)
                && any_of(&filter.countries, &actor.countries)
                && any_of(&filter.regions, &actor.regions)
                && is_one_of(&filter.kinds, &actor.kind)
                && (filter.services.is_empty()
                    || filter.services.iter().any(|one| actor.services.contains(one)))
                && filter.has_words(&[
                    &actor.name.fr,
                    &actor.name.en,
                    &actor.acronym,
                    &actor.former_names.join(" "),
                    &actor.role.fr,
                    &actor.role.en,
                ])
        };
        let mut found: Vec<&Actor> = self.actors.iter().filter(fits).collect();
        // who serves just what is asked for is nearer than who serves everybody
        found.sort_by_key(|actor| {
            let near = |wanted: &[String], list: &[String]| {
                !wanted.is_empty() && wanted.iter().any(|one| list.contains(one))
            };
            let nearness = usize::from(near(&filter.regions, &actor.regions)) * 4
                + usize::from(near(&filter.countries, &actor.countries)) * 2
                + usize::from(near(&filter.themes, &actor.themes));
            (std::cmp::Reverse(nearness), actor.regions.len())
        });
        found
    }

    /// Schemes that a filter leaves, the most urgent first.
    pub fn find_schemes(
        &self,
        filter: &DirectoryFilter,
        at: DateTime<Utc>,
    ) -> Vec<WithState<'_, FundingScheme>> {
        let today = paris::day(at);
        let fits = |scheme: &FundingScheme| {
            any_of(&filter.themes, &scheme.themes)
                && self.reaches(&scheme.countries, &filter.countries, today)
                && self.lies_in(scheme, &filter.regions, today)
                && is_one_of(&filter.kinds, &scheme.kind)
                && is_one_of(&filter.schemes, &scheme.code)
                && filter.has_words(&scheme_words(scheme))
        };
        let found = self.schemes.iter().filter(|scheme| fits(scheme));
        let found = found.map(|record| WithState { record, state: self.state_of(record, at) });
        let asked = |found: &WithState<'_, FundingScheme>| {
            filter.states.is_empty() || filter.states.contains(&found.state)
        };
        let mut found: Vec<_> = found.filter(asked).collect();
        found.sort_by_cached_key(|one| (one.state, self.next_date(one.record, at)));
        found
    }

    /// Calls that a filter leaves: those to come by their deadlines, then the closed ones, the last
    /// first.
    pub fn find_calls(
        &self,
        filter: &DirectoryFilter,
        at: DateTime<Utc>,
    ) -> Vec<WithState<'_, Call>> {
        let today = paris::day(at);
        let fits = |call: &Call| {
            let Some(scheme) = self.scheme(&call.scheme) else { return false };
            let mut words = scheme_words(scheme).to_vec();
            words.extend([call.name.fr.as_str(), call.name.en.as_str()]);
            any_of(&filter.themes, &scheme.themes)
                && self.reaches(&scheme.countries, &filter.countries, today)
                && self.lies_in(scheme, &filter.regions, today)
                && is_one_of(&filter.kinds, &scheme.kind)
                && is_one_of(&filter.schemes, &scheme.code)
                && filter.datetime.is_none_or(|wanted| meets(call, wanted))
                && filter.has_words(&words)
        };
        let found = self.calls.iter().filter(|call| fits(call));
        let found = found.map(|record| WithState { record, state: record.state(at, None) });
        let asked = |found: &WithState<'_, Call>| {
            filter.states.is_empty() || filter.states.contains(&found.state)
        };
        let mut found: Vec<_> = found.filter(asked).collect();
        found.sort_by_cached_key(|one| {
            let ends = one.record.deadline(None).map(|deadline| deadline.date.last_day());
            let days = ends.map_or(i64::MAX, |date| (date - today).num_days());
            (one.state, days.abs(), one.record.code.clone())
        });
        found
    }

    /// The day by which schemes of one state are ordered: the next deadline, or when an edition is
    /// expected; those without come last.
    pub(super) fn next_date(
        &self,
        scheme: &FundingScheme,
        at: DateTime<Utc>,
    ) -> (NaiveDate, String) {
        let today = paris::day(at);
        let calls = self.calls_of(&scheme.code);
        let deadlines = calls.iter().filter_map(|call| call.deadline(None));
        let next = deadlines.map(|one| one.date.last_day()).filter(|day| *day >= today).min();
        let expected = || {
            scheme.forecast(&calls, today).and_then(|one| one.date()).map(PartialDate::first_day)
        };
        let date = next.or_else(expected).unwrap_or(NaiveDate::MAX);
        (date, fold(scheme.name(Language::French)))
    }

    /// Whether a scheme is perhaps for one of several countries.
    fn reaches(&self, rule: &[String], wanted: &[String], today: NaiveDate) -> bool {
        wanted.is_empty()
            || wanted.iter().any(|country| {
                self.country_membership(rule, country, today) != Some(Membership::Outside)
            })
    }

    /// Whether a scheme is perhaps for applicants of one of several régions.
    fn lies_in(&self, scheme: &FundingScheme, regions: &[String], today: NaiveDate) -> bool {
        let perhaps = |region: &String| {
            scheme.territories.is_empty()
                || scheme.territories.iter().filter_map(|code| self.group(code)).any(|group| {
                    let of_region = territories::departments()
                        .values()
                        .filter(|one| one.region.as_deref() == Some(region));
                    let parts: Vec<String> =
                        of_region.map(|one| format!("D{}", one.code)).collect();
                    let mut names = vec![region.as_str()];
                    names.extend(parts.iter().map(String::as_str));
                    group.membership(&names, today) != Membership::Outside
                })
        };
        regions.is_empty() || regions.iter().any(perhaps)
    }

    /// Whether a rule of countries has a country; nothing where no rule is known.
    pub(super) fn country_membership(
        &self,
        rule: &[String],
        country: &str,
        today: NaiveDate,
    ) -> Option<Membership> {
        let one = |part: &String| match part.strip_prefix('@') {
            Some(group) => self
                .group(group)
                .map_or(Membership::Perhaps, |group| group.membership(&[country], today)),
            None if part == "*" || part == country => Membership::Inside,
            None => Membership::Outside,
        };
        rule.iter().map(one).min()
    }
}

/// Whether one can apply in an interval; a side that is not known is open.
fn meets(call: &Call, wanted: Interval) -> bool {
    let opens = call.opens.map(|date| day(date.first_day()));
    let closes = call.deadline(None).map(|one| day(one.date.last_day()));
    let is_after = |first: Option<i32>, last: Option<i32>| matches!((first, last), (Some(first), Some(last)) if first > last);
    !is_after(opens, wanted.to) && !is_after(wanted.from, closes)
}

fn scheme_words(scheme: &FundingScheme) -> [&str; 5] {
    [&scheme.name.fr, &scheme.name.en, &scheme.acronym, &scheme.summary.fr, &scheme.summary.en]
}
