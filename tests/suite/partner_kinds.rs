//! What kind of authority a partner is, from the file to every way out.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, export, import};

const HEADER: &str = "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,partenaire_type,longitude,latitude";
const ROWS: [&str; 6] = [
    // from the cell, by a label in English and by an alias, one for each partner
    "a,Lyon,69123,Birmingham,GB,Municipality,,",
    "b,Lyon,69123,Kayes|Ségou|Thiès,ML|ML|SN,cercle||commune,,",
    // from the name
    "c,Lyon,69123,Région de Kayes,ML,,-11.44,14.45",
    // against the name
    "d,Lyon,69123,Land de Thuringe,DE,commune,11.02,50.98",
    // nothing says it
    "e,Lyon,69123,Dakar,SN,,,",
    "f,Lyon,69123,Université de Thiès,SN,,-16.96,14.79",
];

fn write(folder: &TempDir, header: &str, rows: &[&str]) -> std::path::PathBuf {
    let path = folder.path().join("liens.csv");
    fs::write(&path, [&[header], rows].concat().join("\n") + "\n").unwrap();
    path
}

fn unchanged(report: &Value) -> (Value, Value) {
    (report["outcome"]["unchanged"].clone(), report["outcome"]["updated"].clone())
}

#[test]
fn a_kind_comes_from_the_cell_or_from_the_name() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        let file = write(&folder, HEADER, &ROWS);
        let (code, report) = import(&database, &file, &["--source", "essai"]);
        assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(6)), "{report:#}");
        let told = report["issues"].as_array().unwrap().iter();
        let told: Vec<&Value> =
            told.filter(|issue| issue["code"] == "partner-kind-contradictory").collect();
        assert_eq!(told.len(), 1, "{report:#}");
        assert_eq!(
            (&told[0]["line"], &told[0]["column"], &told[0]["value"], &told[0]["severity"]),
            (&json!(5), &json!("partenaire_type"), &json!("commune"), &json!("warning"))
        );
        assert_eq!(told[0]["suggestion"], "region");

        // the file again, and the register's own export, change nothing
        let (_, report) = import(&database, &file, &["--source", "essai"]);
        assert_eq!(unchanged(&report), (json!(6), json!(0)));
        let csv = export(&database, "csv");
        assert!(csv.contains("departement||commune"), "{csv}");
        let back = folder.path().join("back.csv");
        fs::write(&back, &csv).unwrap();
        let (_, report) = import(&database, &back, &[]);
        assert_eq!(unchanged(&report), (json!(6), json!(0)), "{report:#}");

        // a file without the column leaves it alone, an empty cell clears it
        let header = HEADER.replace(",partenaire_type", "");
        let bare = write(&folder, &header, &["a,Lyon,69123,Birmingham,GB,,"]);
        let (_, report) = import(&database, &bare, &["--source", "essai"]);
        assert_eq!(unchanged(&report), (json!(1), json!(0)));
        let empty = write(&folder, HEADER, &["a,Lyon,69123,Birmingham,GB,,,"]);
        let (_, report) = import(&database, &empty, &["--source", "essai", "--dry-run"]);
        let cells = &report["changes"][0]["cells"];
        assert_eq!(unchanged(&report), (json!(0), json!(1)), "{report:#}");
        assert!(cells.to_string().contains("partenaire_type"), "{report:#}");
    }
}

#[test]
fn a_kind_that_is_none_is_refused() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let file = write(&folder, HEADER, &["a,Lyon,69123,Birmingham,GB,comunne,,"]);
    let (code, report) = import(&database, &file, &[]);
    assert_eq!(code, Some(3));
    let issue = &report["issues"][0];
    assert_eq!((&issue["code"], &issue["suggestion"]), (&json!("term-unknown"), &json!("commune")));
}

#[test]
fn a_kind_goes_out_every_way() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let file = write(&folder, HEADER, &ROWS);
    import(&database, &file, &["--source", "essai"]);
    let server = Server::start(&database, &[]);
    let count = |path: &str| server.json(path)["numberMatched"].as_u64().unwrap();

    for collection in ["partnerships", "links"] {
        let items = format!("/api/collections/{collection}/items");
        assert_eq!(count(&format!("{items}?partner_kind=region")), 1);
        assert_eq!(count(&format!("{items}?partner_kind=commune")), 3);
        assert_eq!(count(&format!("{items}?partner_kind=departement,autre")), 2);
        assert_eq!(count(&format!("{items}?filter=partner_kind%20IS%20NULL")), 1);
        assert_eq!(count(&format!("{items}?filter=partner_kind='region'")), 1);
    }
    assert_eq!(server.get("/api/collections/partnerships/items?partner_kind=land").status, 400);
    let items = "/api/collections/partnerships/items?limit=50";
    let features = server.json(items)["features"].clone();
    let several = features.as_array().unwrap().iter();
    let several = several.map(|feature| &feature["properties"]).find(|p| !p["partners"].is_null());
    let kinds: Vec<&Value> = several.unwrap()["partners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["partner_kind"])
        .collect();
    assert_eq!(kinds, [&json!("departement"), &Value::Null, &json!("commune")]);

    let partners = "/api/collections/partners/items";
    assert_eq!(count(&format!("{partners}?filter=partner_kind='region'")), 1);
    let region = server.json(&format!("{partners}?filter=partner_kind='region'"));
    assert_eq!(region["features"][0]["properties"]["name"], "Région de Kayes");
    let facet = &server.json("/api/facets?lang=en")["facets"]["partner_kind"];
    assert!(facet.as_array().unwrap().iter().any(|value| {
        value["value"] == "region"
            && value["label"] == "Region or equivalent"
            && value["count"] == 1
    }));
    let queryables = server.json("/api/collections/partners/queryables");
    let codes = &queryables["properties"]["partner_kind"]["enum"];
    assert!(codes.as_array().unwrap().contains(&json!("groupement")));
    assert!(server.json("/tiles/partners.json").to_string().contains("partner_kind"));
    assert!(server.json("/api/vocabularies").to_string().contains("partner_kind"));

    // people read its label on the pages of the record and of the partner, and filter by it
    let record = server.json(&format!("{items}&partner_kind=region"))["features"][0]["id"].clone();
    let page = server.get(&format!("/partenariats/{}", record.as_str().unwrap())).body;
    assert!(page.contains("Région ou équivalent"), "{page}");
    let partner = region["features"][0]["id"].as_str().unwrap();
    let page = server.get(&format!("/partenaires/{partner}")).body;
    assert!(page.contains("Région ou équivalent"));
    assert!(server.get("/").body.contains("Type de partenaire"));
}
