//! What people decide about records of several sources holds, whatever becomes of the records.

use atlas_aect::{
    domain::{Doubt, PartnershipId},
    storage::Database,
};
use serde_json::{Value, json};

use crate::{
    session::{session, token},
    several_sources::{load, partnerships, snapshot},
    support::{Server, TestDatabase, run, succeed},
};

fn id(source: &str, key: &str) -> String {
    PartnershipId::new(source, key).to_string()
}

/// A command about the register of a database, its answer as JSON.
fn told(database: &TestDatabase, arguments: &[&str]) -> Value {
    let all = [arguments, &["--json", "--database", &database.url]].concat();
    serde_json::from_str(&succeed(&all)).unwrap()
}

/// The same of one that fails: its exit code, and what it says.
fn refused(database: &TestDatabase, arguments: &[&str]) -> (i32, String) {
    let output = run(&[arguments, &["--database", &database.url]].concat());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// The pairs that are proposed, by the keys of their records, and why they are not certain.
fn proposals(database: &TestDatabase) -> Vec<(Vec<String>, String)> {
    let list = told(database, &["merge", "--proposals"]);
    let all = list["proposals"].as_array().unwrap();
    assert_eq!(list["total"], all.len());
    let keys = |proposal: &Value| {
        let records = proposal["partnerships"].as_array().unwrap().iter();
        let records = records.flat_map(|one| one["records"].as_array().unwrap());
        let mut keys: Vec<String> = records
            .map(|one| {
                format!("{}:{}", one["source"].as_str().unwrap(), one["key"].as_str().unwrap())
            })
            .collect();
        keys.sort();
        (keys, proposal["doubt"].as_str().unwrap().to_owned())
    };
    all.iter().map(keys).collect()
}

fn known(database: &TestDatabase) -> Vec<Vec<String>> {
    partnerships(&snapshot(database, &["one", "two"]))
}

fn proposal(records: [&str; 2], doubt: &str) -> (Vec<String>, String) {
    (records.map(str::to_owned).to_vec(), doubt.to_owned())
}

const ALIKE: &str = "\
a,,jumelage,,,,Lyon,Nulle-Part,ML,Kayes,,,,,,one
b,,jumelage,,,,Lyon,Nulle-Part,ML,Ségou,,,,,,two
";

#[test]
fn a_decision_outlives_its_records_and_is_undone_as_imports_are() {
    for database in TestDatabase::each() {
        load(&database, ALIKE);
        let (apart, together) =
            (vec![vec!["one:a".to_owned()], vec!["two:b".into()]], [["one:a", "two:b"]]);
        assert_eq!(known(&database), apart);
        let proposed = [proposal(["one:a", "two:b"], "no-position")];
        assert_eq!(proposals(&database), proposed, "{}", database.name);

        let [a, b] = [id("one", "a"), id("two", "b")];
        let merged = told(&database, &["merge", &b, &a]);
        assert_eq!(merged["import"], 2);
        assert_eq!(merged["decisions"][0]["same"], true);
        assert_eq!(known(&database), together);
        assert_eq!(proposals(&database), []);

        // the same files again, one that changes a record, one that lacks it, one that has it again
        load(&database, ALIKE);
        load(&database, &ALIKE.replace("Ségou", "Mopti"));
        assert_eq!(known(&database), together, "{}", database.name);
        let import = load(&database, "c,,jumelage,,,,Lille,Cologne,DE,,,,,,,two\n");
        let undo = |number: &Value| told(&database, &["imports", "revert", &number.to_string()]);
        let gone = tempfile::TempDir::new().unwrap();
        let path = gone.path().join("two.csv");
        std::fs::write(
            &path,
            "identifiant,collectivite,partenaire,partenaire_pays,source\nd,Lille,Essen,DE,two\n",
        )
        .unwrap();
        let (_, sync) =
            crate::support::import(&database, &path, &["--mode", "sync", "--allow-mass-removal"]);
        assert_eq!(known(&database), [["one:a"], ["two:d"]]);
        undo(&sync["import"]);
        undo(&import["import"]);
        assert_eq!(known(&database), together, "{}", database.name);

        // undone, and brought back
        let undone = undo(&merged["import"]);
        assert_eq!(known(&database), apart);
        assert_eq!(proposals(&database), proposed);
        let again = undo(&undone["import"]);
        assert_eq!(known(&database), together);
        let shown = told(&database, &["imports", "show", &again["import"].to_string()]);
        assert_eq!(shown["cause"], "revert");
        let decision = &shown["plan"]["decisions"][0];
        assert_eq!((&decision["before"], &decision["after"]), (&Value::Null, &json!(true)));

        // a later decision takes its place
        let split = told(&database, &["split", &a]);
        assert_eq!(known(&database), apart);
        assert_eq!(proposals(&database), [], "what is decided is proposed no more");
        let (code, why) = refused(&database, &["split", &a, &b]);
        assert!(code == 1 && why.contains("already"), "{why}");
        let stale = refused(&database, &["imports", "revert", &again["import"].to_string()]);
        assert!(stale.0 == 1 && stale.1.contains("changed by later"), "{}", stale.1);
        told(&database, &["merge", &a, &b]);
        assert_eq!(known(&database), together);
        assert_eq!(split["decisions"][0]["same"], false);
        let integrity = Database::open(&database.url).unwrap().integrity_check().unwrap();
        assert_eq!(integrity, Vec::<String>::new());
    }
}

const FRANKFURT: &str = "\
a,,jumelage,,,,Lyon,Francfort,DE,,,,,,,one
b,,jumelage,,,,Lyon,Frankfurt am Main,DE,,8.68,50.11,,,,two
c,,jumelage,,,,Lyon,Ville de Francfort (Allemagne),DE,,8.7,50.1,,,,three
";

#[test]
fn a_record_leaves_the_partnership_that_the_rule_puts_it_in() {
    for database in TestDatabase::each() {
        load(&database, FRANKFURT);
        assert_eq!(known(&database), [["one:a", "two:b", "three:c"]]);
        // the one that leads, by which the others are known
        told(&database, &["split", &id("one", "a")]);
        let apart = [vec!["one:a"], vec!["two:b", "three:c"]];
        assert_eq!(known(&database), apart, "{}", database.name);
        load(&database, FRANKFURT);
        assert_eq!(known(&database), apart);
        // who comes later is of one of them, and does not put them together
        load(&database, "d,,jumelage,,,,Lyon,Frankfurt,DE,,8.68,50.11,,,,four\n");
        let all = known(&database);
        assert!(all.len() == 2 && all.iter().flatten().count() == 4, "{all:?}");
        told(&database, &["merge", &id("one", "a"), &id("three", "c")]);
        assert_eq!(known(&database).len(), 1);
    }
}

#[test]
fn partnerships_are_merged_whole() {
    let database = TestDatabase::sqlite();
    // two that the rule makes, of other kinds; then one more that is the same as a record of either
    load(
        &database,
        "a,,jumelage,,,,Lyon,Francfort,DE,,8.68,50.11,,,,one\n\
         b,,jumelage,,,,Lyon,Frankfurt am Main,DE,,8.68,50.11,,,,two\n\
         c,,cooperation,,,,Lyon,Francfort,DE,,8.68,50.11,,,,three\n\
         d,,cooperation,,,,Lyon,Frankfurt am Main,DE,,8.68,50.11,,,,four\n",
    );
    assert_eq!(known(&database).len(), 2);
    let merged = told(&database, &["merge", &id("two", "b"), &id("four", "d")]);
    assert_eq!(merged["decisions"].as_array().unwrap().len(), 4);
    assert_eq!(known(&database).len(), 1);
    load(&database, "e,,cooperation,,,,Lyon,Frankfurt,DE,,8.68,50.11,,,,five\n");
    assert_eq!(known(&database).concat().len(), 5, "{:?}", known(&database));
    assert_eq!(known(&database).len(), 1);
    // it stays one without those that were named
    let folder = tempfile::TempDir::new().unwrap();
    for source in ["two", "four"] {
        let path = folder.path().join("gone.csv");
        let row = format!("gone,Lille,Essen,DE,{source}\n");
        let header = "identifiant,collectivite,partenaire,partenaire_pays,source\n";
        std::fs::write(&path, format!("{header}{row}")).unwrap();
        let more = ["--mode", "sync", "--allow-mass-removal"];
        assert_eq!(crate::support::import(&database, &path, &more).0, Some(0));
    }
    let lyon = known(&database).into_iter().find(|one| one.contains(&"one:a".into())).unwrap();
    assert_eq!(lyon.len(), 3, "{lyon:?}");
}

#[test]
fn what_is_alike_is_proposed_with_the_reason() {
    let database = TestDatabase::sqlite();
    load(
        &database,
        "here,,jumelage,,,,Lille,Rochester,US,New York,-77.6,43.2,,,,one\n\
         there,,jumelage,,,,Lille,Rochester,US,,-77.0,43.5,,,,two\n\
         town,,cooperation,,,,Nancy,Kayes,ML,,-11.43,14.45,,,,one\n\
         spot,,cooperation,,,,Nancy,Liberté,ML,,-11.43,14.46,,,,two\n\
         any,,,,,,Brest,Kayes,ML,,-11.43,14.45,,,,one\n\
         kind,,jumelage,,,,Brest,Kayes,ML,,-11.43,14.45,,,,two\n\
         water,Eau,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,one\n\
         youth,Jeunesse,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,one\n\
         which,Projet,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,two\n\
         other,,jumelage,,,,Metz,Kayes,ML,,-11.43,14.45,,,,one\n\
         another,,jumelage,,,,Metz,Bamako,ML,,-8.0,12.65,,,,two\n",
    );
    let mut all = proposals(&database);
    assert!(all[0].1 == "rival" && all.last().unwrap().1 == "other-name", "{all:?}");
    all.sort();
    let expected = [
        proposal(["one:any", "two:kind"], "no-kind"),
        proposal(["one:here", "two:there"], "far-apart"),
        proposal(["one:town", "two:spot"], "other-name"),
        proposal(["one:water", "two:which"], "rival"),
        proposal(["one:youth", "two:which"], "rival"),
    ];
    assert_eq!(all, expected);
    // deciding one of the rivals decides the other one
    told(&database, &["merge", &id("one", "water"), &id("two", "which")]);
    told(&database, &["split", &id("one", "here"), &id("two", "there")]);
    let left = proposals(&database);
    assert_eq!(left.len(), 2, "{left:?}");
    let text = succeed(&["merge", "--proposals", "--database", &database.url]);
    assert!(text.contains("[other-name]") && text.contains("2 proposals"), "{text}");
}

#[test]
fn every_doubt_is_explained() {
    let read = |path: &str| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(root.join(path)).unwrap()
    };
    let (manual, schemas) = (read("docs/imports.md"), read("src/http/openapi/schemas.json"));
    for doubt in Doubt::ALL {
        assert!(manual.contains(&format!("| `{}` |", doubt.code())), "{}", doubt.code());
        assert!(schemas.contains(&format!("\"{}\"", doubt.code())), "{}", doubt.code());
    }
}

#[test]
fn what_cannot_be_decided_says_why() {
    let database = TestDatabase::sqlite();
    load(&database, ALIKE);
    load(&database, "a2,,jumelage,,,,Lyon,Bamako,ML,,,,,,,one\n");
    let [a, b, a2] = [id("one", "a"), id("two", "b"), id("one", "a2")];
    let nobody = id("nobody", "x");
    for (arguments, code, words) in [
        (&["merge", &a, &nobody][..], 1, "there is no record"),
        (&["merge", &a, &a], 2, "different records"),
        (&["merge", &a], 2, "at least two"),
        (&["merge", &a, &a2], 1, "both records of the source one"),
        (&["merge", &a, "Ü"], 2, "not an id"),
        (&["merge"], 2, "required"),
        (&["merge", "--proposals", &a], 2, "cannot be used"),
        (&["split", &nobody], 1, "there is no record"),
        (&["split", &a], 1, "nothing can be split"),
        (&["split", &a, &a], 2, "different records"),
    ] {
        let (exit, why) = refused(&database, arguments);
        assert!(exit == code && why.contains(words), "{arguments:?}: {exit} {why}");
    }
    told(&database, &["merge", &a, &b]);
    let (exit, why) = refused(&database, &["merge", &b, &a]);
    assert!(exit == 1 && why.contains("one partnership already"), "{why}");
    let (exit, why) = refused(&database, &["merge", &b, &a2]);
    assert!(exit == 1 && why.contains("source one"), "{why}");
    assert_eq!(told(&database, &["imports", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn decisions_are_backed_up_and_restored() {
    for from in TestDatabase::each() {
        load(&from, ALIKE);
        load(&from, FRANKFURT);
        load(
            &from,
            "e,,jumelage,,,,Metz,Nulle-Part,ML,Kayes,,,,,,one\nf,,jumelage,,,,Metz,Nulle-Part,ML,Mopti,,,,,,two\n",
        );
        told(&from, &["merge", &id("one", "e"), &id("two", "f")]);
        told(&from, &["split", &id("one", "a")]);
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (file, uploads) = (at("backup.zst"), at("uploads"));
        succeed(&["backup", &file, "--database", &from.url, "--uploads", &uploads]);
        for to in TestDatabase::each() {
            let uploads = at(&format!("uploads of {}", to.name));
            succeed(&["restore", &file, "--database", &to.url, "--uploads", &uploads]);
            assert_eq!(known(&to), known(&from), "{} to {}", from.name, to.name);
            assert_eq!(proposals(&to), proposals(&from));
            // and is undone there as it would have been here
            let list = told(&to, &["imports", "list"]);
            let merge =
                list.as_array().unwrap().iter().find(|one| one["cause"] == "merge").unwrap();
            told(&to, &["imports", "revert", &merge["id"].to_string()]);
            assert_ne!(known(&to), known(&from));
        }
    }
}

// long: one conversation
#[test]
fn decisions_over_http() {
    for database in TestDatabase::each() {
        load(&database, ALIKE);
        let server = Server::start(&database, &[]);
        let [reader, importer, admin] = ["reader", "importer", "admin"]
            .map(|role| format!("Bearer {}", token(&database, role)));
        let ask = |path: &str, who: &str| server.get_with(path, &[("Authorization", who)]);
        let send = |path: &str, who: &str, body: Value| {
            let headers = [("Authorization", who), ("Content-Type", "application/json")];
            server.send("POST", path, &headers, body.to_string().as_bytes())
        };
        let [a, b] = [id("one", "a"), id("two", "b")];
        let count = || server.json("/api/collections/partnerships/items")["numberMatched"].clone();

        assert_eq!(server.get("/api/merges/proposals").status, 401);
        let list = ask("/api/merges/proposals", &reader).json();
        assert_eq!(list["total"], 1);
        let proposal = &list["proposals"][0];
        assert_eq!(
            (&proposal["doubt"], &proposal["distance_km"]),
            (&json!("no-position"), &Value::Null)
        );
        assert!(proposal["message"]["fr"].as_str().unwrap().contains("position"));
        let first = &proposal["partnerships"][0];
        assert_eq!(first["collectivities"], json!(["Lyon"]));
        assert_eq!(first["partners"][0]["country"], "ML");
        assert_eq!(ask("/api/merges/proposals?offset=1", &reader).json()["proposals"], json!([]));
        for wrong in ["limit=0", "limit=1001", "offset=-1", "colour=red"] {
            assert_eq!(
                ask(&format!("/api/merges/proposals?{wrong}"), &reader).status,
                400,
                "{wrong}"
            );
        }

        let both = json!({"records": [a, b]});
        for who in [&reader, &importer] {
            let refused = send("/api/merges", who, both.clone());
            assert_eq!((refused.status, refused.json()["code"].clone()), (403, "role".into()));
        }
        let merged = send("/api/merges", &admin, both.clone());
        assert_eq!(merged.status, 201, "{}", merged.body);
        let change = merged.header("location").to_owned();
        assert_eq!(count(), 1, "whoever is told that it is done sees it");
        let shown = ask(&change, &reader).json();
        assert_eq!((&shown["cause"], &shown["actor"]), (&json!("merge"), &json!("admin")));
        assert_eq!(shown["plan"]["decisions"][0]["after"], true);
        assert_eq!(ask("/api/merges/proposals", &reader).json()["total"], 0);
        let history = server.json(&format!("/api/partnerships/{a}/history"));
        assert_eq!(history["decisions"][0]["record"], b.as_str());
        assert_eq!(history["decisions"][0]["same"], true);
        let lead = server.json("/api/collections/partnerships/items")["features"][0]["id"].clone();
        let page = server.get(&format!("/partenariats/{}", lead.as_str().unwrap())).body;
        assert!(page.contains("Réunie avec la fiche"), "{page}");

        load(&database, "a2,,jumelage,,,,Lyon,Bamako,ML,,,,,,,one\n");
        while count() != 2 {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        for (path, body, status, code) in [
            ("/api/merges", both.clone(), 409, "same-partnership"),
            ("/api/merges", json!({"records": [b, id("one", "a2")]}), 409, "same-source"),
            ("/api/merges", json!({"records": [a, id("no", "x")]}), 422, "unknown-record"),
            ("/api/merges", json!({"records": [a, "é"]}), 422, "unknown-record"),
            ("/api/merges", json!({"records": [a]}), 400, "invalid-body"),
            ("/api/merges", json!({"records": [a, a]}), 400, "invalid-body"),
            ("/api/merges", json!({"records": vec![&a; 101]}), 400, "invalid-body"),
            ("/api/merges", json!({"ids": [a, b]}), 400, "invalid-body"),
            ("/api/merges", json!({}), 400, "invalid-body"),
            ("/api/splits", json!({}), 400, "invalid-body"),
            ("/api/splits", json!({"record": id("one", "a2")}), 409, "not-merged"),
            ("/api/splits", json!({"record": id("no", "x")}), 422, "unknown-record"),
        ] {
            let refused = send(path, &admin, body.clone());
            let told = (refused.status, refused.json()["code"].clone());
            assert_eq!(told, (status, code.into()), "{path} {body}: {}", refused.body);
        }
        let split = send("/api/splits", &admin, json!({"record": b}));
        assert_eq!((split.status, count()), (201, json!(3)));
        let again = send("/api/splits", &admin, json!({"record": a, "from": [b]}));
        assert_eq!(again.json()["code"], "already-apart");
        let undone = send(&format!("{}/revert", split.header("location")), &importer, json!({}));
        assert_eq!((undone.status, count()), (200, json!(2)), "{}", undone.body);
        // a page of another site cannot decide in somebody's name
        let cookie = session(&server, &admin);
        let foreign = [("Cookie", cookie.as_str()), ("Origin", "https://elsewhere.example")];
        let refused = server.send("POST", "/api/splits", &foreign, b"{}");
        assert_eq!(refused.json()["code"], "cross-origin");
    }
}
