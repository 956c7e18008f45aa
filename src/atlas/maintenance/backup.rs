//! A register as one file, and back: tables, and files of imports that are not yet ended.
//!
//! The first line says what the backup is of, then come the tables (`storage/dump.rs`), then the
//! files: a line with the name of each, and lines with its bytes.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read, Seek, Write},
};

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use crate::{
    atlas::imports::uploads::{Incoming, Upload, UploadError, Uploads},
    domain::DataVersion,
    formats::backup::{BackupFileError, BackupReader, BackupWriter},
    storage::{Database, DumpError, DumpHead, StorageError},
};

/// The form of backups that this release writes.
const FORM: u32 = 1;
/// Bytes of a file that one line has.
const PIECE: usize = 48 * 1_024;

/// What a backup is of: its first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub atlas_backup: u32,
    /// The release that wrote it.
    pub release: String,
    /// When it was begun: it has all that was committed before, and nothing of later.
    pub at: DateTime<Utc>,
    /// The id of the register.
    pub register: String,
    /// The version of its data.
    pub version: i64,
    /// The migrations that its tables had seen.
    pub migrations: BTreeSet<String>,
    /// The settings that were in the environment of the backup, but for where the database is.
    pub settings: BTreeMap<String, String>,
}

/// The line before the bytes of a file.
#[derive(Debug, Serialize, Deserialize)]
struct FileLine {
    upload: String,
}

/// What a backup has, or what came of it.
#[derive(Debug, Clone)]
pub struct BackupSummary {
    /// Its first line.
    pub manifest: Manifest,
    /// Rows of tables.
    pub rows: u64,
    /// Files of imports.
    pub files: u64,
    /// Files of imports that were no longer there.
    pub missing: Vec<String>,
}

/// Why a register was not backed up or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// The file of the backup.
    #[error("the backup cannot be used: {0}. Nothing was changed")]
    File(#[from] BackupFileError),
    /// What the file says.
    #[error("the backup cannot be used: {0}. Nothing was changed")]
    Content(String),
    /// The folder for files that come.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// Reading or writing.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<StorageError> for BackupError {
    fn from(error: StorageError) -> Self {
        Self::Dump(error.into())
    }
}

/// Writes everything to a file, all of one moment, while others read and write.
pub fn backup<W: Write>(
    database: &mut Database,
    uploads: &Uploads,
    settings: BTreeMap<String, String>,
    out: W,
) -> Result<BackupSummary, BackupError> {
    let writer = RefCell::new(BackupWriter::new(out)?);
    let mut first = None;
    let mut rows = 0;
    let begin = |head: &DumpHead| {
        let manifest = Manifest::of(head, settings);
        writer.borrow_mut().line(&serde_json::to_string(&manifest)?)?;
        first = Some(manifest);
        Ok(())
    };
    let head = database.dump(begin, |line| {
        rows += u64::from(line.starts_with('['));
        writer.borrow_mut().line(line)
    })?;
    let mut writer = writer.into_inner();
    let (mut files, mut missing) = (0, Vec::new());
    for code in &head.uploads {
        let Some(upload) = Upload::from_code(code).filter(|upload| uploads.holds(upload)) else {
            missing.push(code.clone());
            continue;
        };
        match uploads.open(&upload) {
            Ok(file) => {
                write_file(&mut writer, code, file)?;
                files += 1;
            }
            // its import has ended meanwhile
            Err(UploadError::Gone(_)) => missing.push(code.clone()),
            Err(error) => return Err(error.into()),
        }
    }
    writer.finish()?;
    let manifest = first.ok_or_else(|| BackupError::Content("nothing was read".into()))?;
    Ok(BackupSummary { manifest, rows, files, missing })
}

fn write_file<W: Write>(
    writer: &mut BackupWriter<W>,
    code: &str,
    mut file: File,
) -> Result<(), BackupError> {
    let line = FileLine { upload: code.to_owned() };
    writer.line(&serde_json::to_string(&line).map_err(io::Error::from)?)?;
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        piece.clear();
        (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Ok(());
        }
        writer.line(&BASE64.encode(&piece))?;
    }
}

/// Puts a backup in place of what a register holds: all of it or nothing. Its every byte is
/// verified first.
pub fn restore<R: Read + Seek>(
    database: &mut Database,
    uploads: &Uploads,
    replace: bool,
    mut file: R,
) -> Result<(BackupSummary, DataVersion), BackupError> {
    let mut lines = BackupReader::open(&mut file)?;
    let manifest = Manifest::read(lines.next())?;
    if !replace && !database.is_empty()? {
        return Err(database.not_empty().into());
    }
    // the files first: the register never names one that is not there
    let files = restore_files(lines, uploads)?;
    let mut rows = 0;
    let is_table = |line: &io::Result<String>| !line.as_ref().is_ok_and(|line| is_file(line));
    let tables = BackupReader::open(&mut file)?.skip(1).take_while(is_table);
    let tables = tables.inspect(|line| {
        rows += u64::from(line.as_ref().is_ok_and(|line| line.starts_with('[')));
    });
    let version = database.restore(&manifest.migrations, replace, tables)?;
    Ok((BackupSummary { manifest, rows, files, missing: Vec::new() }, version))
}

fn is_file(line: &str) -> bool {
    line.starts_with("{\"upload\":")
}

/// Writes the files of imports; how many.
fn restore_files(
    lines: impl Iterator<Item = io::Result<String>>,
    uploads: &Uploads,
) -> Result<u64, BackupError> {
    let mut files = 0;
    let mut open: Option<(Upload, Incoming)> = None;
    for line in lines.skip_while(|line| !line.as_ref().is_ok_and(|line| is_file(line))) {
        let line = line?;
        if is_file(&line) {
            if let Some((upload, file)) = open.take() {
                file.keep_as(&upload)?;
            }
            let FileLine { upload } = serde_json::from_str(&line).map_err(io::Error::from)?;
            let upload = Upload::from_code(&upload)
                .ok_or_else(|| BackupError::Content(format!("“{upload}” names no file")))?;
            open = Some((upload.clone(), uploads.receive_again(&upload)?));
            files += 1;
        } else if let Some((_, file)) = &mut open {
            let bytes = BASE64.decode(line.as_bytes());
            file.write(&bytes.map_err(|error| BackupError::Content(error.to_string()))?)?;
        }
    }
    if let Some((upload, file)) = open {
        file.keep_as(&upload)?;
    }
    Ok(files)
}

impl Manifest {
    fn of(head: &DumpHead, settings: BTreeMap<String, String>) -> Self {
        let DumpHead { version, migrations, .. } = head;
        Self {
            atlas_backup: FORM,
            release: env!("CARGO_PKG_VERSION").into(),
            at: Utc::now(),
            register: version.register.to_string(),
            version: version.number,
            migrations: migrations.clone(),
            settings,
        }
    }

    fn read(line: Option<io::Result<String>>) -> Result<Self, BackupError> {
        let line = line.transpose()?.unwrap_or_default();
        let manifest: Self = serde_json::from_str(&line)
            .map_err(|_| BackupError::Content("its first line is not that of a backup".into()))?;
        if manifest.atlas_backup != FORM {
            let Self { atlas_backup: form, release, .. } = manifest;
            return Err(BackupError::Content(format!(
                "it has form {form}, of release {release}, which this release cannot read"
            )));
        }
        Ok(manifest)
    }
}
