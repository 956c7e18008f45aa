//! The nodes and flows of a zoom level that are in one tile.

use std::f64::consts::PI;

use super::{
    HOME, PARTNER,
    gather::{Gathered, Place},
    sums::{Level, NodeSum, Sum},
};
use crate::{
    domain::Language,
    formats::mvt::{Attribute, EXTENT, TileWriter, Value},
    search::{
        Collection, Snapshot,
        features::NAMES,
        tiles::{
            fields::FLOW_LAYERS,
            line::lines,
            mercator::{TileAddress, World},
            sphere::Arc,
        },
    },
};

/// How far around a tile nodes are in it too: the widest dot, 26 pixels in a tile of 512.
const BUFFER: i32 = 26 * EXTENT / 512;

/// The most bytes of each layer. It is far more than there can be: a line must not end at a seam
/// because one of two tiles was full.
const MOST_BYTES: usize = 4_000_000;

/// Of one place, so many ids are told.
const MOST_IDS: usize = 50;

/// Draws a tile: a layer each of nodes, flows, and of what the whole zoom level has; no bytes
/// where nothing is there.
pub(in super::super) fn draw_flows(
    snapshot: &Snapshot,
    flows: &Gathered,
    level: &Level,
    tile: TileAddress,
    language: Language,
) -> Vec<u8> {
    let drawing = Drawing { snapshot, flows, level, tile, language };
    let [nodes, lines, about] =
        FLOW_LAYERS.map(|name| TileWriter::new(name).of_at_most(MOST_BYTES));
    let mut bytes = drawing.nodes(nodes);
    bytes.extend(drawing.lines(lines));
    if !bytes.is_empty() {
        bytes.extend(drawing.about(about));
    }
    bytes
}

struct Drawing<'s> {
    snapshot: &'s Snapshot,
    flows: &'s Gathered,
    level: &'s Level,
    tile: TileAddress,
    language: Language,
}

impl Drawing<'_> {
    fn nodes(&self, mut layer: TileWriter) -> Vec<u8> {
        let near = -BUFFER..EXTENT + BUFFER;
        // a world that is one tile wide is beside itself; a deeper one has its edge beyond a turn
        for side in [HOME, PARTNER] {
            for node in &self.level.nodes[side] {
                let at = self.at(side, node.node);
                for turns in -1..=1 {
                    let place = self.tile.place(at, turns);
                    if place.iter().all(|n| near.contains(n)) {
                        layer.point(place, self.of_node(side, node));
                    }
                }
            }
        }
        layer.finish()
    }

    fn lines(&self, mut layer: TileWriter) -> Vec<u8> {
        let cap = self.tile.cap();
        for sum in &self.level.drawn {
            let ends = [HOME, PARTNER].map(|side| self.at(side, sum.ends[side]));
            let way = Arc::new(ends[HOME].direction(), ends[PARTNER].direction());
            if !way.meets(cap) {
                continue;
            }
            let mut parts = lines(way, self.tile);
            if parts.is_empty() {
                parts = self.short(ends);
            }
            if !parts.is_empty() {
                layer.lines(&parts, self.of_flow(sum));
            }
        }
        layer.finish()
    }

    /// A line between two places that are one point of the tile.
    fn short(&self, ends: [World; 2]) -> Vec<Vec<[i32; 2]>> {
        let [from, to] = ends.map(|at| self.tile.place(at, 0));
        let is_short = (0..2).all(|axis| from[axis].abs_diff(to[axis]) <= 1);
        let is_inside = from.iter().all(|n| (0..EXTENT).contains(n));
        if !is_short || !is_inside {
            return Vec::new();
        }
        vec![vec![from, if from == to { [from[0] + 1, from[1]] } else { to }]]
    }

    /// What the zoom level has, at the middle of the tile.
    fn about(&self, mut layer: TileWriter) -> Vec<u8> {
        let Level { drawn, flows, partnerships, left_out, .. } = self.level;
        let counts = [
            ("partnerships", *partnerships),
            ("left_out", *left_out),
            ("flows", *flows),
            ("drawn", drawn.len() as u64),
        ];
        let attributes = counts.map(|(name, count)| (name, Value::Count(count)));
        layer.point([EXTENT / 2; 2], attributes.into());
        layer.finish()
    }

    fn at(&self, side: usize, place: u32) -> World {
        self.flows.network.trees()[side].spots()[place as usize].at
    }

    fn place(&self, side: usize, place: u32) -> &Place {
        &self.flows.places[side][place as usize]
    }

    fn of_node(&self, side: usize, node: &NodeSum) -> Vec<Attribute> {
        let NodeSum { node: stands, named, count, places, corners } = *node;
        let name = self.name(side, named);
        let mut attributes = vec![
            ("side", text(if side == HOME { "home" } else { "partner" })),
            ("id", text(self.id(side, stands))),
            ("label", text(self.label(side, named, name))),
            ("name", text(name)),
            ("partnerships", Value::Count(count.into())),
            ("places", Value::Count(places.into())),
            ("rank", Value::Count(rank(self.place(side, named).population, count))),
        ];
        if side == PARTNER {
            attributes.push(("country_name", text(self.country(named))));
        }
        if places == 1 {
            attributes.push(("ids", text(self.ids(side, named))));
        } else {
            let [(west, north), (east, south)] = corners.map(degrees);
            attributes.push(("box", text(format!("{west:.5},{south:.5},{east:.5},{north:.5}"))));
        }
        if places == 1 && self.flows.network.trees()[side].spots()[named as usize].is_area {
            attributes.push(("area", Value::Count(1)));
        }
        attributes
    }

    fn of_flow(&self, sum: &Sum) -> Vec<Attribute> {
        let [home, partner] = sum.ends;
        // named as the nodes at its ends are, unless it is between two places of them
        let [home_named, partner_named] =
            sum.pair.map_or(sum.ends, |pair| self.flows.network.pairs[pair as usize]);
        let (partner_name, country) =
            (self.name(PARTNER, partner_named), self.country(partner_named));
        let mut attributes = vec![
            ("partnerships", Value::Count(sum.count.into())),
            ("counted", Value::Count(sum.firsts.into())),
            ("strength", Value::Count(strength(sum.count, self.level.drawn.len()))),
            ("home", text(self.id(HOME, home))),
            ("home_name", text(self.name(HOME, home_named))),
            ("partner", text(self.id(PARTNER, partner))),
            ("partner_name", text(format!("{partner_name}, {country}"))),
        ];
        if sum.count == 1 {
            attributes.push(("id", text(self.snapshot.id(sum.record).to_string())));
        } else if sum.pair.is_some() {
            attributes.push(("collectivities", text(self.ids(HOME, home_named))));
            attributes.push(("partners", text(self.ids(PARTNER, partner_named))));
        }
        attributes
    }

    /// The item that a place is named after.
    fn item(&self, side: usize, place: u32) -> u32 {
        self.place(side, place).items[0]
    }

    fn name(&self, side: usize, place: u32) -> &str {
        let english = self.place(side, place).english.as_deref();
        match english.filter(|_| self.language == Language::English) {
            Some(name) => name,
            None => {
                self.snapshot.entity_name(collection(side), self.item(side, place), self.language)
            }
        }
    }

    /// The name, with what tells it from a more important place of the same.
    fn label(&self, side: usize, place: u32, name: &str) -> String {
        if !self.place(side, place).is_namesake {
            return name.to_owned();
        }
        let sides = self.snapshot.entity_sides();
        let detail = if side == HOME {
            sides.collectivity(self.item(side, place)).department.as_deref().unwrap_or_default()
        } else {
            self.country(place)
        };
        if detail.is_empty() { name.to_owned() } else { format!("{name} ({detail})") }
    }

    fn country(&self, place: u32) -> &str {
        let (_, partner) = self.snapshot.entity_sides().partner(self.item(PARTNER, place));
        (NAMES.country)(&partner.country, self.language)
    }

    fn id(&self, side: usize, place: u32) -> String {
        self.snapshot.item_id(collection(side), self.item(side, place))
    }

    fn ids(&self, side: usize, place: u32) -> String {
        let items = self.place(side, place).items.iter().take(MOST_IDS);
        let ids: Vec<_> =
            items.map(|item| self.snapshot.item_id(collection(side), *item)).collect();
        ids.join(",")
    }
}

fn collection(side: usize) -> Collection {
    if side == HOME { Collection::Collectivities } else { Collection::Partners }
}

/// What is named first: a town is the more important the more people and partnerships it has.
fn rank(population: u64, partnerships: u32) -> u64 {
    ((population as f64).sqrt() + 40.0 * f64::from(partnerships).sqrt()) as u64
}

/// How strongly a line is drawn, in percent: the fainter the more lines there are, and the
/// stronger the more partnerships it stands for.
fn strength(partnerships: u32, drawn: usize) -> u64 {
    let least = (6.0 / (drawn as f64).sqrt()).clamp(0.16, 0.9);
    let more = 1.0 - 1.0 / f64::from(partnerships).sqrt();
    ((least + (1.0 - least) * more) * 100.0).round() as u64
}

/// Longitude and latitude.
fn degrees(at: World) -> (f64, f64) {
    let [x, y] = [at.x, at.y].map(|n| f64::from(n) / 4_294_967_296.0);
    (x * 360.0 - 180.0, (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees())
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}
