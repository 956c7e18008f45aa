//! What of the file of an import goes back to whoever gave it.

use std::io::Read;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use bytes::Bytes;
use futures_util::stream;

use crate::{
    atlas::imports::{issue_rows::WantedRows, jobs::Annotated, report},
    domain::{Capability, Language, Severity},
    http::{
        api::imports::{fresh, number},
        openapi::responses::{Gone, GuardedImport, Invalid},
        web::{auth::ask, problem::Problem, sources, state::State},
    },
    search::ParameterError,
};

/// Rows of one page, without and with a word about it.
const DEFAULT_ROWS: usize = 100;
const MAX_ROWS: i64 = 1_000;
/// What is read of an annotated copy at once.
const PIECE: usize = 64 * 1024;

/// List the issues of an import as CSV
///
/// A line for each: severity, code, line and column of the file, value, message and suggestion.
#[utoipa::path(
    get,
    path = "/api/imports/{id}/issues.csv",
    tag = "imports",
    operation_id = "importIssues",
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 200, description = "A row for each issue.", body = String, content_type = "text/csv; charset=utf-8; header=present",
         headers(("Content-Disposition" = String))),
        GuardedImport,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn issues(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = number(&id)?;
    sources::require(&request, &state, (Capability::ReadPrivate, id)).await?;
    let issues = ask(&state, move |jobs| jobs.issues(id)).await?;
    let mut table = Vec::new();
    report::write_issues(&issues, &mut table)
        .map_err(|error| Problem::internal(&error.to_string()))?;
    let name = format!("attachment; filename=\"import-{id}-issues.csv\"");
    Ok(fresh(StatusCode::OK)
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(table))
}

/// List the rows with issues
///
/// The rows of the file in which there is an error or a warning, with their cells and issues.
#[utoipa::path(
    get,
    path = "/api/imports/{id}/rows",
    tag = "imports",
    operation_id = "importRows",
    params(("id" = i64, Path, description = "The number of the import.", example = 1), ("severity" = Option<String>, Query, description = "`error` or `warning`: rows that have such an issue.", pattern = "^(error|warning)$"), ("after" = Option<u64>, Query, description = "Rows that begin below this line of the file."), ("limit" = Option<u64>, Query, description = "Maximum number of rows.", minimum = 1)),
    responses(
        (status = 200, description = "The rows.",
         body = ref("#/components/schemas/IssueRows"), content_type = "application/json"),
        GuardedImport,
        Invalid,
        Gone,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn issue_page(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = number(&id)?;
    sources::require(&request, &state, (Capability::ReadPrivate, id)).await?;
    let mut wanted = WantedRows { severity: None, after: 0, limit: DEFAULT_ROWS };
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let wrong = |reason: [&str; 2]| Err(ParameterError::new(&name, reason));
        match &*name {
            "severity" => match &*value {
                "error" => wanted.severity = Some(Severity::Error),
                "warning" => wanted.severity = Some(Severity::Warning),
                _ => {
                    return Ok(wrong([
                        "error ou warning est attendu",
                        "error or warning is expected",
                    ])?);
                }
            },
            "after" => match value.parse() {
                Ok(line) => wanted.after = line,
                Err(_) => {
                    return Ok(wrong([
                        "le numéro d'une ligne est attendu",
                        "the number of a line is expected",
                    ])?);
                }
            },
            "limit" => match value.parse::<i64>() {
                Ok(limit) if limit > 0 => wanted.limit = limit.min(MAX_ROWS) as usize,
                _ => {
                    return Ok(wrong([
                        "un nombre entier de 1 à 1000 est attendu",
                        "a whole number from 1 to 1000 is expected",
                    ])?);
                }
            },
            _ => return Err(ParameterError::unknown(&name).into()),
        }
    }
    let page = ask(&state, move |jobs| jobs.issue_rows(id, wanted)).await?;
    Ok(fresh(StatusCode::OK).json(page.to_json()))
}

/// Get the rejected rows as a file to correct
///
/// As they came, in the columns and the encoding of a table: correct them and import them alone.
#[utoipa::path(
    get,
    path = "/api/imports/{id}/rejected",
    tag = "imports",
    operation_id = "rejectedRows",
    params(("id" = i64, Path, description = "The number of the import.", example = 1), ("lang" = Option<String>, Query, description = "Language of the messages: `fr` or `en`.", pattern = "^(fr|en)$")),
    responses(
        (status = 200, description = "The rows, in the columns and the encoding of the file.", body = String, content_type = "text/csv",
         headers(("Content-Disposition" = String))),
        GuardedImport,
        Invalid,
        Gone,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn rejected(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = number(&id)?;
    sources::require(&request, &state, (Capability::ReadPrivate, id)).await?;
    let mut language = Language::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let wrong = |reason: [&str; 2]| Err(ParameterError::new(&name, reason));
        match &*name {
            "lang" => match value.parse() {
                Ok(wanted) => language = wanted,
                Err(()) => return Ok(wrong(["fr ou en est attendu", "fr or en is expected"])?),
            },
            _ => return Err(ParameterError::unknown(&name).into()),
        }
    }
    let annotated = ask(&state, move |jobs| jobs.annotated(id, language)).await?;
    let Annotated { copy, file, encoding } = annotated;
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
        .insert_header((header::CONTENT_DISPOSITION, attachment(&file)))
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
