//! No work for a client that went away.
#![cfg(target_os = "linux")]

use std::{fmt::Write as _, io::Write, net::TcpStream, thread::sleep, time::Duration};

use tempfile::TempDir;

use crate::support::{Server, TestDatabase, import};

const RECORDS: usize = 40_000;

fn register() -> (TestDatabase, Server) {
    let mut rows = String::from(
        "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,longitude,latitude\n",
    );
    for i in 0..RECORDS {
        let (lon, lat) = (i % 300, i % 140);
        let title = "ab".repeat(30);
        writeln!(
            rows,
            "{i},{title} {i},Lyon,69123,Lieu {i},ML,{}.5,{}.5",
            lon as i32 - 150,
            lat as i32 - 70
        )
        .unwrap();
    }
    let (database, folder) = (TestDatabase::sqlite(), TempDir::new().unwrap());
    let file = folder.path().join("many.csv");
    std::fs::write(&file, rows).unwrap();
    import(&database, &file, &[]);
    let server = Server::start(&database, &[]);
    (database, server)
}

/// Waits until the server does nothing any more; its processor time then.
fn until_it_rests(server: &Server) -> f64 {
    loop {
        let before = server.cpu();
        sleep(Duration::from_millis(300));
        let now = server.cpu();
        if now - before < 0.02 {
            return now;
        }
    }
}

/// Processor time that is taken for a client that asks and hangs up after a moment, until the
/// server rests.
fn for_nobody(server: &Server, path: &str) -> f64 {
    let begun = server.cpu();
    let address = server.url.trim_start_matches("http://");
    let mut client = TcpStream::connect(address).unwrap();
    write!(client, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    sleep(Duration::from_millis(200));
    drop(client);
    until_it_rests(server) - begun
}

/// The same for a client that waits, whatever the answer.
fn for_somebody(server: &Server, path: &str) -> f64 {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let begun = server.cpu();
    let body = agent.get(format!("{}{path}", server.url)).call().unwrap().into_body();
    std::io::copy(&mut body.into_reader(), &mut std::io::sink()).unwrap();
    server.cpu() - begun
}

#[test]
fn what_nobody_waits_for_is_not_worked_out() {
    let (_database, server) = register();
    // what it prepares after its start is nobody's
    until_it_rests(&server);
    // each pattern tries every place of every title, so that the work takes a multiple of what it takes
    // to hang up; each request has its own
    let filter = |number: u32| {
        let hard = (0..150).map(|i| format!("title LIKE '%a%a%a%a%a%a%{i}z{number}%'"));
        let hard = hard.collect::<Vec<_>>().join(" OR ");
        url::form_urlencoded::byte_serialize(hard.as_bytes()).collect::<String>()
    };
    for path in [
        format!("/api/collections/partnerships/items?filter={}", filter(1)),
        format!("/api/facets?filter={}", filter(2)),
        format!("/api/export/partnerships.csv?filter={}", filter(3)),
        format!("/tiles/links/0/0/0.mvt?filter={}", filter(4)),
        "/api/export/links.gpkg".to_owned(),
    ] {
        let (nobody, somebody) = (for_nobody(&server, &path), for_somebody(&server, &path));
        assert!(nobody < somebody * 0.6, "{path:.40}: {nobody} s of {somebody} s");
    }
}
