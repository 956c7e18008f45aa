//! The page of the data to take away.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    atlas::export::Format,
    domain::Language,
    http::{
        api::{collections::count, dcat, links::base},
        page::{
            layout::Layout,
            reply::{language_of, layout, respond},
            site_page::SitePage,
        },
        site::data::page::{DataCollection, DataColumn, DataFile, DataPage},
        web::state::State,
    },
    search::{
        ApiCollection, Collection, Snapshot,
        directory::Directory,
        properties::{self, Property},
    },
};

/// `GET /donnees` and `GET /en/data`
pub(crate) async fn data(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let language = language_of(&request);
    let layout = layout(&request, language);
    let dataset = dcat::schema_org(&snapshot, &state.about, &base(&request), language);
    let licence = &state.about.licence;
    let page = DataPage {
        layout: Layout {
            description: layout.text("data.description").to_owned(),
            ..layout.of(SitePage::Data)
        },
        modified: snapshot.modified().map(|moment| moment.format("%Y-%m-%d").to_string()),
        collections: ApiCollection::all()
            .map(|one| collection((&snapshot, &state.directory), one, language))
            .collect(),
        publisher: state.about.publisher.clone(),
        licence: (licence.name(language).to_owned(), licence.url.clone()),
        // nothing in it can end the element that it stands in
        dataset: dataset.to_string().replace('<', "\\u003c"),
    };
    respond(&snapshot, &request, &page)
}

fn collection(
    (snapshot, directory): (&Snapshot, &Directory),
    collection: ApiCollection,
    language: Language,
) -> DataCollection {
    let file = |format: Format| DataFile {
        label: format!("data.format.{}", format.name()),
        path: format!(
            "/api/export/{}.{}?lang={}",
            collection.id(),
            format.extension(),
            language.code()
        ),
        media_type: format.media_type().to_owned(),
    };
    let column = |property: &Property| DataColumn {
        name: property.name.to_owned(),
        title: property.title.get(language).to_owned(),
        description: property.description.get(language).to_owned(),
    };
    // links have the properties of partnerships
    let columns = match collection {
        ApiCollection::Register(Collection::Links) => &[],
        _ => properties::of(collection),
    };
    DataCollection {
        id: collection.id().to_owned(),
        count: count(snapshot, directory, collection),
        files: Format::listed().map(file).into(),
        columns: columns.iter().map(column).collect(),
    }
}
