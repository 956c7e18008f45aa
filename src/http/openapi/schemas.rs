//! What bodies look like: `schemas.json`, with the lists that the code knows filled in.

use serde_json::{Map, Value, json};

use super::{import_request, problems};
use crate::search::{Collection, Dimension};

/// `components/schemas`, in JSON Schema 2020-12.
pub(super) fn all() -> Map<String, Value> {
    let kept = serde_json::from_str(include_str!("schemas.json"));
    // a test reads the file: it is part of the program
    let mut schemas: Map<String, Value> = kept.unwrap_or_default();
    schemas["Problem"]["properties"]["code"]["enum"] = problems::codes().into();
    for collection in Collection::ALL {
        add_features(&mut schemas, collection);
    }
    for any in ["FeatureCollection", "Feature", "EntityProperties", "PartnershipProperties"] {
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
    schemas.insert("UploadForm".to_owned(), import_request::form());
    schemas
}

/// What the features of a collection have: those of any, with their own properties.
fn add_features(schemas: &mut Map<String, Value>, collection: Collection) {
    let id = collection.id();
    let of_entity = !collection.is_of_partnerships();
    let known = if of_entity { "EntityProperties" } else { "PartnershipProperties" };
    let mut properties = schemas[known].clone();
    let names = collection.properties();
    if of_entity && let Some(known) = properties["properties"].as_object_mut() {
        known.retain(|name, _| names.contains(&name.as_str()));
    }
    properties["required"] = names.into();
    let mut feature = schemas["Feature"].clone();
    feature["properties"]["properties"] = properties;
    let mut page = schemas["FeatureCollection"].clone();
    page["properties"]["features"]["items"] =
        json!({"$ref": format!("#/components/schemas/Feature.{id}")});
    schemas.insert(format!("Feature.{id}"), feature);
    schemas.insert(format!("FeatureCollection.{id}"), page);
}
