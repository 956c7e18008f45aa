//! A whole collection as one PMTiles file (version 3): every tile of the zoom levels that tell its
//! features apart, to be read in pieces from any place that serves files.

use std::{
    io::{self, Seek, Write},
    sync::Arc,
};

use pmtiles::{PmTilesWriter, PmtError, TileCoord, TileId, TileType};
use serde_json::json;

use crate::{
    domain::Language,
    search::{
        Collection, Query, Snapshot,
        tiles::{
            LATITUDES, TileAddress, TileStyle,
            fields::{tile_stats, vector_layer},
        },
    },
};

/// What a file of tiles is to hold.
pub struct TileExport<'f> {
    /// Where it comes from.
    pub snapshot: Arc<Snapshot>,
    /// One that has tiles.
    pub collection: Collection,
    /// Which partnerships, or those of which partnerships.
    pub filter: &'f Query,
    /// Of labels.
    pub language: Language,
}

/// How far the writing of a file has come, or how much a whole one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilesWritten {
    /// The zoom level that is written, or the deepest one.
    pub zoom: u8,
    /// The deepest one.
    pub last_zoom: u8,
    /// Tiles until now.
    pub tiles: u64,
    /// Their bytes before compression.
    pub bytes: u64,
}

impl TileExport<'_> {
    /// Writes the file; `tell` is called after every zoom level. Memory holds the addresses of one
    /// level, the file's directory and one tile.
    pub fn write(
        &self,
        out: impl Write + Seek,
        mut tell: impl FnMut(TilesWritten),
    ) -> io::Result<TilesWritten> {
        let selection =
            self.snapshot.select(self.filter, self.collection).map_err(io::Error::other)?;
        let last_zoom = self.snapshot.separating_zoom(self.collection, &selection);
        let style = TileStyle {
            collection: self.collection,
            filter: self.filter,
            language: self.language,
            last_zoom,
        };
        let mut file = self.header(last_zoom, selection.len()).create(out).map_err(io_error)?;
        let mut written = TilesWritten { zoom: 0, last_zoom, tiles: 0, bytes: 0 };
        let mut level: Vec<TileAddress> = TileAddress::new(0, 0, 0).into_iter().collect();
        for zoom in 0..=last_zoom {
            // in the order of the file, so that neighbours are near each other in it
            level.sort_by_cached_key(|address| coordinates(*address).map(TileId::from));
            let mut shown = Vec::new();
            for address in level {
                let tile = self.snapshot.draw_selection(address, style, &selection);
                if let (false, Some(at)) = (tile.is_empty(), coordinates(address)) {
                    file.add_tile(at, &tile).map_err(io_error)?;
                    written.tiles += 1;
                    written.bytes += tile.len() as u64;
                    shown.push(address);
                }
            }
            written.zoom = zoom;
            tell(written);
            // what is in a tile is in the tile above it, or in the buffer of that
            level = shown.into_iter().flat_map(TileAddress::children).collect();
        }
        file.finalize().map_err(io_error)?;
        Ok(written)
    }

    fn header(&self, last_zoom: u8, items: u64) -> PmTilesWriter {
        let world = [-180.0, -LATITUDES, 180.0, LATITUDES];
        let [west, south, east, north] = self.snapshot.extent(self.collection).unwrap_or(world);
        let (south, north) = (south.max(-LATITUDES), north.min(LATITUDES));
        let metadata = json!({
            "name": format!("Atlas AECT: {}", self.collection.id()),
            "attribution": "Atlas AECT",
            "type": "overlay",
            "version": self.snapshot.version().to_string(),
            "vector_layers": [vector_layer(self.collection, last_zoom)],
            "tilestats": tile_stats(self.collection, items),
        });
        PmTilesWriter::new(TileType::Mvt)
            .min_zoom(0)
            .max_zoom(last_zoom)
            .bounds(west, south, east, north)
            .center(f64::midpoint(west, east), f64::midpoint(south, north))
            .center_zoom(2.min(last_zoom))
            .metadata(metadata.to_string())
    }
}

fn coordinates(address: TileAddress) -> Option<TileCoord> {
    let (z, x, y) = address.zxy();
    TileCoord::new(z, x, y).ok()
}

fn io_error(error: PmtError) -> io::Error {
    match error {
        PmtError::Reading(error) => error,
        other => io::Error::other(other),
    }
}
