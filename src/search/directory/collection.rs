//! The three collections of the directory, and what each can be asked for.

use crate::{
    domain::{
        Bilingual,
        directory::{CallState, ChoiceItem, choice},
    },
    reference::{Countries, territories, vocabularies},
};

/// A collection of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectoryCollection {
    /// Who helps.
    Actors,
    /// What funds, as long as it lasts.
    Schemes,
    /// An edition of a scheme.
    Calls,
}

/// A filter of a collection.
#[derive(Debug)]
pub struct DirectoryParameter {
    /// Its name in a query.
    pub name: &'static str,
    /// The collections that take it.
    collections: &'static [DirectoryCollection],
    /// What people call it.
    pub title: [&'static str; 2],
    /// What it asks, in a sentence.
    pub description: [&'static str; 2],
}

use DirectoryCollection::{Actors, Calls, Schemes};

const PARAMETERS: [DirectoryParameter; 9] = [
    parameter(
        "theme",
        &DirectoryCollection::ALL,
        ["Thème", "Theme"],
        ["Code d’un thème.", "Code of a theme."],
    ),
    parameter(
        "country",
        &DirectoryCollection::ALL,
        ["Pays du partenaire", "Country of the partner"],
        ["Code alpha-2 d’un pays.", "Alpha-2 code of a country."],
    ),
    parameter(
        "region",
        &DirectoryCollection::ALL,
        ["Région française", "French région"],
        ["Code INSEE d’une région.", "INSEE code of a région."],
    ),
    parameter(
        "kind",
        &DirectoryCollection::ALL,
        ["Nature", "Kind"],
        ["Nature de l’acteur ou du dispositif.", "Kind of the actor or of the scheme."],
    ),
    parameter(
        "service",
        &[Actors],
        ["Service", "Service"],
        ["Ce que l’acteur fait pour les autres.", "What the actor does for others."],
    ),
    parameter(
        "state",
        &[Schemes, Calls],
        ["État", "State"],
        ["État à l’instant de la demande.", "State at the time of the request."],
    ),
    parameter(
        "scheme",
        &[Schemes, Calls],
        ["Dispositif", "Scheme"],
        ["Code d’un dispositif.", "Code of a scheme."],
    ),
    parameter(
        "q",
        &DirectoryCollection::ALL,
        ["Mots", "Words"],
        ["Mots ou débuts de mots.", "Words or beginnings of words."],
    ),
    parameter(
        "datetime",
        &DirectoryCollection::ALL,
        ["Période", "Period"],
        [
            "Instant ou intervalle (RFC 3339) où l’on peut candidater à l’appel ; ce qui n’a pas de période convient toujours.",
            "An instant or interval (RFC 3339) in which one can apply to the call; what has no period always matches.",
        ],
    ),
];

const fn parameter(
    name: &'static str,
    collections: &'static [DirectoryCollection],
    title: [&'static str; 2],
    description: [&'static str; 2],
) -> DirectoryParameter {
    DirectoryParameter { name, collections, title, description }
}

impl DirectoryCollection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Actors, Self::Schemes, Self::Calls];

    /// Its id in the API.
    pub fn id(self) -> &'static str {
        match self {
            Self::Actors => "actors",
            Self::Schemes => "schemes",
            Self::Calls => "calls",
        }
    }

    /// The collection with an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.id() == id)
    }

    /// Properties that are computed for the moment of the request, behind the fields.
    pub fn computed(self) -> &'static [&'static str] {
        match self {
            Self::Actors => &[],
            Self::Schemes => &["state", "state_label", "expected"],
            Self::Calls => &["state", "state_label"],
        }
    }

    /// The filters that it takes.
    pub fn parameters(self) -> impl Iterator<Item = &'static DirectoryParameter> {
        PARAMETERS.iter().filter(move |one| one.collections.contains(&self))
    }

    /// Those that ask for one value.
    pub fn queryables(self) -> impl Iterator<Item = &'static DirectoryParameter> {
        self.parameters().filter(|one| !matches!(one.name, "q" | "datetime"))
    }

    /// The filter of a name that it takes.
    pub fn parameter(self, name: &str) -> Option<&'static DirectoryParameter> {
        self.parameters().find(|one| one.name == name)
    }
}

impl DirectoryParameter {
    /// The values that it takes in a collection; none where they are no closed list.
    pub fn values(&self, collection: DirectoryCollection) -> Vec<&'static str> {
        let codes = |list: &'static [ChoiceItem]| list.iter().map(|one| one.code).collect();
        match self.name {
            "theme" => vocabularies::themes().terms().iter().map(|term| &*term.code).collect(),
            "country" => Countries::bundled().list().iter().map(|one| &*one.alpha2).collect(),
            "region" => territories::regions().keys().map(String::as_str).collect(),
            "state" => CallState::ALL.map(CallState::code).into(),
            "kind" if collection == Actors => codes(choice::ACTOR_KINDS),
            "kind" => codes(choice::SCHEME_KINDS),
            "service" => codes(choice::SERVICES),
            _ => Vec::new(),
        }
    }

    /// What people call it, in both languages.
    pub fn title(&self) -> Bilingual {
        self.title.into()
    }

    /// What it asks, in both languages.
    pub fn description(&self) -> Bilingual {
        self.description.into()
    }
}
