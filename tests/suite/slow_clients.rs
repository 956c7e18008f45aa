//! Clients that hold what they take too slowly, or not at all, and those that ask too often.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::{Server, TestDatabase, demo_with, generated_rows, import};

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    stream
}

/// Whether the server has closed a connection; what came before is passed over.
fn is_closed(stream: &mut TcpStream) -> bool {
    let mut piece = [0; 4_096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => {
                use std::io::ErrorKind::{TimedOut, WouldBlock};
                return !matches!(error.kind(), TimedOut | WouldBlock);
            }
        }
    }
}

/// The value of a metric, with its labels if it has some.
fn metric(server: &Server, name: &str) -> u64 {
    let metrics = server.get("/metrics").body;
    let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
    let value = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    value.unwrap_or_else(|| panic!("{name}: {metrics}"))
}

/// A server that may have so many files open.
fn start_with_files(database: &TestDatabase, files: u32) -> Server {
    let limited = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
    let child: Child = Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_atlas")])
        .args(["serve", "--create", "--database", &database.url, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Server::of(child)
}

#[test]
fn idle_connections_make_room_for_whoever_comes() {
    rlimit::increase_nofile_limit(4_096).unwrap();
    let database = TestDatabase::sqlite();
    let server = start_with_files(&database, 1_024);
    let mut idle = Vec::new();
    for number in 0..1_100 {
        let mut stream = connect(&server);
        // some have asked before, others never do
        if number % 2 == 0 {
            let _ = write!(stream, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        idle.push(stream);
    }
    for _ in 0..20 {
        let begun = Instant::now();
        assert_eq!(server.get("/api").status, 200);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    assert!(metric(&server, "atlas_connections_ended{reason=\"full\"}") > 0);
    let open = metric(&server, "process_open_fds");
    assert!(open <= 1_024 && metric(&server, "process_max_fds") == 1_024, "{open}");
    // the newest are those that stay
    let mut newest = idle.pop().unwrap();
    assert!(!is_closed(&mut newest));
    assert!(is_closed(&mut idle[0]));
}

#[test]
fn a_head_that_comes_by_drops_ends_its_connection() {
    let (_database, server) = demo_with(&["--header-timeout", "2"]);
    let mut first = connect(&server);
    let mut second = connect(&server);
    write!(second, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    sleep(Duration::from_millis(300));
    assert!(!is_closed(&mut second));
    let begun = Instant::now();
    for (name, stream) in [("first", &mut first), ("second", &mut second)] {
        let _ = write!(stream, "GET / HTTP/1.1\r\nX: ");
        while !is_closed(stream) {
            assert!(begun.elapsed() < Duration::from_secs(15), "the {name} request");
            let _ = stream.write(b"a");
        }
    }
    assert!(metric(&server, "atlas_connections_ended{reason=\"slow_head\"}") > 0);
}

#[test]
fn readers_by_drops_hold_no_prepared_file() {
    let (database, folder) = (TestDatabase::sqlite(), TempDir::new().unwrap());
    let file = folder.path().join("many.csv");
    fs::write(&file, generated_rows(8_000)).unwrap();
    import(&database, &file, &["--valid-rows-only"]);
    let server = Server::start(&database, &["--write-timeout", "3"]);
    let path = "/api/export/partnerships.gpkg";
    let head = server.send("HEAD", path, &[], &[]);
    let length: usize = head.header("content-length").parse().unwrap();
    assert!(length > 4_000_000, "more than the system takes of it: {length} bytes");
    // the same address is the same file, which is there: none waits until another was written
    let host = server.url.trim_start_matches("http://");
    let mut readers: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = connect(&server);
            socket2::SockRef::from(&stream).set_recv_buffer_size(4_096).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
                .unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    // by the server, or by the system where they take nothing at all; the one left asks for this
    while metric(&server, "atlas_connections") > 1 {
        assert!(begun.elapsed() < Duration::from_secs(45), "they hold it");
        for reader in &mut readers {
            let _ = reader.read(&mut [0; 20]);
        }
        sleep(Duration::from_millis(100));
    }
    // a reader with a slow line, but a line, gets all of it
    let mut slow = connect(&server);
    write!(slow, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut taken, mut piece, begun) = (0, vec![0; 32 * 1024], Instant::now());
    loop {
        let came = slow.read(&mut piece).unwrap();
        if came == 0 {
            break;
        }
        taken += came;
        // for longer than the time in which it takes nothing may last
        if begun.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_millis(400));
        }
    }
    let length: usize =
        server.send("HEAD", path, &[], &[]).header("content-length").parse().unwrap();
    assert!(taken > length, "{taken} of {length} bytes");
}

#[test]
fn each_client_may_ask_so_often() {
    let more = ["--client-rate", "1", "--trusted-proxies", "127.0.0.1"];
    let (_database, server) = demo_with(&more);
    let ask = |path: &str, client: &str| server.get_with(path, &[("X-Forwarded-For", client)]);
    let first = ask("/api", "203.0.113.9");
    assert_eq!((first.status, first.header("ratelimit-policy")), (200, "\"client\";q=10;w=10"));
    assert_eq!(first.header("ratelimit"), "\"client\";r=9;t=1");
    let refused = |path: &str| {
        let answers = (0..500).map(|_| ask(path, "203.0.113.9"));
        answers.into_iter().find(|answer| answer.status != 200).unwrap()
    };
    let answer = refused("/api");
    assert_eq!((answer.status, &answer.json()["code"]), (429, &"too-many-requests".into()));
    assert_eq!(
        (answer.header("retry-after"), answer.header("ratelimit")),
        ("1", "\"client\";r=0;t=1")
    );
    // pages and files too
    assert_eq!(refused("/static/app/main.js").status, 429);
    assert_eq!(ask("/api", "203.0.113.10").status, 200);
    // one household has one rate
    let mut household = (0..500).map(|number| ask("/api", &format!("2001:db8:1:2::{number:x}")));
    assert!(household.any(|answer| answer.status == 429));
    assert_eq!(ask("/api", "2001:db8:1:3::1").status, 200);
    // never what whoever operates it asks; nor is this machine counted
    assert!((0..20).all(|_| ask("/readyz", "203.0.113.9").status == 200));
    assert!((0..20).all(|_| server.get("/api").status == 200));
    assert!(metric(&server, "atlas_rates_refused") > 0);
}
