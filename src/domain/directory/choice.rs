//! The short lists that cells of the directory choose from.

use crate::domain::{Language, text::fold};

/// One value of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceItem {
    /// Stable, lower-case ASCII.
    pub code: &'static str,
    /// What users read, in French and in English.
    pub label: [&'static str; 2],
    /// Other spellings that files use.
    pub aliases: &'static [&'static str],
}

const fn choice(
    code: &'static str,
    label: [&'static str; 2],
    aliases: &'static [&'static str],
) -> ChoiceItem {
    ChoiceItem { code, label, aliases }
}

impl ChoiceItem {
    /// The label in a language.
    pub fn label(&self, language: Language) -> &'static str {
        self.label[language as usize]
    }
}

/// The value that a cell means by a code, a label or an alias, in either language.
pub fn recognise(list: &'static [ChoiceItem], text: &str) -> Option<&'static ChoiceItem> {
    let folded = fold(text);
    list.iter().find(|choice| {
        let names = [choice.code, choice.label[0], choice.label[1]];
        names.iter().chain(choice.aliases).any(|name| fold(name) == folded)
    })
}

/// The value nearest to a text that is none of them, to suggest.
pub fn nearest(list: &'static [ChoiceItem], text: &str) -> Option<&'static ChoiceItem> {
    let folded = fold(text);
    let near = list.iter().flat_map(|choice| {
        let edits = |name: &&str| strsim::damerau_levenshtein(&folded, &fold(name));
        [choice.code, choice.label[0], choice.label[1]].map(|name| (edits(&name), choice))
    });
    let limit = 2.max(folded.len() / 4);
    near.filter(|(edits, _)| *edits <= limit).min_by_key(|(edits, _)| *edits).map(|(_, one)| one)
}

/// The label of a code; the code itself where the list does not have it.
pub fn label(list: &'static [ChoiceItem], code: &str, language: Language) -> String {
    let found = list.iter().find(|choice| choice.code == code);
    found.map_or_else(|| code.to_owned(), |choice| choice.label(language).to_owned())
}

/// Kinds of actors.
pub static ACTOR_KINDS: &[ChoiceItem] = &[
    choice("etat", ["Service de l’État", "Government service"], &["état", "state"]),
    choice("ambassade", ["Ambassade", "Embassy"], &["embassy"]),
    choice("prefecture", ["Préfecture", "Prefecture"], &[]),
    choice("parlement", ["Parlement", "Parliament"], &[]),
    choice("operateur", ["Opérateur public", "Public operator"], &["opérateur", "operator"]),
    choice(
        "association-collectivites",
        ["Association de collectivités", "Association of authorities"],
        &["association d’élus"],
    ),
    choice(
        "reseau-regional",
        ["Réseau régional multi-acteurs", "Regional multi-actor network"],
        &["rrma", "réseau régional"],
    ),
    choice("reseau-thematique", ["Réseau thématique", "Thematic network"], &[]),
    choice("agence-eau", ["Agence de l’eau", "Water agency"], &[]),
    choice("ong", ["Association de solidarité", "Non-governmental organisation"], &["NGO", "ONG"]),
    choice(
        "organisation-internationale",
        ["Organisation internationale ou étrangère", "International or foreign body"],
        &["organisation internationale", "international body"],
    ),
    choice("collectivite", ["Collectivité qui finance", "Authority that funds"], &["collectivité"]),
];

/// What an actor does for others.
pub static SERVICES: &[ChoiceItem] = &[
    choice("finance", ["Financer", "Fund"], &["finances", "financement", "funding"]),
    choice("forme", ["Se former", "Train"], &["formation", "trains", "training"]),
    choice("conseille", ["Être conseillé", "Advise"], &["conseil", "advises", "advice"]),
    choice(
        "met-en-relation",
        ["Trouver un partenaire, un réseau", "Find a partner, a network"],
        &["mise en relation", "connects"],
    ),
    choice("expertise", ["Obtenir une expertise", "Get expertise"], &[]),
    choice("donnees", ["Trouver des données", "Find data"], &["données", "data"]),
];

/// Kinds of schemes.
pub static SCHEME_KINDS: &[ChoiceItem] = &[
    choice(
        "appel",
        ["Appel à projets", "Call for projects"],
        &["AAP", "appel à projet", "call for proposals"],
    ),
    choice("guichet", ["Guichet ouvert", "Open window"], &["GUI", "rolling"]),
    choice("fonds", ["Fonds", "Fund"], &["FOND", "fund"]),
    choice("label", ["Label", "Label"], &["LAB"]),
    choice("prelevement", ["Prélèvement sur ses recettes", "Levy on own revenue"], &["TAX"]),
];

/// What a scheme gives.
pub static NATURES: &[ChoiceItem] = &[
    choice("subvention", ["Subvention", "Grant"], &[]),
    choice("pret", ["Prêt", "Loan"], &[]),
    choice("expertise", ["Expertise", "Expertise"], &["ingénierie", "technical assistance"]),
    choice("fonds-propres", ["Fonds propres", "Own funds"], &[]),
];

/// How often a scheme has a call.
pub static PERIODICITIES: &[ChoiceItem] = &[
    choice("annuelle", ["Tous les ans", "Every year"], &["annuel", "annual", "yearly"]),
    choice("biennale", ["Tous les deux ans", "Every two years"], &["biennal", "biennial"]),
    choice("triennale", ["Tous les trois ans", "Every three years"], &["triennal", "triennial"]),
    choice(
        "permanente",
        ["Sans date limite", "No deadline"],
        &["permanent", "ongoing", "rolling", "récurrente"],
    ),
    choice("irreguliere", ["Irrégulière", "Irregular"], &["ponctuelle", "oneoff", "one-off"]),
    choice("terminee", ["N’a plus lieu", "Ended"], &["terminé", "ended"]),
    choice("inconnue", ["Inconnue", "Not known"], &["unknown"]),
];

/// Who applies.
pub static APPLICANTS: &[ChoiceItem] = &[
    choice("commune", ["Communes", "Municipalities"], &["municipality"]),
    choice(
        "epci",
        ["Groupements de communes", "Groupings of municipalities"],
        &["intercommunalité", "EPCI à fiscalité propre"],
    ),
    choice("departement", ["Départements", "Départements"], &["department"]),
    choice("region", ["Régions", "Régions"], &["régions"]),
    choice("syndicat", ["Syndicats", "Syndicates"], &["syndicate"]),
    choice("association", ["Associations", "Associations"], &["comité de jumelage", "NGO", "ONG"]),
    choice(
        "groupement",
        ["Groupements d’intérêt public et collectifs", "Public interest groups and collectives"],
        &["GIP"],
    ),
    choice("partenaire-etranger", ["Partenaires étrangers", "Foreign partners"], &["partner"]),
];

/// What must be done before one applies.
pub static CONDITIONS: &[ChoiceItem] = &[
    choice(
        "apd-declaree",
        ["avoir déclaré son aide publique au développement", "aid declared for the year"],
        &[],
    ),
    choice("atlas-a-jour", ["avoir ses fiches à jour dans l’Atlas", "records up to date"], &[]),
    choice(
        "rapports-remis",
        ["avoir remis les rapports des aides passées", "reports of earlier grants handed in"],
        &[],
    ),
    choice(
        "convention",
        ["une convention ou des lettres d’intention", "an agreement or letters of intent"],
        &[],
    ),
];

/// How sure a record is.
pub static CERTAINTIES: &[ChoiceItem] = &[
    choice("certain", ["Lu à la source", "Read at its source"], &["certaine", "sûr"]),
    choice("a-verifier", ["À vérifier", "To be checked"], &["a verifier", "to check"]),
];

/// Yes or no.
pub static FLAGS: &[ChoiceItem] = &[
    choice("oui", ["Oui", "Yes"], &["true", "1", "vrai"]),
    choice("non", ["Non", "No"], &["false", "0", "faux"]),
];

/// What a group is of.
pub static GROUP_KINDS: &[ChoiceItem] = &[
    choice("pays", ["Pays", "Countries"], &["countries"]),
    choice("territoire", ["Territoires", "Territories"], &["territories"]),
];

/// An axis of the white paper.
pub static AXES: &[ChoiceItem] = &[
    choice("services", ["Offre de services", "Services"], &["offre"]),
    choice("funding", ["Financements", "Funding"], &["financement"]),
    choice("framework", ["Cadre institutionnel", "Framework"], &["cadre"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_known_by_code_label_and_alias() {
        assert_eq!(recognise(SCHEME_KINDS, "AAP").map(|one| one.code), Some("appel"));
        assert_eq!(recognise(ACTOR_KINDS, "Reseau regional").unwrap().code, "reseau-regional");
        assert_eq!(recognise(CERTAINTIES, "à vérifier").unwrap().code, "a-verifier");
        assert_eq!(recognise(PERIODICITIES, "chaque lune"), None);
        assert_eq!(nearest(PERIODICITIES, "annuele").unwrap().code, "annuelle");
        assert_eq!(nearest(PERIODICITIES, "chaque lune"), None);
    }

    #[test]
    fn no_name_means_two_values_of_a_list() {
        let lists = [
            ACTOR_KINDS,
            SERVICES,
            SCHEME_KINDS,
            NATURES,
            PERIODICITIES,
            APPLICANTS,
            CONDITIONS,
            CERTAINTIES,
            FLAGS,
            GROUP_KINDS,
            AXES,
        ];
        for list in lists {
            for one in list {
                let names = [one.code, one.label[0], one.label[1]];
                for name in names.iter().chain(one.aliases) {
                    assert_eq!(recognise(list, name), Some(one), "{name}");
                }
            }
        }
    }
}
