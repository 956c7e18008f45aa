//! Tiles of flows as the map asks for them: what is drawn adds up to what the API counts, and
//! holds together across tiles.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    mvt::{Feature, decode},
    support::{Server, demo},
    tiles::get,
};

const EXTENT: i64 = 4096;

fn bytes(server: &Server, path: &str) -> Vec<u8> {
    let (status, _, body) = get(server, path, &[]);
    assert_eq!(status, 200, "{path}");
    body
}

/// A zoom level under a filter, put together from all its tiles.
#[derive(Default)]
struct Level {
    /// By side and id: where in the world, in units of its tiles, and the number of partnerships.
    nodes: HashMap<(String, String), ([i64; 2], u64)>,
    /// By both ends: partnerships, those counted here, and the vertices in each tile.
    flows: HashMap<(String, String), Flow>,
    left_out: HashSet<u64>,
}

#[derive(Default)]
struct Flow {
    partnerships: u64,
    counted: u64,
    lines: Vec<([i64; 2], Vec<[i64; 2]>)>,
}

fn level(server: &Server, z: u32, query: &str) -> Level {
    let mut level = Level::default();
    for x in 0..1i64 << z {
        for y in 0..1i64 << z {
            let tile = bytes(server, &format!("/tiles/flows/{z}/{x}/{y}.mvt{query}"));
            for layer in decode(&tile) {
                for feature in layer.features {
                    match layer.name.as_str() {
                        "nodes" => level.add_node(&feature, [x, y]),
                        "flows" => level.add_flow(&feature, [x, y]),
                        "level" => _ = level.left_out.insert(feature.number("left_out")),
                        other => panic!("{other}"),
                    }
                }
            }
        }
    }
    level
}

impl Level {
    fn add_node(&mut self, feature: &Feature, tile: [i64; 2]) {
        let [[at]] = [[feature.lines[0][0]]];
        let is_inside = at.iter().all(|n| (0..EXTENT).contains(n));
        if !is_inside {
            return;
        }
        let key = (feature.text("side").to_owned(), feature.text("id").to_owned());
        let world = [0, 1].map(|axis| tile[axis] * EXTENT + at[axis]);
        self.nodes.insert(key, (world, feature.number("partnerships")));
        assert_eq!(feature.has("box"), feature.number("places") > 1);
        assert_eq!(feature.has("ids"), feature.number("places") == 1);
    }

    fn add_flow(&mut self, feature: &Feature, tile: [i64; 2]) {
        let key = (feature.text("home").to_owned(), feature.text("partner").to_owned());
        let flow = self.flows.entry(key).or_default();
        flow.partnerships = feature.number("partnerships");
        flow.counted = feature.number("counted");
        for line in &feature.lines {
            flow.lines.push((tile, line.clone()));
        }
    }
}

/// How many links have a line.
fn drawn_links(server: &Server, query: &str) -> u64 {
    let separator = if query.is_empty() { "?" } else { "&" };
    let links = server.json(&format!("/api/collections/links/items{query}{separator}limit=10000"));
    let features = links["features"].as_array().unwrap();
    features.iter().filter(|link| link["geometry"] != Value::Null).count() as u64
}

#[test]
fn flows_add_up_and_end_at_nodes_at_every_zoom_level() {
    let (_database, server) = demo();
    for query in ["", "?country=DE", "?region=53", "?theme=sante,jeunesse", "?q=saint"] {
        let expected = drawn_links(&server, query);
        assert!(expected > 0, "{query}");
        for z in 0..=4 {
            let level = level(&server, z, query);
            let [left_out] = level.left_out.iter().copied().collect::<Vec<_>>()[..] else {
                panic!("{query} {z}: {:?}", level.left_out)
            };
            let counted: u64 = level.flows.values().map(|flow| flow.counted).sum();
            assert_eq!(counted + left_out, expected, "{query} at {z}");
            for ((home, partner), flow) in &level.flows {
                assert!(flow.partnerships >= flow.counted);
                for (side, id) in [("home", home), ("partner", partner)] {
                    let Some((at, partnerships)) = level.nodes.get(&(side.to_owned(), id.clone()))
                    else {
                        panic!("{query} {z}: no {side} {id}")
                    };
                    assert!(*partnerships >= flow.partnerships);
                    let near = flow.lines.iter().flat_map(|(tile, line)| {
                        line.iter().map(move |vertex| {
                            let off =
                                [0, 1].map(|axis| tile[axis] * EXTENT + vertex[axis] - at[axis]);
                            off[0].abs().max(off[1].abs())
                        })
                    });
                    assert!(near.min().unwrap() <= 2, "{query} {z}: {home}~{partner} misses {id}");
                }
            }
            assert_seams(&level, z, query);
        }
    }
}

/// What leaves a tile is in the next one too.
fn assert_seams(level: &Level, z: u32, query: &str) {
    let tiles = 1i64 << z;
    for (key, flow) in &level.flows {
        let in_tiles: HashSet<[i64; 2]> = flow.lines.iter().map(|(tile, _)| *tile).collect();
        for (tile, line) in &flow.lines {
            for [x, y] in line {
                let step = |n: &i64| i64::from(*n > EXTENT) - i64::from(*n < 0);
                // a corner may be passed by, and beyond the poles there is nothing
                let next = [(tile[0] + step(x)).rem_euclid(tiles), tile[1] + step(y)];
                let is_edge = (step(x) == 0) != (step(y) == 0);
                if is_edge && (0..tiles).contains(&next[1]) && z > 0 {
                    assert!(in_tiles.contains(&next), "{query} {z}: {key:?} ends at {tile:?}");
                }
            }
        }
    }
}

#[test]
fn tiles_of_flows_are_described() {
    let (_database, server) = demo();
    let described = server.json("/tiles/flows.json?country=ML&lang=en");
    let template = described["tiles"][0].as_str().unwrap();
    assert!(template.ends_with("/tiles/flows/{z}/{x}/{y}.mvt?country=ML&lang=en"), "{template}");
    let layers = described["vector_layers"].as_array().unwrap();
    let known: HashMap<&str, HashSet<&str>> = layers
        .iter()
        .map(|layer| {
            let fields = layer["fields"].as_object().unwrap().keys().map(String::as_str).collect();
            (layer["id"].as_str().unwrap(), fields)
        })
        .collect();
    let tile = decode(&bytes(&server, "/tiles/flows/4/7/5.mvt"));
    assert_eq!(tile.len(), 3);
    for layer in tile {
        for (name, _) in layer.features.iter().flat_map(|feature| &feature.attributes) {
            assert!(known[layer.name.as_str()].contains(name.as_str()), "{name}");
        }
    }
}
