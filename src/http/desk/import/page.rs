//! One import: how far it is, what is wrong with its file, what it would change.

use askama::Template;

use crate::{
    domain::{Column, ImportState},
    http::{
        desk::import::{
            document::{ImportChange, ImportDocument, ImportRows, MassRemoval},
            list::{ENCODINGS, Notice, Visitor, moment, with_query},
        },
        page::{layout::Layout, site_page::SitePage},
        text::{format, texts::Texts},
    },
};

/// Rows with issues that one page shows.
pub const ROWS_SHOWN: usize = 25;

/// `/import/{id}` and `/en/import/{id}`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/import/import.html")]
pub struct ImportPage {
    /// The frame.
    pub layout: Layout,
    /// Who is signed in.
    pub visitor: Visitor,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// The import.
    pub import: ImportDocument,
    /// Rows of the file that something is said of, while the file is there.
    pub rows: Option<ImportRows>,
    /// What of it is looked at.
    pub view: ImportView,
    /// Records that a revert would have to leave, because later imports changed them.
    pub conflicts: Vec<ImportChange>,
}

/// What of an import somebody looks at: its page's query.
#[derive(Debug, Clone, Default)]
pub struct ImportView {
    /// Rows with an issue of this severity, `error` or `warning`; any without it.
    pub severity: String,
    /// Rows below this line.
    pub after: u64,
    /// Changes of this operation; any without it.
    pub operation: String,
    /// Changes from this one on, counted from 0.
    pub from: usize,
}
impl ImportPage {
    /// A path of the importers' pages.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", SitePage::Import.path(self.layout.language))
    }

    /// Where an action of this import goes.
    pub fn action(&self, name: &str) -> String {
        self.path(&format!("/{}/{name}", self.import.id))
    }

    /// Where something of this import is for programs.
    pub fn api(&self, name: &str) -> String {
        format!("/api/imports/{}/{name}", self.import.id)
    }

    /// The annotated copy of the rejected rows, in the page's language.
    pub fn rejected_path(&self) -> String {
        format!("{}?lang={}", self.api("rejected"), self.layout.language)
    }

    fn can_act(&self) -> bool {
        self.visitor.can_import
    }

    /// Whether it goes on by itself.
    pub fn is_running(&self) -> bool {
        self.import.state.is_running()
    }

    /// Whether it can be written as it stands, or without its rejected rows.
    pub fn can_commit(&self) -> bool {
        self.can_act()
            && self.import.state == ImportState::Planned
            && self.import.plan.is_some()
            && self.import.outcome.changes() > 0
    }

    /// Whether it can be given up.
    pub fn can_cancel(&self) -> bool {
        let state = self.import.state;
        self.can_act() && (state == ImportState::Planned || state.is_running())
    }

    /// Whether it can be taken back.
    pub fn can_undo(&self) -> bool {
        self.can_act() && self.import.can_be_undone()
    }

    /// Whether the columns can be said anew.
    pub fn can_correct(&self) -> bool {
        let state = self.import.state;
        let is_open = matches!(state, ImportState::Planned | ImportState::Failed);
        self.can_act() && is_open && !self.columns().is_empty()
    }

    /// Whether what its cells are read as can be said.
    pub fn can_mend(&self) -> bool {
        self.can_act() && self.import.state == ImportState::Planned
    }

    /// Whether the header was not enough, so that the columns are what is to be looked at.
    pub fn is_about_columns(&self) -> bool {
        let codes = ["columns-missing", "column-repeated"];
        let failed =
            self.import.error.as_ref().filter(|_| self.import.state == ImportState::Failed);
        failed.is_some_and(|error| codes.contains(&error.code.as_str()))
            && !self.columns().is_empty()
    }

    /// Whether another try may go better: the register has changed, or the file is to be read
    /// in another encoding.
    pub fn can_try_again(&self) -> bool {
        self.can_act() && self.import.state == ImportState::Failed && !self.is_about_columns()
    }

    /// Encodings to read the file in.
    pub fn encodings(&self) -> [&'static str; 6] {
        ENCODINGS
    }

    /// Whether an encoding is the one that was asked for.
    pub fn is_asked_encoding(&self, encoding: &str) -> bool {
        self.import.request.encoding.as_deref() == Some(encoding)
    }

    /// Whether rejected rows stand in the way.
    pub fn is_refused(&self) -> bool {
        self.import.plan.as_ref().is_some_and(|plan| plan.refused)
    }

    /// Whether nothing is removed because of rejected rows.
    pub fn is_removal_withheld(&self) -> bool {
        self.import.plan.as_ref().is_some_and(|plan| plan.removal_withheld)
    }

    /// The numbers of the steps.
    pub fn steps(&self) -> [u8; 4] {
        [1, 2, 3, 4]
    }

    /// The step that the import is at, from 1 to 4.
    pub fn step(&self) -> u8 {
        match self.import.state {
            ImportState::Waiting | ImportState::Checking => 2,
            ImportState::Planned | ImportState::Failed | ImportState::Cancelled => 3,
            ImportState::Committing | ImportState::Committed => 4,
        }
    }

    /// The key of what the page says first.
    pub fn verdict_key(&self) -> &'static str {
        let import = &self.import;
        match import.state {
            ImportState::Waiting => "import.verdict.waiting",
            ImportState::Checking => "import.verdict.checking",
            ImportState::Planned if self.is_refused() => "import.verdict.refused",
            ImportState::Planned if import.outcome.changes() == 0 => "import.verdict.nothing",
            ImportState::Planned => "import.verdict.ready",
            ImportState::Committing => "import.verdict.committing",
            ImportState::Committed if import.reverted_by.is_some() => "import.verdict.reverted",
            ImportState::Committed => "import.verdict.committed",
            ImportState::Failed if self.is_about_columns() => "import.verdict.columns",
            ImportState::Failed => "import.verdict.failed",
            ImportState::Cancelled => "import.verdict.cancelled",
        }
    }

    /// What the import changes, as a sentence; nothing while that is not known.
    pub fn sentence(&self) -> Option<String> {
        let tense = match self.import.state {
            ImportState::Planned => "would",
            ImportState::Committed => "did",
            _ => return None,
        };
        let outcome = &self.import.outcome;
        let mut parts: Vec<String> = Vec::new();
        for (operation, count) in [
            ("created", outcome.created),
            ("updated", outcome.updated),
            ("removed", outcome.removed),
        ] {
            if count > 0 {
                let place = if parts.is_empty() { "first" } else { "next" };
                let key = format!("import.sentence.{tense}.{operation}.{place}");
                parts.push(self.layout.counted(&key, count));
            }
        }
        let end = parts.pop()?;
        let whole = if parts.is_empty() {
            end
        } else {
            format!("{} {} {end}", parts.join(", "), self.layout.text("import.sentence.and"))
        };
        Some(self.layout.fill(&format!("import.sentence.{tense}"), "list", &whole))
    }

    /// How many rows are rejected, as a sentence.
    pub fn rejected_sentence(&self) -> Option<String> {
        let count = self.import.outcome.rejected;
        (count > 0).then(|| self.layout.counted("import.rejected", count))
    }

    /// How many records are as they were, as a sentence.
    pub fn unchanged_sentence(&self) -> Option<String> {
        let count = self.import.outcome.unchanged;
        (count > 0).then(|| self.layout.counted("import.unchanged", count))
    }

    /// Consent to leave the rejected rows out, with the figures.
    pub fn valid_rows_label(&self) -> String {
        let rejected = self.layout.number(self.import.outcome.rejected);
        self.layout.fill("import.consent.valid_rows", "count", &rejected)
    }

    /// What removes much of a source, with the figures, each as a sentence.
    pub fn mass_removals(&self) -> Vec<String> {
        let masses = self.import.plan.iter().flat_map(|plan| &plan.mass_removals);
        let sentence = |MassRemoval { source, removed, of }: &MassRemoval| {
            let share = (removed * 100).checked_div(*of).unwrap_or(100).to_string();
            let (removed, of) = (self.layout.number(removed), self.layout.number(of));
            let values = [
                ("source", source.as_str()),
                ("removed", &removed),
                ("of", &of),
                ("share", &share),
            ];
            Texts::of(self.layout.language).fill("import.mass_removal", &values)
        };
        masses.map(sentence).collect()
    }

    /// Per cent of the file that is read, where that is known.
    pub fn percent(&self) -> Option<u64> {
        let progress = self.import.progress?;
        (progress.bytes * 100).checked_div(progress.size?).map(|percent| percent.min(100))
    }

    /// How many rows were read, as a sentence.
    pub fn rows_read(&self) -> String {
        let rows = self.import.progress.map_or(0, |progress| progress.rows);
        self.layout.counted("import.progress.rows", rows)
    }

    /// Why it failed, in the page's language.
    pub fn failure(&self) -> Option<&str> {
        let error = self.import.error.as_ref()?;
        Some(error.message.get(self.layout.language))
    }

    /// An instant of the import in words.
    pub fn moment(&self, iso: &str) -> String {
        moment(self.layout.language, iso)
    }

    /// The columns that have a title.
    pub fn columns(&self) -> Vec<&crate::http::desk::import::document::ImportColumn> {
        self.import.columns.iter().filter(|column| !column.title.is_empty()).collect()
    }

    /// How many columns are read, as a sentence.
    pub fn columns_sentence(&self) -> String {
        let columns = self.columns();
        let read = columns.iter().filter(|column| column.column.is_some()).count() as u64;
        let key =
            if self.is_about_columns() { "import.columns.proposed" } else { "import.columns.read" };
        let text = self.layout.counted(key, read);
        text.replace("{all}", &self.layout.number(columns.len() as u64))
    }

    /// The key of how sure a column is.
    pub fn confidence_key(&self, confidence: &f64) -> &'static str {
        match *confidence {
            sure if sure >= 0.85 => "import.sure",
            likely if likely >= 0.7 => "import.likely",
            _ => "import.unsure",
        }
    }

    /// Per cent of a share.
    pub fn hundred(&self, share: &f64) -> u64 {
        (share * 100.0).round().clamp(0.0, 100.0) as u64
    }

    /// The native columns, to choose from: name and label.
    pub fn choices(&self) -> Vec<(&'static str, String)> {
        let label = |column: Column| column.label(self.layout.language).to_owned();
        Column::ALL.map(|column| (column.name(), label(column))).into()
    }

    /// What a native column is called in the page's language.
    pub fn column_label(&self, name: &str) -> String {
        let column = Column::from_name(name);
        column.map_or(name, |column| column.label(self.layout.language)).to_owned()
    }

    /// This page with other rows or changes.
    pub fn view_path(&self, view: &ImportView, part: &str) -> String {
        let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
        let pairs = [
            ("severity", view.severity.clone()),
            ("after", number(view.after)),
            ("operation", view.operation.clone()),
            ("from", number(view.from as u64)),
        ];
        format!("{}#{part}", with_query(&self.path(&format!("/{}", self.import.id)), &pairs))
    }

    /// A number as the language writes it.
    pub fn number(&self, value: &u64) -> String {
        format::number(self.layout.language, *value)
    }
}
