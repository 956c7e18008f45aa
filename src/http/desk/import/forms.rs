//! What the forms of importers' pages do.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use serde_json::Value;

use crate::{
    atlas::{
        imports::{
            Jobs,
            jobs::{JobError, Request, file_name},
        },
        register::revert::Revert,
    },
    domain::Account,
    formats::csv::Profile,
    http::{
        desk::import::document::ImportDocument,
        web::{auth::ask, problem::Problem, sources, state::State, upload},
    },
};

/// The form of a mapping, with as many columns as a file may have.
const FORM_LIMIT: usize = 1 << 20;

/// The fields of a form, in order.
pub(crate) type Fields = Vec<(String, String)>;

/// Takes a file in and has it checked; the number of its import.
pub(crate) async fn submit(
    request: &HttpRequest,
    body: web::Payload,
    state: &State,
    caller: &Account,
) -> Result<i64, Problem> {
    let upload::Received { incoming, file, fields } = upload::receive(request, body, state).await?;
    let mut wanted = Request::default();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        wanted.set(name, value)?;
    }
    // nothing is written before somebody has seen what would be
    wanted.dry_run = true;
    wanted.only_source = sources::bound(caller, wanted.source.as_deref())?;
    let file = file_name(file.as_deref().unwrap_or_default());
    let actor = caller.name.clone();
    ask(state, move |jobs| jobs.submit(incoming, file, &wanted, actor)).await
}

/// Does what a form asks for; the import to look at afterwards.
pub(crate) fn done(
    jobs: &Jobs,
    id: i64,
    action: &str,
    fields: &Fields,
    actor: String,
) -> Result<i64, JobError> {
    let is_on = |name: &str| !field(fields, name).is_empty();
    match action {
        "commit" => {
            let digest = Some(field(fields, "digest")).filter(|digest| !digest.is_empty());
            jobs.commit(id, digest, |asked| {
                asked.valid_rows_only |= is_on("valid_rows_only");
                asked.allow_mass_removal |= is_on("allow_mass_removal");
            })?;
            Ok(id)
        }
        "cancel" => jobs.cancel(id).map(|()| id),
        "revert" => {
            let document = jobs.revert(&Revert {
                changeset: id,
                actor,
                skip_conflicts: is_on("skip_conflicts"),
            })?;
            Ok(document["id"].as_i64().unwrap_or(id))
        }
        "plan" => plan(jobs, id, fields).map(|()| id),
        _ => Err(JobError::Unknown(id)),
    }
}

/// Has an import planned anew, as a form says that its file is to be read.
fn plan(jobs: &Jobs, id: i64, fields: &Fields) -> Result<(), JobError> {
    let document: ImportDocument = document(&jobs.get(id)?);
    let columns = corrections(&document, fields);
    let encoding = fields.iter().find(|(name, _)| name == "encoding");
    let encoding = encoding.map(|(_, encoding)| encoding.clone());
    let sheet = fields.iter().find(|(name, _)| name == "sheet");
    let sheet = sheet.map(|(_, sheet)| sheet.clone());
    // a text of the file that somebody says how to read
    let [column, from, to] =
        ["value_column", "value_from", "value_to"].map(|name| field(fields, name));
    let mended = (!column.is_empty()).then(|| (column.to_owned(), from.to_owned(), to.to_owned()));
    jobs.plan(id, |asked| {
        // a profile that was recognised is the one that was corrected
        let bundled = document.profile.filter(|name| Profile::bundled(name).is_ok());
        if asked.profile.is_none() && bundled.is_some() {
            asked.profile = bundled;
        }
        if let Some(encoding) = encoding {
            asked.set("encoding", &encoding)?;
        }
        if let Some(sheet) = sheet {
            asked.set("sheet", &sheet)?;
        }
        if let Some((column, from, to)) = mended {
            let mut values = std::mem::take(&mut asked.values);
            values.entry(column).or_default().insert(from, to);
            asked.set_values(values)?;
        }
        let mut all = std::mem::take(&mut asked.columns);
        all.extend(columns);
        Ok(asked.set_columns(all)?)
    })
}

/// The columns that a form says otherwise than they were taken for; all of them where they were
/// only proposed.
fn corrections(document: &ImportDocument, fields: &Fields) -> BTreeMap<String, String> {
    let values = |wanted: &'static str| {
        let fields = fields.iter().filter(move |(name, _)| name == wanted);
        fields.map(|(_, value)| value.as_str())
    };
    let was = |title: &str| {
        let mut columns = document.columns.iter();
        let column = columns.find(|column| column.title == title);
        column.and_then(|column| column.column.as_deref()).unwrap_or_default()
    };
    let is_proposed = document.plan.is_none();
    values("title")
        .zip(values("column"))
        .filter(|(title, column)| is_proposed || was(title) != *column)
        .map(|(title, column)| (title.to_owned(), column.to_owned()))
        .collect()
}

/// The fields of a body; none where it is no form.
pub(crate) async fn form(body: web::Payload) -> Fields {
    let read = body.to_bytes_limited(FORM_LIMIT).await;
    let bytes = read.ok().and_then(Result::ok).unwrap_or_default();
    url::form_urlencoded::parse(&bytes).into_owned().collect()
}

/// The first field of a name; empty where there is none.
pub(crate) fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// The API's JSON as these pages read it.
pub(crate) fn document<T: serde::de::DeserializeOwned + Default>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_else(|error| {
        tracing::error!("an import's page cannot read what the API tells: {error}");
        T::default()
    })
}
