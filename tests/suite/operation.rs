//! What whoever operates a server sees of it: its readiness, its end, its log, its metrics.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, atlas, demo, demo_with, import};

/// A server with the sample whose log is kept in a file.
fn logged(more: &[&str]) -> (TestDatabase, TempDir, Server) {
    let (database, folder) = (TestDatabase::sqlite(), TempDir::new().unwrap());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    let log = File::create(folder.path().join("log")).unwrap();
    let arguments = ["serve", "--database", &database.url, "--listen", "127.0.0.1:0"];
    let child =
        atlas(&[&arguments[..], more].concat()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    (database, folder, Server::of(child))
}

/// The lines of the log, once one of them has a text.
fn log_with(folder: &TempDir, wanted: &str) -> String {
    let begun = Instant::now();
    loop {
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        if log.contains(wanted) {
            return log;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "no “{wanted}” in {log}");
        sleep(Duration::from_millis(50));
    }
}

/// What is answered to these bytes.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_is_a_line_of_the_log() {
    let more = ["--log-format", "json", "--trusted-proxies", "127.0.0.1"];
    let (_database, folder, server) = logged(&more);
    let headers = [("X-Forwarded-For", "203.0.113.7"), ("X-Request-Id", "wanted-1")];
    let size = server.get_with("/api/facets?q=secret", &headers).body.len();
    let export = server.get_with("/api/export/partnerships.csv", &[("X-Request-Id", "wanted-2")]);
    let malformed = raw(&server, b"nonsense\r\n\r\n");
    assert!(malformed.starts_with("HTTP/1.1 400 "), "{malformed}");
    let log = log_with(&folder, "no valid request");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = |id: &str| lines.iter().find(|line| line["id"] == id).unwrap().clone();
    let first = line("wanted-1");
    assert_eq!(first["message"], "GET /api/facets", "no query: {first}");
    assert_eq!((&first["client"], &first["account"]), (&"203.0.113.7".into(), &"-".into()));
    assert_eq!((&first["status"], &first["bytes"]), (&200.into(), &size.into()));
    assert!(first["milliseconds"].as_f64().unwrap() > 0.0 && first["timestamp"].is_string());
    assert_eq!(line("wanted-2")["bytes"], export.body.len());
    assert!(!log.contains("secret") && lines.iter().all(|line| line["level"] != "ERROR"), "{log}");
    let ids = lines.iter().filter(|line| line["target"] == "access").map(|line| &line["id"]);
    assert_eq!(ids.count(), 3, "a line for each: {log}");
}

#[test]
fn accounts_are_named_in_the_log_by_what_is_no_secret() {
    let (database, folder, server) = logged(&["--create"]);
    let token = ["token", "create", "--name", "réseau", "--role", "reader"];
    let token = crate::support::succeed(&[&token[..], &["--database", &database.url]].concat());
    let token = token.split_whitespace().find(|word| word.starts_with("atlas_")).unwrap();
    let bearer = format!("Bearer {token}");
    assert_eq!(server.get_with("/api/imports", &[("Authorization", &bearer)]).status, 200);
    let log = log_with(&folder, "GET /api/imports");
    assert!(log.contains("token:réseau") && !log.contains(token), "{log}");
}

#[test]
fn what_is_no_request_is_answered_like_everything_else() {
    let (_database, server) = demo();
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(300_000));
    for (bytes, status) in [
        (&b"nonsense\r\n\r\n"[..], "400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400"),
        (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (long.as_bytes(), "431"),
    ] {
        let answer = raw(&server, bytes);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for header in [
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "content-security-policy: ",
            "referrer-policy: ",
            "x-request-id: ",
            "content-type: application/problem+json",
        ] {
            assert!(head.contains(header), "{header}: {head}");
        }
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"].to_string(), status);
    }
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains("atlas_http_requests_total{class=\"malformed\",status=\"4xx\"} 4"));
}

#[test]
fn browsers_keep_to_tls_where_the_public_address_does() {
    let (_database, plain) = demo();
    assert_eq!(plain.get("/").header("strict-transport-security"), "");
    let (_database, server) = demo_with(&["--public-url", "https://atlas.example.fr"]);
    for path in ["/", "/api", "/nowhere", "/healthz"] {
        let said = server.get(path).header("strict-transport-security").to_owned();
        assert_eq!(said, "max-age=31536000", "{path}");
    }
}

#[test]
fn metrics_have_an_address_of_their_own_where_it_is_said() {
    let database = TestDatabase::sqlite();
    let more = ["--create", "--metrics-listen", "127.0.0.1:0"];
    let arguments = ["serve", "--database", &database.url, "--listen", "127.0.0.1:0"];
    let child = atlas(&[&arguments[..], &more].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (server, metrics) = Server::with_metrics(child);
    assert_eq!(server.get("/metrics").status, 404);
    let answer = server.get(&metrics);
    assert!(answer.status == 200 && answer.body.contains("atlas_build_info{version="));
    let own = metrics.trim_end_matches("/metrics");
    assert_eq!((server.get(&format!("{own}/")).status, server.get("/readyz").status), (404, 200));
    assert_eq!(server.get(&format!("{own}/healthz")).status, 200);
}

#[test]
fn a_server_that_stops_says_so_before_it_does() {
    let (_database, mut server) = demo_with(&["--drain", "2"]);
    assert_eq!(server.json("/readyz")["state"], "ready");
    server.ask_to_stop();
    sleep(Duration::from_millis(500));
    let ready = server.get("/readyz");
    assert_eq!((ready.status, &ready.json()["state"]), (503, &"draining".into()));
    assert_eq!((server.get("/api").status, server.get("/healthz").status), (200, 200));
    let begun = Instant::now();
    assert_eq!(server.wait(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[test]
fn an_answer_that_outlasts_the_stop_is_named() {
    let (_database, folder, mut server) = logged(&["--stop-timeout", "1"]);
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    socket2::SockRef::from(&stream).set_recv_buffer_size(4_096).unwrap();
    write!(stream, "GET /api/export/partnerships.geojson HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    sleep(Duration::from_millis(500));
    server.ask_to_stop();
    assert_eq!(server.wait(), Some(0));
    let log = log_with(&folder, "cut_short=true");
    assert!(log.contains("GET /api/export/partnerships.geojson"), "{log}");
    drop(stream);
}

#[test]
fn monitoring_is_about_metrics_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/monitoring");
    let (_database, server) = demo();
    server.get("/");
    let metrics = server.get("/metrics").body;
    let defined: Vec<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    for file in ["alerts.yml", "dashboard.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let named: Vec<&str> = words
            .filter(|word| word.starts_with("atlas_") || word.starts_with("process_"))
            .collect();
        assert!(named.len() >= 10, "{file}: {named:?}");
        for name in named {
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let is_known =
                defined.contains(&name) || base.is_some_and(|base| defined.contains(&base));
            assert!(is_known, "{file}: {name} is no metric");
        }
    }
    let dashboard = fs::read_to_string(folder.join("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(
        panels.len() >= 10 && panels.iter().all(|panel| panel["targets"][0]["expr"].is_string())
    );
}

#[test]
fn a_log_that_nobody_takes_stops_nothing() {
    let database = TestDatabase::sqlite();
    let arguments = ["serve", "--database", &database.url, "--listen", "127.0.0.1:0", "--create"];
    let mut command = atlas(&arguments);
    // more lines than a pipe takes
    let server = Server::of(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    for number in 0..1_000 {
        assert_eq!(server.get(&format!("/api?nonsense-{number}=1")).status, 400);
    }
}

#[test]
fn a_link_to_sign_in_is_no_secret_of_the_log() {
    let (_database, folder, server) = logged(&[]);
    let secret = "0123456789abcdefghijklmnopqrstuv";
    for path in ["/compte/link", "/en/account/link", "/en/compte/link"] {
        server.get(&format!("{path}/{secret}"));
        server.send("POST", &format!("{path}/{secret}"), &[], &[]);
    }
    server.get("/healthz");
    let log = log_with(&folder, "GET /healthz");
    for path in ["GET /compte/link/…", "POST /en/account/link/…", "GET /en/compte/link/…"] {
        assert!(log.contains(path), "no “{path}” in {log}");
    }
    assert!(!log.contains(secret), "{log}");
}
