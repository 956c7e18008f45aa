//! What producers call the columns of the native CSV: `import/columns.csv`.

use std::{collections::HashMap, sync::LazyLock};

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
        assert_eq!(recognise("météo"), None);
        assert_eq!(nearest("colectivité francaise"), Some(Column::Collectivity));
    }
}
