//! The data set described for catalogues: DCAT-AP 3 (which is DCAT 3 with fewer choices) as
//! JSON-LD, and schema.org's `Dataset` for search engines.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::{
    atlas::export::Format,
    domain::{Language, timestamp},
    http::{
        api::links::{base, root_of},
        openapi::{parameters::OfNothing, responses::Unchanged},
        text::texts::Texts,
        web::{
            about::About,
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{ApiCollection, Collection, Snapshot},
};

/// Lists of the Publications Office of the European Union, which DCAT-AP asks for.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

/// Get the dataset description for catalogues
///
/// DCAT-AP 3 as JSON-LD: the catalogue, the data set, a distribution for every collection and
/// format, the API.
#[utoipa::path(
    get,
    path = "/api/dcat.jsonld",
    tag = "discover",
    operation_id = "dcat",
    params(OfNothing),
    responses(
        (status = 200, description = "The description.",
         body = ref("#/components/schemas/Object"), content_type = "application/ld+json"),
        Unchanged,
    ),
)]
pub(crate) async fn dcat(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let description = describe(&snapshot, &state.about, &base(&request));
        response
            .content_type("application/ld+json")
            .insert_header(("Content-Language", "fr, en"))
            .body(description.to_string())
    }))
}

/// A text in both languages.
fn both(key: &str) -> Value {
    let texts = Language::ALL.map(
        |language| json!({"@language": language.code(), "@value": Texts::of(language).text(key)}),
    );
    Value::from(texts.to_vec())
}

fn keywords() -> Value {
    let words = Language::ALL.into_iter().flat_map(|language| {
        let words = Texts::of(language).text("data.keywords").split(", ");
        words.map(move |word| json!({"@language": language.code(), "@value": word}))
    });
    words.collect()
}

/// An entry of a list of the Publications Office, with its class.
fn authority(list: &str, code: &str, class: &str) -> Value {
    json!({"@id": format!("{AUTHORITY}/{list}/{code}"), "@type": class})
}

/// The same of a concept, with its name in both languages: each must have one (4.3 of DCAT-AP 3).
fn concept(list: &str, code: &str, [fr, en]: [&str; 2]) -> Value {
    let mut concept = authority(list, code, "skos:Concept");
    concept["skos:prefLabel"] =
        json!([{"@language": "fr", "@value": fr}, {"@language": "en", "@value": en}]);
    concept
}

fn public() -> Value {
    authority("access-right", "PUBLIC", "dct:RightsStatement")
}

/// Whom to write to; none where nobody is named.
fn contact(about: &About) -> Option<Value> {
    let email = about.contact.as_deref()?;
    Some(json!({
        "@type": "vcard:Kind",
        "vcard:fn": about.publisher,
        "vcard:hasEmail": {"@id": format!("mailto:{email}")},
    }))
}

// long: one document, read from top to bottom
fn describe(snapshot: &Snapshot, about: &About, base: &str) -> Value {
    let origin = root_of(base);
    let dataset = format!("{base}/dcat.jsonld#dataset");
    let service = format!("{base}/dcat.jsonld#api");
    let publisher = format!("{base}/dcat.jsonld#publisher");
    let language = ["FRA", "ENG"].map(|code| authority("language", code, "dct:LinguisticSystem"));
    let themes = [
        ("INTR", ["Questions internationales", "International issues"]),
        ("REGI", ["Régions et villes", "Regions and cities"]),
        ("GOVE", ["Gouvernement et secteur public", "Government and public sector"]),
    ]
    .map(|(code, label)| concept("data-theme", code, label));
    let distributions: Vec<Value> = ApiCollection::all()
        .flat_map(|collection| Format::ALL.map(|format| (collection, format)))
        .map(|(collection, format)| distribution(collection, format, about, base))
        .collect();
    let of_distributions: Vec<&Value> = distributions.iter().map(|one| &one["@id"]).collect();
    let of_distributions: Value = of_distributions.iter().map(|id| json!({"@id": id})).collect();
    let mut described = json!({
        "@id": dataset,
        "@type": "dcat:Dataset",
        "dct:title": both("data.dataset.title"),
        "dct:description": both("data.dataset.description"),
        "dct:identifier": dataset,
        "dcat:keyword": keywords(),
        "dcat:theme": themes,
        "dct:language": language,
        "dct:publisher": {"@id": publisher},
        "dct:accessRights": public(),
        "dcat:landingPage": {"@id": format!("{origin}/donnees"), "@type": "foaf:Document"},
        "foaf:page": {"@id": format!("{origin}/en/data"), "@type": "foaf:Document"},
        "dcat:version": snapshot.version().to_string(),
        "dct:spatial": spatial(snapshot),
        "dcat:distribution": of_distributions,
    });
    if let Some(moment) = snapshot.modified() {
        let at = timestamp(moment);
        described["dct:modified"] = json!({"@type": "xsd:dateTime", "@value": at});
    }
    if let Some(contact) = contact(about) {
        described["dcat:contactPoint"] = contact;
    }
    if let Some(first) = first_day(snapshot) {
        described["dct:temporal"] = json!({
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": first.to_string()},
        });
    }
    let mut graph = vec![
        json!({
            "@id": format!("{base}/dcat.jsonld"),
            "@type": "dcat:Catalog",
            "dct:title": both("data.catalogue.title"),
            "dct:description": both("data.catalogue.description"),
            "dct:publisher": {"@id": publisher},
            "dct:language": language,
            "foaf:homepage": {"@id": format!("{origin}/"), "@type": "foaf:Document"},
            "dcat:themeTaxonomy": {
                "@id": format!("{AUTHORITY}/data-theme"),
                "@type": "skos:ConceptScheme",
                "dct:title": {"@language": "en", "@value": "Data theme"},
            },
            "dcat:dataset": {"@id": dataset},
            "dcat:service": {"@id": service},
        }),
        described,
        json!({
            "@id": service,
            "@type": "dcat:DataService",
            "dct:title": both("data.service.title"),
            "dcat:endpointURL": {"@id": base},
            "dcat:endpointDescription": {"@id": format!("{base}/openapi.json")},
            "dct:conformsTo": {
                "@id": "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                "@type": "dct:Standard",
            },
            "dcat:servesDataset": {"@id": dataset},
            "dct:license": licence(about),
            "dct:accessRights": public(),
        }),
        json!({"@id": publisher, "@type": "foaf:Agent", "foaf:name": about.publisher}),
    ];
    graph.extend(distributions);
    json!({"@context": context(), "@graph": graph})
}

fn context() -> Value {
    json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcatap": "http://data.europa.eu/r5r/",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn licence(about: &About) -> Value {
    json!({"@id": about.licence.url, "@type": "dct:LicenseDocument"})
}

fn distribution(collection: ApiCollection, format: Format, about: &About, base: &str) -> Value {
    let file = format!("{base}/export/{}.{}", collection.id(), format.extension());
    let media_type = format.iana_media_type();
    let title = Language::ALL.map(|language| {
        let texts = Texts::of(language);
        let title = texts.text(&format!("data.collection.{}", collection.id())).to_owned();
        let value = format!("{title} ({})", texts.text(&format!("data.format.{}", format.name())));
        json!({"@language": language.code(), "@value": value})
    });
    let mut distribution = json!({
        "@id": format!("{base}/dcat.jsonld#{}.{}", collection.id(), format.extension()),
        "@type": "dcat:Distribution",
        "dct:title": title,
        "dcat:accessURL": {"@id": file},
        "dcat:downloadURL": {"@id": file},
        "dcat:mediaType": {
            "@id": format!("http://www.iana.org/assignments/media-types/{media_type}"),
            "@type": "dct:MediaType",
        },
        "dct:license": licence(about),
        "dcat:accessService": {"@id": format!("{base}/dcat.jsonld#api")},
        "dcatap:availability": concept("planned-availability", "AVAILABLE", ["disponible", "available"]),
    });
    if let Some(file_type) = format.file_type() {
        distribution["dct:format"] = json!({
            "@id": format!("{AUTHORITY}/file-type/{file_type}"),
            "@type": "dct:MediaTypeOrExtent",
        });
    }
    let schema = match (format, collection) {
        (Format::Csv, ApiCollection::Directory(one)) => {
            format!("{base}/schema/native/{}.json", one.id())
        }
        (Format::Csv, _) if collection.is_of_partnerships() => format!("{base}/schema.json"),
        _ => format!("{base}/schema/{}.json", collection.id()),
    };
    distribution["dct:conformsTo"] = json!({"@id": schema, "@type": "dct:Standard"});
    distribution
}

/// The box of the partners.
fn spatial(snapshot: &Snapshot) -> Value {
    let [west, south, east, north] =
        snapshot.extent(Collection::Partnerships).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let wkt = format!(
        "POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    );
    json!({"@type": "dct:Location", "dcat:bbox": {"@type": "geo:wktLiteral", "@value": wkt}})
}

fn first_day(snapshot: &Snapshot) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(snapshot.days()?.0)
}

/// What search engines read of the page of the data (schema.org).
pub(crate) fn schema_org(
    snapshot: &Snapshot,
    about: &About,
    base: &str,
    language: Language,
) -> Value {
    let texts = Texts::of(language);
    let origin = root_of(base);
    let downloads = ApiCollection::all().flat_map(|collection| {
        Format::ALL.map(|format| {
            json!({
                "@type": "DataDownload",
                "name": texts.text(&format!("data.collection.{}", collection.id())),
                "encodingFormat": format.iana_media_type(),
                "contentUrl": format!("{base}/export/{}.{}", collection.id(), format.extension()),
            })
        })
    });
    let [west, south, east, north] =
        snapshot.extent(Collection::Partnerships).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let mut dataset = json!({
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": texts.text("data.dataset.title"),
        "description": texts.text("data.dataset.description"),
        "url": format!("{origin}/donnees"),
        "identifier": format!("{base}/dcat.jsonld#dataset"),
        "license": about.licence.url,
        "isAccessibleForFree": true,
        "inLanguage": ["fr", "en"],
        "keywords": texts.text("data.keywords").split(", ").collect::<Vec<_>>(),
        "version": snapshot.version().to_string(),
        "creator": {"@type": "Organization", "name": about.publisher},
        "publisher": {"@type": "Organization", "name": about.publisher},
        "spatialCoverage": {
            "@type": "Place",
            "geo": {"@type": "GeoShape", "box": format!("{south} {west} {north} {east}")},
        },
        "distribution": downloads.collect::<Value>(),
    });
    if let Some(moment) = snapshot.modified() {
        dataset["dateModified"] = moment.format("%Y-%m-%d").to_string().into();
    }
    if let Some(first) = first_day(snapshot) {
        dataset["temporalCoverage"] = format!("{first}/..").into();
    }
    dataset
}
