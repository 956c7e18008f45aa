//! Every kind of problem.

use actix_web::http::StatusCode;

/// A kind of problem: what all of its kind have in common.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProblemKind {
    /// Stable, kebab-case; `docs/imports.md` explains those of imports.
    pub(crate) code: &'static str,
    pub(crate) status: StatusCode,
    /// In French and in English.
    pub(crate) title: [&'static str; 2],
    /// What HTTP wants with such a status.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

impl ProblemKind {
    pub(crate) const fn new(
        code: &'static str,
        status: StatusCode,
        title: [&'static str; 2],
    ) -> Self {
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
pub(crate) static KINDS: [&ProblemKind; 47] = [
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
    &SAME_PARTNERSHIP,
    &SAME_SOURCE,
    &NOT_MERGED,
    &ALREADY_APART,
    &COLLIDES,
    &NOTHING_CHANGED,
    &PROPOSAL_CLOSED,
    &SECOND_PERSON,
    &EXISTS,
    &NO_FILE,
    &REMOVED,
    &TOO_LARGE,
    &URI_TOO_LONG,
    &UNSUPPORTED_MEDIA_TYPE,
    &UNKNOWN_RECORD,
    &INVALID_VALUES,
    &TOO_MANY,
    &INTERNAL,
    &UNAVAILABLE,
    &RANGE,
    &COPY_ANEW,
    &STORAGE_FULL,
    &TOO_MANY_ATTEMPTS,
    &TOO_MANY_REQUESTS,
    &LINK_GONE,
    &NAME_TAKEN,
    &MEMBERSHIP_EXISTS,
    &MEMBERSHIP_STATE,
];

pub(crate) static INVALID_REQUEST: ProblemKind = ProblemKind::new(
    "invalid-request",
    StatusCode::BAD_REQUEST,
    ["La requête n'est pas valable", "The request is not valid"],
);
pub(crate) static INVALID_PARAMETER: ProblemKind = ProblemKind::new(
    "invalid-parameter",
    StatusCode::BAD_REQUEST,
    ["Un paramètre n'est pas valable", "A parameter is not valid"],
);
pub(crate) static INVALID_BODY: ProblemKind = ProblemKind::new(
    "invalid-body",
    StatusCode::BAD_REQUEST,
    ["Le corps de la requête n'est pas valable", "The body of the request is not valid"],
);
pub(crate) static UNAUTHORIZED: ProblemKind = ProblemKind {
    header: Some(("WWW-Authenticate", "Bearer")),
    ..ProblemKind::new(
        "unauthorized",
        StatusCode::UNAUTHORIZED,
        ["Un jeton valable est nécessaire", "A valid token is needed"],
    )
};
pub(crate) static ROLE: ProblemKind = ProblemKind::new(
    "role",
    StatusCode::FORBIDDEN,
    ["Vos droits ne le permettent pas", "Your rights do not allow it"],
);
pub(crate) static CROSS_ORIGIN: ProblemKind = ProblemKind::new(
    "cross-origin",
    StatusCode::FORBIDDEN,
    ["La requête vient d'un autre site", "The request comes from another site"],
);
pub(crate) static NOT_FOUND: ProblemKind =
    ProblemKind::new("not-found", StatusCode::NOT_FOUND, ["Introuvable", "Not found"]);
pub(crate) static METHOD_NOT_ALLOWED: ProblemKind = ProblemKind::new(
    "method-not-allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    ["Méthode impossible", "Method not allowed"],
);
pub(crate) static NOT_ACCEPTABLE: ProblemKind = ProblemKind::new(
    "not-acceptable",
    StatusCode::NOT_ACCEPTABLE,
    ["Aucun des formats demandés n'existe ici", "None of the requested formats is available"],
);
pub(crate) static URI_TOO_LONG: ProblemKind = ProblemKind::new(
    "uri-too-long",
    StatusCode::URI_TOO_LONG,
    ["L'adresse est trop longue", "The address is too long"],
);
pub(crate) static UNSUPPORTED_MEDIA_TYPE: ProblemKind = ProblemKind::new(
    "unsupported-media-type",
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ["Le corps n'est pas d'un format connu", "The format of the body is not supported"],
);
pub(crate) static TIMEOUT: ProblemKind = ProblemKind::new(
    "timeout",
    StatusCode::REQUEST_TIMEOUT,
    ["La requête n'arrive plus", "The request timed out"],
);
pub(crate) static TOO_LARGE: ProblemKind = ProblemKind::new(
    "too-large",
    StatusCode::PAYLOAD_TOO_LARGE,
    ["Le fichier est trop grand", "The file is too large"],
);
pub(crate) static NOT_PLANNED: ProblemKind = ProblemKind::new(
    "not-planned",
    StatusCode::CONFLICT,
    ["Il n'y a pas de plan à valider", "There is no plan to commit"],
);
pub(crate) static NOT_PLANNABLE: ProblemKind = ProblemKind::new(
    "not-plannable",
    StatusCode::CONFLICT,
    ["L'import ne peut pas être planifié maintenant", "The import cannot be planned now"],
);
pub(crate) static PLAN_CHANGED: ProblemKind = ProblemKind::new(
    "plan-changed",
    StatusCode::CONFLICT,
    ["Le plan n'est plus celui-là", "The plan has changed"],
);
pub(crate) static REJECTED_ROWS: ProblemKind = ProblemKind::new(
    "rejected-rows",
    StatusCode::CONFLICT,
    ["Des lignes sont rejetées", "Rows are rejected"],
);
pub(crate) static MASS_REMOVAL: ProblemKind = ProblemKind::new(
    "mass-removal",
    StatusCode::CONFLICT,
    [
        "Plus d'un cinquième d'une source serait retiré",
        "More than a fifth of a source would be removed",
    ],
);
pub(crate) static COMMITTED: ProblemKind = ProblemKind::new(
    "committed",
    StatusCode::CONFLICT,
    ["L'import est déjà écrit", "The import is already committed"],
);
pub(crate) static NOT_COMMITTED: ProblemKind = ProblemKind::new(
    "not-committed",
    StatusCode::CONFLICT,
    ["L'import n'a rien écrit", "The import was not committed"],
);
pub(crate) static ALREADY_REVERTED: ProblemKind = ProblemKind::new(
    "already-reverted",
    StatusCode::CONFLICT,
    ["L'import est déjà défait", "The import is already reverted"],
);
pub(crate) static CONFLICTS: ProblemKind = ProblemKind::new(
    "conflicts",
    StatusCode::CONFLICT,
    [
        "Des imports plus récents ont changé les mêmes enregistrements",
        "Later imports have changed the same records",
    ],
);
pub(crate) static SAME_PARTNERSHIP: ProblemKind = ProblemKind::new(
    "same-partnership",
    StatusCode::CONFLICT,
    ["Ces fiches sont déjà un seul partenariat", "The records are one partnership already"],
);
pub(crate) static SAME_SOURCE: ProblemKind = ProblemKind::new(
    "same-source",
    StatusCode::CONFLICT,
    [
        "Un partenariat n'a qu'une fiche de chaque source",
        "A partnership has one record of each source",
    ],
);
pub(crate) static NOT_MERGED: ProblemKind = ProblemKind::new(
    "not-merged",
    StatusCode::CONFLICT,
    ["La fiche est seule dans son partenariat", "The record is alone in its partnership"],
);
pub(crate) static ALREADY_APART: ProblemKind = ProblemKind::new(
    "already-apart",
    StatusCode::CONFLICT,
    ["Ces fiches sont déjà distinguées", "The records are told apart already"],
);
pub(crate) static COLLIDES: ProblemKind = ProblemKind::new(
    "collides",
    StatusCode::CONFLICT,
    ["La fiche a changé entre-temps", "The record was changed in between"],
);
pub(crate) static NOTHING_CHANGED: ProblemKind = ProblemKind::new(
    "nothing-changed",
    StatusCode::CONFLICT,
    ["La fiche le dit déjà", "The record says so already"],
);
pub(crate) static PROPOSAL_CLOSED: ProblemKind = ProblemKind::new(
    "proposal-closed",
    StatusCode::CONFLICT,
    ["La proposition a déjà sa réponse", "The proposal has been answered"],
);
pub(crate) static SECOND_PERSON: ProblemKind = ProblemKind::new(
    "second-person",
    StatusCode::CONFLICT,
    ["Une autre personne doit en décider", "Somebody else has to decide"],
);
pub(crate) static EXISTS: ProblemKind = ProblemKind::new(
    "exists",
    StatusCode::CONFLICT,
    ["La fiche existe déjà", "The record exists already"],
);
pub(crate) static INVALID_VALUES: ProblemKind = ProblemKind::new(
    "invalid-values",
    StatusCode::UNPROCESSABLE_ENTITY,
    ["Des valeurs ne peuvent pas être prises", "Values cannot be taken"],
);
pub(crate) static TOO_MANY: ProblemKind = ProblemKind::new(
    "too-many-proposals",
    StatusCode::TOO_MANY_REQUESTS,
    ["Trop de propositions attendent", "Too many proposals wait"],
);
pub(crate) static UNKNOWN_RECORD: ProblemKind = ProblemKind::new(
    "unknown-record",
    StatusCode::UNPROCESSABLE_ENTITY,
    ["Aucune fiche n'a cet identifiant", "No record has this id"],
);
pub(crate) static NO_FILE: ProblemKind = ProblemKind::new(
    "no-file",
    StatusCode::GONE,
    ["Le fichier n'est plus gardé", "The file is no longer stored"],
);
pub(crate) static REMOVED: ProblemKind = ProblemKind::new(
    "removed",
    StatusCode::GONE,
    ["La fiche a été retirée du registre", "The record was removed from the register"],
);
pub(crate) static RANGE: ProblemKind = ProblemKind::new(
    "range-not-satisfiable",
    StatusCode::RANGE_NOT_SATISFIABLE,
    ["Le fichier n'a pas cette partie", "The file does not have that part"],
);
pub(crate) static COPY_ANEW: ProblemKind = ProblemKind::new(
    "copy-anew",
    StatusCode::GONE,
    ["Les changements ne remontent pas si loin", "The changes do not go back so far"],
);
pub(crate) static STORAGE_FULL: ProblemKind = ProblemKind::new(
    "storage-full",
    StatusCode::INSUFFICIENT_STORAGE,
    ["Le disque du serveur est plein", "The server's disk is full"],
);
pub(crate) static UNAVAILABLE: ProblemKind = ProblemKind {
    header: Some(("Retry-After", "10")),
    ..ProblemKind::new(
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        ["Momentanément impossible", "Temporarily unavailable"],
    )
};

pub(crate) static TOO_MANY_ATTEMPTS: ProblemKind = ProblemKind {
    header: Some(("Retry-After", "300")),
    ..ProblemKind::new(
        "too-many-attempts",
        StatusCode::TOO_MANY_REQUESTS,
        ["Trop d'essais", "Too many attempts"],
    )
};
pub(crate) static TOO_MANY_REQUESTS: ProblemKind = ProblemKind {
    header: Some(("Retry-After", "1")),
    ..ProblemKind::new(
        "too-many-requests",
        StatusCode::TOO_MANY_REQUESTS,
        ["Trop de requêtes", "Too many requests"],
    )
};
pub(crate) static LINK_GONE: ProblemKind = ProblemKind::new(
    "link-gone",
    StatusCode::GONE,
    ["Ce lien ne sert plus", "This link no longer works"],
);
pub(crate) static NAME_TAKEN: ProblemKind =
    ProblemKind::new("name-taken", StatusCode::CONFLICT, ["Ce nom est pris", "This name is taken"]);
pub(crate) static MEMBERSHIP_EXISTS: ProblemKind = ProblemKind::new(
    "membership-exists",
    StatusCode::CONFLICT,
    ["Cette demande existe déjà", "There is such a membership already"],
);
pub(crate) static MEMBERSHIP_STATE: ProblemKind = ProblemKind::new(
    "membership-state",
    StatusCode::CONFLICT,
    ["Cela ne se décide pas maintenant", "The membership is in another state"],
);

pub(crate) static INTERNAL: ProblemKind = ProblemKind::new(
    "internal",
    StatusCode::INTERNAL_SERVER_ERROR,
    ["Erreur du serveur", "Internal server error"],
);
