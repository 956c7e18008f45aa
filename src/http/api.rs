//! The API beside its features: landing page, conformance, collections, facets, vocabularies.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::{
    State, conditional,
    openapi::{
        parameters::{OfLists, OfNothing},
        responses::{Plain, Unchanged, UnchangedOrMissing},
    },
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    atlas::export::Format,
    domain::Language,
    reference::vocabularies,
    search::{Collection, Snapshot},
};

/// Classes of requirements that are met, and no other.
const CONFORMANCE: [&str; 2] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

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
        Problem::missing(format!("there is no collection “{id}”; there are: {known}"))
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
    params(OfNothing),
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
    let params = Params::read(&request, Takes::Nothing)?;
    let base = base(&request);
    let snapshot = state.publisher.snapshot();
    let description = match params.language {
        Language::French => {
            "Ce que les collectivités territoriales françaises font à l'étranger : coopérations décentralisées, jumelages, actions ponctuelles."
        }
        Language::English => {
            "What French local authorities do abroad: decentralised cooperation, twinnings, one-off actions."
        }
    };
    Ok(conditional::respond(&snapshot, &request, |response| {
        let link = |rel: &str, path: &str, title: &str| json!({"rel": rel, "type": "application/json", "href": format!("{base}{path}"), "title": title});
        response.json(json!({
            "title": "Atlas AECT",
            "description": description,
            "links": [
                link("self", "", "This page"),
                link("conformance", "/conformance", "Requirements that are met"),
                link("data", "/collections", "The collections"),
                link("related", "/facets", "Counts of every value"),
                link("related", "/vocabularies", "Codes and their labels"),
            ],
        }))
    }))
}

/// Classes of requirements that are met.
#[utoipa::path(
    get,
    path = "/api/conformance",
    tag = "discover",
    operation_id = "conformance",
    params(OfNothing),
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
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.json(json!({"conformsTo": CONFORMANCE}))
    }))
}

/// Every collection.
#[utoipa::path(
    get,
    path = "/api/collections",
    tag = "features",
    operation_id = "collections",
    params(OfNothing),
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
    let params = Params::read(&request, Takes::Nothing)?;
    let base = base(&request);
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let describe = |collection| describe(&snapshot, collection, params.language, &base);
        response.json(json!({
            "links": [{"rel": "self", "type": "application/json", "href": format!("{base}/collections")}],
            "collections": Collection::ALL.map(describe),
        }))
    }))
}

/// One collection.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}",
    tag = "features",
    operation_id = "collection",
    params(("collection" = String, Path, description = "The collection."), OfNothing),
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
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.json(describe(&snapshot, collection, params.language, &base(&request)))
    }))
}

/// Title and description of a collection.
fn texts(collection: Collection, language: Language) -> (&'static str, &'static str) {
    let [french, english] = match collection {
        Collection::Partnerships => [
            ("Partenariats", "Un partenariat, au lieu de ses partenaires étrangers."),
            ("Partnerships", "A partnership, at the place of its foreign partners."),
        ],
        Collection::Links => [
            (
                "Liens",
                "Un partenariat, tracé en arc de grand cercle de la collectivité chef de file aux partenaires.",
            ),
            (
                "Links",
                "A partnership, drawn as a great circle from the lead authority to the partners.",
            ),
        ],
        Collection::Collectivities => [
            ("Collectivités", "Une collectivité française et le nombre de ses partenariats."),
            ("French authorities", "A French authority and the number of its partnerships."),
        ],
        Collection::Partners => [
            ("Partenaires", "Une autorité locale étrangère et le nombre de ses partenariats."),
            ("Partners", "A foreign local authority and the number of its partnerships."),
        ],
        Collection::Countries => [
            ("Pays", "Un pays et le nombre des partenariats qui y sont."),
            ("Countries", "A country and the number of partnerships in it."),
        ],
        Collection::Regions => [
            ("Régions", "Une région française et le nombre des partenariats de ses collectivités."),
            ("Regions", "A French region and the number of partnerships of the authorities in it."),
        ],
    };
    match language {
        Language::French => french,
        Language::English => english,
    }
}

fn describe(snapshot: &Snapshot, collection: Collection, language: Language, base: &str) -> Value {
    let (title, description) = texts(collection, language);
    let id = collection.id();
    let path = format!("{base}/collections/{id}");
    let bbox = snapshot.extent(collection);
    let bbox = bbox.unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let day = |day| NaiveDate::from_num_days_from_ce_opt(day).map(|day| format!("{day}T00:00:00Z"));
    let first = snapshot.days().and_then(|(first, _)| day(first));
    let mut links = vec![
        json!({"rel": "self", "type": "application/json", "href": path}),
        json!({"rel": "items", "type": "application/geo+json", "href": format!("{path}/items")}),
    ];
    links.extend(Format::ALL.map(|format| {
        let file = format!("{base}/export/{id}.{}", format.extension());
        json!({"rel": "enclosure", "type": format.media_type(), "href": file})
    }));
    json!({
        "id": id,
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [bbox], "crs": CRS84},
            // what has not ended goes on
            "temporal": {"interval": [[first, null]]},
        },
        "links": links,
    })
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
    Ok(conditional::respond(&snapshot, &request, |response| {
        let today = Utc::now().date_naive();
        let limit = params.page.limit;
        response.json(snapshot.facets(&params.filter, params.language, limit, today))
    }))
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
