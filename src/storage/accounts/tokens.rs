//! Tokens of programs. A token is kept as a hash.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use super::{AccountWriter, Database, StorageError, now, stored};
use crate::{
    domain::{Role, Scope, TokenRecord},
    storage::schema::{
        accounts, sessions,
        tokens::{self, dsl},
    },
};

/// How old the time of last use may be before it is written again.
pub(super) const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

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
    scope: String,
    expires_at: Option<NaiveDateTime>,
}

impl TokenRow {
    fn is_valid(&self) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now())
    }

    fn into_domain(self) -> Result<TokenRecord, StorageError> {
        let Self { name, role, hash: _, created_at, last_used_at, revoked_at, scope, expires_at } =
            self;
        Ok(TokenRecord {
            name,
            role: Role::from_code(&role)
                .ok_or(StorageError::UnknownTerm { vocabulary: "role", code: role })?,
            scope: scope
                .parse()
                .map_err(|_| StorageError::UnknownTerm { vocabulary: "scope", code: scope })?,
            created_at: created_at.and_utc(),
            last_used_at: last_used_at.map(|time| time.and_utc()),
            revoked_at: revoked_at.map(|time| time.and_utc()),
            expires_at: expires_at.map(|time| time.and_utc()),
        })
    }
}

/// A token that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Whose it is.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// Of what it allows that.
    pub scope: Scope,
    /// From when on it is worth nothing.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its hash.
    pub hash: TokenHash,
}

impl AccountWriter<'_> {
    /// Keeps a new token, whose name is that of no valid one, and of no account; a token that is
    /// worth nothing any more is replaced. Whether it was kept.
    pub fn create_token(&mut self, token: &NewToken) -> Result<bool, StorageError> {
        let failed = || StorageError::when("keep the token");
        let NewToken { name, role, scope, expires_at, hash } = token;
        let same: Option<TokenRow> =
            tokens::table.find(name).first(self.connection).optional().map_err(failed())?;
        let person: i64 = accounts::table
            .filter(accounts::name.eq(name))
            .count()
            .get_result(self.connection)
            .map_err(failed())?;
        if person > 0 || same.is_some_and(|token| token.is_valid()) {
            return Ok(false);
        }
        self.end_sessions_of_token(name)?;
        diesel::delete(tokens::table.find(name)).execute(self.connection).map_err(failed())?;
        let row = TokenRow {
            name: name.clone(),
            role: role.code().to_owned(),
            hash: hash.to_vec(),
            created_at: now(),
            last_used_at: None,
            revoked_at: None,
            scope: scope.to_string(),
            expires_at: expires_at.map(stored),
        };
        diesel::insert_into(tokens::table).values(row).execute(self.connection).map_err(failed())?;
        Ok(true)
    }

    /// Makes a token worth nothing from now on, and ends its sessions; whether there was such a one.
    pub fn revoke_token(&mut self, name: &str) -> Result<bool, StorageError> {
        let revoked = diesel::update(tokens::table.find(name).filter(dsl::revoked_at.is_null()))
            .set(dsl::revoked_at.eq(Some(now())))
            .execute(self.connection)
            .map_err(StorageError::when("revoke the token"))?;
        self.end_sessions_of_token(name)?;
        Ok(revoked > 0)
    }

    fn end_sessions_of_token(&mut self, name: &str) -> Result<(), StorageError> {
        diesel::delete(sessions::table.filter(sessions::token.eq(name)))
            .execute(self.connection)
            .map(drop)
            .map_err(StorageError::when("end the sessions of the token"))
    }
}

impl Database {
    /// All tokens, also revoked ones, by name.
    pub fn tokens(&mut self) -> Result<Vec<TokenRecord>, StorageError> {
        let rows = self.statement("read the tokens", |connection| {
            tokens::table.order(dsl::name).load::<TokenRow>(connection)
        })?;
        rows.into_iter().map(TokenRow::into_domain).collect()
    }

    /// The token with this hash, if it is valid. Notes that it is used, now and then, and
    /// only where that waits for nobody.
    pub fn verify_token(&mut self, hash: &TokenHash) -> Result<Option<TokenRecord>, StorageError> {
        let row = self.statement("verify the token", |connection| {
            tokens::table
                .filter(dsl::hash.eq(hash.as_slice()))
                .first::<TokenRow>(connection)
                .optional()
        })?;
        let row = row.filter(TokenRow::is_valid);
        let Some(token) = row.map(TokenRow::into_domain).transpose()? else { return Ok(None) };
        let is_recent = |used: DateTime<Utc>| (Utc::now() - used).abs() < USE_IS_NOTED_EVERY;
        if !token.last_used_at.is_some_and(is_recent) {
            self.note_use("note that the token is used", |connection| {
                diesel::update(tokens::table.find(&token.name))
                    .set(dsl::last_used_at.eq(Some(now())))
                    .execute(connection)
            });
        }
        Ok(Some(token))
    }

    /// The token of this name, if it is valid.
    pub fn valid_token(&mut self, name: &str) -> Result<Option<TokenRecord>, StorageError> {
        let row = self.statement("find the token", |connection| {
            tokens::table.find(name).first::<TokenRow>(connection).optional()
        })?;
        row.filter(TokenRow::is_valid).map(TokenRow::into_domain).transpose()
    }

    /// Writes that something is used, where that waits for nobody.
    pub(super) fn note_use(
        &mut self,
        action: &'static str,
        write: impl FnOnce(&mut super::AnyConnection) -> diesel::QueryResult<usize>,
    ) {
        let patience = self.patience();
        let noted = self.set_patience(Duration::ZERO).and_then(|()| self.statement(action, write));
        // it is good all the same: while an import is written, the next use will be noted
        if let Err(reason) = noted.map(drop).and(self.set_patience(patience)) {
            tracing::debug!("{reason}");
        }
    }
}
