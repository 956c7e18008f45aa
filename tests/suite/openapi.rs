//! The description of the API, held to the route table and to a running server.

use std::{fs, path::Path};

use serde_json::{Map, Value};

use crate::support::{Server, TestDatabase, demo, succeed};

fn document() -> Value {
    serde_json::from_str(&succeed(&["openapi"])).unwrap()
}

/// The described paths, whole: each below the server that it names, or that the document does.
fn paths(document: &Value) -> Map<String, Value> {
    let whole = |(path, item): (&String, &Value)| {
        let mut item = item.clone();
        let own = item.as_object_mut().unwrap().remove("servers");
        let servers = own.as_ref().unwrap_or(&document["servers"]);
        let server = servers[0]["url"].as_str().unwrap().trim_end_matches('/');
        (format!("{server}{path}").trim_end_matches('/').to_owned(), item)
    };
    document["paths"].as_object().unwrap().iter().map(whole).collect()
}

/// The addresses of the route table, with their methods: those of the API, not of pages.
fn routes() -> Vec<(String, &'static str)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let mut routes = Vec::new();
    for room in ["api", "site", "desk"] {
        let text = fs::read_to_string(folder.join(room).join("mod.rs")).unwrap();
        // a long route begins on the line below, and several may be on one
        let text = text.split(".route(").map(str::trim_start).collect::<Vec<_>>().join("\n.route(");
        let mut scope = String::new();
        for line in text.lines().map(str::trim) {
            let quoted = || line.split('"').nth(1).unwrap_or_default().to_owned();
            if line.starts_with("web::scope(\"") {
                scope = quoted();
            } else if line.starts_with(".default_service") {
                scope.clear();
            } else if line.starts_with(".route(\"") {
                let methods = [
                    ("web::post()", "post"),
                    ("web::patch()", "patch"),
                    ("web::delete()", "delete"),
                ];
                let method = methods.iter().find(|(code, _)| line.contains(code));
                routes
                    .push((format!("{scope}{}", quoted()), method.map_or("get", |(_, name)| name)));
            }
        }
    }
    let served = ["/api", "/tiles", "/healthz", "/readyz", "/metrics"];
    routes.retain(|(path, _)| served.iter().any(|start| path.starts_with(start)));
    routes
}

/// Whether a described path is one that a route serves.
fn serves(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(piece)) if wanted.contains('{') || wanted == piece => {}
            _ => return false,
        }
    }
}

#[test]
fn every_route_is_described_and_every_description_is_served() {
    let paths = paths(&document());
    let described: Vec<(&String, &String)> = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (path, method)))
        .collect();
    let routes = routes();
    assert!(routes.len() > 25, "the route table is elsewhere: {routes:?}");
    for (route, method) in &routes {
        let found = described.iter().any(|(path, known)| known == method && serves(route, path));
        assert!(found, "{method} {route} is not described");
    }
    for (path, method) in described {
        let found = routes.iter().any(|(route, known)| known == method && serves(route, path));
        assert!(found, "{method} {path} is described, and no route serves it");
    }
}

/// A parameter, looked up where it is shared.
fn resolved<'d>(document: &'d Value, parameter: &'d Value) -> &'d Value {
    match parameter["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => parameter,
    }
}

/// What an example of a parameter looks like in an address.
fn text_of(example: &Value) -> String {
    match example {
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn operations(paths: &Map<String, Value>) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    paths.iter().filter_map(|(path, item)| {
        let operation = item["get"].as_object()?;
        // what needs a token has tests of its own
        (operation["security"] == serde_json::json!([])).then_some((path, operation))
    })
}

#[test]
fn every_example_is_answered_and_nothing_else_is_taken() {
    let (_database, server) = demo();
    let document = document();
    let mut asked = 0;
    let paths = paths(&document);
    for (template, operation) in operations(&paths) {
        let mut path = template.clone();
        let mut examples = Vec::new();
        for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten()
        {
            let parameter = resolved(&document, parameter);
            let name = parameter["name"].as_str().unwrap();
            let example = &parameter["example"];
            if parameter["in"] == "path" {
                assert!(!example.is_null(), "{template}: {name} has no example");
                path = path.replace(&format!("{{{name}}}"), &text_of(example));
            } else if !example.is_null() {
                let pair = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, &text_of(example))
                    .finish();
                examples.push(pair);
            }
        }
        for query in examples.iter().map(String::as_str).chain([""]) {
            // files are not all text: their heads will do
            let response =
                server.send("HEAD", format!("{path}?{query}").trim_end_matches('?'), &[], &[]);
            assert_eq!(response.status, 200, "{path}?{query}");
            let kinds = operation["responses"]["200"]["content"].as_object().unwrap();
            let kind = response.header("content-type").replace(' ', "");
            let is_described = kinds.keys().any(|known| known.replace(' ', "") == kind);
            assert!(is_described, "{path}?{query}: {kind}");
            asked += 1;
        }
        if !matches!(path.as_str(), "/healthz" | "/readyz" | "/metrics") {
            let unknown = server.get(&format!("{path}?colour=red"));
            assert_eq!(unknown.status, 400, "{path}");
            assert_eq!(unknown.json()["errors"][0]["parameter"], "colour", "{path}");
        }
    }
    assert!(asked > 150, "only {asked} examples");
}

#[test]
fn the_server_gives_the_document_that_the_command_prints() {
    let (_database, server) = demo();
    let response = server.get("/api/openapi.json");
    assert_eq!(response.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    let mut given = response.json();
    assert_eq!(given["servers"][0]["url"], format!("{}/api", server.url));
    let health = &mut given["paths"]["/healthz"]["servers"];
    assert_eq!(health[0]["url"], server.url);
    let printed = document();
    assert_eq!(printed["openapi"], "3.0.3");
    given["servers"] = printed["servers"].clone();
    for item in given["paths"].as_object_mut().unwrap().values_mut() {
        if let Some(servers) = item.get_mut("servers") {
            *servers = serde_json::json!([{"url": "/"}]);
        }
    }
    assert_eq!(given, printed);
    let landing = server.json("/api");
    for (rel, href) in [("service-desc", "/api/openapi.json"), ("service-doc", "/api/docs")] {
        let links = landing["links"].as_array().unwrap();
        let link = links.iter().find(|link| link["rel"] == rel).unwrap();
        assert_eq!(link["href"], format!("{}{href}", server.url));
        assert_eq!(
            server.get(href).header("content-type").replace(' ', ""),
            link["type"].as_str().unwrap().replace("text/html", "text/html;charset=utf-8")
        );
    }
}

#[test]
fn the_description_names_who_answers_for_the_server() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--contact", "atlas@exemple.fr"]);
    let document = server.json("/api/openapi.json");
    assert_eq!(document["info"]["contact"]["email"], "atlas@exemple.fr");
    assert_eq!(document["info"]["title"], "Atlas AECT");
    for (path, language) in [
        ("/", "fr"),
        ("/en/", "en"),
        ("/en/feed.atom", "en"),
        ("/api/collections/links/items?lang=en", "en"),
        ("/api/collections/links/items", "fr"),
    ] {
        assert_eq!(server.get(path).header("content-language"), language, "{path}");
    }
}

#[test]
fn the_page_of_the_api_loads_only_what_is_bundled() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &[]);
    for (query, language) in [("", "fr"), ("?lang=en", "en")] {
        let page = server.get(&format!("/api/docs{query}"));
        assert!(page.body.contains(&format!("<html lang=\"{language}\"")));
        assert!(
            page.body.contains("<noscript>") && page.body.contains("href=\"/api/openapi.json\"")
        );
        for piece in page
            .body
            .split("src=\"")
            .skip(1)
            .chain(page.body.split("rel=\"stylesheet\" href=\"").skip(1))
        {
            let path = piece.split('"').next().unwrap();
            assert!(path.starts_with("/static/"), "{path}");
            // this client takes no packed bytes
            let file = server.get(path);
            assert_eq!((file.status, file.header("content-encoding")), (200, ""), "{path}");
        }
    }
}
