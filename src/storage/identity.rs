//! Which register a database holds, and which version of its data.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{
    StorageError,
    connection::AnyConnection,
    schema::{changesets, dataset},
};
use crate::domain::{DataVersion, RandomId};

/// The version of the data now.
pub(super) fn current(connection: &mut AnyConnection) -> Result<DataVersion, StorageError> {
    let (number, register): (i64, Option<Vec<u8>>) = dataset::table
        .select((dataset::version, dataset::register_id))
        .first(connection)
        .map_err(StorageError::when("read the version of the data"))?;
    let register = parse(register.as_deref())?;
    let id = id_of(connection, number)?.unwrap_or(register);
    Ok(DataVersion { register, number, id })
}

/// Whether the data came of this version: it is that one, or was made from it by changesets.
pub(super) fn descends_from(
    connection: &mut AnyConnection,
    version: DataVersion,
) -> Result<bool, StorageError> {
    let now = current(connection)?;
    if now.register != version.register || now.number < version.number {
        return Ok(false);
    }
    Ok(id_of(connection, version.number)?.unwrap_or(now.register) == version.id)
}

/// The id of a version; none of the first one, and of those whose changeset says nothing: they go
/// by the id of the register.
fn id_of(connection: &mut AnyConnection, number: i64) -> Result<Option<RandomId>, StorageError> {
    let id = changesets::table
        .filter(changesets::version.eq(number))
        .select(changesets::version_id)
        .first::<Option<Vec<u8>>>(connection)
        .optional()
        .map_err(StorageError::when("read the version of the data"))?;
    id.flatten().map(|id| parse(Some(&id))).transpose()
}

fn parse(id: Option<&[u8]>) -> Result<RandomId, StorageError> {
    let id = id.and_then(|id| id.try_into().ok());
    id.map(RandomId).ok_or_else(|| StorageError::Corrupt {
        table: "dataset",
        row: 1,
        reason: "the register or its version has no id of 16 bytes".into(),
    })
}

/// An id that nothing else has.
pub(super) fn random() -> Result<RandomId, StorageError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| StorageError::Random { reason: error.to_string() })?;
    Ok(RandomId(id))
}
