//! What an import changes: rows and history together, in the one writing transaction.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::max};

use super::{
    Known, NewImport, Operation, StorageError,
    authorities::{AuthorityRows, Sides},
    connection::AnyConnection,
    history, imports, known, postgres, records,
    rows::{
        NewCollectivityLink, NewFunder, NewPartnerLink, NewPartnership, NewRevision, NewSdg,
        NewTheme, Version,
    },
    schema::{
        dataset, partnership_collectivities, partnership_funders, partnership_partners,
        partnership_sdgs, partnership_themes, partnerships,
    },
    sqlite,
};
use crate::domain::{ContentHash, Issue, Outcome, Partnership, PartnershipId};

/// How many new records are written at once.
const NEW: usize = 4_096;
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
    changed: bool,
}

struct OpenImport {
    id: i64,
    issues: i32,
    finished: bool,
}

/// A record to write, and where.
struct Write<'a> {
    version: Version,
    partnership: &'a Partnership,
    hash: &'a ContentHash,
}

impl<'c> Writer<'c> {
    pub(super) fn new(connection: &'c mut AnyConnection) -> Self {
        Self {
            connection,
            import: None,
            authorities: AuthorityRows::default(),
            last_row: None,
            changed: false,
        }
    }

    /// The version that the changes start from.
    pub fn version(&mut self) -> Result<i64, StorageError> {
        version(self.connection)
    }

    /// Every record of a source, removed ones too.
    pub fn known(&mut self, source: &str) -> Result<HashMap<PartnershipId, Known>, StorageError> {
        known::load(self.connection, source)
    }

    /// Notes the import that the following changes belong to; returns its id.
    pub fn begin_import(&mut self, import: &NewImport) -> Result<i64, StorageError> {
        let id = imports::begin(self.connection, import)?;
        self.import = Some(OpenImport { id, issues: 0, finished: false });
        Ok(id)
    }

    /// Adds records that the database never had, or had and removed.
    pub fn create(
        &mut self,
        records: &[(Option<Known>, &Partnership, ContentHash)],
    ) -> Result<(), StorageError> {
        let import = self.import()?.id;
        let removed: Vec<(Known, &Partnership, ContentHash)> = records
            .iter()
            .filter_map(|(known, partnership, hash)| Some(((*known)?, *partnership, *hash)))
            .collect();
        self.update(&removed)?;
        let new: Vec<(&Partnership, &ContentHash)> = records
            .iter()
            .filter(|(known, ..)| known.is_none())
            .map(|(_, partnership, hash)| (*partnership, hash))
            .collect();
        for records in new.chunks(NEW) {
            let last = self.last_row()?;
            let writes: Vec<Write<'_>> = (last + 1..)
                .zip(records)
                .map(|(row, (partnership, hash))| {
                    let version = Version { row, revision: 1, import };
                    Write { version, partnership, hash }
                })
                .collect();
            let sides = self.resolve(&writes)?;
            let rows: Vec<NewPartnership<'_>> = writes.iter().map(Write::row).collect();
            self.connection.insert(&rows, "add partnerships")?;
            self.add_lists(&writes, &sides)?;
            let created = |write: &Write<'_>| write.version.change(Operation::Created, None);
            let history: Vec<NewRevision> = writes.iter().map(created).collect();
            self.connection.insert(&history, "keep the history")?;
            self.last_row = Some(last + writes.len() as i64);
            self.changed = true;
        }
        Ok(())
    }

    /// Writes records over what the database has of them; removed ones come back.
    pub fn update(
        &mut self,
        records: &[(Known, &Partnership, ContentHash)],
    ) -> Result<(), StorageError> {
        let import = self.import()?.id;
        for records in records.chunks(CHANGED) {
            let known: Vec<Known> = records.iter().map(|(known, ..)| *known).collect();
            let mut before = self.before(&known)?;
            let mut writes = Vec::with_capacity(records.len());
            let mut history = Vec::with_capacity(records.len());
            for (Known { row_id: row, revision, .. }, partnership, hash) in records {
                let version = Version { row: *row, revision: revision + 1, import };
                let before = before.remove(row);
                let operation =
                    if before.is_some() { Operation::Updated } else { Operation::Created };
                history.push(version.change(operation, before));
                writes.push(Write { version, partnership, hash });
            }
            let sides = self.resolve(&writes)?;
            let rows: Vec<NewPartnership<'_>> = writes.iter().map(Write::row).collect();
            match self.connection {
                AnyConnection::Sqlite(connection) => {
                    sqlite::replace_partnerships(&rows, connection)
                }
                AnyConnection::Postgres(connection) => {
                    postgres::replace_partnerships(&rows, connection)
                }
            }
            .map_err(StorageError::when("change partnerships"))?;
            let ids: Vec<i64> = known.iter().map(|known| known.row_id).collect();
            self.clear_lists(&ids)
                .map_err(StorageError::when("change the lists of partnerships"))?;
            self.add_lists(&writes, &sides)?;
            self.connection.insert(&history, "keep the history")?;
            self.changed = true;
        }
        Ok(())
    }

    /// Removes records; those that are removed already stay so.
    pub fn remove(&mut self, records: &[Known]) -> Result<(), StorageError> {
        let import = self.import()?.id;
        let present: Vec<Known> = records.iter().filter(|known| !known.removed).copied().collect();
        for known in present.chunks(CHANGED) {
            let mut before = self.before(known)?;
            let ids: Vec<i64> = known.iter().map(|known| known.row_id).collect();
            diesel::update(partnerships::table.filter(partnerships::id.eq_any(&ids)))
                .set((
                    partnerships::removed.eq(true),
                    partnerships::revision.eq(partnerships::revision + 1),
                    partnerships::import_id.eq(import),
                ))
                .execute(self.connection)
                .map_err(StorageError::when("remove partnerships"))?;
            let history: Vec<NewRevision> = known
                .iter()
                .map(|Known { row_id: row, revision, .. }| {
                    let version = Version { row: *row, revision: revision + 1, import };
                    version.change(Operation::Removed, before.remove(row))
                })
                .collect();
            self.connection.insert(&history, "keep the history")?;
            self.changed = true;
        }
        Ok(())
    }

    /// Keeps issues of the import, after those kept before.
    pub fn issues(&mut self, issues: &[Issue]) -> Result<(), StorageError> {
        let OpenImport { id, issues: kept, .. } = self.import()?;
        let (id, from) = (*id, *kept);
        *kept += issues.len() as i32;
        imports::add_issues(self.connection, id, from, issues)
    }

    /// Notes what the import did, and when; `sha256` is that of the file's bytes, in lower-case
    /// hexadecimal.
    pub fn finish_import(&mut self, outcome: &Outcome, sha256: &str) -> Result<(), StorageError> {
        let import = self.import()?;
        import.finished = true;
        let id = import.id;
        imports::finish(self.connection, id, outcome, sha256)
    }

    /// Raises the version if a record was changed; the transaction can be committed then.
    pub(super) fn finish(self) -> Result<(), StorageError> {
        if self.import.is_some_and(|import| !import.finished) {
            return Err(StorageError::NoImport);
        }
        if !self.changed {
            return Ok(());
        }
        diesel::update(dataset::table)
            .set(dataset::version.eq(dataset::version + 1))
            .execute(self.connection)
            .map_err(StorageError::when("raise the version"))?;
        match self.connection {
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(connection) => postgres::announce(connection)
                .map_err(StorageError::when("tell other instances of the change")),
        }
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
        let records: Vec<&Partnership> = writes.iter().map(|write| write.partnership).collect();
        self.authorities.resolve(self.connection, &records)
    }

    /// What these records are now, as JSON, by row; nothing for removed ones.
    fn before(&mut self, known: &[Known]) -> Result<HashMap<i64, String>, StorageError> {
        let present: Vec<i64> =
            known.iter().filter(|known| !known.removed).map(|known| known.row_id).collect();
        let before = records::load_rows(self.connection, &present)?;
        let before: HashMap<i64, String> = before
            .iter()
            .map(|(row, partnership)| Ok((*row, history::to_json(partnership)?)))
            .collect::<Result<_, StorageError>>()?;
        match present.iter().find(|row| !before.contains_key(row)) {
            Some(row) => Err(StorageError::Stale { row: *row }),
            None => Ok(before),
        }
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
        for (Write { version, partnership, .. }, sides) in writes.iter().zip(sides) {
            let partnership_id = version.row;
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

impl<'a> Write<'a> {
    fn row(&self) -> NewPartnership<'a> {
        NewPartnership::new(self.version, self.partnership, self.hash)
    }
}

impl Version {
    fn change(self, operation: Operation, before: Option<String>) -> NewRevision {
        let Self { row, revision, import } = self;
        NewRevision {
            partnership_id: row,
            revision,
            import_id: import,
            operation: operation.code(),
            before,
        }
    }
}

/// Raised by every transaction that changes a record.
pub(super) fn version(connection: &mut AnyConnection) -> Result<i64, StorageError> {
    dataset::table
        .select(dataset::version)
        .first(connection)
        .map_err(StorageError::when("read the version of the data"))
}
