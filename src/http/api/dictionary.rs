//! Data dictionaries: what every column of every file means, as Table Schema and as CSV.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::{
    domain::{Language, partnership::FieldKind},
    formats::csv::table_schema,
    http::{
        api::collections::collection_of,
        openapi::{
            parameters::OfNothing,
            responses::{Unchanged, UnchangedOrMissing},
        },
        web::{
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ApiCollection, Collection,
        properties::{self, Property},
    },
};

/// Table Schema 2.0, which has lists with a delimiter.
const TABLE_SCHEMA_2: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// Get the schema of the native CSV
///
/// A Table Schema: what an import takes, and what the CSV of partnerships and links has.
#[utoipa::path(
    get,
    path = "/api/schema.json",
    tag = "discover",
    operation_id = "nativeSchema",
    params(OfNothing),
    responses(
        (status = 200, description = "The schema.",
         body = ref("#/components/schemas/Object"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn native(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        response
            .content_type("application/json")
            .insert_header(("Content-Language", "fr, en"))
            .body(table_schema())
    }))
}

/// Get the data dictionary of a collection
///
/// A data dictionary as Table Schema, in both languages.
#[utoipa::path(
    get,
    path = "/api/schema/{collection}.json",
    tag = "discover",
    operation_id = "dictionary",
    params(("collection" = String, Path, description = "A collection.", example = "partners"), OfNothing),
    responses(
        (status = 200, description = "The dictionary.",
         body = ref("#/components/schemas/Object"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn as_json(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let columns = columns(collection);
        let fields = columns.iter();
        response.json(json!({
            "$schema": TABLE_SCHEMA_2,
            "name": collection.id(),
            "fields": fields.map(|p| field(p, params.language)).collect::<Value>(),
            "primaryKey": [columns.first().map_or("id", |first| first.name)],
        }))
    }))
}

/// Get the data dictionary of a collection as CSV
///
/// A data dictionary as CSV, in both languages.
#[utoipa::path(
    get,
    path = "/api/schema/{collection}.csv",
    tag = "discover",
    operation_id = "dictionaryTable",
    params(("collection" = String, Path, description = "A collection.", example = "partners"), OfNothing),
    responses(
        (status = 200, description = "The dictionary.",
         body = String, content_type = "text/csv; charset=utf-8; header=present",
         headers(("Content-Disposition" = String))),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn as_csv(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let name = format!("attachment; filename=\"atlas-aect-{}-schema.csv\"", collection.id());
        response
            .content_type("text/csv; charset=utf-8; header=present")
            .insert_header(("Content-Disposition", name))
            .insert_header(("Content-Language", "fr, en"))
            .body(table(collection))
    }))
}

/// The properties of a collection's features and, of points, the columns that tables have beside them.
fn columns(collection: ApiCollection) -> Vec<Property> {
    let mut all = properties::of(collection).to_vec();
    let points = [Collection::Collectivities, Collection::Partners].map(ApiCollection::from);
    if points.contains(&collection) {
        let column = |name, title: [&str; 2], description: [&str; 2]| Property {
            name,
            kind: FieldKind::Number,
            title: title.into(),
            description: description.into(),
            queryable: false,
        };
        all.push(column(
            "lon",
            ["Longitude"; 2],
            [
                "Degrés vers l’est, WGS 84. Dans les tableaux ; en GeoJSON, la géométrie.",
                "Degrees east, WGS 84. In tables; in GeoJSON the geometry.",
            ],
        ));
        all.push(column(
            "lat",
            ["Latitude"; 2],
            [
                "Degrés vers le nord, WGS 84. Dans les tableaux ; en GeoJSON, la géométrie.",
                "Degrees north, WGS 84. In tables; in GeoJSON the geometry.",
            ],
        ));
    }
    all
}

/// The type of Table Schema, and its format where it has one.
fn kind(property: &Property) -> (&'static str, Option<&'static str>) {
    match property.kind {
        FieldKind::Url => ("string", Some("uri")),
        FieldKind::Text | FieldKind::PartialDate => ("string", None),
        FieldKind::Integer => ("integer", None),
        FieldKind::Number => ("number", None),
        FieldKind::Date => ("date", None),
        FieldKind::Datetime => ("datetime", None),
        FieldKind::List | FieldKind::Numbers => ("list", None),
        FieldKind::Objects => ("array", None),
    }
}

fn field(property: &Property, language: Language) -> Value {
    let Property { name, kind: _, title, description, .. } = property;
    let (kind, format) = kind(property);
    let mut field = json!({
        "name": name,
        "type": kind,
        "title": title.get(language),
        "description": description.get(language),
        "title_fr": title.fr,
        "title_en": title.en,
        "description_fr": description.fr,
        "description_en": description.en,
    });
    if let Some(format) = format {
        field["format"] = format.into();
    }
    // in a table; GeoJSON has arrays
    if kind == "list" {
        let item = if property.kind == FieldKind::Numbers { "integer" } else { "string" };
        field["itemType"] = item.into();
        field["delimiter"] = "|".into();
    }
    field
}

fn table(collection: ApiCollection) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let header = ["name", "type", "title_fr", "title_en", "description_fr", "description_en"];
    // a buffer in memory takes every write
    let _ = csv.write_record(header);
    for property in &columns(collection) {
        let Property { name, kind: _, title, description, .. } = property;
        let (kind, _) = kind(property);
        let row = [*name, kind, &title.fr, &title.en, &description.fr, &description.en];
        let _ = csv.write_record(row);
    }
    csv.into_inner().unwrap_or_default()
}
