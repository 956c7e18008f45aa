//! What the columns of a file are taken for; a profile for a file that nobody has described yet,
//! proposed with a confidence for each column.
//!
//! (long: most of it is what a draft is tested with)

use std::{collections::BTreeSet, fmt::Write as _, io};

use crate::{
    domain::{Column, Euros, PartialDate, Vocabulary, text::fold},
    formats::csv::{CsvError, Input, Original, PROBLEMS, Profile, Sample},
    reference::{Cities, Collectivities, Countries, Unresolved, Wanted, vocabularies},
};

/// Below this share of values that fit, a column is not proposed.
const LEAST_SHARE: f64 = 0.6;
/// Values that are looked at in one column.
const LOOKED_AT: usize = 200;

/// Examples of what stands in a column, and how much of each.
const EXAMPLES: usize = 3;
const EXAMPLE_CHARACTERS: usize = 80;

/// A column of a file, and what it is taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct FileColumn {
    /// Its title; empty where it has none.
    pub title: String,
    /// The native column that it is.
    pub column: Option<Column>,
    /// How sure that is, from 0 to 1.
    pub confidence: Option<f64>,
    /// Up to three of its values.
    pub examples: Vec<String>,
}

/// The columns of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileColumns {
    /// They are read like this; otherwise the header lacks what is required, and this is proposed
    /// instead.
    pub as_read: bool,
    /// All of them, in the order of the file.
    pub columns: Vec<FileColumn>,
}

/// What an import by a profile takes the columns of a file for; where it can read none of them, a
/// proposal. `open` gives the file from its beginning, each time.
pub fn file_columns<'a>(
    open: impl Fn() -> io::Result<Input<'a>>,
    profile: &Profile,
) -> Result<FileColumns, CsvError> {
    match Original::new(open()?, profile) {
        Ok(original) => as_read(original).map(|columns| FileColumns { as_read: true, columns }),
        Err(CsvError::Columns { .. } | CsvError::Repeated(_)) => {
            let sample = Sample::new(open()?, profile.sheet.as_deref())?;
            Ok(FileColumns { as_read: false, columns: proposed(&sample) })
        }
        Err(error) => Err(error),
    }
}

fn as_read(mut original: Original<'_>) -> Result<Vec<FileColumn>, CsvError> {
    let mut rows = Vec::new();
    while rows.len() < LOOKED_AT
        && let Some(row) = original.next_row()?
    {
        rows.push(row);
    }
    let titles = original.titles().iter().enumerate().filter(|(_, title)| *title != PROBLEMS);
    let columns = titles.map(|(index, title)| {
        let column = original.column_of(index);
        let values = rows.iter().filter_map(|row| row.get(index));
        FileColumn {
            title: title.clone(),
            column,
            confidence: column.map(|column| match Sample::named(title) {
                Some((named, own)) if named == column && !own => USUAL_NAME,
                _ => OWN_NAME,
            }),
            examples: examples(values.map(String::as_str)),
        }
    });
    Ok(columns.collect())
}

/// The proposals for each column of a file.
fn proposed(sample: &Sample) -> Vec<FileColumn> {
    let proposals = proposals(sample);
    let columns = sample.header.iter().enumerate().map(|(index, title)| {
        let proposal = proposals.iter().find(|proposal| proposal.index == index);
        FileColumn {
            title: title.clone(),
            column: proposal.map(|proposal| proposal.column),
            confidence: proposal.map(|proposal| (proposal.confidence * 100.0).round() / 100.0),
            examples: examples(sample.column(index)),
        }
    });
    columns.collect()
}

fn examples<'v>(values: impl Iterator<Item = &'v str>) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for value in values.map(str::trim).filter(|value| !value.is_empty()) {
        let mut shown: String = value.chars().take(EXAMPLE_CHARACTERS).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        if !examples.contains(&shown) {
            examples.push(shown);
        }
        if examples.len() == EXAMPLES {
            break;
        }
    }
    examples
}

/// How sure a title makes of its column.
const OWN_NAME: f64 = 1.0;
const USUAL_NAME: f64 = 0.9;
const NEAR_NAME: f64 = 0.6;

/// A column of the file, proposed for a native one.
struct ColumnGuess {
    column: Column,
    index: usize,
    confidence: f64,
    why: &'static str,
}

/// Proposes a profile, as TOML with comments, for a file of this name.
pub fn draft_profile<'a>(input: impl Into<Input<'a>>, file: &str) -> Result<String, CsvError> {
    let sample = Sample::new(input, None)?;
    if let Some((name, toml)) = sample.bundled() {
        return Ok(format!(
            "# {file} is read by the bundled profile {name}, without naming it: atlas import FILE\n{toml}"
        ));
    }
    if let Some(sides) = either_side(&sample) {
        return Ok(written_sides(&sample, &sides, file));
    }
    Ok(written(&sample, &proposals(&sample), file))
}

fn proposals(sample: &Sample) -> Vec<ColumnGuess> {
    let mut proposals = by_name(sample);
    by_values(sample, &mut proposals);
    proposals.sort_by_key(|proposal| proposal.column as usize);
    proposals
}

fn by_name(sample: &Sample) -> Vec<ColumnGuess> {
    let mut proposals: Vec<ColumnGuess> = Vec::new();
    for near in [false, true] {
        for (index, title) in sample.header.iter().enumerate() {
            let found = if near {
                Sample::nearly_named(title).map(|column| (column, NEAR_NAME, "nearly its name"))
            } else {
                Sample::named(title).map(|(column, own)| {
                    let (sure, why) =
                        if own { (OWN_NAME, "its name") } else { (USUAL_NAME, "a usual name") };
                    (column, sure, why)
                })
            };
            let Some((column, confidence, why)) = found else { continue };
            // "Land" is a region to some and a country to others
            if column == Column::PartnerRegion && share(sample, index, &is_abroad) >= LEAST_SHARE {
                continue;
            }
            if is_free(&proposals, column, index) {
                proposals.push(ColumnGuess { column, index, confidence, why });
            }
        }
    }
    proposals
}

fn is_abroad(text: &str) -> bool {
    Countries::bundled().recognise(text).is_some_and(|country| !country.french)
}

/// Whether a title is that of a postal code, which looks like an INSEE code and is none.
fn is_postal(title: &str) -> bool {
    let title = fold(title);
    title.split(' ').any(|word| {
        matches!(word, "postal" | "postale" | "postcode" | "zip" | "plz" | "cp" | "cap")
    })
}

/// Whether a text may be a name: not a flag, a code or the title of its own column ("eu").
fn may_be_name(text: &str, title: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 2 && fold(text) != fold(title)
}

/// Whether the codes of a column are those of the names beside them.
fn codes_fit(sample: &Sample, codes: usize, names: usize) -> bool {
    let rows = sample.rows.iter().take(LOOKED_AT);
    let pairs = rows.filter_map(|row| Some((row.get(codes)?.trim(), row.get(names)?.trim())));
    let pairs: Vec<(&str, &str)> =
        pairs.filter(|(code, name)| !code.is_empty() && !name.is_empty()).collect();
    let fitting = pairs.iter().filter(|(code, name)| {
        let known = Collectivities::bundled().by_code(code, None);
        known.is_some_and(|known| {
            let (ours, theirs) = (fold(&known.collectivity.name), fold(name));
            ours.contains(&theirs) || theirs.contains(&ours) || known.remark.is_some()
        })
    });
    pairs.is_empty() || fitting.count() as f64 >= LEAST_SHARE * pairs.len() as f64
}

fn is_free(proposals: &[ColumnGuess], column: Column, index: usize) -> bool {
    proposals.iter().all(|other| other.column != column && other.index != index)
}

/// Whether a value can be one of a column.
type Fits<'a> = &'a dyn Fn(&str) -> bool;

fn is_french(text: &str) -> bool {
    let wanted = Wanted { name: text, ..Wanted::default() };
    !matches!(
        Collectivities::bundled().by_name(wanted),
        Err(Unresolved::Unknown(_) | Unresolved::Far(_) | Unresolved::Qualifier(_))
    )
}

fn is_town(text: &str) -> bool {
    let mut countries = Countries::bundled().list().iter();
    countries.any(|country| !Cities::bundled().named(&country.alpha2, text).is_empty())
}

/// What the values of a column must be, for each native column that values can show.
fn by_values(sample: &Sample, proposals: &mut Vec<ColumnGuess>) {
    let is_code =
        |text: &str| text.len() >= 4 && Collectivities::bundled().by_code(text, None).is_some();
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
        let free = (0..sample.header.len()).filter(|index| {
            is_free(proposals, column, *index)
                && (column != Column::CollectivityCode || !is_postal(&sample.header[*index]))
        });
        let best = free
            .map(|index| {
                let title = sample.header[index].as_str();
                let is_name = matches!(column, Column::Collectivity | Column::Partner);
                let fits = |text: &str| fits(text) && (!is_name || may_be_name(text, title));
                (share(sample, index, &fits), index)
            })
            .fold((0.0, usize::MAX), |best, other| if other.0 > best.0 { other } else { best });
        if best.0 >= LEAST_SHARE {
            let (confidence, index) = (0.8 * best.0, best.1);
            proposals.push(ColumnGuess { column, index, confidence, why });
        }
    }
    // found before the names were
    let of = |column| proposals.iter().find(|p: &&ColumnGuess| p.column == column);
    if let (Some(codes), Some(names)) = (of(Column::CollectivityCode), of(Column::Collectivity))
        && !codes_fit(sample, codes.index, names.index)
    {
        proposals.retain(|proposal| proposal.column != Column::CollectivityCode);
    }
}

/// Where each column of one side of a list stands.
struct Side {
    name: usize,
    country: usize,
    /// Longitude and latitude.
    position: Option<(usize, usize)>,
}

/// The two sides of a list in which either may be French: two columns of countries, France in
/// both, each with a column of towns.
fn either_side(sample: &Sample) -> Option<[Side; 2]> {
    let width = sample.header.len();
    let is_country = |text: &str| Countries::bundled().recognise(text).is_some();
    let has = |index: usize, french: bool| {
        let mut known =
            sample.column(index).filter_map(|text| Countries::bundled().recognise(text));
        known.any(|country| country.french == french)
    };
    let mut countries = (0..width).filter(|index| {
        share(sample, *index, &is_country) >= LEAST_SHARE && has(*index, true) && has(*index, false)
    });
    let countries = [countries.next()?, countries.next()?];
    let is_place = |text: &str| is_french(text) || is_town(text);
    let towns: Vec<usize> = (0..width)
        .filter(|index| !countries.contains(index))
        .filter(|index| {
            let title = sample.header[*index].as_str();
            share(sample, *index, &|text| may_be_name(text, title) && is_place(text)) >= 0.5
        })
        .collect();
    let name = |country: usize, taken: Option<usize>| {
        let free = towns.iter().copied().filter(|town| Some(*town) != taken);
        free.min_by_key(|town| (town.abs_diff(country), *town > country))
    };
    let first = name(countries[0], None)?;
    let second = name(countries[1], Some(first))?;
    let degrees = |words: &[&str]| {
        let is_degrees =
            |text: &str| text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= 180.0);
        let found: Vec<usize> = (0..width)
            .filter(|index| {
                let title = fold(&sample.header[*index]);
                words.iter().any(|word| title.contains(word))
                    && share(sample, *index, &is_degrees) >= LEAST_SHARE
            })
            .collect();
        <[usize; 2]>::try_from(found).ok()
    };
    let positions = degrees(&["lng", "lon"]).zip(degrees(&["lat"]));
    let side = |name: usize, at: usize| Side {
        name,
        country: countries[at],
        position: positions.map(|(lon, lat)| (lon[at], lat[at])),
    };
    Some([side(first, 0), side(second, 1)])
}

/// A profile with a reading for each side that may be the French one.
fn written_sides(sample: &Sample, [left, right]: &[Side; 2], file: &str) -> String {
    let mut toml = beginning(sample, file);
    let title = |index: usize| quoted(&sample.header[index]);
    for (home, abroad) in [(left, right), (right, left)] {
        let _ = writeln!(toml, "\n[[readings]]");
        let mut line = |column: Column, index: usize| {
            let _ = writeln!(toml, "{} = {}", column.name(), title(index));
        };
        line(Column::Collectivity, home.name);
        line(Column::CollectivityCountry, home.country);
        if let Some((lon, lat)) = home.position {
            line(Column::CollectivityLongitude, lon);
            line(Column::CollectivityLatitude, lat);
        }
        line(Column::Partner, abroad.name);
        line(Column::PartnerCountry, abroad.country);
        if let Some((lon, lat)) = abroad.position {
            line(Column::Longitude, lon);
            line(Column::Latitude, lat);
        }
    }
    let words: BTreeSet<&str> = [left.country, right.country]
        .into_iter()
        .flat_map(|index| sample.column(index))
        .filter(|text| Countries::bundled().recognise(text).is_none())
        .collect();
    if !words.is_empty() {
        let _ = writeln!(toml, "\n# Of either side.\n[values.partenaire_pays]");
        for word in words {
            let nearest = Countries::bundled().nearest(word);
            let likely = nearest.map_or("…", |country| country.name.fr.as_str());
            let _ = writeln!(toml, "# {} = {}", quoted(word), quoted(likely));
        }
    }
    toml
}

fn share(sample: &Sample, index: usize, fits: Fits<'_>) -> f64 {
    let values: BTreeSet<&str> = sample.column(index).take(LOOKED_AT).collect();
    let fitting = values.iter().filter(|text| fits(text)).count();
    if values.is_empty() { 0.0 } else { fitting as f64 / values.len() as f64 }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// What stands above the columns.
fn beginning(sample: &Sample, file: &str) -> String {
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
    toml
}

fn written(sample: &Sample, proposals: &[ColumnGuess], file: &str) -> String {
    let mut toml = beginning(sample, file);
    let _ = writeln!(toml, "\n[columns]");
    for ColumnGuess { column, index, confidence, why } in proposals {
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
