//! A scheme or an actor in a list, its state and its date in words.

use chrono::{DateTime, Utc};

use crate::{
    domain::directory::{Actor, Call, CallState, DirectoryRecord, FundingScheme, choice, paris},
    http::{
        page::{
            layout::{Layout, PageLink, escape},
            site_page::SitePage,
        },
        site::directory::page::{Badge, DirectoryEntry},
        text::{format::typeset, grammar, texts::Texts},
    },
    reference::territories,
    search::{
        Dimension,
        directory::{Directory, FitAnswer, SchemeMatch},
    },
};

/// What entries are written from.
pub(crate) struct EntryWriter<'p> {
    pub(crate) directory: &'p Directory,
    pub(crate) layout: &'p Layout,
    pub(crate) at: DateTime<Utc>,
}

impl EntryWriter<'_> {
    pub(crate) fn badge(&self, state: CallState) -> Badge {
        Badge { code: state.code(), label: state.label(self.layout.language).to_owned() }
    }

    /// A text of data, set as its language is.
    pub(crate) fn set(&self, text: &str) -> String {
        typeset(self.layout.language, text)
    }

    pub(crate) fn scheme_link(&self, scheme: &FundingScheme) -> PageLink {
        let list = SitePage::Funding.path(self.layout.language);
        PageLink {
            label: self.set(scheme.name(self.layout.language)),
            path: format!("{list}/{}", escape(&scheme.code)),
        }
    }

    pub(crate) fn actor_link(&self, actor: &Actor) -> PageLink {
        let list = SitePage::Actors.path(self.layout.language);
        PageLink {
            label: self.set(actor.name(self.layout.language)),
            path: format!("{list}/{}", escape(&actor.code)),
        }
    }

    /// When one can apply: a deadline, or a forecast that says that it is one.
    pub(crate) fn when(&self, scheme: &FundingScheme, state: CallState) -> String {
        let texts = Texts::of(self.layout.language);
        let calls = self.directory.calls_of(&scheme.code);
        let of_state = calls.iter().find(|call| call.state(self.at, None) == state);
        match state {
            CallState::Closing | CallState::Open => {
                of_state.map_or_else(String::new, |call| self.until(call))
            }
            CallState::Announced => {
                let opens = of_state.and_then(|call| call.opens);
                let date = opens.map(|date| self.layout.date(&date.to_string()));
                texts.fill("directory.opens", &[("date", &date.unwrap_or_default())])
            }
            CallState::Permanent => texts.text("directory.permanent").to_owned(),
            CallState::Expected => self.forecast(scheme),
            _ => {
                let last = calls.iter().find(|call| call.state(self.at, None) == CallState::Closed);
                let date = last.and_then(|call| call.deadline(None)).map(|one| one.date);
                let date = date.map(|date| self.layout.date(&date.to_string()));
                date.map_or_else(
                    || texts.text("directory.unknown").to_owned(),
                    |date| texts.fill("directory.closed", &[("date", &date)]),
                )
            }
        }
    }

    /// `Jusqu’au 6 mai 2027, 12:00 (heure de Paris)`
    pub(crate) fn until(&self, call: &Call) -> String {
        let Some(deadline) = call.deadline(None) else { return String::new() };
        let date = self.layout.date(&deadline.date.to_string());
        match deadline.time {
            None => self.layout.fill("directory.until", "date", &date),
            Some(time) => Texts::of(self.layout.language).fill(
                "directory.until_time",
                &[("date", &date), ("time", &time.format("%H:%M").to_string())],
            ),
        }
    }

    fn forecast(&self, scheme: &FundingScheme) -> String {
        let Some(forecast) = self.directory.forecast_of(scheme, self.at) else {
            return String::new();
        };
        let date = forecast.date().map(|date| self.layout.date(&date.to_string()));
        let key = if forecast.is_late { "directory.expected_late" } else { "directory.expected" };
        let values = [("date", date.unwrap_or_default()), ("last", forecast.last.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        Texts::of(self.layout.language).fill(key, &values)
    }

    pub(crate) fn scheme(&self, scheme: &FundingScheme, state: CallState) -> DirectoryEntry {
        let language = self.layout.language;
        let kind = choice::label(choice::SCHEME_KINDS, &scheme.kind, language);
        let operators = scheme.operators.iter().filter_map(|code| self.directory.actor(code));
        let named = |actor: &Actor| {
            if actor.acronym.is_empty() { actor.name(language) } else { &actor.acronym }.to_owned()
        };
        let mut operators: Vec<String> = operators.map(named).collect();
        if operators.len() > 3 {
            operators.truncate(3);
            operators.push("…".to_owned());
        }
        let mut line = vec![kind];
        line.extend((!operators.is_empty()).then(|| operators.join(", ")));
        line.extend(self.doubt(scheme));
        DirectoryEntry {
            link: self.scheme_link(scheme),
            badge: Some(self.badge(state)),
            when: self.when(scheme, state),
            lines: vec![self.set(&line.join(" · "))],
            reasons: Vec::new(),
        }
    }

    /// What is to be known before the facts of a record are believed.
    pub(crate) fn doubt<T: DirectoryRecord>(&self, record: &T) -> Option<String> {
        let facts = record.facts();
        if !facts.are_certain() {
            return Some(self.layout.text("directory.uncertain").to_owned());
        }
        let date = facts.of.or(facts.seen_on).filter(|_| facts.are_stale(paris::day(self.at)))?;
        Some(self.layout.fill("directory.stale", "date", &self.layout.date(&date.to_string())))
    }

    /// A scheme with why it fits, or why not.
    pub(crate) fn matched(&self, found: &SchemeMatch<'_>) -> DirectoryEntry {
        let language = self.layout.language;
        let reasons = found.criteria.iter().filter(|one| {
            // where it does not fit, only why
            found.fit != FitAnswer::No || one.answer == FitAnswer::No
        });
        let reason = |one: &crate::search::directory::Criterion| {
            let label = self.layout.text(match one.answer {
                FitAnswer::Yes => "directory.answer.yes",
                FitAnswer::Check => "directory.answer.check",
                FitAnswer::No => "directory.answer.no",
            });
            (one.answer.code(), label.to_owned(), self.set(one.reason.get(language)))
        };
        DirectoryEntry {
            reasons: reasons.map(reason).collect(),
            ..self.scheme(found.scheme, found.state)
        }
    }

    pub(crate) fn actor(&self, actor: &Actor) -> DirectoryEntry {
        let language = self.layout.language;
        let kind = choice::label(choice::ACTOR_KINDS, &actor.kind, language);
        let territory = self.territory(actor);
        let mut head = vec![kind];
        head.extend((!territory.is_empty()).then_some(territory));
        head.extend(self.doubt(actor));
        let mut lines = vec![self.set(&head.join(" · ")), self.set(actor.role(language))];
        let contact = actor.contact(language);
        if !contact.is_empty() {
            let contact = self.layout.headed(self.layout.text("directory.contact"), contact);
            lines.push(self.set(&contact));
        }
        lines.retain(|line| !line.is_empty());
        DirectoryEntry { link: self.actor_link(actor), lines, ..DirectoryEntry::default() }
    }

    /// The régions and countries that an actor serves.
    pub(crate) fn territory(&self, actor: &Actor) -> String {
        let language = self.layout.language;
        let regions = actor.regions.iter().filter_map(|code| territories::regions().get(code));
        let regions = regions.map(|region| region.name.clone());
        let countries = actor.countries.iter();
        let countries = countries.map(|code| Dimension::Country.label(code, language));
        let names: Vec<String> = regions.chain(countries).collect();
        grammar::join(Texts::of(language), &names, "summary.and")
    }
}
