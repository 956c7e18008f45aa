//! Records that were removed: 410, what they were, and their history.

use crate::support::{Server, TestDatabase, import};

#[test]
fn a_removed_record_says_what_it_was_and_one_that_never_was_is_missing() {
    for database in TestDatabase::each() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("two.csv");
        let header =
            "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays";
        let kept = "2,Reste,Lyon,69123,Bamako,ML";
        let gone = "1,Eau <b> pour Kayes,Lyon,69123,Kayes,ML";
        std::fs::write(&file, format!("{header}\n{gone}\n{kept}\n")).unwrap();
        assert_eq!(import(&database, &file, &[]).0, Some(0));
        let id = {
            let server = Server::start(&database, &[]);
            let items = server.json("/api/collections/partnerships/items?q=kayes");
            items["features"][0]["id"].as_str().unwrap().to_owned()
        };
        std::fs::write(&file, format!("{header}\n{kept}\n")).unwrap();
        let more = ["--mode", "sync", "--allow-mass-removal"];
        assert_eq!(import(&database, &file, &more).0, Some(0));
        let server = Server::start(&database, &[]);
        for (path, title) in [
            (format!("/partenariats/{id}"), "Cette fiche a été retirée"),
            (format!("/en/partnerships/{id}"), "This record was removed"),
        ] {
            let page = server.get(&path);
            assert_eq!(page.status, 410, "{} {path}", database.name);
            assert!(page.body.contains(title) && page.body.contains("noindex"), "{}", page.body);
            assert!(page.body.contains("Eau &#60;b&#62; pour Kayes"), "{}", page.body);
            assert!(page.body.contains(&format!("/api/partnerships/{id}/history")));
        }
        for collection in ["partnerships", "links"] {
            let answer = server.get(&format!("/api/collections/{collection}/items/{id}"));
            assert_eq!((answer.status, answer.json()["code"].as_str()), (410, Some("removed")));
            let answer =
                server.get(&format!("/api/collections/{collection}/items/0000000000000000"));
            assert_eq!(answer.status, 404);
        }
        let history = server.json(&format!("/api/partnerships/{id}/history")).to_string();
        assert!(history.contains("pour Kayes"), "{history}");
        for path in ["/partenariats/0000000000000000", "/partenariats/rien"] {
            assert_eq!(server.get(path).status, 404, "{path}");
        }
        assert_eq!(server.get("/api/partnerships/0000000000000000/history").status, 404);
    }
}
