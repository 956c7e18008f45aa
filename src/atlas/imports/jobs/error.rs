//! Why something about an import was not done.

use crate::{
    atlas::{
        imports::uploads::UploadError,
        register::{
            revert::{Conflicts, RevertError},
            storage_message,
        },
    },
    domain::{Bilingual, ImportState},
    search::ParameterError,
    storage::StorageError,
};

/// Why something was not done; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// No such import.
    #[error("there is no import {0}")]
    Unknown(i64),
    /// Only a plan can be committed.
    #[error("import {} has no plan to be committed: it is {}", .0, .1.code())]
    NotPlanned(i64, ImportState),
    /// Only an import that waits for somebody can be planned anew.
    #[error("import {} cannot be planned again: it is {}", .0, .1.code())]
    NotPlannable(i64, ImportState),
    /// What is in the register is undone, not cancelled.
    #[error("import {0} is committed; undo it instead")]
    Committed(i64),
    /// Only what was committed can be undone.
    #[error("import {} was not committed: it is {}", .0, .1.code())]
    NotCommitted(i64, ImportState),
    /// Done already.
    #[error("import {0} was undone by import {1} already")]
    AlreadyReverted(i64, i64),
    /// Later imports have changed the same records.
    #[error("{} records of import {} were changed by later imports", .1.total, .0)]
    Conflicts(i64, Conflicts),
    /// The plan is not the one that was agreed to.
    #[error("the plan of import {0} is another one now")]
    PlanChanged(i64),
    /// Rows were rejected, and nobody has said that the others are to be taken.
    #[error("the file of import {0} has rejected rows")]
    RejectedRows(i64),
    /// More would be removed than is without saying so.
    #[error("import {0} would remove more than a fifth of a source")]
    MassRemoval(i64),
    /// The file is kept by another server, or not any more.
    #[error("the file of import {0} is not here")]
    NoFile(i64),
    /// What was asked makes no sense.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The file.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<RevertError> for JobError {
    fn from(error: RevertError) -> Self {
        match error {
            RevertError::Unknown(id) => Self::Unknown(id),
            RevertError::NotCommitted(id, state) => Self::NotCommitted(id, state),
            RevertError::Already(id, by) => Self::AlreadyReverted(id, by),
            RevertError::Conflicts(id, conflicts) => Self::Conflicts(id, conflicts),
            RevertError::Storage(error) => Self::Storage(error),
        }
    }
}

impl JobError {
    /// For whoever asked; nothing of the inside.
    // long: two sentences for each error
    pub fn message(&self) -> Bilingual {
        let (fr, en) = match self {
            Self::Unknown(id) => (
                format!("Il n'y a pas d'import {id} ; /api/imports les liste."),
                format!("There is no import {id}; /api/imports lists the imports."),
            ),
            Self::NotPlanned(id, state) => (
                format!("L'import {id} n'a pas de plan à valider : son état est {}.", state.code()),
                format!("Import {id} has no plan to be committed: its state is {}.", state.code()),
            ),
            Self::NotPlannable(id, state) => (
                format!(
                    "L'import {id} ne peut pas être planifié de nouveau : son état est {}.",
                    state.code()
                ),
                format!("Import {id} cannot be planned again: its state is {}.", state.code()),
            ),
            Self::Committed(id) => (
                format!("L'import {id} est déjà écrit ; il peut être annulé par « revert »."),
                format!("Import {id} is written already; it can be undone by “revert”."),
            ),
            Self::NotCommitted(id, state) => (
                format!("L'import {id} n'a rien écrit : son état est {}.", state.code()),
                format!("Import {id} has written nothing: its state is {}.", state.code()),
            ),
            Self::AlreadyReverted(id, by) => (
                format!("L'import {id} a déjà été défait par l'import {by}."),
                format!("Import {id} was undone by import {by} already."),
            ),
            Self::Conflicts(id, conflicts) => (
                format!(
                    "{} enregistrements de l'import {id} ont été changés par des imports plus \
                     récents. Défaites d'abord ceux-ci, ou laissez ces enregistrements tels quels \
                     (skip_conflicts).",
                    conflicts.total
                ),
                format!(
                    "{} records of import {id} were changed by later imports. Undo those first, or \
                     leave these records as they are (skip_conflicts).",
                    conflicts.total
                ),
            ),
            Self::PlanChanged(id) => (
                format!("Le plan de l'import {id} n'est plus celui-là ; relisez-le."),
                format!("The plan of import {id} is another one now; look at it again."),
            ),
            Self::RejectedRows(id) => (
                format!(
                    "Le fichier de l'import {id} a des lignes rejetées. Corrigez-les, ou prenez \
                     les autres seulement (valid_rows_only)."
                ),
                format!(
                    "The file of import {id} has rejected rows. Correct them, or take the others \
                     only (valid_rows_only)."
                ),
            ),
            Self::MassRemoval(id) => (
                format!(
                    "L'import {id} retirerait plus d'un cinquième d'une source ; autorisez-le si \
                     la liste est complète (allow_mass_removal)."
                ),
                format!(
                    "Import {id} would remove more than a fifth of a source; allow it if the list \
                     is complete (allow_mass_removal)."
                ),
            ),
            Self::NoFile(id) => (
                format!(
                    "Le fichier de l'import {id} n'est plus gardé ici ; envoyez-le de nouveau."
                ),
                format!("The file of import {id} is not kept here any more; send it again."),
            ),
            Self::Parameter(error) => return error.message(),
            Self::Upload(error) => return of_upload(error),
            Self::Storage(error) => return storage_message(error),
        };
        [fr, en].into()
    }
}

fn of_upload(error: &UploadError) -> Bilingual {
    let (fr, en) = match error {
        UploadError::TooLarge(limit) => (
            format!("Ce serveur prend des fichiers de {limit} octets au plus."),
            format!("This server takes files of at most {limit} bytes."),
        ),
        UploadError::Full(_) => (
            "Le disque du serveur est plein ; rien n'a été gardé. Prévenez qui s'en occupe.".into(),
            "The server's disk is full; nothing was kept. Tell whoever keeps it.".into(),
        ),
        UploadError::Gone(_) => (
            "Le fichier n'est plus là ; envoyez-le de nouveau.".into(),
            "The file is no longer there; send it again.".into(),
        ),
        UploadError::Folder { .. } => (
            "Le serveur ne peut pas garder de fichiers. Prévenez qui s'en occupe.".into(),
            "The server cannot keep files. Tell whoever keeps it.".into(),
        ),
    };
    [fr, en].into()
}
