//! Whether two foreign authorities are one: spellings, qualifiers and generic words of their names,
//! exonyms, and where they are.

use super::Cities;
use crate::domain::{Doubt, Partner, Position, PositionSource, text::fold};

/// Positions of one place may be so far apart, in km.
pub const ONE_PLACE_KM: f64 = 15.0;
/// Nearer than this, two names may be an old and a new one.
const SAME_SPOT_KM: f64 = 3.0;
/// A name is told from its homonyms from here on, in km.
const HOMONYM_KM: f64 = 100.0;

/// What can be said of two places or records, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They are two.
    Different,
    /// A person may decide.
    Unsure(Doubt),
    /// They are one.
    Same,
}

/// Words before a name that say what kind of authority a town is, folded, with what joins them.
const BEFORE: [&str; 16] = [
    "ville de ",
    "ville d ",
    "ville du ",
    "commune de ",
    "commune d ",
    "municipalite de ",
    "mairie de ",
    "city of ",
    "town of ",
    "municipality of ",
    "london borough of ",
    "royal borough of ",
    "gmina ",
    "stadt ",
    "comune di ",
    "municipio de ",
];
/// The same after a name.
const AFTER: [&str; 2] = [" municipality", " commune"];
/// Articles before a name.
const ARTICLES: [&str; 5] = ["le ", "la ", "les ", "l ", "the "];
/// Between a name and the river or region that tells it from others.
const JOINING: [&str; 12] =
    ["am", "an", "on", "upon", "sur", "im", "in", "ob", "aan", "bei", "unter", "nad"];
/// Qualifiers that name another authority than the town: `Herford (district)` is not Herford.
const OTHER_AUTHORITY: [&str; 18] = [
    "district",
    "county",
    "comte",
    "kreis",
    "landkreis",
    "region",
    "province",
    "state",
    "etat",
    "land",
    "departement",
    "department",
    "prefecture",
    "gouvernorat",
    "governorate",
    "oblast",
    "cercle",
    "canton",
];
/// Names are similar from so much on (Jaro–Winkler).
const SIMILAR: f64 = 0.9;

/// What a place may be called, folded, from what a record calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNames {
    /// Without generic words and articles.
    plain: Vec<String>,
    /// Those that have an article, with it: the gazetteer knows "La Haye", not "Haye".
    whole: Vec<String>,
}

impl PlaceNames {
    /// From a name as a record has it.
    pub fn new(name: &str) -> Self {
        let mut parts = vec![name];
        // "Watermael / Watermaal" are two names
        if name.contains('/') {
            parts.extend(name.split('/'));
        }
        // "Berlin – Neukölln" is the smaller of the two
        if let Some((_, last)) =
            [" – ", " - ", " — "].iter().find_map(|dash| name.rsplit_once(dash))
        {
            parts.push(last);
        }
        let qualified = parts.clone();
        parts.extend(qualified.into_iter().filter_map(unqualified));
        let (mut names, mut whole): (Vec<String>, Vec<String>) = Default::default();
        for part in parts {
            let folded = fold(part);
            let plain = plain(&folded);
            if ARTICLES.iter().any(|word| folded.starts_with(word)) {
                whole.push(folded);
            }
            if let Some(shorter) = without_river(&plain) {
                names.push(shorter.to_owned());
            }
            names.push(plain);
        }
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        Self { plain: names, whole }
    }

    /// Whether one spelling is of both.
    fn meet(&self, other: &Self) -> bool {
        self.plain.iter().any(|name| other.plain.contains(name))
    }

    /// Whether both are names of one town near a place, as the gazetteer knows them: Cracovie and
    /// Kraków.
    fn are_of_one_town(&self, other: &Self, country: &str, near: (Position, f64)) -> bool {
        let all = |names: &Self| [&*names.plain, &*names.whole].concat();
        Cities::bundled().bears_both(country, (&all(self), &all(other)), near)
    }

    /// Whether they look alike, which proves nothing.
    fn are_alike(&self, other: &Self) -> bool {
        self.plain.iter().any(|one| {
            other.plain.iter().any(|other| {
                let within = |long: &str, short: &str| {
                    long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
                };
                within(one, other)
                    || within(other, one)
                    || strsim::jaro_winkler(one, other) >= SIMILAR
            })
        })
    }
}

/// A name without what stands in brackets or after a comma; none where it has neither, or where
/// that tells of another authority.
fn unqualified(name: &str) -> Option<&str> {
    let (before, qualifier) = name.split_once('(').or_else(|| name.split_once(','))?;
    let qualifier = fold(qualifier);
    let is_other = qualifier.split(' ').any(|word| OTHER_AUTHORITY.contains(&word));
    (!is_other && !before.trim().is_empty()).then_some(before)
}

/// A folded name without generic words and articles, `St` written out.
fn plain(folded: &str) -> String {
    let name = BEFORE.iter().find_map(|word| folded.strip_prefix(word)).unwrap_or(folded);
    let name = AFTER.iter().find_map(|word| name.strip_suffix(word)).unwrap_or(name);
    let name = ARTICLES.iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    let words = name.split(' ').map(|word| match word {
        "st" | "sankt" => "saint",
        "ste" => "sainte",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `frankfurt am main` → `frankfurt`.
fn without_river(plain: &str) -> Option<&str> {
    let joins = JOINING.iter().filter_map(|word| {
        let at = plain.find(&format!(" {word} "))?;
        (at > 0).then_some(at)
    });
    joins.min().map(|at| &plain[..at])
}

/// Whether two partners are one place.
pub fn compare_places(
    (one, other): (&Partner, &Partner),
    (names, other_names): (&PlaceNames, &PlaceNames),
) -> Verdict {
    let kinds = one.kind.zip(other.kind);
    let is_other_kind = kinds.is_some_and(|(one, other)| one.term.code != other.term.code);
    if one.country != other.country || is_other_kind {
        return Verdict::Different;
    }
    let (Some((at, said)), Some((other_at, other_said))) = (one.place, other.place) else {
        // without positions a place is what its name, région and country name
        return if one.id() == other.id() {
            Verdict::Same
        } else if names.meet(other_names) || names.are_alike(other_names) {
            Verdict::Unsure(Doubt::NoPosition)
        } else {
            Verdict::Different
        };
    };
    let km = at.distance_km(other_at);
    if km <= ONE_PLACE_KM {
        let near = (at, ONE_PLACE_KM);
        if names.meet(other_names) || names.are_of_one_town(other_names, &one.country, near) {
            Verdict::Same
        } else if km <= SAME_SPOT_KM || names.are_alike(other_names) {
            Verdict::Unsure(Doubt::OtherName)
        } else {
            Verdict::Different
        }
    } else {
        let is_looked_up = [said, other_said].contains(&PositionSource::Gazetteer);
        let may_be = (km <= HOMONYM_KM || is_looked_up) && names.meet(other_names);
        if may_be { Verdict::Unsure(Doubt::FarApart) } else { Verdict::Different }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_place_meet() {
        let meet = |one, other| PlaceNames::new(one).meet(&PlaceNames::new(other));
        for (one, other) in [
            ("Kraków", "KRAKOW"),
            ("Ville de Kayes", "Kayes"),
            ("Menden (Sauerland)", "Menden"),
            ("Neukölln (Berlin)", "Berlin – Neukölln"),
            ("Frankfurt am Main", "Frankfurt"),
            ("Frankfurt (Oder)", "Frankfurt an der Oder"),
            ("Eislingen/Fils", "Eislingen"),
            ("Alcobaça, Portugal", "Alcobaça"),
            ("Abrantes Municipality", "Abrantes"),
            ("Gmina Żukowo", "Żukowo"),
            ("St. Pölten", "Sankt Pölten"),
            ("Le Grand-Saconnex", "Grand-Saconnex"),
            ("London Borough of Hounslow", "Hounslow"),
        ] {
            assert!(meet(one, other), "{one} / {other}");
        }
        for (one, other) in [
            ("Herford (district)", "Herford"),
            ("County Kildare", "Kildare"),
            ("Prague 6 (Prague)", "Prague"),
            ("Tallinn – Kesklinn", "Tallinn"),
            ("Suzhou – Wujiang", "Suzhou"),
            ("Région de Kayes", "Kayes"),
            ("Kayes (cercle)", "Kayes"),
            ("Newport Pagnell", "Newport"),
            ("Basingstoke and Deane", "Basingstoke"),
        ] {
            assert!(!meet(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn exonyms_are_of_one_town() {
        let frankfurt = (Position::new(8.68, 50.11).unwrap(), 15.0);
        let one = |one, other, country, near| {
            PlaceNames::new(one).are_of_one_town(&PlaceNames::new(other), country, near)
        };
        assert!(one("Francfort", "Frankfurt am Main", "DE", frankfurt));
        assert!(!one("Francfort", "Offenbach", "DE", frankfurt));
        let cracow = (Position::new(19.94, 50.06).unwrap(), 15.0);
        assert!(one("Cracovie", "Kraków", "PL", cracow));
        assert!(!one("Cracovie", "Kraków", "DE", cracow));
    }
}
