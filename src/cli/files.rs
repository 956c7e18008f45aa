//! The files that commands read.

use std::{fs::File, io, path::Path};

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
