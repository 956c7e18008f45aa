//! What a collection can be asked for, as a JSON Schema (OGC API – Features Part 3, 6.2).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::{
    domain::Language,
    http::{
        api::{
            collections::{collection_of, texts},
            links::{LinkBuilder, base},
            page::fill,
        },
        openapi::{parameters::OfDocument, responses::UnchangedOrMissing},
        web::{
            conditional,
            negotiation::Representation,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ApiCollection, Collection,
        cql2::ValueKind,
        directory::{DirectoryCollection, DirectoryParameter},
        queryables,
    },
};

/// The relation of a collection to its queryables.
pub(crate) const RELATION: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
/// The media type of a JSON Schema.
pub(crate) const SCHEMA: &str = "application/schema+json";

/// Classes of Features Part 2, of Part 3 and of CQL2 that are met.
pub(crate) const CONFORMANCE: [&str; 18] = [
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
];

/// Get the queryables of a collection
///
/// JSON Schema of the properties that `filter` compares, and that are parameters by their names.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/queryables",
    tag = "features",
    operation_id = "queryables",
    params(("collection" = String, Path, description = "The collection."), OfDocument),
    responses(
        (status = 200, description = "A JSON Schema of the queryables.", body = Object,
         content_type = "application/schema+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn queryables(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Document)?;
    let representation = Representation::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        if representation == Representation::Html {
            let path = format!("/collections/{}/queryables", collection.id());
            let links = LinkBuilder::new(&request, &params).of_self(SCHEMA, &path);
            return fill::queryables(&request, &params, collection, &links).answer(response);
        }
        let schema = schema(collection, params.language, &base(&request));
        response.content_type(SCHEMA).body(schema.to_string())
    }))
}

/// The schema of a collection's queryables; `base` is the address of the API.
fn schema(collection: ApiCollection, language: Language, base: &str) -> Value {
    let id = collection.id();
    let properties: Map<String, Value> = match collection {
        ApiCollection::Register(one) => queryables::of(one)
            .iter()
            .map(|asked| (asked.name.to_owned(), property(asked, one, language).into()))
            .collect(),
        ApiCollection::Directory(one) => one
            .queryables()
            .map(|asked| (asked.name.to_owned(), parameter(asked, one, language)))
            .collect(),
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{base}/collections/{id}/queryables"),
        "title": texts(collection, language).0,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// A filter of a collection of the directory.
pub(crate) fn parameter(
    parameter: &DirectoryParameter,
    collection: DirectoryCollection,
    language: Language,
) -> Value {
    let mut schema = json!({
        "type": "string",
        "title": parameter.title().get(language),
        "description": parameter.description().get(language),
    });
    let values = parameter.values(collection);
    if !values.is_empty() {
        schema["enum"] = values.into();
    }
    schema
}

fn property(
    queryable: &queryables::Queryable,
    collection: Collection,
    language: Language,
) -> Map<String, Value> {
    let mut property = Map::new();
    let mut set = |name: &str, value: Value| property.insert(name.to_owned(), value);
    set("title", queryable.title(collection).get(language).into());
    if let Some(described) = queryable.property(collection) {
        set("description", described.description.get(language).into());
    }
    let codes = queryable.vocabulary().map(|vocabulary| {
        vocabulary.terms().iter().map(|term| term.code.as_str()).collect::<Vec<_>>()
    });
    match (queryable.kind, codes) {
        // a geometry has a format in place of a type
        (ValueKind::Geometry, _) => {}
        (ValueKind::Number, _) => {
            set("type", "number".into());
        }
        (ValueKind::Boolean, _) => {
            set("type", "boolean".into());
        }
        (ValueKind::Numbers, _) => {
            set("type", "array".into());
            set("items", json!({"type": "integer"}));
        }
        (ValueKind::Texts, codes) => {
            set("type", "array".into());
            let items = match codes {
                Some(codes) => json!({"type": "string", "enum": codes}),
                None => json!({"type": "string"}),
            };
            set("items", items);
        }
        (ValueKind::Text | ValueKind::Date | ValueKind::Timestamp, codes) => {
            set("type", "string".into());
            if let Some(codes) = codes {
                set("enum", codes.into());
            }
        }
    }
    if let Some(format) = queryable.format(collection) {
        set("format", format.into());
    }
    if let Some(role) = queryable.role() {
        set("x-ogc-role", role.into());
    }
    property
}
