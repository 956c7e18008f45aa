//! The pages of the site, each declared once: addresses, menu and sitemap follow.

use crate::domain::Language;

/// A page with an address of its own. Those of records and places have addresses with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SitePage {
    /// The map of a selection, its table and its charts.
    Map,
    /// The list of partnerships.
    Partnerships,
    /// A name that leads to the page of an authority.
    Authorities,
    /// The funding schemes.
    Funding,
    /// Three questions: who can help, who pays.
    Services,
    /// The actors.
    Actors,
    /// Two places or themes side by side.
    Comparison,
    /// The data to download.
    Data,
    /// Method, licence, accessibility, privacy.
    About,
    /// What the register does for the policy that it serves.
    WhitePaper,
    /// Signing in, what one may do, who speaks for whom.
    Account,
    /// Where importers begin.
    Import,
    /// What moderators decide about.
    Moderation,
}

/// What is said of a page.
struct PageDeclaration {
    /// Its address in French and in English.
    paths: [&'static str; 2],
    /// The key of its title.
    title: &'static str,
    /// The key of its entry in the menu, if it has one.
    menu: Option<&'static str>,
    /// Whether search engines shall list it.
    is_listed: bool,
}

impl SitePage {
    /// All of them, in the order of the menu and of the sitemap.
    pub const ALL: [Self; 13] = [
        Self::Map,
        Self::Partnerships,
        Self::Authorities,
        Self::Funding,
        Self::Services,
        Self::Actors,
        Self::Comparison,
        Self::Data,
        Self::About,
        Self::WhitePaper,
        Self::Account,
        Self::Import,
        Self::Moderation,
    ];

    fn declaration(self) -> PageDeclaration {
        let (paths, title, menu, is_listed) = match self {
            Self::Map => (["/", "/en/"], "map.title", Some("nav.map"), true),
            Self::Partnerships => {
                (["/partenariats", "/en/partnerships"], "listing.title", Some("nav.list"), true)
            }
            Self::Authorities => {
                (["/collectivites", "/en/authorities"], "authority.title", None, true)
            }
            Self::Funding => {
                (["/financements", "/en/funding"], "funding.title", Some("nav.funding"), true)
            }
            Self::Services => (["/services", "/en/services"], "services.title", None, true),
            Self::Actors => (["/acteurs", "/en/actors"], "actors.title", None, true),
            Self::WhitePaper => {
                (["/livre-blanc", "/en/white-paper"], "white_paper.title", None, true)
            }
            Self::Comparison => {
                (["/comparer", "/en/compare"], "compare.title", Some("nav.compare"), true)
            }
            Self::Data => (["/donnees", "/en/data"], "data.title", Some("nav.data"), true),
            Self::About => (["/a-propos", "/en/about"], "about.title", None, true),
            Self::Account => (["/compte", "/en/account"], "account.title", None, false),
            Self::Import => (["/import", "/en/import"], "import.title", None, false),
            Self::Moderation => (["/moderation", "/en/review"], "review.title", None, false),
        };
        PageDeclaration { paths, title, menu, is_listed }
    }

    /// Its address in French and in English.
    pub fn paths(self) -> [&'static str; 2] {
        self.declaration().paths
    }

    /// Its address in a language.
    pub fn path(self, language: Language) -> &'static str {
        self.paths()[language as usize]
    }

    /// The key of its title.
    pub fn title(self) -> &'static str {
        self.declaration().title
    }

    /// The key of its entry in the menu, if it has one.
    pub fn menu(self) -> Option<&'static str> {
        self.declaration().menu
    }

    /// Whether search engines shall list it.
    pub fn is_listed(self) -> bool {
        self.declaration().is_listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::text::texts::Texts;

    #[test]
    fn every_page_has_its_texts_and_an_address_of_its_own() {
        let mut paths = Vec::new();
        for page in SitePage::ALL {
            for language in Language::ALL {
                paths.push(page.path(language));
                for key in [Some(page.title()), page.menu()].into_iter().flatten() {
                    assert!(Texts::of(language).find(key).is_some(), "{key}");
                }
                let is_english = page.path(language).starts_with("/en/");
                assert_eq!(is_english, language == Language::English);
            }
        }
        let count = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }
}
