//! Imports over HTTP, on each database: planned, agreed to, written, undone.

use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::storage::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    session::{session, token},
    support::{Response, Server, TestDatabase, export, import, timeless},
};

/// A server with a folder for files, and a token for it.
pub struct Desk {
    pub database: TestDatabase,
    pub folder: TempDir,
    pub server: Server,
    pub bearer: String,
}

pub const ITEMS: &str = "/api/collections/partnerships/items";
const HEADER: &str =
    "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,statut\n";

/// A file with one row for each number, in this state.
pub fn rows(numbers: std::ops::Range<u32>, status: &str) -> String {
    let mut file = HEADER.to_owned();
    for number in numbers {
        writeln!(file, "n{number},Lyon,69123,Birmingham,GB,{status}").unwrap();
    }
    file
}

impl Desk {
    pub fn at(database: TestDatabase, more: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let server = Self::serve(&database, &folder, more);
        let bearer = format!("Bearer {}", token(&database, "importer"));
        Self { database, folder, server, bearer }
    }

    pub fn serve(database: &TestDatabase, folder: &TempDir, more: &[&str]) -> Server {
        let uploads = folder.path().join("uploads");
        Server::start(database, &[&["--uploads", uploads.to_str().unwrap()], more].concat())
    }

    /// One on each database that is here.
    pub fn each() -> Vec<Self> {
        TestDatabase::each().into_iter().map(|database| Self::at(database, &[])).collect()
    }

    /// Another server on the same data; the former one is gone.
    pub fn again(&mut self, end: impl FnOnce(&mut Server)) {
        end(&mut self.server);
        self.server = Self::serve(&self.database, &self.folder, &[]);
    }

    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Response {
        self.server.send(method, path, &[("Authorization", &self.bearer)], body)
    }

    /// Sends a file; the number of its import.
    pub fn post(&self, query: &str, body: &[u8]) -> i64 {
        let response = self.send("POST", &format!("/api/imports?{query}"), body);
        assert_eq!(response.status, 202, "{}", response.body);
        let import = response.json();
        assert_eq!(response.header("location"), format!("/api/imports/{}", import["id"]));
        import["id"].as_i64().unwrap()
    }

    pub fn get(&self, id: i64) -> Value {
        let response = self.send("GET", &format!("/api/imports/{id}"), &[]);
        assert_eq!(response.status, 200, "{}", response.body);
        response.json()
    }

    pub fn act(&self, id: i64, action: &str, body: &Value) -> Response {
        let body = body.to_string();
        self.send("POST", &format!("/api/imports/{id}/{action}"), body.as_bytes())
    }

    /// Waits until an import is in one of these states.
    pub fn wait(&self, id: i64, states: &[&str]) -> Value {
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            let import = self.get(id);
            if states.iter().any(|state| import["state"] == *state) {
                return import;
            }
            assert!(Instant::now() < deadline, "{states:?} expected: {import:#}");
            sleep(Duration::from_millis(20));
        }
    }

    pub fn matched(&self) -> u64 {
        self.server.json(ITEMS)["numberMatched"].as_u64().unwrap()
    }

    /// The files that are kept.
    pub fn uploads(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("uploads")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_string_lossy().contains("upload-")).collect()
    }
}

pub fn outcome(import: &Value) -> [u64; 5] {
    ["created", "updated", "unchanged", "removed", "rejected"]
        .map(|name| import["outcome"][name].as_u64().unwrap())
}

#[test]
fn the_whole_life_of_an_import() {
    for desk in Desk::each() {
        let before = timeless(&export(&desk.database, "geojson"));
        let first = desk.post("source=essai&file=liens.csv", rows(0..3, "en_cours").as_bytes());
        let import = desk.wait(first, &["committed"]);
        assert_eq!(outcome(&import), [3, 0, 0, 0, 0], "{import:#}");
        assert_eq!((&import["actor"], &import["file"]), (&json!("importer"), &json!("liens.csv")));
        assert_eq!(import["plan"]["written"], true);
        assert!(import["plan"].get("circumstances").is_none());
        assert_eq!(desk.matched(), 3, "published before it is told");
        assert_eq!(desk.uploads().len(), 0, "what was written needs no file");

        let second = desk.post("source=essai&dry_run=true", rows(2..5, "termine").as_bytes());
        let import = desk.wait(second, &["planned"]);
        assert_eq!(outcome(&import), [2, 1, 0, 0, 0], "{import:#}");
        assert_eq!(
            (&import["plan"]["written"], &import["finished_at"]),
            (&json!(false), &Value::Null)
        );
        let changes = import["plan"]["changes"].as_array().unwrap();
        let updated = changes.iter().find(|change| change["operation"] == "updated").unwrap();
        assert_eq!(
            updated["cells"],
            json!([{"column": "statut", "before": "en_cours", "after": "termine"}])
        );
        assert_eq!((desk.matched(), desk.uploads().len()), (3, 1));

        let digest = import["plan"]["digest"].clone();
        let other = desk.act(second, "commit", &json!({"digest": "0".repeat(32)}));
        assert_eq!((other.status, &other.json()["code"]), (409, &json!("plan-changed")));
        let committed = desk.act(second, "commit", &json!({"digest": digest}));
        assert_eq!(committed.status, 202, "{}", committed.body);
        let import = desk.wait(second, &["committed"]);
        assert_eq!((outcome(&import), &import["plan"]["digest"]), ([2, 1, 0, 0, 0], &digest));
        assert_eq!((desk.matched(), desk.uploads().len()), (5, 0));
        let twice = desk.act(second, "commit", &json!({}));
        assert_eq!((twice.status, &twice.json()["code"]), (409, &json!("not-planned")));
        let late = desk.act(second, "cancel", &json!({}));
        assert_eq!((late.status, &late.json()["code"]), (409, &json!("committed")));

        // undone in the wrong order, then in the right one
        let refused = desk.act(first, "revert", &json!({}));
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("conflicts")));
        assert_eq!(refused.json()["conflicts"]["total"], 1);
        let undone = desk.act(second, "revert", &json!({}));
        assert_eq!(undone.status, 200, "{}", undone.body);
        let undone = undone.json();
        assert_eq!((&undone["reverts"], &undone["state"]), (&json!(second), &json!("committed")));
        assert_eq!((desk.matched(), &desk.get(second)["reverted_by"]), (3, &undone["id"]));
        assert_eq!(desk.act(first, "revert", &json!({})).status, 200);
        let again = desk.act(first, "revert", &json!({}));
        assert_eq!((again.status, &again.json()["code"]), (409, &json!("already-reverted")));
        assert_eq!(timeless(&export(&desk.database, "geojson")), before);
        let list = desk.send("GET", "/api/imports", &[]).json();
        let ids: Vec<_> = list["imports"].as_array().unwrap().iter().map(|i| &i["id"]).collect();
        assert_eq!(ids, [4, 3, 2, 1].map(Value::from).iter().collect::<Vec<_>>());
        assert!(list["imports"][0].get("plan").is_none());
    }
}

#[test]
fn rejected_rows_are_asked_about() {
    for desk in Desk::each() {
        let file = rows(0..2, "en_cours") + "x,Nulle-Part-sur-Rien,,Birmingham,GB,\n";
        let id = desk.post("", file.as_bytes());
        let import = desk.wait(id, &["planned"]);
        assert_eq!((&import["plan"]["refused"], outcome(&import)), (&json!(true), [2, 0, 0, 0, 1]));
        assert_eq!(import["issues"][0]["line"], 4, "{import:#}");
        assert!(import["issues"][0]["message"]["fr"].is_string());
        let table = desk.send("GET", &format!("/api/imports/{id}/issues.csv"), &[]);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert!(table.body.starts_with("severity,code,line") && table.body.lines().count() == 2);

        let refused = desk.act(id, "commit", &json!({}));
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("rejected-rows")));
        assert_eq!(desk.act(id, "commit", &json!({"valid_rows_only": true})).status, 202);
        let import = desk.wait(id, &["committed"]);
        assert_eq!((outcome(&import), desk.matched()), ([2, 0, 0, 0, 1], 2), "{import:#}");
        assert_eq!(import["issues"].as_array().unwrap().len(), 1);
        assert_eq!(desk.uploads().len(), 1, "its rejected rows may be wanted back");

        let id = desk.post("valid_rows_only=true", file.as_bytes());
        assert_eq!(outcome(&desk.wait(id, &["committed"])), [0, 0, 2, 0, 1]);
    }
}

#[test]
fn a_plan_is_carried_out_exactly_or_not_at_all() {
    for desk in Desk::each() {
        let file = rows(0..2, "en_cours");
        let id = desk.post("dry_run=true", file.as_bytes());
        desk.wait(id, &["planned"]);
        // somebody else is quicker
        let other = desk.folder.path().join("other.csv");
        fs::write(&other, rows(1..2, "suspendu")).unwrap();
        import(&desk.database, &other, &[]);
        assert_eq!(desk.act(id, "commit", &json!({})).status, 202);
        let import = desk.wait(id, &["failed"]);
        assert_eq!(import["error"]["code"], "plan-changed", "{import:#}");
        assert!(import["error"]["message"]["fr"].is_string() && !import["finished_at"].is_null());
        assert_eq!(outcome(&import), [2, 0, 0, 0, 0], "what was planned");
        assert_eq!(desk.act(id, "plan", &json!({})).status, 202);
        let import = desk.wait(id, &["planned"]);
        assert_eq!((outcome(&import), &import["error"]), ([1, 1, 0, 0, 0], &Value::Null));
        assert_eq!(desk.act(id, "commit", &json!({})).status, 202);
        desk.wait(id, &["committed"]);
        let again = desk.act(id, "plan", &json!({}));
        assert_eq!(
            (again.status, &again.json()["code"]),
            (409, &json!("not-plannable")),
            "{}",
            again.body
        );
    }
}

#[test]
fn a_list_that_may_not_be_whole_is_asked_about() {
    for desk in Desk::each() {
        let id = desk.post("source=a", rows(0..10, "en_cours").as_bytes());
        desk.wait(id, &["committed"]);
        let id = desk.post("source=a&mode=sync", rows(0..5, "en_cours").as_bytes());
        let import = desk.wait(id, &["planned"]);
        assert_eq!(outcome(&import), [0, 0, 5, 5, 0]);
        assert_eq!(
            import["plan"]["mass_removals"],
            json!([{"source": "a", "removed": 5, "of": 10}])
        );
        let refused = desk.act(id, "commit", &json!({}));
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("mass-removal")));
        assert_eq!(desk.act(id, "commit", &json!({"allow_mass_removal": true})).status, 202);
        desk.wait(id, &["committed"]);
        assert_eq!(desk.matched(), 5);
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_can_be_read_otherwise() {
    for desk in Desk::each() {
        let id = desk.post("", "a,b\n1,2\n".as_bytes());
        let import = desk.wait(id, &["failed"]);
        assert_eq!(import["error"]["code"], "columns-missing", "{import:#}");
        for language in ["fr", "en"] {
            let message = import["error"]["message"][language].as_str().unwrap();
            assert!(message.contains("collectivite"), "{message}");
        }
        let wrong = desk.act(id, "plan", &json!({"encoding": "klingon"}));
        assert_eq!(
            (wrong.status, &wrong.json()["errors"][0]["parameter"]),
            (400, &json!("encoding"))
        );
        let wrong = desk.act(id, "plan", &json!({"colour": "red"}));
        assert_eq!((wrong.status, &wrong.json()["code"]), (400, &json!("invalid-body")));
        assert_eq!(desk.act(id, "cancel", &json!({})).json()["state"], "cancelled");
        assert_eq!(desk.act(id, "cancel", &json!({})).json()["state"], "cancelled");
        assert_eq!(desk.uploads().len(), 0);

        let accents = "collectivite;collectivite_code;partenaire;partenaire_pays;description\nLyon;69123;Birmingham;GB;\u{e9}t\u{e9}\n";
        let latin: Vec<u8> = accents.chars().map(|letter| letter as u8).collect();
        let id = desk.post("encoding=macintosh&dry_run=true", &latin);
        assert_eq!(desk.wait(id, &["planned"])["encoding"], "macintosh");
        assert_eq!(desk.act(id, "plan", &json!({"encoding": "windows-1252"})).status, 202);
        let import = desk.wait(id, &["planned"]);
        assert_eq!(
            (&import["encoding"], outcome(&import)),
            (&json!("windows-1252"), [1, 0, 0, 0, 0])
        );
        assert_eq!(desk.act(id, "commit", &json!({})).status, 202);
        desk.wait(id, &["committed"]);
        assert!(export(&desk.database, "csv").contains("été"));
    }
}

#[test]
fn what_is_not_there_or_makes_no_sense_is_named() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    for path in
        ["/api/imports/7", "/api/imports/x", "/api/imports/7/events", "/api/imports/7/issues.csv"]
    {
        assert_eq!(desk.send("GET", path, &[]).status, 404, "{path}");
    }
    for action in ["plan", "commit", "cancel", "revert"] {
        assert_eq!(desk.act(7, action, &json!({})).status, 404, "{action}");
        assert_eq!(
            desk.act(7, action, &json!([1])).status,
            if matches!(action, "plan" | "commit") { 400 } else { 404 }
        );
    }
    for query in ["mode=x", "dry_run=x", "colour=red", "profile=x", "columns=x"] {
        let response = desk.send("POST", &format!("/api/imports?{query}"), b"a");
        assert_eq!(
            (response.status, &response.json()["code"]),
            (400, &json!("invalid-parameter")),
            "{query}"
        );
    }
    assert_eq!(desk.uploads().len(), 0);
}

#[test]
fn roles_and_pages_of_others() {
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let reader = format!("Bearer {}", token(&desk.database, "reader"));
    let id = desk.post("dry_run=true", rows(0..1, "en_cours").as_bytes());
    desk.wait(id, &["planned"]);
    let by = |headers: &[(&str, &str)], method: &str, path: &str| {
        desk.server.send(method, path, headers, if method == "GET" { b"" } else { b"{}" }).status
    };
    let shown = format!("/api/imports/{id}");
    let (commit, cancel) = (format!("{shown}/commit"), format!("{shown}/cancel"));
    assert_eq!(by(&[("Authorization", &reader)], "GET", &shown), 200);
    for path in
        ["/api/imports", &commit, &cancel, &format!("{shown}/plan"), &format!("{shown}/revert")]
    {
        assert_eq!(by(&[], "POST", path), 401, "{path}");
        let refused = desk.server.send("POST", path, &[("Authorization", &reader)], b"{}");
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("role")), "{path}");
    }
    // a cookie goes with every request of a browser, so that the page must be this server's own
    let cookie = session(&desk.server, &desk.bearer);
    let cookie = ("Cookie", cookie.as_str());
    for foreign in [
        &[cookie][..],
        &[cookie, ("Origin", "https://a.example")],
        &[cookie, ("Origin", "null")],
        &[cookie, ("Sec-Fetch-Site", "cross-site"), ("Origin", &desk.server.url)],
        &[cookie, ("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(by(foreign, "POST", &commit), 403, "{foreign:?}");
    }
    assert_eq!(by(&[cookie, ("Sec-Fetch-Site", "cross-site")], "GET", &shown), 200);
    assert_eq!(by(&[cookie, ("Origin", &desk.server.url)], "POST", &commit), 202);
    desk.wait(id, &["committed"]);
}

#[test]
fn imports_take_turns() {
    for desk in Desk::each() {
        let files =
            [rows(0..2_000, "en_cours"), rows(0..2_000, "termine"), rows(0..2_000, "suspendu")];
        let ids: Vec<i64> = std::thread::scope(|scope| {
            let sent = files.each_ref().map(|file| scope.spawn(|| desk.post("", file.as_bytes())));
            sent.map(|sent| sent.join().unwrap()).into()
        });
        for id in ids {
            let import = desk.wait(id, &["committed", "failed"]);
            assert_eq!(import["state"], "committed", "{}", import["error"]);
        }
        assert_eq!(desk.matched(), 2_000);
        assert!(Database::open(&desk.database.url).unwrap().integrity_check().unwrap().is_empty());
    }
}

#[test]
fn whoever_watches_is_told_until_the_end() {
    for desk in Desk::each() {
        let id = desk.post("", rows(0..20_000, "en_cours").as_bytes());
        let begun = Instant::now();
        let events = desk.send("GET", &format!("/api/imports/{id}/events"), &[]);
        assert!(events.header("content-type").starts_with("text/event-stream"));
        assert_eq!(events.header("access-control-allow-origin"), "");
        let told: Vec<(&str, Value)> = events
            .body
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("event: ")?.split_once("\ndata: "))
            .map(|(name, data)| (name, serde_json::from_str(data).unwrap()))
            .collect();
        let (last, first) = told.split_last().unwrap();
        assert_eq!((last.0, &last.1["state"]), ("end", &json!("committed")), "{}", events.body);
        assert!(first.iter().all(|(name, _)| *name == "progress"));
        assert!(last.1.get("issues").is_none() && last.1.get("plan").is_none());
        let most = 2 + begun.elapsed().as_millis() / 200;
        assert!(told.len() as u128 <= most, "{} events", told.len());
        // one that is over is told at once
        let begun = Instant::now();
        let events = desk.send("GET", &format!("/api/imports/{id}/events"), &[]);
        assert!(events.body.starts_with("event: end\n") && begun.elapsed().as_millis() < 1_000);
    }
}
