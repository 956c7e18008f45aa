//! Decisions of people about records of several sources: which are one partnership, which are not.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use super::{plan::Plan, storage_message};
use crate::{
    domain::{Bilingual, Cause, PartnershipId, Sameness},
    search::Snapshot,
    storage::{Database, NewChangeset, StorageError},
};

/// No decision is about more records: a list that long is a mistake.
pub const MAX_RECORDS: usize = 100;

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The partnerships of these records are one.
    Merge(Vec<PartnershipId>),
    /// A record is another partnership than the others that it is one with now; with records
    /// named, its partnership is another one than theirs.
    Split(PartnershipId, Vec<PartnershipId>),
}

/// A decision that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The changeset.
    pub changeset: i64,
    /// What it says of each two records.
    pub decisions: Vec<Sameness>,
}

/// Why nothing was decided. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// No record has this id.
    #[error("there is no record {0}")]
    Unknown(PartnershipId),
    /// Fewer than two records were named, or one of them twice.
    #[error("name at least two different records")]
    TooFew,
    /// More records were named than make sense.
    #[error("name at most {MAX_RECORDS} records")]
    TooMany,
    /// They are one partnership already.
    #[error("{0} and {1} are one partnership already")]
    SamePartnership(PartnershipId, PartnershipId),
    /// A source has a partnership once.
    #[error(
        "{} and {} are both records of the source {source_name}: a partnership has one record of \
         each source. Correct them in the source, or split one of them first",
        records[0], records[1]
    )]
    SameSource {
        /// Its name.
        source_name: String,
        /// Two of its records.
        records: [PartnershipId; 2],
    },
    /// There is nothing to split.
    #[error("{0} is the only record of its partnership: nothing can be split")]
    Alone(PartnershipId),
    /// They were told apart before.
    #[error("{0} and {1} are decided to be different partnerships already")]
    AlreadyApart(PartnershipId, PartnershipId),
    /// The register changes faster than decisions can be made.
    #[error("the register was changed at the same time; nothing was written, try again")]
    Moved,
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl DecideError {
    /// For whoever asked; nothing of the inside.
    pub fn message(&self) -> Bilingual {
        let fr = match self {
            Self::Unknown(id) => format!("Aucune fiche n'a l'identifiant {id}."),
            Self::TooFew => "Nommez au moins deux fiches différentes.".to_owned(),
            Self::TooMany => format!("Nommez {MAX_RECORDS} fiches au plus."),
            Self::SamePartnership(one, other) => {
                format!("{one} et {other} sont déjà un seul partenariat.")
            }
            Self::SameSource { source_name, records: [one, other] } => format!(
                "{one} et {other} sont deux fiches de la source {source_name} : un partenariat \
                 n'a qu'une fiche de chaque source. Corrigez-les dans la source, ou séparez \
                 d'abord l'une d'elles."
            ),
            Self::Alone(id) => {
                format!("{id} est la seule fiche de son partenariat : il n'y a rien à séparer.")
            }
            Self::AlreadyApart(one, other) => {
                format!("{one} et {other} sont déjà distingués par une décision.")
            }
            Self::Moved => {
                "Le registre a changé au même moment. Rien n'a été écrit ; réessayez.".to_owned()
            }
            Self::Storage(error) => return storage_message(error),
        };
        let en = self.to_string();
        let sentence = |text: String| {
            let mut letters = text.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            format!("{}.", first.chain(letters).collect::<String>())
        };
        [fr, sentence(en)].into()
    }
}

impl Judgement {
    /// What it says of each two records of a snapshot: of all records of the partnerships that are
    /// named, so that it holds whichever of them leads.
    pub fn decisions(&self, snapshot: &Arc<Snapshot>) -> Result<Vec<Sameness>, DecideError> {
        match self {
            Self::Merge(records) => merge(snapshot, records),
            Self::Split(record, others) => split(snapshot, *record, others),
        }
    }
}

fn merge(
    snapshot: &Arc<Snapshot>,
    records: &[PartnershipId],
) -> Result<Vec<Sameness>, DecideError> {
    if records.len() > MAX_RECORDS {
        return Err(DecideError::TooMany);
    }
    let mut leads: Vec<(PartnershipId, PartnershipId)> = Vec::new();
    for record in records {
        let lead = lead_of(snapshot, *record)?;
        if let Some((known, _)) = leads.iter().find(|(_, known)| *known == lead) {
            return Err(if known == record {
                DecideError::TooFew
            } else {
                DecideError::SamePartnership(*known, *record)
            });
        }
        leads.push((*record, lead));
    }
    if leads.len() < 2 {
        return Err(DecideError::TooFew);
    }
    let all = snapshot.every_record();
    let groups: Vec<Vec<PartnershipId>> =
        leads.iter().map(|(_, lead)| snapshot.records_of(*lead)).collect();
    let mut sources: Vec<(String, PartnershipId)> = Vec::new();
    for record in groups.iter().flatten() {
        let Some((source, _)) = all.find(*record).and_then(|at| all.source_and_key(at)) else {
            return Err(DecideError::Unknown(*record));
        };
        if let Some((_, other)) = sources.iter().find(|(known, _)| *known == source) {
            let records = [*other, *record];
            return Err(DecideError::SameSource { source_name: source, records });
        }
        sources.push((source, *record));
    }
    let mut decisions = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        for other in &groups[at + 1..] {
            decisions.extend(across(group, other, true));
        }
    }
    Ok(decisions)
}

fn split(
    snapshot: &Arc<Snapshot>,
    record: PartnershipId,
    others: &[PartnershipId],
) -> Result<Vec<Sameness>, DecideError> {
    if others.len() > MAX_RECORDS {
        return Err(DecideError::TooMany);
    }
    let lead = lead_of(snapshot, record)?;
    let group = snapshot.records_of(lead);
    let rest: Vec<PartnershipId> = group.iter().copied().filter(|one| *one != record).collect();
    if others.is_empty() {
        return if rest.is_empty() {
            Err(DecideError::Alone(record))
        } else {
            Ok(across(&[record], &rest, false).collect())
        };
    }
    let mut decisions: Vec<Sameness> = Vec::new();
    for other in others {
        let lead_of_other = lead_of(snapshot, *other)?;
        if *other == record {
            return Err(DecideError::TooFew);
        }
        if lead_of_other == lead {
            decisions.extend(across(&[record], &rest, false));
        } else {
            decisions.extend(across(&group, &snapshot.records_of(lead_of_other), false));
        }
    }
    decisions.sort_unstable_by_key(|decision| decision.records);
    decisions.dedup();
    Ok(decisions)
}

fn lead_of(snapshot: &Arc<Snapshot>, record: PartnershipId) -> Result<PartnershipId, DecideError> {
    snapshot.every_record().find(record).ok_or(DecideError::Unknown(record))?;
    Ok(snapshot.lead_of(record))
}

/// The same of every record of one group and every record of another, ids in ascending order.
fn across(
    group: &[PartnershipId],
    other: &[PartnershipId],
    same: bool,
) -> impl Iterator<Item = Sameness> {
    group.iter().flat_map(move |one| {
        other
            .iter()
            .map(move |other| Sameness { records: [*one.min(other), *one.max(other)], same })
    })
}

/// Commits a decision about the records of a snapshot, unless the register has moved on.
pub fn decide(
    database: &mut Database,
    snapshot: &Arc<Snapshot>,
    judgement: &Judgement,
    actor: &str,
) -> Result<Judged, DecideError> {
    let decisions = judgement.decisions(snapshot)?;
    let all = snapshot.every_record();
    let name = |id: PartnershipId| {
        let at = all.find(id).ok_or(DecideError::Unknown(id))?;
        all.source_and_key(at).ok_or(DecideError::Unknown(id))
    };
    let mut named = Vec::with_capacity(decisions.len() * 2);
    for Sameness { records: [one, other], .. } in &decisions {
        named.extend([name(*one)?, name(*other)?]);
    }
    database.write(|writer| {
        if writer.view().version()? != snapshot.data_version() {
            return Err(DecideError::Moved);
        }
        let before = writer.view().decided()?.into_iter();
        let before: HashMap<_, _> = before.map(|known| (known.records, known.same)).collect();
        let is_known = |decision: &Sameness| before.get(&decision.records) == Some(&decision.same);
        if let Some(Sameness { records: [one, other], same: false }) = decisions.first()
            && decisions.iter().all(is_known)
        {
            return Err(DecideError::AlreadyApart(*one, *other));
        }
        let rows = writer.view().rows_of(&named)?;
        let changeset = writer.begin(&NewChangeset {
            cause: Cause::Merge,
            source: None,
            actor: actor.to_owned(),
            undoes: None,
        })?;
        let mut told = Vec::with_capacity(decisions.len());
        for (decision, rows) in decisions.iter().zip(rows.chunks_exact(2)) {
            let [Some(one), Some(other)] = rows else { return Err(DecideError::Moved) };
            writer.decide([*one, *other], Some(decision.same))?;
            let was = before.get(&decision.records).copied();
            told.push(decision_json(decision.records, was, Some(decision.same)));
        }
        writer.describe(0, plan_json(&told).to_string())?;
        Ok(Judged { changeset, decisions })
    })
}

/// What is kept of a changeset of decisions.
fn plan_json(decisions: &[Value]) -> Value {
    json!({"digest": Plan::default().digest().to_string(), "changes": [], "decisions": decisions})
}

/// What a changeset decides about two records, for programs.
pub(super) fn decision_json(
    records: [PartnershipId; 2],
    before: Option<bool>,
    after: Option<bool>,
) -> Value {
    let records = records.map(|record| record.to_string());
    json!({"records": records, "before": before, "after": after})
}
