//! Tables that come and go, and databases that cannot be used.

use std::path::Path;

use atlas_aect::storage::{Database, StorageError};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::{
    storage::samples::{create, rich},
    support::{TestDatabase, tamper},
};

#[test]
fn a_database_of_a_newer_release_is_refused() {
    for place in TestDatabase::each() {
        drop(Database::open(&place.url).unwrap());
        tamper(&place, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
        let error = Database::open(&place.url).unwrap_err();
        assert!(matches!(&error, StorageError::Newer { migration, .. } if migration == "9999"));
        assert!(error.to_string().contains("newer release"), "{error}");
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        create(&mut database, &[rich("a")]);
        for (sql, named) in [
            ("UPDATE partnership_themes SET theme = 'voyance' WHERE position = 1", "voyance"),
            ("UPDATE partnerships SET kind = 'complot'", "complot"),
            ("UPDATE partnerships SET start_date = 'hier'", "row 1 of the table partnerships"),
            ("DELETE FROM partnership_partners", "one side is missing"),
        ] {
            tamper(&place, sql);
            let mut visited = 0;
            let error = database.read(|_| visited += 1).unwrap_err().to_string();
            assert!(error.contains(named) && visited == 0, "{sql}: {error}");
            tamper(&place, "UPDATE partnership_themes SET theme = 'sante'");
            tamper(&place, "UPDATE partnerships SET kind = 'action'");
            if named.contains("row 1") {
                tamper(&place, "UPDATE partnerships SET start_date = NULL");
            }
        }
    }
}

#[test]
fn what_cannot_be_opened_says_why() {
    let error = |url: &str| Database::open(url).unwrap_err().to_string();
    let folder = tempfile::tempdir().unwrap();
    let missing = error(&format!("sqlite:{}/no/atlas.db", folder.path().display()));
    assert!(missing.contains("no/atlas.db") && missing.contains("Check that"), "{missing}");
    let text = folder.path().join("text.db");
    std::fs::write(&text, "no database at all, only words".repeat(100)).unwrap();
    let text = error(&format!("sqlite:{}", text.display()));
    assert!(text.contains("not a database"), "{text}");
    for url in [
        "postgres://ann:s3cret@127.0.0.1:1/atlas",
        "postgres://ann:s3cret@127.0.0.1:x/atlas",
        "postgres://ann:s3%zzcret@127.0.0.1/atlas",
        "mysql://ann:s3cret@127.0.0.1/atlas",
    ] {
        let error = error(url);
        assert!(!error.contains("s3") && error.contains("ann:***@"), "{error}");
    }
    assert_eq!(
        Database::open("sqlite::memory:").unwrap().reopen().unwrap_err(),
        StorageError::Memory
    );
}

/// Everything that migrations make, as text.
fn schema(place: &TestDatabase) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let lines: Vec<Line> = match place.url.strip_prefix("sqlite:") {
        Some(path) => sql_query(
            "SELECT name || ' ' || coalesce(sql, '') AS line FROM sqlite_master ORDER BY name",
        )
        .load(&mut SqliteConnection::establish(path).unwrap()),
        None => sql_query(
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable,
                    column_default) AS line
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION SELECT concat(conrelid::regclass, ' ', pg_get_constraintdef(oid))
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace
             UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY line",
        )
        .load(&mut PgConnection::establish(&place.url).unwrap()),
    }
    .unwrap();
    lines.into_iter().map(|row| row.line).collect()
}

#[test]
fn migrations_go_up_down_and_up_again() {
    for place in TestDatabase::each() {
        drop(Database::open(&place.url).unwrap());
        let up = schema(&place);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        if let Some(path) = place.url.strip_prefix("sqlite:") {
            let all = FileBasedMigrations::from_path(folder.join("sqlite")).unwrap();
            let mut connection = SqliteConnection::establish(path).unwrap();
            connection.revert_all_migrations(all).map(drop).unwrap();
        } else {
            let all = FileBasedMigrations::from_path(folder.join("postgres")).unwrap();
            let mut connection = PgConnection::establish(&place.url).unwrap();
            connection.revert_all_migrations(all).map(drop).unwrap();
        }
        let down = schema(&place);
        assert!(down.iter().all(|line| line.contains("__diesel_schema_migrations")), "{down:#?}");
        drop(Database::open(&place.url).unwrap());
        assert_eq!(schema(&place), up, "{}", place.name);
    }
}
