//! Vector tiles, by both addresses: `z/x/y` as maps ask for them, and row before column as OGC
//! API – Tiles has it (OGC 20-057, 8).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::Bytes;

use crate::{
    formats::mvt::MEDIA_TYPE,
    http::{
        api::collections::collection_of,
        openapi::{parameters::OfTiles, responses::UnchangedOrMissing},
        web::{
            blocking, conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        ApiCollection, Collection, Query, Snapshot,
        tiles::{LAST_ZOOM, TILED, TileAddress, TileKey, Tileset},
    },
};

/// Get a vector tile
///
/// Mapbox Vector Tile 2.1 with one layer, named as the collection.
#[utoipa::path(
    get,
    path = "/tiles/{collection}/{z}/{x}/{y}.mvt",
    tag = "tiles",
    operation_id = "tile",
    params(("collection" = String, Path, description = "One of partnerships, links, collectivities, partners.", example = "partnerships"), ("z" = u8, Path, description = "Zoom level, 0 to 14.", example = 3), ("x" = u32, Path, description = "Column from the west.", example = 4), ("y" = u32, Path, description = "Row from the north.", example = 2), OfTiles),
    responses(
        (status = 200, description = "The tile; empty where there are no features.", body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn tile(
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (collection, z, x, y) = path.into_inner();
    answer(&request, &state, Tileset::Of(tiled(&collection)?), [&z, &x, &y]).await
}

/// Get a vector tile of flows
///
/// Mapbox Vector Tile 2.1 with the layers `nodes` (clusters of places of both sides), `flows` (what
/// is between them, summed) and `level` (what the whole zoom level has).
#[utoipa::path(
    get,
    path = "/tiles/flows/{z}/{x}/{y}.mvt",
    tag = "tiles",
    operation_id = "flowTile",
    params(("z" = u8, Path, description = "Zoom level, 0 to 14.", example = 3), ("x" = u32, Path, description = "Column from the west.", example = 4), ("y" = u32, Path, description = "Row from the north.", example = 2), OfTiles),
    responses(
        (status = 200, description = "The tile; empty where there are no features.", body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn flow_tile(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (z, x, y) = path.into_inner();
    answer(&request, &state, Tileset::Flows, [&z, &x, &y]).await
}

/// Get a vector tile of the tile set
///
/// The row comes before the column.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}",
    tag = "tiles",
    operation_id = "tileOfSet",
    params(("collection" = String, Path, description = "The collection."), ("tileMatrix" = u8, Path, description = "Zoom level, 0 to 14.", example = 3), ("tileRow" = u32, Path, description = "Row from the north.", example = 2), ("tileCol" = u32, Path, description = "Column from the west.", example = 4), OfTiles),
    responses(
        (status = 200, description = "The tile; empty where there are no features.", body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn tile_of_set(
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (collection, matrix, row, column) = path.into_inner();
    answer(&request, &state, Tileset::Of(tiled(&collection)?), [&matrix, &column, &row]).await
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    tileset: Tileset,
    address: [&str; 3],
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let address = address_of(address)?;
    let params = Params::read(request, Takes::Tiles)?;
    if conditional::is_current(&snapshot, request) {
        return Ok(conditional::respond(&snapshot, request, HttpResponseBuilder::finish));
    }
    let key =
        TileKey { tileset, address, language: params.language, filter: params.filter_query() };
    let tile = match snapshot.kept_tile(&key) {
        Some(tile) => tile,
        None => draw(Arc::clone(&snapshot), key, params).await?,
    };
    Ok(conditional::respond(&snapshot, request, |response| {
        response.content_type(MEDIA_TYPE).body(tile)
    }))
}

/// Draws off the async workers; not at all once the client has disconnected.
async fn draw(snapshot: Arc<Snapshot>, key: TileKey, params: Params) -> Result<Bytes, Problem> {
    let drawn = blocking::run(move |token| {
        let wanted = !token.is_cancelled();
        wanted.then(|| snapshot.tile(&key, &Query::new(params.filter, token)))
    });
    Ok(drawn.await?.ok_or_else(|| Problem::internal("nobody waits for this tile"))??)
}

/// The collection of a path, if it has tiles.
pub(crate) fn tiled(id: &str) -> Result<Collection, Problem> {
    let collection = collection_of(id)?;
    if let Some(tiled) = TILED.into_iter().find(|one| ApiCollection::from(*one) == collection) {
        return Ok(tiled);
    }
    let known = TILED.map(Collection::id).join(", ");
    Err(Problem::missing([
        format!("« {id} » n'a pas de tuiles ; ces collections en ont : {known}"),
        format!("“{id}” has no tiles; those of these collections have: {known}"),
    ]))
}

fn address_of(address: [&str; 3]) -> Result<TileAddress, Problem> {
    let numbers = address.map(|text| text.parse::<u32>().ok());
    let found = match numbers {
        [Some(z), Some(x), Some(y)] => u8::try_from(z).ok().and_then(|z| TileAddress::new(z, x, y)),
        _ => None,
    };
    found.ok_or_else(|| {
        Problem::missing([
            format!("il n'y a pas de telle tuile : les niveaux vont de 0 à {LAST_ZOOM}, et le niveau z a les colonnes et les lignes 0 à 2^z - 1"),
            format!("there is no such tile: zoom levels are 0 to {LAST_ZOOM}, and level z has columns and rows 0 to 2^z - 1"),
        ])
    })
}
