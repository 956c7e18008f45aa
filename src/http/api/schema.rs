//! What the features of a collection are, as a JSON Schema: `describedby` of the collection.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::{
    domain::partnership::FieldKind,
    http::{
        api::{
            collections::{collection_of, texts},
            links::base,
            queryables::SCHEMA,
        },
        openapi::{parameters::OfNothing, responses::UnchangedOrMissing, schemas::of_property},
        web::{
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{ApiCollection, Collection, properties},
};

/// Get the schema of a collection's features
///
/// A JSON Schema that every feature is valid by.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/schema",
    tag = "features",
    operation_id = "schema",
    params(("collection" = String, Path, description = "The collection."), OfNothing),
    responses(
        (status = 200, description = "A JSON Schema of a feature.", body = Object,
         content_type = "application/schema+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn schema(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let mut schema = of_feature(collection, &params);
        schema["$id"] = format!("{}/collections/{}/schema", base(&request), collection.id()).into();
        response.content_type(SCHEMA).body(schema.to_string())
    }))
}

/// Get the columns of a collection's features
///
/// The same for readers that make a table, such as GDAL: each property has one type, and is null
/// where nothing is known. `id` is left out, since such readers have it from the feature.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/schema/columns",
    tag = "features",
    operation_id = "columns",
    params(("collection" = String, Path, description = "The collection."), OfNothing),
    responses(
        (status = 200, description = "A JSON Schema of a feature without nulls.", body = Object,
         content_type = "application/schema+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn columns(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let mut schema = of_feature(collection, &params);
        schema["$id"] =
            format!("{}/collections/{}/schema/columns", base(&request), collection.id()).into();
        let properties = &mut schema["properties"]["properties"];
        properties["required"] = json!([]);
        if let Some(columns) = properties["properties"].as_object_mut() {
            columns.remove("id");
            columns.values_mut().for_each(without_null);
        }
        response.content_type(SCHEMA).body(schema.to_string())
    }))
}

/// `["number", "null"]` is `number`.
fn without_null(schema: &mut Value) {
    let kind = schema["type"].as_array().and_then(|kinds| kinds.first()).cloned();
    if let Some(kind) = kind {
        schema["type"] = kind;
    }
}

/// A feature as it is written (RFC 7946, 3.2); `links` follow where it is asked for alone.
fn of_feature(collection: ApiCollection, params: &Params) -> Value {
    let language = params.language;
    let (title, description) = texts(collection, language);
    let described = properties::of(collection).iter();
    let described = described.map(|property| {
        let mut schema = of_property(property, language);
        if property.kind == FieldKind::PartialDate {
            schema["pattern"] = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$".into();
        }
        if params.flat && schema["type"] == "array" {
            schema["type"] = json!(["string", "null"]);
            schema.as_object_mut().map(|schema| schema.remove("items"));
        }
        (property.name.to_owned(), schema)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "const": "Feature"},
            "id": {"type": "string"},
            "geometry": {"oneOf": geometries(collection)},
            "properties": {
                "type": "object",
                "required": required(collection),
                "properties": described.collect::<Map<_, _>>(),
                "additionalProperties": false,
            },
        },
    })
}

/// The properties that every feature of a collection has.
pub(crate) fn required(collection: ApiCollection) -> Vec<&'static str> {
    match collection {
        ApiCollection::Register(one) => one.properties().to_vec(),
        ApiCollection::Directory(one) => {
            properties::of(one).iter().map(|property| property.name).collect()
        }
    }
}

/// The geometries that features of a collection have: a single one where there is one part.
fn geometries(collection: ApiCollection) -> Value {
    // how deep positions are nested in the coordinates
    let kinds: &[(&str, u8)] = match collection {
        ApiCollection::Directory(_) => &[],
        ApiCollection::Register(one) => match one {
            Collection::Partnerships => &[("Point", 0), ("MultiPoint", 1)],
            Collection::Links => &[("LineString", 1), ("MultiLineString", 2)],
            Collection::Collectivities | Collection::Partners => &[("Point", 0)],
            Collection::Countries | Collection::Regions => &[("MultiPolygon", 3)],
        },
    };
    let position = json!({
        "type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"},
    });
    let geometry = |(kind, depth): &(&str, u8)| {
        let coordinates =
            (0..*depth).fold(position.clone(), |inner, _| json!({"type": "array", "items": inner}));
        json!({
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {"type": {"type": "string", "const": kind}, "coordinates": coordinates},
        })
    };
    kinds.iter().map(geometry).chain([json!({"type": "null"})]).collect()
}
