//! Pages of places, lists and comparisons, against what the API says.

use crate::support::{Server, TestDatabase, demo_with, import};

fn demo() -> (TestDatabase, Server) {
    demo_with(&["--contact", "atlas@exemple.fr"])
}

fn html(server: &Server, path: &str) -> String {
    let answer = server.get(&format!("{}{path}", server.url));
    assert_eq!(answer.status, 200, "{path}");
    assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    answer.body
}

/// The number that a page's main element carries.
fn matched(html: &str) -> u64 {
    let (_, rest) = html.split_once("data-matched=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn pages_of_places_count_what_the_api_counts() {
    let (_database, server) = demo();
    for (folders, collection, filter) in [
        (["/pays", "/en/countries"], "countries", "country"),
        (["/regions", "/en/regions"], "regions", "region"),
        (["/collectivites", "/en/authorities"], "collectivities", "collectivity"),
        (["/partenaires", "/en/partners"], "partners", "partner"),
    ] {
        let path = format!("/api/collections/{collection}/items?limit=4&sortby=-partnerships");
        for feature in server.json(&path)["features"].as_array().unwrap() {
            let (id, properties) = (feature["id"].as_str().unwrap(), &feature["properties"]);
            let count = properties["partnerships"].as_u64().unwrap();
            let items = format!("/api/collections/partnerships/items?limit=1&{filter}={id}");
            assert_eq!(server.json(&items)["numberMatched"], count, "{items}");
            for folder in folders {
                let page = html(&server, &format!("{folder}/{id}"));
                assert_eq!(matched(&page), count, "{folder}/{id}");
                assert_eq!(page.matches("<tr data-id=").count() as u64, count.min(25));
                assert!(page.contains(&format!("/api/export/partnerships.csv?{filter}={id}")));
            }
        }
    }
    let facets = server.json("/api/facets");
    for theme in facets["facets"]["theme"].as_array().unwrap() {
        let page = html(&server, &format!("/themes/{}", theme["value"].as_str().unwrap()));
        assert_eq!(matched(&page), theme["count"].as_u64().unwrap());
    }
}

#[test]
fn a_list_can_be_followed_to_its_end_in_every_order() {
    let (_database, server) = demo();
    for sort in ["", "&sortby=-start", "&sortby=start", "&sortby=-updated_at"] {
        let mut path = format!("/partenariats?region=84{sort}");
        let mut seen = std::collections::BTreeSet::new();
        let mut total = None;
        loop {
            let page = html(&server, &path);
            total.get_or_insert(matched(&page));
            let ids = page.split("<tr data-id=\"").skip(1);
            seen.extend(ids.map(|rest| rest.split('"').next().unwrap().to_owned()));
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
            let next = rest.split('"').next().unwrap().replace("&#38;", "&");
            let next = next.trim_end_matches("#list").to_owned();
            assert_ne!(next, path, "the list goes on");
            path = next;
        }
        assert_eq!(seen.len() as u64, total.unwrap(), "{sort}");
    }
}

#[test]
fn a_name_leads_to_the_page_of_an_authority() {
    let (_database, server) = demo();
    for (asked, place) in [
        ("/collectivites?name=Rennes", "/collectivites/35238#moment"),
        ("/collectivites?name=+st+malo+", "/collectivites/35288#moment"),
        ("/collectivites?name=Rennes+%2835238%29", "/collectivites/35238#moment"),
        ("/en/authorities?name=35238", "/en/authorities/35238#moment"),
    ] {
        let answer = server.get(asked);
        assert_eq!((answer.status, answer.header("location")), (303, place), "{asked}");
    }
    let several = html(&server, "/collectivites?name=Saint-Denis");
    assert!(several.contains("/collectivites/93066") && several.contains("/collectivites/97411"));
    let none = html(&server, "/en/authorities?name=%3Cscript%3E1");
    assert!(none.contains("No authority is called") && !none.contains("<script>1"));
    assert!(!html(&server, "/collectivites").contains("role=\"status\""));
    assert!(html(&server, "/").contains("action=\"/collectivites\""));
}

#[test]
fn codes_lead_to_the_one_address_of_a_page() {
    let (_database, server) = demo();
    for (path, target) in [
        ("/pays/ml", "/pays/ML"),
        ("/en/themes/SANTE", "/en/themes/sante"),
        ("/en/partenariats?q=eau", "/en/partnerships?q=eau"),
        ("/en/pays/ML", "/en/countries/ML"),
        ("/en/collectivites/69123/apercu.png", "/en/authorities/69123/preview.png"),
    ] {
        let answer = server.get(&format!("{}{path}", server.url));
        // the client follows, or is told
        let page = if answer.status == 308 {
            assert_eq!(answer.header("location"), target);
            continue;
        } else {
            answer.body
        };
        assert!(page.contains(&format!("{target}\">")), "{path}");
    }
    for path in [
        "/en/pays",
        "/en/pays/",
        "/en/graphiques",
        "/en/partenaires",
        "/pays/ZZ",
        "/regions/99",
        "/themes/rien",
        "/collectivites/0",
        "/partenaires/x",
    ] {
        assert_eq!(server.get(&format!("{}{path}", server.url)).status, 404, "{path}");
    }
    // a commune that no record names has a page that says so, which search engines leave out
    let page = html(&server, "/collectivites/01001");
    assert!(page.contains("Aucun partenariat connu") && page.contains("noindex"));
}

#[test]
fn what_machines_are_told_can_be_read_and_leads_somewhere() {
    let (_database, server) = demo();
    let page = html(&server, "/en/countries/ML");
    let blocks: Vec<&str> = page.split("<script type=\"application/ld+json\">").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let data: serde_json::Value =
            serde_json::from_str(block.split("</script>").next().unwrap()).unwrap();
        assert_eq!(data["@context"], "https://schema.org");
    }
    let addresses = |text: &str| -> Vec<String> {
        let found = text.split("<loc>").skip(1);
        found.map(|rest| rest.split("</loc>").next().unwrap().to_owned()).collect()
    };
    let get = |url: &str| server.get(url);
    let index = get(&format!("{}/sitemap.xml", server.url)).body;
    let parts = addresses(&index);
    assert_eq!(parts.len(), 6);
    for part in parts {
        let pages = addresses(&get(&part).body);
        assert!(!pages.is_empty() && pages.len() <= 50_000, "{part}");
        for page in [pages.first().unwrap(), pages.last().unwrap()] {
            assert_eq!(get(page).status, 200, "{page}");
        }
    }
    let feed = get(&format!("{}/flux.atom?country=ML", server.url)).body;
    let mali = server.json("/api/collections/partnerships/items?country=ML&limit=1");
    let entries = feed.matches("<entry>").count() as u64;
    assert_eq!(entries, mali["numberMatched"].as_u64().unwrap().min(50));
}

#[test]
fn comparisons_say_the_numbers_of_both_and_name_what_they_do_not_know() {
    let (_database, server) = demo();
    let page = html(&server, "/en/compare?a=region-84&b_name=Lyon");
    for filter in ["region=84", "collectivity=69123"] {
        let items = format!("/api/collections/partnerships/items?limit=1&{filter}");
        let count = server.json(&items)["numberMatched"].as_u64().unwrap();
        assert!(page.contains(&format!("<td>{count}</td>")), "{filter}");
    }
    let page = html(&server, "/comparer?a=region-84&b_name=%3Cscript%3Ex");
    assert!(page.contains("role=\"alert\"") && !page.contains("<script>x"));
}

#[test]
fn hostile_texts_are_texts_on_every_page() {
    let database = TestDatabase::sqlite();
    let hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=y>]]>";
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("hostile.csv");
    let cell = format!("\"{}\"", hostile.replace('"', "\"\""));
    let header = "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,partenaire_region,description,source";
    let partner = cell.replacen('"', "\"Kayes ", 1);
    let row = format!("1,{cell},Lyon,69123,{partner},ML,{cell},{cell},{cell}");
    std::fs::write(&file, format!("{header}\n{row}\n")).unwrap();
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    let server = Server::start(&database, &["--contact", "atlas@exemple.fr"]);
    let id = |collection: &str| {
        let items = server.json(&format!("/api/collections/{collection}/items"));
        items["features"][0]["id"].as_str().unwrap().to_owned()
    };
    let (record, partner) = (id("partnerships"), id("partners"));
    for path in [
        "/partenariats".to_owned(),
        format!("/partenariats/{record}"),
        format!("/partenaires/{partner}"),
        "/pays/ML".to_owned(),
        "/collectivites/69123".to_owned(),
        "/comparer?a=country-ML&b=collectivity-69123".to_owned(),
        "/flux.atom".to_owned(),
    ] {
        let text = server.get(&format!("{}{path}", server.url)).body;
        assert!(text.contains("alert(1)"), "{path} does not show it");
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{path}");
    }
}

/// One partnership of two French authorities with partners in four countries, one of two partners
/// in one country, checked long ago, and one of a name that several authorities have.
fn shared() -> (TestDatabase, Server) {
    let database = TestDatabase::sqlite();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("shared.csv");
    let rows = "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,verifie_le\n\
        a,Lyon|Rennes,69123|35238,Kayes|Saint-Louis|Sokodé|Porto-Novo,ML|SN|TG|BJ,\n\
        b,Lyon,69123,Ségou|Mopti,ML,2001-02-03\n\
        c,Saint-Denis,93066,Porto,PT,\n\
        d,Saint-Denis,97411,Durban,ZA,\n";
    std::fs::write(&file, rows).unwrap();
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    let server = Server::start(&database, &[]);
    (database, server)
}

#[test]
fn a_place_counts_what_lies_in_it_not_what_partnerships_bring_along() {
    let (_database, server) = shared();
    let page = html(&server, "/pays/ML");
    assert!(page.contains("2 partenariats de 2 collectivités françaises avec 3 partenaires"));
    let ranking = page.split("id=\"ranking-partner\"").nth(1).unwrap();
    let ranking = ranking.split("</section>").next().unwrap();
    assert!(["Kayes", "Ségou", "Mopti"].iter().all(|name| ranking.contains(name)), "{ranking}");
    assert!(!ranking.contains("Sokodé"), "{ranking}");
    let page = html(&server, "/regions/53");
    assert!(page.contains("1 partenariat de 1 collectivité française avec 4 partenaires"));
    // rows name countries, not as many as there are partners
    assert!(page.contains("<td>Mali et 3 autres pays</td>"));
    assert!(html(&server, "/en/countries/ML").contains("<td>Mali and 3 other countries</td>"));
}

#[test]
fn records_to_check_are_found_and_named() {
    let (_database, server) = shared();
    let page = html(&server, "/collectivites/69123");
    let checks = page.split("class=\"checks\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let paths: Vec<String> = checks
        .split("href=\"")
        .skip(1)
        .map(|part| part.split('"').next().unwrap().replace("&#38;", "&"))
        .collect();
    assert_eq!(paths.len(), 2);
    for (path, words) in paths.iter().zip(["vérifiés avant le", "jamais vérifiés"]) {
        let page = html(&server, path);
        assert_eq!(matched(&page), 1, "{path}");
        let heading = page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap();
        assert!(heading.contains(words), "{heading}");
        assert!(page.contains("selected>"), "the form says {words}");
    }
    let changes = html(&server, "/partenariats?sortby=-updated_at");
    assert_eq!(changes.matches("Modifiée le </span><time datetime=").count(), 4);
}

#[test]
fn a_name_that_several_have_leads_to_each_of_them() {
    let (_database, server) = shared();
    let page = html(&server, "/comparer?a_name=Saint-Denis&b=country-ML");
    let trouble = page.split("role=\"alert\"").nth(1).unwrap().split("</div>").next().unwrap();
    for code in ["93066", "97411"] {
        let path = format!("/comparer?a=collectivity-{code}&b=country-ML");
        assert!(trouble.contains(&path.replace('&', "&#38;")), "{trouble}");
        assert!(html(&server, &path).contains("class=\"pairs\""));
    }
    let page = html(&server, "/comparer?a_name=Saint-Denis+(93066)&b=country-ML");
    assert!(page.contains("class=\"pairs\"") && !page.contains("role=\"alert\""));
    let page = html(&server, "/comparer?a=collectivity-93066&b=collectivity-97411");
    for told_apart in ["Saint-Denis (93066)", "Saint-Denis (97411)"] {
        assert!(page.contains(told_apart), "{told_apart}");
    }
}

#[test]
fn years_asked_for_one_by_one_are_all_said() {
    let (_database, server) = shared();
    for asked in ["year=2015&year=2016", "year=2015,2016"] {
        let page = html(&server, &format!("/partenariats?{asked}"));
        let heading = words(&page, "<h1", "</h1>");
        assert!(heading.contains("2015 ou 2016"), "{heading}");
    }
}

/// What a page says between two texts, without its tags.
fn words(html: &str, from: &str, to: &str) -> String {
    let part = html.split(from).nth(1).unwrap().split(to).next().unwrap();
    let texts = part.split('<').map(|tag| tag.rsplit('>').next().unwrap_or_default());
    texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn whom_to_turn_to_is_said_with_and_without_an_address() {
    let ((_one, with), (_other, without)) = (demo(), shared());
    let path = |server: &Server| {
        let items = server.json("/api/collections/partnerships/items?collectivity=69123&limit=1");
        format!("/partenariats/{}", items["features"][0]["id"].as_str().unwrap())
    };
    for page in [path(&with), "/collectivites/69123".into(), "/en/countries/ML".into()] {
        let page = html(&with, &page);
        assert!(page.contains("class=\"report\"><a href=\"mailto:atlas@exemple.fr?subject="));
        assert!(page.contains("<a href=\"mailto:atlas@exemple.fr\">Contact</a>"));
    }
    for (page, said) in [
        (path(&without), "pas d’adresse de contact. Cette fiche vient de la source « local »"),
        ("/collectivites/69123".into(), "pas d’adresse de contact. Chaque fiche nomme sa source"),
        ("/en/countries/ML".into(), "no contact address. Each record names its source"),
        ("/a-propos".into(), "pas d’adresse de contact"),
    ] {
        let page = html(&without, &page).replace('\u{a0}', " ");
        assert!(page.contains(said) && !page.contains("mailto:"), "{said}");
    }
    let contact = |code: &str| {
        let page = html(&without, &format!("/collectivites/{code}"));
        words(&page, "id=\"contact\"", "</section>")
    };
    assert!(contact("69123").contains("Lyon (code INSEE 69123)"));
    assert!(contact("200046977").contains("(SIREN 200046977)"));
    assert!(!html(&without, "/pays/ML").contains("lannuaire"));
}

#[test]
fn a_year_says_how_many_it_leaves_out_and_leads_to_them() {
    let (_database, server) = demo();
    let count = |query: &str| {
        let path = format!("/api/collections/partnerships/items?limit=1&{query}");
        server.json(&path)["numberMatched"].as_u64().unwrap()
    };
    let undated = count("region=84&filter=start+IS+NULL");
    let page = html(&server, "/partenariats?region=84&year=2015");
    let heading = words(&page, "<h1", "</h1>");
    let said = format!("en 2015, sans compter {undated} de date inconnue");
    assert!(undated > 0 && heading.contains(&said), "{heading}");
    assert!(html(&server, "/?region=84&year=2015").contains(&said));
    let path = "/partenariats?region=84&filter=start+IS+NULL";
    assert!(page.contains(&format!("href=\"{}\"", path.replace('&', "&#38;"))));
    let page = html(&server, path);
    assert_eq!(matched(&page), undated);
    assert!(words(&page, "<h1", "</h1>").contains("sans date de début"));
}

#[test]
fn a_territory_around_an_authority_is_named_not_measured() {
    let (_database, server) = demo();
    let lyon = html(&server, "/collectivites/69123");
    let near = words(&lyon, "id=\"others\"", "id=\"list\"");
    assert!(near.contains("Auvergne-Rhône-Alpes sa région ·"), "{near}");
    let region = server.json("/api/collections/collectivities/items?q=auvergne-rhone-alpes");
    let regions = region["features"].as_array().unwrap().iter();
    let region = regions
        .map(|one| &one["properties"])
        .find(|one| one["collectivity_kind"] == "region" && one["region_code"] == "84");
    let page =
        html(&server, &format!("/collectivites/{}", region.unwrap()["id"].as_str().unwrap()));
    let near = words(&page, "id=\"others\"", "id=\"list\"");
    assert!(near.contains("Lyon sur son territoire ·"), "{near}");
    for page in [lyon, page] {
        assert!(!page.contains("à 0 km ·"));
    }
}

#[test]
fn kinds_are_counted_and_the_only_country_is_named() {
    let (_database, server) = demo();
    let facets = server.json("/api/facets?region=84");
    let page = html(&server, "/regions/84");
    let kinds = page.split("class=\"kinds\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let links: Vec<&str> = kinds.split("href=\"").skip(1).collect();
    let facets = facets["facets"]["kind"].as_array().unwrap();
    assert_eq!(links.len(), facets.len());
    for link in links {
        let (path, text) = link.split_once("\" rel=\"nofollow\">").unwrap();
        let count = matched(&html(&server, &path.replace("&#38;", "&")));
        assert!(text.starts_with(&format!("{count} ")), "{path}: {text}");
    }
    let (_database, server) = shared();
    let page = html(&server, "/collectivites/93066");
    assert!(words(&page, "place-sentence\"", "</p>").ends_with("1 partenaire au Portugal"));
    let page = html(&server, "/en/partnerships?collectivity=97411");
    assert!(words(&page, "<h1", "</h1>").contains("1 partnership in South Africa"));
}

#[test]
fn what_changed_lately_is_a_link_of_every_list() {
    let (_database, server) = shared();
    for (page, list, feed) in [
        ("/", "/partenariats?sortby=-updated_at", "/flux.atom"),
        ("/partenariats", "/partenariats?sortby=-updated_at", "/flux.atom"),
        ("/pays/ML", "/partenariats?country=ML&#38;sortby=-updated_at", "/flux.atom?country=ML"),
    ] {
        let page = html(&server, page);
        let (_, link) = page.split_once(">Derniers changements de cette liste</a>").unwrap();
        assert!(page.contains(&format!("<a href=\"{list}\" rel=\"nofollow\">Derniers")));
        assert!(link.starts_with(&format!(" (<a href=\"{feed}\"")), "{}", &link[..80]);
        assert!(html(&server, &list.replace("&#38;", "&")).contains("Modifiée le"));
    }
}

#[test]
fn two_of_one_name_are_told_apart() {
    let (_database, server) = demo();
    let page = html(&server, "/comparer?a=region-01&b=department-971");
    let heads = words(&page, "compare-heads", "</div>");
    assert!(heads.contains("Guadeloupe (Région)") && heads.contains("Guadeloupe (Département)"));
    let page = html(&server, "/en/compare?a_name=guadeloup&b=country-ML");
    let trouble = words(&page, "role=\"alert\"", "</div>");
    assert!(trouble.contains("Guadeloupe (Region)") && trouble.contains("Guadeloupe (Department)"));
}

#[test]
fn an_authority_is_compared_with_those_of_its_size_and_its_region() {
    let (_database, server) = demo();
    let page = html(&server, "/en/authorities/35238");
    let (_, standing) = page.split_once("class=\"place-standing\">").unwrap();
    let standing = standing.split("</p>").next().unwrap();
    // a slow scan: communes of Brittany, and how many have fewer partnerships
    let items = "/api/collections/collectivities/items?limit=10000&collectivity_kind=commune";
    let all = server.json(items);
    let features = all["features"].as_array().unwrap();
    let count = |one: &serde_json::Value| one["properties"]["partnerships"].as_u64().unwrap();
    let own = features.iter().find(|one| one["id"] == "35238").map(count).unwrap();
    let peers = features
        .iter()
        .filter(|one| one["properties"]["region_code"] == "53" && one["id"] != "35238");
    let peers: Vec<u64> = peers.map(count).collect();
    let behind = peers.iter().filter(|peer| **peer < own).count();
    let wanted = if behind == peers.len() {
        format!("More partnerships than the {behind} other communes in Bretagne")
    } else {
        format!("More partnerships than {behind} of the {} other communes in Bretagne", peers.len())
    };
    assert!(standing.contains(&wanted), "{standing}: {wanted}");
    assert!(standing.contains("communes of 100,000 inhabitants or more"), "{standing}");
    // what has a year comes first, in order; a département is compared with others
    let dated = server.json("/api/collections/partnerships/items?limit=1&sortby=start");
    let code = dated["features"][0]["properties"]["collectivity_code"].as_str().unwrap();
    let dated = html(&server, &format!("/collectivites/{code}"));
    let (_, steps) = dated.split_once("id=\"moment-steps\"").unwrap();
    let steps = steps.split("</ol>").next().unwrap().split("<li ").skip(1);
    let year = |step: &str| {
        let (_, rest) = step.split_once("class=\"moment-year\">")?;
        rest.split('<').next()?.parse::<i32>().ok()
    };
    let years: Vec<Option<i32>> = steps.map(year).collect();
    let known: Vec<i32> = years.iter().map_while(|year| *year).collect();
    assert!(!known.is_empty() && known.is_sorted(), "{code}: {years:?}");
    assert!(years[known.len()..].iter().all(Option::is_none), "{code}: {years:?}");
    let department = server.json("/api/collections/collectivities/items?limit=1&collectivity_kind=departement&sortby=-partnerships");
    let code = department["features"][0]["id"].as_str().unwrap();
    assert!(html(&server, &format!("/collectivites/{code}")).contains("départements du registre."));
}
