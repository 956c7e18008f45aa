//! What a cell of the directory holds, by the kind of its field.

use std::str::FromStr;

use crate::{
    domain::{
        Bilingual, PartialDate,
        directory::{CellKind, CellValue, ChoiceItem, choice},
        text::fold,
    },
    reference::{Countries, territories, vocabularies},
};

/// Why a cell is not taken.
pub(super) struct CellFault {
    pub(super) message: Bilingual,
    pub(super) suggestion: Option<String>,
}

impl CellFault {
    pub(super) fn new<T: Into<String>>(message: [T; 2]) -> Self {
        Self { message: message.into(), suggestion: None }
    }

    pub(super) fn suggest(self, suggestion: Option<impl Into<String>>) -> Self {
        Self { suggestion: suggestion.map(Into::into), ..self }
    }
}

/// The value that a tidy cell holds.
// long: one arm for each kind
pub(super) fn value(kind: CellKind, required: bool, cell: &str) -> Result<CellValue, CellFault> {
    if cell.is_empty() {
        let message = ["Une valeur est obligatoire ici.", "A value is required here."];
        return if required { Err(CellFault::new(message)) } else { Ok(CellValue::Nothing) };
    }
    let text = |text: String| CellValue::Text(text);
    match kind {
        CellKind::Code | CellKind::Ref(_) => code(cell).map(text),
        CellKind::Text(most) if cell.chars().count() > most => Err(CellFault::new([
            format!("Le texte a plus de {most} caractères."),
            format!("The text has more than {most} characters."),
        ])),
        CellKind::Text(_) => Ok(text(cell.to_owned())),
        CellKind::Url => match url::Url::parse(cell) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                Ok(text(cell.to_owned()))
            }
            _ => Err(CellFault::new([
                "Une adresse qui commence par https:// est attendue.",
                "An address that begins with https:// is expected.",
            ])),
        },
        CellKind::Choice(list) => choice(list, cell).map(text),
        CellKind::Number => number(cell, u64::MAX).map(CellValue::Number),
        CellKind::Percent => number(cell.trim_end_matches(['%', ' ']), 100).map(CellValue::Number),
        CellKind::Range => {
            let (least, most) = cell.split_once('-').unwrap_or((cell, cell));
            let (least, most) = (number(least.trim(), 1200)?, number(most.trim(), 1200)?);
            if least > most {
                let message =
                    ["Le second nombre est le plus petit.", "The second number is the smaller one."];
                return Err(CellFault::new(message));
            }
            Ok(CellValue::Range(least, most))
        }
        CellKind::Date => PartialDate::recognise(cell).map(CellValue::Date).map_err(|_| {
            CellFault::new([
                "Une date est attendue : 2026-03-01, 2026-03 ou 2026.",
                "A date is expected: 2026-03-01, 2026-03 or 2026.",
            ])
        }),
        CellKind::Codes(_) | CellKind::Territories => each(cell, code).map(CellValue::Texts),
        CellKind::Texts => each(cell, |one| Ok(one.to_owned())).map(CellValue::Texts),
        CellKind::Choices(list) => each(cell, |one| choice(list, one)).map(CellValue::Texts),
        CellKind::Themes => each(cell, theme).map(CellValue::Texts),
        CellKind::Numbers(most) => {
            each(cell, |one| number(one, most).and_then(not_zero)).map(CellValue::Numbers)
        }
        CellKind::Regions => each(cell, region).map(CellValue::Texts),
        CellKind::Countries => each(cell, country).map(CellValue::Texts),
        CellKind::Deadlines => each(cell, |one| {
            parsed(one, [
                "Une échéance est attendue : 2024-05-06, 2024-05-06 12:00 ou commune=2024-05-31.",
                "A deadline is expected: 2024-05-06, 2024-05-06 12:00 or commune=2024-05-31.",
            ])
        })
        .map(CellValue::Deadlines),
        CellKind::Rates => each(cell, |one| {
            parsed(one, [
                "Un taux est attendu : 70, ou pma=90 pour un groupe de pays.",
                "A rate is expected: 70, or pma=90 for a group of countries.",
            ])
        })
        .map(CellValue::Rates),
    }
}

fn each<T>(cell: &str, read: impl Fn(&str) -> Result<T, CellFault>) -> Result<Vec<T>, CellFault> {
    cell.split('|').map(str::trim).filter(|one| !one.is_empty()).map(read).collect()
}

fn parsed<T: FromStr>(text: &str, expected: [&str; 2]) -> Result<T, CellFault> {
    text.parse().map_err(|_| CellFault::new(expected))
}

fn code(text: &str) -> Result<String, CellFault> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(is_plain) && text.len() <= 80 {
        return Ok(text.to_owned());
    }
    let message = [
        "Un code de lettres minuscules, chiffres et traits d’union est attendu.",
        "A code of lower-case letters, digits and hyphens is expected.",
    ];
    Err(CellFault::new(message).suggest(Some(fold(text).replace(' ', "-"))))
}

fn choice(list: &'static [ChoiceItem], text: &str) -> Result<String, CellFault> {
    choice::recognise(list, text).map(|one| one.code.to_owned()).ok_or_else(|| {
        let codes: Vec<&str> = list.iter().map(|one| one.code).collect();
        let codes = codes.join(", ");
        CellFault::new([
            format!("« {text} » n’est aucune des valeurs possibles : {codes}."),
            format!("“{text}” is none of the possible values: {codes}."),
        ])
        .suggest(choice::nearest(list, text).map(|one| one.code))
    })
}

fn number(text: &str, most: u64) -> Result<u64, CellFault> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let number = digits.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| {
        CellFault::new([
            format!("Un nombre entier de {most} au plus est attendu."),
            format!("A whole number of at most {most} is expected."),
        ])
    })
}

fn not_zero(number: u64) -> Result<u64, CellFault> {
    let message = ["Les numéros commencent à 1.", "Numbers begin at 1."];
    if number > 0 { Ok(number) } else { Err(CellFault::new(message)) }
}

fn theme(text: &str) -> Result<String, CellFault> {
    let themes = vocabularies::themes();
    themes.recognise(text).map(|theme| theme.code.clone()).ok_or_else(|| {
        CellFault::new([
            format!("« {text} » n’est pas un thème du vocabulaire « themes »."),
            format!("“{text}” is not a theme of the vocabulary “themes”."),
        ])
        .suggest(themes.nearest(text).map(|theme| theme.code.clone()))
    })
}

fn region(text: &str) -> Result<String, CellFault> {
    let by_code = territories::regions().get(text).map(|region| region.code.as_str());
    let found = by_code.or_else(|| territories::region_code(&fold(text)));
    found.map(str::to_owned).ok_or_else(|| {
        CellFault::new([
            format!("« {text} » n’est ni un code INSEE ni un nom de région."),
            format!("“{text}” is neither an INSEE code nor the name of a région."),
        ])
    })
}

/// A country by alpha-2; `*` for all, `@` and the code of a group as they are.
fn country(text: &str) -> Result<String, CellFault> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    if let Some(group) = text.strip_prefix('@') {
        return code(group).map(|group| format!("@{group}"));
    }
    let countries = Countries::bundled();
    countries.recognise(text).map(|country| country.alpha2.clone()).ok_or_else(|| {
        CellFault::new([
            format!("« {text} » n’est pas un pays connu."),
            format!("“{text}” is not a known country."),
        ])
        .suggest(countries.nearest(text).map(|country| country.name.fr.clone()))
    })
}
