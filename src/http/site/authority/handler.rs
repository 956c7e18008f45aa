//! Finds the authority that somebody means, by its name, its code or its postal code.

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use crate::{
    domain::Language,
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::{authority::page::AuthorityPage, place::page::PlaceKind},
        web::state::State,
    },
    reference::{
        Collectivities,
        collectivities::{Resolved, Unresolved, Wanted, shown},
        territories,
    },
    search::{Query, suggest::SuggestRequest},
};

/// Authorities that are proposed, of so many suggestions that are looked at.
const PROPOSED: usize = 12;
const LOOKED_AT: usize = 40;
/// What is read of a name.
const LONGEST: usize = 100;

/// `GET /collectivites` and `GET /en/authorities`, with `name`
pub(crate) async fn find(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let name = pairs.filter(|(name, _)| name == "name").last();
    let typed = name.map(|(_, typed)| typed.trim().chars().take(LONGEST).collect::<String>());
    let typed = typed.unwrap_or_default();
    match meant(&typed).as_slice() {
        [only] => {
            let path = PlaceKind::Collectivity.path(reply::language_of(&request), code_of(only));
            let path = format!("{path}#moment");
            HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
        }
        all => {
            let all = all.to_vec();
            reply::page(&request, &state, move |visit| Ok(page(visit, typed, all))).await
        }
    }
}

/// The authorities that are called so, as `Saint-Denis (93066)`; one alone where it is certain.
fn meant(typed: &str) -> Vec<String> {
    let list = Collectivities::bundled();
    if typed.is_empty() {
        return Vec::new();
    }
    // a postal code may be the INSEE code of another place, and of one that is no more
    let of_code = list.by_code(code_of(typed), None);
    let is_current = |found: &Resolved| found.collectivity.code == code_of(typed);
    let mut coded: Vec<String> = list.communes_served(typed).map(shown).collect();
    if let Some(found) = of_code.filter(|found| coded.is_empty() || is_current(found)) {
        coded.insert(0, shown(&found.collectivity));
        coded.dedup();
    }
    if !coded.is_empty() {
        return coded;
    }
    match list.by_name(Wanted { name: typed, ..Wanted::default() }) {
        Ok(found) => vec![shown(&found.collectivity)],
        Err(Unresolved::Ambiguous(several)) => several,
        Err(_) => Vec::new(),
    }
}

/// The code of `Saint-Denis (93066)`; else all of it.
fn code_of(text: &str) -> &str {
    let inside = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    inside.map_or(text, |(_, code)| code)
}

/// `Saint-Denis (Seine-Saint-Denis)` for `Saint-Denis (93066)`, where its département is known.
fn located(shown: String) -> String {
    let found = Collectivities::bundled().by_code(code_of(&shown), None);
    let found = found.map(|found| found.collectivity);
    let department = found.as_ref().and_then(|one| one.department.as_deref());
    match (found.as_ref(), department.and_then(|code| territories::departments().get(code))) {
        (Some(one), Some(department)) => format!("{} ({})", one.name, department.name),
        _ => shown,
    }
}

fn page(visit: &Visit, typed: String, meant: Vec<String>) -> AuthorityPage {
    let language = visit.language();
    let link = |shown: String| PageLink {
        path: PlaceKind::Collectivity.path(language, code_of(&shown)),
        label: located(shown),
    };
    let mut meant: Vec<PageLink> = meant.into_iter().map(link).collect();
    if meant.is_empty() && !typed.is_empty() {
        meant = alike(visit, &typed, language);
    }
    let layout = visit.layout.clone().of(SitePage::Authorities);
    AuthorityPage {
        layout: Layout {
            description: layout.text("authority.help").to_owned(),
            canonical: Some(layout.authorities_path().to_owned()),
            no_index: !visit.query.is_empty(),
            ..layout
        },
        typed,
        meant,
    }
}

/// Authorities of the register whose names sound like it.
fn alike(visit: &Visit, typed: &str, language: Language) -> Vec<PageLink> {
    let request = SuggestRequest { typed, filter: &Query::default(), language, limit: LOOKED_AT };
    let found = visit.snapshot.suggest(request).unwrap_or_default().into_iter();
    let authorities = found.filter(|one| one.kind == PlaceKind::Collectivity.parameter());
    let link = |one: crate::search::suggest::Suggestion| PageLink {
        path: PlaceKind::Collectivity.path(language, &one.id),
        label: match one.detail {
            Some(detail) => format!("{} ({detail})", one.label),
            None => one.label,
        },
    };
    authorities.take(PROPOSED).map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_found_as_people_call_it() {
        for (typed, expected) in [
            ("Rennes", &["Rennes (35238)"][..]),
            ("rennes ", &["Rennes (35238)"]),
            ("st malo", &["Saint-Malo (35288)"]),
            ("35238", &["Rennes (35238)"]),
            ("Rennes (35238)", &["Rennes (35238)"]),
            ("29200", &["Brest (29019)"]),
            ("Nulle-Part", &[]),
            ("", &[]),
        ] {
            assert_eq!(meant(typed.trim()), expected, "{typed}");
        }
        assert_eq!(located("Saint-Denis (93066)".to_owned()), "Saint-Denis (Seine-Saint-Denis)");
        let several = meant("Saint-Denis");
        assert!(several.len() > 1 && several.contains(&"Saint-Denis (93066)".to_owned()));
    }
}
