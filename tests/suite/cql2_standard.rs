//! The evaluator on the test data of the CQL2 standard, and on hostile expressions.

use std::{borrow::Cow, fs};

use atlas_aect::{
    formats::crs::Crs,
    search::cql2::{Checker, ExpressionLanguage, HasProperties, Value, ValueKind},
};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use geo::Geometry;
use serde_json::Value as Json;

use crate::support::shared;

/// A layer of the test data: its features, and the names and kinds of its properties.
struct Layer {
    properties: Vec<(String, ValueKind)>,
    features: Vec<Row>,
}

struct Row(Vec<Value<'static>>);

impl HasProperties for Row {
    fn value(&self, property: usize) -> Value<'_> {
        self.0[property].clone()
    }
}

/// A file of the test data, where it is here.
fn read(name: &str) -> Option<Json> {
    let path = shared(&format!("conformance/cql2/{name}"))?;
    Some(serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
}

impl Layer {
    fn read(name: &str) -> Option<Self> {
        let layer = read(&format!("{name}.geojson"))?;
        let features = layer["features"].as_array().unwrap();
        let kind = |name: &str| match name {
            "date" => ValueKind::Date,
            "start" | "end" => ValueKind::Timestamp,
            "boolean" => ValueKind::Boolean,
            name if features.iter().any(|f| f["properties"][name].is_number()) => ValueKind::Number,
            _ => ValueKind::Text,
        };
        let names = features[0]["properties"].as_object().unwrap().keys();
        let mut properties: Vec<(String, ValueKind)> =
            names.map(|name| (name.clone(), kind(name))).collect();
        properties.push(("geom".to_owned(), ValueKind::Geometry));
        let features = features.iter().map(|feature| Row::read(feature, &properties)).collect();
        Some(Self { properties, features })
    }

    /// How many features an expression selects.
    fn count(&self, expression: &str, language: ExpressionLanguage) -> Result<usize, String> {
        let find = |name: &str| {
            let place = self.properties.iter().position(|(other, _)| other == name)?;
            Some((place, self.properties[place].1))
        };
        let checker = Checker { find: &find, crs: Crs::Crs84 };
        let test = checker.read(expression, language).map_err(|error| error.to_string())?;
        Ok(self.features.iter().filter(|feature| test.of(*feature) == Some(true)).count())
    }
}

impl Row {
    fn read(feature: &Json, properties: &[(String, ValueKind)]) -> Self {
        let value = |name: &str, kind| {
            let value = &feature["properties"][name];
            match kind {
                ValueKind::Geometry => {
                    let geometry: geojson::Geometry =
                        serde_json::from_value(feature["geometry"].clone()).unwrap();
                    Value::Geometry(Cow::Owned(Geometry::try_from(geometry).unwrap()))
                }
                _ if value.is_null() => Value::Null,
                ValueKind::Number => Value::Number(value.as_f64().unwrap()),
                ValueKind::Boolean => Value::Boolean(value.as_bool().unwrap()),
                ValueKind::Date => Value::Date(
                    value.as_str().unwrap().parse::<NaiveDate>().unwrap().num_days_from_ce(),
                ),
                ValueKind::Timestamp => {
                    let time: NaiveDateTime = value.as_str().unwrap().parse().unwrap();
                    Value::Timestamp(time.and_utc().timestamp_micros())
                }
                _ => Value::text(value.as_str().unwrap().to_owned()),
            }
        };
        Self(properties.iter().map(|(name, kind)| value(name, *kind)).collect())
    }
}

#[test]
fn the_predicates_of_the_standard_select_what_they_must() {
    let Some(predicates) = read("predicates.json") else { return };
    let names = predicates.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap());
    let mut layers: Vec<(&str, Layer)> = Vec::new();
    let (mut count, mut wrong) = (0, Vec::new());
    for predicate in names {
        let source = predicate["source"].as_str().unwrap();
        if !layers.iter().any(|(name, _)| *name == source) {
            layers.push((source, Layer::read(source).unwrap()));
        }
        let layer = &layers.iter().find(|(name, _)| *name == source).unwrap().1;
        let text = predicate["predicate"].as_str().unwrap();
        let expected = Ok(predicate["expected"].as_u64().unwrap() as usize);
        let json = cql2::parse_text(text).unwrap().to_json().unwrap();
        for (expression, language) in
            [(text, ExpressionLanguage::Text), (&json, ExpressionLanguage::Json)]
        {
            let found = layer.count(expression, language);
            if found != expected {
                wrong.push(format!("{source}: {expression}: {found:?}, not {expected:?}"));
            }
        }
        count += 1;
    }
    assert_eq!(count, 77);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// More of the standard's classes on the same data, counted by hand or by another way of saying
/// the same.
#[test]
fn the_other_classes_select_what_they_must() {
    let Some(places) = Layer::read("ne_110m_populated_places_simple") else { return };
    for (expression, expected) in [
        ("CASEI(name) IN (casei('Kiev'), casei('kobenhavn'), casei('BERLIN'), casei('athens'))", 3),
        ("ACCENTI(name) LIKE accenti('Chișin%')", 1),
        ("CASEI(ACCENTI(name)) = casei(accenti('BRASÍLIA'))", 1),
        ("CASEI(name) LIKE casei('b_R%')", 3),
        ("pop_max = pop_min AND name = nameascii AND pop_other < pop_max + 0", 6),
        ("pop_other / 2 > 1 * pop_max", 12),
        ("pop_max % 2 = 0 OR pop_max % 2 = 1", 243),
        ("pop_max div 1000000 = 3 AND pop_max ^ 2 > 0", 18),
        ("pop_max - pop_max = 0 AND NOT (pop_max + 1 = pop_max)", 243),
        ("1 / (pop_max - pop_max) > 0", 0),
        ("NOT (1 / (pop_max - pop_max) > 0)", 0),
        ("namepar = 'x' OR namepar <> 'x'", 13),
        ("NOT (namepar = NULL)", 0),
        ("name = nameascii AND namepar IS NOT NULL AND NOT namepar = name", 12),
        ("T_AFTER(\"date\", DATE('2022-04-16'))", 1),
        ("T_BEFORE(\"date\", DATE('2022-04-16'))", 1),
        ("T_DISJOINT(\"date\", DATE('2022-04-16'))", 2),
        ("T_EQUALS(\"date\", INTERVAL('2022-04-16', '2022-04-16'))", 1),
        ("T_INTERSECTS(\"date\", INTERVAL('..', '2022-04-16'))", 2),
        ("T_INTERSECTS(start, DATE('2022-04-16'))", 2),
        ("T_AFTER(INTERVAL(start, \"end\"), INTERVAL('..', '2021-01-01'))", 3),
        (
            "T_CONTAINS(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:15:20Z', '2022-04-16T10:16:00Z'))",
            3,
        ),
        (
            "T_DURING(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:13:00Z', '2023-01-01T00:00:00Z'))",
            1,
        ),
        ("T_STARTS(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:13:19Z', '..'))", 1),
        (
            "T_STARTEDBY(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:13:19Z', '2022-04-17T00:00:00Z'))",
            1,
        ),
        ("T_FINISHES(INTERVAL(start, \"end\"), INTERVAL('..', '2022-04-16T10:16:06Z'))", 1),
        (
            "T_FINISHEDBY(INTERVAL(start, \"end\"), INTERVAL('2022-04-01T00:00:00Z', '2022-04-16T10:16:06Z'))",
            1,
        ),
        ("T_MEETS(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:16:06Z', '..'))", 1),
        ("T_METBY(INTERVAL(start, \"end\"), INTERVAL('..', '2022-04-16T10:13:19Z'))", 1),
        (
            "T_OVERLAPS(INTERVAL(start, \"end\"), INTERVAL('2022-04-16T10:15:30Z', '2023-01-01T00:00:00Z'))",
            2,
        ),
        (
            "T_OVERLAPPEDBY(INTERVAL(start, \"end\"), INTERVAL('2022-01-01T00:00:00Z', '2022-04-17T00:00:00Z'))",
            2,
        ),
        (
            "T_EQUALS(INTERVAL(start, \"end\"), INTERVAL('2021-04-16T10:15:59Z', '2022-04-16T10:16:06Z'))",
            1,
        ),
        ("S_WITHIN(geom, BBOX(0,40,10,50)) OR S_TOUCHES(geom, BBOX(0,40,10,50))", 7),
        ("S_DISJOINT(geom, BBOX(0,40,10,50))", 236),
        ("S_EQUALS(geom, POINT(12.4533865 41.9032822))", 1),
    ] {
        assert_eq!(
            places.count(expression, ExpressionLanguage::Text),
            Ok(expected),
            "{expression}"
        );
        let json = cql2::parse_text(expression).unwrap().to_json().unwrap();
        assert_eq!(places.count(&json, ExpressionLanguage::Json), Ok(expected), "{json}");
    }
    let Some(countries) = Layer::read("ne_110m_admin_0_countries") else { return };
    for (expression, expected) in [
        ("S_CONTAINS(geom, POINT(7.02 49.92))", 1),
        ("S_WITHIN(POINT(2.35 48.85), geom)", 1),
        ("S_CROSSES(LINESTRING(-180 -45, 0 -45), geom)", 2),
        ("S_OVERLAPS(geom, BBOX(0,40,10,50))", 8),
    ] {
        assert_eq!(
            countries.count(expression, ExpressionLanguage::Text),
            Ok(expected),
            "{expression}"
        );
    }
}

#[test]
fn what_is_wrong_is_said() {
    let Some(places) = Layer::read("ne_110m_populated_places_simple") else { return };
    for (expression, said) in [
        ("", "ends unexpectedly"),
        ("name =", "ends unexpectedly"),
        ("name = 'x' AND", "ends unexpectedly"),
        ("name = 'x' ; boolean", "character 12"),
        ("name = 'x' )", "not opened"),
        ("(name = 'x'", "is not closed"),
        ("name = 'x", "is not closed"),
        ("colour = 'red'", "colour"),
        ("name > 5", "cannot be compared"),
        ("\"date\" > '2020-01-01'", "DATE('"),
        ("start > DATE('2020-01-01')", "cannot be compared"),
        ("\"date\" = DATE('2020-02-30')", "not a date"),
        ("start = TIMESTAMP('yesterday')", "not a timestamp"),
        ("name", "not a text"),
        ("name LIKE pop_max", "pattern"),
        ("pop_max LIKE '1%'", "LIKE"),
        ("geom = POINT(1 2)", "S_INTERSECTS"),
        ("S_INTERSECTS(name, POINT(1 2))", "geometry"),
        ("S_INTERSECTS(geom, POINT(1 200))", "no place on earth"),
        ("S_INTERSECTS(geom, BBOX(1,2,3))", "four numbers"),
        ("S_INTERSECTS(geom, BBOX(1,50,2,40))", "beyond"),
        ("S_INTERSECTS(geom, POLYGON((0 0, 10 10, 10 0, 0 10, 0 0)))", "not valid"),
        ("S_INTERSECTS(geom, POINT EMPTY)", "geometry"),
        ("S_INTERSECTS(geom)", "2 operands"),
        ("T_DURING(\"date\", INTERVAL('2021-01-01', '2020-01-01'))", "before it begins"),
        ("T_AFTER(name, DATE('2020-01-01'))", "dates"),
        ("A_CONTAINS(name, ('a'))", "lists"),
        ("name IN ('a', 1)", "cannot be compared"),
        ("boolean < true", "order"),
        ("name + 1 = 2", "number"),
        ("buffer(geom, 1) = 2", "buffer"),
        ("name BETWEEN 1 AND 2", "cannot be compared"),
    ] {
        let error = places.count(expression, ExpressionLanguage::Text).unwrap_err();
        assert!(error.contains(said), "{expression}: {error}");
    }
    for json in
        ["", "{", "[]", "1", "\"name\"", "{\"op\":\"=\"}", "{\"op\":\"=\",\"args\":[]}", "null"]
    {
        assert!(places.count(json, ExpressionLanguage::Json).is_err(), "{json}");
    }
}

#[test]
fn hostile_expressions_are_refused_in_no_time() {
    let Some(places) = Layer::read("ne_110m_populated_places_simple") else { return };
    let fill = |piece: &str, end: &str| piece.repeat((8_000 - end.len()) / piece.len()) + end;
    let nested = |open: &str, inside: &str, close: &str, depth| {
        open.repeat(depth) + inside + &close.repeat(depth)
    };
    let mut texts = vec![
        "(".repeat(100_000),
        "NOT ".repeat(100_000) + "boolean",
        nested("(", "1 2", ")", 24),
        nested("(", "boolean", ")", 24),
        nested("(", "1,2", ",3)", 24),
        nested("NOT (", "boolean", ")", 24),
        nested("f(", "1 2", ")", 24),
        nested("casei(", "name", ")", 24) + " = 'x'",
        nested("GEOMETRYCOLLECTION(", "POINT(1 2)", ")", 23),
        fill("NOT ", "boolean"),
        fill("-", "1 = 1"),
        fill("- ", "pop_max = 1"),
        fill("1+", "1 = 1"),
        fill("1 - ", "1 = 1"),
        fill("1^", "1 = 1"),
        fill("1 = ", "1"),
        fill("name = ", "name"),
        fill("boolean AND ", "boolean"),
        fill("boolean OR NOT ", "boolean"),
        fill("name LIKE ", "'x'"),
        fill("name IN ", "('x')"),
        fill("1 BETWEEN 1 AND ", "1"),
        fill("boolean AND (", ""),
        format!("S_INTERSECTS(geom, LINESTRING({}))", fill("1 2,", "1 3")),
        format!("name LIKE '{}'", fill("%a", "")),
        format!("name IN ({})", fill("'a',", "'b'")),
        "\u{0}\u{fffd}🦀".to_owned(),
    ];
    texts.push(format!("{} = 1", nested("(1 + ", "pop_max", ")", 20)));
    for text in texts {
        let begun = std::time::Instant::now();
        let _ = places.count(&text, ExpressionLanguage::Text);
        let taken = begun.elapsed();
        let shown: String = text.chars().take(40).collect();
        assert!(taken.as_secs_f64() < 3.0, "{shown}: {taken:?}");
    }
    let not = |depth| nested("{\"op\":\"not\",\"args\":[", "true", "]}", depth);
    let jsons = [
        not(10_000),
        not(100),
        not(12),
        "[".repeat(8_000),
        format!("{{\"op\":\"and\",\"args\":[{}]}}", fill("true,", "true")),
        format!("{{\"op\":\"in\",\"args\":[{{\"property\":\"name\"}},[{}]]}}", fill("1,", "1")),
        nested("{\"op\":\"+\",\"args\":[1,", "1", "]}", 12),
        "{\"op\":\"=\",\"args\":[1e999,1]}".to_owned(),
        "{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geom\"},{\"type\":\"Point\",\"coordinates\":[]}]}".to_owned(),
        "{\"op\":\"t_after\",\"args\":[{\"interval\":[]},{\"interval\":[\"..\"]}]}".to_owned(),
        "{\"op\":\"s_intersects\",\"args\":[{\"bbox\":[]},{\"bbox\":[1,2]}]}".to_owned(),
    ];
    for json in jsons {
        let begun = std::time::Instant::now();
        let _ = places.count(&json, ExpressionLanguage::Json);
        let taken = begun.elapsed();
        let shown: String = json.chars().take(60).collect();
        assert!(taken.as_secs_f64() < 3.0, "{shown}: {taken:?}");
    }
}
