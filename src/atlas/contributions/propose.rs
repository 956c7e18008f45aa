//! Corrections that somebody else decides about: made, listed, taken back.

use std::collections::BTreeMap;

use chrono::Utc;

use super::{
    Checked, ContributionError, Contributions, Correction,
    correction::{check, tidy},
    edit::taken,
    find, secret,
};
use crate::{
    domain::{Account, Capability, PartnershipId, Proposal, ProposalState},
    storage::{NewProposal, ProposalEnd, ProposalQuery, Writer},
};

/// Letters of a reason, a note or an answer, at most.
pub const MAX_REASON: usize = 2_000;
/// Letters of the address of a proof, at most.
pub const MAX_PROOF: usize = 500;
/// So many may wait in all.
const MAX_WAITING: i64 = 20_000;
/// So many may wait of one client that is not signed in.
const MAX_WAITING_OF_CLIENT: i64 = 20;
/// Proposals that a page of the queue has, unless told otherwise.
pub const PAGE: usize = 50;

/// What somebody proposes, and why.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The cells.
    pub correction: Correction,
    /// Why.
    pub reason: String,
    /// Where that can be seen; empty where nowhere.
    pub proof: String,
    /// The author, if they are signed in.
    pub author: Option<Account>,
    /// The address of the client.
    pub client: Option<String>,
}

/// What was proposed, and how its author follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// The number of the proposal.
    pub id: i64,
    /// What its author shows; it is told here and never again.
    pub secret: String,
}

/// Some proposals of the queue.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The proposals, the oldest first.
    pub proposals: Vec<Proposal>,
    /// The number of the last one, where there are more.
    pub next: Option<i64>,
    /// How many there are in each state.
    pub counts: BTreeMap<ProposalState, i64>,
}

/// Who asks about a proposal.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// Somebody who may decide about it.
    Moderator(&'a Account),
    /// Whoever has its secret.
    Author(&'a str),
}

impl Contributions {
    /// Proposes a correction of a record.
    pub fn propose(
        &self,
        id: PartnershipId,
        submission: &Submission,
    ) -> Result<Submitted, ContributionError> {
        submission.measure()?;
        let (source, key) = self.name_of(id)?;
        self.submit(submission, |writer| {
            let found = find(&mut writer.view(), &source, &key)?;
            let cells = submission.correction.against(&mut writer.view(), &found)?;
            taken(check(&found.record, &cells)?)?;
            let base = submission.correction.base.unwrap_or(found.known.revision);
            let (title, scopes) = (found.record.title.clone(), found.record.scopes());
            Ok(Proposal { source, key, base, title, scopes, cells, ..submission.begun() })
        })
    }

    /// Keeps what is proposed, if there is room.
    pub(super) fn submit(
        &self,
        submission: &Submission,
        read: impl FnOnce(&mut Writer<'_>) -> Result<Proposal, ContributionError>,
    ) -> Result<Submitted, ContributionError> {
        let secret = secret::make()?;
        let id = self.write(|writer| {
            let register = writer.view().version()?.register.0;
            let client = submission.client.as_deref().filter(|_| submission.author.is_none());
            let client = client.map(|client| secret::client_hash(&register, client));
            let (all, own) = writer.view().open_proposals(client.as_ref())?;
            if all >= MAX_WAITING || own >= MAX_WAITING_OF_CLIENT {
                return Err(ContributionError::TooMany);
            }
            let proposal = read(writer)?;
            let secret = secret::hash(&secret);
            Ok(writer.add_proposal(&NewProposal { proposal, secret, client })?)
        })?;
        Ok(Submitted { id, secret })
    }

    /// Some proposals about which somebody may decide, the oldest first.
    pub fn queue(
        &self,
        caller: &Account,
        states: &[ProposalState],
        (after, limit): (i64, usize),
    ) -> Result<Queue, ContributionError> {
        let mut database = self.readers().take()?;
        let counts = database.proposal_counts()?;
        let (mut proposals, mut after) = (Vec::new(), after);
        // those that are not for the caller to see leave gaps
        let next = loop {
            let limit = limit as i64 + 1;
            let read =
                database.proposals(&ProposalQuery { states: states.to_vec(), after, limit })?;
            let is_last = (read.len() as i64) < limit;
            after = read.last().map_or(after, |proposal| proposal.id);
            proposals.extend(read.into_iter().filter(|proposal| may_see(caller, proposal)));
            if proposals.len() >= limit as usize {
                proposals.truncate(limit as usize - 1);
                break proposals.last().map(|proposal: &Proposal| proposal.id);
            }
            if is_last {
                break None;
            }
        };
        Ok(Queue { proposals, next, counts })
    }

    /// A proposal, for those who may see it.
    pub fn proposal(&self, id: i64, reader: Reader<'_>) -> Result<Proposal, ContributionError> {
        let mut database = self.readers().take()?;
        let proposal = database.proposal(id)?.ok_or(ContributionError::UnknownProposal)?;
        match reader {
            Reader::Moderator(caller) if may_see(caller, &proposal) => Ok(proposal),
            Reader::Moderator(_) => Err(ContributionError::NotAllowed(Capability::Moderate)),
            Reader::Author(secret) => {
                let kept = database.proposal_secret(id)?.unwrap_or_default();
                let fits = secret::fits(secret, &kept);
                if fits { Ok(proposal) } else { Err(ContributionError::UnknownProposal) }
            }
        }
    }

    /// What a proposal comes to on the record as it is now; none where the record is gone.
    pub fn now(&self, proposal: &Proposal) -> Result<Option<Checked>, ContributionError> {
        if proposal.is_new() {
            return super::declaration::read(&proposal.source, &proposal.key, &proposal.cells)
                .map(Some);
        }
        let mut database = self.readers().take()?;
        let found = database.view(|view| find(view, &proposal.source, &proposal.key));
        match found {
            Ok(found) => check(&found.record, &proposal.cells).map(Some),
            Err(ContributionError::UnknownRecord(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes a proposal back, in the name of whoever has its secret.
    pub fn withdraw(&self, id: i64, secret: &str) -> Result<(), ContributionError> {
        let proposal = self.proposal(id, Reader::Author(secret))?;
        self.write(|writer| {
            let proposal = writer.view().proposal(proposal.id)?;
            let proposal = proposal.ok_or(ContributionError::UnknownProposal)?;
            open(&proposal)?;
            let end = ProposalEnd {
                state: ProposalState::Withdrawn,
                by: None,
                verdicts: BTreeMap::new(),
                note: proposal.note,
                changeset: None,
            };
            Ok(writer.end_proposal(id, &end)?)
        })
    }

    /// Answers what a moderator has asked, in the name of whoever has its secret.
    pub fn answer(&self, id: i64, secret: &str, text: &str) -> Result<(), ContributionError> {
        let text = tidy(text);
        if text.is_empty() {
            return Err(ContributionError::Incomplete("answer"));
        }
        let proposal = self.proposal(id, Reader::Author(secret))?;
        self.write(|writer| {
            let proposal = writer.view().proposal(proposal.id)?;
            let proposal = proposal.ok_or(ContributionError::UnknownProposal)?;
            if proposal.state != ProposalState::Asked {
                return Err(ContributionError::NotOpen(proposal.state));
            }
            let reason = format!("{}\n\n{text}", proposal.reason);
            // several answers may be as long as several reasons
            if text.chars().count() > MAX_REASON || reason.chars().count() > 5 * MAX_REASON {
                return Err(ContributionError::TooLong);
            }
            Ok(writer.answer_proposal(id, &reason)?)
        })
    }
}

impl Submission {
    /// An error where a text is missing or too long.
    pub(super) fn measure(&self) -> Result<(), ContributionError> {
        self.correction.measure()?;
        if tidy(&self.reason).is_empty() {
            return Err(ContributionError::Incomplete("reason"));
        }
        let fits = self.reason.chars().count() <= MAX_REASON && self.proof.len() <= MAX_PROOF;
        if !fits {
            return Err(ContributionError::TooLong);
        }
        let proof = self.proof.trim();
        if !proof.is_empty() && !proof.starts_with("http://") && !proof.starts_with("https://") {
            return Err(ContributionError::Incomplete("http"));
        }
        Ok(())
    }

    /// A proposal with what does not depend on its record.
    pub(super) fn begun(&self) -> Proposal {
        let proof = self.proof.trim();
        Proposal {
            id: 0,
            source: String::new(),
            key: String::new(),
            base: 0,
            title: String::new(),
            state: ProposalState::Waiting,
            scopes: Vec::new(),
            cells: BTreeMap::new(),
            reason: tidy(&self.reason),
            proof: (!proof.is_empty()).then(|| proof.to_owned()),
            author: self.author.as_ref().map(|author| author.name.clone()),
            created_at: Utc::now(),
            ended_at: None,
            ended_by: None,
            verdicts: BTreeMap::new(),
            note: None,
            changeset: None,
        }
    }
}

/// Whether somebody may see a proposal.
fn may_see(caller: &Account, proposal: &Proposal) -> bool {
    [Capability::Moderate, Capability::ReadPrivate]
        .into_iter()
        .any(|capability| caller.grants.allow(capability, &proposal.scopes))
}

/// An error where a proposal was answered.
pub(super) fn open(proposal: &Proposal) -> Result<(), ContributionError> {
    if proposal.state.is_open() { Ok(()) } else { Err(ContributionError::NotOpen(proposal.state)) }
}
