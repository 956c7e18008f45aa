//! What of the file of an import goes back to whoever gave it.

use std::io::{Read, Seek};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use super::{
    State,
    auth::{self, ask},
    imports::number,
    problem::Problem,
};
use crate::{
    atlas::{
        Jobs, file_columns,
        give_back::{WantedRows, issue_rows},
        jobs::{JobError, SourceFile},
        report::column_json,
    },
    domain::{Language, Role, Severity},
    formats::csv::{Original, annotate},
    search::ParameterError,
};

/// Rows of one page, without and with a word about it.
const USUAL: usize = 100;
const MOST: usize = 1_000;
/// What is read of an annotated copy at once.
const PIECE: usize = 64 * 1024;
/// An annotated copy of more bytes goes to a temporary file.
const IN_MEMORY: usize = 8 * 1024 * 1024;

/// `GET /api/imports/{id}/rows`
pub(crate) async fn issue_page(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let id = number(&id)?;
    let mut wanted = WantedRows { severity: None, after: 0, limit: USUAL };
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let wrong = |reason: &str| Err(ParameterError::new(&name, reason));
        match &*name {
            "severity" => match &*value {
                "error" => wanted.severity = Some(Severity::Error),
                "warning" => wanted.severity = Some(Severity::Warning),
                _ => return Ok(wrong("error or warning is expected")?),
            },
            "after" => match value.parse() {
                Ok(line) => wanted.after = line,
                Err(_) => return Ok(wrong("the number of a line is expected")?),
            },
            "limit" => match value.parse::<usize>() {
                Ok(limit) if limit > 0 => wanted.limit = limit.min(MOST),
                _ => return Ok(wrong("a whole number from 1 to 1000 is expected")?),
            },
            _ => return Ok(wrong("there is no such parameter here")?),
        }
    }
    let page = ask(&state, move |jobs| rows(jobs, id, wanted)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(page))
}

/// Rows with issues, as JSON.
pub(crate) fn rows(jobs: &Jobs, id: i64, wanted: WantedRows) -> Result<Value, JobError> {
    let SourceFile { file, profile, .. } = jobs.source_file(id)?;
    let issues = jobs.issues(id)?;
    let page = issue_rows(file, &profile, &issues, wanted).map_err(|_| JobError::NoFile(id))?;
    Ok(page.to_json())
}

/// Adds what the columns of the file are taken for, where its import does not say.
pub(crate) fn add_columns(jobs: &Jobs, id: i64, document: &mut Value) {
    let is_still = matches!(document["state"].as_str(), Some("planned" | "failed" | "committed"));
    if document["columns"].is_array() || !is_still {
        return;
    }
    // where the columns are proposed, what somebody has said of them before comes first
    let said = document["request"]["columns"].clone();
    let open = || Ok(jobs.source_file(id).map_err(std::io::Error::other)?.file.into());
    let profile = jobs.source_file(id).map(|source| source.profile);
    if let Ok(found) = profile.map(|profile| file_columns(open, &profile))
        && let Ok(found) = found
    {
        let mut columns: Vec<Value> = found.columns.iter().map(column_json).collect();
        if !found.as_read {
            let said_of = |column: &Value| said[column["title"].as_str()?].as_str();
            let taken: Vec<&str> = columns.iter().filter_map(said_of).collect();
            let taken: Vec<Value> = taken.into_iter().map(Value::from).collect();
            for column in &mut columns {
                if let Some(name) = said_of(column) {
                    column["column"] = if name.is_empty() { Value::Null } else { name.into() };
                } else if taken.contains(&column["column"]) {
                    column["column"] = Value::Null;
                }
            }
        }
        document["columns"] = columns.into();
    }
}

/// `GET /api/imports/{id}/rejected`: the rejected rows with what is wrong with each.
pub(crate) async fn rejected(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let id = number(&id)?;
    let mut language = Language::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let wrong = |reason: &str| Err(ParameterError::new(&name, reason));
        match &*name {
            "lang" => match value.parse() {
                Ok(wanted) => language = wanted,
                Err(()) => return Ok(wrong("fr or en is expected")?),
            },
            _ => return Ok(wrong("there is no such parameter here")?),
        }
    }
    let copy = ask(&state, move |jobs| {
        let SourceFile { file, profile, name } = jobs.source_file(id)?;
        let issues = jobs.issues(id)?;
        let original = Original::new(file, &profile).map_err(|_| JobError::NoFile(id))?;
        let encoding = original.copy_encoding();
        let mut copy = tempfile::SpooledTempFile::new(IN_MEMORY);
        let written =
            annotate(original, &issues, language, &mut copy).and_then(|_| Ok(copy.rewind()?));
        written.map_err(|error| {
            tracing::warn!("an annotated copy could not be made: {error}");
            JobError::NoFile(id)
        })?;
        Ok((copy, name, encoding))
    });
    let (copy, name, encoding) = copy.await?;
    let pieces = stream::unfold(Some(copy), |copy| async {
        let mut copy = copy?;
        let read = web::block(move || {
            let mut piece = vec![0; PIECE];
            copy.read(&mut piece).map(|length| {
                piece.truncate(length);
                (Bytes::from(piece), copy)
            })
        });
        match read.await {
            Ok(Ok((piece, _))) if piece.is_empty() => None,
            Ok(Ok((piece, copy))) => Some((Ok(piece), Some(copy))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(_) => Some((Err(std::io::ErrorKind::Other.into()), None)),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, attachment(&name)))
        .content_type(format!("text/csv; charset={encoding}; header=present"))
        .streaming(pieces))
}

/// The name of an annotated copy, for any letters (RFC 6266).
fn attachment(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or_default();
    let plain: String = deunicode::deunicode(stem)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .collect();
    let exact: String = url::form_urlencoded::byte_serialize(stem.as_bytes()).collect();
    let exact = exact.replace('+', "%20");
    format!(
        "attachment; filename=\"{plain}-a-corriger.csv\"; \
         filename*=UTF-8''{exact}-a-corriger.csv"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_named_after_their_files() {
        assert_eq!(
            attachment("données 2024.csv.gz"),
            "attachment; filename=\"donnees-2024-a-corriger.csv\"; \
             filename*=UTF-8''donn%C3%A9es%202024-a-corriger.csv"
        );
    }
}
