//! Operations on any collection, written out for each: what their items have and can be sorted
//! by differs, and so do the examples that run.

use serde_json::{Map, Value, json};

use crate::{
    atlas::export::Format,
    domain::directory::{CallState, ChoiceItem, choice},
    http::openapi::parameters,
    reference::{Countries, territories, vocabularies},
    search::{Collection, tiles::TILED},
};

/// The collections of the directory, each with a record of the sample.
const DIRECTORY: [(&str, &str); 3] =
    [("actors", "afd"), ("schemes", "ficol"), ("calls", "ficol-2024")];

/// Puts an operation for each collection, or each format, in the place of one for any.
pub(crate) fn expand(paths: &mut Map<String, Value>) {
    let templates: Vec<String> = paths.keys().cloned().collect();
    for template in templates {
        if template.starts_with("/api/collections/{collection}") {
            let Some(item) = paths.remove(&template) else { continue };
            let has_tiles = |one: &Collection| TILED.contains(one) || !template.contains("/tiles");
            for collection in Collection::ALL.into_iter().filter(has_tiles) {
                let path = template.replace("{collection}", collection.id());
                paths.insert(path, of_collection(&item, collection));
            }
        } else if template.contains("{directory}") {
            let Some(item) = paths.remove(&template) else { continue };
            for (collection, code) in DIRECTORY {
                let path = template.replace("{directory}", collection);
                paths.insert(path, of_directory(&item, collection, code));
            }
        } else if template == "/api/export/{file}" {
            let Some(item) = paths.remove(&template) else { continue };
            for format in Format::ALL {
                let path = format!("/api/export/{{collection}}.{}", format.extension());
                paths.insert(path, of_format(&item, format));
            }
        }
    }
    close_lists(paths);
}

fn of_collection(item: &Value, collection: Collection) -> Value {
    // references to schemas that a collection has its own of
    let mut text = item.to_string();
    for name in ["FeatureCollection", "Feature"] {
        let any = format!("\"#/components/schemas/{name}\"");
        text = text.replace(&any, &format!("\"#/components/schemas/{name}.{}\"", collection.id()));
    }
    let mut item: Value = serde_json::from_str(&text).unwrap_or_default();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        operation["tags"] = json!([collection.id()]);
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        operation["operationId"] = format!("{id}.{}", collection.id()).into();
        let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
            continue;
        };
        list.retain(|parameter| parameter["name"] != "collection");
        if id == "items" {
            list.extend(parameters::of_queryables(collection));
        }
        for parameter in list {
            if parameter["in"] == "path" && parameter["name"] == "id" {
                parameter["example"] = example(collection).into();
            } else if parameter["name"] == "sortby" {
                parameter["name"] = parameters::sortby(collection).into();
            }
        }
    }
    item
}

/// Says which values the parameters of the directory take: their lists are not those of partnerships.
fn close_lists(paths: &mut Map<String, Value>) {
    let operations = paths.values_mut().filter_map(|item| item.get_mut("get"));
    for operation in operations.filter(|one| one["tags"][0] == "directory") {
        let list = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in list.into_iter().flatten().filter(|one| one["in"] == "query") {
            let values = values_of(parameter["name"].as_str().unwrap_or_default());
            if !values.is_empty() {
                // the empty fields of a form ask for nothing
                let nothing =
                    (!matches!(parameter["name"].as_str(), Some("lang" | "f" | "applicant")))
                        .then_some("");
                let values: Vec<&str> = values.into_iter().chain(nothing).collect();
                parameter["schema"] = json!({"type": "string", "enum": values});
            } else if parameter["name"] == "limit" {
                parameter["schema"] = json!({"type": "integer", "minimum": 1});
            }
        }
    }
}

/// The values of a parameter of the directory; none where they are no list.
fn values_of(name: &str) -> Vec<&'static str> {
    let codes = |list: &'static [ChoiceItem]| list.iter().map(|one| one.code);
    match name {
        "theme" => vocabularies::themes().terms().iter().map(|term| &*term.code).collect(),
        "country" => Countries::bundled().list().iter().map(|one| &*one.alpha2).collect(),
        "region" => territories::regions().keys().map(String::as_str).collect(),
        "state" => CallState::ALL.map(CallState::code).into(),
        "kind" => codes(choice::ACTOR_KINDS).chain(codes(choice::SCHEME_KINDS)).collect(),
        "service" => codes(choice::SERVICES).collect(),
        "applicant" => codes(choice::APPLICANTS).collect(),
        "lang" => vec!["fr", "en"],
        "f" => vec!["json"],
        _ => Vec::new(),
    }
}

fn of_directory(item: &Value, collection: &str, code: &str) -> Value {
    let mut item = item.clone();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        operation["operationId"] = format!("{id}.{collection}").into();
        let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
            continue;
        };
        list.retain(|parameter| parameter["name"] != "directory");
        for parameter in list.iter_mut().filter(|parameter| parameter["name"] == "id") {
            parameter["example"] = code.into();
        }
    }
    item
}

fn of_format(item: &Value, format: Format) -> Value {
    let mut item = item.clone();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        operation["operationId"] = format!("{id}.{}", format.name()).into();
        let schema = match format {
            Format::GeoJson => json!({"type": "object"}),
            _ => json!({"type": "string", "format": "binary"}),
        };
        let mut content = Map::new();
        content.insert(format.media_type().to_owned(), json!({"schema": schema}));
        operation["responses"]["200"]["content"] = content.clone().into();
        if format.is_prepared() {
            operation["responses"]["206"]["content"] = content.into();
        } else if let Some(responses) = operation["responses"].as_object_mut() {
            responses.retain(|status, _| !matches!(status.as_str(), "206" | "416"));
        }
        let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
            continue;
        };
        list.retain(|parameter| format == Format::Csv || parameter["name"] != "spreadsheet");
        for parameter in list.iter_mut().filter(|parameter| parameter["name"] == "file") {
            *parameter = json!({
                "name": "collection", "in": "path", "required": true,
                "description": "The collection.",
                "schema": {"type": "string", "enum": Collection::ALL.map(Collection::id)},
                "example": "partnerships",
            });
        }
    }
    item
}

/// An item of the sample.
fn example(collection: Collection) -> &'static str {
    match collection {
        Collection::Partnerships | Collection::Links => "03h1o37rii3dkep7",
        Collection::Collectivities => "69123",
        Collection::Partners => "lje1edsom87gguqg",
        Collection::Countries => "DE",
        Collection::Regions => "84",
    }
}
