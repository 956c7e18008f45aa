//! What a typed text means as a whole: a code, an alias or an abbreviation, a name in another language.

use crate::{
    reference::{
        Collectivities, Countries, CountryText, Subdivisions, collectivities::Wanted, territories,
    },
    search::{Dimension, Snapshot},
};

/// Dimensions whose vocabularies know aliases.
const VOCABULARIES: [Dimension; 4] =
    [Dimension::Theme, Dimension::Sdg, Dimension::Kind, Dimension::Zone];

/// The values that a text means by everything that the reference lists know of names, whether or
/// not a record has them.
pub(in crate::search) fn meant(snapshot: &Snapshot, typed: &str) -> Vec<(Dimension, String)> {
    let mut meant: Vec<(Dimension, String)> = VOCABULARIES
        .into_iter()
        .filter_map(|dimension| {
            let term = dimension.vocabulary()?.recognise(typed)?;
            Some((dimension, term.code.clone()))
        })
        .collect();
    if let CountryText::Whole(country) = Countries::bundled().read_text(typed) {
        meant.push((Dimension::Country, country.alpha2.clone()));
    }
    meant.extend(french(typed));
    let areas = Subdivisions::bundled();
    for country in snapshot.values(Dimension::Country).keys() {
        let named = areas.named(country, typed).areas.into_iter();
        meant.extend(named.map(|area| (Dimension::PartnerArea, areas.at(area).code.clone())));
    }
    meant
}

/// The French authorities and territories that a text means.
fn french(typed: &str) -> Vec<(Dimension, String)> {
    let mut meant = Vec::new();
    let code = typed.trim().to_ascii_uppercase();
    if territories::departments().contains_key(&code) {
        meant.push((Dimension::Department, code.clone()));
    }
    let authorities = Collectivities::bundled();
    meant.extend(
        authorities.communes_served(&code).map(|c| (Dimension::Collectivity, c.code.clone())),
    );
    if let Ok(found) = authorities.by_name(Wanted { name: typed, ..Wanted::default() }) {
        let one = &found.collectivity;
        match (one.kind.code.as_str(), &one.region, &one.department) {
            ("region", Some(region), _) => meant.push((Dimension::Region, region.clone())),
            ("departement", _, Some(code)) => meant.push((Dimension::Department, code.clone())),
            _ => {}
        }
        meant.push((Dimension::Collectivity, one.code.clone()));
    }
    meant
}

/// Writes out `st` and `ste`, unless a word that begins so may still be typed.
pub(super) fn spell_out_saints(words: &mut [&str]) {
    let Some((_, complete)) = words.split_last_mut() else { return };
    for word in complete {
        *word = spelled_out(word).unwrap_or(word);
    }
}

/// What a word of a name abbreviates.
pub(in crate::search) fn spelled_out(word: &str) -> Option<&'static str> {
    match word {
        "st" => Some("saint"),
        "ste" => Some("sainte"),
        _ => None,
    }
}
