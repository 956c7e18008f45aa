//! The rejected rows of an import, to be corrected: the file is read a second time.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Failure, write_whole};
use crate::{
    atlas::imports::Report,
    domain::Language,
    formats::csv::{Input, Original, Profile, annotate},
};

/// A second hold on a file that is to be read twice; a stream becomes a file first.
pub(super) fn keep(input: &mut Input<'static>, name: &str) -> Result<File, Failure> {
    let mut keep = || match input {
        Input::File(file) if file.metadata()?.is_file() => file.try_clone(),
        Input::File(stream) => spool(stream),
        Input::Stream(stream) => spool(stream),
        Input::Bytes(bytes) => spool(&mut bytes.as_ref()),
    };
    let failed = |error: io::Error| Failure::File {
        action: "keep a copy of",
        file: name.to_owned(),
        reason: error.to_string(),
    };
    let file = keep().map_err(failed)?;
    *input = file.try_clone().map_err(failed)?.into();
    Ok(file)
}

fn spool(stream: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(stream, &mut file)?;
    Ok(file)
}

/// Writes the rows that the report rejects, as `file` has them, each with what is said of it.
pub(super) fn write_rejected(
    report: &Report,
    (file, profile): (File, &Profile),
    path: &Path,
    language: Language,
) -> Result<(), Failure> {
    let written = write_whole(("write the rejected rows to", path), |output| {
        let original = Original::new(file, profile).map_err(io::Error::other)?;
        annotate(original, &report.issues, language, output).map_err(io::Error::other)
    })?;
    if written < report.outcome.rejected {
        tracing::warn!(
            written,
            rejected = report.outcome.rejected,
            "there are more issues than are listed: correct these rows, then import again for the others"
        );
    }
    Ok(())
}
