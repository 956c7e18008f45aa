//! What large towns are called elsewhere: München, Munich. The gazetteer knows more of them; these are
//! the ones that people type.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::rows;
use crate::domain::text::fold;

#[derive(Deserialize)]
struct Row {
    country: String,
    name: String,
    exonyms: String,
}

/// The names of each town, folded.
struct Exonyms {
    towns: Vec<Vec<String>>,
    /// The towns of a country that bear a name.
    by_name: HashMap<(String, String), Vec<usize>>,
}

/// Every usual name of the towns of a country that bear a name, folded, that name included; none
/// where the list has none of them.
///
/// # Arguments
/// `country` is an ISO 3166-1 alpha-2 code, `name` a folded name.
pub fn of<'n>(country: &str, name: &str) -> impl Iterator<Item = &'n str> {
    static LIST: LazyLock<Exonyms> = LazyLock::new(|| {
        let mut list = Exonyms { towns: Vec::new(), by_name: HashMap::new() };
        let csv = include_bytes!("../../import/reference/kept/city_exonyms.csv");
        for Row { country, name, exonyms } in rows(csv) {
            let mut names: Vec<String> =
                [name.as_str()].into_iter().chain(exonyms.split('|')).map(fold).collect();
            names.sort_unstable();
            names.dedup();
            for name in &names {
                let key = (country.clone(), name.clone());
                list.by_name.entry(key).or_default().push(list.towns.len());
            }
            list.towns.push(names);
        }
        list
    });
    let towns = LIST.by_name.get(&(country.to_owned(), name.to_owned()));
    towns.into_iter().flatten().flat_map(|town| &LIST.towns[*town]).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_found_by_any_of_its_names() {
        for name in ["munich", "munchen", "muenchen"] {
            assert!(of("DE", name).any(|other| other == "munchen"), "{name}");
        }
        assert_eq!(of("FR", "munich").count() + of("DE", "lyon").count(), 0);
    }
}
