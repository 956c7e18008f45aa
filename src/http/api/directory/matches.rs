//! Which schemes fit an authority, a country, a theme, criterion by criterion.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;
use serde_json::{Value, json};

use crate::{
    domain::{
        Language,
        directory::{DirectoryRecord, choice},
    },
    http::{
        api::{
            directory::params::DirectoryParams,
            links::{JSON, LinkBuilder},
        },
        openapi::{parameters::OfLimit, responses::Unchanged},
        web::{conditional, params::Takes, problem::Problem, state::State},
    },
    reference::Collectivities,
    search::{
        ParameterError,
        directory::{Applicant, Criterion, Directory, SchemeMatch, Situation},
    },
};

/// Find the schemes that fit
///
/// For an authority (`collectivity`, or `applicant` and `region`), a country and a theme: every
/// scheme with `fit` (`yes`, `check`, `no`) and the reason for each criterion. What is not known
/// never excludes. Those that fit or may come first, then by state, deadline and fit.
#[utoipa::path(
    get,
    path = "/api/matches",
    tag = "directory",
    operation_id = "matches",
    params(
        ("collectivity" = Option<String>, Query, description = "A French authority, by INSEE code or SIREN.", example = "35238"),
        ("applicant" = Option<String>, Query, description = "A kind of applicant, where no authority is given.", example = "association"),
        ("region" = Option<String>, Query, description = "The applicant's région, where no authority is given.", example = "76"),
        ("country" = Option<String>, Query, description = "Countries, by alpha-2 code.", example = "SN"),
        ("theme" = Option<String>, Query, description = "Themes, by code.", example = "eau-assainissement"),
        OfLimit,
    ),
    responses(
        (status = 200, description = "The schemes, best first.",
         body = ref("#/components/schemas/Object"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn matches(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (mut collectivity, mut applicant, mut region) = (None, None, None);
    let asked = DirectoryParams::read_with(&request, Takes::Limit, &mut |filter, name, value| {
        match name {
            "collectivity" => collectivity = Some(authority(value)?),
            "applicant" => applicant = Some(kind(value)?),
            "region" => region = Some(value.to_owned()),
            "country" | "theme" => {}
            _ => return Ok(false),
        }
        // a région is checked as in lists
        Ok(matches!(name, "collectivity" | "applicant") || filter.set(name, value)?)
    })?;
    let region = region.and(asked.filter.regions.first().cloned());
    let of_kind = applicant.map(|kind| Applicant { kind, region, department: None });
    let situation = Situation {
        applicant: collectivity.or(of_kind),
        countries: asked.filter.countries.clone(),
        themes: asked.filter.themes.clone(),
    };
    let snapshot = state.publisher.snapshot();
    let links = LinkBuilder::new(&request, &asked.params);
    let own = links.data("/matches", &asked.params.query(None));
    let links = [links.link(("self", JSON), own, "self")];
    Ok(conditional::respond(&snapshot, &request, |response| {
        let matches =
            state.directory.first_matches(&situation, Utc::now(), asked.params.page.limit);
        let told = matches.iter();
        let told: Vec<Value> =
            told.map(|one| match_json(&state.directory, one, asked.params.language)).collect();
        response.json(json!({
            "numberMatched": state.directory.schemes.len(),
            "numberReturned": told.len(),
            "links": links,
            "matches": told,
        }))
    }))
}

fn authority(code: &str) -> Result<Applicant, ParameterError> {
    let found = Collectivities::bundled().by_code(code, None).ok_or_else(|| {
        let reason = [
            "le code INSEE ou le SIREN d'une collectivité française est attendu",
            "the INSEE code or SIREN of a French authority is expected",
        ];
        ParameterError::new("collectivity", reason)
    })?;
    let one = found.collectivity;
    Ok(Applicant {
        kind: one.kind.code.clone(),
        region: one.region.clone(),
        department: one.department.clone(),
    })
}

fn kind(value: &str) -> Result<String, ParameterError> {
    let known = choice::APPLICANTS.iter().find(|one| one.code == value);
    known.map(|one| one.code.to_owned()).ok_or_else(|| {
        let codes: Vec<&str> = choice::APPLICANTS.iter().map(|one| one.code).collect();
        let codes = codes.join(", ");
        let reason = [format!("il y a : {codes}"), format!("there are: {codes}")];
        ParameterError::new("applicant", reason)
    })
}

fn match_json(directory: &Directory, one: &SchemeMatch<'_>, language: Language) -> Value {
    let scheme = one.scheme;
    let criterion = |one: &Criterion| {
        json!({
            "about": one.about,
            "answer": one.answer.code(),
            "reason": one.reason.get(language),
        })
    };
    let requirements = one.requirements.iter().map(|text| text.get(language));
    let expected = directory.forecast_of(scheme, Utc::now()).and_then(|one| one.date());
    json!({
        "scheme": scheme.code,
        "name": scheme.name(language),
        "kind": scheme.kind,
        "fit": one.fit.code(),
        "state": one.state.code(),
        "state_label": one.state.label(language),
        "expected": expected.map(|date| date.to_string()),
        "criteria": one.criteria.iter().map(criterion).collect::<Vec<_>>(),
        "requirements": requirements.collect::<Vec<_>>(),
        "source": scheme.facts.source,
        "seen_on": scheme.facts.seen_on.map(|date| date.to_string()),
        "certainty": scheme.facts.certainty,
    })
}
