//! The queue of proposals, and one of them.

use askama::Template;
use chrono::{DateTime, Datelike, Days, Utc, Weekday};

use crate::{
    domain::{Language, Proposal, Refusal},
    http::{
        desk::{contribute::page::state_text, import::list::Notice},
        page::{layout::Layout, site_page::SitePage},
    },
};

/// Working days within which an answer is announced.
pub const ANNOUNCED_DAYS: u64 = 10;

/// Where these pages begin.
pub fn root(language: Language) -> &'static str {
    SitePage::Moderation.path(language)
}

/// `/moderation`: what waits for an answer.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/review/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// The proposals, the oldest first.
    pub proposals: Vec<Proposal>,
    /// The states that can be looked at: code, how many, whether it is looked at.
    pub states: Vec<(&'static str, u64, bool)>,
    /// Path of the next page, where there is one.
    pub next: Option<String>,
    /// Now.
    pub now: DateTime<Utc>,
}

impl QueuePage {
    /// What a state is called.
    pub fn state(&self, code: &str) -> String {
        self.layout.text(&format!("proposal.state.{code}")).to_owned()
    }

    /// What the state of a proposal is called.
    pub fn state_of(&self, proposal: &Proposal) -> String {
        state_text(&self.layout, proposal.state)
    }

    /// The queue of a state.
    pub fn path_of(&self, code: &str) -> String {
        format!("{}?state={code}", root(self.layout.language))
    }

    /// The page of a proposal.
    pub fn path(&self, proposal: &Proposal) -> String {
        format!("{}/{}", root(self.layout.language), proposal.id)
    }

    /// How long it has waited.
    pub fn age(&self, proposal: &Proposal) -> String {
        let days = working_days(proposal.created_at, self.now);
        self.layout.counted("review.age", days)
    }

    /// Whether it waits longer than is announced.
    pub fn is_late(&self, proposal: &Proposal) -> bool {
        proposal.state.is_open() && working_days(proposal.created_at, self.now) > ANNOUNCED_DAYS
    }

    /// The columns that it is about, in words.
    pub fn columns(&self, proposal: &Proposal) -> String {
        let labels = proposal.cells.keys().map(|column| column.label(self.layout.language));
        labels.collect::<Vec<_>>().join(", ")
    }

    /// When an answer is announced.
    pub fn announced(&self) -> String {
        self.layout.fill("review.announced", "days", &ANNOUNCED_DAYS.to_string())
    }
}

/// A part of a proposal, to be decided.
#[derive(Debug, Clone, Default)]
pub struct ReviewedPart {
    /// The column that stands for it: name of the control.
    pub name: &'static str,
    /// Its cells: label, what its author saw, what is proposed, what the record says now.
    pub cells: Vec<ReviewedCell>,
    /// Whether the record was changed here in between.
    pub collides: bool,
    /// What was decided, in words.
    pub verdict: String,
}

/// A cell of a proposal.
#[derive(Debug, Clone, Default)]
pub struct ReviewedCell {
    /// What people call it.
    pub label: &'static str,
    /// What its author saw.
    pub before: String,
    /// What is proposed.
    pub after: String,
    /// What the record says now.
    pub now: String,
}

/// `/moderation/{id}`: one proposal.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/review/proposal.html")]
pub struct ReviewPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// The proposal.
    pub proposal: Proposal,
    /// Its parts.
    pub parts: Vec<ReviewedPart>,
    /// What an import would say of it.
    pub remarks: Vec<String>,
    /// Whether the record is gone.
    pub is_gone: bool,
    /// Whether the visitor may decide about it.
    pub may_decide: bool,
    /// What the visitor has written.
    pub note: String,
}

impl ReviewPage {
    /// The page itself.
    pub fn path(&self) -> String {
        format!("{}/{}", root(self.layout.language), self.proposal.id)
    }

    /// The queue.
    pub fn queue_path(&self) -> &'static str {
        root(self.layout.language)
    }

    /// What its state is called.
    pub fn state(&self) -> String {
        state_text(&self.layout, self.proposal.state)
    }

    /// Why a part may be refused: code and label.
    pub fn refusals(&self) -> Vec<(&'static str, String)> {
        let label = |refusal: &Refusal| refusal.label().get(self.layout.language).to_owned();
        Refusal::ALL.iter().map(|refusal| (refusal.code(), label(refusal))).collect()
    }

    /// The record's page, where it is there.
    pub fn record_path(&self) -> Option<String> {
        let is_there =
            !self.is_gone && (!self.proposal.is_new() || self.proposal.changeset.is_some());
        is_there.then(|| self.layout.partnership_path(&self.proposal.record().to_string()))
    }

    /// The proof, if a browser may open it.
    pub fn proof(&self) -> Option<&str> {
        self.proposal.proof.as_deref()
    }

    /// The paragraphs of the reason.
    pub fn reason(&self) -> Vec<&str> {
        self.proposal.reason.lines().filter(|line| !line.trim().is_empty()).collect()
    }
}

/// Mondays to Fridays that have begun between two moments.
fn working_days(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    let (from, to) = (from.date_naive(), to.date_naive());
    let days = (to - from).num_days().max(0) as u64;
    let weeks = days / 7;
    let rest = (1..=days % 7).filter_map(|day| from.checked_add_days(Days::new(weeks * 7 + day)));
    let is_working = |weekday| !matches!(weekday, Weekday::Sat | Weekday::Sun);
    weeks * 5 + rest.filter(|day| is_working(day.weekday())).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_are_no_working_days() {
        let at = |day: &str| format!("{day}T12:00:00Z").parse::<DateTime<Utc>>().unwrap();
        // a Friday
        let friday = at("2026-11-27");
        for (day, days) in [
            ("2026-11-26", 0),
            ("2026-11-27", 0),
            ("2026-11-29", 0),
            ("2026-11-30", 1),
            ("2026-12-04", 5),
            ("2026-12-11", 10),
            ("2026-12-14", 11),
        ] {
            assert_eq!(working_days(friday, at(day)), days, "{day}");
        }
    }
}
