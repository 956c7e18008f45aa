//! What funds: a call for projects, a window, a fund, a label, a levy. A scheme lasts; its editions
//! are [calls](super::Call).

use super::{
    CellKind, DirectoryField, DirectoryRecord, Facts, Rate,
    actor::either,
    choice::{APPLICANTS, CERTAINTIES, CONDITIONS, FLAGS, NATURES, PERIODICITIES, SCHEME_KINDS},
    field::field,
};
use crate::domain::{Bilingual, Language, PartialDate};

/// A funding scheme.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FundingScheme {
    /// Stable, in its address.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// What it is called for short.
    pub acronym: String,
    /// Codes of the actors that run it.
    pub operators: Vec<String>,
    /// A code of [`SCHEME_KINDS`].
    pub kind: String,
    /// A code of [`NATURES`].
    pub nature: String,
    /// Themes that it funds; all without.
    pub themes: Vec<String>,
    /// Sustainable Development Goals.
    pub sdgs: Vec<u64>,
    /// A code of [`PERIODICITIES`].
    pub periodicity: String,
    /// Months in which a call usually opens.
    pub usual_months: Vec<u64>,
    /// Since when there is it.
    pub since: Option<PartialDate>,
    /// Codes of [`APPLICANTS`]; unknown without.
    pub applicants: Vec<String>,
    /// Groups of French territories; all of France without.
    pub territories: Vec<String>,
    /// Countries by alpha-2, `@` and a group, or `*` for all; unknown without.
    pub countries: Vec<String>,
    /// How many French authorities it takes.
    pub min_authorities: Option<u64>,
    /// `oui` where the foreign side applies too.
    pub joint: String,
    /// `oui` where somebody must vouch for the applicant.
    pub sponsor: String,
    /// Codes of [`CONDITIONS`].
    pub conditions: Vec<String>,
    /// Schemes whose ground it leaves to them.
    pub yields_to: Vec<String>,
    /// The largest part of a project that it pays, by group of countries.
    pub rates: Vec<Rate>,
    /// Euros at least.
    pub min_amount: Option<u64>,
    /// Euros at most.
    pub max_amount: Option<u64>,
    /// Percent that the applicant gives at least.
    pub own_share: Option<u64>,
    /// Months that a project lasts.
    pub duration: Option<(u64, u64)>,
    /// What it is, in a few sentences.
    pub summary: Bilingual,
    /// Where it is described.
    pub site: String,
    /// Where its facts come from.
    pub facts: Facts,
}

// long: one table
static FIELDS: &[DirectoryField<FundingScheme>] = &[
    field!(required "code", "code" ["id", "identifiant"], CellKind::Code, code, ["Code", "Code"], ["Stable ; il est dans l’adresse de la page.", "Stable; it is part of the page’s address."]),
    field!(required "name", "nom" ["name", "dispositif", "nom initial"], CellKind::Text(200), name.fr, ["Nom", "Name in French"], ["Nom en français.", "Name in French."]),
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
    field!("operators", "operateurs" ["opérateurs", "porteurs d’aides", "operators"], CellKind::Codes("actors"), operators, ["Opérateurs", "Operators"], ["Codes des acteurs qui le mènent.", "Codes of the actors that run it."]),
    field!(required "kind", "type" ["kind", "aap/ami"], CellKind::Choice(SCHEME_KINDS), kind, ["Type", "Kind"], ["Appel à projets, guichet, fonds, label, prélèvement.", "Call for projects, window, fund, label, levy."]),
    field!(
        "nature",
        "nature"["types d’aide"],
        CellKind::Choice(NATURES),
        nature,
        ["Nature de l’aide", "Nature of the aid"],
        ["Subvention, prêt, expertise, fonds propres.", "Grant, loan, expertise, own funds."]
    ),
    field!("themes", "themes" ["thématiques", "sous-thématiques"], CellKind::Themes, themes, ["Thèmes", "Themes"], ["Thèmes financés ; tous sans eux.", "Themes that are funded; all without them."]),
    field!(
        "sdgs",
        "odd"["sdgs"],
        CellKind::Numbers(17),
        sdgs,
        ["ODD", "SDGs"],
        ["Objectifs de développement durable.", "Sustainable Development Goals."]
    ),
    field!(required "periodicity", "periodicite" ["périodicité", "récurrence", "periodicity"], CellKind::Choice(PERIODICITIES), periodicity, ["Périodicité", "Periodicity"], ["Tous les combien un appel s’ouvre.", "How often a call opens."]),
    field!(
        "usual_months",
        "mois_habituels"["usual_months"],
        CellKind::Numbers(12),
        usual_months,
        ["Mois habituels", "Usual months"],
        [
            "Mois où un appel s’ouvre d’habitude, de 1 à 12.",
            "Months in which a call usually opens, 1 to 12."
        ]
    ),
    field!(
        "since",
        "depuis"["since"],
        CellKind::Date,
        since,
        ["Depuis", "Since"],
        ["Depuis quand il existe.", "Since when there is it."]
    ),
    field!("applicants", "demandeurs" ["bénéficiaires", "applicants"], CellKind::Choices(APPLICANTS), applicants, ["Demandeurs", "Applicants"], ["Qui peut déposer ; inconnu sans eux.", "Who may apply; not known without them."]),
    field!("territories", "territoire" ["périmètre", "territories"], CellKind::Territories, territories, ["Territoire", "Territory"], ["Groupes de territoires français ; toute la France sans eux.", "Groups of French territories; all of France without them."]),
    field!(
        "countries",
        "pays"["countries"],
        CellKind::Countries,
        countries,
        ["Pays", "Countries"],
        [
            "Pays, @groupe, ou * pour tous ; inconnu sans eux.",
            "Countries, @group, or * for all; not known without them."
        ]
    ),
    field!(
        "min_authorities",
        "collectivites_min"["min_authorities"],
        CellKind::Number,
        min_authorities,
        ["Collectivités au moins", "Authorities at least"],
        ["Combien de collectivités françaises il faut.", "How many French authorities it takes."]
    ),
    field!(
        "joint",
        "depot_conjoint"["joint"],
        CellKind::Choice(FLAGS),
        joint,
        ["Dépôt conjoint", "Joint application"],
        ["oui : le côté étranger dépose aussi.", "oui: the foreign side applies too."]
    ),
    field!(
        "sponsor",
        "parrain"["sponsor"],
        CellKind::Choice(FLAGS),
        sponsor,
        ["Parrain", "Sponsor"],
        ["oui : un parrain est exigé.", "oui: a sponsor is required."]
    ),
    field!("conditions", "conditions" [], CellKind::Choices(CONDITIONS), conditions, ["Conditions", "Conditions"], ["Ce qu’il faut avoir fait avant de déposer.", "What must be done before one applies."]),
    field!("yields_to", "ecarte_par" ["écarté par", "yields_to"], CellKind::Codes("schemes"), yields_to, ["Laisse la place à", "Yields to"], ["Codes des dispositifs dont il refuse les projets.", "Codes of the schemes whose projects it refuses."]),
    field!("rates", "taux" ["taux min/max", "rates"], CellKind::Rates, rates, ["Taux", "Rates"], ["Part payée au plus, par groupe de pays : pma=90|*=70.", "Part that is paid at most, by group of countries: pma=90|*=70."]),
    field!(
        "min_amount_eur",
        "montant_min_eur"["min_amount_eur"],
        CellKind::Number,
        min_amount,
        ["Montant minimal", "Least amount"],
        ["En euros.", "In euros."]
    ),
    field!(
        "max_amount_eur",
        "montant_max_eur"["max_amount_eur"],
        CellKind::Number,
        max_amount,
        ["Montant maximal", "Greatest amount"],
        ["En euros.", "In euros."]
    ),
    field!(
        "own_share",
        "part_propre_min"["own_share"],
        CellKind::Percent,
        own_share,
        ["Part propre", "Own share"],
        [
            "Pour cent que le demandeur apporte au moins.",
            "Percent that the applicant gives at least."
        ]
    ),
    field!(
        "duration_months",
        "duree_mois"["duration_months"],
        CellKind::Range,
        duration,
        ["Durée", "Duration"],
        ["Mois que dure un projet : 12-36.", "Months that a project lasts: 12-36."]
    ),
    field!("summary", "resume" ["résumé", "description"], CellKind::Text(1500), summary.fr, ["Résumé", "Summary in French"], ["Ce que c’est, en français.", "What it is, in French."]),
    field!("summary_en", "resume_en" ["description_en", "summary_en"], CellKind::Text(1500), summary.en, ["Résumé en anglais", "Summary"], ["Ce que c’est, en anglais.", "What it is, in English."]),
    field!("site", "site" ["url d’origine", "lien", "url"], CellKind::Url, site, ["Site", "Site"], ["Adresse où il est décrit.", "Address where it is described."]),
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

impl DirectoryRecord for FundingScheme {
    const COLLECTION: &'static str = "schemes";

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

impl FundingScheme {
    /// What it is, in a language.
    pub fn summary(&self, language: Language) -> &str {
        either(&self.summary, language)
    }

    /// Whether the foreign side applies too.
    pub fn is_joint(&self) -> bool {
        self.joint == "oui"
    }

    /// Whether somebody must vouch for the applicant.
    pub fn needs_sponsor(&self) -> bool {
        self.sponsor == "oui"
    }
}
