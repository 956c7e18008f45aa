//! The directory of actors, schemes and calls: read once at the start, never changed after.
//!
//! | file | holds |
//! |---|---|
//! | [`collection`] | the three collections and their filters |
//! | [`read`], [`cell`] | tables to records, every fault told |
//! | [`features`] | records as features and as rows |
//! | [`find`] | records that a filter leaves, in order |
//! | [`funder`] | funders as records write them, and the actors that they are |
//! | [`matching`] | which schemes fit an authority, a country, a theme, and why |
//! | [`sentence`] | the reasons in words |

mod cell;
mod collection;
mod features;
pub mod find;
pub mod funder;
pub mod matching;
mod read;
mod sentence;

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

pub use self::{
    collection::{DirectoryCollection, DirectoryParameter},
    features::FoundRecords,
    find::{DirectoryFilter, WithState},
    matching::{Applicant, Criterion, FitAnswer, SchemeMatch, Situation},
    read::DirectoryIssue,
};
use crate::domain::{
    directory::{Actor, Call, CallState, Forecast, FundingScheme, NamedGroup, Proposition, paris},
    text::fold,
};

/// The tables of a directory.
#[derive(Debug, Clone, Default)]
pub struct DirectoryTables {
    /// `actors.csv`
    pub actors: Vec<u8>,
    /// `schemes.csv`
    pub schemes: Vec<u8>,
    /// `calls.csv`
    pub calls: Vec<u8>,
    /// `groups.csv`; the bundled one without.
    pub groups: Option<Vec<u8>>,
    /// `propositions.csv`; none are known without.
    pub propositions: Option<Vec<u8>>,
}

const BUNDLED_GROUPS: &[u8] = include_bytes!("../../../import/directory/groups.csv");

impl DirectoryTables {
    /// Those that the release carries.
    pub fn bundled() -> Self {
        Self {
            actors: include_bytes!("../../../import/directory/actors.csv").to_vec(),
            schemes: include_bytes!("../../../import/directory/schemes.csv").to_vec(),
            calls: include_bytes!("../../../import/directory/calls.csv").to_vec(),
            groups: None,
            propositions: None,
        }
    }
}

/// Who can help, and who pays.
#[derive(Debug, Default)]
pub struct Directory {
    /// In the order of the file.
    pub actors: Vec<Actor>,
    /// In the order of the file.
    pub schemes: Vec<FundingScheme>,
    /// In the order of the file.
    pub calls: Vec<Call>,
    /// In the order of the file.
    pub groups: Vec<NamedGroup>,
    /// By number.
    pub propositions: Vec<Proposition>,
    /// Tells two directories from each other.
    pub tag: String,
    calls_of: HashMap<String, Vec<usize>>,
    /// Places of actors by their folded names; none of a name that two have.
    actor_names: HashMap<String, usize>,
    /// Every instant at which a state changes, in order.
    changes: Vec<DateTime<Utc>>,
    rules: Vec<matching::SchemeRules>,
}

impl Directory {
    /// From its tables; every fault of them where there are any.
    pub fn read(tables: &DirectoryTables) -> Result<Self, Vec<DirectoryIssue>> {
        let mut issues = Vec::new();
        let groups_table = tables.groups.as_deref().unwrap_or(BUNDLED_GROUPS);
        let actors = read::table::<Actor>(&tables.actors, &mut issues);
        let schemes = read::table::<FundingScheme>(&tables.schemes, &mut issues);
        let calls = read::table::<Call>(&tables.calls, &mut issues);
        let groups = read::table::<NamedGroup>(groups_table, &mut issues);
        let propositions = tables.propositions.as_deref();
        let propositions = propositions.map(|table| read::table::<Proposition>(table, &mut issues));
        let exists = |collection: &str, code: &str| match collection {
            "actors" => actors.iter().any(|one| one.record.code == code),
            "schemes" => schemes.iter().any(|one| one.record.code == code),
            _ => groups.iter().any(|one| one.record.code == code),
        };
        read::references(&actors, &exists, &mut issues);
        read::references(&schemes, &exists, &mut issues);
        read::references(&calls, &exists, &mut issues);
        if !issues.is_empty() {
            return Err(issues);
        }
        let mut hash = Sha256::new();
        for table in [&tables.actors, &tables.schemes, &tables.calls] {
            hash.update(table);
        }
        hash.update(groups_table);
        hash.update(tables.propositions.as_deref().unwrap_or_default());
        let tag = data_encoding::HEXLOWER.encode(&hash.finalize()[..6]);
        let mut directory = Self {
            actors: records(actors),
            schemes: records(schemes),
            calls: records(calls),
            groups: records(groups),
            propositions: records(propositions.unwrap_or_default()),
            tag,
            ..Self::default()
        };
        directory.propositions.sort_by_key(|one| one.number);
        directory.actor_names = names_of(&directory.actors);
        for (place, call) in directory.calls.iter().enumerate() {
            directory.calls_of.entry(call.scheme.clone()).or_default().push(place);
        }
        directory.changes = directory.calls.iter().flat_map(Call::changes).collect();
        directory.changes.sort_unstable();
        directory.rules = directory.schemes.iter().map(|one| directory.rules_of(one)).collect();
        Ok(directory)
    }

    /// The one that the release carries.
    pub fn bundled() -> Arc<Self> {
        static BUNDLED: LazyLock<Arc<Directory>> = LazyLock::new(|| {
            // a test reads the bundled tables; were they broken, there would be nothing to show
            Arc::new(Directory::read(&DirectoryTables::bundled()).unwrap_or_default())
        });
        Arc::clone(&BUNDLED)
    }
}

/// The names of actors, folded; those that two have are left out.
fn names_of(actors: &[Actor]) -> HashMap<String, usize> {
    let mut all: HashMap<String, Option<usize>> = HashMap::new();
    for (place, actor) in actors.iter().enumerate() {
        let own = [&actor.name.fr, &actor.name.en, &actor.acronym];
        let names = own.into_iter().chain(&actor.former_names).filter(|name| !name.is_empty());
        for name in names {
            let known = all.entry(fold(name)).or_insert(Some(place));
            if *known != Some(place) {
                *known = None;
            }
        }
    }
    all.into_iter().filter_map(|(name, place)| Some((name, place?))).collect()
}

fn records<T>(table: Vec<read::Lined<T>>) -> Vec<T> {
    table.into_iter().map(|lined| lined.record).collect()
}

impl Directory {
    /// Tells two instants apart between which a state has changed.
    pub fn period(&self, at: DateTime<Utc>) -> usize {
        self.changes.partition_point(|change| *change <= at)
    }

    /// The actor of a name, of today or before, or of an acronym: that of a funder in a record.
    pub fn actor_named(&self, name: &str) -> Option<&Actor> {
        let place = self.actor_names.get(&fold(name))?;
        self.actors.get(*place)
    }

    /// The actor of a code.
    pub fn actor(&self, code: &str) -> Option<&Actor> {
        self.actors.iter().find(|one| one.code == code)
    }

    /// The scheme of a code.
    pub fn scheme(&self, code: &str) -> Option<&FundingScheme> {
        self.schemes.iter().find(|one| one.code == code)
    }

    /// The call of a code.
    pub fn call(&self, code: &str) -> Option<&Call> {
        self.calls.iter().find(|one| one.code == code)
    }

    /// The group of a code.
    pub fn group(&self, code: &str) -> Option<&NamedGroup> {
        self.groups.iter().find(|one| one.code == code)
    }

    /// The editions of a scheme, the latest first.
    pub fn calls_of(&self, scheme: &str) -> Vec<&Call> {
        let places = self.calls_of.get(scheme).map(Vec::as_slice).unwrap_or_default();
        let mut calls: Vec<&Call> = places.iter().map(|place| &self.calls[*place]).collect();
        let last = |call: &Call| call.deadline(None).map(|one| one.date.last_day());
        calls.sort_by_key(|call| std::cmp::Reverse((call.year(), last(call))));
        calls
    }

    /// The schemes that an actor runs.
    pub fn schemes_of(&self, actor: &str) -> Vec<&FundingScheme> {
        let runs = |scheme: &&FundingScheme| scheme.operators.iter().any(|one| one == actor);
        self.schemes.iter().filter(runs).collect()
    }

    /// The state of a scheme at an instant.
    pub fn state_of(&self, scheme: &FundingScheme, at: DateTime<Utc>) -> CallState {
        scheme.state(&self.calls_of(&scheme.code), at, None)
    }

    /// When its next edition is expected.
    pub fn forecast_of(&self, scheme: &FundingScheme, at: DateTime<Utc>) -> Option<Forecast> {
        scheme.forecast(&self.calls_of(&scheme.code), paris::day(at))
    }

    /// The networks that serve a région, and only it or some.
    pub fn networks_of(&self, region: &str) -> Vec<&Actor> {
        let is_one = |actor: &&Actor| {
            actor.kind == "reseau-regional"
                && actor.regions.len() == 1
                && actor.regions[0] == region
        };
        self.actors.iter().filter(is_one).collect()
    }
}
