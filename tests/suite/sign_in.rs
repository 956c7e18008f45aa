//! People: a link by mail, an account, whom somebody speaks for; limits, and addresses that stay
//! private.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use atlas_aect::storage::{Database, NewMail, StorageError};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Response, Server, TestDatabase, succeed, tamper};

/// A mail server that keeps what it is given.
pub struct Sink {
    pub url: String,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let mut answers = stream.try_clone().unwrap();
                let mut say = |text: &str| answers.write_all(text.as_bytes()).is_ok();
                let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
                say("220 sink\r\n");
                while let Some(line) = lines.next() {
                    match line.get(..4).unwrap_or_default() {
                        "EHLO" | "HELO" => say("250 sink\r\n"),
                        "DATA" => {
                            say("354 go\r\n");
                            let mail: Vec<String> =
                                lines.by_ref().take_while(|line| line != ".").collect();
                            kept.lock().unwrap().push(mail.join("\n"));
                            say("250 kept\r\n")
                        }
                        "QUIT" => say("221 bye\r\n"),
                        _ => say("250 ok\r\n"),
                    };
                }
            }
        });
        Self { url, mails }
    }

    /// The last mail to an address once there are so many to it, as plain text.
    pub fn mail(&self, to: &str, number: usize) -> String {
        let begun = Instant::now();
        loop {
            let header = format!("To: {to}");
            let mails = self.mails.lock().unwrap();
            let to_them: Vec<String> = mails
                .iter()
                .filter(|mail| mail.lines().any(|line| line == header))
                .cloned()
                .collect();
            drop(mails);
            if to_them.len() >= number {
                return plain(to_them.last().unwrap());
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no mail {number} to {to}");
            sleep(Duration::from_millis(50));
        }
    }
}

/// A mail without its quoted-printable coding.
fn plain(mail: &str) -> String {
    if !mail.contains("quoted-printable") {
        return mail.to_owned();
    }
    let joined = mail.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if *first == b'=' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path of the link in a mail.
fn link(server: &Server, mail: &str) -> String {
    let link = mail.lines().find(|line| line.contains("/link/atlas_link_")).unwrap().trim();
    link.strip_prefix(&server.url).unwrap_or_else(|| panic!("{link}")).to_owned()
}

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn ask_link(server: &Server, email: &str) -> Response {
    let body = json!({"email": email, "language": "en"}).to_string();
    server.send("POST", "/api/session", &[JSON], body.as_bytes())
}

/// Somebody in a browser.
pub struct Person<'s> {
    server: &'s Server,
    pub cookie: String,
}

impl<'s> Person<'s> {
    /// Signs in by a mail; the account is made where there is none.
    pub fn new(server: &'s Server, sink: &Sink, email: &str, name: &str, mails: usize) -> Self {
        assert_eq!(ask_link(server, email).status, 202);
        let link = link(server, &sink.mail(email, mails));
        let secret = link.rsplit('/').next().unwrap();
        let body = json!({"link": secret, "name": name}).to_string();
        let signed = server.send("POST", "/api/session", &[JSON], body.as_bytes());
        assert_eq!(signed.status, 200, "{}", signed.body);
        let cookie = signed.header("set-cookie").split(';').next().unwrap().to_owned();
        Self { server, cookie }
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Response {
        let headers = [("Cookie", &*self.cookie), ("Origin", &self.server.url), JSON];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.server.send(method, path, &headers, body.as_bytes())
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    pub fn upload(&self, path: &str, file: &str) -> Response {
        let headers =
            [("Cookie", &*self.cookie), ("Origin", &self.server.url), ("Content-Type", "text/csv")];
        self.server.send("POST", path, &headers, file.as_bytes())
    }

    fn form(&self, path: &str, fields: &str) -> Response {
        let headers = [("Cookie", &*self.cookie), ("Origin", &self.server.url), FORM];
        self.server.send("POST", path, &headers, fields.as_bytes())
    }

    pub fn page(&self, path: &str) -> String {
        let page = self.server.get_with(path, &[("Cookie", &self.cookie)]);
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{path}");
        page.body
    }
}

fn steward(database: &TestDatabase, email: &str, capability: &str, scope: &str) {
    let at = ["--database", &database.url];
    let name = format!("Steward {scope}");
    let create =
        ["account", "create", "--create", "--email", email, "--name", &name, "--language", "en"];
    succeed(&[&create[..], &at].concat());
    succeed(&[&["account", "grant", email, capability, "--scope", scope][..], &at].concat());
}

#[test]
fn a_link_signs_in_once() {
    for database in TestDatabase::each() {
        let sink = Sink::start();
        let server = Server::start(&database, &["--smtp", &sink.url, "--mail-from", "a@b.example"]);
        steward(&database, "known@ville.example", "edit", "region:53");
        let answers = ["known@ville.example", "new@ville.example"].map(|email| {
            let answer = ask_link(&server, email);
            (answer.status, answer.body)
        });
        assert_eq!(answers[0], answers[1], "nobody is told who has an account");
        assert_eq!(answers[0].0, 202);
        let mail = sink.mail("new@ville.example", 1);
        assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("Message-ID: <"));
        let path = link(&server, &mail);
        // programs that check mails follow the link
        for _ in 0..2 {
            let page = server.get(&path);
            assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
            assert!(page.body.contains("name=\"name\""), "a new account has a name");
        }
        let known = server.get(&link(&server, &sink.mail("known@ville.example", 1)));
        assert!(known.body.contains("Steward region:53") && !known.body.contains("name=\"name\""));

        let own = [FORM, ("Origin", server.url.as_str())];
        let foreign = [FORM, ("Origin", "https://evil.example")];
        assert_eq!(server.send("POST", &path, &foreign, b"name=Jeanne").status, 403);
        for (name, status) in [("", 400), ("a%40b.fr", 400), ("Steward+region%3A53", 409)] {
            let refused = server.send("POST", &path, &own, format!("name={name}").as_bytes());
            assert_eq!(refused.status, status, "{name}");
            assert!(
                refused.body.contains("name=\"name\"") && refused.body.contains("id=\"notice\"")
            );
        }
        let signed = server.send("POST", &path, &own, b"name=Jeanne");
        assert_eq!((signed.status, signed.header("location")), (303, "/en/account"));
        let cookie = signed.header("set-cookie").split(';').next().unwrap().to_owned();
        assert_eq!(server.send("POST", &path, &own, b"name=Jeanne").status, 410);
        assert_eq!(server.get(&path).status, 410);
        let person = Person { server: &server, cookie };
        let me = person.get("/api/me");
        assert_eq!((&me["name"], &me["email"]), (&json!("Jeanne"), &json!("new@ville.example")));
        assert_eq!((&me["grants"], me["sessions"].as_array().unwrap().len()), (&json!([]), 1));
        assert!(person.page("/compte").contains("new@ville.example"));

        // a link that is too old
        assert_eq!(ask_link(&server, "late@ville.example").status, 202);
        let path = link(&server, &sink.mail("late@ville.example", 1));
        tamper(&database, "UPDATE sign_in_links SET expires_at = '2026-01-01 00:00:00'");
        assert_eq!(server.get(&path).status, 410);
        // an account that is disabled: its sessions end, and links open nothing
        assert_eq!(ask_link(&server, "new@ville.example").status, 202);
        let path = link(&server, &sink.mail("new@ville.example", 2));
        succeed(&["account", "disable", "new@ville.example", "--database", &database.url]);
        assert_eq!(person.send("GET", "/api/me", &Value::Null).status, 401);
        assert_eq!(server.send("POST", &path, &own, b"name=Jeanne").status, 410);
    }
}

#[test]
fn an_officer_claims_her_town_and_invites_a_colleague() {
    for database in TestDatabase::each() {
        let sink = Sink::start();
        let server = Server::start(&database, &["--smtp", &sink.url]);
        steward(&database, "bretagne@etat.example", "moderate", "region:53");
        steward(&database, "nord@etat.example", "moderate", "region:32");
        let officer = Person::new(&server, &sink, "jeanne@rennes.example", "Jeanne", 1);
        let bretagne = Person::new(&server, &sink, "bretagne@etat.example", "", 1);
        let nord = Person::new(&server, &sink, "nord@etat.example", "", 1);

        for (fields, why) in [
            ("kind=authority&place=Vienne&role=x&proof=y", "Vienne (38544)"),
            ("kind=authority&place=Nulle-Part-sur-Rien&role=x&proof=y", "SIREN"),
            ("kind=country&place=Nulle+part&role=x&proof=y", "notice"),
            ("kind=authority&place=Rennes&role=&proof=y", "role"),
            ("kind=authority&place=Rennes&role=x&proof=", "proof"),
        ] {
            let refused = officer.form("/compte/memberships", fields);
            assert!(refused.status == 400 && refused.body.contains(why), "{fields}");
        }
        let asked = officer.form(
            "/compte/memberships",
            "kind=authority&place=Rennes&role=International+officer&proof=%3Cb%3Epage%3C%2Fb%3E",
        );
        assert_eq!((asked.status, asked.header("location")), (303, "/compte"));
        let again =
            officer.form("/compte/memberships", "kind=authority&place=35238&role=x&proof=y");
        assert_eq!(again.status, 409);
        let own = &officer.get("/api/me")["memberships"][0];
        assert_eq!((&own["scope"], &own["state"]), (&json!("authority:35238"), &json!("asked")));
        let id = own["id"].as_i64().unwrap();

        // who decides elsewhere does not see it, and nobody decides about their own
        assert_eq!(nord.get("/api/memberships"), json!({"memberships": []}));
        let decide = format!("/api/memberships/{id}/decision");
        let accept = json!({"decision": "accept"});
        assert_eq!(nord.send("POST", &decide, &accept).status, 404);
        assert_eq!(officer.send("POST", &decide, &accept).status, 403);
        assert_eq!(officer.get("/api/session")["grants"], json!([]));
        let page = bretagne.page("/en/account");
        assert!(page.contains("Rennes (35238)") && page.contains("jeanne@rennes.example"));
        assert!(page.contains("&#60;b&#62;page&#60;/b&#62;") || page.contains("&lt;b&gt;page"));
        let done = bretagne.form(&format!("/compte/memberships/{id}"), "decision=accept&reason=Vu");
        assert_eq!(done.status, 303);
        assert_eq!(bretagne.send("POST", &decide, &accept).json()["code"], "membership-state");
        let mail = sink.mail("jeanne@rennes.example", 2);
        assert!(mail.contains("Rennes (35238)") && mail.contains("Vu"), "{mail}");
        let grants = officer.get("/api/session")["grants"].to_string();
        for capability in ["edit", "verify", "propose", "read-private"] {
            let grant = json!({"capability": capability, "scope": "authority:35238"});
            assert!(grants.contains(&grant.to_string()), "{grants}");
        }

        // a colleague is invited, takes it, and is revoked
        let invite = json!({"scope": "authority:35238", "role": "Colleague", "email": "paul@rennes.example"});
        assert_eq!(nord.send("POST", "/api/memberships", &invite).status, 403);
        let invited = officer.send("POST", "/api/memberships", &invite);
        assert_eq!(invited.status, 201, "{}", invited.body);
        let decide = format!("/api/memberships/{}/decision", invited.json()["id"]);
        assert!(sink.mail("paul@rennes.example", 1).contains("Rennes (35238)"));
        let colleague = Person::new(&server, &sink, "paul@rennes.example", "Paul", 2);
        assert_eq!(colleague.get("/api/session")["grants"], json!([]));
        assert_eq!(officer.send("POST", &decide, &accept).status, 403);
        assert_eq!(colleague.send("POST", &decide, &accept).status, 200);
        assert!(colleague.get("/api/session")["grants"].to_string().contains("authority:35238"));
        let revoke = json!({"decision": "revoke", "reason": "Left"});
        assert_eq!(officer.send("POST", &decide, &revoke).status, 200);
        assert_eq!(colleague.get("/api/session")["grants"], json!([]));

        // until a date
        tamper(&database, &format!("UPDATE memberships SET until = '2026-01-01' WHERE id = {id}"));
        assert_eq!(officer.get("/api/session")["grants"], json!([]));
        let checked = succeed(&["audit", "--check", "--database", &database.url]);
        assert!(checked.contains("fit one another"), "{checked}");
        let told = succeed(&["audit", "--json", "--database", &database.url]);
        assert!(told.contains("decide-membership") && !told.contains('@'), "{told}");
        nowhere_public(&server, &database);
    }
}

/// No address stands in what everybody can read.
fn nowhere_public(server: &Server, database: &TestDatabase) {
    for path in [
        "/",
        "/en/",
        "/partenariats",
        "/compte",
        "/en/account",
        "/import",
        "/a-propos",
        "/metrics",
        "/api",
        "/api/openapi.json",
        "/api/collections",
        "/api/collections/partnerships/items",
        "/api/changes",
        "/api/vocabularies",
        "/api/facets",
        "/sitemap.xml",
        "/api/memberships",
        "/api/me",
        "/api/export/partnerships.csv",
        "/collectivites/35238",
    ] {
        let body = server.get(path).body;
        for private in ["rennes.example", "etat.example", "ville.example"] {
            assert!(!body.contains(private), "{path} has {private}");
        }
    }
    let export = succeed(&["export", "--database", &database.url, "--format", "csv"]);
    assert!(!export.contains(".example"));
}

#[test]
fn sessions_are_listed_and_ended_one_by_one() {
    let database = TestDatabase::sqlite();
    let sink = Sink::start();
    let server = Server::start(&database, &["--smtp", &sink.url]);
    let here = Person::new(&server, &sink, "a@ville.example", "A", 1);
    let there = Person::new(&server, &sink, "a@ville.example", "", 2);
    let other = Person::new(&server, &sink, "b@ville.example", "B", 1);
    let sessions = here.get("/api/me")["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    let elsewhere = sessions.iter().find(|session| session["is_current"] == false).unwrap();
    let path = format!("/api/me/sessions/{}", elsewhere["id"]);
    assert_eq!(other.send("DELETE", &path, &Value::Null).status, 404, "of somebody else");
    assert_eq!(here.send("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(here.send("DELETE", &path, &Value::Null).status, 404);
    assert_eq!(there.send("GET", "/api/me", &Value::Null).status, 401);
    assert_eq!(here.get("/api/me")["sessions"].as_array().unwrap().len(), 1);
    let out = here.form("/compte/sign-out", "");
    assert_eq!((out.status, out.header("location")), (303, "/compte"));
    assert_eq!(here.send("GET", "/api/me", &Value::Null).status, 401);
}

#[test]
fn mails_are_limited_and_lead_nowhere_else() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &[]);
    for wrong in ["", "a", "a@b", "a@b.fr\r\nBcc: c@d.fr"] {
        assert_eq!(ask_link(&server, wrong).status, 400, "{wrong:?}");
    }
    let host = [JSON, ("Host", "evil.example")];
    let body = json!({"email": "a@ville.example"}).to_string();
    let refused = server.send("POST", "/api/session", &host, body.as_bytes());
    assert_eq!(refused.status, 503, "a link would lead to another server");
    for _ in 0..3 {
        assert_eq!(ask_link(&server, "a@ville.example").status, 202);
    }
    let refused = ask_link(&server, "A@ville.example");
    assert_eq!((refused.status, refused.json()["code"].clone()), (429, "too-many-attempts".into()));
    assert_eq!(refused.header("retry-after"), "300");
    assert_eq!(ask_link(&server, "b@ville.example").status, 202);
    // wrong links and tokens
    let wrong = (0..40).map(|_| {
        server.get_with("/api/session", &[("Authorization", "Bearer atlas_wrong")]).status
    });
    let statuses: Vec<u16> = wrong.collect();
    assert!(statuses[0] == 401 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(server.get("/compte/link/atlas_link_wrong").status, 429);
}

fn queue(place: &TestDatabase, recipient: &str, lifetime: TimeDelta) {
    let mail = NewMail {
        recipient: recipient.into(),
        subject: "Été".into(),
        body: "Bonjour\n.\nà vous".into(),
        expires_at: Utc::now() + lifetime,
    };
    let mut database = Database::open(&place.url).unwrap();
    database.change_accounts(|writer| writer.queue_mail(&mail)).unwrap();
    // what is not committed is no mail
    let undone = database.change_accounts(|writer| {
        writer.queue_mail(&NewMail { recipient: "no@ville.example".into(), ..mail.clone() })?;
        Err::<(), _>(StorageError::Memory)
    });
    assert!(undone.is_err());
}

#[test]
fn a_mail_is_neither_lost_nor_written_twice() {
    for place in TestDatabase::each() {
        let folder = tempfile::tempdir().unwrap();
        let mails = folder.path().join("mails");
        let options = ["--mail-folder", mails.to_str().unwrap()];
        let files = || -> Vec<PathBuf> {
            let Ok(read) = fs::read_dir(&mails) else { return Vec::new() };
            let paths = read.map(|entry| entry.unwrap().path());
            paths.filter(|path| path.extension().is_some_and(|ext| ext == "eml")).collect()
        };
        drop(Database::open(&place.url).unwrap());
        for number in 0..3 {
            queue(&place, &format!("n{number}@ville.example"), TimeDelta::hours(1));
        }
        queue(&place, "late@ville.example", TimeDelta::seconds(-1));
        let left = || Database::open(&place.url).unwrap().waiting_mails().unwrap();
        let begun = Instant::now();
        // each server is killed somewhere on its way
        for pause in [0, 20, 60, 150, 400, 2_000] {
            let mut server = Server::start(&place, &options);
            sleep(Duration::from_millis(pause));
            server.kill();
            tamper(&place, "UPDATE mails SET due_at = '2026-01-01 00:00:00'");
        }
        let _server = Server::start(&place, &options);
        while left() > 0 {
            assert!(begun.elapsed() < Duration::from_mins(1), "{} wait", left());
            sleep(Duration::from_millis(50));
        }
        let written = files();
        assert_eq!(written.len(), 3, "{written:?}");
        for file in written {
            let mail = fs::read_to_string(file).unwrap();
            assert!(
                !mail.contains("late@") && plain(&mail.replace("\r\n", "\n")).contains("à vous")
            );
        }
    }
}

#[test]
fn mails_are_in_the_language_of_the_account() {
    let database = TestDatabase::sqlite();
    let sink = Sink::start();
    let server = Server::start(&database, &["--smtp", &sink.url]);
    let form = [FORM, ("Origin", server.url.as_str())];
    let sent = server.send("POST", "/compte/session", &form, b"email=a%40ville.example");
    assert!(sent.status == 200 && sent.body.contains("id=\"sent\""));
    let mail = sink.mail("a@ville.example", 1);
    assert!(mail.contains("Votre lien de connexion") && mail.contains("pressez"), "{mail}");
    steward(&database, "b@ville.example", "edit", "everything");
    server.send("POST", "/compte/session", &form, b"email=b%40ville.example");
    assert!(sink.mail("b@ville.example", 1).contains("press the button"));
}
