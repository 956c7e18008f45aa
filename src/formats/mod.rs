//! Floor 1: texts of the outside world to and from the domain's types, streaming.

pub mod backup;
pub mod crs;
pub mod csv;
pub mod directory_schema;
pub mod feature;
pub mod flat;
pub mod flatgeobuf;
pub mod geojson;
pub mod geopackage;
pub mod geoparquet;
pub mod great_circle;
pub mod layer;
pub mod mvt;
pub mod picture;
pub mod wkb;
