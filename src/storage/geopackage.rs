//! A layer as a GeoPackage 1.3 (OGC 12-128r17): an SQLite file of its own, written whole before
//! its first byte is read, and gone with whoever reads it.
//!
//! Titles of columns are in it by the extension “Schema”, a spatial index by the extension “RTree”.

use std::{borrow::Cow, fmt::Write, fs::File, io, iter};

use chrono::{DateTime, Utc};
use diesel::{
    Connection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Double, Nullable, Text},
    sqlite::Sqlite,
};
use tempfile::{NamedTempFile, TempPath};

use crate::formats::{
    feature::{Cell, Feature},
    geopackage::encode,
    layer::{Kind, Layer},
    wkb::{Bounds, NOWHERE, around},
};

/// The tables that every file has, and those of titles.
const TABLES: &str = include_str!("geopackage.sql");
/// What keeps the spatial index of a layer up to date.
const TRIGGERS: &str = include_str!("geopackage_index.sql");

/// A file that is being written.
pub struct GeoPackage {
    connection: SqliteConnection,
    // after the connection: the file is closed before it is removed
    path: TempPath,
    layer: Layer,
    insert: String,
    insert_box: String,
    count: i64,
    bounds: Bounds,
}

impl GeoPackage {
    /// An empty layer, last changed at a moment.
    pub fn new(layer: Layer, changed: DateTime<Utc>) -> io::Result<Self> {
        let path = NamedTempFile::with_suffix(".gpkg")?.into_temp_path();
        let name =
            path.to_str().ok_or_else(|| io::Error::other("no UTF-8 in the folder's name"))?;
        let mut connection = SqliteConnection::establish(name).map_err(io::Error::other)?;
        let mut sql = TABLES.to_owned();
        describe(&mut sql, &layer, changed);
        connection.batch_execute(&sql).map_err(io::Error::other)?;
        let columns = layer.columns.iter().map(|column| quoted(column.name));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let geometry = if layer.shape.is_some() { "geom, " } else { "" };
        let insert = format!("INSERT INTO {} ({geometry}{columns}) VALUES (", quoted(layer.name));
        let insert_box = format!("INSERT INTO {} VALUES (", index_of(layer.name));
        Ok(Self { connection, path, layer, insert, insert_box, count: 0, bounds: NOWHERE })
    }

    /// Writes the next feature, given as GeoJSON.
    pub fn push(&mut self, feature: &[u8]) -> io::Result<()> {
        let Feature { geometry, properties } = Feature::read(feature)?;
        self.count += 1;
        let shape = self.layer.shape;
        let geometry = shape.and_then(|shape| Some(encode(&geometry?, shape)));
        if let Some((_, bounds @ [west, south, east, north])) = geometry {
            self.bounds = around(self.bounds, bounds);
            let sides = [west, east, south, north].map(|side| Bound::Number(Some(side)));
            let cells = iter::once(Bound::Integer(Some(self.count))).chain(sides).collect();
            let row = Row { insert: &self.insert_box, cells };
            row.execute(&mut self.connection).map_err(io::Error::other)?;
        }
        let geometry = shape.map(|_| Bound::Blob(geometry.map(|(blob, _)| blob)));
        let mut properties = properties.0;
        let cells = self.layer.columns.iter().map(|column| {
            let place = properties.iter().position(|(name, _)| name == column.name);
            bound(column.kind, place.map_or(Cell::Null, |place| properties.swap_remove(place).1))
        });
        let row = Row { insert: &self.insert, cells: geometry.into_iter().chain(cells).collect() };
        row.execute(&mut self.connection).map_err(io::Error::other)?;
        Ok(())
    }

    /// The whole file; it has no name any more.
    pub fn finish(mut self) -> io::Result<File> {
        let [west, south, east, north] = self.bounds;
        let triggers = self.layer.shape.map(|_| TRIGGERS.replace("LAYER", self.layer.name));
        let mut end = triggers.unwrap_or_default();
        if west.is_finite() {
            // a text takes every write
            let _ = write!(
                end,
                "UPDATE gpkg_contents SET min_x = {west}, min_y = {south}, max_x = {east}, max_y = {north};"
            );
        }
        end.push_str("COMMIT;");
        self.connection.batch_execute(&end).map_err(io::Error::other)?;
        drop(self.connection);
        let file = File::open(&self.path)?;
        self.path.close()?;
        Ok(file)
    }
}

/// The layer's own table, and what the others say of it.
fn describe(sql: &mut String, layer: &Layer, changed: DateTime<Utc>) {
    let Layer { name, shape, columns } = layer;
    let (table, text) = (quoted(name), literal(name));
    let shape = shape.map(|shape| shape.name().to_uppercase());
    let data_type = if shape.is_some() { "features" } else { "attributes" };
    let changed = changed.format("%Y-%m-%dT%H:%M:%S%.3fZ");
    // a text takes every write, here and below
    let _ = writeln!(
        sql,
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id)
            VALUES ({text}, '{data_type}', {text}, '{changed}', {});",
        shape.as_ref().map_or("NULL", |_| "4326")
    );
    let _ = write!(sql, "CREATE TABLE {table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL");
    if let Some(shape) = &shape {
        let _ = write!(sql, ", geom {shape}");
    }
    for column in columns {
        let kind = match column.kind {
            Kind::Text | Kind::Json => "TEXT",
            Kind::Integer => "INTEGER",
            Kind::Number => "REAL",
            Kind::Date => "DATE",
            Kind::DateTime => "DATETIME",
        };
        let _ = write!(sql, ", {} {kind}", quoted(column.name));
    }
    sql.push_str(");\n");
    if let Some(shape) = &shape {
        let _ = writeln!(
            sql,
            "INSERT INTO gpkg_geometry_columns VALUES ({text}, 'geom', '{shape}', 4326, 0, 0);
             CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy);
             INSERT INTO gpkg_extensions VALUES
                ({text}, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');",
            index_of(name)
        );
    }
    for column in columns {
        let (name, title) = (literal(column.name), literal(&column.title));
        let _ = writeln!(
            sql,
            "INSERT INTO gpkg_data_columns VALUES ({text}, {name}, {name}, {title}, NULL, NULL, NULL);"
        );
    }
}

/// The table that is the spatial index of a layer.
fn index_of(layer: &str) -> String {
    format!("rtree_{layer}_geom")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value for a column.
enum Bound<'a> {
    Blob(Option<Vec<u8>>),
    Text(Option<Cow<'a, str>>),
    Integer(Option<i64>),
    Number(Option<f64>),
}

/// The value of a cell in a column of a kind; nothing where it is of another kind.
fn bound(kind: Kind, cell: Cell<'_>) -> Bound<'_> {
    match (kind, cell) {
        (Kind::Integer, Cell::Integer(value)) => Bound::Integer(Some(value)),
        (Kind::Integer, _) => Bound::Integer(None),
        (Kind::Number, Cell::Integer(value)) => Bound::Number(Some(value as f64)),
        (Kind::Number, Cell::Number(value)) => Bound::Number(Some(value)),
        (Kind::Number, _) => Bound::Number(None),
        (Kind::DateTime, Cell::Text(value)) => Bound::Text(Some(to_milliseconds(value))),
        (_, Cell::Text(value)) => Bound::Text(Some(value)),
        (_, Cell::Json(value)) => Bound::Text(Some(value.to_string().into())),
        _ => Bound::Text(None),
    }
}

/// A moment as the specification has it, with milliseconds.
fn to_milliseconds(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.parse::<DateTime<Utc>>() {
        Ok(moment) => moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into(),
        Err(_) => text,
    }
}

/// A row to be written, by a statement that is prepared once.
struct Row<'a> {
    insert: &'a str,
    cells: Vec<Bound<'a>>,
}

impl QueryFragment<Sqlite> for Row<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.insert);
        for (place, cell) in self.cells.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            match cell {
                Bound::Blob(value) => out.push_bind_param::<Nullable<Binary>, _>(value)?,
                Bound::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value)?,
                Bound::Integer(value) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                Bound::Number(value) => out.push_bind_param::<Nullable<Double>, _>(value)?,
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Row<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for Row<'_> {}
