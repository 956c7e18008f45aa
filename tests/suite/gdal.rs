//! What GDAL makes of our files: the opinion of every GIS.

use std::{path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{TestDatabase, import, succeed};

/// What `ogrinfo` says of a file.
struct Layer {
    features: u64,
    /// West, south, east, north.
    extent: [f64; 4],
    wgs84: bool,
}

/// Asks GDAL; none where it is not here.
fn ogrinfo(path: &Path) -> Option<Layer> {
    let Ok(output) = Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(path).output() else {
        println!("skipped: ogrinfo (GDAL) is not here");
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let after = |words: &str| text.split_once(words).unwrap_or_else(|| panic!("{text}")).1;
    let line = |words: &str| after(words).lines().next().unwrap();
    let numbers: Vec<f64> = line("Extent:")
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .filter_map(|number| number.parse().ok())
        .collect();
    Some(Layer {
        features: line("Feature Count:").trim().parse().unwrap(),
        extent: numbers.try_into().unwrap(),
        wgs84: after("Layer SRS WKT:").contains("WGS 84"),
    })
}

#[test]
fn gdal_reads_every_export() {
    let database = TestDatabase::sqlite();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    let (_, report) = import(&database, &sample, &[]);
    let created = &report["outcome"]["created"];
    let folder = TempDir::new().unwrap();
    for (collection, format) in [
        ("partnerships", "geojson"),
        ("links", "geojson"),
        ("partnerships", "geojsonseq"),
        ("links", "geojsonseq"),
        ("links", "geojsonl"),
    ] {
        let path = folder.path().join(format!("{collection}.{format}"));
        let file = path.to_str().unwrap();
        succeed(&[
            "export",
            collection,
            "--database",
            &database.url,
            "--format",
            format,
            "-o",
            file,
        ]);
        let Some(layer) = ogrinfo(&path) else { return };
        assert_eq!(layer.features, *created, "{collection}.{format}");
        let [west, south, east, north] = layer.extent;
        assert!(west >= -180.0 && south >= -90.0 && east <= 180.0 && north <= 90.0);
        if collection == "partnerships" {
            let own = own_extent(&path, format);
            for (gdal, own) in layer.extent.into_iter().zip(own) {
                assert!((gdal - own).abs() < 1e-6, "{:?} {own:?}", layer.extent);
            }
        }
        assert!(layer.wgs84);
    }
}

/// The extent of the positions that a file names, read as plain JSON.
fn own_extent(path: &Path, format: &str) -> [f64; 4] {
    let text = std::fs::read_to_string(path).unwrap();
    let features: Vec<Value> = if format == "geojson" {
        let collection: geojson::FeatureCollection =
            text.parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
        collection.features.iter().map(|feature| serde_json::to_value(feature).unwrap()).collect()
    } else {
        text.split('\u{1e}').skip(1).map(|feature| serde_json::from_str(feature).unwrap()).collect()
    };
    let mut extent = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    for feature in features {
        let geometry = &feature["geometry"];
        let points = match geometry["type"].as_str() {
            Some("Point") => vec![geometry["coordinates"].clone()],
            Some("MultiPoint") => geometry["coordinates"].as_array().unwrap().clone(),
            _ => continue,
        };
        for point in points {
            let (lon, lat) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
            assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0);
            extent =
                [extent[0].min(lon), extent[1].min(lat), extent[2].max(lon), extent[3].max(lat)];
        }
    }
    extent
}

#[test]
fn links_over_the_date_line_are_split() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("pacific.csv");
    let row = "Nouméa,98818,Papeete-sur-Mer,WS,-171.76,-13.83";
    std::fs::write(
        &path,
        format!(
            "collectivite,collectivite_code,partenaire,partenaire_pays,longitude,latitude\n{row}\n"
        ),
    )
    .unwrap();
    import(&database, &path, &[]);
    let text = succeed(&["export", "links", "--database", &database.url]);
    let collection: geojson::FeatureCollection =
        text.parse::<geojson::GeoJson>().unwrap().try_into().unwrap();
    let geometry = serde_json::to_value(&collection.features[0].geometry).unwrap();
    assert_eq!(geometry["type"], "MultiLineString");
    let lines = geometry["coordinates"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].as_array().unwrap().last().unwrap()[0], 180.0);
    assert_eq!(lines[1][0][0], -180.0);
}
