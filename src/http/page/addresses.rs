//! The addresses of pages in both languages: each segment is a word of the page's language.

use crate::{
    domain::Language,
    http::page::{layout::escape, site_page::SitePage},
};

/// An address in French and in English.
pub type Paths = [&'static str; 2];

/// Foreign authorities, each below by its id.
pub const PARTNERS: Paths = ["/partenaires", "/en/partners"];
/// Countries, each below by its code.
pub const COUNTRIES: Paths = ["/pays", "/en/countries"];
/// French régions, each below by its code.
pub const REGIONS: Paths = ["/regions", "/en/regions"];
/// Themes, each below by its code.
pub const THEMES: Paths = ["/themes", "/en/themes"];
/// Where anybody contributes.
pub const CONTRIBUTE: Paths = ["/contribuer", "/en/contribute"];
/// The files of charts.
pub const CHARTS: Paths = ["/graphiques", "/en/charts"];
/// The feed of everything that changes.
pub const FEED: Paths = ["/flux.atom", "/en/feed.atom"];
/// The picture of a selection.
pub const PICTURE: Paths = ["/apercu.png", "/en/preview.png"];

/// Those that are no [`SitePage`].
const OTHERS: [Paths; 3] = [CONTRIBUTE, FEED, PICTURE];
/// Those that have pages or files below them, and are none.
const FOLDERS: [Paths; 5] = [PARTNERS, COUNTRIES, REGIONS, THEMES, CHARTS];

/// All of them but the map's, which is above all others.
pub fn all() -> impl Iterator<Item = Paths> {
    let pages = SitePage::ALL.into_iter().filter(|page| *page != SitePage::Map);
    pages.map(SitePage::paths).chain(OTHERS).chain(FOLDERS)
}

/// A path of one language in the other; what is below an address goes with it.
pub fn in_other_language(language: Language, path: &str) -> String {
    let translated = all().find_map(|paths| {
        let rest = below(path, paths[language as usize])?;
        let other = paths[1 - language as usize];
        Some(format!("{other}{rest}"))
    });
    translated.unwrap_or_else(|| match language {
        Language::French => format!("/en{path}"),
        Language::English => path.strip_prefix("/en").unwrap_or(path).to_owned(),
    })
}

/// Where an address went that had French words below `/en`: `/en/pays/ML` is `/en/countries/ML`, and
/// `/en/pays` nothing, as `/en/countries` is.
pub fn moved(path: &str) -> Option<String> {
    let french = path.strip_prefix("/en")?;
    let [_, picture] = PICTURE;
    let found = all().find_map(|[own, english]| {
        let rest = below(french, own)?;
        let is_there = !matches!(rest, "" | "/") || !FOLDERS.contains(&[own, english]);
        is_there.then(|| format!("{english}{rest}"))
    })?;
    let found = match found.strip_suffix(PICTURE[0]) {
        Some(folder) => format!("{folder}{}", picture.trim_start_matches("/en")),
        None => found,
    };
    (found != path).then_some(found)
}

/// What a path has behind an address: nothing, or what is below it, or its query.
fn below<'a>(path: &'a str, address: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(address)?;
    (rest.is_empty() || rest.starts_with(['/', '?', '.'])).then_some(rest)
}

/// The map's page in a language.
pub fn home(language: Language) -> &'static str {
    SitePage::Map.path(language)
}

/// Where the pages begin on which anybody contributes, in a language.
pub fn contribute_root(language: Language) -> &'static str {
    CONTRIBUTE[language as usize]
}

/// The record of a partnership in a language.
pub fn partnership_path(language: Language, id: &str) -> String {
    format!("{}/{}", SitePage::Partnerships.path(language), escape(id))
}

/// The picture of a page of one record or place.
pub fn picture_of(language: Language, path: &str) -> String {
    format!("{path}{}", PICTURE[language as usize].trim_start_matches("/en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_one_in_the_other_language_and_leads_back() {
        for [french, english] in all() {
            for rest in ["", "/x", "?q=eau"] {
                let paths = [format!("{french}{rest}"), format!("{english}{rest}")];
                assert_eq!(in_other_language(Language::French, &paths[0]), paths[1]);
                assert_eq!(in_other_language(Language::English, &paths[1]), paths[0]);
            }
        }
        assert_eq!(in_other_language(Language::French, "/?q=eau"), "/en/?q=eau");
        assert_eq!(in_other_language(Language::English, "/en/?q=eau"), "/?q=eau");
    }

    #[test]
    fn addresses_with_french_words_below_en_have_moved() {
        for (path, place) in [
            ("/en/partenariats", Some("/en/partnerships")),
            ("/en/partenariats/x", Some("/en/partnerships/x")),
            ("/en/pays/ML", Some("/en/countries/ML")),
            ("/en/pays/ML/apercu.png", Some("/en/countries/ML/preview.png")),
            ("/en/apercu.png", Some("/en/preview.png")),
            ("/en/comparer", Some("/en/compare")),
            ("/en/countries/ML", None),
            ("/en/pays", None),
            ("/en/pays/", None),
            ("/en/graphiques", None),
            ("/en/contribuer", Some("/en/contribute")),
            ("/en/themes/sante", None),
            ("/en/", None),
            ("/en/paysage", None),
            ("/pays/ML", None),
        ] {
            assert_eq!(moved(path).as_deref(), place, "{path}");
        }
    }
}
