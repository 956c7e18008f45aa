//! Operations on any collection, written out for each: what their items have and can be sorted
//! by differs, and so do the examples that run.

use serde_json::{Map, Value, json};

use crate::{
    atlas::export::Format,
    domain::directory::choice,
    http::openapi::parameters,
    search::{ApiCollection, Collection, directory::DirectoryCollection, tiles::TILED},
};

/// Puts an operation for each collection, or each format, in the place of one for any.
pub(crate) fn expand(paths: &mut Map<String, Value>) {
    let templates: Vec<String> = paths.keys().cloned().collect();
    for template in templates {
        if template.starts_with("/api/collections/{collection}") {
            let Some(item) = paths.remove(&template) else { continue };
            let has = |one: &ApiCollection| match one {
                ApiCollection::Register(one) => TILED.contains(one) || !template.contains("/tiles"),
                // its items are described beside those of the register
                ApiCollection::Directory(_) => {
                    !template.contains("/tiles") && !template.contains("/items")
                }
            };
            for collection in ApiCollection::all().filter(has) {
                let path = template.replace("{collection}", collection.id());
                paths.insert(path, of_collection(&item, collection));
            }
        } else if template.contains("{directory}") {
            let Some(item) = paths.remove(&template) else { continue };
            for collection in DirectoryCollection::ALL {
                let item = of_collection(&item, collection.into());
                let path = template.replace("{directory}", collection.id());
                if !path.contains("{format}") {
                    paths.insert(path, item);
                    continue;
                }
                for format in Format::ALL {
                    let path = path.replace("{format}", format.extension());
                    paths.insert(path, of_format(&item, format));
                }
            }
        } else if template == "/api/export/{file}" {
            let Some(item) = paths.remove(&template) else { continue };
            for format in Format::ALL {
                let path = format!("/api/export/{{collection}}.{}", format.extension());
                paths.insert(path, of_format(&item, format));
            }
        }
    }
    close_matches(paths);
}

fn of_collection(item: &Value, collection: ApiCollection) -> Value {
    // references to schemas that a collection has its own of
    let mut text = item.to_string();
    for name in ["FeatureCollection", "Feature"] {
        let any = format!("\"#/components/schemas/{name}\"");
        text = text.replace(&any, &format!("\"#/components/schemas/{name}.{}\"", collection.id()));
    }
    let mut item: Value = serde_json::from_str(&text).unwrap_or_default();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        operation["tags"] = match collection {
            ApiCollection::Register(one) => json!([one.id()]),
            ApiCollection::Directory(_) => json!(["directory"]),
        };
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        operation["operationId"] = format!("{id}.{}", collection.id()).into();
        let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
            continue;
        };
        list.retain(|one| {
            one["in"] != "path"
                || !["collection", "directory", "format"].iter().any(|n| one["name"] == *n)
        });
        match collection {
            ApiCollection::Register(one) if id == "items" => {
                list.extend(parameters::of_queryables(one));
            }
            ApiCollection::Directory(one) if matches!(&*id, "items" | "export") => {
                list.extend(parameters::of_directory(one));
            }
            _ => {}
        }
        for parameter in list {
            if parameter["in"] == "path" && parameter["name"] == "id" {
                parameter["example"] = example(collection).into();
            } else if let ApiCollection::Register(one) = collection
                && parameter["name"] == "sortby"
            {
                parameter["name"] = parameters::sortby(one).into();
            }
        }
    }
    item
}

/// Says which values the parameters of matches take: their lists are not those of partnerships.
fn close_matches(paths: &mut Map<String, Value>) {
    let Some(item) = paths.get_mut("/api/matches") else { return };
    let list = item["get"].get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in list.into_iter().flatten().filter(|one| one["in"] == "query") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let values: Vec<&str> = if name == "applicant" {
            choice::APPLICANTS.iter().map(|one| one.code).collect()
        } else {
            let schemes = DirectoryCollection::Schemes;
            let known = schemes.parameter(name).map(|one| one.values(schemes));
            // the empty fields of a form ask for nothing
            known.map(|values| values.into_iter().chain([""]).collect()).unwrap_or_default()
        };
        if !values.is_empty() {
            parameter["schema"] = json!({"type": "string", "enum": values});
        }
    }
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
fn example(collection: ApiCollection) -> &'static str {
    let collection = match collection {
        ApiCollection::Register(collection) => collection,
        ApiCollection::Directory(DirectoryCollection::Actors) => return "afd",
        ApiCollection::Directory(DirectoryCollection::Schemes) => return "ficol",
        ApiCollection::Directory(DirectoryCollection::Calls) => return "ficol-2024",
    };
    match collection {
        Collection::Partnerships | Collection::Links => "03h1o37rii3dkep7",
        Collection::Collectivities => "69123",
        Collection::Partners => "lje1edsom87gguqg",
        Collection::Countries => "DE",
        Collection::Regions => "84",
    }
}
