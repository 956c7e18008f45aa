//! Who works with whom in the records of other sources, to find records that say the same.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    RunQueryDsl, connection::DefaultLoadingMode, pg::PgRowByRowLoadingMode,
};

use super::{
    StorageError,
    connection::AnyConnection,
    schema::{
        collectivities, partners, partnership_collectivities, partnership_partners, partnerships,
    },
};

/// A French authority, a foreign one, and the record that says that they work together. A record
/// of several authorities is as many pairs as it has.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Pair {
    /// Who keeps the record.
    pub source: String,
    /// Its key there.
    pub key: String,
    /// Code of the kind of link.
    pub kind: String,
    /// INSEE or SIREN of the French authority.
    pub collectivity: String,
    /// Alpha-2 code of the partner's country.
    pub country: String,
    /// Name of the partner.
    pub partner: String,
}

/// Of whose records pairs are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Of this source.
    Of(&'a str),
    /// Of every other source.
    Beside(&'a str),
}

/// Calls `visit` with every pair in these records, removed ones aside.
pub(super) fn visit(
    connection: &mut AnyConnection,
    whose: Whose<'_>,
    mut visit: impl FnMut(Pair),
) -> Result<(), StorageError> {
    let failed = StorageError::when("read who works with whom");
    let (source, own) = match whose {
        Whose::Of(source) => (source, true),
        Whose::Beside(source) => (source, false),
    };
    // usually there is no other source, which two ends of the index tell at once
    let others: Option<i64> = partnerships::table
        .filter(partnerships::source.lt(source).or(partnerships::source.gt(source)))
        .select(partnerships::id)
        .first(connection)
        .optional()
        .map_err(&failed)?;
    if others.is_none() && !own {
        return Ok(());
    }
    let query = partnerships::table
        .inner_join(partnership_collectivities::table.inner_join(collectivities::table))
        .inner_join(partnership_partners::table.inner_join(partners::table))
        .filter(partnerships::source.eq(source).eq(own))
        .filter(partnerships::removed.eq(false))
        .select((
            partnerships::source,
            partnerships::key,
            partnerships::kind,
            collectivities::code,
            partners::country,
            partners::name,
        ));
    let mut each = |pairs: &mut dyn Iterator<Item = QueryResult<Pair>>| {
        for pair in pairs {
            visit(pair.map_err(&failed)?);
        }
        Ok(())
    };
    match connection {
        AnyConnection::Sqlite(connection) => {
            each(&mut query.load_iter::<Pair, DefaultLoadingMode>(connection).map_err(&failed)?)
        }
        AnyConnection::Postgres(connection) => {
            each(&mut query.load_iter::<Pair, PgRowByRowLoadingMode>(connection).map_err(&failed)?)
        }
    }
}
