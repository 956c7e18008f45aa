//! Items of a collection, and one of them (OGC API – Features Part 1, 7.15 and 7.16).

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;

use crate::{
    atlas::export::Format,
    domain::Language,
    formats::{
        crs::{self, Crs},
        flat,
        geojson::write_json,
    },
    http::{
        api::{
            collections::collection_of,
            directory,
            links::{DocumentLink, GEOJSON, HTML, LinkBuilder},
            page::{
                chips::chips,
                fill::{self, ShownItems},
            },
        },
        openapi::{
            parameters::{OfFeature, OfPages},
            responses::{Gone, Unavailable, UnchangedOrMissing},
        },
        page::addresses::partnership_path,
        web::{
            blocking, conditional, gone,
            negotiation::Representation,
            params::{Params, Takes},
            problem::Problem,
            response_cache,
            state::State,
        },
    },
    search::{
        ApiCollection, Collection, ParameterError, Selection, Snapshot,
        page::{CursorGone, Page},
    },
};

/// List the features of a collection
///
/// What matches all filters, page by page: `next` leads to the following one. What has no geometry
/// matches every `bbox`, what has no date every `datetime`.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/items",
    tag = "features",
    operation_id = "items",
    params(("collection" = String, Path, description = "The collection."), OfPages),
    responses(
        (status = 200, description = "A page of features.",
         body = ref("#/components/schemas/FeatureCollection"), content_type = "application/geo+json"),
        UnchangedOrMissing,
    ),
)]
pub(crate) async fn items(
    request: HttpRequest,
    collection: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let collection = match collection_of(&collection)? {
        ApiCollection::Register(collection) => collection,
        ApiCollection::Directory(collection) => {
            return directory::items::items(&request, &state, collection);
        }
    };
    let snapshot = state.publisher.snapshot();
    let params = Params::read(&request, Takes::Pages(collection))?;
    let snapshot = params.records_of(snapshot);
    let ahead = blocking::select_ahead(&snapshot, &params.filter, collection).await?;
    let select = || match &ahead {
        Some(selected) => Ok(selected.clone()),
        None => snapshot.select(&params.filter.clone().into(), collection),
    };
    let representation = Representation::of(&request, &params);
    let tag = conditional::tag(&snapshot, &request, representation);
    Ok(conditional::attempt_as(&tag, &request, |response| {
        if representation == Representation::Html {
            let selected = select()?;
            let (page, links) = page_of(&request, &snapshot, (collection, &selected), &params)?;
            let shown = shown(&snapshot, (collection, &selected), page, (&request, &params));
            return Ok(fill::items(&request, &params, &snapshot, shown, &links).answer(response));
        }
        let body = response_cache::get_or_render(&tag, || {
            let selected = select()?;
            let (page, links) = page_of(&request, &snapshot, (collection, &selected), &params)?;
            Ok(write_page(&snapshot, collection, &params, (&selected, &page), &links))
        })?;
        Ok(response.content_type(GEOJSON).insert_header(content_crs(params.crs)).body(body))
    }))
}

/// What is on a page, and its links.
fn page_of(
    request: &HttpRequest,
    snapshot: &Snapshot,
    (collection, selected): (Collection, &Selection),
    params: &Params,
) -> Result<(Page, Vec<DocumentLink>), Problem> {
    let page = snapshot.page(collection, selected, &params.page).map_err(|CursorGone| {
        let reason = [
            "il ne mène à rien, ou plus à rien ; prenez-le d'un lien rel=next, ou recommencez sans lui",
            "it is not valid any more; take it from a link with rel=next, or start again without one",
        ];
        ParameterError::new("cursor", reason)
    })?;
    let builder = LinkBuilder::new(request, params);
    let links = page_links(
        &builder,
        (collection.id(), params),
        page.next.as_deref(),
        &params.filter_query(),
    );
    Ok((page, links))
}

/// A page as people read it.
fn shown(
    snapshot: &Snapshot,
    (collection, selected): (Collection, &Selection),
    page: Page,
    (request, params): (&HttpRequest, &Params),
) -> ShownItems {
    let mut written = vec![b'['];
    snapshot.write_features(&mut written, collection, selected, &page.items, params.language);
    written.push(b']');
    ShownItems {
        collection: collection.into(),
        features: serde_json::from_slice(&written).unwrap_or_default(),
        matched: selected.len(),
        next: page.next,
        chips: chips(request, params, snapshot),
    }
}

/// A page as a `FeatureCollection`.
fn write_page(
    snapshot: &Snapshot,
    collection: Collection,
    params: &Params,
    (selected, page): (&Selection, &Page),
    links: &[DocumentLink],
) -> Vec<u8> {
    let mut body = Vec::with_capacity(4096 + page.items.len() * 1280);
    body.extend_from_slice(br#"{"type":"FeatureCollection","timeStamp":"#);
    // the same version is the same bytes: its entity tag is a strong one
    let built_at = snapshot.built_at().to_rfc3339_opts(SecondsFormat::Millis, true);
    write_json(&mut body, &built_at);
    let (matched, returned) = (selected.len(), page.items.len());
    let counts = format!(r#","numberMatched":{matched},"numberReturned":{returned},"links":"#);
    body.extend_from_slice(counts.as_bytes());
    write_json(&mut body, links);
    body.extend_from_slice(br#","features":["#);
    if params.crs == Crs::default() && !params.flat {
        snapshot.write_features(&mut body, collection, selected, &page.items, params.language);
    } else {
        for (index, item) in page.items.iter().enumerate() {
            let mut feature = Vec::with_capacity(1024);
            snapshot.write_feature(&mut feature, collection, selected, *item, params.language);
            if index > 0 {
                body.push(b',');
            }
            write_as_wanted(&mut body, &feature, params);
        }
    }
    body.extend_from_slice(b"]}");
    body
}

/// Appends a feature in the system, and with the lists, that are wanted.
fn write_as_wanted(body: &mut Vec<u8>, feature: &[u8], params: &Params) {
    if !params.flat {
        return crs::write_feature(body, feature, params.crs);
    }
    let mut flattened = Vec::with_capacity(feature.len());
    flat::write_feature(&mut flattened, feature);
    if params.crs == Crs::default() {
        body.extend_from_slice(&flattened);
    } else {
        crs::write_feature(body, &flattened, params.crs);
    }
}

/// The links of a page of items; `next` is the cursor of the page after it, `filters` the query of
/// the same items as a file.
pub(crate) fn page_links(
    links: &LinkBuilder,
    (id, params): (&str, &Params),
    next: Option<&str>,
    filters: &str,
) -> Vec<DocumentLink> {
    let path = format!("/collections/{id}/items");
    let own = params.query(params.page.after.as_deref());
    let mut all = vec![
        links.link(("self", GEOJSON), links.href(&path, &own), "self"),
        links.link(("alternate", HTML), links.page(&path, &own), "html"),
        links.to("collection", &format!("/collections/{id}"), "collection"),
    ];
    if let Some(next) = next {
        let href = links.href(&path, &params.query(Some(next)));
        all.push(links.link(("next", GEOJSON), href, "next"));
    }
    for format in Format::ALL {
        let file = links.file(&format!("/api/export/{id}.{}", format.extension()), filters);
        all.push(links.link(("enclosure", format.media_type()), file, format.name()));
    }
    all
}

/// Get a feature
///
/// The id of any record of a partnership is answered with the partnership, whose `id` is that of
/// the record that leads; with `records=all` it is answered with the record itself.
#[utoipa::path(
    get,
    path = "/api/collections/{collection}/items/{id}",
    tag = "features",
    operation_id = "item",
    params(("collection" = String, Path, description = "The collection."), ("id" = String, Path, description = "The id of the feature.", example = "03h1o37rii3dkep7"), OfFeature),
    responses(
        (status = 200, description = "The feature.",
         body = ref("#/components/schemas/Feature"), content_type = "application/geo+json"),
        UnchangedOrMissing,
        Gone,
        Unavailable,
    ),
)]
pub(crate) async fn item(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (collection, id) = path.into_inner();
    let collection = match collection_of(&collection)? {
        ApiCollection::Register(collection) => collection,
        ApiCollection::Directory(collection) => {
            return directory::items::item(&request, &state, (collection, &id));
        }
    };
    let snapshot = state.publisher.snapshot();
    let params = Params::read(&request, Takes::Feature)?;
    let snapshot = params.records_of(snapshot);
    let Some(item) = snapshot.item(collection, &id) else {
        let short: String = id.chars().take(80).collect();
        let missing = Problem::missing([
            format!("{} n'a pas d'objet « {short} »", collection.id()),
            format!("{} has no item “{short}”", collection.id()),
        ]);
        return Err(if collection.is_of_partnerships() {
            gone::problem(&state, &snapshot, &id, missing).await
        } else {
            missing
        });
    };
    let representation = Representation::of(&request, &params);
    let links = item_links(&LinkBuilder::new(&request, &params), collection, &id, params.language);
    Ok(conditional::respond_as(representation, &snapshot, &request, |response| {
        let mut body = Vec::with_capacity(4096);
        let all = snapshot.whole(collection);
        snapshot.write_open_feature(&mut body, collection, all, item, params.language);
        body.extend_from_slice(br#","links":"#);
        write_json(&mut body, &links);
        body.push(b'}');
        if representation == Representation::Html {
            let feature = serde_json::from_slice(&body).unwrap_or_default();
            let page = collection.is_of_partnerships();
            let page = page.then(|| partnership_path(params.language, &own_id(&feature)));
            let shown = (collection.into(), &feature, page);
            return fill::item(&request, &params, shown, &links).answer(response);
        }
        if params.crs != Crs::default() || params.flat {
            let feature = std::mem::take(&mut body);
            write_as_wanted(&mut body, &feature, &params);
        }
        response.content_type(GEOJSON).insert_header(content_crs(params.crs)).body(body)
    }))
}

fn own_id(feature: &serde_json::Value) -> String {
    feature["id"].as_str().unwrap_or_default().to_owned()
}

/// The reference system of an answer's coordinates (OGC API – Features Part 2, 6.3).
pub(crate) fn content_crs(crs: Crs) -> (&'static str, String) {
    ("Content-Crs", format!("<{}>", crs.uri()))
}

fn item_links(
    links: &LinkBuilder,
    collection: Collection,
    id: &str,
    language: Language,
) -> Vec<DocumentLink> {
    let path = format!("/collections/{}", collection.id());
    let mut all = Vec::from(links.of_self(GEOJSON, &format!("{path}/items/{id}")));
    all.push(links.to("collection", &path, "collection"));
    if collection.is_of_partnerships() {
        let href = format!("{}{}", links.origin(), partnership_path(language, id));
        all.push(links.link(("related", HTML), href, "record"));
        let other = match collection {
            Collection::Links => Collection::Partnerships,
            _ => Collection::Links,
        };
        let twin = links.href(&format!("/collections/{}/items/{id}", other.id()), "");
        all.push(links.link(("related", GEOJSON), twin, other.id()));
    }
    all
}
