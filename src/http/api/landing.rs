//! The landing page of the API, and what it conforms to.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::http::{
    api::{
        links::{HTML, JSON, LinkBuilder},
        page::fill,
        queryables, tilesets,
    },
    openapi::{self, parameters::OfDocument, responses::Unchanged},
    text::texts::Texts,
    web::{
        conditional,
        negotiation::Representation,
        params::{Params, Takes},
        problem::Problem,
        state::State,
    },
};

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

/// Get the landing page
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
    let representation = Representation::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = LinkBuilder::new(&request, &params);
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        let [own, page] = links.of_self(JSON, "");
        let all = vec![
            own,
            page,
            links.link(
                ("service-desc", openapi::MEDIA_TYPE),
                links.data("/openapi.json", ""),
                "openapi",
            ),
            links.link(("service-doc", HTML), links.data("/docs", ""), "docs"),
            links.to("conformance", "/conformance", "conformance"),
            links.to("data", "/collections", "collections"),
            links.to_data(tilesets::TILING_SCHEMES, "/tileMatrixSets", "tiling_schemes"),
            links.to_data("related", "/changes", "changes"),
            links.to_data("related", "/facets", "facets"),
            links.to_data("related", "/vocabularies", "vocabularies"),
        ];
        let texts = Texts::of(params.language);
        match representation {
            Representation::Json => response.json(json!({
                "title": texts.text("site.name"),
                "description": texts.text("api.description"),
                "links": all,
            })),
            Representation::Html => {
                fill::landing(&request, &params, (&snapshot, &state.directory), &all)
                    .answer(response)
            }
        }
    }))
}

/// List the conformance classes
///
/// The classes of OGC API – Common, Features and Tiles, and of CQL2, that the API conforms to.
#[utoipa::path(
    get,
    path = "/api/conformance",
    tag = "discover",
    operation_id = "conformance",
    params(OfDocument),
    responses(
        (status = 200, description = "The conformance classes.",
         body = ref("#/components/schemas/Conformance"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn conformance(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Document)?;
    let representation = Representation::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        let classes = CONFORMS_TO.concat();
        let links = LinkBuilder::new(&request, &params).of_self(JSON, "/conformance");
        match representation {
            Representation::Json => response.json(json!({"conformsTo": classes, "links": links})),
            Representation::Html => {
                fill::conformance(&request, &params, &classes, &links).answer(response)
            }
        }
    }))
}
