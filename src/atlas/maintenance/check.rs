//! Whether everything in a register fits together.

use crate::{
    atlas::{
        imports::uploads::{Upload, Uploads},
        register::publish,
    },
    domain::{ImportState, SourceOrder},
    storage::{Database, StorageError},
};

/// What was looked at, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Records that are not removed.
    pub records: u64,
    /// The number of the version of the data.
    pub version: i64,
    /// What is wrong, each in a sentence; empty where all is well.
    pub findings: Vec<String>,
}

/// Reads all of a register: the database's own check, rows that name others, the hash of each
/// record, the snapshot that a server would serve, and the files of imports that wait for them.
pub fn check(
    database: &mut Database,
    uploads: Option<&Uploads>,
) -> Result<CheckReport, StorageError> {
    let mut findings = database.integrity_check()?;
    findings.extend(database.wrong_hashes()?);
    let mut records = 0;
    let version = database.read(|_| records += 1)?.version;
    let snapshot = publish::build(database, &SourceOrder::default())?;
    let served = snapshot.every_record().len() as u64;
    // an import may have been committed in between
    if snapshot.data_version() == version && served != records {
        findings.push(format!(
            "{records} records are not removed, but the snapshot that is served has {served}"
        ));
    }
    for kept in database.kept_uploads()? {
        let is_needed = matches!(
            kept.state,
            ImportState::Waiting
                | ImportState::Checking
                | ImportState::Planned
                | ImportState::Committing
        );
        let Some(uploads) = uploads.filter(|_| is_needed) else { continue };
        let upload = Upload::from_code(&kept.upload);
        if upload.is_none_or(|upload| uploads.holds(&upload) && uploads.open(&upload).is_err()) {
            findings.push(format!("the file of import {} is not there", kept.import));
        }
    }
    Ok(CheckReport { records, version: version.number, findings })
}
