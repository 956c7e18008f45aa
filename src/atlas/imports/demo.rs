//! The sample that the release carries, for a register that is empty.

use std::sync::Arc;

use super::{Import, ImportError, Report, import::Progress};
use crate::{domain::Mode, formats::csv::Profile, storage::Database};

const SAMPLE: &[u8] = include_bytes!("../../../import/sample.csv");

/// Loads the sample if nothing was ever imported; tells what it did.
pub fn load_sample(database: &mut Database) -> Result<Option<Report>, ImportError> {
    if !database.imports()?.is_empty() {
        return Ok(None);
    }
    let import = Import {
        profile: Profile::native(),
        source: None,
        file: "sample.csv".into(),
        mode: Mode::Upsert,
        actor: "demo".into(),
        dry_run: false,
        valid_rows_only: false,
        allow_mass_removal: false,
        expect: None,
        job: None,
        progress: Arc::new(Progress::default()),
    };
    import.run(database, SAMPLE).map(Some)
}
