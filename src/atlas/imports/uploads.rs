//! Files that came over HTTP, in a folder of this server, until they are imported.
//!
//! The folder has a name of its own, kept in it: servers that share a database know which of
//! them has which file. One server at a time works on the files of a folder, the one that holds
//! its lock; the system lets go of that when the server ends, however it ends.

use std::{
    collections::HashSet,
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use data_encoding::HEXLOWER;
use tempfile::NamedTempFile;

/// Holds the folder's own name.
const NAME: &str = ".name";
/// Is locked by the server that works on the files.
const LOCK: &str = ".lock";
/// How every file begins, so that nothing else is ever removed.
const PREFIX: &str = "upload-";
/// A file that no import names may be of one that begins just now.
const NEW: Duration = Duration::from_hours(1);

/// A folder for files that come. It is made when the first one does.
#[derive(Debug, Clone)]
pub struct Uploads {
    path: PathBuf,
    limit: u64,
    lock: Arc<Mutex<Option<File>>>,
}

/// Why a file was not kept, or is not there.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Larger than this server takes.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// No room.
    #[error("the disk that holds {} is full", .0.display())]
    Full(PathBuf),
    /// The file of an import is not in the folder any more.
    #[error("the file is no longer in {}", .0.display())]
    Gone(PathBuf),
    /// The folder cannot be used.
    #[error(
        "cannot {action} in {}: {reason}. Check that the folder exists and belongs to the server, \
         or name another one with --uploads", .folder.display()
    )]
    Folder {
        /// What was attempted.
        action: &'static str,
        /// Where.
        folder: PathBuf,
        /// Why it failed.
        reason: io::Error,
    },
}

/// The disk of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that may still be written.
    pub free: u64,
    /// Bytes that it has.
    pub size: u64,
}

/// A file on its way in. It is gone when this is dropped before it is kept.
#[derive(Debug)]
pub struct Incoming {
    file: NamedTempFile,
    size: u64,
    limit: u64,
    folder: PathBuf,
    folder_name: String,
}

/// Where a file is that was kept: the folder's name and the file's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Upload {
    folder: String,
    file: String,
}

impl Upload {
    /// As it is kept with its import: `FOLDER/FILE`.
    pub fn code(&self) -> String {
        format!("{}/{}", self.folder, self.file)
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        let (folder, file) = code.split_once('/')?;
        let is_own = file.starts_with(PREFIX) && !file.contains(['/', '\\']);
        is_own.then(|| Self { folder: folder.to_owned(), file: file.to_owned() })
    }

    /// Which folder it is in.
    pub fn folder(&self) -> &str {
        &self.folder
    }
}

impl Uploads {
    /// Files of at most `limit` bytes, in this folder.
    pub fn new(path: PathBuf, limit: u64) -> Self {
        Self { path, limit, lock: Arc::default() }
    }

    /// How many bytes a file may have.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// A new file, to be written.
    pub fn receive(&self) -> Result<Incoming, UploadError> {
        let folder_name = self.name_or_make()?;
        let file = tempfile::Builder::new().prefix(PREFIX).rand_bytes(16).tempfile_in(&self.path);
        let file = file.map_err(|reason| self.failed("make a file", reason))?;
        Ok(Incoming { file, size: 0, limit: self.limit, folder: self.path.clone(), folder_name })
    }

    /// A file that was kept in a folder of this one's name, to be written again; the folder takes
    /// that name where it has none.
    pub fn receive_again(&self, upload: &Upload) -> Result<Incoming, UploadError> {
        if self.name()?.is_none() {
            let failed = |reason| self.failed("make files", reason);
            fs::create_dir_all(&self.path).map_err(failed)?;
            fs::write(self.path.join(NAME), upload.folder()).map_err(failed)?;
        }
        if !self.holds(upload) {
            let reason = io::Error::other("it has files of another server");
            return Err(self.failed("put files back", reason));
        }
        self.receive()
    }

    /// The disk that the folder is on; none where the system does not tell.
    pub fn disk(&self) -> Option<Disk> {
        // the folder is made when the first file comes
        let place = self.path.ancestors().find(|place| place.is_dir());
        let place = place.unwrap_or(Path::new("."));
        let about = rustix::fs::statvfs(place).ok()?;
        Some(Disk { free: about.f_bavail * about.f_frsize, size: about.f_blocks * about.f_frsize })
    }

    /// Whether a file is kept in this folder.
    pub fn holds(&self, upload: &Upload) -> bool {
        self.name().is_ok_and(|name| name.as_deref() == Some(upload.folder()))
    }

    /// Opens a file that was kept in this folder.
    pub fn open(&self, upload: &Upload) -> Result<File, UploadError> {
        let path = self.path.join(&upload.file);
        // a pipe or a link in its place is not the file that was uploaded
        let is_file = fs::symlink_metadata(&path).map(|about| about.is_file());
        let opened = match is_file {
            Ok(false) => Err(ErrorKind::NotFound.into()),
            Ok(true) => File::open(&path),
            Err(reason) => Err(reason),
        };
        opened.map_err(|reason| match reason.kind() {
            ErrorKind::NotFound => UploadError::Gone(self.path.clone()),
            _ => self.failed("read a file", reason),
        })
    }

    /// Removes a file that was kept in this folder; nothing where it is gone already.
    pub fn remove(&self, upload: &Upload) -> Result<(), UploadError> {
        match fs::remove_file(self.path.join(&upload.file)) {
            Err(reason) if reason.kind() != ErrorKind::NotFound => {
                Err(self.failed("remove a file", reason))
            }
            _ => Ok(()),
        }
    }

    /// The folder's name, if the folder is there and this server is the one that works on its
    /// files; it is from now on where no other is.
    pub fn held(&self) -> Result<Option<String>, UploadError> {
        let Some(name) = self.name()? else { return Ok(None) };
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            let failed = |reason| self.failed("lock a file", reason);
            let path = self.path.join(LOCK);
            let file = File::options().create(true).truncate(false).write(true).open(path);
            let file = file.map_err(failed)?;
            match file.try_lock() {
                Ok(()) => *lock = Some(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(reason)) => return Err(failed(reason)),
            }
        }
        Ok(Some(name))
    }

    /// Removes the files that no import names any more.
    pub fn sweep(&self, named: &HashSet<Upload>) -> Result<(), UploadError> {
        let failed = |reason| self.failed("look for old files", reason);
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let is_named = named.iter().any(|upload| upload.file == file);
            if is_named || !file.starts_with(PREFIX) {
                continue;
            }
            let changed = entry.metadata().and_then(|about| about.modified()).map_err(failed)?;
            let age = SystemTime::now().duration_since(changed).unwrap_or_default();
            if age > NEW {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The folder's name; none where there is no such folder yet.
    fn name(&self) -> Result<Option<String>, UploadError> {
        match fs::read_to_string(self.path.join(NAME)) {
            Ok(name) => Ok(Some(name)),
            Err(reason) if reason.kind() == ErrorKind::NotFound => Ok(None),
            Err(reason) => Err(self.failed("read a file", reason)),
        }
    }

    fn name_or_make(&self) -> Result<String, UploadError> {
        if let Some(name) = self.name()? {
            return Ok(name);
        }
        let failed = |reason| self.failed("make files", reason);
        fs::create_dir_all(&self.path).map_err(failed)?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error)))?;
        let mut file = NamedTempFile::new_in(&self.path).map_err(failed)?;
        file.write_all(HEXLOWER.encode(&random).as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(self.path.join(NAME)) {
            // another server was quicker
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => {
                Err(failed(error.error))
            }
            _ => self.name()?.ok_or_else(|| failed(ErrorKind::NotFound.into())),
        }
    }

    fn failed(&self, action: &'static str, reason: io::Error) -> UploadError {
        failed(action, &self.path, reason)
    }
}

fn failed(action: &'static str, folder: &Path, reason: io::Error) -> UploadError {
    match reason.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => UploadError::Full(folder.to_owned()),
        _ => UploadError::Folder { action, folder: folder.to_owned(), reason },
    }
}

impl Incoming {
    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(UploadError::TooLarge(self.limit));
        }
        self.file.write_all(bytes).map_err(|reason| failed("write a file", &self.folder, reason))
    }

    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Keeps the file under the name that it had.
    pub fn keep_as(self, upload: &Upload) -> Result<(), UploadError> {
        let Self { file, folder, .. } = self;
        let failed = |reason| failed("keep a file", &folder, reason);
        file.as_file().sync_all().map_err(failed)?;
        file.persist(folder.join(&upload.file)).map_err(|error| failed(error.error))?;
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// Keeps the file, also if the machine stops now.
    pub fn keep(self) -> Result<Upload, UploadError> {
        let Self { file, folder, folder_name, .. } = self;
        let failed = |reason| failed("keep a file", &folder, reason);
        file.as_file().sync_all().map_err(failed)?;
        let (_, path) = file.keep().map_err(|error| failed(error.error))?;
        // the name is kept when the folder is
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Upload { folder: folder_name, file: name })
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn files(folder: &Path) -> usize {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(PREFIX)).count()
    }

    #[test]
    fn a_file_is_kept_whole_or_not_at_all() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("new/uploads");
        let uploads = Uploads::new(path.clone(), 10);
        assert_eq!(uploads.held().unwrap(), None, "nothing is made before it is needed");
        let mut incoming = uploads.receive().unwrap();
        incoming.write(b"12345").unwrap();
        assert!(matches!(incoming.write(b"678901").unwrap_err(), UploadError::TooLarge(10)));
        drop(incoming);
        assert_eq!(files(&path), 0);

        let mut incoming = uploads.receive().unwrap();
        incoming.write(b"1234567890").unwrap();
        let upload = incoming.keep().unwrap();
        assert_eq!(Upload::from_code(&upload.code()), Some(upload.clone()));
        assert_eq!(io::read_to_string(uploads.open(&upload).unwrap()).unwrap(), "1234567890");
        uploads.sweep(&HashSet::new()).unwrap();
        assert_eq!(files(&path), 1, "its import may be on its way");
        uploads.remove(&upload).unwrap();
        uploads.remove(&upload).unwrap();
        assert!(matches!(uploads.open(&upload).unwrap_err(), UploadError::Gone(_)));
        assert_eq!(Upload::from_code("name/../../etc/passwd"), None);
    }

    #[test]
    fn one_server_at_a_time_works_on_the_files() {
        let folder = TempDir::new().unwrap();
        let uploads = || Uploads::new(folder.path().to_owned(), 10);
        let (first, second) = (uploads(), uploads());
        drop(first.receive().unwrap());
        let name = first.held().unwrap();
        assert_eq!(name.as_ref().map(String::len), Some(16));
        assert_eq!(first.held().unwrap(), name);
        assert_eq!(second.held().unwrap(), None);
        drop(first);
        assert_eq!(second.held().unwrap(), name, "the next one takes over, under the same name");
    }

    #[test]
    fn old_files_that_nobody_names_go() {
        let folder = TempDir::new().unwrap();
        let uploads = Uploads::new(folder.path().to_owned(), 10);
        let old = SystemTime::now() - NEW * 2;
        let keep = || {
            let upload = uploads.receive().unwrap().keep().unwrap();
            uploads.open(&upload).unwrap().set_modified(old).unwrap();
            upload
        };
        let (named, _) = (keep(), keep());
        fs::write(folder.path().join("notes.txt"), "of somebody").unwrap();
        uploads.sweep(&HashSet::from([named.clone()])).unwrap();
        assert_eq!(files(folder.path()), 1);
        uploads.open(&named).unwrap();
        assert!(folder.path().join("notes.txt").exists());
    }
}
