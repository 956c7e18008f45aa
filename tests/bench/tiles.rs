//! How long tiles take that nobody asked for before, and how large they are.
//!
//! usage: `cargo bench --bench tiles -- DATABASE`
//!
//! For every tiled collection and several filters: all tiles of zoom levels 0 to 4, and at the
//! deeper ones those around places of the register, chosen at random. Time on a processor; the
//! first tile of a filter selects, too.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement says what it found by printing it"
)]

mod clock;

use std::time::{Duration, Instant};

use atlas_aect::{
    atlas::register::publish,
    domain::{Language, SourceOrder},
    search::{
        Filter, Snapshot,
        tiles::{LAST_ZOOM, TILED, TileAddress, TileStyle},
    },
    storage::Database,
};

/// Tiles that are drawn of each zoom level deeper than 4.
const OF_A_LEVEL: usize = 40;

const FILTERS: [&str; 4] = ["", "theme=sante", "region=84&theme=eau-assainissement", "q=saint"];

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let Some(url) = std::env::args().skip(1).find(|arg| !arg.starts_with('-')) else {
        eprintln!("usage: cargo bench --bench tiles -- DATABASE");
        return;
    };
    let mut database = Database::open(&url).expect("a register");
    let snapshot = publish::build(&mut database, &SourceOrder::default()).expect("a snapshot");
    let started = Instant::now();
    snapshot.prepare_tiles();
    println!("{} partnerships, prepared in {:?}", snapshot.len(), started.elapsed());
    let addresses = addresses(&snapshot);
    println!(
        "{:<16}{:<38}{:>7}{:>9}{:>9}{:>9}{:>11}",
        "collection", "filter", "tiles", "p50", "p99", "max", "largest"
    );
    for collection in TILED {
        for query in FILTERS {
            let mut filter = Filter::default();
            for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
                filter.set(&name, &value).expect("a filter");
            }
            let style = TileStyle {
                collection,
                filter: &filter.clone().into(),
                language: Language::French,
                last_zoom: LAST_ZOOM,
            };
            let mut times = Vec::new();
            let mut largest = (0, None);
            let mut slowest = (Duration::ZERO, None);
            for address in &addresses {
                let draw = || snapshot.draw_tile(*address, style).map_or(0, |tile| tile.len());
                let (bytes, _, time) = clock::timed(draw);
                times.push(time);
                largest = largest.max((bytes, Some(address.zxy())));
                slowest = slowest.max((time, Some(address.zxy())));
            }
            let [median, p99, longest] = clock::spread(&mut times);
            println!(
                "{:<16}{query:<38}{:>7}{:>6.1} ms{:>6.1} ms{:>6.1} ms{:>9} B  slowest {:?}, largest {:?}",
                collection.id(),
                times.len(),
                median,
                p99,
                longest,
                largest.0,
                slowest.1.unwrap_or_default(),
                largest.1.unwrap_or_default(),
            );
        }
    }
}

/// All tiles of the first levels, and some around places of records: half of them in France.
fn addresses(snapshot: &Snapshot) -> Vec<TileAddress> {
    let mut addresses = Vec::new();
    for z in 0..=4 {
        for x in 0..1 << z {
            addresses.extend((0..1 << z).filter_map(|y| TileAddress::new(z, x, y)));
        }
    }
    // a generator of the simplest kind: the same tiles at every run
    let mut state = 20_260_101_u64;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for z in 5..=LAST_ZOOM {
        for number in 0..OF_A_LEVEL {
            let (lead, partners) = snapshot.sides(random(snapshot.len()) as u32);
            let at = if number % 2 == 0 { lead.position } else { partners[0].position() };
            let Some(at) = at else { continue };
            let tiles = f64::from(1u32 << z);
            let x = (at.lon() + 180.0) / 360.0 * tiles;
            let y = (0.5 - at.lat().to_radians().sin().atanh() / std::f64::consts::TAU) * tiles;
            addresses.extend(TileAddress::new(z, x as u32, y as u32));
        }
    }
    addresses
}
