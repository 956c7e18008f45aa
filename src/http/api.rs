//! The API beside its features: landing page, conformance, collections, facets, vocabularies.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use chrono::Utc;
use serde_json::{Map, Value, json};

use super::{
    State, api_pages, beside, conditional,
    describe::Description,
    form::Form,
    links::{HTML, JSON, Links},
    openapi::{
        self,
        parameters::{OfDocument, OfLists, OfNothing},
        responses::{Plain, Unchanged, UnchangedOrMissing},
    },
    pages::Texts,
    params::{Params, Takes},
    problem::Problem,
    queryables, tilesets,
};
use crate::{reference::vocabularies, search::Collection};

/// Classes of requirements of OGC API – Common and of Features Part 1 that are met.
const CONFORMANCE: [&str; 12] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

/// All classes that are met, and no other; each module names its own.
const CONFORMS_TO: &[&[&str]] = &[&CONFORMANCE, &queryables::CONFORMANCE, &tilesets::CONFORMANCE];

/// Scheme, host and `/api`, as the client knows them: behind a proxy, from its headers.
pub(crate) fn base(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    format!("{}://{}/api", connection.scheme(), connection.host())
}

/// The collection of a path.
pub(crate) fn collection_of(id: &str) -> Result<Collection, Problem> {
    Collection::from_id(id).ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        let known = Collection::ALL.map(Collection::id).join(", ");
        Problem::missing([
            format!("il n'y a pas de collection « {id} » ; il y a : {known}"),
            format!("there is no collection “{id}”; there are: {known}"),
        ])
    })
}

/// Alive.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    operation_id = "alive",
    responses(
        (status = 200, description = "The process answers.", body = String, content_type = "text/plain; charset=utf-8"),
        Plain,
    ),
)]
pub(crate) async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Ready to answer.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    operation_id = "ready",
    responses(
        (status = 200, description = "There is a snapshot to answer from.",
         body = ref("#/components/schemas/Ready"), content_type = "application/json"),
        Plain,
    ),
)]
pub(crate) async fn ready(state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    HttpResponse::Ok().json(json!({"version": snapshot.version(), "partnerships": snapshot.len()}))
}

/// Landing page.
///
/// Links to everything else.
#[utoipa::path(
    get,
    path = "/api",
    tag = "discover",
    operation_id = "landing",
    params(OfDocument),
    responses(
        (status = 200, description = "The landing page.",
         body = ref("#/components/schemas/Landing"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn landing(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Document)?;
    let form = Form::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = Links::new(&request, &params);
    Ok(conditional::respond_as(form, &snapshot, &request, |response| {
        let [own, page] = links.of_self(JSON, "");
        let all = vec![
            own,
            page,
            links.link(
                ("service-desc", openapi::MEDIA_TYPE),
                links.href("/openapi.json", ""),
                "openapi",
            ),
            links.link(("service-doc", HTML), links.href("/docs", ""), "docs"),
            links.to("conformance", "/conformance", "conformance"),
            links.to("data", "/collections", "collections"),
            links.to("related", "/facets", "facets"),
            links.to("related", "/vocabularies", "vocabularies"),
        ];
        let texts = Texts::of(params.language);
        match form {
            Form::Json => response.json(json!({
                "title": texts.text("site.name"),
                "description": texts.text("api.description"),
                "links": all,
            })),
            Form::Html => api_pages::landing(&request, &params, &snapshot, &all).answer(response),
        }
    }))
}

/// Classes of requirements that are met.
#[utoipa::path(
    get,
    path = "/api/conformance",
    tag = "discover",
    operation_id = "conformance",
    params(OfDocument),
    responses(
        (status = 200, description = "The classes of requirements.",
         body = ref("#/components/schemas/Conformance"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn conformance(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Document)?;
    let form = Form::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond_as(form, &snapshot, &request, |response| {
        let classes = CONFORMS_TO.concat();
        let links = Links::new(&request, &params).of_self(JSON, "/conformance");
        match form {
            Form::Json => response.json(json!({"conformsTo": classes, "links": links})),
            Form::Html => {
                api_pages::conformance(&request, &params, &classes, &links).answer(response)
            }
        }
    }))
}

/// Every collection.
#[utoipa::path(
    get,
    path = "/api/collections",
    tag = "features",
    operation_id = "collections",
    params(OfDocument),
    responses(
        (status = 200, description = "The collections.",
         body = ref("#/components/schemas/Collections"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn collections(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Document)?;
    let form = Form::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = Links::new(&request, &params);
    Ok(conditional::respond_as(form, &snapshot, &request, |response| {
        let describe =
            |collection| Description::new(&snapshot, collection, params.language, &links);
        let collections = Collection::ALL.map(describe);
        let links = links.of_self(JSON, "/collections");
        match form {
            Form::Json => response.json(json!({"links": links, "collections": collections})),
            Form::Html => {
                api_pages::collections(&request, &params, &collections, &links).answer(response)
            }
        }
    }))
}

/// One collection.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}",
    tag = "features",
    operation_id = "collection",
    params(("collection" = String, Path, description = "The collection."), OfDocument),
    responses(
        (status = 200, description = "The collection.",
         body = ref("#/components/schemas/Collection"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn collection(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Document)?;
    let form = Form::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = Links::new(&request, &params);
    Ok(conditional::respond_as(form, &snapshot, &request, |response| {
        let description = Description::new(&snapshot, collection, params.language, &links);
        match form {
            Form::Json => response.json(description),
            Form::Html => api_pages::collection(&request, &params, &description).answer(response),
        }
    }))
}

/// Counts of every value of every filter.
///
/// Each as though its own selection were not there. `limit` is about the two long lists,
/// `collectivity` and `partner` (by id); the others are whole.
#[utoipa::path(
    get,
    path = "/api/facets",
    tag = "search",
    operation_id = "facets",
    params(OfLists),
    responses(
        (status = 200, description = "The counts.",
         body = ref("#/components/schemas/Facets"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn facets(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Lists)?;
    let snapshot = state.publisher.snapshot();
    if conditional::is_current(&snapshot, &request) {
        return Ok(conditional::respond(&snapshot, &request, HttpResponseBuilder::finish));
    }
    let (counted, filter) = (Arc::clone(&snapshot), params.filter);
    let facets = beside::filtered(filter, move |filter| {
        let today = Utc::now().date_naive();
        counted.facets(&filter, params.language, params.page.limit, today)
    });
    let facets = facets.await??;
    Ok(conditional::respond(&snapshot, &request, |response| response.json(facets)))
}

/// Every code with its French and English label.
#[utoipa::path(
    get,
    path = "/api/vocabularies",
    tag = "discover",
    operation_id = "vocabularies",
    params(OfNothing),
    responses(
        (status = 200, description = "The vocabularies.",
         body = ref("#/components/schemas/Vocabularies"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn vocabularies(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let lists = vocabularies::all().map(|vocabulary| {
            let terms = vocabulary.terms().iter();
            let term = |t: &crate::domain::Term| json!({"code": t.code, "fr": t.label.fr, "en": t.label.en});
            (vocabulary.name.to_owned(), terms.map(term).collect::<Value>())
        });
        response.json(Value::Object(Map::from_iter(lists)))
    }))
}
