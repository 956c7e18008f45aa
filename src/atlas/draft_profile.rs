//! A profile for a file that nobody has described yet, proposed with a confidence for each column.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{
    domain::{Column, Euros, PartialDate, Vocabulary},
    formats::csv::{CsvError, Input, Sample},
    reference::{Cities, Collectivities, Countries, Unresolved, Wanted, vocabularies},
};

/// Below this share of values that fit, a column is not proposed.
const LEAST_SHARE: f64 = 0.6;
/// Values that are looked at in one column.
const LOOKED_AT: usize = 200;

/// A column of the file, proposed for a native one.
struct Proposal {
    column: Column,
    index: usize,
    confidence: f64,
    why: &'static str,
}

/// Proposes a profile, as TOML with comments, for a file of this name.
pub fn draft_profile<'a>(input: impl Into<Input<'a>>, file: &str) -> Result<String, CsvError> {
    let sample = Sample::new(input)?;
    let mut proposals = by_name(&sample);
    by_values(&sample, &mut proposals);
    proposals.sort_by_key(|proposal| proposal.column as usize);
    Ok(written(&sample, &proposals, file))
}

fn by_name(sample: &Sample) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for near in [false, true] {
        for (index, title) in sample.header.iter().enumerate() {
            let found = if near {
                Sample::nearly_named(title).map(|column| (column, 0.6, "nearly its name"))
            } else {
                Sample::named(title).map(|(column, own)| {
                    if own { (column, 1.0, "its name") } else { (column, 0.9, "a usual name") }
                })
            };
            let Some((column, confidence, why)) = found else { continue };
            // "Land" is a region to some and a country to others
            if column == Column::PartnerRegion && share(sample, index, &is_abroad) >= LEAST_SHARE {
                continue;
            }
            if is_free(&proposals, column, index) {
                proposals.push(Proposal { column, index, confidence, why });
            }
        }
    }
    proposals
}

fn is_abroad(text: &str) -> bool {
    Countries::bundled().recognise(text).is_some_and(|country| !country.french)
}

fn is_free(proposals: &[Proposal], column: Column, index: usize) -> bool {
    proposals.iter().all(|other| other.column != column && other.index != index)
}

/// Whether a value can be one of a column.
type Fits<'a> = &'a dyn Fn(&str) -> bool;

/// What the values of a column must be, for each native column that values can show.
fn by_values(sample: &Sample, proposals: &mut Vec<Proposal>) {
    let countries = Countries::bundled();
    let is_code =
        |text: &str| text.len() >= 4 && Collectivities::bundled().by_code(text, None).is_some();
    let is_french = |text: &str| {
        let wanted = Wanted { name: text, ..Wanted::default() };
        !matches!(
            Collectivities::bundled().by_name(wanted),
            Err(Unresolved::Unknown(_) | Unresolved::Far(_))
        )
    };
    let is_town = |text: &str| {
        countries.list().iter().any(|c| Cities::bundled().place(&c.alpha2, text).is_some())
    };
    let is_date = |text: &str| text.len() >= 6 && PartialDate::recognise(text).is_ok();
    let is_amount = |text: &str| text.contains('€') && Euros::recognise(text).is_ok();
    let is_url = |text: &str| text.starts_with("http") || text.starts_with("www.");
    let term = |vocabulary: &'static Vocabulary| {
        move |text: &str| text.split(['|', ';']).any(|t| vocabulary.recognise(t).is_some())
    };
    let (kind, status, theme) =
        (term(vocabularies::kinds()), term(vocabularies::statuses()), term(vocabularies::themes()));
    let tests: [(Column, Fits<'_>, &'static str); 11] = [
        (Column::PartnerCountry, &is_abroad, "countries"),
        (Column::CollectivityCode, &is_code, "INSEE or SIREN codes"),
        (Column::Start, &is_date, "dates"),
        (Column::End, &is_date, "dates"),
        (Column::Kind, &kind, "kinds of link"),
        (Column::Status, &status, "statuses"),
        (Column::Themes, &theme, "themes"),
        (Column::Budget, &is_amount, "amounts"),
        (Column::Url, &is_url, "addresses"),
        (Column::Collectivity, &is_french, "French authorities"),
        (Column::Partner, &is_town, "towns of the world"),
    ];
    for (column, fits, why) in tests {
        let free = (0..sample.header.len()).filter(|index| is_free(proposals, column, *index));
        let best = free
            .map(|index| (share(sample, index, fits), index))
            .fold((0.0, usize::MAX), |best, other| if other.0 > best.0 { other } else { best });
        if best.0 >= LEAST_SHARE {
            let (confidence, index) = (0.8 * best.0, best.1);
            proposals.push(Proposal { column, index, confidence, why });
        }
    }
}

fn share(sample: &Sample, index: usize, fits: Fits<'_>) -> f64 {
    let values: BTreeSet<&str> = sample.column(index).take(LOOKED_AT).collect();
    let fitting = values.iter().filter(|text| fits(text)).count();
    if values.is_empty() { 0.0 } else { fitting as f64 / values.len() as f64 }
}

fn written(sample: &Sample, proposals: &[Proposal], file: &str) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let stem = file.split('.').next().unwrap_or_default();
    let stem = if stem.is_empty() { "profile" } else { stem };
    let mut toml = String::new();
    let _ = writeln!(toml, "# Proposed for {file} ({}).", sample.encoding);
    let _ = writeln!(
        toml,
        "# Check each line, correct it, then: atlas import --profile THIS.toml FILE"
    );
    let _ = writeln!(toml, "name = {}\nsource = {}", quoted(stem), quoted(stem));
    if let Some(separator) = sample.separator {
        let _ = writeln!(toml, "separator = {}", quoted(&separator.to_string()));
    }
    let _ = writeln!(toml, "\n[columns]");
    for Proposal { column, index, confidence, why } in proposals {
        let title = quoted(&sample.header[*index]);
        let _ = writeln!(toml, "{} = {title} # {confidence:.2} {why}", column.name());
    }
    for column in Column::REQUIRED {
        if proposals.iter().all(|proposal| proposal.column != column) {
            let _ = writeln!(toml, "# {} = \"…\" # required, and not found", column.name());
        }
    }
    let unread = sample.header.iter().enumerate().filter(|(index, title)| {
        !title.is_empty() && proposals.iter().all(|proposal| proposal.index != *index)
    });
    let unread: Vec<String> = unread.map(|(_, title)| quoted(title)).collect();
    if !unread.is_empty() {
        let _ = writeln!(toml, "# Not read: {}", unread.join(", "));
    }
    for (column, vocabulary) in [
        (Column::Kind, vocabularies::kinds()),
        (Column::Status, vocabularies::statuses()),
        (Column::Themes, vocabularies::themes()),
    ] {
        let Some(proposal) = proposals.iter().find(|proposal| proposal.column == column) else {
            continue;
        };
        let words: BTreeSet<&str> = sample
            .column(proposal.index)
            .flat_map(|text| text.split('|').map(str::trim))
            .filter(|text| !text.is_empty() && vocabulary.recognise(text).is_none())
            .collect();
        if words.is_empty() {
            continue;
        }
        let _ = writeln!(toml, "\n[values.{}]", column.name());
        for word in words {
            let likely = vocabulary.nearest(word).map_or("…", |term| term.code.as_str());
            let _ = writeln!(toml, "# {} = {}", quoted(word), quoted(likely));
        }
    }
    toml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::csv::Profile;

    #[test]
    fn a_profile_is_proposed_by_names_and_by_values() {
        let text = "Liste 2024;;;;\nStadt;Partnerstadt;Land;Statut;Seit\n\
                    Lyon;Leipzig;Deutschland;En vigueur;05.10.1981\n\
                    Orléans;Münster;Allemagne;tout va bien;15.06.1960\n";
        let toml = draft_profile(text.as_bytes(), "liste.csv").unwrap();
        for line in [
            "separator = \";\"",
            "collectivite = \"Stadt\" # 0.80 French authorities",
            "partenaire_pays = \"Land\" # 0.80 countries",
            "partenaire = \"Partnerstadt\" # 0.80 towns of the world",
            "date_debut = \"Seit\" # 0.80 dates",
            "statut = \"Statut\" # 1.00 its name",
            "# \"tout va bien\" = ",
        ] {
            assert!(toml.contains(line), "{line}\n{toml}");
        }
        let profile = Profile::parse("liste", &toml).unwrap();
        let examined = super::super::examine(text.as_bytes(), &profile, "test").unwrap();
        assert_eq!((examined.records.len(), examined.rejected), (1, 1));
    }
}
