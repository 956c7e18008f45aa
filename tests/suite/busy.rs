//! No client stops the server: answers that nobody takes, and more costly questions than cores.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::Write as _,
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::{Server, TestDatabase, generated_rows, import};

const RECORDS: u64 = 10_000;
/// What is on its way at most, but for what two threads write at once.
const MEMORY: [&str; 2] = ["--answer-memory", "20MB"];

fn register(more: &[&str]) -> (TestDatabase, Server) {
    let (database, folder) = (TestDatabase::sqlite(), TempDir::new().unwrap());
    let file = folder.path().join("many.csv");
    fs::write(&file, generated_rows(RECORDS)).unwrap();
    import(&database, &file, &["--valid-rows-only"]);
    let server = Server::start(&database, more);
    (database, server)
}

/// Asks, and takes nothing of the answer.
fn ask(server: &Server, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream
}

/// How long the server takes to say that it lives, at most.
fn longest(server: &Server, times: u32) -> Duration {
    let one = |_| {
        let begun = Instant::now();
        assert_eq!(server.get("/healthz").status, 200);
        sleep(Duration::from_millis(20));
        begun.elapsed()
    };
    (0..times).map(one).max().unwrap()
}

fn gauge(server: &Server, name: &str) -> u64 {
    let metrics = server.get("/metrics").body;
    let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap()
}

#[test]
fn answers_that_nobody_takes_are_bounded() {
    let (_database, server) = register(&MEMORY);
    let page = |limit: u64| format!("/api/collections/partnerships/items?limit={limit}");
    let size = server.get(&page(RECORDS)).body.len() as u64;
    let before = server.memory();
    let readers: Vec<TcpStream> =
        (0..80).map(|number| ask(&server, &page(RECORDS - 1 - number))).collect();
    let begun = Instant::now();
    let mut held = 0;
    while held <= 20_000_000 {
        assert!(begun.elapsed() < Duration::from_mins(1), "{held} bytes are on their way");
        sleep(Duration::from_millis(100));
        held = gauge(&server, "atlas_answer_bytes");
    }
    assert!(held < 20_000_000 + 4 * size, "{held}, an answer has {size}");
    // what waits is told to come back, and the server lives
    let refused = server.get(&page(10));
    assert_eq!((refused.status, refused.header("retry-after")), (503, "10"), "{}", refused.body);
    assert!(longest(&server, 10) < Duration::from_secs(2));
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 300_000_000, "{grown} bytes more, 80 answers have {}", 80 * size);
    drop(readers);
    let begun = Instant::now();
    while server.get(&page(10)).status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it goes on when they have gone");
    }
    assert!(gauge(&server, "atlas_answers_refused") > 0);
}

#[test]
fn costly_questions_leave_the_threads_that_answer_alone() {
    let (_database, server) = register(&[]);
    let costly = |number: u32| {
        let like = format!("title%20LIKE%20'%25a%25e%25i{number}%25'%20OR%20");
        let filter = format!("{}title%20LIKE%20'%25z{number}%25'", like.repeat(6));
        format!("/api/facets?filter={filter}")
    };
    let asked: Vec<TcpStream> = (0..150).map(|number| ask(&server, &costly(number))).collect();
    let longest = longest(&server, 20);
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    drop(asked);
}
