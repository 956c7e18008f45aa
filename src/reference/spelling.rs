//! The many ways in which files write the codes and names of French authorities.

use super::territories::without_article;

/// A code as spreadsheets leave it: spaces in a SIREN, a SIRET, a zero or a capital lost.
pub(super) fn tidy_code(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_uppercase();
    let plain = ["INSEE", "SIREN", "SIRET"]
        .iter()
        .find_map(|word| plain.strip_prefix(word))
        .map_or(plain.clone(), str::to_owned);
    let digits = plain.bytes().all(|b| b.is_ascii_digit());
    match plain.len() {
        14 if digits => plain[..9].to_owned(),
        4 | 1 if digits => format!("0{plain}"),
        _ => plain,
    }
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

/// `Saint-Denis (93)` → `Saint-Denis`, `93`; also `Saint-Denis, Réunion`.
pub(super) fn split_brackets(name: &str) -> (&str, Option<&str>) {
    if let Some((before, rest)) = name.split_once('(') {
        return (before.trim(), Some(rest.trim_end().trim_end_matches(')').trim()));
    }
    match name.split_once(',') {
        Some((before, after)) => (before.trim(), Some(after.trim())),
        None => (name, None),
    }
}

/// Writes out what files abbreviate, and abbreviates what the lists do, in a folded name.
pub(super) fn spell_out(folded: &str) -> String {
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
