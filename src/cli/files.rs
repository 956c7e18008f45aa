//! The files that commands read.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileTypeExt,
    path::Path,
};

use super::Failure;
use crate::formats::csv::Input;

pub(super) fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// A file to import.
pub(super) struct OpenFile {
    pub(super) input: Input<'static>,
    pub(super) name: String,
    /// In bytes, where it is known.
    pub(super) size: Option<u64>,
}

pub(super) fn open_input(path: &Path) -> Result<OpenFile, Failure> {
    if path == Path::new("-") {
        let input = Input::Stream(Box::new(io::stdin()));
        return Ok(OpenFile { input, name: "-".into(), size: None });
    }
    let failed =
        |reason: String| Failure::File { action: "read", file: path.display().to_string(), reason };
    // reading a pipe may block for ever, and a device has no end: standard input is the way for both
    let kind = fs::metadata(path).map_err(|error| failed(error.to_string()))?.file_type();
    if kind.is_fifo() || kind.is_char_device() || kind.is_block_device() || kind.is_socket() {
        let reason = "it is a pipe or a device, not a file; give its contents to “atlas import -”";
        return Err(failed(reason.into()));
    }
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let about = file.metadata().map_err(|error| failed(error.to_string()))?;
    if about.is_dir() {
        return Err(failed("it is a folder; name a CSV file in it".into()));
    }
    let name =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let size = about.is_file().then_some(about.len());
    Ok(OpenFile { input: file.into(), name, size })
}
