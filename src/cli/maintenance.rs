//! `atlas backup`, `atlas restore`, `atlas check`.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use super::{Failure, directory, open, open_or_make, uploads_of, write_whole};
use crate::{
    atlas::maintenance::{
        backup::{self, BackupError, BackupSummary},
        check::check as check_register,
    },
    config::{BackupOptions, CheckOptions, RestoreOptions},
};

/// Where the database is, and who may enter it, are no settings to keep.
const LEFT_OUT: [&str; 2] = ["ATLAS_DATABASE", "ATLAS_DATABASE_FILE"];

pub(super) fn backup(options: &BackupOptions) -> Result<ExitCode, Failure> {
    let BackupOptions { database, uploads, file } = options;
    let mut database = open(database)?;
    let uploads = uploads_of(uploads.as_ref(), &database);
    let settings: BTreeMap<String, String> = std::env::vars()
        .filter(|(name, _)| name.starts_with("ATLAS_") && !LEFT_OUT.contains(&name.as_str()))
        .collect();
    let mut failure = None;
    let written = write_whole(("write the backup", file.as_path()), |out| {
        backup::backup(&mut database, &uploads, settings, out).map_err(|error| match error {
            BackupError::Io(error) => error,
            other => {
                failure = Some(other);
                io::Error::other("the register could not be read")
            }
        })
    });
    let summary = match (failure, written) {
        (Some(failure), _) => return Err(failure.into()),
        (None, written) => written?,
    };
    let BackupSummary { manifest, rows, files, missing } = &summary;
    writeln!(
        io::stdout(),
        "{}: version {} of register {}, {rows} rows, {files} files of imports, {} settings.",
        file.display(),
        manifest.version,
        manifest.register,
        manifest.settings.len()
    )?;
    for file in missing {
        tracing::warn!("the file {file} of an import is not in the folder of files, and left out");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(options: &RestoreOptions) -> Result<ExitCode, Failure> {
    let RestoreOptions { database: option, uploads, file: path, replace } = options;
    let failed = |action, reason: io::Error| Failure::File {
        action,
        file: path.display().to_string(),
        reason: reason.to_string(),
    };
    let file = File::open(path).map_err(|reason| failed("read the backup", reason))?;
    // a file that is no backup is not to leave an empty register behind
    let made = option.sqlite_file().filter(|file| !Path::new(file).exists());
    let restored = open_or_make(option, true).map_err(Failure::from).and_then(|mut database| {
        let uploads = uploads_of(uploads.as_ref(), &database);
        let restored = backup::restore(&mut database, &uploads, *replace, file)?;
        database.checkpoint()?;
        Ok(restored)
    });
    if let (Err(_), Some(made)) = (&restored, made) {
        for file in [made.clone(), format!("{made}-wal"), format!("{made}-shm")] {
            let _ = fs::remove_file(file);
        }
    }
    let (BackupSummary { manifest, rows, files, .. }, version) = restored?;
    writeln!(
        io::stdout(),
        "Version {} of register {} of {} is restored: {rows} rows, {files} files of imports.",
        version.number,
        manifest.register,
        manifest.at.format("%Y-%m-%d %H:%M:%S UTC")
    )?;
    if !manifest.settings.is_empty() {
        writeln!(io::stdout(), "Its settings were:")?;
        for (name, value) in &manifest.settings {
            writeln!(io::stdout(), "  {name}={value}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check(options: &CheckOptions) -> Result<ExitCode, Failure> {
    let CheckOptions { database, uploads, directory } = options;
    directory::load(directory.directory.as_deref())?;
    let mut database = open(database)?;
    let uploads = uploads_of(uploads.as_ref(), &database);
    let report = check_register(&mut database, Some(&uploads))?;
    for finding in &report.findings {
        writeln!(io::stdout(), "{finding}")?;
    }
    let (records, version) = (report.records, report.version);
    if report.findings.is_empty() {
        writeln!(io::stdout(), "All is well: {records} records, version {version}.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let count = report.findings.len();
    writeln!(io::stdout(), "{count} faults among {records} records of version {version}.")?;
    Ok(ExitCode::FAILURE)
}
