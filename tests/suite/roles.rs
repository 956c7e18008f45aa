//! Databases as they are run: roles that may do little, few connections, reading only, passwords in
//! files.

use std::{
    fs,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    import_jobs::{ITEMS, rows},
    session::token,
    support::{Server, TestDatabase, atlas, import, run, succeed, tamper},
};

fn import_rows(database: &TestDatabase, numbers: std::ops::Range<u32>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, rows(numbers, "en_cours")).unwrap();
    let (code, report) = import(database, &path, &[]);
    assert_eq!(code, Some(0), "{report:#}");
}

/// The same database for another role.
struct Role {
    url: String,
    name: String,
    database: TestDatabase,
}

impl Role {
    /// One that may do no more than this with the tables.
    fn that_may(may: &str, more: &str) -> Option<Self> {
        let database = TestDatabase::postgres()?;
        import_rows(&database, 0..3);
        let place = database.url.rsplit('/').next().unwrap();
        let name = format!("role_of_{place}");
        tamper(
            &database,
            &format!(
                "CREATE ROLE {name} LOGIN PASSWORD 'secret' {more};
                 REVOKE CREATE ON SCHEMA public FROM PUBLIC;
                 GRANT USAGE ON SCHEMA public TO {name};
                 GRANT {may} ON ALL TABLES IN SCHEMA public TO {name};"
            ),
        );
        let (_, host) = database.url.rsplit_once('@').unwrap();
        let url = format!("postgres://{name}:secret@{host}");
        Some(Self { url, name, database })
    }

    fn place(&self) -> TestDatabase {
        TestDatabase::borrowed(&self.url)
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let drop = format!("DROP OWNED BY {0}; DROP ROLE {0};", self.name);
        tamper(&self.database, &drop);
    }
}

fn matched(server: &Server, count: u64) {
    let begun = Instant::now();
    while server.json(ITEMS)["numberMatched"] != count {
        assert!(begun.elapsed() < Duration::from_secs(8));
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_role_that_may_make_no_tables_imports_and_serves() {
    let Some(role) = Role::that_may("SELECT, INSERT, UPDATE, DELETE", "") else { return };
    let place = role.place();
    let server = Server::start(&place, &[]);
    import_rows(&place, 3..5);
    matched(&server, 5);
    assert_eq!(run(&["migrate", "--check", "--database", &place.url]).status.code(), Some(0));
    let named = succeed(&["imports", "list", "--database", &place.url, "--migrate", "never"]);
    assert!(named.contains("rows.csv"), "{named}");
}

#[test]
fn a_role_that_may_only_read_serves() {
    let Some(role) = Role::that_may("SELECT", "") else { return };
    let bearer = format!("Bearer {}", token(&role.database, "importer"));
    let uploads = TempDir::new().unwrap();
    let server =
        Server::start_reading(&role.place(), &["--uploads", uploads.path().to_str().unwrap()]);

    matched(&server, 3);
    import_rows(&role.database, 3..5);
    matched(&server, 5);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    assert_eq!(server.get_with("/api/session", &headers[..1]).status, 200);
    let refused = server.send("POST", "/api/imports", &headers, rows(7..8, "en_cours").as_bytes());
    assert_eq!(refused.status, 503, "{}", refused.body);
}

#[test]
fn sqlite_is_read_only_where_that_is_said() {
    let place = TestDatabase::sqlite();
    import_rows(&place, 0..3);
    let file = PathBuf::from(place.url.strip_prefix("sqlite:").unwrap());
    let before = fs::read(&file).unwrap();
    let mut server = Server::start_reading(&place, &[]);
    matched(&server, 3);
    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(fs::read(&file).unwrap(), before);
    // what others write is shown
    let server = Server::start_reading(&place, &[]);
    import_rows(&place, 3..5);
    matched(&server, 5);
    let output = run(&["serve", "--read-only", "--create", "--database", &place.url]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn three_servers_work_with_five_connections() {
    let Some(role) = Role::that_may("SELECT, INSERT, UPDATE, DELETE", "CONNECTION LIMIT 5") else {
        return;
    };
    let place = role.place();
    let bearer = format!("Bearer {}", token(&role.database, "importer"));
    let few = ["--database-connections", "1"];
    let folders = [(); 3].map(|()| TempDir::new().unwrap());
    let servers = folders.each_ref().map(|folder| {
        let uploads = folder.path().to_str().unwrap();
        Server::start(&place, &[&few[..], &["--uploads", uploads]].concat())
    });
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/csv")];
    for (number, server) in (0..).zip(&servers) {
        let file = rows(10 * (number + 1)..10 * (number + 1) + 5, "en_cours");
        let sent = server.send("POST", "/api/imports", &headers, file.as_bytes());
        assert_eq!(sent.status, 202, "{}", sent.body);
    }
    let begun = Instant::now();
    for server in &servers {
        while server.json(ITEMS)["numberMatched"] != 18 {
            assert!(begun.elapsed() < Duration::from_mins(1), "the connections do not suffice");
            sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn a_password_stands_in_a_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("url");
    for place in TestDatabase::each() {
        import_rows(&place, 0..3);
        fs::write(&file, format!("{}\n", place.url)).unwrap();
        let named = succeed(&["imports", "list", "--database-file", file.to_str().unwrap()]);
        assert!(named.contains("rows.csv"), "{named}");
    }
    let missing = run(&["imports", "list", "--database-file", "/no/such/file"]);
    let error = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(missing.status.code() == Some(1) && error.contains("/no/such/file"), "{error}");
    let Some(role) = Role::that_may("SELECT", "") else { return };
    // libpq's own file
    let passwords = folder.path().join("pgpass");
    fs::write(&passwords, format!("*:*:*:{}:secret\n", role.name)).unwrap();
    succeed_chmod(&passwords);
    let url = role.url.replace(":secret", "");
    let output = atlas(&["imports", "list", "--database", &url])
        .env("PGPASSFILE", &passwords)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn succeed_chmod(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}
