//! The tables of the directory as Table Schema: what `atlas schema actors` prints.

use serde_json::{Value, json};

use crate::{
    domain::directory::{CellKind, DirectoryField, DirectoryRecord},
    formats::csv::TABLE_SCHEMA,
};

/// The schema of a table, with its line end.
pub fn directory_schema<T: DirectoryRecord>() -> String {
    let fields: Vec<Value> = T::fields().iter().map(of_field).collect();
    let schema = json!({
        "$schema": TABLE_SCHEMA,
        "name": format!("aect-{}", T::COLLECTION),
        "fields": fields,
        "primaryKey": ["code"],
        "missingValues": [""],
    });
    format!("{schema:#}\n")
}

fn of_field<T>(field: &DirectoryField<T>) -> Value {
    let is_number = matches!(field.kind, CellKind::Number | CellKind::Percent);
    let mut described = json!({
        "name": field.column,
        "type": if is_number { "integer" } else { "string" },
        "title": field.title[0],
        "description": field.description[0],
        "description_en": field.description[1],
    });
    if field.kind == CellKind::Url {
        described["format"] = "uri".into();
    }
    let mut constraints = json!({});
    if field.is_required {
        constraints["required"] = true.into();
    }
    match field.kind {
        CellKind::Text(most) => constraints["maxLength"] = most.into(),
        CellKind::Code | CellKind::Ref(_) => constraints["pattern"] = "[a-z0-9-]+".into(),
        CellKind::Number => constraints["minimum"] = 0.into(),
        CellKind::Percent => {
            constraints["minimum"] = 0.into();
            constraints["maximum"] = 100.into();
        }
        _ => {}
    }
    if constraints.as_object().is_some_and(|all| !all.is_empty()) {
        described["constraints"] = constraints;
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::{Actor, Call, FundingScheme};

    #[test]
    fn every_column_is_described_in_both_languages() {
        for text in [
            directory_schema::<Actor>(),
            directory_schema::<FundingScheme>(),
            directory_schema::<Call>(),
        ] {
            let schema: Value = serde_json::from_str(&text).unwrap();
            for field in schema["fields"].as_array().unwrap() {
                for name in ["name", "title", "description", "description_en"] {
                    assert!(!field[name].as_str().unwrap().is_empty(), "{field}");
                }
            }
            assert_eq!(schema["fields"][0]["constraints"]["required"], true);
        }
    }
}
