//! Sharing: downloads of a selection, citation, QR code, frames of other sites.

use crate::support::{Server, addresses, demo};

/// What a QR code of the server says.
fn decoded(svg: &str) -> String {
    const SCALE: usize = 4;
    let size: usize =
        svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![false; size * size];
    let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
    for run in path.split('M').skip(1) {
        let mut numbers = run.split([' ', 'h', 'v']).map(|number| number.parse::<usize>().unwrap());
        let [x, y, length] = [(); 3].map(|()| numbers.next().unwrap());
        dark[y * size + x..y * size + x + length].fill(true);
    }
    let at = |x, y| if dark[y / SCALE * size + x / SCALE] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * SCALE, size * SCALE, at);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

fn permalink(html: &str) -> String {
    let (_, rest) = html.split_once("id=\"share-permalink\"").unwrap();
    let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    value.replace("&#38;", "&")
}

fn body(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

#[test]
fn a_view_is_downloaded_cited_and_found_again() {
    let (_database, server) = demo();
    for path in ["/?region=84&theme=sante", "/en/?view=table&sortby=-start&q=lyon", "/?view=charts"]
    {
        let html = body(&server, path);
        let query: Vec<&str> = path.split(['?', '&']).skip(1).collect();
        let filters: Vec<&str> = query
            .into_iter()
            .filter(|pair| !pair.starts_with("view") && !pair.starts_with("sortby"))
            .collect();
        let files: Vec<String> =
            addresses(&html).into_iter().filter(|path| path.starts_with("/api/export/")).collect();
        for ending in ["geojson", "geojsonl", "geojsons", "csv", "fgb"] {
            let file = files.iter().find(|file| file.contains(&format!("partnerships.{ending}")));
            let file = file.unwrap_or_else(|| panic!("no {ending}"));
            assert!(filters.iter().all(|filter| file.contains(filter)), "{file}");
            assert!(!file.contains("view=") && !file.contains("sortby="), "{file}");
            assert_eq!(server.send("HEAD", file, &[], &[]).status, 200, "{file}");
        }
        // what most want is first, and says what it is for
        let (usual, others) = html.split_once("<details><summary>").unwrap();
        assert_eq!(usual.matches("/api/export/").count(), 5, "{path}");
        assert!(files[0].contains("spreadsheet=1") && others.contains("/tiles/links/{z}/{x}/{y}"));
        let value = |id: &str| {
            let (_, rest) = html.split_once(&format!("id=\"{id}\"")).unwrap();
            let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
            value.replace("&#38;", "&")
        };
        let tile =
            ["{z}", "{x}", "{y}"].iter().fold(value("files-tiles"), |t, n| t.replace(n, "0"));
        for address in [value("files-api"), tile] {
            assert!(filters.iter().all(|filter| address.contains(filter)), "{address}");
            let status = server.send("HEAD", &address, &[], &[]).status;
            assert!([200, 204].contains(&status), "{address}");
        }
        let permalink = permalink(&html);
        assert_eq!(permalink, format!("{}{path}", server.url));
        assert!(html.contains("Atlas AECT, ") && html.contains("@misc{"), "{path}");
        let codes = html.split("class=\"qr\" src=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(decoded(&body(&server, codes)), permalink);
    }
    let id =
        server.json("/api/collections/partnerships/items?limit=1")["features"][0]["id"].clone();
    let record = format!("/partenariats/{}", id.as_str().unwrap());
    for path in [record.as_str(), "/en/countries/ML", "/themes/sante"] {
        assert_eq!(permalink(&body(&server, path)), format!("{}{path}", server.url));
    }
}

#[test]
fn qr_codes_are_of_this_site_alone() {
    let (_database, server) = demo();
    let long = format!("/?q={}", "a".repeat(800));
    for path in ["", "x", "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", &long]
    {
        let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!(server.get(&format!("/qr.svg?path={path}")).status, 400, "{path}");
    }
    let answer = server.get("/qr.svg?path=/pays/ML");
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    let known = [("if-none-match", answer.header("etag"))];
    assert_eq!(server.get_with("/qr.svg?path=/pays/ML", &known).status, 304);
}

#[test]
fn other_sites_may_frame_the_map_and_nothing_else() {
    let (_database, server) = demo();
    for path in ["/?embed=1", "/en/?embed=1&region=84", "/?region=84&embed=1&view=table"] {
        let answer = server.get(path);
        assert!(answer.header("content-security-policy").ends_with("frame-ancestors *"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "", "{path}");
        let html = &answer.body;
        assert!(html.contains("id=\"map\"") && !html.contains("class=\"masthead\""), "{path}");
        assert!(!html.contains("id=\"share\"") && !html.contains("id=\"table\""), "{path}");
        let home = if path.starts_with("/en") { "/en/" } else { "/" };
        let region = if path.contains("region") { "?region=84" } else { "" };
        assert!(addresses(html).contains(&format!("{home}{region}")), "{path}");
    }
    for path in
        ["/", "/?embed=0", "/pays/ML", "/pays/ML?embed=1", "/api", "/donnees", "/rien?embed=1"]
    {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
    }
    // the code that is copied leads there
    let html = body(&server, "/?region=84");
    let code =
        html.split("id=\"share-embed\"").nth(1).unwrap().split("</textarea>").next().unwrap();
    assert!(code.contains(&format!("{}/?embed=1&#38;amp;region=84", server.url)), "{code}");
}
