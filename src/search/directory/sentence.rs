//! The reasons of a match in words, in both languages.

use chrono::NaiveDate;

use super::{Directory, FitAnswer, Situation};
use crate::{
    domain::{
        Bilingual, Language,
        directory::{DirectoryRecord, FundingScheme, Membership, choice},
    },
    reference::{Countries, vocabularies},
};

/// What applicants are called: their kind, subject and possessive.
const YOURS: [(&str, [&str; 2]); 6] = [
    ("commune", ["Votre commune", "Your municipality"]),
    ("epci", ["Votre groupement", "Your grouping"]),
    ("departement", ["Votre département", "Your département"]),
    ("region", ["Votre région", "Your région"]),
    ("syndicat", ["Votre syndicat", "Your syndicate"]),
    ("association", ["Votre association", "Your association"]),
];

fn yours(situation: &Situation) -> [&'static str; 2] {
    let kind = situation.applicant.as_ref().map(|one| one.kind.as_str());
    let known = YOURS.iter().find(|(code, _)| Some(*code) == kind);
    known.map_or(["Votre collectivité", "Your authority"], |(_, words)| *words)
}

/// A text of each language, from the words of that language.
fn both(write: impl Fn(Language) -> String) -> Bilingual {
    Language::ALL.map(write).into()
}

/// Why a criterion has its answer.
pub(super) fn reason(
    directory: &Directory,
    scheme: &FundingScheme,
    (situation, today): (&Situation, NaiveDate),
    (about, answer): (&str, FitAnswer),
) -> Bilingual {
    match about {
        "applicant" => applicant(scheme, situation, answer),
        "territory" => territory(directory, scheme, situation, answer),
        "country" => country(directory, scheme, (situation, today), answer),
        "theme" => theme(scheme, situation, answer),
        _ => other(directory, scheme, situation, today),
    }
}

fn applicant(scheme: &FundingScheme, situation: &Situation, answer: FitAnswer) -> Bilingual {
    let [fr, en] = yours(situation);
    let list = |language| {
        let label = |code: &String| choice::label(choice::APPLICANTS, code, language);
        let labels: Vec<String> = scheme.applicants.iter().map(label).collect();
        labels.join(", ").to_lowercase()
    };
    match answer {
        FitAnswer::Yes => {
            [format!("{fr} peut déposer un dossier."), format!("{en} may apply.")].into()
        }
        FitAnswer::No => [
            format!(
                "{fr} ne peut pas déposer : le dispositif est pour {}.",
                list(Language::French)
            ),
            format!("{en} cannot apply: the scheme is for {}.", list(Language::English)),
        ]
        .into(),
        FitAnswer::Check if scheme.applicants.is_empty() => {
            ["On ne sait pas qui peut déposer.", "It is not known who may apply."].into()
        }
        FitAnswer::Check => [
            format!("À vérifier : le dispositif est pour {}.", list(Language::French)),
            format!("To be checked: the scheme is for {}.", list(Language::English)),
        ]
        .into(),
    }
}

fn territory(
    directory: &Directory,
    scheme: &FundingScheme,
    situation: &Situation,
    answer: FitAnswer,
) -> Bilingual {
    let [fr, en] = yours(situation);
    if scheme.territories.is_empty() {
        return ["Ouvert dans toute la France.", "Open in all of France."].into();
    }
    let names = |language| {
        let groups = scheme.territories.iter().filter_map(|code| directory.group(code));
        groups.map(|group| group.name(language).to_owned()).collect::<Vec<_>>().join(", ")
    };
    let (dans, inside) = (names(Language::French), names(Language::English));
    match answer {
        FitAnswer::Yes => [format!("{fr} est dans {dans}."), format!("{en} is in {inside}.")],
        FitAnswer::No => {
            [format!("{fr} n’est pas dans {dans}."), format!("{en} is not in {inside}.")]
        }
        FitAnswer::Check => [
            format!("Vérifiez si vous êtes dans {dans}."),
            format!("Check whether you are in {inside}."),
        ],
    }
    .into()
}

fn country_name(code: &str, language: Language) -> String {
    let country = Countries::bundled().by_alpha2(code);
    country.map_or_else(|| code.to_owned(), |one| one.name.get(language).to_owned())
}

/// What a rule of countries is, in words.
fn countries(directory: &Directory, scheme: &FundingScheme, language: Language) -> String {
    let name = |part: &String| match part.strip_prefix('@') {
        Some(code) => directory
            .group(code)
            .map_or_else(|| code.to_owned(), |group| group.name(language).to_owned()),
        None => country_name(part, language),
    };
    scheme.countries.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn country(
    directory: &Directory,
    scheme: &FundingScheme,
    (situation, today): (&Situation, NaiveDate),
    answer: FitAnswer,
) -> Bilingual {
    let membership = |code: &&String| directory.country_membership(&scheme.countries, code, today);
    // the country that the answer comes from
    let decisive = situation.countries.iter().min_by_key(|code| membership(code));
    let name = |language| decisive.map_or_else(String::new, |code| country_name(code, language));
    let (fr, en) = (name(Language::French), name(Language::English));
    let rule = |language| countries(directory, scheme, language);
    if scheme.countries.is_empty() {
        return [
            format!("{fr} : on ne sait pas quels pays sont possibles."),
            format!("{en}: it is not known which countries are possible."),
        ]
        .into();
    }
    if scheme.countries.iter().any(|one| one == "*") {
        return ["Tous les pays sont possibles.", "All countries are possible."].into();
    }
    match answer {
        FitAnswer::Yes if decisive.is_some_and(|code| scheme.countries.contains(code)) => [
            format!("{fr} : ce pays est nommé par le dispositif."),
            format!("{en}: the scheme names this country."),
        ],
        FitAnswer::Yes => {
            let group = scheme.countries.iter().find(|part| {
                decisive.and_then(|code| {
                    directory.country_membership(std::slice::from_ref(part), code, today)
                }) == Some(Membership::Inside)
            });
            let of = |language| {
                let code = group.and_then(|part| part.strip_prefix('@')).unwrap_or_default();
                directory.group(code).map_or_else(String::new, |one| one.name(language).to_owned())
            };
            [
                format!("{fr} : ce pays est dans {}.", of(Language::French)),
                format!("{en}: this country is in {}.", of(Language::English)),
            ]
        }
        FitAnswer::No => [
            format!("{fr} : le dispositif ne vaut que pour {}.", rule(Language::French)),
            format!("{en}: the scheme is only for {}.", rule(Language::English)),
        ],
        FitAnswer::Check => [
            format!("{fr} : vérifiez si ce pays est dans {}.", rule(Language::French)),
            format!("{en}: check whether this country is in {}.", rule(Language::English)),
        ],
    }
    .into()
}

fn theme(scheme: &FundingScheme, situation: &Situation, answer: FitAnswer) -> Bilingual {
    if scheme.themes.is_empty() {
        return ["Tous les thèmes sont possibles.", "All themes are possible."].into();
    }
    let funded = situation.themes.iter().find(|theme| scheme.themes.contains(theme));
    let theme = funded.or_else(|| situation.themes.first());
    let term = theme.and_then(|code| vocabularies::themes().by_code(code));
    both(|language| {
        let name = term.map_or("", |term| term.label.get(language));
        match (answer, language) {
            (FitAnswer::Yes, Language::French) => format!("Le thème « {name} » est financé."),
            (FitAnswer::Yes, Language::English) => format!("The theme “{name}” is funded."),
            (_, Language::French) => format!("Le thème « {name} » n’est pas financé."),
            (_, Language::English) => format!("The theme “{name}” is not funded."),
        }
    })
}

fn other(
    directory: &Directory,
    scheme: &FundingScheme,
    situation: &Situation,
    today: NaiveDate,
) -> Bilingual {
    let preferred = directory.preferred(scheme, situation, today);
    both(|language| {
        let name = preferred.map_or("", |one| one.name(language));
        match language {
            Language::French => {
                format!("Il écarte ce que « {name} » couvre déjà : voyez celui-ci d’abord.")
            }
            Language::English => {
                format!("It refuses what “{name}” already covers: see that one first.")
            }
        }
    })
}

/// What must be brought along.
pub(super) fn requirements(scheme: &FundingScheme) -> Vec<Bilingual> {
    let mut all: Vec<Bilingual> = Vec::new();
    if scheme.is_joint() {
        all.push(
            [
                "La collectivité partenaire dépose avec vous.",
                "The partner authority applies with you.",
            ]
            .into(),
        );
    }
    if let Some(count) = scheme.min_authorities.filter(|count| *count > 1) {
        all.push(
            [
                format!("Il faut au moins {count} collectivités françaises."),
                format!("It takes at least {count} French authorities."),
            ]
            .into(),
        );
    }
    if scheme.needs_sponsor() {
        all.push(["Un parrain est exigé.", "A sponsor is required."].into());
    }
    if let Some(share) = scheme.own_share {
        all.push(
            [
                format!("Il faut apporter au moins {share} % du total."),
                format!("You give at least {share} % of the total."),
            ]
            .into(),
        );
    }
    if !scheme.conditions.is_empty() {
        all.push(both(|language| {
            let label = |code: &String| choice::label(choice::CONDITIONS, code, language);
            let list = scheme.conditions.iter().map(label).collect::<Vec<_>>().join(", ");
            match language {
                Language::French => format!("À réunir avant : {list}."),
                Language::English => format!("To be ready before: {list}."),
            }
        }));
    }
    all
}
