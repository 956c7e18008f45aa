//! The tables of a register as lines of JSON, the same from either database, and back. The
//! databases write and read the JSON themselves; what differs between them is how a column of a
//! type goes in and out ([`sqlite`], [`postgres`]).

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use diesel::{QueryableByName, connection::SimpleConnection, sql_types::Text};
use serde::{Deserialize, Serialize};

use super::{
    StorageError,
    connection::{AnyConnection, Task, Transaction},
    database::Database,
    file_id, identity, migrations, postgres, sqlite,
};
use crate::domain::DataVersion;

/// What is of this moment alone: from a backup, whoever has signed out would be signed in, and mails
/// would be sent again.
const PASSING: [&str; 3] = ["sessions", "sign_in_links", "mails"];
/// How many bytes of rows go into a statement.
const BATCH: usize = 1 << 20;

/// What a dump is of.
#[derive(Debug, Clone)]
pub struct DumpHead {
    /// Which register, and which version.
    pub version: DataVersion,
    /// The migrations that its tables have seen.
    pub migrations: BTreeSet<String>,
    /// Where the files are of imports that are not yet ended.
    pub uploads: Vec<String>,
}

/// A piece of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DumpTable {
    /// Its name; rows follow.
    table: String,
    /// What is in its rows, in this order.
    columns: Vec<String>,
}

/// Why there is no dump, or it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Whoever takes or gives lines.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The register is not empty.
    #[error("there is a register at {url} already: add --replace to put the backup in its place")]
    NotEmpty {
        /// Where.
        url: String,
    },
    /// A line that is not what is to come.
    #[error("the backup does not fit the tables: {0}")]
    Misfit(String),
}

/// A column of a table, with its type as the database calls it.
#[derive(QueryableByName)]
pub(super) struct TypedColumn {
    #[diesel(sql_type = Text)]
    pub(super) table_name: String,
    #[diesel(sql_type = Text)]
    pub(super) column_name: String,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
}

/// One row.
#[derive(QueryableByName)]
pub(super) struct DumpLine {
    #[diesel(sql_type = Text)]
    pub(super) line: String,
}

/// The columns of each table.
fn tables(
    connection: &mut AnyConnection,
) -> Result<BTreeMap<String, Vec<TypedColumn>>, StorageError> {
    let columns = match connection {
        AnyConnection::Sqlite(connection) => sqlite::columns(connection),
        AnyConnection::Postgres(connection) => postgres::columns(connection),
    };
    let mut tables: BTreeMap<String, Vec<TypedColumn>> = BTreeMap::new();
    for column in columns.map_err(StorageError::when("look which tables there are"))? {
        if column.table_name != migrations::TABLE {
            tables.entry(column.table_name.clone()).or_default().push(column);
        }
    }
    Ok(tables)
}

fn quoted(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted = names.into_iter().map(|name| format!("\"{}\"", name.as_ref()));
    quoted.collect::<Vec<_>>().join(", ")
}

impl Database {
    /// Gives everything in the tables, all of one moment, to `begin` and then to `take`: the head
    /// of each table as JSON, then its rows. Waits for nobody, and nobody waits for it.
    pub fn dump(
        &mut self,
        begin: impl FnOnce(&DumpHead) -> io::Result<()>,
        mut take: impl FnMut(&str) -> io::Result<()>,
    ) -> Result<DumpHead, DumpError> {
        let mut transaction = Transaction::read(self.connection())?;
        let connection = transaction.connection();
        let head = DumpHead {
            version: identity::current(connection)?,
            migrations: migrations::applied(connection)?,
            uploads: super::jobs::uploads(connection)?,
        };
        begin(&head)?;
        let kept = tables(connection)?.into_iter();
        for (table, columns) in kept.filter(|(name, _)| !PASSING.contains(&name.as_str())) {
            let names = columns.iter().map(|column| column.column_name.clone()).collect();
            let about = DumpTable { table: table.clone(), columns: names };
            take(&serde_json::to_string(&about).map_err(io::Error::from)?)?;
            match connection {
                AnyConnection::Sqlite(connection) => {
                    sqlite::dump(connection, &table, &columns, &mut take)
                }
                AnyConnection::Postgres(connection) => {
                    postgres::dump(connection, &table, &columns, &mut take)
                }
            }?;
        }
        transaction.commit()?;
        Ok(head)
    }

    /// Puts a dump in place of all that the tables hold, in one transaction: `lines` are those that
    /// [`Self::dump`] gave, `migrations` what the tables had seen that they are of. Tables of an
    /// earlier release are brought up to date.
    pub fn restore(
        &mut self,
        migrations: &BTreeSet<String>,
        replace: bool,
        lines: impl Iterator<Item = io::Result<String>>,
    ) -> Result<DataVersion, DumpError> {
        self.check_writable()?;
        let (location, file, patience) = self.parts();
        if !replace && !self.is_empty()? {
            return Err(self.not_empty());
        }
        let mut transaction =
            Transaction::alone(self.connection(), Task::Write, &location, patience)?;
        let connection = transaction.connection();
        clear(connection)?;
        migrations::go_to(connection, &location, migrations)?;
        // what the migrations themselves write
        clear(connection)?;
        fill(connection, lines)?;
        migrations::complete(connection, &location)?;
        let version = identity::current(connection)?;
        file_id::check(file, &location)?;
        if let AnyConnection::Postgres(connection) = connection {
            postgres::announce(connection)
                .map_err(StorageError::when("tell other instances of the change"))?;
        }
        transaction.commit()?;
        Ok(version)
    }

    /// The error of a register that is not empty.
    pub fn not_empty(&self) -> DumpError {
        DumpError::NotEmpty { url: self.location().to_string() }
    }

    /// Whether nothing was ever put into the register.
    pub fn is_empty(&mut self) -> Result<bool, StorageError> {
        Ok(self.version()? == 0
            && self.imports()?.is_empty()
            && self.tokens()?.is_empty()
            && self.people()?.is_empty())
    }
}

/// Deletes every row.
fn clear(connection: &mut AnyConnection) -> Result<(), StorageError> {
    let deletes = tables(connection)?.into_keys().map(|name| format!("DELETE FROM \"{name}\""));
    let deletes = deletes.collect::<Vec<_>>().join(";");
    connection.batch_execute(&deletes).map_err(StorageError::when("empty the tables"))
}

/// Writes what lines say.
fn fill(
    connection: &mut AnyConnection,
    lines: impl Iterator<Item = io::Result<String>>,
) -> Result<(), DumpError> {
    let tables = tables(connection)?;
    let mut filling: Option<Filling<'_>> = None;
    let mut rows = String::new();
    for line in lines {
        let line = line?;
        if !line.starts_with('[') {
            if let Some(filling) = &filling {
                filling.write(connection, &mut rows)?;
            }
            filling = Some(Filling::of(&line, &tables)?);
            continue;
        }
        let Some(filling) = &filling else {
            return Err(DumpError::Misfit("rows come before the name of their table".into()));
        };
        rows.push(if rows.is_empty() { '[' } else { ',' });
        rows.push_str(&line);
        if rows.len() > BATCH {
            filling.write(connection, &mut rows)?;
        }
    }
    if let Some(filling) = &filling {
        filling.write(connection, &mut rows)?;
    }
    Ok(())
}

/// The table whose rows come.
struct Filling<'t> {
    table: String,
    columns: Vec<&'t TypedColumn>,
}

impl<'t> Filling<'t> {
    /// From the line that names it.
    fn of(line: &str, tables: &'t BTreeMap<String, Vec<TypedColumn>>) -> Result<Self, DumpError> {
        let about: DumpTable = serde_json::from_str(line)
            .map_err(|error| DumpError::Misfit(format!("a line names no table ({error})")))?;
        let DumpTable { table, columns } = about;
        let known = tables
            .get(&table)
            .ok_or_else(|| DumpError::Misfit(format!("there is no table {table}")))?;
        let find = |name: &String| {
            let found = known.iter().find(|column| column.column_name == *name);
            found.ok_or_else(|| DumpError::Misfit(format!("{table} has no column {name}")))
        };
        let found = columns.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if found.len() != known.len() {
            return Err(DumpError::Misfit(format!("columns of {table} are missing")));
        }
        Ok(Self { table, columns: found })
    }

    /// Writes rows, the members of an array that is not closed, and forgets them.
    fn write(&self, connection: &mut AnyConnection, rows: &mut String) -> Result<(), StorageError> {
        if rows.is_empty() {
            return Ok(());
        }
        rows.push(']');
        let written = match connection {
            AnyConnection::Sqlite(connection) => {
                sqlite::fill(connection, &self.table, &self.columns, rows)
            }
            AnyConnection::Postgres(connection) => {
                postgres::fill(connection, &self.table, &self.columns, rows)
            }
        };
        rows.clear();
        written.map_err(StorageError::when("write the rows of the backup"))
    }
}

/// `INSERT INTO table (columns) SELECT values`.
pub(super) fn insertion(
    table: &str,
    columns: &[&TypedColumn],
    value: impl Fn(usize, &str) -> String,
) -> String {
    let names = quoted(columns.iter().map(|column| &column.column_name));
    let values = columns.iter().enumerate().map(|(place, column)| value(place, &column.kind));
    let values = values.collect::<Vec<_>>().join(", ");
    format!("INSERT INTO \"{table}\" ({names}) SELECT {values}")
}

/// The expressions that a row is made of, joined.
pub(super) fn expressions(
    columns: &[TypedColumn],
    expression: impl Fn(&str, &str) -> String,
) -> String {
    let written = columns
        .iter()
        .map(|column| expression(&format!("\"{}\"", column.column_name), &column.kind));
    written.collect::<Vec<_>>().join(", ")
}
