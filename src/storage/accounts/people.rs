//! Accounts of people, and what they were given.

use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, dsl::max,
};

use super::{AccountWriter, AnyConnection, Database, StorageError, now};
use crate::{
    domain::{AccountRecord, Capability, Grant, GrantRecord, Language},
    storage::schema::{accounts, grants, sessions, tokens},
};

/// A person who gets an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// In lower case.
    pub email: String,
    /// What they do is kept under this name.
    pub name: String,
    /// Of the mails.
    pub language: Language,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: i64,
    email: String,
    name: String,
    language: String,
    created_at: NaiveDateTime,
    disabled_at: Option<NaiveDateTime>,
}

impl AccountRow {
    fn into_domain(self) -> Result<AccountRecord, StorageError> {
        let Self { id, email, name, language, created_at, disabled_at } = self;
        Ok(AccountRecord {
            id,
            email,
            name,
            language: language.parse().map_err(|()| StorageError::UnknownTerm {
                vocabulary: "language",
                code: language,
            })?,
            created_at: created_at.and_utc(),
            disabled_at: disabled_at.map(|time| time.and_utc()),
        })
    }
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = grants)]
struct GrantRow {
    id: i64,
    account_id: i64,
    capability: String,
    scope: String,
    until: Option<NaiveDate>,
    granted_by: String,
    granted_at: NaiveDateTime,
    revoked_at: Option<NaiveDateTime>,
}

impl GrantRow {
    fn into_domain(self) -> Result<GrantRecord, StorageError> {
        let Self { id: _, account_id: _, capability, scope, until, granted_by, granted_at, .. } =
            self;
        let capability = Capability::from_code(&capability)
            .ok_or(StorageError::UnknownTerm { vocabulary: "capability", code: capability })?;
        let scope = scope
            .parse()
            .map_err(|_| StorageError::UnknownTerm { vocabulary: "scope", code: scope })?;
        let grant = Grant { capability, scope };
        Ok(GrantRecord { grant, until, granted_by, granted_at: granted_at.and_utc() })
    }
}

impl AccountWriter<'_> {
    /// Makes an account, unless its address or its name is that of another one, or its name that of
    /// a token; its number.
    pub fn create_account(&mut self, new: &NewAccount) -> Result<Option<i64>, StorageError> {
        let failed = || StorageError::when("make the account");
        let NewAccount { email, name, language } = new;
        let same: i64 = accounts::table
            .filter(accounts::email.eq(email))
            .or_filter(accounts::name.eq(name))
            .count()
            .get_result(self.connection)
            .map_err(failed())?;
        let token: i64 =
            tokens::table.find(name).count().get_result(self.connection).map_err(failed())?;
        if same + token > 0 {
            return Ok(None);
        }
        let last: Option<i64> =
            accounts::table.select(max(accounts::id)).first(self.connection).map_err(failed())?;
        let id = last.unwrap_or(0) + 1;
        let row = AccountRow {
            id,
            email: email.clone(),
            name: name.clone(),
            language: language.code().to_owned(),
            created_at: now(),
            disabled_at: None,
        };
        diesel::insert_into(accounts::table)
            .values(row)
            .execute(self.connection)
            .map_err(failed())?;
        Ok(Some(id))
    }

    /// Gives an account something; what it has of the same is replaced.
    pub fn grant(
        &mut self,
        account: i64,
        grant: &Grant,
        until: Option<NaiveDate>,
        by: &str,
    ) -> Result<(), StorageError> {
        let failed = || StorageError::when("give the account something");
        self.revoke_grant(account, grant.capability, Some(&grant.scope.to_string()))?;
        let last: Option<i64> =
            grants::table.select(max(grants::id)).first(self.connection).map_err(failed())?;
        let row = GrantRow {
            id: last.unwrap_or(0) + 1,
            account_id: account,
            capability: grant.capability.code().to_owned(),
            scope: grant.scope.to_string(),
            until,
            granted_by: by.to_owned(),
            granted_at: now(),
            revoked_at: None,
        };
        diesel::insert_into(grants::table)
            .values(row)
            .execute(self.connection)
            .map(drop)
            .map_err(failed())
    }

    /// Takes a capability of a scope from an account, or of all scopes; of how many it did.
    pub fn revoke_grant(
        &mut self,
        account: i64,
        capability: Capability,
        scope: Option<&str>,
    ) -> Result<usize, StorageError> {
        let held = grants::table
            .filter(grants::account_id.eq(account))
            .filter(grants::capability.eq(capability.code()))
            .filter(grants::revoked_at.is_null());
        let revoked = grants::revoked_at.eq(Some(now()));
        match scope {
            Some(scope) => diesel::update(held.filter(grants::scope.eq(scope)))
                .set(revoked)
                .execute(self.connection),
            None => diesel::update(held).set(revoked).execute(self.connection),
        }
        .map_err(StorageError::when("take something from the account"))
    }

    /// Disables an account and ends its sessions; whether it was not disabled before.
    pub fn disable_account(&mut self, account: i64) -> Result<bool, StorageError> {
        let failed = || StorageError::when("disable the account");
        let enabled = accounts::table.find(account).filter(accounts::disabled_at.is_null());
        let disabled = diesel::update(enabled)
            .set(accounts::disabled_at.eq(Some(now())))
            .execute(self.connection)
            .map_err(failed())?;
        diesel::delete(sessions::table.filter(sessions::account_id.eq(account)))
            .execute(self.connection)
            .map_err(failed())?;
        Ok(disabled > 0)
    }

    /// The account with an address in lower case.
    pub fn person(&mut self, email: &str) -> Result<Option<AccountRecord>, StorageError> {
        let row = by_email(self.connection, email);
        let row = row.map_err(StorageError::when("find the account"))?;
        row.map(AccountRow::into_domain).transpose()
    }
}

fn by_email(
    connection: &mut AnyConnection,
    email: &str,
) -> diesel::QueryResult<Option<AccountRow>> {
    accounts::table.filter(accounts::email.eq(email)).first(connection).optional()
}

impl Database {
    /// All accounts, by their number.
    pub fn people(&mut self) -> Result<Vec<AccountRecord>, StorageError> {
        let rows: Vec<AccountRow> = self.statement("read the accounts", |connection| {
            accounts::table.order(accounts::id).load(connection)
        })?;
        rows.into_iter().map(AccountRow::into_domain).collect()
    }

    /// The account with an address in lower case.
    pub fn person(&mut self, email: &str) -> Result<Option<AccountRecord>, StorageError> {
        let row = self.statement("find the account", |connection| by_email(connection, email))?;
        row.map(AccountRow::into_domain).transpose()
    }

    /// An account that is not disabled.
    pub fn account(&mut self, id: i64) -> Result<Option<AccountRecord>, StorageError> {
        let row: Option<AccountRow> = self.statement("find the account", |connection| {
            accounts::table
                .find(id)
                .filter(accounts::disabled_at.is_null())
                .first(connection)
                .optional()
        })?;
        row.map(AccountRow::into_domain).transpose()
    }

    /// What an account was given and still has today.
    pub fn grants(&mut self, account: i64) -> Result<Vec<GrantRecord>, StorageError> {
        let rows: Vec<GrantRow> = self.statement("read what the account may do", |connection| {
            grants::table
                .filter(grants::account_id.eq(account))
                .filter(grants::revoked_at.is_null())
                .order(grants::id)
                .load(connection)
        })?;
        let today = Utc::now().date_naive();
        let held = rows.into_iter().filter(|row| row.until.is_none_or(|until| until >= today));
        held.map(GrantRow::into_domain).collect()
    }
}
