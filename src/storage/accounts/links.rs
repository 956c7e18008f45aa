//! Links to sign in, kept as hashes. One that was used is deleted.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{AccountWriter, AnyConnection, Database, StorageError, TokenHash, now, stored};
use crate::storage::schema::sign_in_links;

fn find(connection: &mut AnyConnection, hash: &TokenHash) -> diesel::QueryResult<Option<String>> {
    sign_in_links::table
        .find(hash.as_slice())
        .filter(sign_in_links::expires_at.gt(now()))
        .select(sign_in_links::email)
        .first(connection)
        .optional()
}

impl AccountWriter<'_> {
    /// Keeps a link, and forgets those that nobody can use any more.
    pub fn add_link(
        &mut self,
        hash: &TokenHash,
        email: &str,
        expires_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), StorageError> {
        let failed = || StorageError::when("keep the link");
        diesel::delete(sign_in_links::table.filter(sign_in_links::expires_at.le(now())))
            .execute(self.connection)
            .map_err(failed())?;
        diesel::insert_into(sign_in_links::table)
            .values((
                sign_in_links::hash.eq(hash.as_slice()),
                sign_in_links::email.eq(email),
                sign_in_links::expires_at.eq(stored(expires_at)),
            ))
            .execute(self.connection)
            .map(drop)
            .map_err(failed())
    }

    /// Uses a link up; whose it was, if it could still be used.
    pub fn use_link(&mut self, hash: &TokenHash) -> Result<Option<String>, StorageError> {
        let failed = || StorageError::when("use the link");
        let email = find(self.connection, hash).map_err(failed())?;
        diesel::delete(sign_in_links::table.find(hash.as_slice()))
            .execute(self.connection)
            .map_err(failed())?;
        Ok(email)
    }
}

impl Database {
    /// Whose a link is that can still be used.
    pub fn link(&mut self, hash: &TokenHash) -> Result<Option<String>, StorageError> {
        self.statement("find the link", |connection| find(connection, hash))
    }
}
