//! What may be asked of an import, in its address or as fields of a form.

use serde_json::{Map, Value, json};

use crate::{domain::Mode, formats::csv::Profile};

/// Names, what they are for, and their schemas.
fn asked() -> [(&'static str, &'static str, Value); 10] {
    let switch = || json!({"type": "boolean", "default": false});
    let text = || json!({"type": "string"});
    [
        (
            "source",
            "Source of the records whose rows do not name one.",
            json!({"type": "string", "maxLength": 200, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$"}),
        ),
        (
            "mode",
            "`upsert` adds and updates; `sync` also removes what the file no longer has.",
            json!({"type": "string", "enum": [Mode::Upsert.code(), Mode::Sync.code()], "default": Mode::default().code()}),
        ),
        ("dry_run", "Only plan the import.", switch()),
        ("valid_rows_only", "Import the valid rows although others are rejected.", switch()),
        ("allow_mass_removal", "Allow `sync` to remove more than a fifth of a source.", switch()),
        (
            "profile",
            "A bundled profile; detected by default.",
            json!({"type": "string", "enum": Profile::names().chain([""]).collect::<Vec<_>>()}),
        ),
        (
            "encoding",
            "The file's encoding; detected by default.",
            json!({"type": "string", "format": "encoding"}),
        ),
        (
            "sheet",
            "Of a workbook, the sheet to read: its name, or its number among those shown.",
            json!({"type": "string", "maxLength": 200}),
        ),
        (
            "columns",
            "JSON object: column titles of the file with the native column of each.",
            json!({"type": "string", "format": "columns"}),
        ),
        ("file", "Name of the file.", text()),
    ]
}

/// The keys in `components/parameters`: some have the name of a filter.
pub(crate) fn names() -> impl Iterator<Item = String> {
    asked().into_iter().map(|(name, ..)| format!("import_{name}"))
}

/// For `components/parameters`.
pub(crate) fn parameters() -> Map<String, Value> {
    let parameter = |(name, text, schema): (&str, &str, Value)| {
        let parameter = json!({"name": name, "in": "query", "required": false, "description": text, "schema": schema});
        (format!("import_{name}"), parameter)
    };
    asked().map(parameter).into_iter().collect()
}

/// The same of an import that is planned anew: what is null stays as it was.
pub(crate) fn of_plan() -> Map<String, Value> {
    let stays = ["dry_run", "allow_mass_removal", "columns", "file"];
    let asked = asked().into_iter().filter(|(name, ..)| !stays.contains(name));
    let nullable = |(name, text, mut schema): (&str, &str, Value)| {
        schema["type"] = json!([schema["type"], "null"]);
        schema["description"] = text.into();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("default");
            if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                values.push(Value::Null);
            }
        }
        (name.to_owned(), schema)
    };
    asked.map(nullable).collect()
}

/// A form with a file, and the same beside it.
pub(crate) fn form() -> Value {
    let mut properties = Map::new();
    for (name, text, mut schema) in asked() {
        if schema["type"] == "boolean" {
            // a form holds texts, and a browser's has these
            schema = json!({"type": "string", "enum": ["", "on", "true", "1", "false", "0"]});
        }
        schema["description"] = text.into();
        properties.insert(name.to_owned(), schema);
    }
    properties.insert(
        "file".to_owned(),
        json!({"type": "string", "format": "binary", "description": "The file; its field may have any name."}),
    );
    json!({"type": "object", "required": ["file"], "properties": properties})
}
