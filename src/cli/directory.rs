//! The directory of actors and funding, from a folder or as the release carries it.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use super::Failure;
use crate::{
    config::SchemaKind,
    domain::directory::{Actor, Call, FundingScheme, Proposition},
    formats::{csv::table_schema, directory_schema::directory_schema},
    search::directory::{Directory, DirectoryTables},
};

/// Faults that are told before the others are only counted.
const MAX_TOLD: usize = 20;

/// Reads the directory of a folder; the bundled one without.
pub(super) fn load(folder: Option<&Path>) -> Result<Arc<Directory>, Failure> {
    let Some(folder) = folder else { return Ok(Directory::bundled()) };
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| Failure::File {
            action: "read the directory",
            file: path.display().to_string(),
            reason: error.to_string(),
        })
    };
    let if_there = |name: &str| folder.join(name).exists().then(|| read(name)).transpose();
    let tables = DirectoryTables {
        actors: read("actors.csv")?,
        schemes: read("schemes.csv")?,
        calls: read("calls.csv")?,
        groups: if_there("groups.csv")?,
        propositions: if_there("propositions.csv")?,
    };
    let directory = Directory::read(&tables).map_err(|issues| {
        let mut told: Vec<String> = issues.iter().take(MAX_TOLD).map(ToString::to_string).collect();
        if issues.len() > MAX_TOLD {
            told.push(format!("and {} more", issues.len() - MAX_TOLD));
        }
        Failure::File {
            action: "use the directory in",
            file: folder.display().to_string(),
            reason: format!("{} faults\n{}", issues.len(), told.join("\n")),
        }
    })?;
    Ok(Arc::new(directory))
}

/// `atlas schema [KIND]`
pub(super) fn schema(kind: Option<SchemaKind>) -> Result<ExitCode, Failure> {
    let text = match kind.unwrap_or(SchemaKind::Partnerships) {
        SchemaKind::Partnerships => table_schema().to_owned(),
        SchemaKind::Actors => directory_schema::<Actor>(),
        SchemaKind::Schemes => directory_schema::<FundingScheme>(),
        SchemaKind::Calls => directory_schema::<Call>(),
        SchemaKind::Propositions => directory_schema::<Proposition>(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
