//! No output has a point further than 25 km outside of the country that its record names, whatever
//! positions the files give.

use std::{collections::HashMap, fs, path::Path};

use atlas_aect::{domain::Position, reference::Outlines};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    exports::{export, gdal_rows, same_by_arrow},
    mvt::{Feature, decode},
    support::{Server, TestDatabase, import, shared, succeed},
    tiles::get,
};

/// Positions in another country, at sea, with its numbers swapped, of one partner of two.
const FAR: &str = "\
identifiant,collectivite,partenaire,partenaire_pays,type_lien,longitude,latitude,source
india,Lyon,Birmingham,GB,jumelage,77.2,28.6,loin
swapped,Lille,Kayes,ML,cooperation,14.45,-11.43,loin
two,Brest,Bamako|Kayes,ML|ML,cooperation,-8.0|60.5,12.65|-40.5,loin
sea,Nantes,Nulle-Part-sur-Mer,SN,jumelage,-30.5,-55.5,loin
minus,Rennes,Jérémie,HT,cooperation,74.12,18.65,loin
";
/// Where these lie.
const SPOTS: [[f64; 2]; 5] =
    [[77.2, 28.6], [14.45, -11.43], [60.5, -40.5], [-30.5, -55.5], [74.12, 18.65]];

/// The sample and those.
fn register() -> TestDatabase {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let far = folder.path().join("far.csv");
    fs::write(&far, FAR).unwrap();
    let (_, report) = import(&database, &far, &[]);
    assert_eq!(report["outcome"]["created"], 5, "{report:#}");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    import(&database, &sample, &[]);
    database
}

/// Outlines, and what they have said: most positions are asked for again and again.
#[derive(Default)]
struct Borders(HashMap<(String, Position), bool>);

impl Borders {
    fn allow(&mut self, countries: &[String], at: Position) -> bool {
        let mut allows = |country: &String| {
            let asked = (country.clone(), at);
            let look = || Outlines::bundled().allows(country, at) != Some(false);
            *self.0.entry(asked).or_insert_with(look)
        };
        countries.iter().any(&mut allows)
    }

    /// A line begins at home, ends at a partner, and is cut at the date line.
    fn check(&mut self, at: Position, properties: &Value, what: &str) {
        let is_cut = at.lon().abs() == 180.0;
        let is_home = || homes(properties).iter().any(|home| home.distance_km(at) < 0.1);
        let is_right = is_cut || self.allow(&countries(properties), at) || is_home();
        assert!(is_right, "{what}: {at} {properties}");
    }
}

/// The countries that a feature names.
fn countries(properties: &Value) -> Vec<String> {
    let code = |value: &Value| value["country_code"].as_str().map(str::to_owned);
    let partners = properties["partners"].as_array().into_iter().flatten();
    code(properties).into_iter().chain(partners.filter_map(code)).collect()
}

/// The points of a geometry; of lines, where each part of them begins and ends.
fn ends(geometry: &Value) -> Vec<Position> {
    fn parts<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
        match value.as_array() {
            Some(list) if list.first().is_some_and(Value::is_array) => {
                for part in list {
                    parts(part, found);
                }
            }
            Some(_) => found.push(value),
            None => {}
        }
    }
    let coordinates = &geometry["coordinates"];
    let kind = geometry["type"].as_str().unwrap_or_default();
    let mut found = Vec::new();
    match kind {
        "LineString" => {
            let line = coordinates.as_array().unwrap();
            found.extend([&line[0], &line[line.len() - 1]]);
        }
        "MultiLineString" => {
            for line in coordinates.as_array().unwrap() {
                let line = line.as_array().unwrap();
                found.extend([&line[0], &line[line.len() - 1]]);
            }
        }
        _ => parts(coordinates, &mut found),
    }
    let position =
        |at: &Value| Position::new(at[0].as_f64().unwrap(), at[1].as_f64().unwrap()).unwrap();
    found.into_iter().map(position).collect()
}

/// Where the lead and the other French authorities of a feature are.
fn homes(properties: &Value) -> Vec<Position> {
    let at = |lon: &Value, lat: &Value| Position::new(lon.as_f64()?, lat.as_f64()?).ok();
    let others = properties["collectivities"].as_array().into_iter().flatten();
    let others = others.filter_map(|one| at(&one["collectivity_lon"], &one["collectivity_lat"]));
    at(&properties["collectivity_lon"], &properties["collectivity_lat"])
        .into_iter()
        .chain(others)
        .collect()
}

/// Every number that is called a longitude, with the latitude beside it.
fn named_positions(value: &Value, found: &mut Vec<Position>) {
    match value {
        Value::Object(members) => {
            let number = |name: &str| members.get(name).and_then(Value::as_f64);
            for (lon, lat) in [("lon", "lat"), ("longitude", "latitude")] {
                let at = number(lon).zip(number(lat));
                found.extend(at.and_then(|(lon, lat)| Position::new(lon, lat).ok()));
            }
            members.values().for_each(|member| named_positions(member, found));
        }
        Value::Array(list) => list.iter().for_each(|member| named_positions(member, found)),
        _ => {}
    }
}

#[test]
fn of_files() {
    let database = register();
    files_that_other_programs_read(&database);
    // two real lists as well, where they are
    for (file, profile) in [
        ("data/links/wikidata_p190_france.tsv", "wikidata-p190"),
        ("data/links/twin_cities_world.csv", "twin-cities"),
    ] {
        if let Some(file) = shared(file) {
            import(&database, &file, &["--profile", profile, "--valid-rows-only"]);
        }
    }
    features(&database);
}

fn features(database: &TestDatabase) {
    let (mut borders, mut seen) = (Borders::default(), 0);
    for (collection, records) in [
        ("partnerships", "all"),
        ("partnerships", "merged"),
        ("links", "merged"),
        ("partners", "merged"),
    ] {
        let export = ["export", collection, "--format", "geojsonseq", "--database", &database.url];
        let all: &[&str] = if records == "all" { &["--records", "all"] } else { &[] };
        for line in succeed(&[&export[..], all].concat()).lines() {
            let feature: Value = serde_json::from_str(line.trim_start_matches('\u{1e}')).unwrap();
            let properties = &feature["properties"];
            let what = format!("{collection} ({records}) {}", feature["id"]);
            for at in ends(&feature["geometry"]) {
                borders.check(at, properties, &what);
                seen += 1;
            }
            let mut named = Vec::new();
            named_positions(properties, &mut named);
            for at in named {
                borders.check(at, properties, &what);
                seen += 1;
            }
        }
    }
    println!("{seen} points are at most 25 km outside of their countries");
    assert!(seen > 1_000, "{seen}");
    // what the file says is kept
    let csv = succeed(&["export", "--format", "csv", "--database", &database.url]);
    assert!(csv.contains(",77.2,28.6,"), "the cell is kept");
}

/// Positions of WKT, each part a list of them.
fn of_wkt(wkt: &str) -> Vec<Vec<Position>> {
    let numbers = wkt.trim_matches(|letter: char| !letter.is_ascii_digit() && letter != '-');
    let parts = numbers.split("),(").filter(|part| !part.is_empty());
    let position = |pair: &str| {
        let pair = pair.trim_matches(['(', ')']);
        let (lon, lat) = pair.trim().split_once(' ').unwrap();
        Position::new(lon.parse().unwrap(), lat.parse().unwrap()).unwrap()
    };
    parts.map(|part| part.split(',').map(position).collect()).collect()
}

fn files_that_other_programs_read(database: &TestDatabase) {
    let folder = TempDir::new().unwrap();
    let mut borders = Borders::default();
    for collection in ["partnerships", "links", "partners"] {
        let file = |format| export(database, &folder, (collection, format, ""));
        let (geojson, mut rows_read) = (file("geojson"), 0);
        for format in ["fgb", "gpkg"] {
            let Some(rows) = gdal_rows(&file(format), &[]) else { return };
            for row in &rows {
                let cell = |name: &str| row.get(name).map_or("", String::as_str);
                let list = |name: &str| serde_json::from_str(cell(name)).unwrap_or(Value::Null);
                let number =
                    |name: &str| cell(name).parse::<f64>().map_or(Value::Null, Value::from);
                let properties = serde_json::json!({
                    "country_code": cell("country_code"),
                    "partners": list("partners"),
                    "collectivities": list("collectivities"),
                    "collectivity_lon": number("collectivity_lon"),
                    "collectivity_lat": number("collectivity_lat"),
                });
                for part in of_wkt(cell("WKT")) {
                    for at in [part[0], part[part.len() - 1]] {
                        borders.check(
                            at,
                            &properties,
                            &format!("{collection}.{format} {}", cell("id")),
                        );
                    }
                    // points of several are one part or many, as GDAL writes them
                    if collection != "links" {
                        for at in part {
                            borders.check(at, &properties, format);
                        }
                    }
                }
            }
            rows_read = rows.len();
            assert!(rows_read > 100, "{collection}.{format}");
        }
        // and the same features as that of the features that are checked above
        same_by_arrow(&file("parquet"), &geojson, rows_read);
    }
    let table = fs::read_to_string(export(database, &folder, ("partners", "csv", ""))).unwrap();
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let mut seen = 0;
    for row in table.deserialize() {
        let row: HashMap<String, String> = row.unwrap();
        let (Ok(lon), Ok(lat)) = (row["lon"].parse(), row["lat"].parse()) else { continue };
        let at = Position::new(lon, lat).unwrap();
        assert!(borders.allow(&[row["country_code"].clone()], at), "{row:?}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

/// Where a position is in a tile's units, from the world's corner.
fn world(at: Position, z: u32) -> [f64; 2] {
    let size = f64::from(1 << z) * 4096.0;
    let lat = at.lat().to_radians();
    let north = (1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0;
    [(at.lon() + 180.0) / 360.0 * size, north * size]
}

/// By the id of each feature of a collection, the points that are right.
fn places(server: &Server, collection: &str) -> HashMap<String, Vec<Position>> {
    let export = server.get(&format!("/api/export/{collection}.geojsonl")).body;
    let features = export.lines().map(|line| {
        let feature: Value = serde_json::from_str(line.trim_start_matches('\u{1e}')).unwrap();
        (feature["id"].as_str().unwrap().to_owned(), ends(&feature["geometry"]))
    });
    features.collect()
}

fn check_tile(feature: &Feature, known: &[Position], (z, x, y): (u32, i64, i64), what: &str) {
    let [[lon, lat]] = [feature.lines[0][0]];
    let at = [(x * 4096 + lon) as f64, (y * 4096 + lat) as f64];
    let is_there = known.iter().any(|place| {
        let there = world(*place, z);
        (0..2).all(|axis| (there[axis] - at[axis]).abs() <= 1.5)
    });
    assert!(is_there, "{what} {z}/{x}/{y}: {feature:?} is none of {known:?}");
}

#[test]
fn of_what_a_server_answers() {
    let database = register();
    let server = Server::start(&database, &[]);
    tiles(&server);
    answers_and_pages(&server);
}

fn tiles(server: &Server) {
    let layers = |path: &str| {
        let (status, _, body) = get(server, path, &[]);
        assert_eq!(status, 200, "{path}");
        decode(&body)
    };
    let (partnerships, partners) = (places(server, "partnerships"), places(server, "partners"));
    let mut seen = 0;
    for z in [0, 3, 4] {
        for (x, y) in (0..1_i64 << z).flat_map(|x| (0..1_i64 << z).map(move |y| (x, y))) {
            for (collection, places) in [("partnerships", &partnerships), ("partners", &partners)] {
                for layer in layers(&format!("/tiles/{collection}/{z}/{x}/{y}.mvt")) {
                    // what stands for several is drawn in their middle
                    for feature in layer.features.iter().filter(|feature| feature.has("id")) {
                        check_tile(feature, &places[feature.text("id")], (z, x, y), collection);
                        seen += 1;
                    }
                }
            }
            for layer in layers(&format!("/tiles/flows/{z}/{x}/{y}.mvt")) {
                let foreign = layer
                    .features
                    .iter()
                    .filter(|feature| layer.name == "nodes" && feature.text("side") == "partner");
                for feature in foreign {
                    check_tile(feature, &partners[feature.text("id")], (z, x, y), "flows");
                    seen += 1;
                }
            }
        }
    }
    println!("{seen} features of tiles are where their records may be");
    assert!(seen > 500, "{seen}");
    // where the files that are wrong put them is nothing
    for [lon, lat] in SPOTS {
        let at = world(Position::new(lon, lat).unwrap(), 10);
        let [x, y] = at.map(|n| (n / 4096.0) as u32);
        for collection in ["partnerships", "partners", "links", "flows"] {
            let found = layers(&format!("/tiles/{collection}/10/{x}/{y}.mvt"));
            let mut points = found.iter().filter(|layer| layer.name != "level");
            assert!(points.all(|layer| layer.features.is_empty()), "{collection} {lon} {lat}");
        }
    }
}

fn answers_and_pages(server: &Server) {
    let found = server.json("/api/collections/partnerships/items?records=all&source=loin");
    assert_eq!(found["numberMatched"], 5);
    let addresses = found["features"].as_array().unwrap().iter().flat_map(|feature| {
        let id = feature["id"].as_str().unwrap();
        [
            format!("/partenariats/{id}"),
            format!("/api/collections/partnerships/items/{id}?records=all"),
            format!("/api/collections/links/items/{id}?records=all"),
        ]
    });
    let more = [
        "/api/suggest?q=birmingham",
        "/api/facets?source=loin",
        "/api/collections/partners/items?q=birmingham",
        "/api/collections/partnerships/items?source=loin&f=html",
    ];
    for address in addresses.chain(more.map(str::to_owned)) {
        let answer = server.get(&address);
        assert!(matches!(answer.status, 200 | 307), "{address}: {} {}", answer.status, answer.body);
        for [lon, lat] in SPOTS {
            let pair = [format!("{lon},{lat}"), format!("{lon}, {lat}"), format!("{lat}, {lon}")];
            let is_shown = pair.iter().any(|pair| answer.body.contains(pair.as_str()));
            assert!(!is_shown, "{address} shows {lon} {lat}");
            assert!(!answer.body.contains(&format!("\"lon\":{lon}")), "{address} has {lon}");
            assert!(!answer.body.contains(&format!("\"longitude\":{lon}")), "{address} has {lon}");
        }
    }
}
