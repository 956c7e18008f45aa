//! Who may do what over HTTP: tokens in headers and cookies, roles, and other people's pages.

use chrono::{TimeDelta, Utc};

use crate::support::{Server, TestDatabase, succeed, tamper};

/// Makes a token.
pub fn token(database: &TestDatabase, role: &str) -> String {
    let arguments = ["token", "create", "--create", "--name", role, "--role", role];
    let made = succeed(&[&arguments[..], &["--database", &database.url]].concat());
    made.trim().to_owned()
}

/// Signs in by a token; the cookie of the session.
pub fn session(server: &Server, token: &str) -> String {
    let signed_in = sign_in(server, &[], token.trim_start_matches("Bearer "));
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    signed_in.header("set-cookie").split(';').next().unwrap().to_owned()
}

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn sign_in(server: &Server, headers: &[(&str, &str)], token: &str) -> crate::support::Response {
    let body = serde_json::json!({"token": token}).to_string();
    server.send("POST", "/api/session", &[&[JSON], headers].concat(), body.as_bytes())
}

#[test]
fn a_browser_signs_in_and_out() {
    for database in TestDatabase::each() {
        let server = Server::start(&database, &["--trusted-proxies", "127.0.0.1"]);
        let token = token(&database, "importer");
        assert_eq!(server.get("/api/session").status, 401);
        let wrong = sign_in(&server, &[], "atlas_wrong");
        assert_eq!((wrong.status, wrong.json()["code"].clone()), (401, "unauthorized".into()));
        assert_eq!(wrong.header("www-authenticate"), "Bearer");
        assert!(wrong.json()["message"]["fr"].as_str().unwrap().contains("jeton"));
        assert_eq!(wrong.header("set-cookie"), "");

        let signed_in = sign_in(&server, &[], &token);
        assert_eq!((signed_in.status, signed_in.json()["role"].clone()), (200, "importer".into()));
        let cookie = signed_in.header("set-cookie").to_owned();
        for part in ["atlas_session=atlas_session_", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure") && !cookie.contains("Max-Age"), "{cookie}");
        assert!(!cookie.contains(&token), "a session is no token");
        let behind_tls = sign_in(&server, &[("X-Forwarded-Proto", "https")], &token);
        assert!(behind_tls.header("set-cookie").contains("Secure"));
        let form = format!("token={token}");
        let by_form = server.send("POST", "/api/session", &[FORM], form.as_bytes());
        assert_eq!(by_form.status, 200);

        let cookie = ("Cookie", cookie.split(';').next().unwrap());
        let told = server.get_with("/api/session", &[cookie]);
        assert_eq!(
            told.json(),
            serde_json::json!({
                "name": "importer", "role": "importer", "capabilities": ["read-private", "import"],
                "grants": [
                    {"capability": "read-private", "scope": "everything"},
                    {"capability": "import", "scope": "everything"},
                ],
            })
        );
        assert_eq!(told.header("cache-control"), "no-store");
        let out = server.send("DELETE", "/api/session", &[cookie], &[]);
        assert_eq!(out.status, 204);
        assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
        // whoever has kept the cookie is not signed in any more
        assert_eq!(server.get_with("/api/session", &[cookie]).status, 401);
        assert_eq!(server.send("DELETE", "/api/session", &[cookie], &[]).status, 204);

        // of a token that is revoked the sessions end, at once and for good
        let cookie = session(&server, &token);
        let cookie = ("Cookie", cookie.as_str());
        assert_eq!(server.get_with("/api/session", &[cookie]).status, 200);
        succeed(&["token", "revoke", "importer", "--database", &database.url]);
        assert_eq!(server.get_with("/api/session", &[cookie]).status, 401);
        super::session::token(&database, "importer");
        assert_eq!(server.get_with("/api/session", &[cookie]).status, 401);
    }
}

#[test]
fn sessions_end_by_themselves() {
    for database in TestDatabase::each() {
        let server = Server::start(&database, &["--session-idle", "2", "--session-lifetime", "5"]);
        let token = token(&database, "reader");
        let status = |cookie: &str| server.get_with("/api/session", &[("Cookie", cookie)]).status;
        for (column, kept, ended) in [
            // hours ago, or ahead
            ("last_used_at", -1, -3),
            ("ends_at", 1, -1),
        ] {
            let cookie = session(&server, &token);
            for (hours, expected) in [(kept, 200), (ended, 401)] {
                let at = (Utc::now() + TimeDelta::hours(hours)).format("%Y-%m-%d %H:%M:%S");
                tamper(&database, &format!("UPDATE sessions SET {column} = '{at}'"));
                assert_eq!(status(&cookie), expected, "{column} {hours}");
            }
        }
    }
}

#[test]
fn only_those_who_may_see_imports() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &[]);
    let bearer = format!("Bearer {}", token(&database, "reader"));
    let nobody = server.get("/api/imports");
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer"));
    for wrong in ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer atlas_", &bearer.to_uppercase()] {
        let refused = server.get_with("/api/imports", &[("Authorization", wrong)]);
        assert_eq!(refused.status, 401, "{wrong}");
    }
    let long = format!("Bearer {}", "x".repeat(5_000));
    assert_eq!(server.get_with("/api/imports", &[("Authorization", &long)]).status, 401);
    for right in [bearer.clone(), bearer.replace("Bearer", "bearer")] {
        let seen = server.get_with("/api/imports", &[("Authorization", &right)]);
        assert_eq!((seen.status, seen.body.as_str()), (200, r#"{"imports":[]}"#));
    }
    // a wrong header is not made good by a cookie
    // a token in the cookie is no session
    let token = ("Cookie", &*format!("atlas_session={}", &bearer["Bearer ".len()..]));
    assert_eq!(server.get_with("/api/imports", &[token]).status, 401);
    let cookie = session(&server, &bearer);
    let both = [("Authorization", "Bearer atlas_"), ("Cookie", cookie.as_str())];
    assert_eq!(server.get_with("/api/imports", &both).status, 401);
    assert_eq!(server.get_with("/api/imports", &both[1..]).status, 200);
}

#[test]
fn nothing_of_it_is_for_other_sites() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &[]);
    let token = token(&database, "importer");
    for path in ["/api/imports", "/api/session"] {
        let bearer = format!("Bearer {token}");
        let seen =
            server.get_with(path, &[("Authorization", &bearer), ("Origin", "https://a.example")]);
        assert_eq!(seen.header("access-control-allow-origin"), "", "{path}");
        let asked = server.send("OPTIONS", path, &[("Origin", "https://a.example")], b" ");
        assert_eq!(asked.header("access-control-allow-origin"), "", "{path}");
    }
    assert_eq!(server.get("/api").header("access-control-allow-origin"), "*");
    for foreign in [
        ("Origin", "https://a.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        let refused = sign_in(&server, &[foreign], &token);
        assert_eq!(refused.json()["code"], "cross-origin", "{foreign:?}");
        assert_eq!(server.send("DELETE", "/api/session", &[foreign], &[]).status, 403);
    }
    assert_eq!(sign_in(&server, &[("Origin", &server.url)], &token).status, 200);
    assert_eq!(sign_in(&server, &[("Sec-Fetch-Site", "same-origin")], &token).status, 200);
}

#[test]
fn what_is_no_sign_in_is_refused() {
    let server = Server::start(&TestDatabase::sqlite(), &[]);
    let long = format!("token={}", "x".repeat(10_000));
    for (kind, body) in
        [(JSON, "{}"), (JSON, "[1"), (JSON, r#"{"token": 7}"#), (FORM, "jeton=x"), (FORM, &long)]
    {
        let refused = server.send("POST", "/api/session", &[kind], body.as_bytes());
        assert_eq!(
            (refused.status, refused.json()["code"].clone()),
            (400, "invalid-body".into()),
            "{body}"
        );
    }
    let plain = server.send("POST", "/api/session", &[("Content-Type", "text/plain")], b"atlas_");
    assert_eq!((plain.status, &plain.json()["code"]), (415, &"unsupported-media-type".into()));
    assert_eq!(server.send("PUT", "/api/session", &[], b"x").status, 405);
}
