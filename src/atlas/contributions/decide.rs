//! What a moderator decides about a proposal: part by part, as one changeset.

use std::collections::BTreeMap;

use super::{
    ContributionError, Contributions,
    correction::{check, tidy},
    declaration,
    edit::{Step, commit},
    find,
    propose::{MAX_REASON, open},
};
use crate::{
    domain::{
        Account, Capability, Cause, Column, Columns, PartVerdict, PartnershipId, Proposal,
        ProposalState, ProposedCell, Refusal,
    },
    storage::{ProposalEnd, Writer},
};

/// What a moderator says.
#[derive(Debug, Clone, Default)]
pub struct Ruling {
    /// The parts that are taken or not, by the columns that stand for them. Those that are not
    /// named are taken.
    pub refused: BTreeMap<Column, Refusal>,
    /// What its author is told.
    pub note: String,
    /// Asks its author something instead, which is the note.
    pub ask: bool,
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingOutcome {
    /// How far it is now.
    pub state: ProposalState,
    /// What was decided about each part.
    pub verdicts: BTreeMap<Column, PartVerdict>,
    /// The changeset that took it.
    pub changeset: Option<i64>,
}

impl Contributions {
    /// Decides about a proposal: what is taken is one changeset, together with the answer.
    pub fn decide(
        &self,
        id: i64,
        ruling: &Ruling,
        caller: &Account,
    ) -> Result<RulingOutcome, ContributionError> {
        if ruling.note.chars().count() > MAX_REASON {
            return Err(ContributionError::TooLong);
        }
        self.write(|writer| {
            let proposal = writer.view().proposal(id)?;
            let proposal = proposal.ok_or(ContributionError::UnknownProposal)?;
            if !caller.grants.allow(Capability::Moderate, &proposal.scopes) {
                return Err(ContributionError::NotAllowed(Capability::Moderate));
            }
            open(&proposal)?;
            if proposal.author.as_deref() == Some(caller.name.as_str()) {
                return Err(ContributionError::SecondPerson);
            }
            let note = tidy(&ruling.note);
            let ruled = if ruling.ask {
                if note.is_empty() {
                    return Err(ContributionError::Incomplete("note"));
                }
                let verdicts = BTreeMap::new();
                RulingOutcome { state: ProposalState::Asked, verdicts, changeset: None }
            } else if proposal.is_new() {
                declare(writer, &proposal, ruling, caller)?
            } else {
                correct(writer, &proposal, ruling, caller)?
            };
            let end = ProposalEnd {
                state: ruled.state,
                by: Some(caller.name.clone()),
                verdicts: ruled.verdicts.clone(),
                note: (!note.is_empty()).then_some(note),
                changeset: ruled.changeset,
            };
            writer.end_proposal(id, &end)?;
            Ok(ruled)
        })
    }
}

/// Takes what is accepted of a correction, as the record is now.
fn correct(
    writer: &mut Writer<'_>,
    proposal: &Proposal,
    ruling: &Ruling,
    caller: &Account,
) -> Result<RulingOutcome, ContributionError> {
    let found = match find(&mut writer.view(), &proposal.source, &proposal.key) {
        Err(ContributionError::UnknownRecord(_)) => {
            let verdicts = BTreeMap::new();
            return Ok(RulingOutcome { state: ProposalState::Outdated, verdicts, changeset: None });
        }
        found => found?,
    };
    let accepted: BTreeMap<Column, ProposedCell> = proposal
        .cells
        .iter()
        .filter(|(column, _)| column.part().is_some_and(|part| !ruling.refused.contains_key(&part)))
        .map(|(column, cell)| (*column, cell.clone()))
        .collect();
    let checked = check(&found.record, &accepted)?;
    let Some(after) = checked.after.clone() else {
        return Err(ContributionError::Invalid(checked.issues));
    };
    let collided: Columns = checked.collisions.iter().map(|one| one.part).collect();
    let verdicts: BTreeMap<Column, PartVerdict> = proposal
        .parts()
        .iter()
        .map(|part| {
            let verdict = match ruling.refused.get(&part) {
                Some(refusal) => PartVerdict::Refused(*refusal),
                None if collided.contains(part) => PartVerdict::Collided,
                None => PartVerdict::Accepted,
            };
            (part, verdict)
        })
        .collect();
    if !checked.changes_something() {
        let is_refused = |verdict: &PartVerdict| matches!(verdict, PartVerdict::Refused(_));
        let all = verdicts.values().all(is_refused);
        let state = if all { ProposalState::Refused } else { ProposalState::Outdated };
        return Ok(RulingOutcome { state, verdicts, changeset: None });
    }
    let step = Step { found, after, confirmed: checked.parts };
    let changeset = commit(writer, Cause::Proposal, &caller.name, &[step])?;
    let all = verdicts.values().all(|verdict| *verdict == PartVerdict::Accepted);
    let state = if all { ProposalState::Accepted } else { ProposalState::Partly };
    Ok(RulingOutcome { state, verdicts, changeset: Some(changeset) })
}

/// Makes the record that was declared, or none.
fn declare(
    writer: &mut Writer<'_>,
    proposal: &Proposal,
    ruling: &Ruling,
    caller: &Account,
) -> Result<RulingOutcome, ContributionError> {
    let parts = proposal.parts();
    if let Some(refusal) = ruling.refused.values().next() {
        // a record is made as a whole: what is refused of it is all of it
        let verdict = |part: Column| (part, PartVerdict::Refused(*refusal));
        let verdicts = parts.iter().map(verdict).collect();
        return Ok(RulingOutcome { state: ProposalState::Refused, verdicts, changeset: None });
    }
    let known = writer.view().known_record(&proposal.source, &proposal.key)?;
    if known.is_some_and(|known| !known.removed) {
        let id = PartnershipId::new(&proposal.source, &proposal.key);
        return Err(ContributionError::Exists(id));
    }
    let checked = declaration::read(&proposal.source, &proposal.key, &proposal.cells)?;
    let Some(record) = checked.after else {
        return Err(ContributionError::Invalid(checked.issues));
    };
    let changeset = declaration::commit(writer, &record, known, &caller.name)?;
    let verdicts = parts.iter().map(|part| (part, PartVerdict::Accepted)).collect();
    Ok(RulingOutcome { state: ProposalState::Accepted, verdicts, changeset: Some(changeset) })
}
