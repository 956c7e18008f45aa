//! The two lists that the release carries, for a register that is empty: a sample with everything
//! that a record can say, and the twinnings of Wikidata, so that one finds one's town and sees two
//! sources become one.

use std::sync::Arc;

use super::{Import, ImportError, Report, import::Progress};
use crate::{domain::Mode, formats::csv::Profile, storage::Database};

/// Files in the native form, plain or compressed as any import may be.
const SAMPLES: [(&str, &[u8]); 2] = [
    ("sample.csv", include_bytes!("../../../import/sample.csv")),
    ("twinnings.csv.gz", include_bytes!("../../../import/twinnings.csv.gz")),
];

/// Who imports the samples.
const ACTOR: &str = "demo";

/// Loads those of the samples that were not loaded before, if nothing else was ever imported;
/// tells what each did.
pub fn load_samples(database: &mut Database) -> Result<Vec<Report>, ImportError> {
    let imports = database.imports()?;
    if imports.iter().any(|import| import.actor != ACTOR) {
        return Ok(Vec::new());
    }
    let is_loaded = |name: &str| {
        imports.iter().any(|import| import.file.as_ref().is_some_and(|file| file.name == name))
    };
    let missing = SAMPLES.into_iter().filter(|(file, _)| !is_loaded(file));
    missing.map(|(file, bytes)| load(database, file, bytes)).collect()
}

fn load(database: &mut Database, file: &str, bytes: &'static [u8]) -> Result<Report, ImportError> {
    let import = Import {
        profile: Profile::native(),
        source: None,
        only_source: None,
        file: file.into(),
        mode: Mode::Upsert,
        actor: ACTOR.into(),
        dry_run: false,
        valid_rows_only: false,
        allow_mass_removal: false,
        expect: None,
        job: None,
        progress: Arc::new(Progress::default()),
    };
    import.run(database, bytes)
}
