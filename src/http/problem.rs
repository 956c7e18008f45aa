//! Errors as problem documents (RFC 9457).

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use serde_json::{Value, json};

use crate::{
    atlas::{jobs::JobError, report, uploads::UploadError},
    domain::{Bilingual, PartnershipId},
    search::ParameterError,
};

/// A kind of problem: what all of its kind have in common.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Stable, kebab-case; `docs/imports.md` explains those of imports.
    code: &'static str,
    status: StatusCode,
    /// In French and in English.
    title: [&'static str; 2],
    /// What HTTP wants with such a status.
    header: Option<(&'static str, &'static str)>,
}

impl Kind {
    const fn new(code: &'static str, status: StatusCode, title: [&'static str; 2]) -> Self {
        Self { code, status, title, header: None }
    }

    /// The code, for programs.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The status of its answers.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What all of its kind have in common, in English.
    pub(crate) fn title(&self) -> &'static str {
        self.title[1]
    }

    /// What HTTP wants with such a status.
    pub(crate) fn header(&self) -> Option<(&'static str, &'static str)> {
        self.header
    }
}

/// Every kind, as the description of the API lists them.
pub(crate) static KINDS: [&Kind; 27] = [
    &INVALID_REQUEST,
    &INVALID_PARAMETER,
    &INVALID_BODY,
    &UNAUTHORIZED,
    &ROLE,
    &CROSS_ORIGIN,
    &NOT_FOUND,
    &METHOD_NOT_ALLOWED,
    &NOT_ACCEPTABLE,
    &TIMEOUT,
    &NOT_PLANNED,
    &NOT_PLANNABLE,
    &PLAN_CHANGED,
    &REJECTED_ROWS,
    &MASS_REMOVAL,
    &COMMITTED,
    &NOT_COMMITTED,
    &ALREADY_REVERTED,
    &CONFLICTS,
    &NO_FILE,
    &REMOVED,
    &TOO_LARGE,
    &URI_TOO_LONG,
    &UNSUPPORTED_MEDIA_TYPE,
    &INTERNAL,
    &UNAVAILABLE,
    &STORAGE_FULL,
];

pub(crate) static INVALID_REQUEST: Kind = Kind::new(
    "invalid-request",
    StatusCode::BAD_REQUEST,
    ["La requête n'est pas valable", "The request is not valid"],
);
pub(crate) static INVALID_PARAMETER: Kind = Kind::new(
    "invalid-parameter",
    StatusCode::BAD_REQUEST,
    ["Un paramètre n'est pas valable", "A parameter is not valid"],
);
pub(crate) static INVALID_BODY: Kind = Kind::new(
    "invalid-body",
    StatusCode::BAD_REQUEST,
    ["Le corps de la requête n'est pas valable", "The body of the request is not valid"],
);
pub(crate) static UNAUTHORIZED: Kind = Kind {
    header: Some(("WWW-Authenticate", "Bearer")),
    ..Kind::new(
        "unauthorized",
        StatusCode::UNAUTHORIZED,
        ["Un jeton valable est nécessaire", "A valid token is needed"],
    )
};
pub(crate) static ROLE: Kind = Kind::new(
    "role",
    StatusCode::FORBIDDEN,
    ["Ce jeton ne le permet pas", "This token does not allow it"],
);
pub(crate) static CROSS_ORIGIN: Kind = Kind::new(
    "cross-origin",
    StatusCode::FORBIDDEN,
    ["La requête vient d'un autre site", "The request comes from another site"],
);
pub(crate) static NOT_FOUND: Kind =
    Kind::new("not-found", StatusCode::NOT_FOUND, ["Introuvable", "Not found"]);
pub(crate) static METHOD_NOT_ALLOWED: Kind = Kind::new(
    "method-not-allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    ["Méthode impossible", "Method not allowed"],
);
pub(crate) static NOT_ACCEPTABLE: Kind = Kind::new(
    "not-acceptable",
    StatusCode::NOT_ACCEPTABLE,
    ["Aucun des formats demandés n'existe ici", "None of the formats asked for exists here"],
);
pub(crate) static URI_TOO_LONG: Kind = Kind::new(
    "uri-too-long",
    StatusCode::URI_TOO_LONG,
    ["L'adresse est trop longue", "The address is too long"],
);
pub(crate) static UNSUPPORTED_MEDIA_TYPE: Kind = Kind::new(
    "unsupported-media-type",
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ["Le corps n'est pas d'un format connu", "The body is of no known format"],
);
pub(crate) static TIMEOUT: Kind = Kind::new(
    "timeout",
    StatusCode::REQUEST_TIMEOUT,
    ["La requête n'arrive plus", "The request has stopped coming"],
);
pub(crate) static TOO_LARGE: Kind = Kind::new(
    "too-large",
    StatusCode::PAYLOAD_TOO_LARGE,
    ["Le fichier est trop grand", "The file is too large"],
);
pub(crate) static NOT_PLANNED: Kind = Kind::new(
    "not-planned",
    StatusCode::CONFLICT,
    ["Il n'y a pas de plan à valider", "There is no plan to be committed"],
);
pub(crate) static NOT_PLANNABLE: Kind = Kind::new(
    "not-plannable",
    StatusCode::CONFLICT,
    ["L'import ne peut pas être planifié maintenant", "The import cannot be planned now"],
);
pub(crate) static PLAN_CHANGED: Kind = Kind::new(
    "plan-changed",
    StatusCode::CONFLICT,
    ["Le plan n'est plus celui-là", "The plan is another one now"],
);
pub(crate) static REJECTED_ROWS: Kind = Kind::new(
    "rejected-rows",
    StatusCode::CONFLICT,
    ["Des lignes sont rejetées", "Rows are rejected"],
);
pub(crate) static MASS_REMOVAL: Kind = Kind::new(
    "mass-removal",
    StatusCode::CONFLICT,
    [
        "Plus d'un cinquième d'une source serait retiré",
        "More than a fifth of a source would be removed",
    ],
);
pub(crate) static COMMITTED: Kind = Kind::new(
    "committed",
    StatusCode::CONFLICT,
    ["L'import est déjà écrit", "The import is written already"],
);
pub(crate) static NOT_COMMITTED: Kind = Kind::new(
    "not-committed",
    StatusCode::CONFLICT,
    ["L'import n'a rien écrit", "The import has written nothing"],
);
pub(crate) static ALREADY_REVERTED: Kind = Kind::new(
    "already-reverted",
    StatusCode::CONFLICT,
    ["L'import est déjà défait", "The import is undone already"],
);
pub(crate) static CONFLICTS: Kind = Kind::new(
    "conflicts",
    StatusCode::CONFLICT,
    [
        "Des imports plus récents ont changé les mêmes enregistrements",
        "Later imports have changed the same records",
    ],
);
pub(crate) static NO_FILE: Kind = Kind::new(
    "no-file",
    StatusCode::GONE,
    ["Le fichier n'est plus gardé", "The file is not kept any more"],
);
pub(crate) static REMOVED: Kind = Kind::new(
    "removed",
    StatusCode::GONE,
    ["La fiche a été retirée du registre", "The record was removed from the register"],
);
pub(crate) static STORAGE_FULL: Kind = Kind::new(
    "storage-full",
    StatusCode::INSUFFICIENT_STORAGE,
    ["Le disque du serveur est plein", "The server's disk is full"],
);
pub(crate) static UNAVAILABLE: Kind = Kind {
    header: Some(("Retry-After", "10")),
    ..Kind::new(
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        ["Momentanément impossible", "Not possible at the moment"],
    )
};

pub(crate) static INTERNAL: Kind = Kind::new(
    "internal",
    StatusCode::INTERNAL_SERVER_ERROR,
    ["Erreur du serveur", "Fault of the server"],
);

/// What went wrong with a request, for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: &'static Kind,
    /// In English, and in French where there is one.
    detail: String,
    french: Option<String>,
    /// The parameters that are wrong, where some are.
    errors: Vec<ParameterError>,
    /// Records that stand against it, where some do.
    conflicts: Option<Box<Value>>,
}

impl Problem {
    /// A problem that is told in both languages.
    pub(crate) fn new(kind: &'static Kind, detail: Bilingual) -> Self {
        let Bilingual { fr, en } = detail;
        Self { kind, detail: en, french: Some(fr), errors: Vec::new(), conflicts: None }
    }

    /// The same, of texts that are always the same.
    pub(crate) fn of(kind: &'static Kind, french: &str, english: &str) -> Self {
        Self::new(kind, Bilingual { fr: french.to_owned(), en: english.to_owned() })
    }

    /// A parameter that cannot be used as it stands.
    pub(crate) fn parameter(error: ParameterError) -> Self {
        let detail = error.to_string();
        Self {
            kind: &INVALID_PARAMETER,
            detail,
            french: None,
            errors: vec![error],
            conflicts: None,
        }
    }

    /// Nothing is there.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Self {
            kind: &NOT_FOUND,
            detail: detail.into(),
            french: None,
            errors: Vec::new(),
            conflicts: None,
        }
    }

    /// There was such a partnership.
    pub(crate) fn removed(id: PartnershipId) -> Self {
        Self::new(
            &REMOVED,
            Bilingual {
                fr: format!(
                    "la fiche {id} a été retirée ; /api/partnerships/{id}/history raconte ce qu'elle était"
                ),
                en: format!("{id} was removed; /api/partnerships/{id}/history tells what it was"),
            },
        )
    }

    /// A fault of the program, which its log tells and the client does not need to know.
    pub(crate) fn internal(reason: &str) -> Self {
        tracing::error!("{reason}");
        Self::of(
            &INTERNAL,
            "Le serveur a commis une erreur, que son journal raconte.",
            "The server made an error, which its log tells.",
        )
    }

    /// There, but not for this method.
    pub(crate) fn method(method: &str) -> Self {
        Self::new(
            &METHOD_NOT_ALLOWED,
            Bilingual {
                fr: format!("{method} n'est pas possible à cette adresse"),
                en: format!("{method} is not possible at this address"),
            },
        )
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.kind.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The title in both languages.
    pub(crate) fn title(&self) -> Bilingual {
        let [fr, en] = self.kind.title;
        Bilingual { fr: fr.to_owned(), en: en.to_owned() }
    }

    /// Records that stand against it, where some do.
    pub(crate) fn conflicts(&self) -> Option<&Value> {
        self.conflicts.as_deref()
    }

    /// The detail in both languages; in French at least the title.
    pub(crate) fn message(&self) -> Bilingual {
        let french = self.french.as_deref().unwrap_or(self.kind.title[0]);
        Bilingual { fr: french.to_owned(), en: self.detail.clone() }
    }
}

impl From<ParameterError> for Problem {
    fn from(error: ParameterError) -> Self {
        Self::parameter(error)
    }
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        let kind = match &error {
            JobError::Parameter(error) => return Self::parameter(error.clone()),
            JobError::Unknown(_) => &NOT_FOUND,
            JobError::NotPlanned(..) => &NOT_PLANNED,
            JobError::NotPlannable(..) => &NOT_PLANNABLE,
            JobError::Committed(_) => &COMMITTED,
            JobError::NotCommitted(..) => &NOT_COMMITTED,
            JobError::AlreadyReverted(..) => &ALREADY_REVERTED,
            JobError::Conflicts(..) => &CONFLICTS,
            JobError::PlanChanged(_) => &PLAN_CHANGED,
            JobError::RejectedRows(_) => &REJECTED_ROWS,
            JobError::MassRemoval(_) => &MASS_REMOVAL,
            JobError::NoFile(_) | JobError::Upload(UploadError::Gone(_)) => &NO_FILE,
            JobError::Upload(UploadError::TooLarge(_)) => &TOO_LARGE,
            JobError::Upload(UploadError::Full(_)) => &STORAGE_FULL,
            JobError::Upload(UploadError::Folder { .. }) | JobError::Storage(_) => {
                tracing::warn!("{error}");
                &UNAVAILABLE
            }
        };
        let mut problem = Self::new(kind, error.message());
        if let JobError::Conflicts(_, conflicts) = &error {
            problem.conflicts = Some(Box::new(report::conflicts_json(conflicts)));
        }
        problem
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

impl Problem {
    /// The answer; of a fault of the program with the id of the request.
    pub(crate) fn answer(&self, request_id: Option<&str>) -> HttpResponse {
        let Kind { code, status, title: [_, title], header } = self.kind;
        let mut body = json!({
            "type": format!("about:blank#{code}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
            "code": code,
            "message": self.message(),
        });
        if let Some(id) = request_id {
            body["request_id"] = id.into();
        }
        if !self.errors.is_empty() {
            let error = |e: &ParameterError| json!({"parameter": e.name, "detail": e.reason});
            body["errors"] = self.errors.iter().map(error).collect();
        }
        if let Some(conflicts) = &self.conflicts {
            body["conflicts"] = Value::clone(conflicts);
        }
        let mut response = HttpResponse::build(*status);
        if let Some((name, value)) = header {
            response.insert_header((*name, *value));
        }
        response
            .insert_header(("Cache-Control", "no-store"))
            .content_type("application/problem+json")
            .body(body.to_string())
    }
}

/// An address of the API that does not exist.
pub(crate) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path: String = request.path().chars().take(200).collect();
    Err(Problem::missing(format!("there is nothing at {path}; /api lists what there is")))
}
