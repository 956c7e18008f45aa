//! The resources of the API as pages: fills [`ApiPage`] from the documents themselves.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::SecondsFormat;
use serde_json::Value as Json;

use crate::{
    domain::{Bilingual, Language},
    formats::crs::Crs,
    http::{
        api::{
            collections::{Description, count},
            links::{DocumentLink, GEOJSON, HTML, JSON, Negotiated, as_data},
            page::view::{
                ApiLink, ApiPage, Card, Fact, Section, SectionBody, SectionTable, ShownValue,
                Target,
            },
            queryables::{RELATION, SCHEMA},
        },
        page::{layout::Layout, reply, selection::Chip},
        text::texts::Texts,
        web::params::Params,
    },
    search::{ApiCollection, Snapshot, directory::Directory, properties, queryables},
};

/// A page that only has to be sent.
pub(crate) struct Answer(ApiPage);

impl Answer {
    pub(crate) fn answer(self, response: &mut HttpResponseBuilder) -> HttpResponse {
        let (status, text) = reply::html(&self.0);
        response.status(status).content_type("text/html; charset=utf-8").body(text)
    }
}

/// `GET /api`
pub(crate) fn landing(
    request: &HttpRequest,
    params: &Params,
    (snapshot, directory): (&Snapshot, &Directory),
    links: &[DocumentLink],
) -> Answer {
    let texts = Texts::of(params.language);
    let cards = ApiCollection::all().map(|collection| {
        let id = collection.id();
        let text =
            |part: &str| texts.find(&format!("data.collection.{id}{part}")).unwrap_or_default();
        let count = Layout { language: params.language, ..Layout::default() }
            .counted("api.items", count(snapshot, directory, collection));
        Card {
            target: target(text(""), api_path(params, &format!("/collections/{id}"))),
            text: text(".about").to_owned(),
            facts: vec![fact(texts.text("api.content"), ShownValue::text(count))],
            links: Vec::new(),
        }
    });
    let section =
        section("collections", texts.text("api.collections"), SectionBody::Cards(cards.collect()));
    let page = page(request, params, texts.text("api.title"), links);
    let lead = texts.text("api.lead").to_owned();
    Answer(ApiPage { lead, crumbs: Vec::new(), sections: vec![section], ..page })
}

/// `GET /api/conformance`
pub(crate) fn conformance(
    request: &HttpRequest,
    params: &Params,
    classes: &[&str],
    links: &[DocumentLink],
) -> Answer {
    let texts = Texts::of(params.language);
    let list = classes.iter().map(|class| ShownValue::link(*class, *class)).collect();
    let section = section("classes", texts.text("api.classes"), SectionBody::List(list));
    let page = page(request, params, texts.text("api.conformance"), links);
    let lead = texts.text("api.conformance.lead").to_owned();
    Answer(ApiPage { lead, sections: vec![section], ..page })
}

/// `GET /api/collections`
pub(crate) fn collections(
    request: &HttpRequest,
    params: &Params,
    collections: &[Description],
    links: &[DocumentLink],
) -> Answer {
    let texts = Texts::of(params.language);
    let card = |one: &Description| Card {
        target: target(one.title, api_path(params, &format!("/collections/{}", one.id))),
        text: one.text.to_owned(),
        facts: facts_of(one, params.language),
        links: one.links.iter().filter_map(|link| api_link(link, texts)).collect(),
    };
    let cards = SectionBody::Cards(collections.iter().map(card).collect());
    let section = section("collections", texts.text("api.collections"), cards);
    let page = page(request, params, texts.text("api.collections"), links);
    let lead = texts.text("api.collections.lead").to_owned();
    Answer(ApiPage { lead, sections: vec![section], ..page })
}

/// `GET /api/collections/{collection}`
pub(crate) fn collection(request: &HttpRequest, params: &Params, one: &Description) -> Answer {
    let texts = Texts::of(params.language);
    let facts = SectionBody::Facts(facts_of(one, params.language));
    let mut sections = vec![section("facts", texts.text("api.about"), facts)];
    if let Some(collection) = ApiCollection::from_id(one.id) {
        let described = properties::of(collection).iter().map(|property| Fact {
            label: property.title.get(params.language).to_owned(),
            name: Some(property.name.to_owned()),
            value: ShownValue::text(property.description.get(params.language)),
        });
        let described = SectionBody::Facts(described.collect());
        sections.push(section("properties", texts.text("api.properties"), described));
    }
    let mut page = page(request, params, one.title, &one.links);
    page.crumbs.push(collections_crumb(params));
    let items = api_path(params, &format!("/collections/{}/items", one.id));
    let pager = vec![target(texts.text("api.see_items"), items)];
    Answer(ApiPage { lead: one.text.to_owned(), sections, pager, ..page })
}

/// `GET /api/collections/{collection}/queryables`
pub(crate) fn queryables(
    request: &HttpRequest,
    params: &Params,
    collection: ApiCollection,
    links: &[DocumentLink],
) -> Answer {
    let texts = Texts::of(params.language);
    let described = SectionBody::Facts(described(collection, params.language));
    let section = section("queryables", texts.text("api.properties"), described);
    let mut page = page(request, params, texts.text("api.queryables"), links);
    let id = collection.id();
    page.crumbs.push(collections_crumb(params));
    let name = texts.find(&format!("data.collection.{id}")).unwrap_or(id);
    page.crumbs.push(target(name, api_path(params, &format!("/collections/{id}"))));
    let lead = texts.text("api.queryables.lead").to_owned();
    Answer(ApiPage { lead, sections: vec![section], ..page })
}

/// What a collection can be asked for.
fn described(collection: ApiCollection, language: Language) -> Vec<Fact> {
    let fact = |name: &str, title: &Bilingual, text: &str| Fact {
        label: title.get(language).to_owned(),
        name: Some(name.to_owned()),
        value: ShownValue::text(text),
    };
    match collection {
        ApiCollection::Directory(one) => one
            .queryables()
            .map(|asked| fact(asked.name, &asked.title(), asked.description().get(language)))
            .collect(),
        ApiCollection::Register(one) => {
            let described = queryables::of(one).iter().map(|asked| {
                let property = asked.property(one);
                let text = property.map(|property| property.description.get(language));
                let text = text.or(asked.format(one)).unwrap_or_default();
                fact(asked.name, &asked.title(one), text)
            });
            described.collect()
        }
    }
}

/// Items of a page, to be read.
pub(crate) struct ShownItems {
    pub(crate) collection: ApiCollection,
    pub(crate) features: Vec<Json>,
    /// How many there are on all pages.
    pub(crate) matched: u64,
    /// Where the page after it begins.
    pub(crate) next: Option<String>,
    /// The filters of the address.
    pub(crate) chips: Vec<Chip>,
}

/// `GET /api/collections/{collection}/items`
pub(crate) fn items(
    request: &HttpRequest,
    params: &Params,
    snapshot: &Snapshot,
    shown: ShownItems,
    links: &[DocumentLink],
) -> Answer {
    let language = params.language;
    let texts = Texts::of(language);
    let ShownItems { collection, features, matched, next, chips } = shown;
    // what an item is called says more in its row's first cell than its id
    let mut names: Vec<_> = properties::of(collection).iter().collect();
    names.swap(0, 1);
    let mut columns: Vec<(String, String)> = names
        .iter()
        .map(|property| (property.title.get(language).to_owned(), property.name.to_owned()))
        .collect();
    columns.push((texts.text("api.geometry").to_owned(), "geometry".to_owned()));
    let row = |feature: &Json| {
        let mut row: Vec<ShownValue> = names
            .iter()
            .map(|property| ShownValue::of(&feature["properties"][property.name]))
            .collect();
        row.push(ShownValue::of_geometry(&feature["geometry"]));
        if let (Some(first), Some(id)) = (row.first_mut(), feature["id"].as_str()) {
            let path = format!("/collections/{}/items/{id}", collection.id());
            first.href = Some(api_path(params, &path));
        }
        row
    };
    let table = SectionTable { columns, rows: features.iter().map(row).collect() };
    let crumb = collection_crumb(collection, params);
    let heading = format!("{} – {}", crumb.label, texts.text("api.items.title").to_lowercase());
    let mut page = page(request, params, &heading, links);
    page.crumbs.extend([collections_crumb(params), crumb]);
    let built_at = snapshot.built_at().to_rfc3339_opts(SecondsFormat::Millis, true);
    let state = page.layout.fill("api.state", "time", &built_at);
    page.lead = format!("{}. {state}", page.layout.counted("api.items", matched));
    page.layout.no_index = true;
    page.chips = chips;
    page.sections =
        vec![section("items", texts.text("api.items.shown"), SectionBody::Table(table))];
    let again = |query: String| {
        let path = format!("/api/collections/{}/items", collection.id());
        Negotiated::of(params).address(&path, &query)
    };
    if params.page.after.is_some() {
        page.pager.push(target(texts.text("api.first"), again(params.query(None))));
    }
    if let Some(next) = next {
        page.pager.push(target(texts.text("api.next"), again(params.query(Some(&next)))));
    }
    Answer(page)
}

/// `GET /api/collections/{collection}/items/{id}`
pub(crate) fn item(
    request: &HttpRequest,
    params: &Params,
    (collection, feature, own_page): (ApiCollection, &Json, Option<String>),
    links: &[DocumentLink],
) -> Answer {
    let language = params.language;
    let texts = Texts::of(language);
    let mut facts: Vec<Fact> = properties::of(collection)
        .iter()
        .filter_map(|property| {
            Some(Fact {
                label: property.title.get(language).to_owned(),
                name: Some(property.name.to_owned()),
                value: ShownValue::of(feature["properties"].get(property.name)?),
            })
        })
        .collect();
    facts.push(Fact {
        label: texts.text("api.geometry").to_owned(),
        name: Some("geometry".to_owned()),
        value: ShownValue::of_geometry(&feature["geometry"]),
    });
    let named = ["title", "name"].map(|name| feature["properties"][name].as_str());
    let heading = named.into_iter().flatten().next().unwrap_or_default();
    let mut page = page(request, params, heading, links);
    let description = format!("data.collection.{}.about", collection.id());
    texts.find(&description).unwrap_or_default().clone_into(&mut page.lead);
    page.crumbs.extend([collections_crumb(params), collection_crumb(collection, params)]);
    page.crumbs.push(items_crumb(collection, params));
    page.sections = vec![section("facts", texts.text("api.about"), SectionBody::Facts(facts))];
    if let Some(path) = own_page {
        let label = if collection.is_of_partnerships() { "record" } else { "page" };
        page.pager.push(target(texts.text(&format!("api.link.{label}")), path));
    }
    Answer(page)
}

/// What all pages have; the topmost crumb is the landing page.
fn page(request: &HttpRequest, params: &Params, heading: &str, links: &[DocumentLink]) -> ApiPage {
    let language = params.language;
    let texts = Texts::of(language);
    let layout = Layout {
        title: heading.to_owned(),
        description: texts.text("api.description").to_owned(),
        alternate_path: in_other_language(request, language),
        ..reply::layout(request, language)
    };
    ApiPage {
        layout,
        heading: heading.to_owned(),
        crumbs: vec![target(texts.text("api.title"), api_path(params, ""))],
        links: links.iter().filter_map(|link| api_link(link, texts)).collect(),
        ..ApiPage::default()
    }
}

/// A document's link on its page: to the data where the document is what it links to.
fn api_link(link: &DocumentLink, texts: &Texts) -> Option<ApiLink> {
    let DocumentLink { rel, kind, href, title } = link;
    let is_data = [JSON, GEOJSON, SCHEMA].contains(kind);
    let (rel, kind, href, title) = match *rel {
        "self" => ("alternate", *kind, as_data(href), texts.text("api.link.json")),
        // that is this page
        "alternate" if *kind == HTML => return None,
        "items" if is_data => (*rel, *kind, as_data(href), *title),
        "conformance" | "data" | "collection" | "next" | RELATION => {
            (*rel, HTML, href.clone(), *title)
        }
        _ => (*rel, *kind, href.clone(), *title),
    };
    Some(ApiLink { rel: rel.to_owned(), media_type: kind.to_owned(), target: target(title, href) })
}

/// The same address in the other language.
fn in_other_language(request: &HttpRequest, language: Language) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name != "lang" {
            query.append_pair(&name, &value);
        }
    }
    let other = match language {
        Language::French => Language::English,
        Language::English => Language::French,
    };
    // named, since what the browser prefers may be this one
    query.append_pair("lang", other.code());
    format!("{}?{}", request.path(), query.finish())
}

/// An address of the API on this server, in the language and with the `f` of the request.
fn api_path(params: &Params, path: &str) -> String {
    Negotiated::of(params).address(&format!("/api{path}"), "")
}

fn target(label: &str, href: String) -> Target {
    Target { label: label.to_owned(), href }
}

fn section(id: &'static str, heading: &str, body: SectionBody) -> Section {
    Section { id, heading: heading.to_owned(), body }
}

fn fact(label: &str, value: ShownValue) -> Fact {
    Fact { label: label.to_owned(), name: None, value }
}

fn collections_crumb(params: &Params) -> Target {
    target(Texts::of(params.language).text("api.collections"), api_path(params, "/collections"))
}

fn collection_crumb(collection: ApiCollection, params: &Params) -> Target {
    let id = collection.id();
    let texts = Texts::of(params.language);
    let title = texts.find(&format!("data.collection.{id}")).unwrap_or(id);
    target(title, api_path(params, &format!("/collections/{id}")))
}

fn items_crumb(collection: ApiCollection, params: &Params) -> Target {
    let path = format!("/collections/{}/items", collection.id());
    target(Texts::of(params.language).text("api.items.title"), api_path(params, &path))
}

/// What a collection is, where and when its items are.
fn facts_of(one: &Description, language: Language) -> Vec<Fact> {
    let texts = Texts::of(language);
    let layout = Layout { language, ..Layout::default() };
    let mut facts = vec![
        fact(texts.text("api.id"), ShownValue::text(one.id)),
        fact(texts.text("api.content"), ShownValue::text(layout.counted("api.items", one.items))),
    ];
    // what has no place is in no reference system either
    let Some(extent) = &one.extent else { return facts };
    let [bbox] = extent.spatial.bbox;
    let [[first, last]] = &extent.temporal.interval;
    let day = |moment: &Option<String>| {
        moment.as_ref().map_or_else(|| "…".to_owned(), |text| layout.date(&text[..10]))
    };
    let bbox = ShownValue::text(bbox.map(|n| n.to_string()).join(", "));
    let period = ShownValue::text(format!("{} – {}", day(first), day(last)));
    facts.extend([fact(texts.text("api.bbox"), bbox), fact(texts.text("api.period"), period)]);
    for crs in Crs::ALL {
        facts.push(fact(texts.text("api.crs"), ShownValue::link(crs.name(), crs.uri())));
    }
    facts
}
