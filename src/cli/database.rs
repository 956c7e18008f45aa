//! Opens the register that a command is about, and the files that belong to it.

use std::path::{Path, PathBuf};

use crate::{
    atlas::imports::uploads::Uploads,
    config::{DatabaseOption, MigrateOption},
    storage::{Database, OpenMode, StorageError},
};

/// Opens the register, which must be there.
pub(super) fn open(option: &DatabaseOption) -> Result<Database, StorageError> {
    open_or_make(option, false)
}

/// Opens the register; makes it where there is none, if that is wanted.
pub(super) fn open_or_make(
    option: &DatabaseOption,
    create: bool,
) -> Result<Database, StorageError> {
    open_as(option, OpenMode { create, ..open_mode(option) })
}

/// How the option has a database opened.
pub(super) fn open_mode(option: &DatabaseOption) -> OpenMode {
    let migrate = option.migrate == MigrateOption::Auto;
    OpenMode { create: false, migrate, read_only: false }
}

pub(super) fn open_as(
    option: &DatabaseOption,
    opening: OpenMode,
) -> Result<Database, StorageError> {
    let url = option.url().map_err(|reason| {
        let named = option.database_file.as_deref().unwrap_or(Path::new("")).display();
        StorageError::Open { url: format!("named in {named}"), reason: reason.to_string() }
    })?;
    Database::open_with(&url, opening)
}

/// Opens the register to import into it, which makes it where there is none; what is only tried
/// has an empty one in memory then.
pub(super) fn open_to_import(
    option: &DatabaseOption,
    dry_run: bool,
) -> Result<Database, StorageError> {
    match open_or_make(option, !dry_run) {
        Err(StorageError::Missing { .. }) => Database::open("sqlite::memory:"),
        opened => opened,
    }
}

/// The files of imports that come to a server: in the folder that was named, else beside the
/// database, or in the current folder.
pub(super) fn uploads_of(folder: Option<&PathBuf>, database: &Database) -> Uploads {
    Uploads::new(uploads_folder(folder, database), u64::MAX)
}

pub(super) fn uploads_folder(folder: Option<&PathBuf>, database: &Database) -> PathBuf {
    folder_of("uploads", folder, database)
}

/// A folder of this register: the one that is named, or beside the file of SQLite, or in the current
/// folder.
pub(super) fn folder_of(kind: &str, named: Option<&PathBuf>, database: &Database) -> PathBuf {
    match (named, database.file()) {
        (Some(folder), _) => folder.clone(),
        (None, Some(file)) => {
            let mut beside = file.as_os_str().to_owned();
            beside.push(format!("-{kind}"));
            beside.into()
        }
        (None, None) => format!("atlas-{kind}").into(),
    }
}
