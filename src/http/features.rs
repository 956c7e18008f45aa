//! Items of a collection, and one of them (OGC API – Features Part 1, 7.15 and 7.16).

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{SecondsFormat, Utc};
use serde_json::json;

use super::{
    State,
    api::{base, collection_of},
    conditional,
    openapi::{
        parameters::{OfNothing, OfPages},
        responses::UnchangedOrMissing,
    },
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    domain::Language,
    formats::geojson::write_json,
    search::{Filter, ParameterError, page::CursorGone},
};

const GEOJSON: &str = "application/geo+json";

/// A page of the features of a collection.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/items",
    tag = "features",
    operation_id = "items",
    params(("collection" = String, Path, description = "The collection."), OfPages),
    responses(
        (status = 200, description = "A page of features.",
         body = ref("#/components/schemas/FeatureCollection"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn items(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Pages(collection))?;
    let selected = snapshot.select(&params.filter, collection);
    let page = snapshot.page(collection, &selected, &params.page).map_err(|CursorGone| {
        let reason = "it points to nothing (any more); take it from a link with rel=next, or begin again without one";
        ParameterError::new("cursor", reason)
    })?;
    let base = base(&request);
    Ok(conditional::respond(&snapshot, &request, |response| {
        let path = format!("{base}/collections/{}", collection.id());
        let link = |rel: &str, kind: &str, href: String, title: &str| json!({"rel": rel, "type": kind, "href": href, "title": title});
        let url = |query: String| {
            format!("{path}/items{}{query}", if query.is_empty() { "" } else { "?" })
        };
        let mut links = vec![
            link("self", GEOJSON, url(params.query(params.page.after.as_deref())), "This page"),
            link("collection", "application/json", path.clone(), "The collection"),
        ];
        let filters = params.filter_query();
        let separator = if filters.is_empty() { "" } else { "?" };
        let csv = format!("{base}/export/{}.csv{separator}{filters}", collection.id());
        links.push(link("alternate", "text/csv", csv, "Everything that matches, as CSV"));
        if let Some(next) = &page.next {
            links.push(link("next", GEOJSON, url(params.query(Some(next))), "The next page"));
        }
        let mut body = Vec::with_capacity(1024 + page.items.len() * 1024);
        body.extend_from_slice(br#"{"type":"FeatureCollection","timeStamp":"#);
        write_json(&mut body, &Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true));
        body.extend_from_slice(
            format!(
                r#","numberMatched":{},"numberReturned":{},"links":"#,
                selected.len(),
                page.items.len()
            )
            .as_bytes(),
        );
        write_json(&mut body, &links);
        body.extend_from_slice(br#","features":["#);
        snapshot.write_features(&mut body, collection, &selected, &page.items, params.language);
        body.extend_from_slice(b"]}");
        response.content_type(GEOJSON).body(body)
    }))
}

/// One feature.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/items/{id}",
    tag = "features",
    operation_id = "item",
    params(("collection" = String, Path, description = "The collection."), ("id" = String, Path, description = "The id of the feature.", example = "03h1o37rii3dkep7"), OfNothing),
    responses(
        (status = 200, description = "The feature.",
         body = ref("#/components/schemas/Feature"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn item(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let (collection, id) = path.into_inner();
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Nothing)?;
    let item = snapshot.item(collection, &id).ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        Problem::missing(format!("{} has no item “{id}”", collection.id()))
    })?;
    let base = base(&request);
    Ok(conditional::respond(&snapshot, &request, |response| {
        let path = format!("{base}/collections/{}", collection.id());
        let mut links = vec![
            json!({"rel": "self", "type": GEOJSON, "href": format!("{path}/items/{id}")}),
            json!({"rel": "collection", "type": "application/json", "href": path}),
        ];
        if collection.is_of_partnerships() {
            let origin = base.trim_end_matches("/api");
            let page = match params.language {
                Language::French => format!("{origin}/partenariats/{id}"),
                Language::English => format!("{origin}/en/partenariats/{id}"),
            };
            links.push(json!({"rel": "alternate", "type": "text/html", "href": page}));
        }
        let mut body = Vec::with_capacity(4096);
        let all = snapshot.select(&Filter::default(), collection);
        snapshot.write_open_feature(&mut body, collection, &all, item, params.language);
        body.extend_from_slice(br#","links":"#);
        write_json(&mut body, &links);
        body.push(b'}');
        response.content_type(GEOJSON).body(body)
    }))
}
