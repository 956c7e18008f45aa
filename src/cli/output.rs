//! What a command writes: to standard output, or to a file that is whole or not there.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use clap::CommandFactory;

use super::Failure;
use crate::{atlas::export::Export, config::Config};

pub(super) fn write_export(export: Export, output: Option<&Path>) -> Result<ExitCode, Failure> {
    let write = |out: &mut dyn Write| {
        for piece in export {
            out.write_all(&piece?)?;
        }
        out.flush()
    };
    match output {
        None => write(&mut io::stdout().lock())?,
        Some(path) => write_whole(("write", path), |out| write(out))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file whole, or leaves it as it was. What is no file (a pipe, `/dev/stdout`) is written
/// to as it stands: another file must not take its place.
pub(super) fn write_whole<T>(
    (what, path): (&'static str, &Path),
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> Result<T, Failure> {
    let is_special = path.symlink_metadata().is_ok_and(|about| !about.is_file());
    let mut partial = path.as_os_str().to_owned();
    if !is_special {
        partial.push(".partial");
    }
    let written = || -> io::Result<T> {
        let mut file = BufWriter::new(File::create(&partial)?);
        let written = write(&mut file)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if !is_special {
            file.sync_all()?;
            std::fs::rename(&partial, path)?;
        }
        Ok(written)
    };
    written().map_err(|error| {
        if !is_special {
            let _ = std::fs::remove_file(&partial);
        }
        Failure::File { action: what, file: path.display().to_string(), reason: error.to_string() }
    })
}

/// What a shell needs to complete commands.
pub(super) fn write_completions(shell: clap_complete::Shell) -> ExitCode {
    clap_complete::generate(shell, &mut Config::command(), "atlas", &mut io::stdout());
    ExitCode::SUCCESS
}

/// The manual pages, one for each command.
pub(super) fn write_manual(folder: &Path) -> Result<ExitCode, Failure> {
    let written = clap_mangen::generate_to(Config::command(), folder);
    written.map(|()| ExitCode::SUCCESS).map_err(|error| Failure::File {
        action: "write manual pages into",
        file: folder.display().to_string(),
        reason: error.to_string(),
    })
}
