//! The names of régions and départements, by INSEE code (code officiel géographique).

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;

use super::rows;
use crate::domain::text::fold;

/// A région or a département.
#[derive(Debug, Deserialize)]
pub struct Territory {
    /// INSEE code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// INSEE code of its région; none for a région.
    #[serde(default)]
    pub region: Option<String>,
}

/// A région of before 2016.
#[derive(Debug, Deserialize)]
struct OldRegion {
    name: String,
    old_code: String,
    code: String,
}

fn by_code(csv: &[u8]) -> BTreeMap<String, Territory> {
    rows::<Territory>(csv).into_iter().map(|place| (place.code.clone(), place)).collect()
}

/// Régions and, with codes of three digits, the collectivities overseas that stand beside them.
pub fn regions() -> &'static BTreeMap<String, Territory> {
    static LIST: LazyLock<BTreeMap<String, Territory>> =
        LazyLock::new(|| by_code(include_bytes!("../../import/reference/regions.csv")));
    &LIST
}

/// Départements.
pub fn departments() -> &'static BTreeMap<String, Territory> {
    static LIST: LazyLock<BTreeMap<String, Territory>> =
        LazyLock::new(|| by_code(include_bytes!("../../import/reference/departments.csv")));
    &LIST
}

fn all_old_regions() -> &'static [OldRegion] {
    static LIST: LazyLock<Vec<OldRegion>> = LazyLock::new(|| {
        let old: Vec<OldRegion> = rows(include_bytes!("../../import/reference/old_regions.csv"));
        old.into_iter().map(|row| OldRegion { name: fold(&row.name), ..row }).collect()
    });
    &LIST
}

/// Folded names of the régions of before 2016, with the code of the région of today.
pub fn old_regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    all_old_regions().iter().map(|old| (&*old.name, &*old.code))
}

/// The INSEE code that a région of before 2016 had, by its folded name.
pub fn old_region_code(folded: &str) -> Option<&'static str> {
    let name = folded.strip_prefix("region ").unwrap_or(folded);
    let old = all_old_regions().iter().find(|old| old.name == name)?;
    Some(&old.old_code)
}

/// The INSEE code of a région given by its name of today or of before 2016, folded.
pub fn region_code(folded: &str) -> Option<&'static str> {
    let name = folded.strip_prefix("region ").unwrap_or(folded);
    let today = regions().values().find(|region| fold(&region.name) == name);
    let old = || old_regions().find(|(old, _)| *old == name).map(|(_, code)| code);
    today.map(|region| region.code.as_str()).or_else(old)
}

/// The INSEE code of a département given by code or by name.
pub fn department_code(text: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
        let named = departments().values().flat_map(|place| {
            let name = fold(&place.name);
            [without_article(&name).to_owned(), place.code.to_ascii_lowercase()]
                .map(|name| (name, place.code.as_str()))
        });
        named.collect()
    });
    if text.is_empty() {
        return None;
    }
    let folded = fold(text);
    let name = without_article(&folded);
    let found = BY_NAME.get(name).or_else(|| BY_NAME.get(name.trim_start_matches('0')));
    found.copied()
}

/// A folded name without its article: "Réunion" is what many write for "La Réunion".
pub(super) fn without_article(folded: &str) -> &str {
    ["la ", "le ", "les ", "l "]
        .iter()
        .find_map(|article| folded.strip_prefix(article))
        .unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_agree_with_each_other() {
        assert!(departments().len() >= 101);
        assert!(regions().len() >= 18);
        for department in departments().values() {
            let region = department.region.as_ref().unwrap();
            assert!(regions().contains_key(region), "{}", department.code);
        }
        for (name, code) in old_regions() {
            assert!(regions().contains_key(code), "{name}");
        }
        assert_eq!(regions()["84"].name, "Auvergne-Rhône-Alpes");
        assert_eq!(department_code("Côtes d'Armor"), Some("22"));
        assert_eq!(department_code("2A"), Some("2A"));
        assert_eq!(department_code("Réunion"), Some("974"));
        assert_eq!(department_code("1"), None);
        assert_eq!(department_code("01"), Some("01"));
    }
}
