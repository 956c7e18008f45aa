//! What describes the tiles of a collection: `TileJSON` 3.0 for maps, tile sets of OGC API – Tiles
//! (OGC 20-057) for everybody else.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::{
    domain::Language,
    formats::mvt::MEDIA_TYPE,
    http::{
        api::{
            collections::texts,
            links::{JSON, LinkBuilder},
            tiles::tiled,
        },
        openapi::{
            parameters::{OfNothing, OfTiles},
            responses::{Unchanged, UnchangedOrMissing},
        },
        web::{
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{
        Collection, Snapshot,
        tiles::{
            LAST_ZOOM, LATITUDES,
            fields::{fields, flow_layers, tile_stats, vector_layer},
        },
    },
};

/// Requirement classes of OGC API – Tiles that are met.
pub(crate) const CONFORMANCE: [&str; 5] = [
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
];

/// The relation of a collection to the list of its vector tile sets.
pub(crate) const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

const WEB_MERCATOR: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
const WEB_MERCATOR_QUAD: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Get the TileJSON of a collection
///
/// `TileJSON` 3.0; the filters of the request are those of its tiles.
#[utoipa::path(
    get,
    path = "/tiles/{collection}.json",
    tag = "tiles",
    operation_id = "tileJson",
    params(("collection" = String, Path, description = "One of partnerships, links, collectivities, partners.", example = "partnerships"), OfTiles),
    responses(
        (status = 200, description = "The description.", body = ref("#/components/schemas/TileJson"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn tile_json(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let collection = tiled(&collection)?;
    let params = Params::read(&request, Takes::Tiles)?;
    params.filter.check(collection)?;
    let links = LinkBuilder::new(&request, &params);
    let origin = links.origin();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let id = collection.id();
        let (title, description) = texts(collection, params.language);
        let tiles = links.file(&format!("/tiles/{id}/{{z}}/{{x}}/{{y}}.mvt"), &params.query(None));
        response.json(json!({
            "tilejson": "3.0.0",
            "name": title,
            "description": description,
            // the minor version changes with the tiles (TileJSON 3.0, 3.2)
            "version": format!("1.{}.0", snapshot.version()),
            "attribution": format!("<a href=\"{origin}/\">Atlas AECT</a>"),
            "scheme": "xyz",
            "tiles": [tiles],
            "minzoom": 0,
            "maxzoom": LAST_ZOOM,
            "bounds": bounds(&snapshot, collection),
            "vector_layers": [vector_layer(collection, LAST_ZOOM)],
            "tilestats": tile_stats(collection, snapshot.whole(collection).len()),
        }))
    }))
}

/// Get the TileJSON of flows
///
/// `TileJSON` 3.0; the filters of the request are those of its tiles.
#[utoipa::path(
    get,
    path = "/tiles/flows.json",
    tag = "tiles",
    operation_id = "flowTileJson",
    params(OfTiles),
    responses(
        (status = 200, description = "The description.", body = ref("#/components/schemas/TileJson"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn flow_tile_json(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let params = Params::read(&request, Takes::Tiles)?;
    params.filter.check(Collection::Partnerships)?;
    let links = LinkBuilder::new(&request, &params);
    let origin = links.origin();
    let (name, description) = match params.language {
        Language::French => {
            ("Flux", "Partenariats entre groupes de lieux, additionnés à chaque niveau de zoom.")
        }
        Language::English => {
            ("Flows", "Partnerships between clusters of places, summed at each zoom level.")
        }
    };
    Ok(conditional::respond(&snapshot, &request, |response| {
        let tiles = links.file("/tiles/flows/{z}/{x}/{y}.mvt", &params.query(None));
        response.json(json!({
            "tilejson": "3.0.0",
            "name": name,
            "description": description,
            "version": format!("1.{}.0", snapshot.version()),
            "attribution": format!("<a href=\"{origin}/\">Atlas AECT</a>"),
            "scheme": "xyz",
            "tiles": [tiles],
            "minzoom": 0,
            "maxzoom": LAST_ZOOM,
            "bounds": bounds(&snapshot, Collection::Links),
            "vector_layers": flow_layers(LAST_ZOOM),
        }))
    }))
}

/// List the tile sets of a collection
///
/// Vector tiles of the collection, in WebMercatorQuad; filters stay in the addresses.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/tiles",
    tag = "tiles",
    operation_id = "tileSets",
    params(("collection" = String, Path, description = "The collection."), OfNothing),
    responses(
        (status = 200, description = "The list.", body = ref("#/components/schemas/TileSets"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn list(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let collection = tiled(&collection)?;
    let params = Params::read(&request, Takes::Nothing)?;
    let links = LinkBuilder::new(&request, &params);
    let path = format!("/collections/{}", collection.id());
    Ok(conditional::respond(&snapshot, &request, |response| {
        let (title, _) = texts(collection, params.language);
        response.json(json!({
            "links": [
                links.to_data("self", &format!("{path}/tiles"), "self"),
                links.to("collection", &path, "collection"),
            ],
            "tilesets": [{
                "title": title,
                "dataType": "vector",
                "crs": WEB_MERCATOR,
                "tileMatrixSetURI": WEB_MERCATOR_QUAD,
                "links": [links.to_data("self", &format!("{path}/tiles/WebMercatorQuad"), "self")],
            }],
        }))
    }))
}

/// Get a tile set
///
/// Its layer, its limits and the template of addresses of its tiles, for the filters of the request.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/tiles/WebMercatorQuad",
    tag = "tiles",
    operation_id = "tileSet",
    params(("collection" = String, Path, description = "The collection."), OfTiles),
    responses(
        (status = 200, description = "The tile set.", body = ref("#/components/schemas/TileSet"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn tile_set(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let collection = tiled(&collection)?;
    let params = Params::read(&request, Takes::Tiles)?;
    params.filter.check(collection)?;
    let links = LinkBuilder::new(&request, &params);
    Ok(conditional::respond(&snapshot, &request, |response| {
        let id = collection.id();
        let (title, description) = texts(collection, params.language);
        let path = format!("/collections/{id}");
        let query = params.query(None);
        let [west, south, east, north] = bounds(&snapshot, collection);
        let properties: Map<_, _> = fields(collection)
            .into_iter()
            .map(|(name, kind, text)| {
                (name.to_owned(), json!({"type": kind.json_name(), "description": text}))
            })
            .collect();
        let limits: Vec<Value> = (0..=LAST_ZOOM).map(limits).collect();
        response.json(json!({
            "title": title,
            "description": description,
            "dataType": "vector",
            "crs": WEB_MERCATOR,
            "tileMatrixSetURI": WEB_MERCATOR_QUAD,
            "tileMatrixSetLimits": limits,
            "boundingBox": {
                "lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84,
            },
            "layers": [{
                "id": id,
                "title": title,
                "dataType": "vector",
                "geometryDimension": u8::from(collection == Collection::Links),
                "minTileMatrix": "0",
                "maxTileMatrix": LAST_ZOOM.to_string(),
                "propertiesSchema": {"type": "object", "properties": properties},
            }],
            "links": [
                links.link(("self", JSON), links.data(&format!("{path}/tiles/WebMercatorQuad"), &query), "self"),
                links.to_data("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "/tileMatrixSets/WebMercatorQuad", "tiling_schemes"),
                {"rel": "item", "type": MEDIA_TYPE, "templated": true, "href": links.file(&format!("/api{path}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"), &query)},
                {"rel": "describedby", "type": JSON, "title": "TileJSON", "href": links.file(&format!("/tiles/{id}.json"), &query)},
                links.to("http://www.opengis.net/def/rel/ogc/1.0/geodata", &path, "collection"),
            ],
        }))
    }))
}

/// The tiles of a zoom level: all of it.
fn limits(zoom: u8) -> Value {
    let last = (1u32 << zoom) - 1;
    json!({
        "tileMatrix": zoom.to_string(),
        "minTileRow": 0, "maxTileRow": last,
        "minTileCol": 0, "maxTileCol": last,
    })
}

/// Where a collection has features, as far as tiles go: west, south, east, north in degrees.
fn bounds(snapshot: &Snapshot, collection: Collection) -> [f64; 4] {
    let [west, south, east, north] =
        snapshot.extent(collection).unwrap_or([-180.0, -LATITUDES, 180.0, LATITUDES]);
    [west, south.max(-LATITUDES), east, north.min(LATITUDES)]
}

/// The relation of the landing page to the list of tile matrix sets.
pub(crate) const TILING_SCHEMES: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";

const QUAD_TITLE: &str = "Google Maps Compatible for the World";
/// Half the width of the map, in metres (17-083r4, D.1).
const HALF: f64 = 20_037_508.342_789_2;
/// Pixels along the side of a tile.
const TILE: u32 = 256;
/// Metres of a pixel of the standard (17-083r4, 6.1.1).
const PIXEL: f64 = 0.000_28;

/// List the tile matrix sets
///
/// There is one, so that clients need not ask another server for it.
#[utoipa::path(
    get,
    path = "/api/tileMatrixSets",
    tag = "tiles",
    operation_id = "tileMatrixSets",
    params(OfNothing),
    responses(
        (status = 200, description = "The list.", body = ref("#/components/schemas/Object"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn tile_matrix_sets(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let links = LinkBuilder::new(&request, &params);
        let own = links.to_data("self", "/tileMatrixSets/WebMercatorQuad", "self");
        response.json(json!({"tileMatrixSets": [{
            "id": "WebMercatorQuad",
            "title": QUAD_TITLE,
            "uri": WEB_MERCATOR_QUAD,
            "crs": WEB_MERCATOR,
            "links": [own],
        }]}))
    }))
}

/// Get the tile matrix set WebMercatorQuad
///
/// As OGC 17-083r4 defines it: scales, origins and sizes of its matrices.
#[utoipa::path(
    get,
    path = "/api/tileMatrixSets/WebMercatorQuad",
    tag = "tiles",
    operation_id = "webMercatorQuad",
    params(OfNothing),
    responses(
        (status = 200, description = "The tile matrix set.", body = ref("#/components/schemas/Object"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn quad(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.json(json!({
            "id": "WebMercatorQuad",
            "title": QUAD_TITLE,
            "uri": WEB_MERCATOR_QUAD,
            "crs": WEB_MERCATOR,
            "orderedAxes": ["E", "N"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": (0..=LAST_ZOOM).map(matrix).collect::<Vec<_>>(),
        }))
    }))
}

fn matrix(zoom: u8) -> Value {
    let count = 1u32 << zoom;
    let cell = 2.0 * HALF / f64::from(TILE) / f64::from(count);
    json!({
        "id": zoom.to_string(),
        "scaleDenominator": cell / PIXEL,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF, HALF],
        "tileWidth": TILE,
        "tileHeight": TILE,
        "matrixWidth": count,
        "matrixHeight": count,
    })
}
