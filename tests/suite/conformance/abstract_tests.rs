//! The abstract tests of OGC API – Features Part 1 (17-069r4, A), Part 2 (18-058r1, A) and Part 3
//! (19-079r2, A) by their names, each asked of a real server: all must pass.

use serde_json::{Value, json};

use super::{COLLECTIONS, PROBLEM, REGISTER, links, path};
use crate::support::{Response, Server, demo};

const GEOJSON: &str = "application/geo+json";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const MERCATOR: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

/// What a test says when it fails.
type Outcome = Result<(), String>;
/// A name of the standard, and what it asks.
type AbstractTest = (&'static str, fn(&Suite) -> Outcome);

/// The server, and the description of it that it gives.
struct Suite {
    server: Server,
    api: Value,
}

fn ensure(holds: bool, said: impl std::fmt::Display) -> Outcome {
    if holds { Ok(()) } else { Err(said.to_string()) }
}

/// The same of each collection.
fn each(test: impl Fn(&'static str) -> Outcome) -> Outcome {
    COLLECTIONS.into_iter().try_for_each(test)
}

/// The same of each that has places, and takes CQL2.
fn each_of_register(test: impl Fn(&'static str) -> Outcome) -> Outcome {
    REGISTER.into_iter().try_for_each(test)
}

impl Suite {
    fn get(&self, path: &str) -> Response {
        self.server.get(path)
    }

    /// A page of features, which it must be.
    fn page(&self, collection: &str, query: &str) -> Result<Value, String> {
        let address = format!("{}/items?{query}", path(collection));
        let answer = self.get(&address);
        ensure(answer.status == 200, format!("{address}: {}", answer.status))?;
        ensure(answer.header("content-type") == GEOJSON, answer.header("content-type"))?;
        Ok(answer.json())
    }

    fn matched(&self, collection: &str, query: &str) -> Result<u64, String> {
        let page = self.page(collection, query)?;
        page["numberMatched"].as_u64().ok_or_else(|| "no numberMatched".to_owned())
    }

    /// Whether an address of items is refused as a problem.
    fn refused(&self, query: &str) -> Outcome {
        each(|collection| {
            let answer = self.get(&format!("{}/items?{query}", path(collection)));
            ensure(answer.status == 400, format!("{collection} {query}: {}", answer.status))?;
            ensure(answer.header("content-type") == PROBLEM, answer.header("content-type"))
        })
    }

    /// A parameter of the items of each collection, as it is described; CQL2 is the register's.
    fn parameter(&self, name: &str, holds: impl Fn(&Value) -> bool) -> Outcome {
        let wanted = if name.starts_with("filter") { &COLLECTIONS[..6] } else { &COLLECTIONS };
        wanted.iter().try_for_each(|collection| {
            let operation = &self.api["paths"][format!("/collections/{collection}/items")]["get"];
            let all = operation["parameters"].as_array().ok_or("no parameters")?;
            let resolve = |one: &Value| match one["$ref"].as_str() {
                Some(reference) => self.api.pointer(&reference[1..]).unwrap().clone(),
                None => one.clone(),
            };
            let found = all.iter().map(resolve).find(|one| one["name"] == name);
            let found = found.ok_or_else(|| format!("{collection}: no {name}"))?;
            ensure(found["in"] == "query" && found["required"] != true, &found)?;
            ensure(holds(&found), &found)
        })
    }

    fn conforms(&self, class: &str) -> bool {
        let all = self.server.json("/api/conformance");
        all["conformsTo"].as_array().unwrap().iter().any(|one| one == class)
    }

    fn first(&self, collection: &str) -> Result<Value, String> {
        Ok(self.page(collection, "limit=1")?["features"][0].clone())
    }
}

fn is_form(parameter: &Value) -> bool {
    parameter["style"] == "form" && parameter["explode"] == false
}

/// A success with a media type.
fn is_success(suite: &Suite, address: &str, kind: &str) -> Outcome {
    let answer = suite.get(address);
    ensure(answer.status == 200 && answer.header("content-type") == kind, address)
}

fn has_links(document: &Value, wanted: &[&str]) -> Outcome {
    wanted.iter().try_for_each(|rel| {
        let found = links(document, rel);
        let typed = found.iter().all(|one| one["type"].is_string() && one["href"].is_string());
        ensure(!found.is_empty() && typed, format!("no typed link {rel}"))
    })
}

const PART_1: &[AbstractTest] = &[
    ("core/http", |s| {
        let answer = s.server.send("HEAD", "/api", &[], &[]);
        ensure(answer.status == 200 && s.get("/api/nowhere").status == 404, answer.status)
    }),
    ("core/root-op", |s| ensure(s.get("/api").status == 200, "no landing page")),
    ("core/root-success", |s| {
        let landing = s.server.json("/api");
        has_links(
            &landing,
            &["service-desc", "service-doc", "conformance", "data", "self", "alternate"],
        )
    }),
    ("core/api-definition-op", |s| {
        let landing = s.server.json("/api");
        let own = links(&landing, "service-desc")[0]["href"].as_str().unwrap();
        ensure(s.get(own).status == 200, own)
    }),
    ("core/api-definition-success", |s| {
        ensure(s.api["openapi"].as_str().is_some_and(|v| v.starts_with("3.0.")), &s.api["openapi"])
    }),
    ("core/conformance-op", |s| is_success(s, "/api/conformance", "application/json")),
    ("core/conformance-success", |s| {
        ["core", "oas30", "html", "geojson"].into_iter().try_for_each(|part| {
            let class = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}");
            ensure(s.conforms(&class), class)
        })
    }),
    ("core/fc-md-op", |s| is_success(s, "/api/collections", "application/json")),
    ("core/fc-md-success", |s| {
        let all = s.server.json("/api/collections");
        ensure(all["collections"].as_array().is_some_and(|all| all.len() == 9), "collections")?;
        has_links(&all, &["self", "alternate"])
    }),
    ("core/fc-md-items", |s| each(|id| has_links(&s.server.json(&path(id)), &["items"]))),
    ("core/fc-md-extent", |s| {
        each_of_register(|id| {
            let extent = s.server.json(&path(id))["extent"].clone();
            let bbox = extent["spatial"]["bbox"][0].as_array().map(Vec::len);
            let interval = extent["temporal"]["interval"][0].as_array().map(Vec::len);
            ensure(bbox == Some(4) && interval == Some(2), extent)
        })
    }),
    ("core/sfc-md-op", |s| each(|id| is_success(s, &path(id), "application/json"))),
    ("core/sfc-md-success", |s| {
        let all = s.server.json("/api/collections");
        each(|id| {
            let listed = all["collections"].as_array().unwrap().iter().find(|one| one["id"] == id);
            ensure(listed == Some(&s.server.json(&path(id))), id)
        })
    }),
    ("core/fc-op", |s| each(|id| s.page(id, "limit=1").map(|_| ()))),
    ("core/fc-response", |s| {
        each(|id| {
            let page = s.page(id, "limit=2")?;
            ensure(page["type"] == "FeatureCollection" && page["features"].is_array(), id)
        })
    }),
    ("core/fc-bbox-definition", |s| {
        s.parameter("bbox", |one| {
            let schema = &one["schema"];
            let numbers = schema["items"]["type"] == "number";
            let sides = (&schema["minItems"], &schema["maxItems"]);
            is_form(one) && schema["type"] == "array" && numbers && sides == (&4.into(), &6.into())
        })
    }),
    ("core/fc-bbox-response", |s| {
        each(|id| {
            let all = s.matched(id, "")?;
            ensure(s.matched(id, "bbox=-180,-90,180,90")? == all, id)?;
            ensure(s.matched(id, "bbox=-180,-90,0,180,90,0")? == all, id)?;
            ensure(s.matched(id, "bbox=0,40,10,50")? <= all, id)
        })?;
        s.refused("bbox=1,2,3")?;
        s.refused("bbox=a,b,c,d")
    }),
    ("core/fc-limit-definition", |s| {
        s.parameter("limit", |one| {
            let schema = &one["schema"];
            let bounds = [&schema["minimum"], &schema["maximum"], &schema["default"]];
            is_form(one) && schema["type"] == "integer" && bounds.iter().all(|n| n.is_u64())
        })
    }),
    ("core/fc-limit-response-1", |s| {
        each(|id| {
            let page = s.page(id, "limit=2")?;
            ensure(page["features"].as_array().unwrap().len() <= 2, id)
        })?;
        s.refused("limit=0")?;
        s.refused("limit=x")
    }),
    ("core/fc-limit-response-2", |s| each(|id| s.page(id, "limit=10001").map(|_| ()))),
    ("core/fc-time-definition", |s| {
        s.parameter("datetime", |one| is_form(one) && one["schema"]["type"] == "string")
    }),
    ("core/fc-time-response", |s| {
        let all = s.matched("partnerships", "")?;
        for time in [
            "2002-06-30T12:00:00Z",
            "2002-06-30",
            "1999-01-01/2001-12-31",
            "../2001-12-31",
            "1999-01-01/..",
        ] {
            ensure(s.matched("partnerships", &format!("datetime={time}"))? <= all, time)?;
        }
        let wrong = ["2002-06-30/P2D", "yesterday", "2002-13-01"];
        wrong.into_iter().try_for_each(|time| s.refused(&format!("datetime={time}")))
    }),
    ("core/query-param-unknown", |s| s.refused("colour=red")),
    ("core/query-param-invalid", |s| s.refused("datetime=2001-13-45")),
    ("core/fc-links", |s| {
        each(|id| {
            let page = s.page(id, "limit=1")?;
            has_links(&page, &["self", "alternate"])?;
            let more = page["numberMatched"].as_u64() > Some(1);
            ensure(links(&page, "next").len() == usize::from(more), format!("{id}: next"))
        })
    }),
    ("core/fc-rel-type", |s| {
        each(|id| {
            let page = s.page(id, "limit=1")?;
            let all = page["links"].as_array().unwrap();
            ensure(all.iter().all(|one| one["rel"].is_string() && one["type"].is_string()), id)
        })
    }),
    ("core/fc-timeStamp", |s| {
        each(|id| {
            let page = s.page(id, "limit=1")?;
            let stamp = page["timeStamp"].as_str().unwrap_or_default();
            ensure(chrono::DateTime::parse_from_rfc3339(stamp).is_ok(), stamp)
        })
    }),
    ("core/fc-numberMatched", |s| {
        each(|id| {
            let (mut address, mut sum) = (format!("{}/items?limit=997", path(id)), 0);
            let matched = s.matched(id, "")?;
            loop {
                let page = s.server.json(&address);
                sum += page["features"].as_array().unwrap().len() as u64;
                let Some(next) = links(&page, "next").first().map(|one| one["href"].clone()) else {
                    break;
                };
                next.as_str().unwrap().clone_into(&mut address);
            }
            ensure(sum == matched, format!("{id}: {sum} of {matched}"))
        })
    }),
    ("core/fc-numberReturned", |s| {
        each(|id| {
            let page = s.page(id, "limit=7")?;
            ensure(page["numberReturned"] == page["features"].as_array().unwrap().len(), id)
        })
    }),
    ("core/f-op", |s| {
        each(|id| {
            let feature = s.first(id)?;
            is_success(
                s,
                &format!("{}/items/{}", path(id), feature["id"].as_str().unwrap()),
                GEOJSON,
            )
        })
    }),
    ("core/f-success", |s| {
        each(|id| {
            let feature = s.first(id)?;
            let alone =
                s.server.json(&format!("{}/items/{}", path(id), feature["id"].as_str().unwrap()));
            let same = ["id", "geometry"].iter().all(|name| alone[name] == feature[name]);
            ensure(same && alone["type"] == "Feature", id)?;
            ensure(s.get(&format!("{}/items/nothing", path(id))).status == 404, id)
        })
    }),
    ("core/f-links", |s| {
        each(|id| {
            let feature = s.first(id)?;
            let alone =
                s.server.json(&format!("{}/items/{}", path(id), feature["id"].as_str().unwrap()));
            has_links(&alone, &["self", "alternate", "collection"])
        })
    }),
    ("core/crs84", |s| {
        each(|id| {
            let answer = s.get(&format!("{}/items?limit=1", path(id)));
            ensure(
                answer.header("content-crs") == format!("<{CRS84}>"),
                answer.header("content-crs"),
            )
        })
    }),
    ("core/exceptions", |s| {
        let missing = s.get("/api/collections/dUmmYColLection");
        ensure((missing.status, missing.header("content-type")) == (404, PROBLEM), missing.status)
    }),
    ("core/string-i18n", |s| {
        let answer = s.server.get_with("/api/collections", &[("Accept-Language", "en")]);
        ensure(answer.header("content-language") == "en", answer.header("content-language"))
    }),
    ("geojson/definition", |s| {
        each(|id| {
            let accept = [("Accept", "application/geo+json")];
            let answer = s.server.get_with(&format!("{}/items?limit=1", path(id)), &accept);
            ensure(answer.header("content-type") == GEOJSON, answer.header("content-type"))
        })
    }),
    ("geojson/content", |s| {
        each(|id| {
            let page = s.page(id, "limit=50")?;
            let is_feature = |one: &Value| {
                one["type"] == "Feature"
                    && one["properties"].is_object()
                    && one.get("geometry").is_some()
            };
            ensure(page["features"].as_array().unwrap().iter().all(is_feature), id)
        })
    }),
    ("html/definition", |s| {
        let pages =
            ["/api", "/api/conformance", "/api/collections", "/api/collections/links/items"];
        pages.into_iter().try_for_each(|address| {
            let page = s.server.get_with(address, &[("Accept", "text/html")]);
            ensure(page.header("content-type").starts_with("text/html"), address)
        })
    }),
    ("html/content", |s| {
        each(|id| {
            let feature = s.first(id)?;
            let page = s.get(&format!("{}/items?limit=1&f=html", path(id)));
            let own = feature["id"].as_str().unwrap();
            ensure(page.body.contains(own) && page.body.starts_with("<!doctype html>"), id)
        })
    }),
    ("oas30/oas-definition-1", |s| {
        let kind = "application/vnd.oai.openapi+json;version=3.0";
        is_success(s, "/api/openapi.json", kind)
    }),
    ("oas30/oas-definition-2", |s| ensure(s.api["paths"].is_object(), "no paths")),
    ("oas30/completeness", |s| {
        each(|id| {
            let paths = s.api["paths"].as_object().unwrap();
            let below = ["", "/items", "/items/{id}", "/queryables"];
            let all =
                below.iter().all(|end| paths.contains_key(&format!("/collections/{id}{end}")));
            ensure(all, format!("{id} is not described"))
        })
    }),
    ("oas30/exceptions-codes", |s| {
        each(|id| {
            let answers = &s.api["paths"][format!("/collections/{id}/items")]["get"]["responses"];
            ensure(answers.get("400").is_some() && answers.get("200").is_some(), id)
        })
    }),
    ("oas30/security", |s| {
        let open = &s.api["paths"]["/collections"]["get"]["security"];
        ensure(*open == json!([]), open)
    }),
];

const PART_2: &[AbstractTest] = &[
    ("crs/crs-uri", |s| each(|id| ensure(s.server.json(&path(id))["crs"][0] == CRS84, id))),
    ("crs/fc-md-crs-list", |s| {
        each(|id| {
            let crs = s.server.json(&path(id))["crs"].clone();
            ensure(crs.as_array().unwrap().contains(&MERCATOR.into()), crs)
        })
    }),
    ("crs/fc-md-storageCrs", |s| {
        each(|id| ensure(s.server.json(&path(id))["storageCrs"] == CRS84, id))
    }),
    ("crs/fc-bbox-crs-definition", |s| {
        s.parameter("bbox-crs", |one| is_form(one) && one["schema"]["format"] == "uri")
    }),
    ("crs/fc-bbox-crs-valid-value", |s| s.refused("bbox=0,0,1,1&bbox-crs=EPSG:99999")),
    ("crs/fc-bbox-crs-action", |s| {
        let degrees = s.matched("partners", "bbox=0,40,10,50")?;
        let metres = "bbox=0,4865942.28,1113194.91,6446275.84";
        ensure(s.matched("partners", &format!("{metres}&bbox-crs={MERCATOR}"))? == degrees, degrees)
    }),
    ("crs/crs-definition", |s| {
        s.parameter("crs", |one| is_form(one) && one["schema"]["format"] == "uri")
    }),
    ("crs/crs-valid-value", |s| s.refused("crs=urn:nonsense")),
    ("crs/crs-action", |s| {
        let east = |query: &str| -> Result<f64, String> {
            let page = s.page("partners", &format!("limit=100&bbox=0,40,10,50{query}"))?;
            let mut all = page["features"].as_array().unwrap().iter();
            let found = all.find_map(|one| one["geometry"]["coordinates"][0].as_f64());
            found.ok_or_else(|| "nothing has a place".to_owned())
        };
        let (degrees, metres) = (east("")?, east(&format!("&crs={MERCATOR}"))?);
        ensure((degrees * 111_319.490_793 - metres).abs() < 1.0, format!("{degrees} {metres}"))
    }),
    ("crs/content-crs", |s| {
        let answer = s.get(&format!("/api/collections/partners/items?limit=1&crs={MERCATOR}"));
        ensure(
            answer.header("content-crs") == format!("<{MERCATOR}>"),
            answer.header("content-crs"),
        )
    }),
];

const PART_3: &[AbstractTest] = &[
    ("queryables/queryables-link", |s| {
        each(|id| has_links(&s.server.json(&path(id)), &[QUERYABLES]))
    }),
    ("queryables/get-queryables-uris", |s| {
        each(|id| is_success(s, &format!("{}/queryables", path(id)), "application/schema+json"))
    }),
    ("queryables/get-queryables-response-json", |s| {
        each(|id| {
            let schema = s.server.json(&format!("{}/queryables", path(id)));
            let draft = schema["$schema"] == "https://json-schema.org/draft/2020-12/schema";
            let own = schema["$id"].as_str().is_some_and(|own| own.ends_with("/queryables"));
            let is_typed = |one: &Value| match one["format"].as_str() {
                Some(format) if format.starts_with("geometry-") => one.get("type").is_none(),
                _ => one["type"].is_string(),
            };
            let typed = schema["properties"].as_object().unwrap().values().all(is_typed);
            ensure(draft && own && schema["type"] == "object" && typed, schema)
        })
    }),
    ("queryables/additional-properties-false", |s| {
        each(|id| {
            let schema = s.server.json(&format!("{}/queryables", path(id)));
            ensure(schema["additionalProperties"] == false, id)
        })?;
        s.refused("filter=no_such_property%3D1")
    }),
    ("queryables-query-parameters/query-param", |s| {
        let one = s.matched("partners", "country_code=SN")?;
        ensure(one > 0 && one < s.matched("partners", "")?, one)
    }),
    ("filter/filter-param", |s| {
        s.parameter("filter", |one| is_form(one) && one["schema"]["type"] == "string")
    }),
    ("filter/filter-lang-param", |s| {
        s.parameter("filter-lang", |one| {
            let both = ["cql2-text", "cql2-json"].map(Value::from);
            is_form(one)
                && both.iter().all(|lang| one["schema"]["enum"].as_array().unwrap().contains(lang))
        })
    }),
    ("filter/filter-crs-param", |s| {
        s.parameter("filter-crs", |one| is_form(one) && one["schema"]["format"] == "uri")
    }),
    ("filter/expression-construction", |s| {
        each_of_register(|id| {
            ensure(s.matched(id, "filter=id%20IS%20NOT%20NULL")? == s.matched(id, "")?, id)
        })?;
        s.refused("filter=id%20IS")
    }),
    ("filter/mixing-expressions", |s| {
        let both = s.matched("partners", "country=SN,ML&filter=country_code%3D%27SN%27")?;
        ensure(both == s.matched("partners", "country_code=SN")? && both > 0, both)
    }),
    ("filter/response", |s| {
        let page = s.page("partners", "limit=100&filter=country_code%3D%27ML%27")?;
        let all = page["features"].as_array().unwrap();
        ensure(
            !all.is_empty() && all.iter().all(|one| one["properties"]["country_code"] == "ML"),
            &page,
        )
    }),
    ("filter/filter-lang-json", |s| {
        let filter = "%7B%22op%22%3A%22%3D%22%2C%22args%22%3A%5B%7B%22property%22%3A%22country_code%22%7D%2C%22ML%22%5D%7D";
        let by_json = s.matched("partners", &format!("filter={filter}&filter-lang=cql2-json"))?;
        ensure(by_json == s.matched("partners", "country_code=ML")? && by_json > 0, by_json)
    }),
    ("filter/filter-lang-unknown", |s| s.refused("filter=id%3D%27a%27&filter-lang=ecql")),
    ("filter/filter-crs-action", |s| {
        let box_of = |sides: &str| format!("filter=S_INTERSECTS(geometry,BBOX({sides}))");
        let degrees = s.matched("partners", &box_of("0,40,10,50"))?;
        let metres = box_of("0,4865942.28,1113194.91,6446275.84");
        ensure(
            s.matched("partners", &format!("{metres}&filter-crs={MERCATOR}"))? == degrees
                && degrees > 0,
            degrees,
        )
    }),
    ("filter/null-is-neither", |s| {
        let with = s.matched("partnerships", "filter=budget_eur%3E0")?;
        let without = s.matched("partnerships", "filter=NOT%20(budget_eur%3E0)")?;
        let unknown = s.matched("partnerships", "filter=budget_eur%20IS%20NULL")?;
        ensure(with + without + unknown == s.matched("partnerships", "")?, unknown)
    }),
    ("features-filter/filter-on-every-collection", |s| s.refused("filter=(")),
];

#[test]
fn every_abstract_test_passes() {
    let (_database, server) = demo();
    let api = server.json("/api/openapi.json");
    let suite = Suite { server, api };
    let parts = [("Part 1", PART_1), ("Part 2", PART_2), ("Part 3", PART_3)];
    let mut failed = Vec::new();
    for (part, tests) in parts {
        for (name, test) in tests {
            if let Err(said) = test(&suite) {
                failed.push(format!(
                    "{part}, {name}: {}",
                    said.chars().take(300).collect::<String>()
                ));
            }
        }
        println!("{part}: {} tests", tests.len());
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
