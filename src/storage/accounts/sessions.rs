//! Browsers that are signed in. What a cookie holds is kept as a hash; what ends is deleted.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, dsl::max,
};

use super::{
    AccountWriter, Database, StorageError, TokenHash, now, stored, tokens::USE_IS_NOTED_EVERY,
};
use crate::{
    domain::{AccountRecord, SessionRecord, TokenRecord},
    storage::schema::sessions,
};

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Of the token that somebody signed in with.
    Token(TokenRecord),
    /// Of a person.
    Person(AccountRecord),
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: i64,
    hash: Vec<u8>,
    account_id: Option<i64>,
    token: Option<String>,
    created_at: NaiveDateTime,
    last_used_at: NaiveDateTime,
    ends_at: NaiveDateTime,
    browser: String,
}

impl SessionRow {
    fn into_domain(self) -> SessionRecord {
        let Self { id, created_at, last_used_at, ends_at, browser, .. } = self;
        SessionRecord {
            id,
            created_at: created_at.and_utc(),
            last_used_at: last_used_at.and_utc(),
            ends_at: ends_at.and_utc(),
            browser,
        }
    }
}

impl AccountWriter<'_> {
    /// Begins a session, and forgets those that have ended by themselves.
    pub fn open_session(
        &mut self,
        hash: &TokenHash,
        owner: &Owner,
        browser: &str,
        (idle, ends_at): (TimeDelta, DateTime<Utc>),
    ) -> Result<(), StorageError> {
        let failed = || StorageError::when("begin the session");
        let now = now();
        diesel::delete(sessions::table)
            .filter(sessions::ends_at.le(now))
            .or_filter(sessions::last_used_at.le(now - idle))
            .execute(self.connection)
            .map_err(failed())?;
        let last: Option<i64> =
            sessions::table.select(max(sessions::id)).first(self.connection).map_err(failed())?;
        let (account_id, token) = match owner {
            Owner::Token(token) => (None, Some(token.name.clone())),
            Owner::Person(person) => (Some(person.id), None),
        };
        let row = SessionRow {
            id: last.unwrap_or(0) + 1,
            hash: hash.to_vec(),
            account_id,
            token,
            created_at: now,
            last_used_at: now,
            ends_at: stored(ends_at),
            browser: browser.to_owned(),
        };
        diesel::insert_into(sessions::table)
            .values(row)
            .execute(self.connection)
            .map(drop)
            .map_err(failed())
    }

    /// Ends a session; whether there was one.
    pub fn end_session(&mut self, id: i64) -> Result<bool, StorageError> {
        let ended = diesel::delete(sessions::table.find(id))
            .execute(self.connection)
            .map_err(StorageError::when("end the session"))?;
        Ok(ended > 0)
    }
}

impl Database {
    /// The session with this hash and whose it is, unless it has ended, or its owner may not sign in
    /// any more. Notes that it is used, now and then, and only where that waits for nobody.
    pub fn session(
        &mut self,
        hash: &TokenHash,
        idle: TimeDelta,
    ) -> Result<Option<(SessionRecord, Owner)>, StorageError> {
        let row: Option<SessionRow> = self.statement("find the session", |connection| {
            sessions::table.filter(sessions::hash.eq(hash.as_slice())).first(connection).optional()
        })?;
        let now = now();
        let row = row.filter(|row| row.ends_at > now && row.last_used_at > now - idle);
        let Some(row) = row else { return Ok(None) };
        let owner = match (row.account_id, &row.token) {
            (Some(account), _) => self.account(account)?.map(Owner::Person),
            (None, Some(token)) => self.valid_token(token)?.map(Owner::Token),
            (None, None) => None,
        };
        let Some(owner) = owner else { return Ok(None) };
        if (now - row.last_used_at).abs() >= USE_IS_NOTED_EVERY {
            self.note_use("note that the session is used", |connection| {
                diesel::update(sessions::table.find(row.id))
                    .set(sessions::last_used_at.eq(now))
                    .execute(connection)
            });
        }
        Ok(Some((row.into_domain(), owner)))
    }

    /// The sessions of an owner that have not ended, the one used last first.
    pub fn sessions(
        &mut self,
        owner: &Owner,
        idle: TimeDelta,
    ) -> Result<Vec<SessionRecord>, StorageError> {
        let now = now();
        let rows: Vec<SessionRow> = self.statement("read the sessions", |connection| {
            let open = sessions::table
                .filter(sessions::ends_at.gt(now))
                .filter(sessions::last_used_at.gt(now - idle))
                .order((sessions::last_used_at.desc(), sessions::id));
            match owner {
                Owner::Token(token) => {
                    open.filter(sessions::token.eq(&token.name)).load(connection)
                }
                Owner::Person(person) => {
                    open.filter(sessions::account_id.eq(person.id)).load(connection)
                }
            }
        })?;
        Ok(rows.into_iter().map(SessionRow::into_domain).collect())
    }
}
