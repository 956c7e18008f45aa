//! What bodies look like: `schemas.json`, with the lists that the code knows filled in.

use serde_json::{Map, Value, json};

use crate::{
    atlas::contributions::correction::columns,
    domain::{Column, Language, partnership::FieldKind},
    http::{
        api::schema::required,
        openapi::{import_request, problems},
    },
    search::{
        ApiCollection, Dimension,
        properties::{self, Property},
    },
};

/// `components/schemas`, in JSON Schema 2020-12.
pub(crate) fn all() -> Map<String, Value> {
    let kept = serde_json::from_str(include_str!("schemas.json"));
    // a test reads the file: it is part of the program
    let mut schemas: Map<String, Value> = kept.unwrap_or_default();
    schemas["Problem"]["properties"]["code"]["enum"] = problems::codes().into();
    for collection in ApiCollection::all() {
        add_features(&mut schemas, collection);
    }
    for any in ["FeatureCollection", "Feature"] {
        schemas.remove(any);
    }
    let long = [Dimension::Collectivity.name(), "partner"];
    let listed = crate::search::facets::LISTED.map(Dimension::name).into_iter().chain(long);
    let dimensions: Vec<&str> = listed.collect();
    let values = json!({"type": "array", "items": {"$ref": "#/components/schemas/FacetValue"}});
    schemas["Facets"]["properties"]["facets"] = json!({
        "type": "object",
        "properties": dimensions.iter().map(|name| ((*name).to_owned(), values.clone())).collect::<Map<_, _>>(),
        "required": dimensions,
    });
    let targets = Column::ALL.map(Column::name).into_iter().chain([""]).collect::<Vec<_>>();
    let text = |column: Column| (column.name().to_owned(), json!({"type": "string"}));
    schemas["Cells"]["properties"] = columns().map(text).collect::<Map<_, _>>().into();
    schemas["PlanRequest"]["properties"]["columns"]["additionalProperties"] =
        json!({"type": "string", "enum": &targets});
    let texts =
        json!({"type": "object", "additionalProperties": {"type": "string", "maxLength": 1000}});
    let native = targets.iter().filter(|name| !name.is_empty());
    schemas["PlanRequest"]["properties"]["values"]["properties"] =
        native.map(|name| ((*name).to_owned(), texts.clone())).collect::<Map<_, _>>().into();
    for (name, schema) in import_request::of_plan() {
        schemas["PlanRequest"]["properties"][name] = schema;
    }
    schemas.insert("UploadForm".to_owned(), import_request::form());
    schemas
}

/// A list, or the text that it is with `flat`.
fn or_flat(mut schema: Value) -> Value {
    if schema["type"] == "array" {
        let list = json!({"type": "array", "items": schema["items"].take()});
        let mut either = json!({"anyOf": [list, {"type": ["string", "null"]}]});
        for told in ["title", "description"] {
            either[told] = schema[told].take();
        }
        schema = either;
    }
    schema
}

/// What the features of a collection have: those of any, with their own properties.
fn add_features(schemas: &mut Map<String, Value>, collection: ApiCollection) {
    let id = collection.id();
    let described = properties::of(collection).iter();
    let described: Map<String, Value> = described
        .map(|property| {
            (property.name.to_owned(), or_flat(of_property(property, Language::English)))
        })
        .collect();
    let mut feature = schemas["Feature"].clone();
    feature["properties"]["properties"] = json!({
        "type": "object",
        "properties": described,
        "required": required(collection),
    });
    if let ApiCollection::Directory(_) = collection {
        // codes are words that people read
        feature["properties"]["id"]["maxLength"] = 80.into();
    }
    let mut page = schemas["FeatureCollection"].clone();
    page["properties"]["features"]["items"] =
        json!({"$ref": format!("#/components/schemas/Feature.{id}")});
    schemas.insert(format!("Feature.{id}"), feature);
    schemas.insert(format!("FeatureCollection.{id}"), page);
}

/// What a property holds, as JSON Schema.
pub(crate) fn of_property(property: &Property, language: Language) -> Value {
    let Property { name: _, kind, title, description, .. } = property;
    let mut schema = match kind {
        FieldKind::Text | FieldKind::Url | FieldKind::PartialDate => {
            json!({"type": ["string", "null"]})
        }
        FieldKind::Integer => json!({"type": ["integer", "null"]}),
        FieldKind::Number => json!({"type": ["number", "null"]}),
        FieldKind::Date => json!({"type": ["string", "null"], "format": "date"}),
        FieldKind::Datetime => json!({"type": ["string", "null"], "format": "date-time"}),
        FieldKind::List => json!({"type": "array", "items": {"type": "string"}}),
        FieldKind::Numbers => json!({"type": "array", "items": {"type": "integer"}}),
        FieldKind::Objects => json!({"type": "array", "items": {"type": "object"}}),
    };
    schema["title"] = title.get(language).into();
    schema["description"] = description.get(language).into();
    schema
}
