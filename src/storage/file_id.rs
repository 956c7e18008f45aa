//! Notices that the file of SQLite is no longer the one that was opened.

use std::{fs, path::Path};

use super::{StorageError, location::Location};

/// A file, whatever its name is by now. As long as a connection has it open, no other file gets the
/// same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The file that has this place's name now; none where there is none, or no file is meant.
    pub(super) fn of(location: &Location) -> Option<Self> {
        let Location::File(path) = location else { return None };
        fs::metadata(Path::new(path)).ok().map(|about| Self::from_metadata(&about))
    }

    #[cfg(unix)]
    fn from_metadata(about: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: about.dev(), inode: about.ino() }
    }

    /// Other systems let nobody replace a file that is open.
    #[cfg(not(unix))]
    fn from_metadata(_: &fs::Metadata) -> Self {
        Self { device: 0, inode: 0 }
    }
}

/// Whether there is no file, or an empty one, which SQLite would take for a new database.
pub(super) fn is_missing(location: &Location) -> bool {
    let Location::File(path) = location else { return false };
    fs::metadata(Path::new(path)).map_or(true, |about| about.len() == 0)
}

/// An error where the name leads to another file than the one that was opened, or to none.
pub(super) fn check(opened: Option<FileId>, location: &Location) -> Result<(), StorageError> {
    let now = FileId::of(location);
    match (opened, now) {
        _ if opened == now => Ok(()),
        (_, None) => Err(StorageError::Gone { url: location.to_string() }),
        _ => Err(StorageError::Replaced { url: location.to_string() }),
    }
}
