//! Corrections that are made at once, and confirmations: `docs/contributing-data.md` describes them.
//! Those that somebody decides about are in [`proposals`].

pub mod proposals;

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    atlas::contributions::{
        ContributionError, Correction,
        correction::{Cells, columns},
        document::{checked_json, edited_json},
        edit::MAX_CONFIRMED,
    },
    domain::{Column, PartnershipId},
    http::{
        api::imports::fresh,
        openapi::responses::{Body, Conflict, Guarded, Unprocessable},
        web::{
            auth::{self, ask_of},
            problem::{INVALID_BODY, Problem, UNKNOWN_RECORD},
            state::State,
            upload,
        },
    },
};

/// What cells of a record are to say.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CorrectionBody {
    base: Option<i32>,
    cells: BTreeMap<String, String>,
    dry_run: bool,
}

/// Correct a partnership
///
/// Cells as an import has them, by the columns of the native CSV; the others stay. What is corrected is
/// confirmed: imports leave it alone until the changeset is reverted.
#[utoipa::path(
    patch,
    path = "/api/partnerships/{id}",
    tag = "contributions",
    operation_id = "correct",
    params(("id" = String, Path, description = "The id of the record.", example = "03h1o37rii3dkep7")),
    request_body(content = ref("#/components/schemas/CorrectionRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What was corrected, or would be.",
         body = ref("#/components/schemas/Corrected"), content_type = "application/json"),
        Body,
        Guarded,
        Conflict,
        Unprocessable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn edit(
    request: HttpRequest,
    record: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let CorrectionBody { base, cells, dry_run } = upload::json(&request, body).await?;
    let (id, correction) = (id(&record)?, Correction { base, cells: named(cells)? });
    let document = ask_of(&state.contributions, move |door| {
        if dry_run {
            Ok::<_, ContributionError>(checked_json(&door.check(id, &correction)?))
        } else {
            Ok(edited_json(&door.edit(id, &correction, &caller)?))
        }
    });
    Ok(fresh(StatusCode::OK).json(document.await?))
}

/// What is to be confirmed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct VerificationBody {
    records: Vec<String>,
}

/// Confirm partnerships
///
/// Each record is right as it is: it is verified today, and imports leave what it says alone until the
/// changeset is reverted.
#[utoipa::path(
    post,
    path = "/api/verifications",
    tag = "contributions",
    operation_id = "verify",
    request_body(content = ref("#/components/schemas/VerificationRequest"), content_type = "application/json"),
    responses(
        (status = 201, description = "They are confirmed; the changeset can be reverted as an import can.",
         body = ref("#/components/schemas/Verified"), content_type = "application/json"),
        Body,
        Guarded,
        Unprocessable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn verify(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let VerificationBody { records } = upload::json(&request, body).await?;
    if records.is_empty() || records.len() > MAX_CONFIRMED {
        let detail = [
            format!("1 à {MAX_CONFIRMED} fiches sont attendues dans « records »."),
            format!("1 to {MAX_CONFIRMED} records are expected in “records”."),
        ];
        return Err(Problem::new(&INVALID_BODY, detail));
    }
    let ids = records.iter().map(|text| id(text)).collect::<Result<Vec<_>, Problem>>()?;
    let count = ids.len();
    let verified = ask_of(&state.contributions, move |door| door.verify(&ids, &caller));
    let changeset = verified.await?;
    Ok(fresh(StatusCode::CREATED)
        .insert_header((header::LOCATION, format!("/api/imports/{changeset}")))
        .json(json!({"changeset": changeset, "records": count})))
}

/// Cells by the names of their columns.
fn named(cells: BTreeMap<String, String>) -> Result<Cells, Problem> {
    let column = |name: &str| {
        let column = Column::from_name(name);
        column.filter(|column| columns().any(|known| known == *column)).ok_or_else(|| {
            let name: String = name.chars().take(80).collect();
            let detail = [
                format!("« {name} » n’est pas une colonne que l’on corrige."),
                format!("“{name}” is no column that can be corrected."),
            ];
            Problem::new(&INVALID_BODY, detail)
        })
    };
    cells.into_iter().map(|(name, text)| Ok((column(&name)?, text))).collect()
}

/// An id that no record can have is as unknown as any other.
fn id(text: &str) -> Result<PartnershipId, Problem> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(80).collect();
        let detail = [
            format!("Aucune fiche n’a l’identifiant « {text} »."),
            format!("There is no record “{text}”."),
        ];
        Problem::new(&UNKNOWN_RECORD, detail)
    })
}
