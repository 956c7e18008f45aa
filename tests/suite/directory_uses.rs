//! What the directory does for other lists: funders as a filter, schemes above the map's list, the
//! months to come, the propositions that a steward fills in.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::{Server, TestDatabase, demo, demo_with, import, succeed};

fn page(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

/// Three records that name the AFD in three ways, and one that names somebody else.
const RECORDS: &str = "identifiant,intitule,collectivite,partenaire,partenaire_pays,financeurs\n\
    a,Eau,Lyon,Bamako,ML,AFD\n\
    b,Culture,Lille,Saint-Louis,SN,Agence française de développement|afd\n\
    c,Sport,Nantes,Cardiff,GB,French Development Agency\n\
    d,Santé,Rennes,Sétif,DZ,\"Mairie, de Rien\"\n\
    e,Pont,Brest,Kiel,DE,\n";

#[test]
fn funders_are_found_by_any_name_of_their_actor() {
    for database in TestDatabase::each() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fiches.csv");
        fs::write(&file, RECORDS).unwrap();
        import(&database, &file, &["--valid-rows-only"]);
        let server = Server::start(&database, &[]);
        let titles = |query: &str| -> BTreeSet<String> {
            let path = format!("/api/collections/partnerships/items?limit=100&{query}");
            let found = server.json(&path);
            let features = found["features"].as_array().unwrap().iter();
            features.map(|one| one["properties"]["title"].as_str().unwrap().to_owned()).collect()
        };
        let of = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>();
        for name in ["afd", "AFD", "Agence%20fran%C3%A7aise%20de%20d%C3%A9veloppement"] {
            let found = titles(&format!("funder={name}"));
            assert!(found.is_superset(&of(&["Eau", "Culture"])), "{name}: {found:?}");
            assert!(!found.contains("Santé") && !found.contains("Pont"), "{name}: {found:?}");
        }
        assert_eq!(titles("funder=Mairie%20de%20Rien"), of(&["Santé"]));
        assert_eq!(titles("funder=afd&country=ML"), of(&["Eau"]));
        let facet = &server.json("/api/facets?lang=fr")["facets"]["funder"];
        let afd = facet.as_array().unwrap().iter().find(|one| one["value"] == "afd").unwrap();
        assert_eq!(afd["label"], "Agence française de développement");
        assert_eq!(afd["count"], titles("funder=afd").len());
        let html = page(&server, "/acteurs/afd");
        assert!(html.contains("/partenariats?funder=afd"), "{html}");
        assert!(page(&server, "/partenariats?funder=afd").contains("Bamako"));
    }
}

/// The panel of the map names what fits a country or a theme, and leads to the reasons.
#[test]
fn the_map_says_what_helps_there() {
    let (_database, server) = demo();
    for (path, all) in [
        ("/?country=SN&theme=eau-assainissement", "/services?country=SN"),
        ("/en/?theme=eau-assainissement", "/en/services?theme=eau-assainissement"),
    ] {
        let html = page(&server, path);
        let (_, told) = html.split_once("act-here").unwrap_or_else(|| panic!("{path}: {html}"));
        let told = told.split("</p>").next().unwrap();
        assert!(told.contains(all), "{told}");
        assert!(told.contains("/financements/") || told.contains("/en/funding/"), "{told}");
        assert!(told.matches("<a ").count() <= 4, "{told}");
    }
    for path in ["/", "/?region=84", "/?country=SN&embed=1"] {
        assert!(!page(&server, path).contains("act-here"), "{path}");
    }
}

/// A folder with the release's tables.
fn own_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/directory");
    for name in ["actors.csv", "schemes.csv", "calls.csv"] {
        fs::copy(bundled.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Deadlines of the months to come stand in their months, those that are over do not, and a forecast
/// is called one.
#[test]
fn the_months_to_come_are_a_calendar() {
    let folder = own_folder();
    let today = chrono::Utc::now().date_naive();
    let (soon, past) = (today + chrono::Days::new(40), today - chrono::Days::new(40));
    let far = today + chrono::Days::new(800);
    let calls = format!(
        "code;dispositif;intitulé;date d'ouverture;date de clôture;source;vu_le;certitude\n\
         a;ficol;A;{past};{soon};essai;{today};certain\n\
         b;ficol;B;{past};{far};essai;{today};certain\n\
         c;ficol;C;2019-01-01;{past};essai;{today};certain\n"
    );
    fs::write(folder.path().join("calls.csv"), calls).unwrap();
    let (_database, server) = demo_with(&["--directory", folder.path().to_str().unwrap()]);
    let html = page(&server, "/financements?scheme=ficol");
    let (_, calendar) = html.split_once("id=\"calendar\"").unwrap_or_else(|| panic!("{html}"));
    let calendar = calendar.split("</section>").next().unwrap();
    assert_eq!(calendar.matches("<dt>").count(), 1, "{calendar}");
    assert!(
        calendar.contains("jusqu’au") && calendar.contains("/financements/ficol"),
        "{calendar}"
    );
    // the release has none that is known to come; what is expected is a forecast
    let (_database, server) = demo();
    let html = page(&server, "/en/funding");
    if let Some((_, calendar)) = html.split_once("id=\"calendar\"") {
        let calendar = calendar.split("</section>").next().unwrap();
        assert!(!calendar.contains("until"), "{calendar}");
        assert!(calendar.contains("forecast"), "{calendar}");
    }
}

#[test]
fn a_steward_fills_in_the_propositions() {
    let folder = own_folder();
    let (_database, server) = demo();
    assert!(page(&server, "/livre-blanc").contains("n’est pas connu"));
    let schema: Value = serde_json::from_str(&succeed(&["schema", "propositions"])).unwrap();
    let columns = schema["fields"].as_array().unwrap().iter();
    let columns: Vec<&str> = columns.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(columns[..4], ["code", "numero", "axe", "texte"]);
    let table = "code,numero,axe,texte,texte_en,reponse,source,vu_le,certitude\n\
        p-2,2,financements,Deuxième,Second,L’annuaire.,essai,2026-11-30,certain\n\
        p-1,1,cadre,Première,First,,essai,2026-11-30,a-verifier\n";
    fs::write(folder.path().join("propositions.csv"), table).unwrap();
    let own = folder.path().to_str().unwrap();
    let (_database, server) = demo_with(&["--directory", own]);
    let html = page(&server, "/livre-blanc");
    assert!(!html.contains("n’est pas connu"));
    let places = ["Première", "Deuxième", "L’annuaire."].map(|text| html.find(text));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{html}");
    assert!(page(&server, "/en/white-paper").contains("First"));
    fs::write(folder.path().join("propositions.csv"), "code,numero,axe\nx,un,nulle\n").unwrap();
    let database = TestDatabase::sqlite();
    drop(Server::start(&database, &[]));
    let checked = crate::support::run(&["check", "--database", &database.url, "--directory", own]);
    let told = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(
        !checked.status.success() && told.contains("propositions.csv, line 2, numero"),
        "{told}"
    );
}
