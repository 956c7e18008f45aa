//! Query parameters, from the filters, vocabularies and limits that read them.

use serde_json::{Map, Value, json};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterBuilder, ParameterIn},
};

use crate::{
    domain::Language,
    formats::crs::Crs,
    http::{openapi::import_request, web::params::Takes},
    search::{
        Collection, Dimension, Filter, Order,
        cql2::{MAX_EXPRESSION_LENGTH, ValueKind},
        directory::DirectoryCollection,
        page::{DEFAULT_LIMIT, MAX_LIMIT},
        queryables,
    },
};

/// A year from 1000 to 2999, a month or a day (ECMA 262).
const PARTIAL_DATE: &str = "^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$";

/// Types that `params(…)` of an annotation takes: what a resource takes in its query.
macro_rules! takes {
    ($($name:ident = $takes:expr;)*) => {$(
        #[doc = concat!("`", stringify!($takes), "`")]
        pub(crate) struct $name;

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                names($takes).map(|name| refer(key(name, $takes))).collect()
            }
        }
    )*};
}

takes! {
    OfNothing = Takes::Nothing;
    OfDocument = Takes::Document;
    OfLists = Takes::Lists;
    OfFeature = Takes::Feature;
    OfTiles = Takes::Tiles;
    OfExports = Takes::Exports;
    OfChanges = Takes::Changes;
    OfPages = Takes::Pages(Collection::Partnerships);
    OfLimit = Takes::Limit;
    OfDirectoryPages = Takes::DirectoryPages;
    OfDirectoryExports = Takes::DirectoryExports;
}

/// What may be asked of an import, in its address.
pub(crate) struct OfImports;

impl IntoParams for OfImports {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        import_request::names().map(|name| refer(&name)).collect()
    }
}

/// The names of the parameters that a resource takes.
pub(crate) fn names(takes: Takes) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match takes {
        Takes::Nothing | Takes::Document | Takes::Filters | Takes::Tiles => &[],
        Takes::Lists | Takes::Limit => &["limit"],
        Takes::DirectoryPages => &["limit", "cursor", "bbox", "bbox-crs", "crs"],
        Takes::DirectoryExports => &["spreadsheet"],
        Takes::Changes => &["since", "limit", "cursor", "records"],
        Takes::Feature => &["crs", "records"],
        Takes::Exports => &["spreadsheet", "records"],
        Takes::Pages(_) => &["limit", "cursor", "sortby", "crs", "records"],
    };
    let filters = takes.has_filters().then(Filter::parameters).into_iter().flatten();
    let flat = takes.has_flat().then_some("flat");
    own.iter().copied().chain(filters).chain(flat).chain(["lang", "f"])
}

/// The key in `components/parameters` of a parameter of a resource.
fn key(name: &'static str, takes: Takes) -> &'static str {
    if name == "f" && takes.has_pages() { F_OF_PAGES } else { name }
}

/// `f` of a resource that is a page for people too.
pub(crate) const F_OF_PAGES: &str = "f_document";

/// A parameter by its name; `document.rs` puts the reference to its description in its place.
fn refer(name: &str) -> Parameter {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).build()
}

/// `components/parameters`: every query parameter of the public resources.
pub(crate) fn all() -> Map<String, Value> {
    let mut all = import_request::parameters();
    for takes in [Takes::Pages(Collection::Partnerships), Takes::Exports, Takes::Changes] {
        for name in names(takes) {
            all.insert(name.to_owned(), describe(name));
        }
    }
    let mut of_entities = all["sortby"].clone();
    of_entities["schema"]["enum"] = orders(Collection::Countries).into();
    of_entities["example"] = "-partnerships".into();
    all.insert(sortby(Collection::Countries).to_owned(), of_entities);
    let mut of_pages = all["f"].clone();
    of_pages["schema"]["enum"] = json!(["json", "geojson", "html"]);
    all.insert(F_OF_PAGES.to_owned(), of_pages);
    all
}

fn describe(name: &str) -> Value {
    let Described { text, schema, example } = match Dimension::from_name(name) {
        Some(dimension) => of_dimension(dimension),
        None => of_other(name),
    };
    // OGC API – Features Part 1, 7.15.2 and later, wants both of its parameters
    let mut described = json!({
        "name": name, "in": "query", "required": false, "description": text, "schema": schema,
        "style": "form", "explode": false,
    });
    if !example.is_null() {
        described["example"] = example;
    }
    described
}

/// A parameter for readers.
struct Described {
    text: String,
    schema: Value,
    example: Value,
}

impl Described {
    fn new(text: impl Into<String>, schema: Value, example: Value) -> Self {
        Self { text: text.into(), schema, example }
    }
}

fn of_dimension(dimension: Dimension) -> Described {
    let (text, example) = dimension.described();
    let item = match dimension.codes() {
        Some(codes) => json!({"type": "string", "enum": codes}),
        None if dimension == Dimension::Collectivity => {
            json!({"type": "string", "pattern": "^([0-9]{9}|[0-9A-Za-z]{5}|[0-9A-Za-z]{3})$"})
        }
        None if dimension == Dimension::PartnerArea => {
            json!({"type": "string", "pattern": "^([A-Za-z]{2}-[0-9A-Za-z]{1,3}|[0-9]{4,9})$"})
        }
        None => json!({"type": "string", "maxLength": 200, "pattern": "^[^,]*[^,\\s][^,]*$"}),
    };
    let schema = json!({"type": "array", "minItems": 1, "maxItems": 200, "items": item});
    Described::new(format!("{text} Several values: any of them."), schema, json!([example]))
}

#[expect(clippy::too_many_lines, reason = "long: one entry for each parameter")]
fn of_other(name: &str) -> Described {
    let text = |text: &str, schema, example| Described::new(text, schema, example);
    match name {
        "partner" => text(
            "Id of a foreign authority (collection `partners`). Several values: any of them.",
            json!({"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string", "pattern": "^[0-9a-v]{16}$"}}),
            json!(["tiqrm8e09nf5f91m"]),
        ),
        "q" => text(
            "Words or beginnings of words, all of which must be found; accents and case do not matter. Also what the whole text means: a code, an abbreviation, a name in another language.",
            json!({"type": "string", "maxLength": 2000}),
            json!("lyon"),
        ),
        "verified_since" => text(
            "Records that were verified on this day or later.",
            json!({"type": "string", "format": "date"}),
            json!("2020-01-01"),
        ),
        "bbox" => text(
            "Box of longitude and latitude in degrees (WGS 84): west, south, east, north; with heights west, south, low, east, north, high. \
             West is greater than east where it passes over the date line, and longitudes beyond 180 go on from the other side. What has no geometry always matches.",
            json!({
                "type": "array",
                "items": {"type": "number"},
                "minItems": 4,
                "maxItems": 6,
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            }),
            json!([-20, 0, 20, 20]),
        ),
        "datetime" => text(
            "An instant or interval (RFC 3339) that the period intersects; `..` is an open end. Features without a period always match.",
            json!({"type": "string", "format": "datetime-interval"}),
            json!("2015-01-01/.."),
        ),
        "year" => text(
            "A year in which the partnership was active; those without a start are left out. Several values: any of them.",
            json!({"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "integer", "minimum": 1, "maximum": 2999}}),
            json!([2016]),
        ),
        "limit" => text(
            &format!(
                "Maximum number of entries; values above {MAX_LIMIT} are read as {MAX_LIMIT}."
            ),
            json!({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
            json!(10),
        ),
        "cursor" => Described {
            text: "Cursor of the page, taken from a link with `rel=next`.".to_owned(),
            schema: json!({"type": "string"}),
            example: Value::Null,
        },
        "sortby" => text(
            "The property to sort by; `-` before it sorts in descending order. Features without it come last.",
            json!({"type": "string", "enum": orders(Collection::Partnerships)}),
            json!("title"),
        ),
        "flat" => text(
            "Features without lists: the values as one text with `|` between them. For drivers that have no lists, such as Shapefile and FlatGeobuf.",
            json!({"type": "string", "enum": ["0", "1", "false", "true"], "default": "0"}),
            json!("0"),
        ),
        "since" => text(
            "What the reader knows already: a version of the data, or a time (RFC 3339) until which it has followed.",
            json!({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]}),
            json!(0),
        ),
        "spreadsheet" => text(
            "CSV for people, as Excel in French opens it: a byte order mark, `;` between the cells, labels (in `lang`) in place of codes. It imports like any other.",
            json!({"type": "string", "enum": ["0", "1", "false", "true"], "default": "0"}),
            json!("0"),
        ),
        "records" => text(
            "What a feature is: `partnerships`, each once, whatever the number of sources that keep it; `all`: every source's record, as it keeps it.",
            json!({"type": "string", "enum": ["partnerships", "all"], "default": "partnerships"}),
            json!("all"),
        ),
        "lang" => text(
            "Language of labels and texts. Without it what `Accept-Language` prefers, else French.",
            json!({"type": "string", "enum": Language::ALL.map(Language::code), "default": Language::default().code()}),
            json!("en"),
        ),
        "f" => text(
            "Format of the response; takes precedence over `Accept`.",
            json!({"type": "string", "enum": ["json", "geojson"]}),
            json!("json"),
        ),
        "crs" => text(
            "Coordinate reference system of the response.",
            systems(),
            systems()["default"].clone(),
        ),
        "bbox-crs" => {
            text("Coordinate reference system of `bbox`.", systems(), systems()["default"].clone())
        }
        "filter-of" => text(
            "The collection that `filter`, queryables and `bbox` apply to: by default the collection of the request; with `partnerships` they select partnerships, and the response has the items of those.",
            json!({"type": "string", "enum": ["partnerships"]}),
            json!("partnerships"),
        ),
        "filter-crs" => text(
            "Coordinate reference system of the geometries in `filter`.",
            systems(),
            systems()["default"].clone(),
        ),
        "filter-lang" => text(
            "Language of `filter`.",
            json!({"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}),
            json!("cql2-text"),
        ),
        "filter" => text(
            "CQL2 expression over the queryables of the collection, or of `partnerships` where the path has no collection.",
            json!({"type": "string", "maxLength": MAX_EXPRESSION_LENGTH, "format": "cql2-text"}),
            json!("id IS NOT NULL"),
        ),
        // a filter that is new: described as what every value is
        _ => text("A filter.", json!({"type": "string"}), Value::Null),
    }
}

/// The reference systems that are known.
fn systems() -> Value {
    json!({"type": "string", "format": "uri", "enum": Crs::ALL.map(Crs::uri), "default": Crs::default().uri()})
}

/// The queryables of a collection as parameters, but those whose names are filters of all.
pub(crate) fn of_queryables(collection: Collection) -> impl Iterator<Item = Value> {
    let parameters = queryables::parameters(collection)
        .filter(|queryable| Filter::parameters().all(|name| name != queryable.name));
    parameters.map(move |queryable| {
        let title = &queryable.title(collection).en;
        let (kind, format) = match queryable.kind {
            ValueKind::Number | ValueKind::Numbers => ("number", None),
            _ => ("string", queryable.format(collection)),
        };
        let mut schema = json!({"type": kind});
        if let Some(format) = format {
            schema["format"] = format.into();
        }
        if queryable.is_partial_date() {
            schema["pattern"] = PARTIAL_DATE.into();
        } else if kind == "string" && format.is_none() {
            schema["maxLength"] = 2_000.into();
        }
        let text = format!("{title}: exactly this value; a list holds it.");
        json!({"name": queryable.name, "in": "query", "required": false, "description": text, "schema": schema})
    })
}

/// The filters of a collection of the directory as parameters.
pub(crate) fn of_directory(collection: DirectoryCollection) -> impl Iterator<Item = Value> {
    collection.parameters().map(move |parameter| {
        let mut schema = json!({"type": "string"});
        let values = parameter.values(collection);
        if !values.is_empty() {
            // the empty fields of a form ask for nothing
            schema["enum"] = values.into_iter().chain([""]).collect();
        }
        if parameter.name == "datetime" {
            schema["format"] = "datetime-interval".into();
        }
        let text = &parameter.description().en;
        json!({"name": parameter.name, "in": "query", "required": false, "description": text,
               "schema": schema, "style": "form", "explode": false})
    })
}

/// What the items of a collection can be sorted by.
fn orders(collection: Collection) -> Vec<String> {
    let names = Order::of(collection).iter().map(|order| order.name());
    names.flat_map(|name| [name.to_owned(), format!("-{name}")]).collect()
}

/// The key in `components/parameters` of `sortby` of a collection.
pub(crate) fn sortby(collection: Collection) -> &'static str {
    if collection.is_of_partnerships() { "sortby" } else { "sortby_entities" }
}
