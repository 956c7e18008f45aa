//! How long selections, pages and facets take, without the network.
//!
//! usage: `cargo bench --bench query -- DATABASE`
//!
//! Each request is made twice: for the first time, and again, when its selection is kept. Time on
//! a processor.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement says what it found by printing it"
)]

mod clock;

use atlas_aect::{
    atlas::register::publish,
    domain::{Language, SourceOrder},
    search::{Collection, Filter, PageRequest, Snapshot},
    storage::Database,
};
use chrono::{NaiveDate, Utc};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REGIONS: [&str; 6] = ["11", "44", "53", "75", "84", "93"];
const THEMES: [&str; 6] = ["sante", "sport", "energie", "tourisme", "patrimoine", "jeunesse"];
const WORDS: [&str; 6] = ["lyon", "saint den", "eau ass", "num", "berlin", "italie"];
const BOXES: [&str; 6] =
    ["-11,9,-5,15", "-1,44,5,50", "7,47,13,53", "136,32,142,38", "-7,37,-1,43", "28,48,32,52"];
const CQL2: [&str; 6] = [
    "country_code IN ('ML','SN')",
    "partner_name = 'Lyon'",
    "title LIKE '%eau%'",
    "start > DATE('2010-01-01') AND status = 'en_cours'",
    "budget_eur BETWEEN 1000 AND 5000",
    "S_INTERSECTS(geometry, BBOX(0,0,20,40))",
];

fn main() {
    let Some(url) = std::env::args().skip(1).find(|arg| !arg.starts_with('-')) else {
        eprintln!("usage: cargo bench --bench query -- DATABASE");
        return;
    };
    let mut database = Database::open(&url).expect("a register");
    let snapshot = publish::build(&mut database, &SourceOrder::default()).expect("a snapshot");
    snapshot.prepare();
    println!("{} partnerships; milliseconds", snapshot.len());
    println!("{:<28}{:>27}{:>30}", "", "the first time", "again");
    let pairs =
        || REGIONS.iter().flat_map(|r| THEMES.iter().map(move |t| [("region", *r), ("theme", *t)]));
    let of = |name: &'static str, values: [&'static str; 6]| {
        values.iter().map(|value| filter(&[(name, value)])).collect::<Vec<_>>()
    };
    let filters = [
        ("bbox", of("bbox", BOXES)),
        ("theme", of("theme", THEMES)),
        ("region and theme", pairs().map(|pair| filter(&pair)).collect()),
        ("q", of("q", WORDS)),
        ("filter (CQL2)", of("filter", CQL2)),
        ("nothing", vec![Filter::default()]),
    ];
    let today = Utc::now().date_naive();
    for (name, filters) in &filters {
        measure(&format!("page of 100 by {name}"), filters, |filter| page(&snapshot, filter));
    }
    // another snapshot, for which no selection is kept
    let snapshot = publish::build(&mut database, &SourceOrder::default()).expect("a snapshot");
    for (name, filters) in &filters {
        measure(&format!("facets by {name}"), filters, |filter| facets(&snapshot, filter, today));
    }
}

fn filter(pairs: &[(&str, &str)]) -> Filter {
    let mut filter = Filter::default();
    for (name, value) in pairs {
        assert!(filter.set(name, value).expect("a value"), "{name} is no filter");
    }
    filter
}

fn page(snapshot: &Snapshot, filter: &Filter) -> usize {
    let request = PageRequest { limit: 100, ..PageRequest::default() };
    let selected =
        snapshot.select(&filter.clone().into(), Collection::Partnerships).expect("a selection");
    let page = snapshot.page(Collection::Partnerships, &selected, &request).expect("a page");
    let mut out = Vec::with_capacity(page.items.len() * 1280);
    let collection = Collection::Partnerships;
    snapshot.write_features(&mut out, collection, &selected, &page.items, Language::French);
    out.len()
}

fn facets(snapshot: &Snapshot, filter: &Filter, today: NaiveDate) -> usize {
    let facets =
        snapshot.facets(&filter.clone().into(), Language::French, 10, today).expect("facets");
    facets.facets.len()
}

/// Does some work for each of some filters, and again for each.
fn measure(what: &str, filters: &[Filter], work: impl Fn(&Filter) -> usize) {
    let round = || {
        let time = |filter| clock::timed(|| std::hint::black_box(work(filter))).2;
        clock::spread(&mut filters.iter().map(time).collect::<Vec<_>>())
    };
    let [first, again] = [round(), round()];
    let told = |[median, p99, longest]: [f64; 3]| format!("{median:8.3} {p99:8.3} {longest:8.3}");
    println!("{what:<28} {} {}", told(first), told(again));
}
