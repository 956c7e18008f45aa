//! The pictures that the server draws: of pages for those who share them, and for print.

use crate::support::{Server, TestDatabase, demo, import};

fn bytes(server: &Server, path: &str) -> (String, Vec<u8>) {
    let url =
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", server.url) };
    let mut answer = ureq::get(&url).call().unwrap();
    let kind = answer.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    (kind, answer.body_mut().read_to_vec().unwrap())
}

/// Width and height of a PNG (W3C PNG, 11.2.2).
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

fn picture_of(server: &Server, path: &str) -> String {
    let html = server.get(path).body;
    let found = html.split("property=\"og:image\" content=\"").nth(1);
    found
        .unwrap_or_else(|| panic!("{path} has none"))
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
}

#[test]
fn every_page_that_is_shared_has_a_picture_of_its_own() {
    let (_database, server) = demo();
    let id =
        server.json("/api/collections/partnerships/items?limit=1")["features"][0]["id"].clone();
    let partner =
        server.json("/api/collections/partners/items?limit=1")["features"][0]["id"].clone();
    let record = format!("/en/partnerships/{}", id.as_str().unwrap());
    let partner = format!("/partenaires/{}", partner.as_str().unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for path in [
        "/",
        "/en/?view=table&region=84",
        "/?view=charts&theme=sante&country=ML",
        "/?q=zzyzzx",
        "/pays/ML",
        "/en/regions/53",
        "/collectivites/69123",
        "/themes/sante",
        &partner,
        &record,
    ] {
        let (kind, png) = bytes(&server, &picture_of(&server, path));
        assert_eq!((kind.as_str(), size(&png)), ("image/png", (1200, 630)), "{path}");
        assert!(png.len() < 400_000, "{path}: {}", png.len());
        assert!(seen.insert(png), "{path} has the picture of another page");
    }
    for path in ["/pays/ZZ/apercu.png", "/partenariats/x/apercu.png", "/themes/rien/apercu.png"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/apercu.png?region=999").status, 400);
}

#[test]
fn a_picture_that_is_known_is_not_drawn_again() {
    let (_database, server) = demo();
    let answer = server.get("/carte.svg?country=ML");
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    assert!(answer.body.contains("<circle") && !answer.body.contains("<text"));
    let known = [("if-none-match", answer.header("etag"))];
    assert_eq!(server.get_with("/carte.svg?country=ML", &known).status, 304);
    let other = [("if-none-match", answer.header("etag"))];
    assert_eq!(server.get_with("/carte.svg?country=SN", &other).status, 200);
}

#[test]
fn names_of_all_kinds_can_be_drawn() {
    let rows = "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,longitude,latitude
1,\"</text><script>alert(1)</script>\"\"><image href=x>\",Lyon,69123,東京都,JP,139.7,35.7
2,🎉🎉 مرحبا,Lyon,69123,القاهرة,EG,,
3,Львів,Brest,29019,Львів,UA,24,49.8
4,\u{202e}desrever,Brest,29019,\u{202e}x,UA,24,49.8
";
    let rows = format!("{rows}5,{},Brest,29019,W,CA,-62.3,82.5\n", "W".repeat(290));
    let database = TestDatabase::sqlite();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("names.csv");
    std::fs::write(&file, rows).unwrap();
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    let server = Server::start(&database, &[]);
    for collection in ["partnerships", "partners"] {
        let folder = if collection == "partners" { "partenaires" } else { "partenariats" };
        let items = server.json(&format!("/api/collections/{collection}/items"));
        let items = items["features"].as_array().unwrap();
        assert!(items.len() >= 4, "{collection}");
        for feature in items {
            let path = format!("/{folder}/{}/apercu.png", feature["id"].as_str().unwrap());
            assert_eq!(size(&bytes(&server, &path).1), (1200, 630), "{path}");
        }
    }
}
