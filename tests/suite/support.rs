//! Databases, servers and commands for tests; each is gone when it is dropped.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
};
use serde_json::Value;
use tempfile::TempDir;

/// Where the shared data is, if it is here.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: ../shared/{path} is not here");
    None
}

/// So many generated records as native CSV; always the same ones.
pub fn generated_rows(rows: u64) -> Vec<u8> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/records.py");
    let output = Command::new("python3").arg(script).arg(rows.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A database of its own for one test.
pub struct TestDatabase {
    pub url: String,
    pub name: &'static str,
    _folder: Option<TempDir>,
    server: Option<(String, String)>,
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("atlas.db").display());
        Self { url, name: "SQLite", _folder: Some(folder), server: None }
    }

    /// On the server that `ATLAS_TEST_POSTGRES` names, if it does.
    pub fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("ATLAS_TEST_POSTGRES") else {
            println!("skipped: ATLAS_TEST_POSTGRES names no PostgreSQL server");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("atlas_test_{}_{number}", std::process::id());
        let mut admin = PgConnection::establish(&server).expect("the PostgreSQL server for tests");
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Some(Self { url, name: "PostgreSQL", _folder: None, server: Some((server, name)) })
    }

    /// One of somebody else's, which stays.
    pub fn borrowed(url: &str) -> Self {
        Self { url: url.into(), name: "borrowed", _folder: None, server: None }
    }

    /// One of each kind that is here.
    pub fn each() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres()].into_iter().flatten().collect()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server
            && let Ok(mut admin) = PgConnection::establish(server)
        {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = diesel::sql_query(drop).execute(&mut admin);
        }
    }
}

/// Does in SQL what the program never would.
pub fn tamper(database: &TestDatabase, sql: &str) {
    match database.url.strip_prefix("sqlite:") {
        Some(path) => SqliteConnection::establish(path).unwrap().batch_execute(sql).unwrap(),
        None => PgConnection::establish(&database.url).unwrap().batch_execute(sql).unwrap(),
    }
}

/// The program, in English and without colours.
pub fn atlas(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atlas"));
    command.args(arguments).env("LC_ALL", "C").env("NO_COLOR", "1").env_remove("ATLAS_DATABASE");
    command
}

/// Runs a command of the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    atlas(arguments).output().unwrap()
}

/// Runs a command that must succeed; what it printed.
pub fn succeed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs an import; its exit code and its report.
pub fn import(database: &TestDatabase, file: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let file = file.to_str().unwrap();
    let arguments = [&["import", file, "--database", &database.url, "--json"], more].concat();
    let output = run(&arguments);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), report)
}

/// Exports everything in a format.
pub fn export(database: &TestDatabase, format: &str) -> String {
    succeed(&["export", "--database", &database.url, "--format", format])
}

/// Whether a register was not made, or has no record.
pub fn is_empty(database: &TestDatabase) -> bool {
    let file = database.url.strip_prefix("sqlite:");
    let is_missing = file.is_some_and(|path| !Path::new(path).exists());
    is_missing || export(database, "csv").lines().count() == 1
}

/// An export without the times of import, which differ between databases.
pub fn timeless(geojson: &str) -> String {
    let mut out = String::with_capacity(geojson.len());
    let mut rest = geojson;
    while let Some((before, after)) = rest.split_once("\"updated_at\":\"") {
        out.push_str(before);
        rest = after.split_once('"').unwrap().1;
    }
    out + rest
}

/// A running server.
pub struct Server {
    process: Child,
    pub url: String,
}

impl Server {
    /// Starts on a free port and waits until it answers.
    pub fn start(database: &TestDatabase, more: &[&str]) -> Self {
        Self::start_as(database, &[&["--create"], more].concat())
    }

    /// One that only shows what is there.
    pub fn start_reading(database: &TestDatabase, more: &[&str]) -> Self {
        Self::start_as(database, &[&["--read-only"], more].concat())
    }

    fn start_as(database: &TestDatabase, more: &[&str]) -> Self {
        let arguments = ["serve", "--database", &database.url, "--listen", "127.0.0.1:0"];
        let process = atlas(&[&arguments[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self::of(process)
    }

    /// One that was started, once it tells its address.
    pub fn of(process: Child) -> Self {
        Self::telling(process, 1).0
    }

    /// One with metrics at an address of their own.
    pub fn with_metrics(process: Child) -> (Self, String) {
        let (server, mut addresses) = Self::telling(process, 2);
        (server, addresses.remove(1))
    }

    /// The addresses that it tells, a line each.
    fn telling(mut process: Child, lines: usize) -> (Self, Vec<String>) {
        let told = BufReader::new(process.stdout.take().unwrap()).lines().take(lines);
        let addresses: Vec<String> = told
            .map(|line| {
                let line = line.unwrap();
                let url = line.trim().split_once("http").unwrap().1.trim_end_matches('/');
                format!("http{url}")
            })
            .collect();
        (Self { process, url: addresses[0].clone() }, addresses)
    }

    /// Asks it to end, and does not wait for it.
    pub fn ask_to_stop(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// How it ended.
    pub fn wait(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// A response, whatever its status.
    pub fn get(&self, path: &str) -> Response {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send("GET", path, headers, &[])
    }

    /// A request of any method; a body makes it say how long it is.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("identity")
            .build()
            .into();
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let mut request = ureq::http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = if body.is_empty() && matches!(method, "GET" | "HEAD" | "DELETE") {
            agent.run(request.body(()).unwrap()).unwrap()
        } else {
            agent.run(request.body(body).unwrap()).unwrap()
        };
        let body = response.body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
        let headers = response.headers().clone();
        Response { status: response.status().as_u16(), headers, body }
    }

    pub fn json(&self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        response.json()
    }
}

impl Server {
    /// Seconds of processor time that it has taken (proc(5): hundredths).
    #[cfg(target_os = "linux")]
    pub fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let mut fields = stat.rsplit_once(") ").unwrap().1.split(' ').skip(11);
        let mut next = || fields.next().unwrap().parse::<f64>().unwrap();
        (next() + next()) / 100.0
    }

    /// Bytes of memory that it holds (proc(5)).
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// Ends it with no time to tidy up.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to end; how it did, and after how long.
    pub fn terminate(&mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        self.ask_to_stop();
        (self.process.wait().unwrap().code(), begun.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server with `import/sample.csv`, started with more arguments.
pub fn demo_with(more: &[&str]) -> (TestDatabase, Server) {
    let database = TestDatabase::sqlite();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    let server = Server::start(&database, more);
    (database, server)
}

/// A server with `import/sample.csv`.
pub fn demo() -> (TestDatabase, Server) {
    demo_with(&[])
}

/// A server with partners on both sides of the date line, near the poles, and nowhere.
pub fn edges() -> (TestDatabase, Server) {
    const ROWS: &str = "\
identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,longitude,latitude,themes,date_debut,date_fin
1,Nouméa,98818,Suva,FJ,178.44,-18.14,sante,2001,2005
2,Nouméa,98818,Apia,WS,-171.76,-13.83,sport,2010,
3,Brest,29019,Provideniya,RU,-173.23,64.42,culture-francophonie,,
4,Brest,29019,Anadyr,RU,177.51,64.73,culture-francophonie,1995,1999
5,Lyon,69123,Alert,CA,-62.34,82.5,climat-environnement,2015,2030
6,Lyon,69123,Longyearbyen,SJ,15.63,78.22,climat-environnement,2020-06-15,
7,Paris,75056,Dumont d'Urville,AQ,140.0,-66.66,climat-environnement,,2012
8,Paris,75056,Un lieu introuvable,SN,,,eau-assainissement,2003,2003
";
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("edges.csv");
    std::fs::write(&path, ROWS).unwrap();
    let (code, report) = import(&database, &path, &[]);
    assert_eq!(code, Some(0), "{report:#}");
    let server = Server::start(&database, &[]);
    (database, server)
}

/// Every address that a page of HTML names, with what stands for letters in it undone.
pub fn addresses(html: &str) -> Vec<String> {
    let values = html.split("href=\"").skip(1).filter_map(|after| after.split('"').next());
    values.map(|href| href.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

pub struct Response {
    pub status: u16,
    headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Response {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}
