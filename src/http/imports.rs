//! Imports over HTTP: `docs/imports.md` describes them for users.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    State,
    auth::{self, ask},
    events,
    problem::{INVALID_BODY, Problem},
    upload,
};
use crate::{
    atlas::{
        Jobs,
        jobs::{Request, file_name},
        report,
    },
    domain::Role,
    search::ParameterError,
};

/// What may be said of a plan, columns and all.
const BODY_LIMIT: usize = 1 << 20;

/// `GET /api/imports`
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let imports = ask(&state, Jobs::list).await?;
    Ok(fresh(StatusCode::OK).json(json!({"imports": imports})))
}

/// `POST /api/imports`
pub(crate) async fn create(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::require(&request, &state, Role::Importer).await?;
    let mut asked = Asked::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        asked.set(&name, &value)?;
    }
    let upload::Received { incoming, file, fields } =
        upload::receive(&request, body, &state).await?;
    let Asked { request: wanted, file: named } = asked.with(&fields)?;
    let file = file_name(named.or(file).as_deref().unwrap_or_default());
    let import = ask(&state, move |jobs| {
        let id = jobs.submit(incoming, file, &wanted, caller.name)?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// What a query and a form ask for.
#[derive(Default)]
struct Asked {
    request: Request,
    file: Option<String>,
}

impl Asked {
    fn set(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        if name == "file" {
            self.file = Some(value.to_owned());
        } else if !self.request.set(name, value)? {
            return Err(ParameterError::new(name, "there is no such parameter here"));
        }
        Ok(())
    }

    fn with(mut self, fields: &[(String, String)]) -> Result<Self, ParameterError> {
        for (name, value) in fields {
            self.set(name, value)?;
        }
        Ok(self)
    }
}

/// `GET /api/imports/{id}`
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let id = number(&id)?;
    let import = ask(&state, move |jobs| jobs.get(id)).await?;
    Ok(fresh(StatusCode::OK).json(import))
}

/// `GET /api/imports/{id}/events`
pub(crate) async fn watch(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let id = number(&id)?;
    let first = ask(&state, move |jobs| jobs.watch(id)).await?;
    Ok(fresh(StatusCode::OK)
        .content_type("text/event-stream")
        // a packer, or a proxy that waits for more, would keep what is to be seen at once
        .insert_header(header::ContentEncoding::Identity)
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events::stream(id, first, state)))
}

/// `GET /api/imports/{id}/issues.csv`
pub(crate) async fn issues(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    let id = number(&id)?;
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

/// What is to be planned anew, and how; what is not named stays as it was.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct PlanBody {
    columns: Option<BTreeMap<String, String>>,
    mode: Option<String>,
    source: Option<String>,
    encoding: Option<String>,
    profile: Option<String>,
    valid_rows_only: Option<bool>,
}

/// `POST /api/imports/{id}/plan`
pub(crate) async fn plan(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Importer).await?;
    let id = number(&id)?;
    let PlanBody { columns, mode, source, encoding, profile, valid_rows_only } =
        json_body(body).await?;
    let import = ask(&state, move |jobs| {
        jobs.plan(id, |asked| {
            let texts = [("mode", mode), ("source", source)];
            let texts = texts.into_iter().chain([("encoding", encoding), ("profile", profile)]);
            for (name, value) in texts {
                if let Some(value) = value {
                    asked.set(name, &value)?;
                }
            }
            if let Some(columns) = columns {
                asked.set_columns(columns)?;
            }
            asked.valid_rows_only = valid_rows_only.unwrap_or(asked.valid_rows_only);
            Ok(())
        })?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// What is agreed to.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CommitBody {
    digest: Option<String>,
    valid_rows_only: Option<bool>,
    allow_mass_removal: Option<bool>,
}

/// `POST /api/imports/{id}/commit`
pub(crate) async fn commit(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Importer).await?;
    let id = number(&id)?;
    let CommitBody { digest, valid_rows_only, allow_mass_removal } = json_body(body).await?;
    let import = ask(&state, move |jobs| {
        jobs.commit(id, digest.as_deref(), |asked| {
            asked.valid_rows_only = valid_rows_only.unwrap_or(asked.valid_rows_only);
            asked.allow_mass_removal = allow_mass_removal.unwrap_or(asked.allow_mass_removal);
        })?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// `POST /api/imports/{id}/cancel`
pub(crate) async fn cancel(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Importer).await?;
    let id = number(&id)?;
    let import = ask(&state, move |jobs| {
        jobs.cancel(id)?;
        jobs.get(id)
    });
    Ok(fresh(StatusCode::OK).json(import.await?))
}

/// `POST /api/imports/{id}/revert?skip_conflicts=`
pub(crate) async fn revert(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::require(&request, &state, Role::Importer).await?;
    let id = number(&id)?;
    let mut skip_conflicts = false;
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match (&*name, &*value) {
            ("skip_conflicts", "" | "true" | "1") => skip_conflicts = true,
            ("skip_conflicts", "false" | "0") => skip_conflicts = false,
            ("skip_conflicts", _) => {
                return Err(ParameterError::new(&name, "true or false is expected").into());
            }
            _ => return Err(ParameterError::new(&name, "there is no such parameter here").into()),
        }
    }
    let import = ask(&state, move |jobs| jobs.revert(id, caller.name, skip_conflicts)).await?;
    Ok(fresh(StatusCode::OK).json(import))
}

/// The number of an import in an address.
pub(super) fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| {
        let id: String = id.chars().take(80).collect();
        Problem::missing(format!("there is no import “{id}”; /api/imports lists those there are"))
    })
}

/// A body in JSON, or none at all.
async fn json_body<T: DeserializeOwned + Default>(body: web::Payload) -> Result<T, Problem> {
    let invalid = |reason: &str| {
        Problem::of(
            &INVALID_BODY,
            &format!("Un objet JSON est attendu ({reason})."),
            &format!("A JSON object is expected ({reason})."),
        )
    };
    let read = body.to_bytes_limited(BODY_LIMIT).await;
    let read = read.map_err(|_| invalid("more than 1 MiB"))?;
    let bytes = read.map_err(|error| invalid(&error.to_string()))?;
    if bytes.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(&bytes).map_err(|error| invalid(&error.to_string()))
}

/// A response that is not to be kept.
fn fresh(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

fn accepted(import: &Value) -> HttpResponse {
    fresh(StatusCode::ACCEPTED)
        .insert_header((header::LOCATION, format!("/api/imports/{}", import["id"])))
        .json(import)
}
