//! The conformance classes of CQL2 that are claimed, each asked of a real server.

use serde_json::Value;

use super::items;
use crate::support::demo;

/// A conformance class of CQL2 (OGC 21-065r2, A), an expression of it on a collection, and a query that
/// selects the same without it.
type ExpressionTest = (&'static str, &'static str, &'static str, &'static str);

const CQL2: [ExpressionTest; 13] = [
    ("cql2-text", "partners", "country_code='ML'", "country_code=ML"),
    ("cql2-json", "partners", "country_code='SN'", "country_code=SN"),
    (
        "basic-cql2",
        "partners",
        "(country_code='ML' OR country_code='SN') AND NOT (country_code<>'SN' AND country_code IS NOT NULL)",
        "country_code=SN",
    ),
    (
        "advanced-comparison-operators",
        "partners",
        "country_code IN ('ML','SN') AND country_code LIKE '_L%' AND partnerships BETWEEN 1 AND 100000",
        "country_code=ML",
    ),
    (
        "case-insensitive-comparison",
        "partners",
        "CASEI(country_code)=CASEI('ml')",
        "country_code=ML",
    ),
    (
        "accent-insensitive-comparison",
        "partners",
        "ACCENTI(country_name)=ACCENTI('Senegal')",
        "country_code=SN",
    ),
    (
        "basic-spatial-functions",
        "collectivities",
        "S_INTERSECTS(geometry,BBOX(-5,42,8,51))",
        "bbox=-5,42,8,51&filter=geometry%20IS%20NOT%20NULL",
    ),
    (
        "basic-spatial-functions-plus",
        "collectivities",
        "S_INTERSECTS(geometry,POLYGON((-5 42,8 42,8 51,-5 51,-5 42)))",
        "bbox=-5,42,8,51&filter=geometry%20IS%20NOT%20NULL",
    ),
    (
        "spatial-functions",
        "collectivities",
        "S_WITHIN(geometry,BBOX(-5,42,8,51)) AND NOT S_DISJOINT(geometry,BBOX(-6,41,9,52))",
        "bbox=-5,42,8,51&filter=geometry%20IS%20NOT%20NULL",
    ),
    (
        "temporal-functions",
        "partnerships",
        "T_AFTER(start_first_day,DATE('1999-12-31'))",
        "filter=start_first_day%3EDATE('1999-12-31')",
    ),
    ("array-functions", "partnerships", "A_CONTAINS(themes,('sante'))", "theme=sante"),
    ("property-property", "partners", "name=name AND NOT (country_code<>country_code)", ""),
    ("arithmetic", "partners", "partnerships*2+1=3", "filter=partnerships%3D1"),
];

/// Each class that is claimed, in text and in JSON, by what is selected and by what is not.
#[test]
fn every_class_of_cql2_selects_what_it_must() {
    let (_database, server) = demo();
    let claimed = server.json("/api/conformance");
    let claimed = claimed["conformsTo"].as_array().unwrap().iter().filter_map(Value::as_str);
    let class = |uri: &str| Some(uri.split_once("/cql2/1.0/conf/")?.1.to_owned());
    let mut claimed: Vec<String> = claimed.filter_map(class).collect();
    let mut tested = CQL2.map(|(class, ..)| class.to_owned()).to_vec();
    claimed.sort();
    tested.sort();
    assert_eq!(claimed, tested);
    let matched = |collection: &str, query: &str| {
        items(&server, collection, query)["numberMatched"].as_u64().unwrap()
    };
    for (class, collection, expression, same) in CQL2 {
        let wanted = matched(collection, same);
        assert!(wanted > 0, "{class}");
        for (text, count) in [
            (expression.to_owned(), wanted),
            (format!("NOT ({expression})"), matched(collection, "") - wanted),
        ] {
            // what is unknown is neither
            let is_part = class.contains("functions") && text.starts_with("NOT");
            let json = cql2::parse_text(&text).unwrap().to_json().unwrap();
            for (lang, filter) in [("cql2-text", &text), ("cql2-json", &json)] {
                let filter: String =
                    url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
                let query = format!("filter={filter}&filter-lang={lang}");
                let found = matched(collection, &query);
                assert!(found == count || is_part && found <= count, "{class}: {query}: {found}");
            }
        }
    }
}
