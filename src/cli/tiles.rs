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
    search::{ApiCollection, Collection, tiles::TILED},
};

/// What is wrong with the wish for such a file, before anything is read.
pub(super) fn check(
    collection: ApiCollection,
    output: Option<&Path>,
) -> Result<(Collection, &Path), Failure> {
    let tiled = TILED.into_iter().find(|one| ApiCollection::from(*one) == collection);
    let tiled = tiled.ok_or_else(|| {
        let known = TILED.map(Collection::id).join(", ");
        let id = collection.id();
        Failure::Usage(format!("“{id}” has no tiles; those of these collections have: {known}"))
    })?;
    let path = output.ok_or_else(|| {
        Failure::Usage("a file of tiles is not written in one go: name it with -o FILE".into())
    })?;
    Ok((tiled, path))
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
