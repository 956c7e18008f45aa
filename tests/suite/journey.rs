//! The journey of a record, on each database: in, compared, changed, removed, out again.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, export, import, is_empty, succeed, timeless};

const HEADER: &str = "identifiant;intitule;type_lien;statut;date_debut;collectivite;collectivite_code;\
                      partenaire;partenaire_pays;longitude;latitude;themes;odd;budget_eur;financeurs";

fn file(folder: &TempDir, rows: &[&str]) -> PathBuf {
    let path = folder.path().join("liens.csv");
    let text = [&[HEADER], rows].concat().join("\r\n");
    fs::write(&path, format!("\u{feff}{text}\r\n")).unwrap();
    path
}

const LYON: &str = "a;;Jumelage;en cours;1951;Lyon;69123;Birmingham;Royaume-Uni;;;culture;4|11;12 500,50 €;Union européenne|Ville de Lyon";
const PARIS: &str =
    "b;Pacte d'amitié « été »;amitié;;03/2018;Paris;;Tokyo;JPN;139,6917;35,6895;;;;";
const TWO: &str = "c;;coopération;suspendu;2001-02-03;Montreuil|Arcueil;93048|94003;Région de Kayes|Yélimané;ML;-11.44|-10.57;14.45|15.11;eau|santé;6;0;";

fn outcome(report: &Value) -> [u64; 6] {
    ["created", "updated", "unchanged", "removed", "rejected", "repeated"]
        .map(|name| report["outcome"][name].as_u64().unwrap())
}

#[test]
fn a_file_goes_in_and_comes_out() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        let rows = [LYON, PARIS, TWO];
        let path = file(&folder, &rows);

        let (code, report) = import(&database, &path, &["--dry-run", "--source", "essai"]);
        assert_eq!((code, outcome(&report)), (Some(0), [3, 0, 0, 0, 0, 0]), "{report:#}");
        assert!(is_empty(&database));

        let (code, report) = import(&database, &path, &["--source", "essai"]);
        assert_eq!((code, outcome(&report)), (Some(0), [3, 0, 0, 0, 0, 0]), "{report:#}");
        let geojson = export(&database, "geojson");
        let collection: Value = serde_json::from_str(&geojson).unwrap();
        let by_title = |title: &str| {
            let features = collection["features"].as_array().unwrap();
            features
                .iter()
                .find(|f| f["properties"]["title"] == title)
                .unwrap_or_else(|| panic!("{title}"))
        };
        let lyon = &by_title("Lyon – Birmingham")["properties"];
        for (name, value) in [
            ("kind", json!("jumelage")),
            ("status_label", json!("En cours")),
            ("start", json!("1951")),
            ("region_code", json!("84")),
            ("country_name", json!("Royaume-Uni")),
            ("zone", json!("europe")),
            ("themes", json!(["culture-francophonie"])),
            ("sdgs", json!([4, 11])),
            ("budget_eur", json!(12500.5)),
            ("funders", json!(["Union européenne", "Ville de Lyon"])),
            ("position_source", json!("gazetteer")),
            ("source", json!("essai")),
        ] {
            assert_eq!(lyon[name], value, "{name}");
        }
        let paris = by_title("Pacte d'amitié « été »");
        assert_eq!(paris["geometry"], json!({"type": "Point", "coordinates": [139.6917, 35.6895]}));
        assert_eq!(paris["properties"]["start"], "2018-03");
        let two = by_title("Montreuil – Région de Kayes");
        assert_eq!(two["geometry"]["type"], "MultiPoint");
        assert_eq!(two["properties"]["collectivities"][1]["collectivity_name"], "Arcueil");
        assert_eq!(two["properties"]["partners"][1]["partner_name"], "Yélimané");

        // the same file again, and the register's own export, change nothing
        let (_, report) = import(&database, &path, &["--source", "essai"]);
        assert_eq!(outcome(&report), [0, 0, 3, 0, 0, 0]);
        let back = folder.path().join("export.csv");
        fs::write(&back, export(&database, "csv")).unwrap();
        let (code, report) = import(&database, &back, &[]);
        assert_eq!((code, outcome(&report)), (Some(0), [0, 0, 3, 0, 0, 0]), "{report:#}");
        assert_eq!(export(&database, "geojson"), geojson);
        let excel = succeed(&[
            "export",
            "--database",
            &database.url,
            "--format",
            "csv",
            "--spreadsheet",
            "--output",
            back.to_str().unwrap(),
        ]);
        assert_eq!(excel, "");
        assert!(fs::read_to_string(&back).unwrap().starts_with("\u{feff}identifiant;intitule;"));
        let (code, report) = import(&database, &back, &[]);
        assert_eq!((code, outcome(&report)), (Some(0), [0, 0, 3, 0, 0, 0]), "{report:#}");
    }
}

#[test]
fn records_are_changed_removed_and_brought_back() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import(&database, &file(&folder, &[LYON, PARIS, TWO]), &["--source", "essai"]);
        let before = export(&database, "geojson");

        let changed = LYON.replace("en cours", "terminé");
        let (_, report) =
            import(&database, &file(&folder, &[&changed, PARIS]), &["--source", "essai"]);
        assert_eq!(outcome(&report), [0, 1, 1, 0, 0, 0]);
        assert!(export(&database, "geojson").contains("\"status\":\"termine\""));

        let sync = ["--source", "essai", "--mode", "sync", "--allow-mass-removal"];
        let (_, report) = import(&database, &file(&folder, &[LYON, PARIS]), &sync);
        assert_eq!(outcome(&report), [0, 1, 1, 1, 0, 0]);
        assert!(!export(&database, "geojson").contains("Kayes"));

        // another source is not touched by a sync, and may use the same keys
        let (_, report) = import(
            &database,
            &file(&folder, &[LYON]),
            &["--source", "autre", "--mode", "sync", "--allow-mass-removal"],
        );
        assert_eq!(outcome(&report), [1, 0, 0, 0, 0, 0]);
        let (_, report) = import(
            &database,
            &file(&folder, &[]),
            &["--source", "autre", "--mode", "sync", "--allow-mass-removal"],
        );
        assert_eq!(outcome(&report), [0, 0, 0, 1, 0, 0]);

        let (_, report) = import(&database, &file(&folder, &[LYON, PARIS, TWO]), &sync);
        assert_eq!(outcome(&report), [1, 0, 2, 0, 0, 0]);
        assert_eq!(timeless(&export(&database, "geojson")), timeless(&before));
    }
}

#[test]
fn both_databases_give_the_same_bytes() {
    let databases = TestDatabase::each();
    let exports: Vec<String> = databases
        .iter()
        .map(|database| {
            let folder = TempDir::new().unwrap();
            import(database, &file(&folder, &[LYON, PARIS, TWO]), &["--source", "essai"]);
            timeless(&export(database, "geojson"))
        })
        .collect();
    for export in &exports {
        assert_eq!(*export, exports[0]);
    }
}

#[test]
fn rows_that_repeat_or_contradict_each_other_are_told() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        let contradiction = LYON.replace("1951", "1952");
        let path = file(&folder, &[LYON, LYON, PARIS, &contradiction]);
        let (code, report) = import(&database, &path, &[]);
        assert_eq!((code, outcome(&report)), (Some(3), [2, 0, 0, 0, 1, 1]), "{report:#}");
        assert_eq!(report["written"], false);
        let codes: Vec<_> =
            report["issues"].as_array().unwrap().iter().map(|i| (&i["code"], &i["line"])).collect();
        assert_eq!(
            codes,
            [(&json!("row-repeated"), &json!(3)), (&json!("key-conflict"), &json!(5))]
        );
        assert!(export(&database, "csv").lines().count() == 1, "nothing was written");

        // rejected rows may be what a sync would remove: it removes nothing then
        import(&database, &file(&folder, &[TWO]), &[]);
        let path = file(&folder, &[LYON, &contradiction]);
        let (code, report) = import(
            &database,
            &path,
            &["--mode", "sync", "--valid-rows-only", "--allow-mass-removal"],
        );
        assert_eq!((code, outcome(&report)), (Some(3), [1, 0, 0, 0, 1, 0]), "{report:#}");
        assert_eq!(report["removal_withheld"], true);
    }
}

#[test]
fn a_server_publishes_what_another_process_imports() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        let server = Server::start(&database, &[]);
        let matched =
            || server.json("/api/collections/partnerships/items")["numberMatched"].clone();
        assert_eq!(matched(), 0);
        import(&database, &file(&folder, &[LYON, PARIS]), &[]);
        for _ in 0..100 {
            if matched() == 2 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert_eq!(matched(), 2, "{}", database.name);
    }
}
