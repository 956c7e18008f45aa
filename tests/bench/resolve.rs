//! How fast the rows of files are read, resolved and checked, on one thread and without a register.
//!
//! usage: `cargo bench --bench resolve -- FILE...`
//!
//! Files of some 100,000 rows are enough: their records are kept in memory. Prints the best of
//! three runs for each, in time on a processor; compare figures of one machine only.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod clock;

use std::{error::Error, fs::File, time::Duration};

use atlas_aect::{atlas::imports::examine, formats::csv::Profile};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if files.is_empty() {
        eprintln!("usage: cargo bench --bench resolve -- FILE...");
    }
    for name in files {
        let mut best = Duration::MAX;
        let mut rows = 0;
        for _ in 0..3 {
            let file = File::open(&name)?;
            let (found, _, time) = clock::timed(|| examine(file, &Profile::recognised(), "bench"));
            let found = found?;
            best = best.min(time);
            rows = found.records.len() as u64 + found.rejected + found.skipped;
        }
        let seconds = best.as_secs_f64();
        println!(
            "{name}: {rows} rows, {:.0} rows/s, {:.2} µs a row",
            rows as f64 / seconds,
            seconds * 1e6 / rows as f64
        );
    }
    Ok(())
}
