//! An edition of a scheme, with its dates.

use super::{
    CellKind, Deadline, DirectoryField, DirectoryRecord, Facts, Rate, actor::either,
    choice::CERTAINTIES, field::field,
};
use crate::domain::{Bilingual, Language, PartialDate};

/// A call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Call {
    /// Stable, in its address.
    pub code: String,
    /// The scheme that it is an edition of.
    pub scheme: String,
    /// Its name.
    pub name: Bilingual,
    /// Which edition: a year or a number.
    pub edition: String,
    /// Which tranche of it.
    pub tranche: String,
    /// The programme of several years that it belongs to.
    pub programme: String,
    /// When it opens.
    pub opens: Option<PartialDate>,
    /// Until when one applies.
    pub deadlines: Vec<Deadline>,
    /// Deadlines that others replaced, in their order.
    pub replaced: Vec<Deadline>,
    /// When results are known.
    pub results: Option<PartialDate>,
    /// Euros that it gives in all.
    pub budget: Option<u64>,
    /// Euros that it gives to one project at most.
    pub max_amount: Option<u64>,
    /// The largest part of a project that it pays, by group of countries.
    pub rates: Vec<Rate>,
    /// Percent that the applicant gives at least.
    pub own_share: Option<u64>,
    /// Months that a project lasts.
    pub duration: Option<(u64, u64)>,
    /// Its rules.
    pub rules: String,
    /// What else is to be known.
    pub note: Bilingual,
    /// Where its facts come from.
    pub facts: Facts,
}

// long: one table
static FIELDS: &[DirectoryField<Call>] = &[
    field!(required "code", "code" ["id", "identifiant"], CellKind::Code, code, ["Code", "Code"], ["Stable ; il est dans les adresses.", "Stable; it is part of addresses."]),
    field!(required "scheme", "dispositif" ["scheme"], CellKind::Ref("schemes"), scheme, ["Dispositif", "Scheme"], ["Code du dispositif dont c’est une édition.", "Code of the scheme that it is an edition of."]),
    field!(required "name", "intitule" ["intitulé", "nom", "name"], CellKind::Text(200), name.fr, ["Intitulé", "Name in French"], ["Intitulé en français.", "Name in French."]),
    field!("name_en", "intitule_en" ["nom_en", "name_en"], CellKind::Text(200), name.en, ["Intitulé en anglais", "Name"], ["Intitulé en anglais.", "Name in English."]),
    field!(
        "edition",
        "edition"["édition"],
        CellKind::Text(40),
        edition,
        ["Édition", "Edition"],
        ["Année ou numéro.", "Year or number."]
    ),
    field!("tranche", "tranche" [], CellKind::Text(40), tranche, ["Tranche", "Tranche"], ["Tranche de l’édition.", "Tranche of the edition."]),
    field!(
        "programme",
        "programme"["programmes"],
        CellKind::Text(100),
        programme,
        ["Programme", "Programme"],
        ["Programme de plusieurs années.", "Programme of several years."]
    ),
    field!("opens", "ouvre" ["date d’ouverture", "date de lancement", "opens"], CellKind::Date, opens, ["Ouverture", "Opens"], ["Premier jour, aussi précis qu’il est connu.", "First day, as precise as it is known."]),
    field!("deadlines", "ferme" ["date de clôture", "date limite", "deadline", "closes"], CellKind::Deadlines, deadlines, ["Clôture", "Deadlines"], ["Dernier jour, heure de Paris : 2024-05-06, 2024-05-06 12:00 ; commune=2024-05-31 pour un seul type de demandeur.", "Last day, Paris time: 2024-05-06, 2024-05-06 12:00; commune=2024-05-31 for one kind of applicant."]),
    field!("replaced_deadlines", "echeances_remplacees" ["échéances remplacées", "replaced_deadlines"], CellKind::Deadlines, replaced, ["Échéances remplacées", "Replaced deadlines"], ["Échéances d’avant, dans leur ordre.", "Earlier deadlines, in their order."]),
    field!("results_on", "resultats_le" ["résultats", "results_on"], CellKind::Date, results, ["Résultats", "Results"], ["Quand les résultats sont connus.", "When results are known."]),
    field!(
        "budget_eur",
        "budget_eur"["budget"],
        CellKind::Number,
        budget,
        ["Budget", "Budget"],
        ["En euros, en tout.", "In euros, in all."]
    ),
    field!(
        "max_amount_eur",
        "montant_max_eur"["max_amount_eur"],
        CellKind::Number,
        max_amount,
        ["Montant maximal", "Greatest amount"],
        ["En euros, pour un projet.", "In euros, for one project."]
    ),
    field!(
        "rates",
        "taux"["rates"],
        CellKind::Rates,
        rates,
        ["Taux", "Rates"],
        [
            "Part payée au plus, par groupe de pays.",
            "Part that is paid at most, by group of countries."
        ]
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
        ["Mois que dure un projet.", "Months that a project lasts."]
    ),
    field!("rules", "reglement" ["règlement", "url", "lien"], CellKind::Url, rules, ["Règlement", "Rules"], ["Adresse du règlement.", "Address of the rules."]),
    field!(
        "note",
        "note"["remarque"],
        CellKind::Text(500),
        note.fr,
        ["Remarque", "Note in French"],
        ["Ce qu’il faut savoir d’autre.", "What else is to be known, in French."]
    ),
    field!("note_en", "note_en" [], CellKind::Text(500), note.en, ["Remarque en anglais", "Note"], ["Le même en anglais.", "What else is to be known."]),
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

impl DirectoryRecord for Call {
    const COLLECTION: &'static str = "calls";

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

impl Call {
    /// What else is to be known, in a language.
    pub fn note(&self, language: Language) -> &str {
        either(&self.note, language)
    }

    /// The deadline for a kind of applicant: its own, else the common one; the last one of all where
    /// nobody says who applies.
    pub fn deadline(&self, applicant: Option<&str>) -> Option<&Deadline> {
        let last = |wanted: &dyn Fn(&&Deadline) -> bool| {
            self.deadlines.iter().filter(wanted).max_by_key(|one| (one.date.last_day(), one.time))
        };
        match applicant {
            None => last(&|_| true),
            Some(kind) => last(&|one| one.applicant.as_deref() == Some(kind))
                .or_else(|| last(&|one| one.applicant.is_none())),
        }
    }

    /// The year that it belongs to, by its opening or else by its deadline.
    pub fn year(&self) -> Option<i32> {
        let closes = || self.deadline(None).map(|one| one.date);
        self.opens.or_else(closes).map(PartialDate::year)
    }
}
