//! Actors, schemes and calls: pages of features, one of them, and all of them as CSV.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::{
    domain::{
        Language,
        directory::{Actor, Call, DirectoryRecord, FundingScheme},
    },
    http::{
        api::{
            directory::properties::properties,
            links::{DocumentLink, GEOJSON, LinkBuilder},
        },
        openapi::responses::{Unchanged, UnchangedOrMissing},
        web::{
            conditional,
            negotiation::language_of,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ParameterError,
        directory::{Directory, DirectoryFilter},
        page::{DEFAULT_LIMIT, MAX_LIMIT},
    },
};

/// What is asked of the directory.
pub(super) struct DirectoryParams {
    pub(super) filter: DirectoryFilter,
    pub(super) limit: usize,
    /// The code that a page comes after.
    after: Option<String>,
    /// Language and links.
    pub(super) params: Params,
}

impl DirectoryParams {
    /// Reads a query: filters, `limit`, `cursor`, `lang`, `f`; and those that `own` takes.
    pub(super) fn read(
        request: &HttpRequest,
        own: &mut dyn FnMut(&str, &str) -> Result<bool, ParameterError>,
    ) -> Result<Self, Problem> {
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        let (mut filter, mut after, mut limit) = (DirectoryFilter::default(), None, DEFAULT_LIMIT);
        let mut pairs = Vec::new();
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            if own(&name, &value)? || filter.set(&name, &value)? {
            } else if name == "limit" {
                limit = Params::parse(&format!("limit={value}"), Takes::Lists)?.page.limit;
            } else if name == "cursor" {
                after = Some(value.clone().into_owned());
            } else {
                rest.append_pair(&name, &value);
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        let rest = Params::parse_in(language_of(request), &rest.finish(), Takes::Nothing)?;
        let params = Params { pairs, ..rest };
        Ok(Self { filter, limit: limit.min(MAX_LIMIT), after, params })
    }
}

/// A kind of record as features.
struct DirectoryItems {
    /// Code and properties of each, in order.
    list: Vec<(String, Map<String, Value>)>,
}

/// The records of a collection that a filter leaves; none of another collection.
fn items_of(
    directory: &Directory,
    collection: &str,
    filter: &DirectoryFilter,
    (at, language): (DateTime<Utc>, Language),
) -> DirectoryItems {
    let list = match collection {
        Actor::COLLECTION => {
            let found = directory.find_actors(filter);
            found.into_iter().map(|one| (one.code.clone(), properties(one))).collect()
        }
        FundingScheme::COLLECTION => {
            let found = directory.find_schemes(filter, at).into_iter();
            let item = |record: &FundingScheme, state| {
                let mut all = properties(record);
                add_state(&mut all, state, language);
                let expected = directory.forecast_of(record, at).and_then(|one| one.date());
                all.insert("expected".into(), expected.map(|date| date.to_string()).into());
                (record.code.clone(), all)
            };
            found.map(|one| item(one.record, one.state)).collect()
        }
        _ => {
            let found = directory.find_calls(filter, at).into_iter();
            let item = |record: &Call, state| {
                let mut all = properties(record);
                add_state(&mut all, state, language);
                (record.code.clone(), all)
            };
            found.map(|one| item(one.record, one.state)).collect()
        }
    };
    DirectoryItems { list }
}

fn add_state(
    properties: &mut Map<String, Value>,
    state: crate::domain::directory::CallState,
    language: Language,
) {
    properties.insert("state".into(), state.code().into());
    properties.insert("state_label".into(), state.label(language).into());
}

fn feature(code: &str, properties: &Map<String, Value>) -> Value {
    json!({"type": "Feature", "id": code, "geometry": null, "properties": properties})
}

/// List actors, schemes or calls
///
/// Features without geometry. `state` is computed for the moment of the request, in Paris time;
/// `expected` of a scheme is a forecast from its past calls, no date. Filters: repeat or comma = any
/// of. What a record leaves open fits every filter.
#[utoipa::path(
    get,
    path = "/api/collections/{directory}/items",
    tag = "directory",
    operation_id = "directoryItems",
    params(
        ("directory" = String, Path, description = "`actors`, `schemes` or `calls`.", example = "schemes"),
        ("theme" = Option<String>, Query, description = "Themes, by code.", example = "eau-assainissement"),
        ("country" = Option<String>, Query, description = "Countries, by alpha-2 code.", example = "SN"),
        ("region" = Option<String>, Query, description = "French régions, by INSEE code.", example = "76"),
        ("state" = Option<String>, Query, description = "States of schemes and calls.", example = "attendu"),
        ("kind" = Option<String>, Query, description = "Kinds of actors or schemes.", example = "appel"),
        ("service" = Option<String>, Query, description = "Services of actors.", example = "finance"),
        ("scheme" = Option<String>, Query, description = "Schemes, by code.", example = "ficol"),
        ("q" = Option<String>, Query, description = "Words or beginnings of words.", example = "eau"),
        ("limit" = Option<usize>, Query, description = "Features of a page, 1 to 10,000; 10 without.", example = 5),
        ("cursor" = Option<String>, Query, description = "Where the page begins, from a `next` link."),
        ("lang" = Option<String>, Query, description = "`fr` or `en`.", example = "en"),
        ("f" = Option<String>, Query, description = "`json`.", example = "json"),
    ),
    responses(
        (status = 200, description = "A page of features.",
         body = ref("#/components/schemas/Object"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn items(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let asked = DirectoryParams::read(&request, &mut |_, _| Ok(false))?;
    let (snapshot, at) = (state.publisher.snapshot(), Utc::now());
    let language = asked.params.language;
    let mut all = items_of(&state.directory, &collection, &asked.filter, (at, language)).list;
    let matched = all.len();
    if let Some(after) = &asked.after {
        let place = all.iter().position(|(code, _)| code == after).ok_or_else(|| {
            let reason = [
                "il ne mène à rien ; prenez-le d'un lien rel=next, ou recommencez sans lui",
                "it is not valid; take it from a link with rel=next, or start again without one",
            ];
            ParameterError::new("cursor", reason)
        })?;
        all.drain(..=place);
    }
    let next = (all.len() > asked.limit).then(|| all[asked.limit - 1].0.clone());
    all.truncate(asked.limit);
    let links =
        links(&LinkBuilder::new(&request, &asked.params), &collection, &asked, next.as_deref());
    Ok(conditional::respond(&snapshot, &request, |response| {
        let features = all.into_iter().map(|(code, properties)| feature(&code, &properties));
        let features: Vec<Value> = features.collect();
        response.content_type(GEOJSON).body(
            json!({
                "type": "FeatureCollection",
                "timeStamp": snapshot.built_at().to_rfc3339_opts(SecondsFormat::Millis, true),
                "numberMatched": matched,
                "numberReturned": features.len(),
                "links": links,
                "features": features,
            })
            .to_string(),
        )
    }))
}

fn links(
    builder: &LinkBuilder,
    collection: &str,
    asked: &DirectoryParams,
    next: Option<&str>,
) -> Vec<DocumentLink> {
    let path = format!("/collections/{collection}/items");
    let own = asked.params.query(asked.after.as_deref());
    let mut all = vec![builder.link(("self", GEOJSON), builder.data(&path, &own), "self")];
    if let Some(next) = next {
        let href = builder.data(&path, &asked.params.query(Some(next)));
        all.push(builder.link(("next", GEOJSON), href, "next"));
    }
    all
}

/// Get an actor, a scheme or a call
#[utoipa::path(
    get,
    path = "/api/collections/{directory}/items/{id}",
    tag = "directory",
    operation_id = "directoryItem",
    params(
        ("directory" = String, Path, description = "`actors`, `schemes` or `calls`.", example = "schemes"),
        ("id" = String, Path, description = "The code of the record.", example = "ficol"),
        ("lang" = Option<String>, Query, description = "`fr` or `en`.", example = "en"),
        ("f" = Option<String>, Query, description = "`json`.", example = "json"),
    ),
    responses(
        (status = 200, description = "The feature.",
         body = ref("#/components/schemas/Object"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn item(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (collection, code) = path.into_inner();
    let params = Params::read(&request, Takes::Nothing)?;
    let (snapshot, at) = (state.publisher.snapshot(), Utc::now());
    let all = DirectoryFilter::default();
    let found = items_of(&state.directory, &collection, &all, (at, params.language));
    let found = found.list.into_iter().find(|(one, _)| *one == code);
    let (code, properties) = found.ok_or_else(|| {
        Problem::missing([
            "l'annuaire n'a rien de ce code",
            "the directory has nothing with this code",
        ])
    })?;
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.content_type(GEOJSON).body(feature(&code, &properties).to_string())
    }))
}

/// Download actors, schemes or calls as CSV
///
/// The columns that `--directory` reads: what is downloaded can be corrected and served.
#[utoipa::path(
    get,
    path = "/api/export/{directory}.csv",
    tag = "directory",
    operation_id = "directoryTable",
    params(("directory" = String, Path, description = "`actors`, `schemes` or `calls`.", example = "schemes")),
    responses(
        (status = 200, description = "The table.",
         body = String, content_type = "text/csv; charset=utf-8; header=present"),
        Unchanged,
    ),
)]
pub(crate) async fn table(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let (snapshot, directory) = (state.publisher.snapshot(), &state.directory);
    let text = match collection.as_str() {
        Actor::COLLECTION => written(&directory.actors),
        FundingScheme::COLLECTION => written(&directory.schemes),
        _ => written(&directory.calls),
    };
    let text = text.map_err(|reason| Problem::internal(&reason.to_string()))?;
    Ok(conditional::respond(&snapshot, &request, |response| {
        let name = format!("attachment; filename=\"atlas-aect-{collection}.csv\"");
        response
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header(("Content-Disposition", name))
            .body(text)
    }))
}

fn written<T: DirectoryRecord>(records: &[T]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(T::fields().iter().map(|field| field.column))?;
    for record in records {
        writer.write_record(T::fields().iter().map(|field| (field.get)(record).to_string()))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
