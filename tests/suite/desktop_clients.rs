//! QGIS and R: open, filter, save, read again, with counts, types and sums right at the first try, on a
//! register with partial dates, cents, several partners and nulls.

use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    clients::script,
    support::Server,
    typed_clients::{all, register},
};

/// What the features of a register say, as the scripts of clients count it.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    rows: u64,
    budgets: u64,
    cents: i64,
    starts: Vec<String>,
    themes: u64,
}

fn held(server: &Server) -> Held {
    let rows = all(server);
    let budgets = rows.values().filter_map(|row| row["budget_eur"].as_f64());
    let themes = rows.values().map(|row| row["themes"].as_array().unwrap().len() as u64).sum();
    let mut starts: Vec<String> =
        rows.values().map(|row| row["start"].as_str().unwrap_or_default().to_owned()).collect();
    starts.sort();
    Held {
        rows: rows.len() as u64,
        budgets: budgets.clone().count() as u64,
        cents: budgets.map(|budget| (budget * 100.0).round() as i64).sum(),
        starts,
        themes,
    }
}

fn download(server: &Server, folder: &TempDir, name: &str) -> String {
    let address = format!("{}/api/export/{name}?flat=1", server.url);
    let mut answer = ureq::get(address).call().unwrap().into_body();
    let path = folder.path().join(name);
    std::fs::write(&path, answer.read_to_vec().unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// With Debian's `python3-qgis` (`tests/run clients` installs it).
#[test]
fn qgis_saves_layers_of_the_api_and_of_files() {
    let python = "/usr/bin/python3";
    let has_qgis = Command::new(python).args(["-c", "import qgis.core"]).output();
    if !has_qgis.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3-qgis is not here");
        return;
    }
    let (_database, server) = register();
    let folder = TempDir::new().unwrap();
    let files = ["partnerships.gpkg", "partnerships.geojson"];
    let files = files.map(|name| download(&server, &folder, name));
    let output = Command::new(python)
        .arg(script("qgis_saves.py"))
        // it saves no lists of numbers
        .args([folder.path().to_str().unwrap(), &format!("{}/api?flat=1", server.url)])
        .args(files)
        // its settings and caches are not to be found by the next run
        .env("QT_QPA_PLATFORM", "offscreen")
        .env("HOME", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let layers = read.as_object().unwrap();
    assert_eq!(layers.len(), 9, "{read}");
    let Held { rows, budgets, cents, starts, themes } = held(&server);
    for (name, layer) in layers {
        assert_eq!(layer["wrong"], json!([]), "{name}");
        for (what, wanted) in [
            ("rows", json!(rows)),
            ("budgets", json!(budgets)),
            ("cents", json!(cents)),
            ("starts", json!(starts)),
            ("themes", json!(themes)),
        ] {
            assert_eq!(layer[what], wanted, "{name}: {what}");
        }
    }
}

/// With Debian's `r-cran-sf` (`tests/run clients` installs it).
#[test]
fn sf_opens_filters_saves_and_reads_again() {
    let has_sf = Command::new("Rscript").args(["-e", "library(sf)"]).output();
    if !has_sf.is_ok_and(|output| output.status.success()) {
        println!("skipped: R with sf (r-cran-sf) is not here");
        return;
    }
    let (_database, server) = register();
    let folder = TempDir::new().unwrap();
    let Output { status, stdout, stderr } = Command::new("Rscript")
        .arg(script("sf_reads.R"))
        .args([&format!("{}/api", server.url), folder.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let text = String::from_utf8(stdout).unwrap();
    let mut own = held(&server);
    own.starts.retain(|start| !start.is_empty() && start.len() < 10);
    let wanted = [own.rows, own.budgets, own.cents as u64, own.starts.len() as u64, own.themes];
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 10, "{text}");
    for line in lines {
        let numbers: Vec<u64> = line[1..6].iter().map(|number| number.parse().unwrap()).collect();
        if line[0] == "filtered" {
            assert_eq!(numbers, [1, 1, 1000, 1, 1], "{line:?}");
        } else {
            assert_eq!(numbers, wanted, "{line:?}");
        }
        assert_eq!(line[6..], ["character", "numeric"], "{line:?}");
    }
}
