//! The native CSV as a Table Schema: what `import/schema.json` has, `atlas schema` prints and the
//! API serves.

use std::sync::LazyLock;

use serde::Serialize;

use crate::domain::{
    Column,
    partnership::{Constraint, CsvColumn, Field, FieldKind, of_column},
};

/// The specification that tools know the document by.
pub const TABLE_SCHEMA: &str = "https://frictionlessdata.io/schemas/table-schema.json";

#[derive(Serialize)]
struct Schema {
    #[serde(rename = "$schema")]
    specification: &'static str,
    name: &'static str,
    title: &'static str,
    description: &'static str,
    version: &'static str,
    fields: Vec<SchemaField>,
    #[serde(rename = "missingValues")]
    missing_values: [&'static str; 1],
}

#[derive(Serialize)]
struct SchemaField {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    description: &'static str,
    description_en: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(rename = "bareNumber", skip_serializing_if = "Option::is_none")]
    bare_number: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<Constraints>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Constraints {
    Required(bool),
    MaxLength(u32),
    Minimum(u32),
}

/// The document, with its line end.
pub fn table_schema() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let columns = Column::native().iter().filter_map(|column| of_column(*column));
        let schema = Schema {
            specification: TABLE_SCHEMA,
            name: "aect-partenariats",
            title: "Action extérieure des collectivités territoriales : partenariats",
            description: "Un partenariat par ligne. UTF-8, séparateur « , », « ; » ou tabulation, \
                          guillemets de la RFC 4180. « | » sépare plusieurs valeurs d'une cellule ; \
                          les cellules à plusieurs valeurs gardent le même ordre.",
            version: "0.1.0",
            fields: columns.filter_map(of_field).collect(),
            missing_values: [""],
        };
        // texts and numbers can always be written
        let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text + "\n"
    });
    &TEXT
}

fn of_field(field: &Field) -> Option<SchemaField> {
    let CsvColumn { column, title, description, example, constraint } = field.csv?;
    let is_amount = constraint == Some(Constraint::NotNegative);
    Some(SchemaField {
        name: column.name(),
        kind: if is_amount { "number" } else { "string" },
        title,
        description: description[0],
        description_en: description[1],
        example,
        format: (field.kind == FieldKind::Url).then_some("uri"),
        bare_number: is_amount.then_some(true),
        constraints: constraint.map(|constraint| match constraint {
            Constraint::Required => Constraints::Required(true),
            Constraint::MaxLength(most) => Constraints::MaxLength(most),
            Constraint::NotNegative => Constraints::Minimum(0),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_schema_is_that_of_the_fields() {
        let shipped = include_str!("../../../import/schema.json");
        assert_eq!(table_schema(), shipped, "write it anew: atlas schema > import/schema.json");
    }
}
