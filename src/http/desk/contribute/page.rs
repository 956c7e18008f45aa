//! The pages of a correction: the form, what it changes, what became of it.

use std::collections::BTreeMap;

use askama::Template;

use crate::{
    domain::{Language, Proposal, ProposalState},
    http::{
        desk::{contribute::form::FormField, import::list::Notice},
        page::{addresses::contribute_root, history::HistoryCell, layout::Layout},
    },
};

/// The last part of an address, in a language.
fn word(language: Language, words: [&'static str; 2]) -> &'static str {
    words[language as usize]
}

/// The page on which a record is corrected.
pub fn correct_path(language: Language, id: &str) -> String {
    format!("{}/{id}", contribute_root(language))
}

/// The page on which a partnership is declared.
pub fn declare_path(language: Language) -> String {
    format!("{}/{}", contribute_root(language), word(language, ["nouveau", "new"]))
}

/// Where the pages begin on which authors follow their proposals.
pub fn follow_folder(language: Language) -> String {
    format!("{}/{}", contribute_root(language), word(language, ["suivi", "follow"]))
}

/// The page on which an author follows a proposal.
pub fn follow_path(language: Language, id: i64, secret: &str) -> String {
    format!("{}/{id}?{}={secret}", follow_folder(language), word(language, ["cle", "key"]))
}

/// `/contribuer/{id}` and `/contribuer/nouveau`: the form.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/contribute/form.html")]
pub struct CorrectionPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// What is said of the whole record.
    pub remarks: Vec<String>,
    /// Id of the record; empty of one that is yet to be.
    pub record: String,
    /// Its title.
    pub title: String,
    /// The revision that is shown.
    pub base: i32,
    /// The cells.
    pub fields: Vec<FormField>,
    /// Records of the same two places: title and id.
    pub known: Vec<(String, String)>,
    /// Whether the two places alone are asked for yet.
    pub asks_places: bool,
    /// Whether the visitor may confirm the record.
    pub may_verify: bool,
    /// Today, as a day of the end.
    pub today: String,
}

impl CorrectionPage {
    /// Where the form goes.
    pub fn action(&self) -> String {
        if self.record.is_empty() {
            declare_path(self.layout.language)
        } else {
            correct_path(self.layout.language, &self.record)
        }
    }

    /// Whether there is no record yet.
    pub fn is_new(&self) -> bool {
        self.record.is_empty()
    }
}

/// What a correction changes, before it is sent.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/contribute/preview.html")]
pub struct PreviewPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// What is said of values that are taken all the same.
    pub remarks: Vec<String>,
    /// Id of the record; empty of one that is yet to be.
    pub record: String,
    /// Its title.
    pub title: String,
    /// The revision that was shown.
    pub base: i32,
    /// The cells as they were sent.
    pub cells: BTreeMap<&'static str, String>,
    /// What they change.
    pub changes: Vec<HistoryCell>,
    /// Whether the visitor may make it at once.
    pub may_edit: bool,
    /// Why, as it was sent.
    pub reason: String,
    /// Where it can be seen, as it was sent.
    pub proof: String,
}

impl PreviewPage {
    /// Where the form goes.
    pub fn action(&self) -> String {
        if self.record.is_empty() {
            declare_path(self.layout.language)
        } else {
            correct_path(self.layout.language, &self.record)
        }
    }
}

/// A part of a proposal, and what was decided about it.
#[derive(Debug, Clone, Default)]
pub struct FollowedPart {
    /// What people call it.
    pub label: &'static str,
    /// What the record said.
    pub before: String,
    /// What it is to say.
    pub after: String,
    /// What was decided, in words; empty where nothing yet.
    pub verdict: String,
}

/// `/contribuer/suivi/{id}`: what became of a proposal.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/contribute/follow.html")]
pub struct FollowPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// The proposal.
    pub proposal: Proposal,
    /// What its author has shown.
    pub secret: String,
    /// Its parts.
    pub parts: Vec<FollowedPart>,
}

impl FollowPage {
    /// The page itself.
    pub fn path(&self) -> String {
        follow_path(self.layout.language, self.proposal.id, &self.secret)
    }

    /// What the state is called.
    pub fn state(&self) -> String {
        state_text(&self.layout, self.proposal.state)
    }

    /// Whether something is still to be decided.
    pub fn is_open(&self) -> bool {
        self.proposal.state.is_open()
    }

    /// Whether a moderator has asked something.
    pub fn is_asked(&self) -> bool {
        self.proposal.state == ProposalState::Asked
    }

    /// The record's page, where it is there.
    pub fn record_path(&self) -> Option<String> {
        let is_there = !self.proposal.is_new() || self.proposal.changeset.is_some();
        is_there.then(|| self.layout.partnership_path(&self.proposal.record().to_string()))
    }
}

/// What a state is called.
pub fn state_text(layout: &Layout, state: ProposalState) -> String {
    layout.text(&format!("proposal.state.{}", state.code())).to_owned()
}
