//! What an import changes: rows and history together, in the one writing transaction.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::max};

use super::{
    Known, NewImport, StorageError, View,
    authorities::{AuthorityRows, Sides},
    changes,
    connection::AnyConnection,
    imports, postgres, record_json,
    rows::{
        NewCollectivityLink, NewFunder, NewPartnerLink, NewPartnership, NewSdg, NewTheme,
        NewVersion, Written,
    },
    schema::{
        dataset, partnership_collectivities, partnership_funders, partnership_partners,
        partnership_sdgs, partnership_themes, partnerships,
    },
    sqlite,
};
use crate::domain::{ContentHash, Issue, Outcome, Partnership};

/// How many new records are written at once.
const NEW: usize = 16_384;
/// How many records are changed at once; PostgreSQL takes 65,535 values in a statement.
const CHANGED: usize = 1_024;

/// The only one who changes the database, for the time of one transaction.
///
/// [`Self::begin_import`] comes first, then changes and issues in any order and in slices of any
/// size, then [`Self::finish_import`]. A record may be changed once in a transaction.
pub struct Writer<'c> {
    connection: &'c mut AnyConnection,
    import: Option<OpenImport>,
    authorities: AuthorityRows,
    last_row: Option<i64>,
    changed: Option<changes::Rows>,
}

struct OpenImport {
    id: i64,
    issues: i32,
    finished: bool,
}

/// What a record is to say, and the line of the import's file that says it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The record.
    pub partnership: &'a Partnership,
    /// Its hash.
    pub hash: ContentHash,
    /// Counted from 1.
    pub line: Option<u64>,
}

/// A record from one state to the next.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What the database knows of it; nothing where it never was.
    pub known: Option<Known>,
    /// What it says now; nothing where it is not there.
    pub before: Option<&'a Partnership>,
    /// What it is to say; nothing where it is to go.
    pub after: Option<Entry<'a>>,
}

/// A record to write, and where.
struct Write<'a> {
    written: Written,
    entry: Entry<'a>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(connection: &'c mut AnyConnection) -> Self {
        Self {
            connection,
            import: None,
            authorities: AuthorityRows::default(),
            last_row: None,
            changed: None,
        }
    }

    /// The register as the changes so far make it.
    pub fn view(&mut self) -> View<'_> {
        View(self.connection)
    }

    /// How many changes are best made at once: PostgreSQL spends on each `COPY` what it spends on
    /// a thousand rows, SQLite likes them while they are fresh in the processor's cache.
    pub fn step(&self) -> usize {
        match self.connection {
            AnyConnection::Sqlite(_) => 0,
            AnyConnection::Postgres(_) => NEW,
        }
    }

    /// Notes the import that the following changes belong to; returns its id.
    pub fn begin_import(&mut self, import: &NewImport) -> Result<i64, StorageError> {
        let id = imports::begin(self.connection, import)?;
        self.import = Some(OpenImport { id, issues: 0, finished: false });
        Ok(id)
    }

    /// Writes changes, and keeps what the records were before.
    pub fn change(&mut self, changes: &[Change<'_>]) -> Result<(), StorageError> {
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for change in changes {
            match (change.known, change.after) {
                (None, Some(entry)) => new.push(entry),
                (None, None) => {}
                (Some(before), _) => known.push((before, change)),
            }
        }
        for entries in new.chunks(NEW) {
            self.add(entries)?;
        }
        for changes in known.chunks(CHANGED) {
            self.replace(changes)?;
        }
        Ok(())
    }

    /// Adds records that the database never had.
    fn add(&mut self, entries: &[Entry<'_>]) -> Result<(), StorageError> {
        let import = self.import()?.id;
        let last = self.last_row()?;
        let writes: Vec<Write<'_>> = (last + 1..)
            .zip(entries)
            .map(|(row, entry)| Write {
                written: Written { row, revision: 1, import, line: entry.line },
                entry: *entry,
            })
            .collect();
        let sides = self.resolve(&writes)?;
        let rows: Vec<NewPartnership> = writes.iter().map(Write::row).collect();
        self.connection.insert(&rows, "add partnerships")?;
        self.add_lists(&writes, &sides)?;
        self.last_row = Some(last + writes.len() as i64);
        self.note_changed(writes.iter().map(|write| write.written.row));
        Ok(())
    }

    /// Writes over what the database has; removed records come back, or go.
    fn replace(&mut self, changes: &[(Known, &Change<'_>)]) -> Result<(), StorageError> {
        let import = self.import()?.id;
        self.keep_versions(changes)?;
        let mut writes = Vec::with_capacity(changes.len());
        let mut gone = Vec::new();
        for (known, change) in changes {
            let (row, revision) = (known.row_id, known.revision + 1);
            match change.after {
                Some(entry) => writes.push(Write {
                    written: Written { row, revision, import, line: entry.line },
                    entry,
                }),
                None => gone.push(row),
            }
        }
        self.overwrite(&writes)?;
        if !gone.is_empty() {
            diesel::update(partnerships::table.filter(partnerships::id.eq_any(&gone)))
                .set((
                    partnerships::removed.eq(true),
                    partnerships::revision.eq(partnerships::revision + 1),
                    partnerships::import_id.eq(import),
                    partnerships::line.eq(None::<i64>),
                ))
                .execute(self.connection)
                .map_err(StorageError::when("remove partnerships"))?;
        }
        self.note_changed(changes.iter().map(|(known, _)| known.row_id));
        Ok(())
    }

    fn overwrite(&mut self, writes: &[Write<'_>]) -> Result<(), StorageError> {
        if writes.is_empty() {
            return Ok(());
        }
        let sides = self.resolve(writes)?;
        let rows: Vec<NewPartnership> = writes.iter().map(Write::row).collect();
        match self.connection {
            AnyConnection::Sqlite(connection) => sqlite::replace_partnerships(&rows, connection),
            AnyConnection::Postgres(connection) => {
                postgres::replace_partnerships(&rows, connection)
            }
        }
        .map_err(StorageError::when("change partnerships"))?;
        let ids: Vec<i64> = writes.iter().map(|write| write.written.row).collect();
        self.clear_lists(&ids).map_err(StorageError::when("change the lists of partnerships"))?;
        self.add_lists(writes, &sides)
    }

    /// Keeps the present versions of records that are about to change.
    fn keep_versions(&mut self, changes: &[(Known, &Change<'_>)]) -> Result<(), StorageError> {
        let rows: Vec<i64> = changes.iter().map(|(known, _)| known.row_id).collect();
        let present: Vec<(i64, i32, i64, Option<i64>)> = partnerships::table
            .filter(partnerships::id.eq_any(&rows))
            .select((
                partnerships::id,
                partnerships::revision,
                partnerships::import_id,
                partnerships::line,
            ))
            .load(self.connection)
            .map_err(StorageError::when("read the partnerships to change"))?;
        let present: HashMap<i64, (i32, i64, Option<i64>)> = present
            .into_iter()
            .map(|(row, revision, import, line)| (row, (revision, import, line)))
            .collect();
        let versions = changes.iter().map(|(known, change)| {
            let Known { row_id: row, revision, removed, .. } = *known;
            let found = present.get(&row).filter(|(present, ..)| *present == revision);
            let Some((_, import, line)) = found.filter(|_| removed == change.before.is_none())
            else {
                return Err(StorageError::Stale { row });
            };
            Ok(NewVersion {
                partnership_id: row,
                revision,
                import_id: *import,
                line: *line,
                record: change.before.map(record_json::to_json).transpose()?,
            })
        });
        let versions: Vec<NewVersion> = versions.collect::<Result<_, _>>()?;
        self.connection.insert(&versions, "keep the history")
    }

    /// Keeps issues of the import, after those kept before.
    pub fn issues(&mut self, issues: &[Issue]) -> Result<(), StorageError> {
        let OpenImport { id, issues: kept, .. } = self.import()?;
        let (id, from) = (*id, *kept);
        *kept += issues.len() as i32;
        imports::add_issues(self.connection, id, from, issues)
    }

    /// The version of the data once the transaction is committed.
    pub fn version_to_be(&mut self) -> Result<i64, StorageError> {
        Ok(version(self.connection)? + i64::from(self.changed.is_some()))
    }

    /// Notes what the import did, and when; `sha256` is that of the file's bytes, in lower-case
    /// hexadecimal, `plan` what it changed, as JSON.
    pub fn finish_import(
        &mut self,
        outcome: &Outcome,
        sha256: &str,
        plan: &str,
    ) -> Result<(), StorageError> {
        let import = self.import()?;
        import.finished = true;
        let id = import.id;
        imports::finish(self.connection, id, outcome, (sha256, plan))
    }

    /// Raises the version if a record was changed; the transaction can be committed then.
    pub(super) fn finish(self) -> Result<(), StorageError> {
        if self.import.as_ref().is_some_and(|import| !import.finished) {
            return Err(StorageError::NoImport);
        }
        let Some(changed) = self.changed else { return Ok(()) };
        diesel::update(dataset::table)
            .set(dataset::version.eq(dataset::version + 1))
            .execute(self.connection)
            .map_err(StorageError::when("raise the version"))?;
        if let Some(import) = self.import {
            changes::note(self.connection, import.id, changed)?;
        }
        match self.connection {
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(connection) => postgres::announce(connection)
                .map_err(StorageError::when("tell other instances of the change")),
        }
    }

    fn note_changed(&mut self, rows: impl Iterator<Item = i64>) {
        let changed = self.changed.get_or_insert_default();
        rows.for_each(|row| changed.add(row));
    }

    fn import(&mut self) -> Result<&mut OpenImport, StorageError> {
        let open = self.import.as_mut().filter(|import| !import.finished);
        open.ok_or(StorageError::NoImport)
    }

    fn last_row(&mut self) -> Result<i64, StorageError> {
        if let Some(row) = self.last_row {
            return Ok(row);
        }
        let last: Option<i64> = partnerships::table
            .select(max(partnerships::id))
            .first(self.connection)
            .map_err(StorageError::when("number new partnerships"))?;
        Ok(last.unwrap_or_default())
    }

    fn resolve(&mut self, writes: &[Write<'_>]) -> Result<Vec<Sides>, StorageError> {
        let records: Vec<&Partnership> =
            writes.iter().map(|write| write.entry.partnership).collect();
        self.authorities.resolve(self.connection, &records)
    }

    fn clear_lists(&mut self, ids: &[i64]) -> Result<(), diesel::result::Error> {
        macro_rules! clear {
            ($($table:ident)*) => {$(
                diesel::delete($table::table.filter($table::partnership_id.eq_any(ids)))
                    .execute(self.connection)?;
            )*};
        }
        clear! {
            partnership_collectivities
            partnership_partners
            partnership_themes
            partnership_sdgs
            partnership_funders
        }
        Ok(())
    }

    fn add_lists(&mut self, writes: &[Write<'_>], sides: &[Sides]) -> Result<(), StorageError> {
        let mut collectivities = Vec::with_capacity(writes.len());
        let mut partners = Vec::with_capacity(writes.len());
        let (mut themes, mut sdgs, mut funders) = (Vec::new(), Vec::new(), Vec::new());
        for (Write { written, entry: Entry { partnership, .. } }, sides) in writes.iter().zip(sides)
        {
            let partnership_id = written.row;
            collectivities.extend((0..).zip(&sides.collectivities).map(|(position, row)| {
                NewCollectivityLink { partnership_id, position, collectivity_id: *row }
            }));
            partners.extend((0..).zip(&sides.partners).map(|(position, row)| NewPartnerLink {
                partnership_id,
                position,
                partner_id: *row,
            }));
            themes.extend((0..).zip(&partnership.themes).map(|(position, theme)| NewTheme {
                partnership_id,
                position,
                theme: &theme.code,
            }));
            sdgs.extend(
                partnership.sdgs.iter().map(|sdg| NewSdg { partnership_id, sdg: (*sdg).into() }),
            );
            funders.extend((0..).zip(&partnership.funders).map(|(position, name)| NewFunder {
                partnership_id,
                position,
                name: name.clone(),
            }));
        }
        let action = "write the lists of partnerships";
        self.connection.insert(&collectivities, action)?;
        self.connection.insert(&partners, action)?;
        self.connection.insert(&themes, action)?;
        self.connection.insert(&sdgs, action)?;
        self.connection.insert(&funders, action)
    }
}

impl Write<'_> {
    fn row(&self) -> NewPartnership {
        NewPartnership::new(self.written, self.entry.partnership, self.entry.hash)
    }
}

/// Raised by every transaction that changes a record.
pub(super) fn version(connection: &mut AnyConnection) -> Result<i64, StorageError> {
    dataset::table
        .select(dataset::version)
        .first(connection)
        .map_err(StorageError::when("read the version of the data"))
}
