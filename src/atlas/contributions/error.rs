//! Why nothing was done.

use crate::{
    atlas::register::storage_message,
    domain::{Bilingual, Capability, Issue, PartnershipId, ProposalState},
    storage::StorageError,
};

use super::correction::Collision;

/// Why nothing was done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ContributionError {
    /// No record has this id.
    #[error("there is no record {0}")]
    UnknownRecord(PartnershipId),
    /// The record never had this revision.
    #[error("the record has no revision {0}")]
    UnknownRevision(i32),
    /// Nobody has proposed that, or the secret is another one: both are told alike.
    #[error("there is no such proposal")]
    UnknownProposal,
    /// Who asks may not do that of this record.
    #[error("this needs the capability “{}” on the record", .0.code())]
    NotAllowed(Capability),
    /// Values that cannot be taken.
    #[error("the values cannot be taken as they are")]
    Invalid(Vec<Issue>),
    /// Somebody else has changed the same.
    #[error("the record was changed in between")]
    Collides(Vec<Collision>),
    /// The record says that already.
    #[error("the record says all of this already")]
    NothingChanged,
    /// More text than anybody types.
    #[error("the texts are too long")]
    TooLong,
    /// Something is missing.
    #[error("{0}")]
    Incomplete(&'static str),
    /// Not as the proposal is now.
    #[error("the proposal is {}", .0.code())]
    NotOpen(ProposalState),
    /// Nobody decides about what they have proposed themselves.
    #[error("somebody else has to decide about it")]
    SecondPerson,
    /// So many wait that nobody would read another one.
    #[error("too many proposals wait")]
    TooMany,
    /// There is such a record already.
    #[error("there is a record {0} already")]
    Exists(PartnershipId),
    /// The row could not be read at all.
    #[error("the correction cannot be read: {0}")]
    Unreadable(String),
    /// The system gave no random numbers.
    #[error("the system gives no random numbers ({0})")]
    Random(String),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ContributionError {
    /// For whoever asked; nothing of the inside.
    // long: one sentence for each case
    pub fn message(&self) -> Bilingual {
        let (fr, en) = match self {
            Self::UnknownRecord(id) => {
                return [
                    format!("Aucune fiche n’a l’identifiant {id}."),
                    format!("There is no record {id}."),
                ]
                .into();
            }
            Self::UnknownRevision(revision) => {
                return [
                    format!("La fiche n’a pas de version {revision}."),
                    format!("The record has no revision {revision}."),
                ]
                .into();
            }
            Self::NotAllowed(capability) => {
                return [
                    format!("Il faut le droit « {} » sur cette fiche.", capability.code()),
                    format!("This needs the capability “{}” on the record.", capability.code()),
                ]
                .into();
            }
            Self::UnknownProposal => (
                "Il n’y a pas de telle proposition, ou le lien n’est pas le bon.",
                "There is no such proposal, or the link is not the right one.",
            ),
            Self::Invalid(_) => (
                "Des valeurs ne peuvent pas être prises telles quelles. Rien n’a été enregistré.",
                "Some values cannot be taken as they are. Nothing was saved.",
            ),
            Self::Collides(_) => (
                "La fiche a changé entre-temps au même endroit. Rien n’a été enregistré : relisez-la.",
                "The record was changed in the same place in between. Nothing was saved: read it again.",
            ),
            Self::NothingChanged => (
                "La fiche dit déjà tout cela. Rien n’a été enregistré.",
                "The record says all of this already. Nothing was saved.",
            ),
            Self::TooLong | Self::Unreadable(_) => (
                "Les textes sont trop longs, ou ne peuvent pas être lus. Rien n’a été enregistré.",
                "The texts are too long, or cannot be read. Nothing was saved.",
            ),
            Self::Incomplete(what) => {
                return [format!("Il manque « {what} »."), format!("“{what}” is missing.")].into();
            }
            Self::NotOpen(_) => {
                ("La proposition a déjà sa réponse.", "The proposal has been answered already.")
            }
            Self::SecondPerson => (
                "Personne ne décide de sa propre proposition : une autre personne doit le faire.",
                "Nobody decides about a proposal of their own: somebody else has to.",
            ),
            Self::TooMany => (
                "Trop de propositions attendent déjà une réponse. Revenez dans quelques jours.",
                "Too many proposals wait for an answer already. Come back in some days.",
            ),
            Self::Exists(id) => {
                return [
                    format!("Cette fiche existe déjà : {id}."),
                    format!("There is such a record already: {id}."),
                ]
                .into();
            }
            Self::Random(_) => (
                "Le serveur ne peut pas faire de lien secret. Rien n’a été enregistré.",
                "The server cannot make a secret link. Nothing was saved.",
            ),
            Self::Storage(error) => return storage_message(error),
        };
        [fr, en].into()
    }
}
