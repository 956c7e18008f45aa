//! What was done, in order: each entry has a hash of itself and of the hash before it, so that none
//! is changed, left out or put in between without a trace.

use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{AnyConnection, Database, StorageError, now};
use crate::{
    domain::AuditEntry,
    storage::{postgres, schema::audit},
};

/// Something that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Who does it.
    pub actor: String,
    /// What, in a word or two with hyphens.
    pub action: &'static str,
    /// To what.
    pub object: String,
    /// More of it; no secret, no address.
    pub details: Value,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit)]
struct AuditRow {
    id: i64,
    at: NaiveDateTime,
    actor: String,
    action: String,
    object: String,
    details: String,
    hash: Vec<u8>,
}

impl AuditRow {
    /// The hash that it must have after an entry with this one.
    fn hash_after(&self, before: &[u8]) -> Vec<u8> {
        let Self { id, at, actor, action, object, details, hash: _ } = self;
        let at = at.and_utc().timestamp_micros();
        let mut hasher = Sha256::new();
        for part in [
            before,
            &id.to_be_bytes(),
            &at.to_be_bytes(),
            actor.as_bytes(),
            action.as_bytes(),
            object.as_bytes(),
            details.as_bytes(),
        ] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().to_vec()
    }

    fn into_domain(self) -> AuditEntry {
        let Self { id, at, actor, action, object, details, hash } = self;
        AuditEntry { id, at: at.and_utc(), actor, action, object, details, hash }
    }
}

/// Adds an entry, within a transaction; the only one that adds until the transaction ends.
pub(in crate::storage) fn append(
    connection: &mut AnyConnection,
    entry: &Audit,
) -> Result<(), StorageError> {
    let failed = || StorageError::when("write the audit");
    if let AnyConnection::Postgres(connection) = connection {
        postgres::lock_audit(connection).map_err(failed())?;
    }
    let last: Option<(i64, Vec<u8>)> = audit::table
        .order(audit::id.desc())
        .select((audit::id, audit::hash))
        .first(connection)
        .optional()
        .map_err(failed())?;
    let (id, before) = last.unwrap_or_default();
    let Audit { actor, action, object, details } = entry;
    let mut row = AuditRow {
        id: id + 1,
        at: now(),
        actor: actor.clone(),
        action: (*action).to_owned(),
        object: object.clone(),
        details: details.to_string(),
        hash: Vec::new(),
    };
    row.hash = row.hash_after(&before);
    diesel::insert_into(audit::table).values(row).execute(connection).map(drop).map_err(failed())
}

impl Database {
    /// Calls `visit` with every entry of the audit, oldest first, and whether it fits the one before
    /// it.
    pub fn audit(
        &mut self,
        mut visit: impl FnMut(AuditEntry, bool) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        const PAGE: i64 = 10_000;
        let (mut last, mut before) = (0, Vec::new());
        loop {
            let rows: Vec<AuditRow> = self.statement("read the audit", |connection| {
                audit::table
                    .filter(audit::id.gt(last))
                    .order(audit::id)
                    .limit(PAGE)
                    .load(connection)
            })?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let fits = row.id == last + 1 && row.hash == row.hash_after(&before);
                (last, before) = (row.id, row.hash.clone());
                visit(row.into_domain(), fits)?;
            }
        }
    }

    /// Notes something that is done, by itself.
    pub fn add_audit(&mut self, entry: &Audit) -> Result<(), StorageError> {
        self.change_accounts(|writer| writer.audit(entry))
    }
}
