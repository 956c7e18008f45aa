//! Who can help: services of the CallState, embassies, operators, associations, networks.

use super::{
    CellKind, DirectoryField, DirectoryRecord, Facts,
    choice::{ACTOR_KINDS, CERTAINTIES, SERVICES},
    field::field,
};
use crate::domain::{Bilingual, Language};

/// An organisation that helps; never a private person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Actor {
    /// Stable, in its address.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// What it is called for short.
    pub acronym: String,
    /// What it was called before.
    pub former_names: Vec<String>,
    /// A code of [`ACTOR_KINDS`].
    pub kind: String,
    /// Its site.
    pub site: String,
    /// INSEE codes of the régions that it serves; all where neither régions nor countries are given.
    pub regions: Vec<String>,
    /// Countries that it serves.
    pub countries: Vec<String>,
    /// Themes that it is about; all without.
    pub themes: Vec<String>,
    /// Codes of [`SERVICES`].
    pub services: Vec<String>,
    /// What it does for authorities.
    pub role: Bilingual,
    /// Whom to ask for, by function.
    pub contact: Bilingual,
    /// The actor that it belongs to.
    pub parent: String,
    /// The actor that it follows.
    pub predecessor: String,
    /// Where its facts come from.
    pub facts: Facts,
}

// long: one table
static FIELDS: &[DirectoryField<Actor>] = &[
    field!(required "code", "code" ["id", "identifiant"], CellKind::Code, code, ["Code", "Code"], ["Stable ; il est dans l’adresse de la page.", "Stable; it is part of the page’s address."]),
    field!(required "name", "nom" ["name", "acteur"], CellKind::Text(200), name.fr, ["Nom", "Name in French"], ["Nom en français.", "Name in French."]),
    field!(
        "name_en",
        "nom_en"["name_en"],
        CellKind::Text(200),
        name.en,
        ["Nom en anglais", "Name"],
        ["Nom en anglais.", "Name in English."]
    ),
    field!(
        "acronym",
        "sigle"["acronym"],
        CellKind::Text(40),
        acronym,
        ["Sigle", "Acronym"],
        ["Nom court.", "Short name."]
    ),
    field!(
        "former_names",
        "anciens_noms"["former_names"],
        CellKind::Texts,
        former_names,
        ["Anciens noms", "Former names"],
        ["Noms d’avant.", "Earlier names."]
    ),
    field!(required "kind", "nature" ["kind", "type"], CellKind::Choice(ACTOR_KINDS), kind, ["Nature", "Kind"], ["Service de l’État, ambassade, opérateur, association, réseau…", "Government service, embassy, operator, association, network…"]),
    field!("site", "site" ["url", "site internet", "website"], CellKind::Url, site, ["Site", "Site"], ["Adresse du site.", "Address of the site."]),
    field!(
        "regions",
        "regions"["régions"],
        CellKind::Regions,
        regions,
        ["Régions servies", "Régions served"],
        [
            "Codes INSEE ou noms des régions servies ; toutes sans elles.",
            "INSEE codes or names of the régions served; all without them."
        ]
    ),
    field!(
        "countries",
        "pays"["countries"],
        CellKind::Countries,
        countries,
        ["Pays servis", "Countries served"],
        ["Pays servis ; tous sans eux.", "Countries served; all without them."]
    ),
    field!(
        "themes",
        "themes"["thématiques"],
        CellKind::Themes,
        themes,
        ["Thèmes", "Themes"],
        ["Thèmes ; tous sans eux.", "Themes; all without them."]
    ),
    field!("services", "services" [], CellKind::Choices(SERVICES), services, ["Services", "Services"], ["Ce que l’acteur fait pour les autres.", "What the actor does for others."]),
    field!("role", "role" ["rôle", "description"], CellKind::Text(1500), role.fr, ["Rôle", "Role in French"], ["Ce qu’il fait pour les collectivités, en français.", "What it does for authorities, in French."]),
    field!(
        "role_en",
        "role_en"["description_en"],
        CellKind::Text(1500),
        role.en,
        ["Rôle en anglais", "Role"],
        ["Le même en anglais.", "What it does for authorities, in English."]
    ),
    field!("contact", "contact" [], CellKind::Text(200), contact.fr, ["À qui s’adresser", "Contact in French"], ["Une fonction ou un service, jamais une personne.", "A function or a service, never a person."]),
    field!("contact_en", "contact_en" [], CellKind::Text(200), contact.en, ["À qui s’adresser, en anglais", "Contact"], ["Le même en anglais.", "The same in English."]),
    field!(
        "parent",
        "rattache_a"["parent"],
        CellKind::Ref("actors"),
        parent,
        ["Rattaché à", "Belongs to"],
        ["Code de l’acteur dont il fait partie.", "Code of the actor that it belongs to."]
    ),
    field!(
        "predecessor",
        "succede_a"["predecessor"],
        CellKind::Ref("actors"),
        predecessor,
        ["Succède à", "Follows"],
        ["Code de l’acteur auquel il succède.", "Code of the actor that it follows."]
    ),
    field!(required "source", "source" [], CellKind::Text(300), facts.source, ["Source", "Source"], ["Adresse ou document où ces faits ont été lus.", "Address or document where these facts were read."]),
    field!(required "seen_on", "vu_le" ["seen_on", "verifie_le"], CellKind::Date, facts.seen_on, ["Vu le", "Seen on"], ["Quand la source a été vue.", "When the source was seen."]),
    field!(
        "facts_of",
        "faits_du"["facts_of"],
        CellKind::Date,
        facts.of,
        ["Faits de", "Facts of"],
        ["Le temps dont parlent les faits.", "The time that the facts are of."]
    ),
    field!(required "certainty", "certitude" ["certainty"], CellKind::Choice(CERTAINTIES), facts.certainty, ["Certitude", "Certainty"], ["Lu à la source, ou à vérifier.", "Read at its source, or to be checked."]),
];

impl DirectoryRecord for Actor {
    const COLLECTION: &'static str = "actors";

    fn fields() -> &'static [DirectoryField<Self>] {
        FIELDS
    }

    fn code(&self) -> &str {
        &self.code
    }

    fn name(&self, language: Language) -> &str {
        either(&self.name, language)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// The text in a language; in French where the other is not given.
pub(super) fn either(text: &Bilingual, language: Language) -> &str {
    let own = text.get(language);
    if own.is_empty() { &text.fr } else { own }
}

impl Actor {
    /// What it does, in a language.
    pub fn role(&self, language: Language) -> &str {
        either(&self.role, language)
    }

    /// Whom to ask for, in a language.
    pub fn contact(&self, language: Language) -> &str {
        either(&self.contact, language)
    }

    /// Whether it serves a région, a country and a theme, each where it is asked for.
    pub fn serves(&self, region: Option<&str>, country: Option<&str>, theme: Option<&str>) -> bool {
        let has = |list: &[String], wanted: Option<&str>| {
            wanted.is_none_or(|wanted| list.is_empty() || list.iter().any(|one| one == wanted))
        };
        has(&self.regions, region) && has(&self.countries, country) && has(&self.themes, theme)
    }
}
