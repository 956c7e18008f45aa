//! OpenAPI 3.1 to 3.0.3, which OGC API – Features asks for.
//!
//! Between the two lies JSON Schema: 3.0 has its own dialect of it (OpenAPI 3.0.3, 4.7.24).

use serde_json::{Map, Value, json};

/// Names of what holds values and not schemas: their content stays as it is.
const VALUES: [&str; 4] = ["example", "examples", "default", "enum"];

/// Makes a document of 3.1 one of 3.0.3.
pub(crate) fn downgrade(document: &mut Value) {
    document["openapi"] = "3.0.3".into();
    walk(document, false);
}

/// `is_names`: whether the members of an object are named freely, as properties are.
fn walk(value: &mut Value, is_names: bool) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| walk(item, false)),
        Value::Object(object) => {
            if !is_names {
                schema(object);
            }
            for (name, member) in object.iter_mut() {
                if is_names || !VALUES.contains(&name.as_str()) {
                    walk(member, !is_names && name == "properties");
                }
            }
        }
        _ => {}
    }
}

/// The words of a schema that 3.0 writes in another way. No other object of the document has them.
fn schema(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get("type") {
        let (null, others): (Vec<_>, Vec<_>) = types.clone().into_iter().partition(|t| t == "null");
        match <[Value; 1]>::try_from(others) {
            Ok([one]) => {
                object.insert("type".into(), one);
            }
            Err(others) => {
                object.remove("type");
                let each = others.into_iter().map(|one| json!({"type": one}));
                object.insert("anyOf".into(), each.collect());
            }
        }
        if !null.is_empty() {
            object.insert("nullable".into(), true.into());
        }
    }
    if let Some(value) = object.remove("const") {
        object.insert("enum".into(), json!([value]));
    }
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")]
    {
        if object.get(exclusive).is_some_and(Value::is_number) {
            let bound = object.insert(exclusive.into(), true.into()).unwrap_or_default();
            object.insert(inclusive.into(), bound);
        }
    }
    // of a schema they are a list, of a parameter or a body an object, which 3.0 has too
    if object.get("examples").is_some_and(Value::is_array)
        && let Some(Value::Array(examples)) = object.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        object.insert("example".into(), first);
    }
    alternatives(object);
    beside_reference(object);
}

/// `oneOf: [X, null]` is X, or null.
fn alternatives(object: &mut Map<String, Value>) {
    for name in ["oneOf", "anyOf"] {
        let Some(Value::Array(list)) = object.get_mut(name) else { continue };
        let before = list.len();
        list.retain(|item| item["type"] != "null");
        if list.len() == before {
            continue;
        }
        if list.len() == 1 {
            let only = object.remove(name).unwrap_or_default();
            object.insert("allOf".into(), only);
        }
        object.insert("nullable".into(), true.into());
    }
}

/// What stands beside a `$ref` is not read in 3.0.
fn beside_reference(object: &mut Map<String, Value>) {
    if object.len() > 1
        && let Some(reference) = object.remove("$ref")
    {
        object.insert("allOf".into(), json!([{"$ref": reference}]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_differs_is_rewritten() {
        for (newer, older) in [
            (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
            (
                json!({"type": ["string", "integer"]}),
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            ),
            (json!({"const": "a"}), json!({"enum": ["a"]})),
            (
                json!({"exclusiveMinimum": 0, "exclusiveMaximum": 9}),
                json!({"exclusiveMinimum": true, "minimum": 0, "exclusiveMaximum": true, "maximum": 9}),
            ),
            (json!({"examples": ["a", "b"]}), json!({"example": "a"})),
            (json!({"examples": {"a": {"value": 1}}}), json!({"examples": {"a": {"value": 1}}})),
            (
                json!({"oneOf": [{"$ref": "#/x"}, {"type": "null"}]}),
                json!({"allOf": [{"$ref": "#/x"}], "nullable": true}),
            ),
            (
                json!({"$ref": "#/x", "description": "d"}),
                json!({"allOf": [{"$ref": "#/x"}], "description": "d"}),
            ),
            (json!({"$ref": "#/x"}), json!({"$ref": "#/x"})),
        ] {
            let mut document = json!({"schema": newer});
            downgrade(&mut document);
            assert_eq!(document["schema"], older);
            assert_eq!(document["openapi"], "3.0.3");
        }
    }

    #[test]
    fn properties_of_such_names_and_values_stay() {
        let schema = json!({
            "properties": {"const": {"type": "string"}, "type": {"type": "string"}, "$ref": {"type": "string"}, "x": {"type": "integer"}},
            "example": {"const": 1, "type": ["a", "null"]},
            "enum": [{"const": 1}],
        });
        let mut document = json!({"schema": schema});
        downgrade(&mut document);
        assert_eq!(document["schema"], schema);
    }
}
