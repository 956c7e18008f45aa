//! Thousands of malformed queries: each is a 400 that names its parameter.

use std::fmt::Write;

use crate::support::demo;

const QUERIES: usize = 5_000;
const RESOURCES: [&str; 10] = [
    "/api/collections/partnerships/items",
    "/api/collections/links/items",
    "/api/collections/collectivities/items",
    "/api/collections/partners/items",
    "/api/collections/countries/items",
    "/api/collections/regions/items",
    "/api/facets",
    "/api/export/partnerships.geojson",
    "/api/export/links.csv",
    "/api/collections",
];
/// Parameters of which no text that begins with a percent sign is a value.
const STRICT: [&str; 27] = [
    "region",
    "department",
    "collectivity",
    "collectivity_kind",
    "partner_kind",
    "country",
    "partner_area",
    "zone",
    "theme",
    "sdg",
    "kind",
    "status",
    "verified_since",
    "bbox",
    "datetime",
    "year",
    "limit",
    "cursor",
    "sortby",
    "lang",
    "f",
    "spreadsheet",
    "filter",
    "filter-lang",
    "filter-crs",
    "filter-of",
    "colour",
];

/// Numbers that are the same on every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Bytes of any kind, as a query may carry them: percent-encoded, or not at all.
fn garbage(random: &mut Random) -> String {
    let mut text = String::from("%25");
    for _ in 0..random.below(40) {
        match random.below(6) {
            0 => text.push_str(random.one_of(&["%", "%z", "%F", "%%", "%2", "%0g"])),
            1 => text.push_str(random.one_of(&[
                "%00",
                "%0A",
                "%0d%0a",
                "%FF%FE",
                "%C3",
                "%ED%A0%80",
                "%F0%9F%A6%80",
            ])),
            2 => text.push_str(
                random.one_of(&["..", "/", "'", "(", ")", "--", "*", ":", ";", "=", "+", ",", "!"]),
            ),
            3 => text.push_str(random.one_of(&[
                "1e999",
                "-0",
                "NaN",
                "99999999999999999999",
                "null",
                "SELECT",
            ])),
            _ => {
                let _ = write!(text, "%{:02X}", random.next() as u8);
            }
        }
    }
    text
}

#[test]
fn malformed_queries_are_refused_by_name() {
    let (_database, server) = demo();
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().http_status_as_error(false).build(),
    );
    let mut random = Random(4);
    for number in 0..QUERIES {
        let resource = random.one_of(&RESOURCES);
        let (name, value) = match random.below(8) {
            0 => ("q", "a".repeat(2_001 + random.below(2_000))),
            1 => ("source", random.one_of(&["", ",", "a,,b", "%20", "a,%20"]).to_owned()),
            2 => (random.one_of(&STRICT), String::new()),
            _ => (random.one_of(&STRICT), garbage(&mut random)),
        };
        // something right before or behind it changes nothing
        let query = match random.below(3) {
            0 => format!("{name}={value}&lang=en"),
            1 => format!("lang=fr&{name}={value}"),
            _ => format!("{name}={value}"),
        };
        let url = format!("{}{resource}?{query}", server.url);
        let mut response =
            agent.get(&url).call().unwrap_or_else(|error| panic!("{number} {url}: {error}"));
        let body = response.body_mut().read_to_string().unwrap();
        assert_eq!(response.status().as_u16(), 400, "{number} {url}: {body}");
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["code"], "invalid-parameter", "{number} {url}");
        assert_eq!(problem["errors"][0]["parameter"], name, "{number} {url}");
        let [french, english] = ["fr", "en"].map(|language| problem["message"][language].as_str());
        assert!(french.unwrap().starts_with(&format!("{name} : ")), "{number} {url}: {body}");
        assert!(english.unwrap().starts_with(&format!("{name}: ")), "{number} {url}: {body}");
    }
    let metrics = server.get("/metrics").body;
    assert!(!metrics.contains("status=\"5xx\""), "{metrics}");
}

#[test]
fn pages_say_what_is_wrong_in_their_language() {
    let (_database, server) = demo();
    for (path, said) in [
        ("/?bbox=abc", "bbox : quatre nombres sont attendus"),
        ("/en/?bbox=abc", "bbox: four numbers are expected"),
        ("/partenariats?theme=ciel", "theme : « ciel » n'en est pas une valeur"),
    ] {
        let answer = server.get(&format!("{}{path}", server.url));
        let text = answer.body.replace("&#39;", "'");
        assert_eq!(answer.status, 400, "{path}");
        assert!(text.contains(said), "{path}: {text}");
    }
}
