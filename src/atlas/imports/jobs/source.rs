//! What is read again from the file of an import, as long as this server keeps it.

use std::{
    fs::File,
    io::{self, Seek},
};

use serde_json::Value;
use tempfile::SpooledTempFile;

use super::{JobError, Jobs, document};
use crate::{
    atlas::imports::{
        file_columns,
        issue_rows::{IssueRows, WantedRows, issue_rows},
        report::column_json,
    },
    domain::Language,
    formats::csv::{Original, Profile, annotate},
};

/// An annotated copy of more bytes goes to a temporary file.
const IN_MEMORY: usize = 8 * 1024 * 1024;

/// The file of an import, and how it is to be read.
struct SourceFile {
    /// From its beginning.
    file: File,
    name: String,
    /// As its import reads it.
    profile: Profile,
}

/// The rejected rows of a file, with what is wrong with each.
#[derive(Debug)]
pub struct Annotated {
    /// The copy, from its beginning.
    pub copy: SpooledTempFile,
    /// The name of the file that it is made from.
    pub file: String,
    /// The encoding of the copy, as the Encoding Standard names it.
    pub encoding: &'static str,
}

impl Jobs {
    fn source_file(&self, id: i64) -> Result<SourceFile, JobError> {
        let job = self.shared.readers().take()?.brief_job(id)?.ok_or(JobError::Unknown(id))?;
        let upload = self.shared.own(job.upload.as_deref()).ok_or(JobError::NoFile(id))?;
        let file = self.shared.uploads.open(&upload)?;
        let request = document::request(&job);
        let profile = request.profile().map_err(|_| JobError::NoFile(id))?;
        let name = job.record.file.map(|file| file.name).unwrap_or_default();
        Ok(SourceFile { file, name, profile })
    }

    /// Rows of the file that something is said of.
    pub fn issue_rows(&self, id: i64, wanted: WantedRows) -> Result<IssueRows, JobError> {
        let SourceFile { file, profile, .. } = self.source_file(id)?;
        let issues = self.issues(id)?;
        issue_rows(file, &profile, &issues, wanted).map_err(|_| JobError::NoFile(id))
    }

    /// The rejected rows, to be corrected and sent again.
    pub fn annotated(&self, id: i64, language: Language) -> Result<Annotated, JobError> {
        let SourceFile { file, profile, name } = self.source_file(id)?;
        let issues = self.issues(id)?;
        let original = Original::new(file, &profile).map_err(|_| JobError::NoFile(id))?;
        let encoding = original.copy_encoding();
        let mut copy = SpooledTempFile::new(IN_MEMORY);
        let written =
            annotate(original, &issues, language, &mut copy).and_then(|_| Ok(copy.rewind()?));
        written.map_err(|error| {
            tracing::warn!("an annotated copy could not be made: {error}");
            JobError::NoFile(id)
        })?;
        Ok(Annotated { copy, file: name, encoding })
    }

    /// Adds what the columns of the file are taken for, where its import does not say.
    pub(super) fn add_columns(&self, id: i64, document: &mut Value) {
        let is_still =
            matches!(document["state"].as_str(), Some("planned" | "failed" | "committed"));
        if document["columns"].is_array() || !is_still {
            return;
        }
        let open = || Ok(self.source_file(id).map_err(io::Error::other)?.file.into());
        let Ok(SourceFile { profile, .. }) = self.source_file(id) else { return };
        let Ok(found) = file_columns(open, &profile) else { return };
        let mut columns: Vec<Value> = found.columns.iter().map(column_json).collect();
        if !found.as_read {
            // the columns are proposed: what somebody has said of them before comes first
            put_said(&mut columns, &document["request"]["columns"]);
        }
        document["columns"] = columns.into();
    }
}

/// Replaces proposals by what was said of columns; no other column is proposed the same.
fn put_said(columns: &mut [Value], said: &Value) {
    let said_of = |column: &Value| said[column["title"].as_str()?].as_str();
    let taken: Vec<&str> = columns.iter().filter_map(said_of).collect();
    for column in columns {
        if let Some(name) = said_of(column) {
            column["column"] = if name.is_empty() { Value::Null } else { name.into() };
        } else if column["column"].as_str().is_some_and(|name| taken.contains(&name)) {
            column["column"] = Value::Null;
        }
    }
}
