//! Imports over HTTP: `docs/imports.md` describes them for users. What of their files goes back to
//! whoever gave them is in [`rows`].
//! long: a handler for each request about an import, with its description

pub mod rows;

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    atlas::{
        imports::{
            Jobs,
            jobs::{Request, SWITCH, Values, file_name},
        },
        register::revert::Revert,
    },
    domain::{Account, Capability},
    http::{
        openapi::{
            parameters::OfImports,
            responses::{Body, Conflict, Gone, Guarded, GuardedImport, Invalid, Upload},
        },
        web::{auth::ask, events, problem::Problem, sources, state::State, upload},
    },
    search::ParameterError,
};

/// List the imports
///
/// Newest first, each with its state and counts; those of one source for whoever imports that source
/// alone.
#[utoipa::path(
    get,
    path = "/api/imports",
    tag = "imports",
    operation_id = "imports",
    responses(
        (status = 200, description = "The imports, newest first.",
         body = ref("#/components/schemas/Imports"), content_type = "application/json"),
        Guarded,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = sources::require_some(&request, &state, Capability::ReadPrivate).await?;
    let mut imports = ask(&state, Jobs::list).await?;
    imports.retain(|import| sources::may(&caller, Capability::ReadPrivate, import));
    Ok(fresh(StatusCode::OK).json(json!({"imports": imports})))
}

/// Create an import from a file
///
/// The body is the file as it is (CSV, gzip, zip, `.xlsx`, `.ods`), or a form with it.
#[utoipa::path(
    post,
    path = "/api/imports",
    tag = "imports",
    operation_id = "import",
    request_body(description = "The file.", content(
        (ref("#/components/schemas/File") = "text/csv"), (ref("#/components/schemas/File") = "application/octet-stream"),
        (ref("#/components/schemas/UploadForm") = "multipart/form-data"))),
    params(OfImports),
    responses(
        (status = 202, description = "The import has begun.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        Invalid,
        Guarded,
        Upload,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn create(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = sources::require_some(&request, &state, Capability::Import).await?;
    let mut asked = ImportParams::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        asked.set(&name, &value)?;
    }
    let upload::Received { incoming, file, fields } =
        upload::receive(&request, body, &state).await?;
    let ImportParams { request: mut wanted, file: named } = asked.with(&fields)?;
    wanted.only_source = sources::bound(&caller, wanted.source.as_deref())?;
    let file = file_name(named.or(file).as_deref().unwrap_or_default());
    let import = ask(&state, move |jobs| {
        let id = jobs.submit(incoming, file, &wanted, caller.name)?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// What a query and a form ask for.
#[derive(Default)]
struct ImportParams {
    request: Request,
    file: Option<String>,
}

impl ImportParams {
    fn set(&mut self, name: &str, value: &str) -> Result<(), ParameterError> {
        if name == "file" {
            self.file = Some(value.to_owned());
        } else if !self.request.set(name, value)? {
            return Err(ParameterError::unknown(name));
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

/// Get an import
///
/// Its state, plan, counts and issues.
#[utoipa::path(
    get,
    path = "/api/imports/{id}",
    tag = "imports",
    operation_id = "importStatus",
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 200, description = "The import.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        GuardedImport,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = number(&id)?;
    sources::require(&request, &state, (Capability::ReadPrivate, id)).await?;
    let import = ask(&state, move |jobs| jobs.get(id)).await?;
    Ok(fresh(StatusCode::OK).json(import))
}

/// Watch an import as server-sent events
///
/// Sends the document of the import whenever it changes, until it waits for somebody or has ended.
#[utoipa::path(
    get,
    path = "/api/imports/{id}/events",
    tag = "imports",
    operation_id = "importEvents",
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 200, description = "Events until the last one, `end`.", body = ref("#/components/schemas/ImportEvent"), content_type = "text/event-stream"),
        GuardedImport,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn watch(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = number(&id)?;
    sources::require(&request, &state, (Capability::ReadPrivate, id)).await?;
    let first = ask(&state, move |jobs| jobs.watch(id)).await?;
    Ok(fresh(StatusCode::OK)
        .content_type("text/event-stream")
        // a packer, or a proxy that waits for more, would keep what is to be seen at once
        .insert_header(header::ContentEncoding::Identity)
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events::stream(id, first, state)))
}

/// What is to be planned anew, and how; what is not named stays as it was.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct PlanBody {
    columns: Option<BTreeMap<String, String>>,
    values: Option<Values>,
    mode: Option<String>,
    source: Option<String>,
    encoding: Option<String>,
    profile: Option<String>,
    sheet: Option<String>,
    valid_rows_only: Option<bool>,
}

/// Plan an import again with other reading options
///
/// Reads the same file again and makes a new plan; nothing is written.
#[utoipa::path(
    post,
    path = "/api/imports/{id}/plan",
    tag = "imports",
    operation_id = "planImport",
    request_body(content = ref("#/components/schemas/PlanRequest"), content_type = "application/json"),
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 202, description = "Planning has started.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        GuardedImport,
        Body,
        Conflict,
        Gone,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn plan(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, _) = known(&request, &state, &id).await?;
    let PlanBody { columns, values, mode, source, encoding, profile, sheet, valid_rows_only } =
        upload::json(&request, body).await?;
    let import = ask(&state, move |jobs| {
        jobs.plan(id, |asked| {
            let texts = [("mode", mode), ("source", source)];
            let texts = texts.into_iter().chain([
                ("encoding", encoding),
                ("profile", profile),
                ("sheet", sheet),
            ]);
            for (name, value) in texts {
                if let Some(value) = value {
                    asked.set(name, &value)?;
                }
            }
            if let Some(columns) = columns {
                asked.set_columns(columns)?;
            }
            if let Some(values) = values {
                asked.set_values(values)?;
            }
            asked.valid_rows_only = valid_rows_only.unwrap_or(asked.valid_rows_only);
            Ok(())
        })?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// What is committed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CommitBody {
    digest: Option<String>,
    valid_rows_only: Option<bool>,
    allow_mass_removal: Option<bool>,
}

/// Commit the planned import
///
/// Writes exactly the plan that was shown, in one transaction. 409 where the data has changed since.
#[utoipa::path(
    post,
    path = "/api/imports/{id}/commit",
    tag = "imports",
    operation_id = "commitImport",
    request_body(content = ref("#/components/schemas/CommitRequest"), content_type = "application/json"),
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 202, description = "Committing has started.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        GuardedImport,
        Body,
        Conflict,
        Gone,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn commit(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, _) = known(&request, &state, &id).await?;
    let CommitBody { digest, valid_rows_only, allow_mass_removal } =
        upload::json(&request, body).await?;
    let import = ask(&state, move |jobs| {
        jobs.commit(id, digest.as_deref(), |asked| {
            asked.valid_rows_only = valid_rows_only.unwrap_or(asked.valid_rows_only);
            asked.allow_mass_removal = allow_mass_removal.unwrap_or(asked.allow_mass_removal);
        })?;
        jobs.get(id)
    });
    Ok(accepted(&import.await?))
}

/// Cancel an import
///
/// Drops the plan, or stops the reading; nothing is written.
#[utoipa::path(
    post,
    path = "/api/imports/{id}/cancel",
    tag = "imports",
    operation_id = "cancelImport",
    params(("id" = i64, Path, description = "The number of the import.", example = 1)),
    responses(
        (status = 200, description = "The import is cancelled.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        GuardedImport,
        Conflict,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn cancel(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, _) = known(&request, &state, &id).await?;
    let import = ask(&state, move |jobs| {
        jobs.cancel(id)?;
        jobs.get(id)
    });
    Ok(fresh(StatusCode::OK).json(import.await?))
}

/// Revert a committed import
///
/// The revert is a new import.
#[utoipa::path(
    post,
    path = "/api/imports/{id}/revert",
    tag = "imports",
    operation_id = "revertImport",
    params(("id" = i64, Path, description = "The number of the import.", example = 1), ("skip_conflicts" = Option<bool>, Query, description = "Skip the records that later imports changed.")),
    responses(
        (status = 200, description = "The revert has started.",
         body = ref("#/components/schemas/Import"), content_type = "application/json"),
        GuardedImport,
        Invalid,
        Conflict,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn revert(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, caller) = known(&request, &state, &id).await?;
    let mut skip_conflicts = false;
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match (&*name, &*value) {
            ("skip_conflicts", "" | "true" | "1") => skip_conflicts = true,
            ("skip_conflicts", "false" | "0") => skip_conflicts = false,
            ("skip_conflicts", _) => {
                return Err(ParameterError::new(&name, SWITCH).into());
            }
            _ => return Err(ParameterError::unknown(&name).into()),
        }
    }
    let wanted = Revert { changeset: id, actor: caller.name, skip_conflicts };
    let import = ask(&state, move |jobs| jobs.revert(&wanted)).await?;
    Ok(fresh(StatusCode::OK).json(import))
}

/// The number of an import in an address, and whoever may change it.
async fn known(request: &HttpRequest, state: &State, id: &str) -> Result<(i64, Account), Problem> {
    // whoever may not is told so before whether there is such an import
    sources::require_some(request, state, Capability::Import).await?;
    let id = number(id)?;
    Ok((id, sources::require(request, state, (Capability::Import, id)).await?))
}

/// The number of an import in an address.
pub(crate) fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| {
        let id: String = id.chars().take(80).collect();
        Problem::missing([
            format!("il n'y a pas d'import « {id} » ; /api/imports énumère ceux qu'il y a"),
            format!("there is no import “{id}”; /api/imports lists the imports"),
        ])
    })
}

/// A response that is not to be kept.
pub(crate) fn fresh(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

fn accepted(import: &Value) -> HttpResponse {
    fresh(StatusCode::ACCEPTED)
        .insert_header((header::LOCATION, format!("/api/imports/{}", import["id"])))
        .json(import)
}
