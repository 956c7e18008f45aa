//! How the writer puts records into their tables.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::max};

use super::{
    Change, Entry, Known, StorageError, Writer,
    authorities::{AuthorityWrites, Sides},
    connection::AnyConnection,
    postgres, record_json,
    rows::{
        NewCollectivityLink, NewFunder, NewPartnerLink, NewPartnership, NewSdg, NewTheme,
        NewVersion, Written,
    },
    schema::{
        partnership_collectivities, partnership_funders, partnership_partners, partnership_sdgs,
        partnership_themes, partnerships,
    },
    sqlite,
};
use crate::domain::Partnership;

/// How many new records are written at once, at least where there are as many.
pub(super) const NEW: usize = 16_384;
/// How many records are changed at once; PostgreSQL takes 65,535 values in a statement.
pub(super) const CHANGED: usize = 1_024;

/// A record to write, and where.
struct Write<'a> {
    written: Written,
    entry: Entry<'a>,
}

/// What records list, as rows.
#[derive(Default)]
struct ListRows {
    collectivities: Vec<NewCollectivityLink>,
    partners: Vec<NewPartnerLink>,
    themes: Vec<NewTheme>,
    sdgs: Vec<NewSdg>,
    funders: Vec<NewFunder>,
}

impl Writer<'_> {
    /// Adds records that the database never had.
    pub(super) fn add(&mut self, entries: &[Entry<'_>]) -> Result<(), StorageError> {
        let changeset = self.changeset()?.id;
        let last = self.last_row()?;
        let writes: Vec<Write<'_>> = (last + 1..)
            .zip(entries)
            .map(|(row, entry)| Write {
                written: Written { row, revision: 1, changeset, line: entry.line },
                entry: *entry,
            })
            .collect();
        let (sides, authorities) = self.resolve(&writes)?;
        let rows: Vec<NewPartnership> = writes.iter().map(Write::row).collect();
        let lists = ListRows::new(&writes, &sides);
        self.write(move |connection| {
            authorities.write(connection)?;
            connection.insert(&rows, "add partnerships")?;
            lists.write(connection)
        })?;
        self.last_row = Some(last + writes.len() as i64);
        self.note_changed(writes.iter().map(|write| write.written.row));
        Ok(())
    }

    /// Writes over what the database has; removed records come back, or go.
    pub(super) fn replace(&mut self, changes: &[(Known, &Change<'_>)]) -> Result<(), StorageError> {
        let changeset = self.changeset()?.id;
        self.keep_versions(changes)?;
        let mut writes = Vec::with_capacity(changes.len());
        let mut gone = Vec::new();
        for (known, change) in changes {
            let (row, revision) = (known.row_id, known.revision + 1);
            match change.after {
                Some(entry) => writes.push(Write {
                    written: Written { row, revision, changeset, line: entry.line },
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
                    partnerships::changeset_id.eq(changeset),
                    partnerships::line.eq(None::<i64>),
                ))
                .execute(self.connection())
                .map_err(StorageError::when("remove partnerships"))?;
        }
        self.note_changed(changes.iter().map(|(known, _)| known.row_id));
        Ok(())
    }

    fn overwrite(&mut self, writes: &[Write<'_>]) -> Result<(), StorageError> {
        if writes.is_empty() {
            return Ok(());
        }
        let (sides, authorities) = self.resolve(writes)?;
        authorities.write(self.connection())?;
        let rows: Vec<NewPartnership> = writes.iter().map(Write::row).collect();
        match self.connection() {
            AnyConnection::Sqlite(connection) => sqlite::replace_partnerships(&rows, connection),
            AnyConnection::Postgres(connection) => {
                postgres::replace_partnerships(&rows, connection)
            }
        }
        .map_err(StorageError::when("change partnerships"))?;
        let ids: Vec<i64> = writes.iter().map(|write| write.written.row).collect();
        self.clear_lists(&ids).map_err(StorageError::when("change the lists of partnerships"))?;
        ListRows::new(writes, &sides).write(self.connection())
    }

    /// Keeps the present versions of records that are about to change.
    fn keep_versions(&mut self, changes: &[(Known, &Change<'_>)]) -> Result<(), StorageError> {
        let rows: Vec<i64> = changes.iter().map(|(known, _)| known.row_id).collect();
        let present: Vec<(i64, i32, i64, Option<i64>)> = partnerships::table
            .filter(partnerships::id.eq_any(&rows))
            .select((
                partnerships::id,
                partnerships::revision,
                partnerships::changeset_id,
                partnerships::line,
            ))
            .load(self.connection())
            .map_err(StorageError::when("read the partnerships to change"))?;
        let present: HashMap<i64, (i32, i64, Option<i64>)> = present
            .into_iter()
            .map(|(row, revision, changeset, line)| (row, (revision, changeset, line)))
            .collect();
        let versions = changes.iter().map(|(known, change)| {
            let Known { row_id: row, revision, removed, .. } = *known;
            let found = present.get(&row).filter(|(present, ..)| *present == revision);
            let Some((_, changeset, line)) = found.filter(|_| removed == change.before.is_none())
            else {
                return Err(StorageError::Stale { row });
            };
            Ok(NewVersion {
                partnership_id: row,
                revision,
                changeset_id: *changeset,
                line: *line,
                record: change.before.map(record_json::to_json).transpose()?,
            })
        });
        let versions: Vec<NewVersion> = versions.collect::<Result<_, _>>()?;
        self.connection().insert(&versions, "keep the history")
    }

    fn last_row(&mut self) -> Result<i64, StorageError> {
        if let Some(row) = self.last_row {
            return Ok(row);
        }
        let last: Option<i64> = partnerships::table
            .select(max(partnerships::id))
            .first(self.connection())
            .map_err(StorageError::when("number new partnerships"))?;
        Ok(last.unwrap_or_default())
    }

    fn resolve(
        &mut self,
        writes: &[Write<'_>],
    ) -> Result<(Vec<Sides>, AuthorityWrites), StorageError> {
        let records: Vec<&Partnership> =
            writes.iter().map(|write| write.entry.partnership).collect();
        self.authorities.resolve(&mut self.background, &records)
    }

    fn clear_lists(&mut self, ids: &[i64]) -> Result<(), diesel::result::Error> {
        macro_rules! clear {
            ($($table:ident)*) => {$(
                diesel::delete($table::table.filter($table::partnership_id.eq_any(ids)))
                    .execute(self.connection())?;
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
}

impl ListRows {
    fn new(writes: &[Write<'_>], sides: &[Sides]) -> Self {
        let mut lists = Self {
            collectivities: Vec::with_capacity(writes.len()),
            partners: Vec::with_capacity(writes.len()),
            ..Self::default()
        };
        for (Write { written, entry: Entry { partnership, .. } }, sides) in writes.iter().zip(sides)
        {
            let partnership_id = written.row;
            lists.collectivities.extend((0..).zip(&sides.collectivities).map(|(position, row)| {
                NewCollectivityLink { partnership_id, position, collectivity_id: *row }
            }));
            lists.partners.extend((0..).zip(&sides.partners).map(|(position, row)| {
                NewPartnerLink { partnership_id, position, partner_id: *row }
            }));
            lists.themes.extend((0..).zip(&partnership.themes).map(|(position, theme)| NewTheme {
                partnership_id,
                position,
                theme: &theme.code,
            }));
            lists.sdgs.extend(
                partnership.sdgs.iter().map(|sdg| NewSdg { partnership_id, sdg: (*sdg).into() }),
            );
            lists.funders.extend((0..).zip(&partnership.funders).map(|(position, name)| {
                NewFunder { partnership_id, position, name: name.clone() }
            }));
        }
        lists
    }

    fn write(&self, connection: &mut AnyConnection) -> Result<(), StorageError> {
        let action = "write the lists of partnerships";
        connection.insert(&self.collectivities, action)?;
        connection.insert(&self.partners, action)?;
        connection.insert(&self.themes, action)?;
        connection.insert(&self.sdgs, action)?;
        connection.insert(&self.funders, action)
    }
}

impl Write<'_> {
    fn row(&self) -> NewPartnership {
        NewPartnership::new(self.written, self.entry.partnership, self.entry.hash)
    }
}
