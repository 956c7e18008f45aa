//! "Act here": what fits the subject of a page, at most five, each with its reason.

use chrono::Utc;

use crate::{
    http::{
        page::{layout::Layout, site_page::SitePage},
        site::directory::{entry::EntryWriter, page::DirectoryEntry, services::applicant_of},
    },
    search::directory::{Directory, DirectoryFilter, FitAnswer, Situation},
};

/// Schemes and networks told on another page.
const MAX_ENTRIES: usize = 5;

/// What a page is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ActSubject<'s> {
    /// Code of a French authority.
    pub(crate) collectivity: Option<&'s str>,
    /// INSEE code of a région.
    pub(crate) region: Option<&'s str>,
    /// Countries by alpha-2.
    pub(crate) countries: &'s [String],
    /// Themes by code.
    pub(crate) themes: &'s [String],
}

/// What fits, and the page with all of it.
#[derive(Debug, Clone, Default)]
pub struct ActHere {
    /// At most five.
    pub entries: Vec<DirectoryEntry>,
    /// Three questions, answered as far as the page can.
    pub path: String,
}

/// What fits a subject.
pub(crate) fn act_here(directory: &Directory, layout: &Layout, subject: ActSubject<'_>) -> ActHere {
    let writer = EntryWriter { directory, layout, at: Utc::now() };
    let applicant = subject.collectivity.and_then(|code| applicant_of(code).ok());
    let situation = Situation {
        applicant: applicant.map(|(applicant, _)| applicant),
        countries: subject.countries.to_vec(),
        themes: subject.themes.to_vec(),
    };
    let entries = if let Some(region) = subject.region {
        let regions = vec![region.to_owned()];
        let filter = DirectoryFilter { regions, ..DirectoryFilter::default() };
        let found = directory.find_actors(&filter);
        let own = found.iter().filter(|actor| actor.regions.iter().any(|one| one == region));
        own.take(MAX_ENTRIES).map(|actor| writer.actor(actor)).collect()
    } else {
        let matches = directory.first_matches(&situation, writer.at, MAX_ENTRIES);
        let fitting = matches.iter().filter(|one| one.fit != FitAnswer::No);
        fitting.map(|one| writer.matched(one)).collect()
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(subject.collectivity.map(|code| ("collectivity", code)));
    query.extend_pairs(subject.region.map(|code| ("region", code)));
    query.extend_pairs(subject.countries.first().map(|code| ("country", code)));
    query.extend_pairs(subject.themes.first().map(|code| ("theme", code)));
    let path = format!("{}?{}", SitePage::Services.path(layout.language), query.finish());
    ActHere { entries, path }
}
