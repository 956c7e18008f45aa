//! HTTP as a client sees it on the wire.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::support::{Server, TestDatabase, demo_with};

const PAGE: &str = "/api/collections/partnerships/items?limit=50";

fn demo(more: &[&str]) -> (TestDatabase, Server) {
    demo_with(more)
}

/// What came over a connection that the server closes in the end.
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    /// As it came: chunks are not put together.
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn problem(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/problem+json");
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Sends bytes as they are.
fn wire(server: &Server, bytes: &[u8]) -> Answer {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = HashMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        let before = headers.insert(name.to_ascii_lowercase(), value.to_owned());
        assert!(before.is_none(), "{name} twice");
    }
    Answer { status, headers, body: all[end + 4..].to_vec() }
}

fn ask(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: atlas\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    wire(server, (request + "\r\n").as_bytes())
}

fn unpack(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    let packed = answer.body.as_slice();
    match answer.header("content-encoding") {
        "gzip" => flate2::read::GzDecoder::new(packed).read_to_end(&mut plain).unwrap(),
        "br" => brotli::Decompressor::new(packed, 4096).read_to_end(&mut plain).unwrap(),
        "zstd" => {
            zstd::stream::read::Decoder::new(packed).unwrap().read_to_end(&mut plain).unwrap()
        }
        other => panic!("coding {other}"),
    };
    plain
}

#[test]
fn each_coding_is_a_representation_with_a_tag_of_its_own() {
    let (_database, server) = demo(&[]);
    // answers that tell when they were made differ: the vocabularies do not
    for path in ["/api/vocabularies", "/static/app/main.js", "/api/openapi.json"] {
        let plain = ask(&server, "GET", path, &[]);
        let tag = plain.header("etag").to_owned();
        assert_eq!(plain.header("content-encoding"), "");
        assert_eq!(plain.header("vary"), "Accept-Encoding");
        let mut tags = vec![tag.clone()];
        for coding in ["gzip", "br", "zstd"] {
            let accept = ("Accept-Encoding", coding);
            let packed = ask(&server, "GET", path, &[accept]);
            assert_eq!(packed.header("content-encoding"), coding, "{path}");
            assert_eq!(packed.header("vary"), "Accept-Encoding");
            assert_eq!(packed.header("content-length"), packed.body.len().to_string());
            assert!(packed.body.len() < plain.body.len());
            assert!(unpack(&packed) == plain.body, "{path} {coding}");
            let own = packed.header("etag").to_owned();
            assert!(!tags.contains(&own) && own.starts_with('"'), "{own}");
            // who has these bytes has them; who has others is not told so
            let again = ask(&server, "GET", path, &[accept, ("If-None-Match", &own)]);
            assert_eq!((again.status, again.header("etag")), (304, own.as_str()));
            assert_eq!(again.header("vary"), "Accept-Encoding");
            let other = ask(&server, "GET", path, &[("If-None-Match", &own)]);
            assert_eq!(other.status, 200);
            // the plain bytes do for everybody
            let plain = ask(&server, "GET", path, &[accept, ("If-None-Match", &tag)]);
            assert_eq!((plain.status, plain.header("etag")), (304, tag.as_str()));
            let list = format!("\"x\", W/{own}, {tag}");
            assert_eq!(ask(&server, "GET", path, &[accept, ("If-None-Match", &list)]).status, 304);
            tags.push(own);
        }
        assert_eq!(ask(&server, "GET", path, &[("If-None-Match", "*")]).status, 304);
        let refused = ask(&server, "GET", path, &[("Accept-Encoding", "gzip;q=0, identity")]);
        assert_eq!(refused.header("content-encoding"), "");
    }
    // what is streamed is compressed as it goes
    let export =
        ask(&server, "GET", "/api/export/partnerships.csv", &[("Accept-Encoding", "zstd")]);
    assert_eq!(export.header("content-encoding"), "zstd");
    assert!(export.header("etag").ends_with("-zstd\""));
    assert_eq!(export.header("transfer-encoding"), "chunked");
    // what is small, or packed in itself, goes as it is
    for path in ["/readyz", "/static/vendor/fonts/figtree-latin-wght-normal.woff2"] {
        let answer = ask(&server, "GET", path, &[("Accept-Encoding", "gzip, br, zstd")]);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{path}");
    }
}

#[test]
fn head_is_get_without_its_body() {
    let (_database, server) = demo(&[]);
    for path in [
        PAGE,
        "/api",
        "/api/facets",
        "/api/export/links.geojson",
        "/",
        "/static/app/main.js",
        "/healthz",
    ] {
        for accept in ["identity", "gzip"] {
            let accept = [("Accept-Encoding", accept)];
            let get = ask(&server, "GET", path, &accept);
            let head = ask(&server, "HEAD", path, &accept);
            assert_eq!(head.status, get.status, "{path}");
            assert!(head.body.is_empty(), "{path}");
            let names = [
                "content-type",
                "content-length",
                "content-encoding",
                "etag",
                "vary",
                "cache-control",
                "transfer-encoding",
            ];
            for name in names {
                assert_eq!(head.header(name), get.header(name), "{path} {name}");
            }
        }
    }
}

#[test]
fn scripts_of_any_site_may_read_and_no_more() {
    let (_database, server) = demo(&[]);
    let origin = ("Origin", "https://example.org");
    for path in [PAGE, "/api", "/api/nothing", "/api/facets?colour=red"] {
        let answer = ask(&server, "GET", path, &[origin]);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        for name in ["ETag", "Link", "Content-Crs", "X-Request-Id"] {
            assert!(answer.header("access-control-expose-headers").contains(name));
        }
    }
    let asked = [
        origin,
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "if-none-match"),
    ];
    let preflight = ask(&server, "OPTIONS", PAGE, &asked);
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert_eq!(preflight.header("access-control-allow-headers"), "if-none-match");
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    for path in ["/api/imports", "/api/session", "/metrics", "/"] {
        for method in ["GET", "OPTIONS"] {
            let answer = ask(&server, method, path, &asked);
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path}");
            assert_eq!(answer.header("access-control-allow-methods"), "", "{method} {path}");
        }
    }
}

#[test]
fn methods_that_are_not_there_are_told() {
    let (_database, server) = demo(&[]);
    for (method, path, allowed) in [
        ("POST", "/api", "GET, HEAD, OPTIONS"),
        ("DELETE", PAGE, "GET, HEAD, OPTIONS"),
        ("PUT", "/api/export/links.csv", "GET, HEAD, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
        ("GET", "/api/imports/1/commit", "POST"),
        ("PATCH", "/api/session", "DELETE, GET, HEAD, OPTIONS, POST"),
        ("BREW", "/api/facets", "GET, HEAD, OPTIONS"),
    ] {
        let answer = ask(&server, method, path, &[]);
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        assert_eq!(answer.problem()["code"], "method-not-allowed");
    }
    assert_eq!(ask(&server, "POST", "/api/nothing", &[]).status, 404);
}

#[test]
fn every_answer_has_an_id() {
    let (_database, server) = demo(&[]);
    for path in [PAGE, "/", "/api/nothing", "/api/facets?colour=red", "/static/nothing", "/healthz"]
    {
        let (a, b) = (ask(&server, "GET", path, &[]), ask(&server, "GET", path, &[]));
        assert_eq!(a.header("x-request-id").len(), 16, "{path}");
        assert_ne!(a.header("x-request-id"), b.header("x-request-id"));
        let named = ask(&server, "GET", path, &[("X-Request-Id", "proxy-1:7")]);
        assert_eq!(named.header("x-request-id"), "proxy-1:7");
        let insane = ask(&server, "GET", path, &[("X-Request-Id", "<script> 1")]);
        assert_eq!(insane.header("x-request-id").len(), 16);
    }
}

#[test]
fn what_cannot_be_read_is_a_problem() {
    let (_database, server) = demo(&[]);
    let long = format!("/api/facets?q={}", "a".repeat(17_000));
    let answer = ask(&server, "GET", &long, &[]);
    assert_eq!((answer.status, answer.problem()["code"].as_str()), (414, Some("uri-too-long")));
    for path in [
        "/api/%FF%FE",
        "/api/collections/%C3%28/items",
        "/api/collections/partnerships/items/%00",
        "/api/collections/partnerships%2Fitems",
        "/api/export/%2e%2e%2fCargo.toml",
        "/api/%zz",
        "/api//../collections",
        "/tiles/nothing",
    ] {
        let answer = ask(&server, "GET", path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        if path.starts_with("/api") {
            assert_eq!(answer.problem()["code"], "not-found", "{path}");
        }
    }
    // what is no HTTP is refused before it is anybody's request
    for bytes in [
        &b"GET /api HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"[..],
        b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /api\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ] {
        assert_eq!(wire(&server, bytes).status, 400, "{}", String::from_utf8_lossy(bytes));
    }
    let mut many = b"GET /api HTTP/1.1\r\nHost: x\r\n".to_vec();
    for number in 0..20_000 {
        many.extend(format!("X-{number}: {number}\r\n").bytes());
    }
    many.extend(b"\r\n");
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    // the server may close before it has read all
    let _ = stream.write_all(&many);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"));
    assert_eq!(server.get("/healthz").status, 200);
    // a body of another kind
    let xml = [("Content-Type", "application/xml")];
    let answer = server.send("POST", "/api/session", &xml, b"<token/>");
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (415, Some("unsupported-media-type"))
    );
}

#[test]
fn heads_that_do_not_come_are_not_waited_for() {
    let (_database, server) = demo(&["--header-timeout", "1", "--keep-alive", "1"]);
    let begun = Instant::now();
    let answer = wire(&server, b"GET /api HTTP/1.1\r\nHost: atl");
    assert_eq!(answer.status, 408);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    // nor is a connection kept that nobody uses
    let begun = Instant::now();
    let answer = wire(&server, b"GET /healthz HTTP/1.1\r\nHost: atlas\r\n\r\n");
    assert_eq!(answer.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[test]
fn metrics_count_what_was_asked() {
    let (_database, server) = demo(&[]);
    for _ in 0..3 {
        server.get(PAGE);
    }
    server.get("/api/facets?colour=red");
    let answer = server.get("/metrics");
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "atlas_http_requests_total{class=\"items\",status=\"2xx\"} 3",
        "atlas_http_requests_total{class=\"facets\",status=\"4xx\"} 1",
        "atlas_http_request_duration_seconds_count{class=\"items\"} 3",
        "atlas_http_request_duration_seconds_bucket{class=\"items\",le=\"+Inf\"} 3",
        "atlas_imports{state=\"committed\"} 1",
        "atlas_snapshot_partnerships ",
    ] {
        assert!(answer.body.contains(line), "{line}: {}", answer.body);
    }
}
