//! `atlas export --format pmtiles`: a collection as one file of vector tiles.

use std::{
    io::{self, IsTerminal},
    path::Path,
    process::ExitCode,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Failure, write_whole};
use crate::{
    atlas::export::pmtiles::TileExport,
    search::{Collection, tiles::TILED},
};

/// What is wrong with the wish for such a file, before anything is read.
pub(super) fn check(collection: Collection, output: Option<&Path>) -> Result<&Path, Failure> {
    if !TILED.contains(&collection) {
        let known = TILED.map(Collection::id).join(", ");
        let id = collection.id();
        let message = format!("“{id}” has no tiles; those of these collections have: {known}");
        return Err(Failure::Usage(message));
    }
    output.ok_or_else(|| {
        Failure::Usage("a file of tiles is not written in one go: name it with -o FILE".into())
    })
}

/// Writes the file whole, or not at all.
pub(super) fn write(export: &TileExport<'_>, path: &Path) -> Result<ExitCode, Failure> {
    let bar = progress();
    let written = write_whole(("write", path), |out| {
        export.write(out, |so_far| {
            bar.set_length(u64::from(so_far.last_zoom) + 1);
            bar.set_position(u64::from(so_far.zoom) + 1);
            bar.set_message(format!("zoom {}, {} tiles", so_far.zoom, so_far.tiles));
            if bar.is_hidden() {
                tracing::info!(zoom = so_far.zoom, tiles = so_far.tiles, "tiles written");
            }
        })
    });
    bar.finish_and_clear();
    written?;
    Ok(ExitCode::SUCCESS)
}

/// A progress bar on a terminal; a hidden one elsewhere.
fn progress() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if !io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar
}
