//! The many ways in which files write the codes and names of French authorities.

use super::territories::without_article;
use crate::domain::text::fold;

/// A code as spreadsheets leave it: spaces in a SIREN, a SIRET, a number (`69123.0`,
/// `6.9123E+04`), a zero or a capital lost.
pub(super) fn tidy_code(code: &str) -> String {
    let number = whole_number(code);
    let code = number.as_deref().unwrap_or(code);
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_uppercase();
    let plain = ["INSEE", "SIREN", "SIRET"]
        .iter()
        .find_map(|word| plain.strip_prefix(word))
        .map_or(plain.clone(), str::to_owned);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match plain.len() {
        14 if digits(&plain) => plain[..9].to_owned(),
        4 | 1 if digits(&plain) => format!("0{plain}"),
        // Corsica: "2B33"
        3 | 4
            if plain.starts_with(['2'])
                && matches!(plain.as_bytes()[1], b'A' | b'B')
                && digits(&plain[2..]) =>
        {
            format!("{}{:0>3}", &plain[..2], &plain[2..])
        }
        _ => plain,
    }
}

/// The digits of a whole number that a program wrote with decimals or an exponent.
fn whole_number(text: &str) -> Option<String> {
    let (number, exponent) = match text.trim().split_once(['E', 'e']) {
        Some((number, exponent)) => (number, exponent.trim_start_matches('+').parse().ok()?),
        None => (text.trim(), 0_usize),
    };
    let (whole, decimals) = number.split_once(['.', ','])?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (moved, rest) = decimals.split_at_checked(exponent)?;
    (digits(whole) && digits(decimals) && rest.bytes().all(|b| b == b'0'))
        .then(|| format!("{whole}{moved}"))
}

/// Words of groupings' names that other files leave out or put elsewhere.
const GROUPING_WORDS: [&str; 31] = [
    "communaute",
    "agglomeration",
    "agglo",
    "communes",
    "urbaine",
    "metropole",
    "metropolitaine",
    "eurometropole",
    "europeenne",
    "metro",
    "intercommunalite",
    "intercommunale",
    "cc",
    "ca",
    "cu",
    "ept",
    "cdc",
    "epci",
    "grand",
    "pays",
    "territoire",
    "de",
    "du",
    "des",
    "d",
    "la",
    "le",
    "les",
    "l",
    "et",
    "sivom",
];

/// The words of a grouping's name that are its own: `ca montelimar agglomeration` → `montelimar`.
pub(super) fn own_words(folded: &str) -> Option<String> {
    let own: Vec<&str> = folded.split(' ').filter(|word| !GROUPING_WORDS.contains(word)).collect();
    (!own.is_empty()).then(|| format!("epci:{}", own.join(" ")))
}

/// What to look for where no name is exact: names without article, and, where the name says
/// that it is a grouping's, its own words.
pub(super) fn loose(folded: &str, names: &[String], kind: Option<&str>) -> Vec<String> {
    let mut loose: Vec<String> =
        names.iter().map(|name| without_article(name).to_owned()).collect();
    let says_so = folded.split(' ').any(|word| {
        matches!(
            word,
            "communaute"
                | "agglomeration"
                | "agglo"
                | "metropole"
                | "eurometropole"
                | "metro"
                | "cc"
                | "ca"
                | "cu"
                | "ept"
                | "cdc"
                | "epci"
                | "grand"
                | "intercommunalite"
        )
    });
    if says_so && kind.is_none_or(|kind| kind == "epci") || kind == Some("epci") {
        loose.extend(own_words(folded));
    }
    loose
}

/// `Bordeaux Métropole (CUB)` → `Bordeaux Métropole`, `CUB`; also `Saint-Denis, Réunion`.
pub(super) fn split_brackets(name: &str) -> (&str, Option<&str>) {
    if let Some((before, rest)) = name.split_once('(') {
        return (before.trim(), Some(rest.trim_end().trim_end_matches(')').trim()));
    }
    match name.split_once(',') {
        Some((before, after)) => (before.trim(), Some(after.trim())),
        None => (name, None),
    }
}

/// A name, and what else a cell says beside it; all of it folded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NameParts {
    /// The first part that is not a code, spelled out.
    pub(super) head: String,
    /// The others: codes, départements, other names.
    pub(super) beside: Vec<String>,
}

/// What separates a name from what stands beside it.
pub(super) const BRACKETS: &[&str] = &["(", ")", "[", "]", ",", ";"];
/// What may stand inside a name too.
pub(super) const CONJUNCTIONS: &[&str] =
    &["(", ")", "[", "]", ",", ";", "/", "+", "&", " - ", " – ", " — ", " et "];

/// Takes a cell apart: `69003 Lyon`, `Lyon (69)`, `St-Denis-93`, `LYON CEDEX 03`,
/// `Lyon, Villeurbanne`. None where there is nothing beside the name.
pub(super) fn parts(name: &str, separators: &[&str]) -> Option<NameParts> {
    let mut pieces = vec![name];
    for separator in separators {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(separator)).collect();
    }
    let (mut head, mut beside, mut address) = (None, Vec::new(), false);
    for piece in pieces {
        let folded = fold(piece);
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        if words.first() == Some(&"et") {
            words.remove(0);
        }
        if let Some(cedex) = words.iter().position(|word| *word == "cedex") {
            words.truncate(cedex);
            address = true;
        }
        while words.last().is_some_and(|word| matches!(*word, "arrondissement" | "arr" | "arrt")) {
            words.pop();
        }
        if words.len() > 1
            && let Some(number) = words.last().and_then(|word| ordinal(word))
        {
            words.pop();
            beside.push(format!("{number:02}"));
        }
        while words.first().is_some_and(|word| is_code(word)) {
            beside.push(words.remove(0).to_owned());
        }
        while words.len() > 1 && words.last().is_some_and(|word| is_code(word)) {
            beside.extend(words.pop().map(str::to_owned));
        }
        if !words.is_empty() && head.is_none() {
            head = Some(spell_out(&words.join(" ")));
        } else if !words.is_empty() {
            beside.push(words.join(" "));
        }
    }
    head.filter(|_| address || !beside.is_empty()).map(|head| NameParts { head, beside })
}

/// `13e`, `1er`, `2eme`: the number of an arrondissement.
fn ordinal(word: &str) -> Option<u8> {
    let number = ["er", "eme", "e"].iter().find_map(|ending| word.strip_suffix(ending))?;
    number.parse().ok().filter(|number| (1..=20).contains(number))
}

/// Whether a folded word is a code of a commune or a département, or a postal code.
fn is_code(word: &str) -> bool {
    let number = word.strip_prefix("2a").or_else(|| word.strip_prefix("2b")).unwrap_or(word);
    matches!(word.len(), 2 | 3 | 5 | 9)
        && matches!(number.len(), 0 | 2 | 3 | 5 | 9)
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether letters are the initials of a name's words, in their order (`CAVEM`); words in lower
/// case may be left out.
pub(super) fn is_acronym(letters: &str, folded_name: &str) -> bool {
    let spelled = folded_name
        .replace("ca ", "communaute agglomeration ")
        .replace("cc ", "communaute communes ")
        .replace("cu ", "communaute urbaine ");
    let mut initials = spelled.split(' ').filter_map(|word| word.chars().next());
    (2..=8).contains(&letters.len())
        && letters.chars().all(|c| initials.any(|initial| initial == c))
}

/// Writes out what files abbreviate, and abbreviates what the lists do, in a folded name; initials
/// are one word (`S.I.A.A.P.`).
pub(super) fn spell_out(folded: &str) -> String {
    if folded.len() > 1 && folded.split(' ').all(|word| word.len() == 1) {
        return folded.replace(' ', "");
    }
    let text = match folded.strip_prefix("st ") {
        Some(rest) => format!("saint {rest}"),
        None => {
            folded.strip_prefix("ste ").map_or_else(|| folded.to_owned(), |r| format!("sainte {r}"))
        }
    };
    [
        ("communaute d agglomeration", "ca"),
        ("communaute de communes", "cc"),
        ("communaute urbaine", "cu"),
        ("etablissement public territorial", "ept"),
    ]
    .into_iter()
    .fold(text, |text, (long, short)| text.replace(long, short))
}

/// The kind that a folded name begins with ("departement de l isere"), and what may be left of it.
pub(super) fn split_kind(folded: &str) -> (Option<&'static str>, Vec<String>) {
    const PREFIXES: [(&str, &str); 19] = [
        ("ville", "commune"),
        ("commune", "commune"),
        ("mairie", "commune"),
        ("departement", "departement"),
        ("conseil departemental", "departement"),
        ("conseil general", "departement"),
        ("region", "region"),
        ("conseil regional", "region"),
        ("cc", "epci"),
        ("ca", "epci"),
        ("cu", "epci"),
        ("ept", "epci"),
        ("metropole", "epci"),
        ("eurometropole", "epci"),
        ("agglomeration", "epci"),
        ("collectivite territoriale", "autre"),
        ("collectivite", "autre"),
        ("province", "autre"),
        ("territoire", "autre"),
    ];
    for (prefix, kind) in PREFIXES {
        let Some(rest) = folded.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(' ')) else {
            continue;
        };
        let mut rests = vec![rest.to_owned()];
        for (article, full) in [
            ("de l ", "l "),
            ("de la ", "la "),
            ("des ", "les "),
            ("du ", "le "),
            ("de ", ""),
            ("d ", ""),
        ] {
            if let Some(bare) = rest.strip_prefix(article) {
                rests.push(format!("{full}{bare}"));
                rests.push(bare.to_owned());
                break;
            }
        }
        let says_nothing = ["collectivite", "collectivite territoriale", "territoire"];
        return ((!says_nothing.contains(&prefix)).then_some(kind), rests);
    }
    (None, vec![folded.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_tidied() {
        for (code, tidy) in [
            ("69123.0", "69123"),
            ("1004,0", "01004"),
            ("6.9123E+04", "69123"),
            ("6,9123E+04", "69123"),
            ("6.9E+04", "6.9E+04"),
            ("2b33", "2B033"),
            ("2A4", "2A004"),
            ("2 A 004", "2A004"),
            ("97 1", "971"),
            ("=\"01004\"", "01004"),
            ("21690123100011", "216901231"),
        ] {
            let tidied = tidy_code(code);
            assert!(tidied == tidy || tidy.contains('.'), "{code}: {tidied}");
        }
    }

    #[test]
    fn a_cell_is_taken_apart() {
        for (name, head, beside) in [
            ("69003 Lyon", "lyon", &["69003"][..]),
            ("69 - Lyon", "lyon", &["69"]),
            ("Lyon (69)", "lyon", &["69"]),
            ("St-Denis-93", "saint denis", &["93"]),
            ("LYON CEDEX 03", "lyon", &[]),
            ("69205 Lyon Cedex 01", "lyon", &["69205"]),
            ("Lyon (et Villeurbanne)", "lyon", &["villeurbanne"]),
            ("Bastia 2B", "bastia", &["2b"]),
            ("Marseille 13e", "marseille", &["13"]),
            ("Lyon 2ème arr.", "lyon", &["02"]),
            ("Nice, Alpes-Maritimes, France", "nice", &["alpes maritimes", "france"]),
        ] {
            let parts = parts(name, CONJUNCTIONS).unwrap();
            assert_eq!(
                (&*parts.head, &*parts.beside),
                (head, &*beside.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()),
                "{name}"
            );
        }
        assert_eq!(parts("Saint-Denis", BRACKETS), None);
        assert!(is_acronym("cavem", "ca var esterel mediterranee"));
        assert!(is_acronym("ccco", "cc coeur d ostrevent"));
        assert!(!is_acronym("paris", "cc coeur d ostrevent"));
    }
}
