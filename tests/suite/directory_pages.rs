//! The directory as it is served: pages, features, matches, calendar, feed, and what refuses to
//! start.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{Server, TestDatabase, demo, demo_with, run, succeed};

fn page(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[test]
fn pages_of_the_directory_are_there_in_both_languages() {
    let (_database, server) = demo();
    for (french, english, words) in [
        ("/financements", "/en/funding", ["dispositifs", "schemes"]),
        ("/financements/ficol", "/en/funding/ficol", ["lettre d’intention", "letter of intent"]),
        ("/acteurs", "/en/actors", ["acteurs", "actors"]),
        ("/acteurs/resacoop", "/en/actors/resacoop", ["Réseau régional", "Regional multi-actor"]),
        ("/services", "/en/services", ["Trois questions", "Three questions"]),
        ("/livre-blanc", "/en/white-paper", ["21 propositions", "21 propositions"]),
    ] {
        for (path, language, other, words) in
            [(french, "fr", english, words[0]), (english, "en", french, words[1])]
        {
            let html = page(&server, path);
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(html.contains(words), "{path} lacks {words}");
            let link = format!("id=\"other-language\" href=\"{other}\"");
            assert!(html.contains(&link), "{path} has no {link}");
            let alternate = format!("href=\"{}{other}\"", server.url);
            assert!(html.contains(&alternate), "{path} has no {alternate}");
        }
    }
    for path in ["/financements/rien", "/acteurs/rien", "/en/funding/rien"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/financements?theme=rien").status, 400);
    assert_eq!(server.get("/financements?utm_source=lettre").status, 200);
}

/// Nothing of the release is told to be open, and a forecast says that it is one.
#[test]
fn the_list_tells_forecasts_as_forecasts() {
    let (_database, server) = demo();
    let html = page(&server, "/financements");
    assert!(!html.contains("data-state=\"ouvert\""));
    assert!(!html.contains("data-state=\"ferme-bientot\""));
    assert!(
        html.contains("data-state=\"attendu\"") && html.contains("Prévision, sans date annoncée")
    );
    let open = page(&server, "/financements?state=ouvert,ferme-bientot");
    assert!(open.contains("0\u{a0}dispositif") || open.contains("0 dispositif"), "{open}");
    let one = page(&server, "/financements/conjoint-maroc");
    assert!(one.contains("10 mars 2020") && one.contains("31 juillet 2020"));
    assert!(one.contains("Faits de plus d’un an"));
}

/// A town's officer: what is open or expected for water in Senegal, and why a scheme does not fit.
#[test]
fn three_questions_are_answered_with_reasons() {
    let (_database, server) = demo();
    let html = page(&server, "/services?collectivity=Rennes&country=SN&theme=eau-assainissement");
    for words in [
        "Pour Rennes.",
        "Votre commune n’est pas dans les bassins Rhône-Méditerranée et Corse.",
        "Vérifiez si vous êtes dans le bassin Loire-Bretagne.",
        "Bretagne Solidaire",
        "Dispositif conjoint franco-sénégalais",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let english =
        page(&server, "/en/services?collectivity=35238&country=SN&theme=eau-assainissement");
    assert!(
        english.contains("Your municipality is not in the Rhône-Méditerranée and Corse basins.")
    );
    let several = page(&server, "/services?collectivity=Vienne");
    assert!(several.contains("38544"), "homonyms are told");
    let unknown = page(&server, "/services?collectivity=Trifouillis&who=commune");
    assert!(unknown.contains("Trifouillis"));
    // an association in Occitanie
    let whom = page(&server, "/services?who=association&region=76");
    let (network, ministry) = (whom.find("Occitanie Coopération"), whom.find("id=\"funding\""));
    assert!(network.is_some() && network < ministry);
    let none = page(&server, "/acteurs?region=11");
    assert!(none.contains("aucun réseau régional multi-acteurs n’est connu"));
}

#[test]
fn other_pages_say_who_can_help_there() {
    let (_database, server) = demo();
    let first = |collection: &str, query: &str| -> Value {
        let found = server.json(&format!("/api/collections/{collection}/items?limit=1&{query}"));
        found["features"][0].clone()
    };
    let record = first("partnerships", "kind=cooperation");
    let paths = [
        "/pays/SN".to_owned(),
        "/themes/eau-assainissement".to_owned(),
        "/regions/76".to_owned(),
        format!("/collectivites/{}", record["properties"]["collectivity_code"].as_str().unwrap()),
        format!("/partenariats/{}", record["id"].as_str().unwrap()),
    ];
    for path in paths {
        let html = page(&server, &path);
        let here = html.split("id=\"act\"").nth(1).unwrap_or_else(|| panic!("{path}"));
        let here = here.split("</section>").next().unwrap();
        let entries = here.matches("class=\"directory-name\"").count();
        assert!((1..=5).contains(&entries), "{path}: {entries}");
        assert!(here.contains("href=\"/services?"), "{path}");
    }
}

/// What a record names as its funder leads to the actor that it is, by any of its names.
#[test]
fn funders_lead_to_their_actors() {
    let (_database, server) = demo();
    let found = server.json("/api/collections/partnerships/items?limit=10000");
    let has = |feature: &&Value| {
        feature["properties"]["funders"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == "Agence française de développement"))
    };
    let record = found["features"].as_array().unwrap().iter().find(has).unwrap();
    let id = record["id"].as_str().unwrap();
    assert!(page(&server, &format!("/partenariats/{id}")).contains("href=\"/acteurs/afd\""));
    assert!(page(&server, &format!("/en/partnerships/{id}")).contains("href=\"/en/actors/afd\""));
}

#[test]
fn programs_get_features_matches_and_tables() {
    let (_database, server) = demo();
    for (collection, least) in [("actors", 50), ("schemes", 25), ("calls", 20)] {
        let mut path = format!("/api/collections/{collection}/items?limit=7");
        let (mut codes, mut matched) = (Vec::new(), 0);
        loop {
            let found = server.json(&path);
            matched = found["numberMatched"].as_u64().unwrap().max(matched);
            for feature in found["features"].as_array().unwrap() {
                assert!(feature["geometry"].is_null());
                assert!(feature["properties"]["source"].is_string(), "{feature}");
                codes.push(feature["id"].as_str().unwrap().to_owned());
            }
            let links = found["links"].as_array().unwrap();
            let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
            path = next["href"].as_str().unwrap().to_owned();
        }
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert!(codes.len() == count && count as u64 == matched && count >= least, "{collection}");
        let table = server.get(&format!("/api/export/{collection}.csv")).body;
        assert_eq!(csv::Reader::from_reader(table.as_bytes()).records().count(), count);
        let one = server.json(&format!("/api/collections/{collection}/items/{}", codes[0]));
        assert_eq!(one["id"], codes[0]);
        assert_eq!(server.get(&format!("/api/collections/{collection}/items/rien")).status, 404);
    }
    let found = server.json(
        "/api/matches?collectivity=35238&country=SN&theme=eau-assainissement&limit=100&lang=en",
    );
    let matches = found["matches"].as_array().unwrap();
    let rhone = matches.iter().find(|one| one["scheme"] == "eau-rhone-mediterranee-corse").unwrap();
    assert_eq!(rhone["fit"], "no");
    let reason = rhone["criteria"].as_array().unwrap().iter().find(|one| one["answer"] == "no");
    assert!(reason.unwrap()["reason"].as_str().unwrap().contains("not in the Rhône"));
    for (query, parameter) in [
        ("collectivity=99999", "collectivity"),
        ("theme=rien", "theme"),
        ("country=ZZ", "country"),
        ("applicant=roi", "applicant"),
        ("colour=red", "colour"),
    ] {
        let answer = server.get(&format!("/api/matches?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["parameter"], parameter, "{query}");
    }
}

/// Lines of a calendar as RFC 5545 (3.1) folds them.
fn unfolded(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

#[test]
fn deadlines_are_a_calendar_and_a_feed_for_any_filter() {
    let (_database, server) = demo();
    let answer = server.get("/financements.ics?scheme=aap-generaliste");
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let lines = unfolded(&answer.body);
    for line in [
        "BEGIN:VCALENDAR",
        "DTSTART;VALUE=DATE:20240506",
        "UID:aap-generaliste-2024-tous@atlas-aect",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line}: {lines:#?}");
    }
    assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
    // the end of an event is after its beginning: a whole day needs none
    assert!(lines.iter().all(|line| !line.starts_with("DTEND") && line != "DESCRIPTION:"));
    let all = server.get("/en/funding.ics").body;
    // a date of which the day is not known is in no calendar
    assert!(!all.contains("aap-egalite-2024") && all.contains("Deadline: "));
    let feed = server.get("/financements.atom?country=SN");
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    assert!(
        feed.body.contains("conjoint-senegal-2024") && !feed.body.contains("conjoint-maroc-2020")
    );
    assert_eq!(server.get("/financements.ics?theme=rien").status, 400);
}

/// Calls that are open now, one that closes today and one in a year: seen in lists at once.
#[test]
fn a_directory_of_ones_own_is_served_and_one_with_faults_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/directory");
    for name in ["actors.csv", "schemes.csv", "calls.csv"] {
        fs::copy(bundled.join(name), own.join(name)).unwrap();
    }
    let today = chrono::Utc::now().date_naive();
    let soon = today + chrono::Days::new(10);
    let calls = format!(
        "code;dispositif;intitulé;date d'ouverture;date de clôture;source;vu_le;certitude\n\
         maintenant;ficol;FICOL d'essai;{};{soon};essai;{today};certain\n",
        today - chrono::Days::new(5)
    );
    fs::write(own.join("calls.csv"), calls).unwrap();
    let path = own.to_str().unwrap();
    {
        let (_database, server) = demo_with(&["--directory", path]);
        let html = page(&server, "/financements?state=ferme-bientot");
        assert!(html.contains("/financements/ficol") && html.contains("heure de Paris"), "{html}");
        let first = &server.json("/api/matches?country=SN&limit=1")["matches"][0];
        assert_eq!((&first["scheme"], &first["state"]), (&"ficol".into(), &"ferme-bientot".into()));
        let database = TestDatabase::sqlite();
        drop(Server::start(&database, &[]));
        succeed(&["check", "--database", &database.url, "--directory", path]);
    }
    fs::write(
        own.join("calls.csv"),
        "code,dispositif,intitule,source,vu_le,certitude\nx,ficole,X,essai,hier,certain\n",
    )
    .unwrap();
    let database = TestDatabase::sqlite();
    drop(Server::start(&database, &[]));
    for command in [
        vec!["check", "--database", &database.url, "--directory", path],
        vec!["serve", "--database", &database.url, "--listen", "127.0.0.1:0", "--directory", path],
    ] {
        let output = run(&command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        for words in ["calls.csv, line 2, dispositif: ", "calls.csv, line 2, vu_le: "] {
            assert!(told.contains(words), "{told}");
        }
    }
    let nowhere = run(&["check", "--database", &database.url, "--directory", "/nulle/part"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("/nulle/part/actors.csv"));
    for kind in ["actors", "schemes", "calls"] {
        let schema: Value = serde_json::from_str(&succeed(&["schema", kind])).unwrap();
        assert_eq!(schema["primaryKey"][0], "code");
    }
}
