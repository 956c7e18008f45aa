//! Actors, schemes and calls: pages of features without geometry, and one of them.

use actix_web::{HttpRequest, HttpResponse};
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::{
    formats::flat,
    http::{
        api::{
            directory::params::DirectoryParams,
            items::{content_crs, page_links},
            links::{GEOJSON, HTML, LinkBuilder},
            page::fill::{self, ShownItems},
        },
        openapi::{
            parameters::{OfDirectoryPages, OfFeature},
            responses::UnchangedOrMissing,
        },
        page::site_page::SitePage,
        web::{
            conditional,
            negotiation::Representation,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ParameterError,
        directory::{Directory, DirectoryCollection, DirectoryFilter},
    },
};

/// List actors, schemes or calls
///
/// Features without geometry. `state` is computed for the moment of the request, in Paris time;
/// `expected` of a scheme is a forecast from its past calls, no date. Filters: repeat or comma = any
/// of. What a record leaves open fits every filter.
#[utoipa::path(
    get,
    path = "/api/collections/{directory}/items",
    tag = "directory",
    operation_id = "items",
    params(
        ("directory" = String, Path, description = "`actors`, `schemes` or `calls`."),
        OfDirectoryPages,
    ),
    responses(
        (status = 200, description = "A page of features.",
         body = ref("#/components/schemas/FeatureCollection"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) fn items(
    request: &HttpRequest,
    state: &State,
    collection: DirectoryCollection,
) -> Result<HttpResponse, Problem> {
    let asked = DirectoryParams::read(request, Takes::DirectoryPages, collection)?;
    let (snapshot, at, params) = (state.publisher.snapshot(), Utc::now(), &asked.params);
    let found = state.directory.find(collection, &asked.filter, at);
    let begin = match &params.page.after {
        None => 0,
        Some(after) => 1 + found.place(after).ok_or_else(cursor_gone)?,
    };
    let end = found.len().min(begin + params.page.limit);
    let next = (end < found.len()).then(|| found.code(end - 1));
    let (builder, filters) = (LinkBuilder::new(request, params), asked.filter_query(collection));
    let links = page_links(&builder, (collection.id(), params), next, &filters);
    let features: Vec<Value> = (begin..end)
        .map(|place| found.feature(&state.directory, place, (at, params.language)))
        .map(|feature| flattened(feature, params))
        .collect();
    let representation = Representation::of(request, params);
    Ok(conditional::respond_as(representation, &snapshot, request, |response| {
        if representation == Representation::Html {
            let shown = ShownItems {
                collection: collection.into(),
                features,
                matched: found.len() as u64,
                next: next.map(str::to_owned),
                chips: Vec::new(),
            };
            return fill::items(request, params, &snapshot, shown, &links).answer(response);
        }
        let page = json!({
            "type": "FeatureCollection",
            "timeStamp": snapshot.built_at().to_rfc3339_opts(SecondsFormat::Millis, true),
            "numberMatched": found.len(),
            "numberReturned": features.len(),
            "links": links,
            "features": features,
        });
        let response = response.content_type(GEOJSON).insert_header(content_crs(params.crs));
        response.body(page.to_string())
    }))
}

fn cursor_gone() -> ParameterError {
    let reason = [
        "il ne mène à rien ; prenez-le d'un lien rel=next, ou recommencez sans lui",
        "it is not valid; take it from a link with rel=next, or start again without one",
    ];
    ParameterError::new("cursor", reason)
}

/// A feature with the lists that are wanted.
fn flattened(feature: Value, params: &Params) -> Value {
    if !params.flat {
        return feature;
    }
    let mut written = Vec::new();
    flat::write_feature(&mut written, feature.to_string().as_bytes());
    serde_json::from_slice(&written).unwrap_or(feature)
}

/// Get an actor, a scheme or a call
#[utoipa::path(
    get,
    path = "/api/collections/{directory}/items/{id}",
    tag = "directory",
    operation_id = "item",
    params(
        ("directory" = String, Path, description = "`actors`, `schemes` or `calls`."),
        ("id" = String, Path, description = "The code of the record.", example = "ficol"),
        OfFeature,
    ),
    responses(
        (status = 200, description = "The feature.",
         body = ref("#/components/schemas/Feature"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) fn item(
    request: &HttpRequest,
    state: &State,
    (collection, code): (DirectoryCollection, &str),
) -> Result<HttpResponse, Problem> {
    let params = Params::read(request, Takes::Feature)?;
    let (snapshot, at) = (state.publisher.snapshot(), Utc::now());
    let found = state.directory.find(collection, &DirectoryFilter::default(), at);
    let place = found.place(code).ok_or_else(|| {
        let code: String = code.chars().take(80).collect();
        Problem::missing([
            format!("{} n'a pas d'objet « {code} »", collection.id()),
            format!("{} has no item “{code}”", collection.id()),
        ])
    })?;
    let links = LinkBuilder::new(request, &params);
    let path = format!("/collections/{}", collection.id());
    let mut all = Vec::from(links.of_self(GEOJSON, &format!("{path}/items/{code}")));
    all.push(links.to("collection", &path, "collection"));
    let page = page_of(&state.directory, (collection, code));
    if let Some((page, code)) = page {
        let href = format!("{}{}/{code}", links.origin(), page.path(params.language));
        all.push(links.link(("related", HTML), href, "page"));
    }
    let representation = Representation::of(request, &params);
    Ok(conditional::respond_as(representation, &snapshot, request, |response| {
        let feature = found.feature(&state.directory, place, (at, params.language));
        let mut feature = flattened(feature, &params);
        feature["links"] = json!(all);
        if representation == Representation::Html {
            let page = page.map(|(page, code)| format!("{}/{code}", page.path(params.language)));
            let shown = (collection.into(), &feature, page);
            return fill::item(request, &params, shown, &all).answer(response);
        }
        let response = response.content_type(GEOJSON).insert_header(content_crs(params.crs));
        response.body(feature.to_string())
    }))
}

/// The page of the site that tells of a record: that of a call is its scheme's.
fn page_of<'c>(
    directory: &'c Directory,
    (collection, code): (DirectoryCollection, &'c str),
) -> Option<(SitePage, &'c str)> {
    match collection {
        DirectoryCollection::Actors => Some((SitePage::Actors, code)),
        DirectoryCollection::Schemes => Some((SitePage::Funding, code)),
        DirectoryCollection::Calls => {
            directory.call(code).map(|call| (SitePage::Funding, call.scheme.as_str()))
        }
    }
}
