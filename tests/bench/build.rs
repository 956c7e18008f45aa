//! How fast a register is read and indexed, and what a snapshot takes.
//!
//! usage: `cargo bench --bench build -- DATABASE`
//!
//! Prints for each step the time that passed and the time on a processor.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod clock;

use std::{error::Error, fs};

use atlas_aect::{
    atlas::register::publish::build, domain::SourceOrder, search::Builder, storage::Database,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (done, wall, cpu) = clock::timed(work);
    println!(
        "{what:24} {:7.0} ms, this thread {:7.0} ms",
        wall.as_secs_f64() * 1e3,
        cpu.as_secs_f64() * 1e3
    );
    done
}

fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or_default().to_owned()
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(url) = std::env::args().skip(1).find(|arg| !arg.starts_with('-')) else {
        eprintln!("usage: cargo bench --bench build -- DATABASE");
        return Ok(());
    };
    let mut database = Database::open(&url)?;
    timed("read", || database.read(|_| ()))?;
    let mut builder = Builder::default();
    let moment = timed("read and index", || {
        database.read(|stored| builder.push(&stored.partnership, stored.updated_at))
    })?;
    drop(timed("sort", || builder.finish(moment.version)));
    let snapshot = timed("all on two threads", || build(&mut database, &SourceOrder::default()))?;
    println!("{} records, {}", snapshot.len(), resident());
    Ok(())
}
