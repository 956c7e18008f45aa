//! What producers call the columns of the native CSV: `import/columns.csv`.

use std::{collections::HashMap, sync::LazyLock};

use super::layout::TITLES;
use crate::domain::{Column, text::fold};

static NAMES: LazyLock<HashMap<String, (Column, usize)>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    let mut file = csv::Reader::from_reader(include_str!("../../../import/columns.csv").as_bytes());
    for row in file.records().flatten() {
        let Some(column) = row.get(0).and_then(Column::from_name) else { continue };
        let others = row.get(1).unwrap_or_default().split('|');
        for (rank, name) in std::iter::once(column.name()).chain(others).enumerate() {
            names.entry(fold(name)).or_insert((column, rank));
        }
    }
    names
});

/// The column that a title means, and how usual the title is for it: 0 is the column's own name.
pub(super) fn recognise(title: &str) -> Option<(Column, usize)> {
    plainly(title).or_else(|| {
        // the titles of several rows
        let (group, own) = title.split_once(TITLES)?;
        match plainly(group) {
            Some((group, _)) => within(group, own),
            None => within_none(own),
        }
    })
}

/// What a title means within a group of columns.
fn within(group: Column, title: &str) -> Option<(Column, usize)> {
    let (column, _) = match group {
        Column::Collectivity | Column::Partner => {
            plainly(&format!("{} {title}", group.name())).or_else(|| plainly(title))
        }
        _ => plainly(title),
    }
    .or_else(|| GENERIC.contains(&fold(title).as_str()).then_some((group, 1)))?;
    let column = match (group, column) {
        _ if GENERIC.contains(&fold(title).as_str()) => group,
        (Column::Collectivity, Column::PartnerCountry) => Column::CollectivityCountry,
        (Column::Collectivity, Column::Longitude) => Column::CollectivityLongitude,
        (Column::Collectivity, Column::Latitude) => Column::CollectivityLatitude,
        (Column::Collectivity, Column::Partner | Column::PartnerRegion)
        | (
            Column::Partner,
            Column::Collectivity | Column::CollectivityCode | Column::CollectivityDepartment,
        ) => return None,
        (_, column) => column,
    };
    Some((column, 1))
}

/// What a title means in a group that means nothing.
fn within_none(title: &str) -> Option<(Column, usize)> {
    plainly(title).map(|(column, rank)| (column, rank + 1))
}

/// Titles that say nothing without their group.
const GENERIC: [&str; 8] =
    ["nom", "name", "libelle", "denomination", "intitule", "ville", "commune", "localite"];

fn plainly(title: &str) -> Option<(Column, usize)> {
    let folded = fold(title);
    let found = NAMES.get(&folded).or_else(|| {
        // « Budget (en euros) », « Pays * »
        let plain = title.split(['(', '[', '*', ':']).next()?;
        NAMES.get(&fold(plain))
    });
    found.copied()
}

/// The column whose names are nearest to a misspelt title; short ones are near to too much.
pub(super) fn nearest(title: &str) -> Option<Column> {
    let folded = fold(title);
    let limit = if folded.len() < 8 { 0 } else { folded.len() / 5 };
    let near = NAMES.iter().filter(|(name, _)| name.len().abs_diff(folded.len()) <= limit);
    near.map(|(name, (column, rank))| {
        (strsim::damerau_levenshtein(name, &folded), *rank, *column as usize)
    })
    .filter(|(distance, ..)| *distance <= limit)
    .min()
    .map(|(_, _, column)| Column::ALL[column])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_means_one_column() {
        let mut seen = HashMap::new();
        let mut file =
            csv::Reader::from_reader(include_str!("../../../import/columns.csv").as_bytes());
        let mut columns = Vec::new();
        for row in file.records() {
            let row = row.unwrap();
            columns.push(Column::from_name(&row[0]).unwrap_or_else(|| panic!("{row:?}")));
            for name in row[1].split('|') {
                if let Some(other) = seen.insert(fold(name), row[0].to_owned()) {
                    assert_eq!(other, row[0], "{name}");
                }
            }
        }
        assert_eq!(columns, Column::ALL);
    }

    #[test]
    fn titles_are_known_without_regard_to_accents_case_and_spaces() {
        for (title, column) in [
            ("Pays partenaire", Column::PartnerCountry),
            ("COUNTRY", Column::PartnerCountry),
            ("Collectivite  Francaise ", Column::Collectivity),
            ("Code INSEE", Column::CollectivityCode),
            ("ville_jumelée", Column::Partner),
            ("N° SIREN", Column::CollectivityCode),
            ("Budget (en €)", Column::Budget),
            ("Thématiques", Column::Themes),
        ] {
            assert_eq!(recognise(title).map(|(column, _)| column), Some(column), "{title}");
        }
        for (title, column) in [
            ("Collectivité / nom", Some(Column::Collectivity)),
            ("Collectivité / code", Some(Column::CollectivityCode)),
            ("Collectivité / pays", Some(Column::CollectivityCountry)),
            ("Partenaire / nom", Some(Column::Partner)),
            ("Partenaire / pays", Some(Column::PartnerCountry)),
            ("Partenaire / longitude", Some(Column::Longitude)),
            ("Partenaire / code INSEE", None),
            ("Suivi / date_debut", Some(Column::Start)),
            ("Suivi / nom", None),
        ] {
            assert_eq!(recognise(title).map(|(column, _)| column), column, "{title}");
        }
        assert_eq!(recognise("météo"), None);
        assert_eq!(nearest("colectivité francaise"), Some(Column::Collectivity));
    }
}
