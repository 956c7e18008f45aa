//! CQL2 as simply as it can be said: the JSON form interpreted on a feature's JSON, one feature
//! after another. What the indexes answer must be the same.

use atlas_aect::search::cql2::ValueKind;
use chrono::{DateTime, NaiveDate};
use geo::{Geometry, Intersects, Relate};
use serde_json::Value as Json;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Truth(bool),
    Number(f64),
    Text(String),
    /// Seconds from 1970 of the first and the last moment, and whether it is a day.
    Moment(i64, i64, bool),
    List(Vec<Json>),
    Shape(Geometry),
}

use Value::{List, Moment, Null, Number, Shape, Text, Truth};

/// The kinds of a collection's properties.
pub type Kinds<'k> = &'k dyn Fn(&str) -> ValueKind;

/// Whether an expression selects a feature.
pub fn selects(expression: &Json, feature: &Json, kinds: Kinds<'_>) -> bool {
    value(expression, feature, kinds) == Truth(true)
}

fn day(text: &str) -> Value {
    let first = text.parse::<NaiveDate>().unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
    Moment(first.timestamp(), first.timestamp() + 86_399, true)
}

/// A date as precise as it is known; its first day where it starts something, else its last.
fn partial_day(text: &str, first: bool) -> Value {
    let month_end = |year: &str, month: u32| {
        let year: i32 = year.parse().unwrap();
        let days = (28..=31).rev().find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some());
        format!("{year:04}-{month:02}-{:02}", days.unwrap())
    };
    match (text.len(), first) {
        (4, true) => day(&format!("{text}-01-01")),
        (4, false) => day(&format!("{text}-12-31")),
        (7, true) => day(&format!("{text}-01")),
        (7, false) => day(&month_end(&text[..4], text[5..].parse().unwrap())),
        _ => day(text),
    }
}

fn moment(text: &str) -> Value {
    let time = DateTime::parse_from_rfc3339(text).unwrap().timestamp();
    Moment(time, time, false)
}

fn shape(json: &Json) -> Value {
    let geometry: geojson::Geometry = serde_json::from_value(json.clone()).unwrap();
    Shape(Geometry::try_from(geometry).unwrap())
}

fn property(name: &str, feature: &Json, kinds: Kinds<'_>) -> Value {
    let found =
        if name == "geometry" { &feature["geometry"] } else { &feature["properties"][name] };
    match (kinds(name), found) {
        (_, Json::Null) => Null,
        (ValueKind::Geometry, json) => shape(json),
        (ValueKind::Date, json) => partial_day(json.as_str().unwrap(), name != "end"),
        (ValueKind::Timestamp, json) => moment(json.as_str().unwrap()),
        (_, Json::String(text)) => Text(text.clone()),
        (_, Json::Number(number)) => Number(number.as_f64().unwrap()),
        (_, Json::Array(list)) => List(list.clone()),
        (_, json) => panic!("{json}"),
    }
}

fn boxed(numbers: &[f64]) -> Value {
    let [west, south, east, north] = *numbers else { panic!("{numbers:?}") };
    let part = |west, east| geo::Rect::new((west, south), (east, north)).to_polygon();
    Shape(if west <= east {
        Geometry::Polygon(part(west, east))
    } else {
        Geometry::MultiPolygon(vec![part(west, 180.0), part(-180.0, east)].into())
    })
}

fn value(expression: &Json, feature: &Json, kinds: Kinds<'_>) -> Value {
    let object = match expression {
        Json::Null => return Null,
        Json::Bool(truth) => return Truth(*truth),
        Json::Number(number) => return Number(number.as_f64().unwrap()),
        Json::String(text) => return Text(text.clone()),
        Json::Array(list) => return List(list.clone()),
        Json::Object(object) => object,
    };
    if let Some(name) = object.get("property") {
        return property(name.as_str().unwrap(), feature, kinds);
    }
    if let Some(text) = object.get("date") {
        return day(text.as_str().unwrap());
    }
    if let Some(text) = object.get("timestamp") {
        return moment(text.as_str().unwrap());
    }
    if let Some(numbers) = object.get("bbox") {
        let numbers: Vec<f64> = serde_json::from_value(numbers.clone()).unwrap();
        return boxed(&numbers);
    }
    if object.contains_key("type") {
        return shape(expression);
    }
    let op = object["op"].as_str().unwrap();
    let args = object["args"].as_array().unwrap();
    if let Some(relation) = op.strip_prefix("t_") {
        return temporal(relation, args, feature, kinds);
    }
    let args: Vec<Value> = args.iter().map(|arg| value(arg, feature, kinds)).collect();
    match op {
        "and" | "or" => {
            let decides = Truth(op == "or");
            if args.contains(&decides) {
                decides
            } else if args.contains(&Null) {
                Null
            } else {
                Truth(op == "and")
            }
        }
        "not" => not(args[0].clone()),
        "isNull" => Truth(args[0] == Null),
        _ if args.contains(&Null) => Null,
        _ => operation(op, &args),
    }
}

fn not(value: Value) -> Value {
    match value {
        Truth(truth) => Truth(!truth),
        other => other,
    }
}

fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Number(a), Number(b)) => a.partial_cmp(b).unwrap(),
        (Text(a), Text(b)) => a.chars().cmp(b.chars()),
        (Moment(a, ..), Moment(b, ..)) => a.cmp(b),
        other => panic!("{other:?}"),
    }
}

fn operation(op: &str, args: &[Value]) -> Value {
    let truth = match (op, args) {
        ("=", [a, b]) => order(a, b).is_eq(),
        ("<>", [a, b]) => order(a, b).is_ne(),
        ("<", [a, b]) => order(a, b).is_lt(),
        ("<=", [a, b]) => order(a, b).is_le(),
        (">", [a, b]) => order(a, b).is_gt(),
        (">=", [a, b]) => order(a, b).is_ge(),
        ("between", [a, least, most]) => order(a, least).is_ge() && order(a, most).is_le(),
        ("in", [a, List(list)]) => list.iter().any(|item| match (a, item) {
            (Text(a), Json::String(b)) => a == b,
            (Number(a), Json::Number(b)) => Some(*a) == b.as_f64(),
            _ => false,
        }),
        ("like", [Text(text), Text(pattern)]) => {
            let pattern: Vec<char> = pattern.chars().collect();
            like(&text.chars().collect::<Vec<_>>(), &pattern)
        }
        ("casei", [Text(text)]) => {
            return Text(text.to_uppercase().to_lowercase().replace('ς', "σ"));
        }
        ("accenti", [Text(text)]) => return Text(unaccent::unaccent(text)),
        (_, [Number(a), Number(b)]) => {
            let result = match op {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "%" => a % b,
                "div" => (a / b).trunc(),
                "^" => a.powf(*b),
                op => panic!("{op}"),
            };
            return if result.is_finite() { Number(result) } else { Null };
        }
        (_, [List(a), List(b)]) => {
            // 1 and 1.0 are one number
            let same =
                |x: &Json, y: &Json| x == y || x.as_f64().is_some_and(|x| Some(x) == y.as_f64());
            let has = |list: &[Json], x: &Json| list.iter().any(|y| same(x, y));
            let contains = b.iter().all(|x| has(a, x));
            let contained = a.iter().all(|x| has(b, x));
            match op {
                "a_contains" => contains,
                "a_containedBy" => contained,
                "a_equals" => contains && contained,
                "a_overlaps" => a.iter().any(|x| has(b, x)),
                op => panic!("{op}"),
            }
        }
        (_, [Shape(a), Shape(b)]) => match op {
            "s_intersects" => a.intersects(b),
            "s_disjoint" => !a.intersects(b),
            "s_equals" => a.relate(b).is_equal_topo(),
            "s_touches" => a.relate(b).is_touches(),
            "s_within" => a.relate(b).is_within(),
            "s_contains" => a.relate(b).is_contains(),
            "s_overlaps" => a.relate(b).is_overlaps(),
            "s_crosses" => a.relate(b).is_crosses(),
            op => panic!("{op}"),
        },
        other => panic!("{other:?}"),
    };
    Truth(truth)
}

fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && like(&text[1..], rest),
    }
}

fn temporal(relation: &str, args: &[Json], feature: &Json, kinds: Kinds<'_>) -> Value {
    let span = |arg: &Json| -> Option<[Option<(i64, i64, bool)>; 2]> {
        let bounds = match arg.get("interval") {
            Some(bounds) => bounds.as_array().unwrap().clone(),
            None => vec![arg.clone(), arg.clone()],
        };
        let bound = |bound: &Json| match bound.as_str() {
            Some("..") => Some(None),
            Some(text) if text.contains('T') => as_moment(&moment(text)),
            Some(text) => as_moment(&day(text)),
            None => as_moment(&value(bound, feature, kinds)),
        };
        Some([bound(&bounds[0])?, bound(&bounds[1])?])
    };
    let (Some(a), Some(b)) = (span(&args[0]), span(&args[1])) else { return Null };
    // days stand for instants among days, and for all of their moments beside timestamps
    let days = a.iter().chain(&b).flatten().all(|(_, _, day)| *day);
    let ends = |[from, to]: [Option<(i64, i64, bool)>; 2]| {
        let last = |(first, last, _): (i64, i64, bool)| if days { first } else { last };
        (from.map_or(i64::MIN, |(first, ..)| first), to.map_or(i64::MAX, last))
    };
    let ((a, z), (b, y)) = (ends(a), ends(b));
    Truth(match relation {
        "after" => a > y,
        "before" => z < b,
        "disjoint" => a > y || z < b,
        "intersects" => !(a > y || z < b),
        "equals" => a == b && z == y,
        "contains" => a < b && z > y,
        "during" => a > b && z < y,
        "starts" => a == b && z < y,
        "startedBy" => a == b && z > y,
        "finishes" => a > b && z == y,
        "finishedBy" => a < b && z == y,
        "meets" => z == b,
        "metBy" => a == y,
        "overlaps" => a < b && z > b && z < y,
        "overlappedBy" => a > b && a < y && z > y,
        relation => panic!("{relation}"),
    })
}

#[expect(clippy::option_option, reason = "unknown, open or known")]
fn as_moment(value: &Value) -> Option<Option<(i64, i64, bool)>> {
    match value {
        Moment(first, last, day) => Some(Some((*first, *last, *day))),
        _ => None,
    }
}
