//! Files on their way in: raw and as forms, too large, broken off; none is left behind.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    thread::sleep,
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;

use crate::{import_jobs::Desk, support::TestDatabase};

const ROW: &str =
    "collectivite,collectivite_code,partenaire,partenaire_pays\nLyon,69123,Birmingham,GB\n";

fn form(parts: &[(&str, Option<&str>, &str)]) -> Vec<u8> {
    let part = |(name, file, value): &(&str, Option<&str>, &str)| {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: text/csv"));
        let about = format!("form-data; name=\"{name}\"{}", file.unwrap_or_default());
        format!("--frontier\r\nContent-Disposition: {about}\r\n\r\n{value}\r\n")
    };
    (parts.iter().map(part).collect::<String>() + "--frontier--\r\n").into_bytes()
}

fn send_form(desk: &Desk, body: &[u8]) -> crate::support::Response {
    let headers = [
        ("Authorization", desk.bearer.as_str()),
        ("Content-Type", "multipart/form-data; boundary=frontier"),
    ];
    desk.server.send("POST", "/api/imports", &headers, body)
}

#[test]
fn a_form_brings_a_file_and_what_is_asked_of_it() {
    for database in TestDatabase::each() {
        let desk = Desk::at(database, &[]);
        let body = form(&[
            ("dry_run", None, "on"),
            ("source", None, "réseau"),
            ("columns", None, "{}"),
            ("upload", Some("dossier/liens été.csv"), ROW),
            ("mode", None, "sync"),
        ]);
        let sent = send_form(&desk, &body);
        assert_eq!(sent.status, 202, "{}", sent.body);
        let import = desk.wait(sent.json()["id"].as_i64().unwrap(), &["planned"]);
        assert_eq!(
            [&import["source"], &import["file"], &import["mode"], &import["outcome"]["created"]],
            [&json!("réseau"), &json!("liens été.csv"), &json!("sync"), &json!(1)]
        );
    }
}

#[test]
fn forms_that_make_no_sense_leave_nothing() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let many: Vec<_> = (0..80).map(|_| ("source", None, "a")).collect();
    let long = "x".repeat(2 << 20);
    for (body, code) in [
        (form(&[("source", None, "a")]), "invalid-body"),
        (form(&[("f", Some(""), "")]), "invalid-body"),
        (form(&[("f", Some("a.csv"), ROW), ("g", Some("b.csv"), ROW)]), "invalid-body"),
        (form(&[("f", Some("a.csv"), ROW), ("colour", None, "red")]), "invalid-parameter"),
        (form(&[("f", Some("a.csv"), ROW), ("mode", None, "x")]), "invalid-parameter"),
        (form(&[("f", Some("a.csv"), ROW), ("source", None, &long)]), "invalid-body"),
        (form(&many), "invalid-body"),
        (form(&[("f", Some("a.csv"), ROW)])[..60].to_vec(), "invalid-body"),
        (b"no form at all".to_vec(), "invalid-body"),
    ] {
        let sent = send_form(&desk, &body);
        assert_eq!((sent.status, &sent.json()["code"]), (400, &json!(code)), "{}", sent.body);
    }
    assert_eq!(desk.uploads().len(), 0);
    assert_eq!(desk.send("GET", "/api/imports", &[]).json(), json!({"imports": []}));
}

/// A request as bytes; what comes back.
fn raw(desk: &Desk, head: &str, body: &[u8], hang_up: bool) -> String {
    let address = desk.server.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let head = format!(
        "POST /api/imports HTTP/1.1\r\nHost: {address}\r\nAuthorization: {}\r\n{head}\r\n\r\n",
        desk.bearer
    );
    stream.write_all(head.as_bytes()).unwrap();
    // the server may have had enough before all of it was sent
    let _ = stream.write_all(body);
    if hang_up {
        sleep(Duration::from_millis(300));
        assert_eq!(desk.uploads().len(), 1, "it is on its way");
        return String::new();
    }
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[test]
fn what_is_too_large_is_told_and_not_kept() {
    let desk = Desk::at(TestDatabase::sqlite(), &["--upload-limit", "3MB"]);
    let large = vec![b'x'; 3_000_001];
    let said = raw(&desk, &format!("Content-Length: {}", large.len()), &[], false);
    assert!(said.starts_with("HTTP/1.1 413"), "before it is sent: {said}");
    assert!(said.contains("\"code\":\"too-large\""), "{said}");
    let mut chunked = format!("{:x}\r\n", large.len()).into_bytes();
    chunked.extend_from_slice(&large);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    let said = raw(&desk, "Transfer-Encoding: chunked", &chunked, false);
    assert!(said.starts_with("HTTP/1.1 413"), "while it comes: {said}");
    let sent = send_form(&desk, &form(&[("f", Some("a.csv"), &"x".repeat(3_000_001))]));
    assert_eq!(sent.status, 413, "{}", sent.body);
    assert_eq!(desk.uploads().len(), 0);
    let id = desk.post("", &large[..3_000_000]);
    assert_eq!(desk.wait(id, &["failed"])["error"]["code"], "header-oversize");
}

#[test]
fn a_client_that_goes_away_leaves_nothing() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let body = vec![b'x'; 2 << 20];
    raw(&desk, "Content-Length: 50000000", &body, true);
    for _ in 0..50 {
        if desk.uploads().is_empty() {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    assert_eq!(desk.uploads().len(), 0);
    assert_eq!(desk.send("GET", "/api/imports", &[]).json(), json!({"imports": []}));
}

#[test]
fn a_full_disk_is_told() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let path = desk.folder.path().join("uploads");
    std::fs::create_dir(&path).unwrap();
    let path = path.to_str().unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs", path]).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: a small file system cannot be mounted here");
        return;
    }
    let sent = desk.send("POST", "/api/imports", &vec![b'x'; 5 << 20]);
    let left = desk.uploads().len();
    let small = desk.send("POST", "/api/imports", ROW.as_bytes());
    drop(desk.server);
    assert!(Command::new("umount").args(["-l", path]).status().unwrap().success());
    assert_eq!((sent.status, &sent.json()["code"]), (507, &json!("storage-full")), "{}", sent.body);
    assert_eq!(left, 0);
    assert_eq!(small.status, 202, "there is room again: {}", small.body);
}

#[test]
fn what_is_no_file_is_not_read() {
    let (database, folder) = (TestDatabase::sqlite(), TempDir::new().unwrap());
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for name in [pipe.to_str().unwrap(), "/dev/zero", "/dev/null"] {
        let output = crate::support::run(&["import", name, "--database", &database.url]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("it is a pipe or a device"), "{name}: {said}");
    }
}
