//! Who may import. A token is kept as a hash.
//!
//! What is written here is one statement each time, outside the one writing transaction: a token
//! can be revoked on PostgreSQL while an import runs. SQLite has one place for a writer.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    result::{DatabaseErrorKind, Error},
};

use super::{
    Database, StorageError,
    schema::tokens::{self, dsl},
};
use crate::domain::{Role, TokenRecord};

/// How old the time of last use may be before it is written again.
const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// SHA-256 of a token.
pub type TokenHash = [u8; 32];

#[derive(Insertable, Queryable)]
#[diesel(table_name = tokens)]
struct TokenRow {
    name: String,
    role: String,
    hash: Vec<u8>,
    created_at: NaiveDateTime,
    last_used_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
}

impl TokenRow {
    fn into_domain(self) -> Result<TokenRecord, StorageError> {
        let Self { name, role, hash: _, created_at, last_used_at, revoked_at } = self;
        Ok(TokenRecord {
            name,
            role: Role::from_code(&role)
                .ok_or(StorageError::UnknownTerm { vocabulary: "role", code: role })?,
            created_at: created_at.and_utc(),
            last_used_at: last_used_at.map(|time| time.and_utc()),
            revoked_at: revoked_at.map(|time| time.and_utc()),
        })
    }
}

fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(6)
}

impl Database {
    /// Keeps a new token, whose name is that of none, or of a revoked one, which it replaces.
    /// Whether it was kept.
    pub fn create_token(
        &mut self,
        name: &str,
        role: Role,
        hash: &TokenHash,
    ) -> Result<bool, StorageError> {
        let action = "keep the token";
        let renewed = self.statement(action, |connection| {
            diesel::update(tokens::table.find(name).filter(dsl::revoked_at.is_not_null()))
                .set((
                    dsl::role.eq(role.code()),
                    dsl::hash.eq(hash.as_slice()),
                    dsl::created_at.eq(now()),
                    dsl::last_used_at.eq(None::<NaiveDateTime>),
                    dsl::revoked_at.eq(None::<NaiveDateTime>),
                ))
                .execute(connection)
        })?;
        if renewed > 0 {
            return Ok(true);
        }
        let row = TokenRow {
            name: name.to_owned(),
            role: role.code().to_owned(),
            hash: hash.to_vec(),
            created_at: now(),
            last_used_at: None,
            revoked_at: None,
        };
        self.statement(action, |connection| {
            match diesel::insert_into(tokens::table).values(row).execute(connection) {
                Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
                inserted => inserted.map(|_| true),
            }
        })
    }

    /// Makes a token worth nothing from now on; whether there was such a one.
    pub fn revoke_token(&mut self, name: &str) -> Result<bool, StorageError> {
        let revoked = self.statement("revoke the token", |connection| {
            diesel::update(tokens::table.find(name).filter(dsl::revoked_at.is_null()))
                .set(dsl::revoked_at.eq(Some(now())))
                .execute(connection)
        })?;
        Ok(revoked > 0)
    }

    /// All tokens, also revoked ones, by name.
    pub fn tokens(&mut self) -> Result<Vec<TokenRecord>, StorageError> {
        let rows = self.statement("read the tokens", |connection| {
            tokens::table.order(dsl::name).load::<TokenRow>(connection)
        })?;
        rows.into_iter().map(TokenRow::into_domain).collect()
    }

    /// The token with this hash, unless it was revoked. Notes that it is used, now and then, and
    /// only where that waits for nobody.
    pub fn verify_token(&mut self, hash: &TokenHash) -> Result<Option<TokenRecord>, StorageError> {
        let row = self.statement("verify the token", |connection| {
            tokens::table
                .filter(dsl::hash.eq(hash.as_slice()))
                .filter(dsl::revoked_at.is_null())
                .first::<TokenRow>(connection)
                .optional()
        })?;
        let Some(token) = row.map(TokenRow::into_domain).transpose()? else { return Ok(None) };
        let is_recent = |used: DateTime<Utc>| (Utc::now() - used).abs() < USE_IS_NOTED_EVERY;
        if !token.last_used_at.is_some_and(is_recent) {
            self.note_use(&token.name);
        }
        Ok(Some(token))
    }

    fn note_use(&mut self, name: &str) {
        let patience = self.patience();
        let noted = self.set_patience(Duration::ZERO).and_then(|()| {
            self.statement("note that the token is used", |connection| {
                diesel::update(tokens::table.find(name))
                    .set(dsl::last_used_at.eq(Some(now())))
                    .execute(connection)
            })
        });
        // the token is good all the same: while an import is written, the next use will be noted
        if let Err(reason) = noted.map(drop).and(self.set_patience(patience)) {
            tracing::debug!("{reason}");
        }
    }
}
