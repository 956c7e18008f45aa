//! The formats of exported files.

/// The file format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON (RFC 7946): one `FeatureCollection`.
    GeoJson,
    /// GeoJSON text sequence (RFC 8142): a feature a line, each after a record separator.
    GeoJsonSeq,
    /// Of partnerships and links the native CSV, which imports back to the same records; of
    /// entities a table of their properties.
    Csv,
    /// FlatGeobuf with its index: typed columns, a box of it without reading the whole.
    FlatGeobuf,
    /// GeoPackage (OGC 12-128r17): an SQLite file, which a GIS can edit.
    GeoPackage,
    /// GeoParquet 1.1 (OGC 24-013): compressed columns, for who analyses.
    GeoParquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::GeoJson,
        Self::GeoJsonSeq,
        Self::Csv,
        Self::FlatGeobuf,
        Self::GeoPackage,
        Self::GeoParquet,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonseq",
            Self::Csv => "csv",
            Self::FlatGeobuf => "fgb",
            Self::GeoPackage => "gpkg",
            Self::GeoParquet => "parquet",
        }
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonl",
            Self::Csv => "csv",
            Self::FlatGeobuf => "fgb",
            Self::GeoPackage => "gpkg",
            Self::GeoParquet => "parquet",
        }
    }

    /// The media type: that of RFC 7946, RFC 8142, RFC 4180, OGC 12-128; FlatGeobuf has none that
    /// is registered, and this one is what others use.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::GeoJsonSeq => "application/geo+json-seq",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::FlatGeobuf => "application/flatgeobuf",
            Self::GeoPackage => "application/geopackage+sqlite3",
            Self::GeoParquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether every feature must be looked at before the first byte of a file.
    pub fn is_prepared(self) -> bool {
        matches!(self, Self::FlatGeobuf | Self::GeoPackage | Self::GeoParquet)
    }
}
