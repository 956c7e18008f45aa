//! The collections, and what each is, in the words and shapes of OGC API – Features Part 1, 7.14.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use crate::{
    atlas::export::Format,
    domain::Language,
    formats::crs::Crs,
    http::{
        api::{
            links::{DocumentLink, GEOJSON, HTML, JSON, LinkBuilder},
            page::fill,
            queryables::{RELATION, SCHEMA},
            tilesets::TILESETS,
        },
        openapi::{
            parameters::OfDocument,
            responses::{Unchanged, UnchangedOrMissing},
        },
        text::texts::Texts,
        web::{
            conditional,
            negotiation::Representation,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{ApiCollection, Collection, Snapshot, directory::Directory, tiles::TILED},
};

/// WGS 84 longitude, latitude.
pub(crate) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The description of a collection.
#[derive(Serialize)]
pub(crate) struct Description {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    #[serde(rename = "description")]
    pub(crate) text: &'static str,
    #[serde(rename = "itemType")]
    item_type: &'static str,
    crs: [&'static str; Crs::ALL.len()],
    #[serde(rename = "storageCrs")]
    storage_crs: &'static str,
    /// None of what has no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extent: Option<Extent>,
    pub(crate) links: Vec<DocumentLink>,
    /// How many items it has, which the page tells.
    #[serde(skip)]
    pub(crate) items: u64,
}

/// Where and when the items are.
#[derive(Serialize)]
pub(crate) struct Extent {
    pub(crate) spatial: SpatialExtent,
    pub(crate) temporal: TemporalExtent,
}

#[derive(Serialize)]
pub(crate) struct SpatialExtent {
    /// West, south, east, north.
    pub(crate) bbox: [[f64; 4]; 1],
    crs: &'static str,
}

#[derive(Serialize)]
pub(crate) struct TemporalExtent {
    /// First and last moment; open where it is none.
    pub(crate) interval: [[Option<String>; 2]; 1],
}

impl Description {
    pub(crate) fn new(
        (snapshot, directory): (&Snapshot, &Directory),
        collection: ApiCollection,
        language: Language,
        links: &LinkBuilder,
    ) -> Self {
        let (title, text) = texts(collection, language);
        Self {
            id: collection.id(),
            title,
            text,
            item_type: "feature",
            crs: Crs::ALL.map(Crs::uri),
            storage_crs: Crs::default().uri(),
            extent: match collection {
                ApiCollection::Register(one) => Some(extent(snapshot, one)),
                ApiCollection::Directory(_) => None,
            },
            links: collection_links(collection, links),
            items: count(snapshot, directory, collection),
        }
    }
}

fn extent(snapshot: &Snapshot, collection: Collection) -> Extent {
    let day = |day| NaiveDate::from_num_days_from_ce_opt(day).map(|day| format!("{day}T00:00:00Z"));
    let first = snapshot.days().and_then(|(first, _)| day(first));
    let bbox = snapshot.extent(collection).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    Extent {
        spatial: SpatialExtent { bbox: [bbox], crs: CRS84 },
        // what has not ended goes on
        temporal: TemporalExtent { interval: [[first, None]] },
    }
}

/// How many items a collection has.
pub(crate) fn count(snapshot: &Snapshot, directory: &Directory, collection: ApiCollection) -> u64 {
    match collection {
        ApiCollection::Register(one) => snapshot.whole(one).len(),
        ApiCollection::Directory(one) => directory.count(one),
    }
}

/// Title and description of a collection.
pub(crate) fn texts(
    collection: impl Into<ApiCollection>,
    language: Language,
) -> (&'static str, &'static str) {
    let texts = Texts::of(language);
    let id = collection.into().id();
    let text = |part: &str| texts.find(&format!("data.collection.{id}{part}")).unwrap_or_default();
    (text(""), text(".about"))
}

fn collection_links(collection: ApiCollection, links: &LinkBuilder) -> Vec<DocumentLink> {
    let path = format!("/collections/{}", collection.id());
    let items = format!("{path}/items");
    let mut all = Vec::from(links.of_self(JSON, &path));
    all.push(links.link(("items", GEOJSON), links.href(&items, ""), "items"));
    all.push(links.link(("items", HTML), links.page(&items, ""), "items"));
    let queryables = links.href(&format!("{path}/queryables"), "");
    all.push(links.link((RELATION, SCHEMA), queryables, "queryables"));
    // the first spelling is the one that GDAL looks for, which knows columns of one type alone
    for (relation, below, title) in
        [("describedBy", "/schema/columns", "columns"), ("describedby", "/schema", "schema")]
    {
        let href = links.data(&format!("{path}{below}"), "");
        all.push(links.link((relation, SCHEMA), href, title));
    }
    for format in Format::ALL {
        let file = format!("/api/export/{}.{}", collection.id(), format.extension());
        let title = format.name();
        all.push(links.link(("enclosure", format.media_type()), links.file(&file, ""), title));
    }
    if TILED.into_iter().any(|one| ApiCollection::from(one) == collection) {
        all.push(links.to_data(TILESETS, &format!("{path}/tiles"), "tiles"));
    }
    all
}

/// The collection of a path.
pub(crate) fn collection_of(id: &str) -> Result<ApiCollection, Problem> {
    ApiCollection::from_id(id).ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        let known = ApiCollection::known();
        Problem::missing([
            format!("il n'y a pas de collection « {id} » ; il y a : {known}"),
            format!("there is no collection “{id}”; there are: {known}"),
        ])
    })
}

/// List the collections
///
/// What can be read as features: partnerships, links, authorities on both sides, places, and the
/// directory. Each with its extent, its reference systems and where its items are.
#[utoipa::path(
    get,
    path = "/api/collections",
    tag = "features",
    operation_id = "collections",
    params(OfDocument),
    responses(
        (status = 200, description = "The collections.",
         body = ref("#/components/schemas/Collections"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn collections(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Document)?;
    let representation = Representation::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = LinkBuilder::new(&request, &params);
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        let of = (&*snapshot, &*state.directory);
        let describe = |collection| Description::new(of, collection, params.language, &links);
        let collections: Vec<Description> = ApiCollection::all().map(describe).collect();
        let links = links.of_self(JSON, "/collections");
        match representation {
            Representation::Json => {
                response.json(json!({"links": links, "collections": collections}))
            }
            Representation::Html => {
                fill::collections(&request, &params, &collections, &links).answer(response)
            }
        }
    }))
}

/// Get a collection
///
/// Title, extent, reference systems, and links to its items, queryables, schemas and tiles.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}",
    tag = "features",
    operation_id = "collection",
    params(("collection" = String, Path, description = "The collection."), OfDocument),
    responses(
        (status = 200, description = "The collection.",
         body = ref("#/components/schemas/Collection"), content_type = "application/json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn collection(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = collection_of(&collection)?;
    let params = Params::read(&request, Takes::Document)?;
    let representation = Representation::of(&request, &params);
    let snapshot = state.publisher.snapshot();
    let links = LinkBuilder::new(&request, &params);
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        let of = (&*snapshot, &*state.directory);
        let description = Description::new(of, collection, params.language, &links);
        match representation {
            Representation::Json => response.json(description),
            Representation::Html => {
                fill::collection(&request, &params, &description).answer(response)
            }
        }
    }))
}
