//! Errors as problem documents (RFC 9457).

mod kinds;

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use serde_json::{Value, json};

pub(crate) use kinds::*;

use crate::{
    atlas::{
        accounts::{AccountsError, LinkError, memberships::MembershipError},
        contributions::{ContributionError, document::collisions_json},
        imports::{jobs::JobError, report::issue_json, uploads::UploadError},
        register::{RegisterError, decide::DecideError, document::conflicts_json},
    },
    domain::{Bilingual, PartnershipId},
    search::ParameterError,
};

/// What went wrong with a request, for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: &'static ProblemKind,
    detail: Bilingual,
    /// The parameters that are wrong, where some are.
    errors: Vec<ParameterError>,
    /// Records that stand against it, where some do.
    conflicts: Option<Box<Value>>,
    /// What stands against values, or who has changed them, where it is that.
    member: Option<(&'static str, Box<Value>)>,
}

impl Problem {
    /// A problem, in French and English.
    pub(crate) fn new(kind: &'static ProblemKind, detail: impl Into<Bilingual>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), conflicts: None, member: None }
    }

    /// A parameter that cannot be used as it stands.
    pub(crate) fn parameter(error: ParameterError) -> Self {
        let detail = error.message();
        Self { errors: vec![error], ..Self::new(&INVALID_PARAMETER, detail) }
    }

    /// Nothing is there.
    pub(crate) fn missing(detail: impl Into<Bilingual>) -> Self {
        Self::new(&NOT_FOUND, detail)
    }

    /// There was such a partnership.
    pub(crate) fn removed(id: PartnershipId) -> Self {
        Self::new(
            &REMOVED,
            [
                format!(
                    "la fiche {id} a été retirée ; /api/partnerships/{id}/history raconte ce qu'elle était"
                ),
                format!("{id} was removed; /api/partnerships/{id}/history has its versions"),
            ],
        )
    }

    /// A fault of the program, which its log tells and the client does not need to know.
    pub(crate) fn internal(reason: &str) -> Self {
        tracing::error!("{reason}");
        Self::new(
            &INTERNAL,
            [
                "Le serveur a commis une erreur, que son journal raconte.",
                "The server failed; its log has the details.",
            ],
        )
    }

    /// There, but not for this method.
    pub(crate) fn method(method: &str) -> Self {
        Self::new(
            &METHOD_NOT_ALLOWED,
            [
                format!("{method} n'est pas possible à cette adresse"),
                format!("{method} is not allowed at this address"),
            ],
        )
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.kind.status
    }

    /// The title in both languages.
    pub(crate) fn title(&self) -> Bilingual {
        self.kind.title.into()
    }

    /// Records that stand against it, where some do.
    pub(crate) fn conflicts(&self) -> Option<&Value> {
        self.conflicts.as_deref()
    }

    /// The detail in both languages.
    pub(crate) fn message(&self) -> &Bilingual {
        &self.detail
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
            problem.conflicts = Some(Box::new(conflicts_json(conflicts)));
        }
        problem
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        tracing::warn!("{error}");
        Self::new(&UNAVAILABLE, error.message())
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        let kind = match &error {
            DecideError::Unknown(_) => &UNKNOWN_RECORD,
            DecideError::TooFew | DecideError::TooMany => &INVALID_BODY,
            DecideError::SamePartnership(..) => &SAME_PARTNERSHIP,
            DecideError::SameSource { .. } => &SAME_SOURCE,
            DecideError::Alone(_) => &NOT_MERGED,
            DecideError::AlreadyApart(..) => &ALREADY_APART,
            DecideError::Moved | DecideError::Storage(_) => {
                tracing::warn!("{error}");
                &UNAVAILABLE
            }
        };
        Self::new(kind, error.message())
    }
}

impl From<ContributionError> for Problem {
    fn from(error: ContributionError) -> Self {
        let kind = match &error {
            ContributionError::UnknownRecord(_) => &UNKNOWN_RECORD,
            ContributionError::UnknownProposal => &NOT_FOUND,
            ContributionError::NotAllowed(_) => &ROLE,
            ContributionError::Invalid(_)
            | ContributionError::UnknownRevision(_)
            | ContributionError::TooLong
            | ContributionError::Incomplete(_)
            | ContributionError::Unreadable(_) => &INVALID_VALUES,
            ContributionError::Collides(_) => &COLLIDES,
            ContributionError::NothingChanged => &NOTHING_CHANGED,
            ContributionError::NotOpen(_) => &PROPOSAL_CLOSED,
            ContributionError::SecondPerson => &SECOND_PERSON,
            ContributionError::TooMany => &TOO_MANY,
            ContributionError::Exists(_) => &EXISTS,
            ContributionError::Random(_) | ContributionError::Storage(_) => {
                tracing::warn!("{error}");
                &UNAVAILABLE
            }
        };
        let mut problem = Self::new(kind, error.message());
        problem.member = match &error {
            ContributionError::Invalid(issues) => {
                Some(("issues", Box::new(issues.iter().map(issue_json).collect())))
            }
            ContributionError::Collides(all) => {
                Some(("collisions", Box::new(collisions_json(all))))
            }
            _ => None,
        };
        problem
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        tracing::warn!("{error}");
        Self::new(&UNAVAILABLE, error.message())
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Accounts(error) => error.into(),
            LinkError::Gone => Self::new(
                &LINK_GONE,
                [
                    "Un lien sert une fois, pendant un quart d'heure. Demandez-en un autre.",
                    "A link works once, for a quarter of an hour. Ask for another one.",
                ],
            ),
            LinkError::Name => Self::new(
                &INVALID_BODY,
                [
                    "Votre nom est attendu (« name ») : 1 à 80 lettres, sans @, car il est public.",
                    "Your name is expected (“name”): 1 to 80 letters, without @, for it is public.",
                ],
            ),
            LinkError::NameTaken => Self::new(
                &NAME_TAKEN,
                [
                    "Un autre compte a ce nom : ajoutez par exemple votre service ou votre ville.",
                    "Another account has this name: add, for example, your office or your town.",
                ],
            ),
        }
    }
}

impl From<MembershipError> for Problem {
    fn from(error: MembershipError) -> Self {
        let invalid = |fr: String, en: String| Self::new(&INVALID_BODY, [fr, en]);
        match error {
            MembershipError::Accounts(error) => error.into(),
            MembershipError::Scope => invalid(
                "On parle pour une collectivité (« authority:35238 ») ou un pays (« country:ML ») qui existe.".into(),
                "A membership is of an authority (“authority:35238”) or a country (“country:ML”) that there is.".into(),
            ),
            MembershipError::Field(field) => invalid(
                format!("Le champ « {field} » manque, est trop long ou ne convient pas."),
                format!("The field “{field}” is missing, too long or not valid."),
            ),
            MembershipError::NoPerson => Self::new(
                &ROLE,
                [
                    "Un jeton ne parle pour personne : connectez-vous par un lien.",
                    "A token speaks for nobody: sign in by a link.",
                ],
            ),
            MembershipError::NotAllowed => Self::new(
                &ROLE,
                ["C'est à d'autres d'en décider.", "This is for others to decide."],
            ),
            MembershipError::Taken => Self::new(
                &MEMBERSHIP_EXISTS,
                [
                    "Elle attend une réponse, ou elle est déjà acceptée.",
                    "It waits for an answer, or was accepted.",
                ],
            ),
            MembershipError::Unknown => Self::missing([
                "il n'y a pas de telle demande ; /api/memberships énumère celles que vous pouvez voir",
                "there is no such membership; /api/memberships lists those that you may see",
            ]),
            MembershipError::State(state) => Self::new(
                &MEMBERSHIP_STATE,
                [
                    format!("Elle est déjà « {} ».", state.code()),
                    format!("It is “{}” already.", state.code()),
                ],
            ),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail.en)
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
        let ProblemKind { code, status, title: [_, title], header } = self.kind;
        let mut body = json!({
            "type": format!("about:blank#{code}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail.en,
            "code": code,
            "message": self.message(),
        });
        if let Some(id) = request_id {
            body["request_id"] = id.into();
        }
        if !self.errors.is_empty() {
            let error = |e: &ParameterError| json!({"parameter": e.name, "detail": e.reason.en, "message": e.reason});
            body["errors"] = self.errors.iter().map(error).collect();
        }
        if let Some(conflicts) = &self.conflicts {
            body["conflicts"] = Value::clone(conflicts);
        }
        if let Some((name, value)) = &self.member {
            body[*name] = Value::clone(value);
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
    Err(Problem::missing([
        format!("il n'y a rien à {path} ; /api énumère ce qu'il y a"),
        format!("there is nothing at {path}; /api lists what there is"),
    ]))
}
