//! The formats of exported files, each declared once: command line, API, catalogue and pages follow.

/// The file format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON (RFC 7946): one `FeatureCollection`.
    GeoJson,
    /// Newline-delimited GeoJSON: a feature a line, and nothing else.
    GeoJsonLines,
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

/// What a file is downloaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be read as a table.
    Table,
    /// To be opened in a GIS.
    Map,
    /// To be read in part, as a stream or by analysts.
    Stream,
}

/// What is said of a format. Its labels are the texts `format.{extension}` and
/// `data.format.{name}`.
struct FormatDeclaration {
    /// Its name on the command line.
    name: &'static str,
    /// What the command line says of it.
    help: &'static str,
    /// The ending of a file's name.
    extension: &'static str,
    /// The media type: that of RFC 7946, RFC 8142, RFC 4180, OGC 12-128; FlatGeobuf and lines of JSON
    /// have none that is registered, and these are what others use.
    media_type: &'static str,
    /// The media type in the list of IANA.
    iana: &'static str,
    /// The name in the list of file types of the European Union, if it has one.
    file_type: Option<&'static str>,
    purpose: Purpose,
    /// Its place in lists: what most people open comes first.
    place: u8,
    /// Whether every feature must be looked at before the first byte of a file.
    is_prepared: bool,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::GeoJson,
        Self::GeoJsonLines,
        Self::GeoJsonSeq,
        Self::Csv,
        Self::FlatGeobuf,
        Self::GeoPackage,
        Self::GeoParquet,
    ];

    // long: a table
    const fn declaration(self) -> FormatDeclaration {
        match self {
            Self::GeoJson => FormatDeclaration {
                name: "geojson",
                help: "One FeatureCollection (RFC 7946)",
                extension: "geojson",
                media_type: "application/geo+json",
                iana: "application/geo+json",
                file_type: Some("GEOJSON"),
                purpose: Purpose::Map,
                place: 2,
                is_prepared: false,
            },
            Self::GeoJsonLines => FormatDeclaration {
                name: "geojsonl",
                help: "One feature a line",
                extension: "geojsonl",
                media_type: "application/x-ndjson",
                iana: "text/plain",
                file_type: Some("GEOJSON"),
                purpose: Purpose::Stream,
                place: 5,
                is_prepared: false,
            },
            Self::GeoJsonSeq => FormatDeclaration {
                name: "geojsonseq",
                help: "A text sequence: one feature a line, each after a record separator (RFC 8142)",
                extension: "geojsons",
                media_type: "application/geo+json-seq",
                iana: "application/geo+json-seq",
                file_type: Some("GEOJSON"),
                purpose: Purpose::Stream,
                place: 6,
                is_prepared: false,
            },
            Self::Csv => FormatDeclaration {
                name: "csv",
                help: "The native CSV, which imports back; a table of authorities, partners, countries, régions",
                extension: "csv",
                media_type: "text/csv; charset=utf-8; header=present",
                iana: "text/csv",
                file_type: Some("CSV"),
                purpose: Purpose::Table,
                place: 0,
                is_prepared: false,
            },
            Self::FlatGeobuf => FormatDeclaration {
                name: "fgb",
                help: "FlatGeobuf with its index",
                extension: "fgb",
                media_type: "application/flatgeobuf",
                iana: "application/octet-stream",
                file_type: None,
                purpose: Purpose::Stream,
                place: 3,
                is_prepared: true,
            },
            Self::GeoPackage => FormatDeclaration {
                name: "gpkg",
                help: "GeoPackage, an SQLite file",
                extension: "gpkg",
                media_type: "application/geopackage+sqlite3",
                iana: "application/geopackage+sqlite3",
                file_type: Some("GPKG"),
                purpose: Purpose::Map,
                place: 1,
                is_prepared: true,
            },
            Self::GeoParquet => FormatDeclaration {
                name: "parquet",
                help: "GeoParquet",
                extension: "parquet",
                media_type: "application/vnd.apache.parquet",
                iana: "application/vnd.apache.parquet",
                file_type: None,
                purpose: Purpose::Stream,
                place: 4,
                is_prepared: true,
            },
        }
    }

    /// All of them in the order in which pages list them.
    pub fn listed() -> [Self; 7] {
        let mut listed = Self::ALL;
        listed.sort_by_key(|format| format.declaration().place);
        listed
    }

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        self.declaration().name
    }

    /// What the command line says of it.
    pub fn help(self) -> &'static str {
        self.declaration().help
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        self.declaration().extension
    }

    /// The media type of responses.
    pub fn media_type(self) -> &'static str {
        self.declaration().media_type
    }

    /// The media type in the list of IANA.
    pub fn iana_media_type(self) -> &'static str {
        self.declaration().iana
    }

    /// The name in the list of file types of the European Union, if it has one.
    pub fn file_type(self) -> Option<&'static str> {
        self.declaration().file_type
    }

    /// What a file of it is downloaded for.
    pub fn purpose(self) -> Purpose {
        self.declaration().purpose
    }

    /// Whether every feature must be looked at before the first byte of a file.
    pub fn is_prepared(self) -> bool {
        self.declaration().is_prepared
    }
}
