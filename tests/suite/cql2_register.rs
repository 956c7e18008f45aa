//! CQL2 on a register: what the indexes select is what a scan of the features selects, in text and
//! in JSON, with other parameters and without.

use std::sync::LazyLock;

use atlas_aect::{
    atlas::imports::examine,
    domain::Language,
    formats::csv::Profile,
    search::{
        Builder, Collection, Filter, Snapshot,
        cql2::ValueKind,
        queryables::{self, Queryable},
    },
};
use chrono::{TimeDelta, TimeZone, Utc};
use proptest::{prelude::*, sample::select};
use serde_json::{Value as Json, json};

use crate::cql2_naive::selects;

/// A snapshot and all features of each of its collections.
struct Register {
    snapshot: Snapshot,
    features: Vec<Vec<Json>>,
}

static REGISTER: LazyLock<Register> = LazyLock::new(|| {
    let csv = include_bytes!("../../import/sample.csv");
    let examined = examine(csv.as_slice(), &Profile::native(), "test").unwrap();
    let mut builder = Builder::default();
    let begun = Utc.with_ymd_and_hms(2026, 1, 1, 12, 0, 0).unwrap();
    for (number, (_, record)) in examined.records.iter().enumerate() {
        let mut record = record.clone();
        if number % 3 == 0 {
            "autre source, \"citée\"".clone_into(&mut record.source);
        }
        builder.push(&record, begun + TimeDelta::hours(number as i64));
    }
    let snapshot = builder.finish(crate::generated::FIRST);
    let features = Collection::ALL.map(|collection| features(&snapshot, collection, ""));
    Register { snapshot, features: features.into() }
});

fn filter(query: &str) -> Filter {
    let mut filter = Filter::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        assert!(filter.set(&name, &value).unwrap(), "{name}");
    }
    filter.set_language(Language::English);
    filter
}

/// The features that a query selects.
fn features(snapshot: &Snapshot, collection: Collection, query: &str) -> Vec<Json> {
    let selection = snapshot.select(&filter(query).into(), collection).unwrap();
    let feature = |item| {
        let mut text = Vec::new();
        snapshot.write_feature(&mut text, collection, &selection, item, Language::English);
        serde_json::from_slice(&text).unwrap()
    };
    selection.items().iter().map(feature).collect()
}

/// The ids of what a query selects.
fn selected_ids(collection: Collection, query: &str) -> Vec<String> {
    let selection = REGISTER.snapshot.select(&filter(query).into(), collection).unwrap();
    selection.items().iter().map(|item| REGISTER.snapshot.item_id(collection, item)).collect()
}

fn ids(features: &[Json]) -> Vec<&str> {
    features.iter().map(|feature| feature["id"].as_str().unwrap()).collect()
}

fn kind(collection: Collection, name: &str) -> ValueKind {
    queryables::of(collection)[queryables::find(collection, name).unwrap()].kind
}

/// A queryable of a kind, if the collection has one.
fn of_kind(collection: Collection, wanted: ValueKind) -> Vec<Queryable> {
    let all = queryables::of(collection).iter().copied();
    all.filter(|queryable| queryable.kind == wanted).collect()
}

/// A property and a value that some feature has of it, or a neighbour of one.
fn known(collection: Collection, kind: ValueKind) -> BoxedStrategy<(Json, Json)> {
    let features = &REGISTER.features[collection as usize];
    (select(of_kind(collection, kind)), select(features.clone()))
        .prop_map(move |(queryable, feature)| {
            let value = match (&feature["properties"][queryable.name], kind) {
                (Json::Null, ValueKind::Text) => json!("É"),
                (Json::Null, _) => json!(12.5),
                (value, _) => value.clone(),
            };
            (json!({"property": queryable.name}), value)
        })
        .boxed()
}

#[expect(clippy::needless_pass_by_value, reason = "reads as the expression does")]
fn op(op: &str, args: Vec<Json>) -> Json {
    json!({"op": op, "args": args})
}

fn comparison() -> impl Strategy<Value = &'static str> {
    select(vec!["=", "<>", "<", "<=", ">", ">="])
}

fn texts(collection: Collection) -> BoxedStrategy<Json> {
    let known = || known(collection, ValueKind::Text);
    let folded = |fold: &'static str, value: Json| match fold {
        "" => value,
        "both" => op("casei", vec![op("accenti", vec![value])]),
        fold => op(fold, vec![value]),
    };
    let folds = || select(vec!["", "", "casei", "accenti", "both"]);
    let pattern = |text: &str, (from, length, change): (usize, usize, u8)| {
        let escaped =
            |c: char| if matches!(c, '%' | '_' | '\\') { format!("\\{c}") } else { c.to_string() };
        let middle: String = text.chars().skip(from).take(length).map(escaped).collect();
        match change % 5 {
            0 => format!("%{middle}%"),
            1 => format!("{middle}%"),
            2 => format!("%{middle}"),
            3 => format!("%{middle}_%"),
            _ => text.chars().map(escaped).collect::<String>().replace('a', "_"),
        }
    };
    prop_oneof![
        (known(), comparison(), folds())
            .prop_map(move |((p, v), o, fold)| op(o, vec![folded(fold, p), folded(fold, v)])),
        (known(), (0usize..8, 1usize..5, any::<u8>()), folds()).prop_map(
            move |((p, v), shape, fold)| op(
                "like",
                vec![folded(fold, p), folded(fold, json!(pattern(v.as_str().unwrap(), shape)))]
            )
        ),
        (known(), known(), known())
            .prop_map(|((p, a), (_, b), (_, c))| op("in", vec![p, json!([a, b, c])])),
        (known(), known()).prop_map(|((p, a), (_, b))| op("between", vec![p, a, b])),
        (known(), known(), comparison()).prop_map(|((a, _), (b, _), o)| op(o, vec![a, b])),
    ]
    .boxed()
}

fn numbers(collection: Collection) -> BoxedStrategy<Json> {
    let known = || known(collection, ValueKind::Number);
    let arithmetic = || select(vec!["+", "-", "*", "/", "%", "div", "^"]);
    prop_oneof![
        (known(), comparison()).prop_map(|((p, v), o)| op(o, vec![p, v])),
        (known(), known()).prop_map(|((p, a), (_, b))| op("between", vec![p, a, b])),
        (known(), known()).prop_map(|((p, a), (_, b))| op("in", vec![p, json!([a, b])])),
        (known(), known(), -3i32..4, arithmetic(), comparison()).prop_map(
            |((p, _), (q, v), n, a, o)| op(o, vec![op(a, vec![p, json!(n)]), op(a, vec![q, v])])
        ),
    ]
    .boxed()
}

fn date_text() -> impl Strategy<Value = String> {
    (1950i32..2030, 1u32..13, 1u32..29).prop_map(|(year, month, day)| match day % 4 {
        0 => format!("{year}-01-01"),
        1 => format!("{year}-12-31"),
        _ => format!("{year}-{month:02}-{day:02}"),
    })
}

fn time_text() -> impl Strategy<Value = String> {
    (0i64..3_000).prop_map(|hours| {
        let time = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hours);
        time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    })
}

fn instants(collection: Collection) -> BoxedStrategy<Json> {
    let dates = of_kind(collection, ValueKind::Date);
    let date = move || {
        select(dates.clone()).prop_map(|queryable: Queryable| json!({"property": queryable.name}))
    };
    let updated = || Just(json!({"property": "updated_at"}));
    let bound = {
        let date = date.clone();
        move || {
            prop_oneof![
                3 => date(),
                2 => date_text().prop_map(Json::from),
                1 => time_text().prop_map(Json::from),
                1 => updated(),
                1 => Just(json!("..")),
            ]
        }
    };
    let begins = |a: &Json, b: &Json| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a == ".." || b == ".." || a[..10] < b[..10],
        _ => true,
    };
    let span = {
        let date = date.clone();
        move || {
            let interval = (bound(), bound())
                .prop_filter("ends before it begins", move |(a, b)| begins(a, b))
                .prop_map(|(a, b)| json!({"interval": [a, b]}));
            prop_oneof![
                3 => interval,
                1 => date(),
                1 => updated(),
                1 => date_text().prop_map(|date| json!({"date": date})),
                1 => time_text().prop_map(|time| json!({"timestamp": time})),
            ]
        }
    };
    let relation = select(vec![
        "after",
        "before",
        "contains",
        "disjoint",
        "during",
        "equals",
        "finishedBy",
        "finishes",
        "intersects",
        "meets",
        "metBy",
        "overlappedBy",
        "overlaps",
        "startedBy",
        "starts",
    ]);
    prop_oneof![
        1 => (date(), date_text(), comparison())
            .prop_map(|(p, date, o)| op(o, vec![p, json!({"date": date})])),
        1 => (date(), date(), comparison()).prop_map(|(a, b, o)| op(o, vec![a, b])),
        1 => (updated(), time_text(), comparison())
            .prop_map(|(p, time, o)| op(o, vec![p, json!({"timestamp": time})])),
        4 => (span(), span(), relation)
            .prop_map(|(a, b, relation)| op(&format!("t_{relation}"), vec![a, b])),
    ]
    .boxed()
}

fn lists(collection: Collection) -> BoxedStrategy<Json> {
    let relation = || select(vec!["a_contains", "a_containedBy", "a_equals", "a_overlaps"]);
    let list = |kind| {
        (known(collection, kind), any::<u8>()).prop_map(move |((p, list), change)| {
            let mut list = list.as_array().cloned().unwrap_or_default();
            match change % 4 {
                0 => list.truncate(1),
                1 => list.push(if kind == ValueKind::Texts { json!("sante") } else { json!(3) }),
                2 if list.is_empty() => {
                    list.push(if kind == ValueKind::Texts { json!("x") } else { json!(17) });
                }
                _ => {}
            }
            (p, json!(list))
        })
    };
    // a list of nothing has no text
    let some = |(_, list): &(Json, Json)| list.as_array().is_some_and(|list| !list.is_empty());
    prop_oneof![
        (list(ValueKind::Texts).prop_filter("empty", some), relation())
            .prop_map(|((p, v), o)| op(o, vec![p, v])),
        (list(ValueKind::Numbers).prop_filter("empty", some), relation())
            .prop_map(|((p, v), o)| op(o, vec![p, v])),
    ]
    .boxed()
}

fn places(collection: Collection) -> BoxedStrategy<Json> {
    let features = &REGISTER.features[collection as usize];
    let placed: Vec<Json> = features
        .iter()
        .map(|feature| feature["geometry"].clone())
        .filter(|g| !g.is_null())
        .collect();
    let corner = |geometry: &Json| {
        let mut at = &geometry["coordinates"];
        while at[0].is_array() {
            at = &at[0];
        }
        (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
    };
    let longitude = |lon: f64| lon.clamp(-180.0, 180.0);
    let latitude = |lat: f64| lat.clamp(-90.0, 90.0);
    let near =
        (select(placed.clone()), 0.5f64..40.0, 0.5f64..40.0).prop_map(move |(geometry, w, h)| {
            let (lon, lat) = corner(&geometry);
            (lon, lat, longitude(lon - w), latitude(lat - h), longitude(lon + w), latitude(lat + h))
        });
    let shape = prop_oneof![
        near.clone().prop_map(|(_, _, w, s, e, n)| json!({"bbox": [w, s, e, n]})),
        (90.0f64..179.0, -179.0f64..-90.0).prop_map(|(w, e)| json!({"bbox": [w, -90.0, e, 90.0]})),
        near.clone().prop_map(|(lon, lat, ..)| json!({"type": "Point", "coordinates": [lon, lat]})),
        near.clone().prop_map(|(lon, lat, w, s, ..)| json!({"type": "MultiPoint", "coordinates": [[lon, lat], [w, s]]})),
        near.clone().prop_map(|(lon, lat, _, _, e, n)| json!({"type": "LineString", "coordinates": [[lon, lat], [e, n]]})),
        near.clone().prop_map(|(lon, _, w, s, e, n)| json!({"type": "Polygon", "coordinates": [[[w, s], [e, s], [lon, n], [w, s]]]})),
        near.prop_map(|(lon, lat, w, s, ..)| json!({"type": "Polygon", "coordinates": [[[w, s], [lon, s], [lon, lat], [w, lat], [w, s]]]})),
        select(placed).prop_filter("as large as a country", |geometry| geometry.to_string().len() < 1500),
    ];
    // outlines of countries are no valid geometries all: with them only what needs no validity
    let relations = match collection {
        Collection::Countries | Collection::Regions => vec!["intersects", "disjoint"],
        _ => vec![
            "contains",
            "crosses",
            "disjoint",
            "equals",
            "intersects",
            "overlaps",
            "touches",
            "within",
        ],
    };
    (select(relations), shape, any::<bool>())
        .prop_map(|(relation, shape, turned)| {
            let mut args = vec![json!({"property": "geometry"}), shape];
            if turned {
                args.reverse();
            }
            op(&format!("s_{relation}"), args)
        })
        .boxed()
}

fn expression(collection: Collection) -> BoxedStrategy<Json> {
    let any = select(queryables::of(collection).to_vec());
    let is_null = any.prop_map(|queryable| op("isNull", vec![json!({"property": queryable.name})]));
    let constant = select(vec![json!(true), json!(false)]);
    let shared = prop_oneof![
        6 => texts(collection),
        3 => numbers(collection),
        3 => places(collection),
        2 => is_null,
        1 => constant,
    ];
    let leaf = if collection.is_of_partnerships() {
        prop_oneof![3 => shared, 1 => instants(collection), 1 => lists(collection)].boxed()
    } else {
        shared.boxed()
    };
    leaf.prop_recursive(4, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|args| op("and", args)),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|args| op("or", args)),
            inner.prop_map(|arg| op("not", vec![arg])),
        ]
    })
    .boxed()
}

fn other_parameters() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "",
        "region=84",
        "theme=eau-assainissement,sante",
        "country=DE,ML,SN",
        "q=sa",
        "year=2010",
        "bbox=-20,0,20,60",
        "kind=jumelage&zone=europe",
        "bbox=170,-50,-140,50",
        "datetime=2000-01-01/..",
    ])
}

fn check(collection: Collection, expression: &Json, others: &str) -> Result<(), TestCaseError> {
    let text = cql2::parse_json(&expression.to_string()).unwrap().to_text().unwrap();
    let json = expression.to_string();
    let base = features(&REGISTER.snapshot, collection, others);
    let kinds = |name: &str| kind(collection, name);
    let expected: Vec<Json> =
        base.into_iter().filter(|feature| selects(expression, feature, &kinds)).collect();
    for (filter, language) in [(&text, "cql2-text"), (&json, "cql2-json")] {
        let mut query = url::form_urlencoded::Serializer::new(others.to_owned());
        query.append_pair("filter", filter).append_pair("filter-lang", language);
        let found = selected_ids(collection, &query.finish());
        prop_assert_eq!(&found, &ids(&expected), "{} with {}", filter, others);
    }
    Ok(())
}

fn case() -> impl Strategy<Value = (Collection, Json, &'static str)> {
    let weighted = prop_oneof![
        4 => Just(Collection::Partnerships),
        2 => Just(Collection::Links),
        1 => select(Collection::ALL.to_vec()),
    ];
    weighted
        .prop_flat_map(|collection| (Just(collection), expression(collection), other_parameters()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn indexes_select_what_a_scan_does((collection, expression, others) in case()) {
        check(collection, &expression, others)?;
    }
}

/// The examples of the documentation, with the collection that they are about.
fn examples() -> Vec<(Collection, &'static str, String)> {
    let mut examples = Vec::new();
    let blocks = include_str!("../../docs/filters.md").split("```cql2").skip(1);
    for block in blocks {
        let (head, rest) = block.split_once('\n').unwrap();
        let (body, _) = rest.split_once("```").unwrap();
        if head == "-json" {
            examples.push((Collection::Partnerships, "cql2-json", body.to_owned()));
            continue;
        }
        let collection = Collection::from_id(head.trim()).unwrap_or(Collection::Partnerships);
        examples.extend(body.lines().map(|line| (collection, "cql2-text", line.to_owned())));
    }
    examples
}

#[test]
fn the_examples_of_the_documentation_are_answered() {
    let examples = examples();
    assert!(examples.len() > 20);
    for (collection, language, expression) in examples {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("filter", &expression).append_pair("filter-lang", language);
        let selected = REGISTER.snapshot.select(&filter(&query.finish()).into(), collection);
        assert!(selected.is_ok(), "{expression}: {selected:?}");
    }
}

#[test]
fn the_documentation_names_every_filter() {
    let docs = include_str!("../../docs/filters.md");
    for name in Filter::parameters() {
        assert!(docs.contains(&format!("\n| `{name}` |")), "{name}");
    }
}

#[test]
fn queryables_are_parameters() {
    let count = |query: &str| features(&REGISTER.snapshot, Collection::Partnerships, query).len();
    for (query, expression) in [
        ("country_code=DE", "country_code = 'DE'"),
        ("region_code=84&country_code=DE", "region_code = '84' AND country_code = 'DE'"),
        ("budget_eur=15000", "budget_eur = 15000"),
        ("verified_on=2024-03-01", "verified_on = DATE('2024-03-01')"),
        ("themes=sante", "A_CONTAINS(themes, ('sante'))"),
        ("sdgs=6", "A_CONTAINS(sdgs, (6))"),
        ("title=x", "title = 'x'"),
    ] {
        let mut other = url::form_urlencoded::Serializer::new(String::new());
        other.append_pair("filter", expression);
        assert_eq!(count(query), count(&other.finish()), "{query}");
    }
    assert!(count("country_code=DE") > 0);
    let region = |query| REGISTER.snapshot.select(&filter(query).into(), Collection::Regions);
    assert_eq!(region("country_code=DE").unwrap_err().name, "country_code");
    assert_eq!(region("name=Bretagne").unwrap().len(), 1);
}

#[test]
fn boxes_in_lambert_93_are_exact() {
    use atlas_aect::formats::crs::Crs;
    let all = &REGISTER.features[Collection::Collectivities as usize];
    let inside = |feature: &&Json| {
        let at = &feature["geometry"]["coordinates"];
        let (Some(lon), Some(lat)) = (at[0].as_f64(), at[1].as_f64()) else { return true };
        let [x, y] = Crs::Lambert93.of_crs84([lon, lat]).unwrap();
        (100_000.0..=1_100_000.0).contains(&x) && (6_500_000.0..=6_900_000.0).contains(&y)
    };
    let expected: Vec<Json> = all.iter().filter(inside).cloned().collect();
    let query = format!("bbox-crs={}&bbox=100000,6500000,1100000,6900000", Crs::Lambert93.uri());
    let found = features(&REGISTER.snapshot, Collection::Collectivities, &query);
    assert!(!found.is_empty() && found.len() < all.len());
    assert_eq!(ids(&found), ids(&expected));
}
