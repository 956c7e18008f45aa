//! Features as FlatGeobuf 3: typed columns, a packed Hilbert R-tree, then the features in its order.
//!
//! The index stands before the features and must know their sizes, so every feature is encoded
//! twice: [`Index::push`] measures it, [`Encoder::encode`] writes it. What is held between the two
//! is about 50 bytes for each feature, not the file.
//!
//! A feature without a geometry has an empty box in the index: readers that ask for a box do not
//! get it, readers of the whole file do.

use std::collections::HashMap;

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::{
    Column as FgbColumn, ColumnArgs, ColumnType, Crs, CrsArgs, Feature as FgbFeature, FeatureArgs,
    Geometry as FgbGeometry, GeometryArgs, GeometryType, Header, HeaderArgs,
    packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort},
};

use super::{
    feature::{Cell, Feature, Geometry},
    layer::{Kind, Layer, Shape},
};

/// The first eight bytes: version 3.0 of the specification.
const MAGIC: &[u8; 8] = b"fgb\x03fgb\x00";

/// Writes features of one layer.
pub struct Encoder {
    columns: HashMap<&'static str, (u16, Kind), foldhash::fast::RandomState>,
    builder: FlatBufferBuilder<'static>,
    properties: Vec<u8>,
    xy: Vec<f64>,
    ends: Vec<u32>,
}

/// A geometry in the buffer.
type Written = flatbuffers::WIPOffset<FgbGeometry<'static>>;

/// What a geometry, or one polygon of it, is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Point,
    Line,
    Ring,
}

/// The first pass: boxes and sizes.
pub struct Index {
    encoder: Encoder,
    nodes: Vec<NodeItem>,
    sizes: Vec<u32>,
    is_placed: bool,
}

/// What the first pass has found.
pub struct Plan {
    /// Everything before the first feature: magic bytes, header, index.
    pub head: Vec<u8>,
    /// Which of the features that were pushed comes when, counted from 0.
    pub order: Vec<u32>,
    /// The bytes of all features.
    pub features: u64,
}

impl Encoder {
    /// For the features of a layer.
    pub fn new(layer: &Layer) -> Self {
        let columns = layer.columns.iter().zip(0..);
        Self {
            columns: columns.map(|(column, i)| (column.name, (i, column.kind))).collect(),
            builder: FlatBufferBuilder::new(),
            properties: Vec::new(),
            xy: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// A GeoJSON feature as FlatGeobuf, with its length before it, and its box.
    pub fn encode(&mut self, feature: &[u8]) -> serde_json::Result<(&[u8], NodeItem)> {
        let Feature { geometry, properties } = Feature::read(feature)?;
        self.builder.reset();
        self.properties.clear();
        for (name, cell) in &properties.0 {
            if let Some((index, kind)) = self.columns.get(&**name) {
                write_cell(&mut self.properties, *index, *kind, cell);
            }
        }
        let mut bounds = NodeItem::create(0);
        let geometry = geometry.map(|geometry| self.geometry(&geometry, &mut bounds));
        let properties = Some(self.builder.create_vector(&self.properties));
        let feature = FgbFeature::create(
            &mut self.builder,
            &FeatureArgs { geometry, properties, columns: None },
        );
        self.builder.finish_size_prefixed(feature, None);
        Ok((self.builder.finished_data(), bounds))
    }

    fn geometry(&mut self, geometry: &Geometry, bounds: &mut NodeItem) -> Written {
        match geometry {
            Geometry::Point(point) => self.parts(&[&[*point]], Part::Point, bounds),
            Geometry::MultiPoint(points) => self.parts(&[points], Part::Point, bounds),
            Geometry::LineString(line) => self.parts(&[line], Part::Line, bounds),
            Geometry::MultiLineString(lines) => {
                let lines: Vec<&[[f64; 2]]> = lines.iter().map(Vec::as_slice).collect();
                self.parts(&lines, Part::Line, bounds)
            }
            Geometry::Polygon(rings) => self.polygons(&[rings], bounds),
            Geometry::MultiPolygon(polygons) => {
                let polygons: Vec<&Vec<_>> = polygons.iter().collect();
                self.polygons(&polygons, bounds)
            }
        }
    }

    fn polygons(&mut self, polygons: &[&Vec<Vec<[f64; 2]>>], bounds: &mut NodeItem) -> Written {
        let parts: Vec<_> = polygons
            .iter()
            .map(|rings| {
                let rings: Vec<&[[f64; 2]]> = rings.iter().map(Vec::as_slice).collect();
                self.parts(&rings, Part::Ring, bounds)
            })
            .collect();
        let parts = Some(self.builder.create_vector(&parts));
        FgbGeometry::create(&mut self.builder, &GeometryArgs { parts, ..Default::default() })
    }

    /// Points, lines or rings one after the other, and where each one ends.
    fn parts(&mut self, parts: &[&[[f64; 2]]], part: Part, bounds: &mut NodeItem) -> Written {
        self.xy.clear();
        self.ends.clear();
        for part in parts {
            for [lon, lat] in *part {
                bounds.expand_xy(*lon, *lat);
                self.xy.extend([*lon, *lat]);
            }
            self.ends.push(self.xy.len() as u32 / 2);
        }
        let xy = Some(self.builder.create_vector(&self.xy));
        // readers take points and a single ring without their end, but no line
        let has_ends = part == Part::Line || parts.len() > 1;
        let ends = has_ends.then(|| self.builder.create_vector(&self.ends));
        let type_ = if part == Part::Ring { GeometryType::Polygon } else { GeometryType::Unknown };
        FgbGeometry::create(
            &mut self.builder,
            &GeometryArgs { xy, ends, type_, ..Default::default() },
        )
    }
}

/// Appends a cell as the specification has it: the column's number, then the value; nothing where
/// there is none.
fn write_cell(out: &mut Vec<u8>, column: u16, kind: Kind, cell: &Cell<'_>) {
    let mut put = |value: &[u8]| {
        out.extend_from_slice(&column.to_le_bytes());
        out.extend_from_slice(value);
    };
    let text = |value: &str| [&(value.len() as u32).to_le_bytes(), value.as_bytes()].concat();
    match (kind, cell) {
        (Kind::Integer, Cell::Integer(value)) => put(&value.to_le_bytes()),
        (Kind::Number, Cell::Integer(value)) => put(&(*value as f64).to_le_bytes()),
        (Kind::Number, Cell::Number(value)) => put(&value.to_le_bytes()),
        (Kind::Text | Kind::Date | Kind::DateTime, Cell::Text(value)) => put(&text(value)),
        (_, Cell::Json(value)) => put(&text(&value.to_string())),
        // nothing is known, or it is not of its column's kind: a test sees that none is so
        _ => {}
    }
}

impl Index {
    /// Before the first feature of a layer.
    pub fn new(layer: &Layer) -> Self {
        let encoder = Encoder::new(layer);
        Self { encoder, nodes: Vec::new(), sizes: Vec::new(), is_placed: false }
    }

    /// Measures the next feature.
    pub fn push(&mut self, feature: &[u8]) -> serde_json::Result<()> {
        let (bytes, mut node) = self.encoder.encode(feature)?;
        self.sizes.push(bytes.len() as u32);
        node.offset = self.nodes.len() as u64;
        self.is_placed |= node.min_x.is_finite();
        self.nodes.push(node);
        Ok(())
    }

    /// Sorts the features along the curve and writes what goes before them.
    pub fn finish(self, layer: &Layer) -> flatgeobuf::Result<Plan> {
        let Self { mut nodes, sizes, is_placed, .. } = self;
        let features = sizes.iter().map(|size| u64::from(*size)).sum();
        // a tree of nothing is none (specification: an index node size of 0)
        let extent = is_placed.then(|| calc_extent(&nodes));
        if let Some(extent) = &extent {
            hilbert_sort(&mut nodes, extent);
        }
        let order: Vec<u32> = nodes.iter().map(|node| node.offset as u32).collect();
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&header(layer, extent.as_ref(), nodes.len() as u64));
        if let Some(extent) = &extent {
            let mut offset = 0;
            for node in &mut nodes {
                let size = u64::from(sizes[node.offset as usize]);
                node.offset = offset;
                offset += size;
            }
            let tree = PackedRTree::build(&nodes, extent, PackedRTree::DEFAULT_NODE_SIZE)?;
            drop(nodes);
            head.reserve_exact(tree.size());
            tree.stream_write(&mut head)?;
        }
        Ok(Plan { head, order, features })
    }
}

fn header(layer: &Layer, extent: Option<&NodeItem>, features: u64) -> Vec<u8> {
    let mut builder = FlatBufferBuilder::new();
    let columns: Vec<_> = layer
        .columns
        .iter()
        .map(|column| {
            let name = Some(builder.create_string(column.name));
            let title = Some(builder.create_string(&column.title));
            let type_ = match column.kind {
                Kind::Text | Kind::Date => ColumnType::String,
                Kind::Integer => ColumnType::Long,
                Kind::Number => ColumnType::Double,
                Kind::DateTime => ColumnType::DateTime,
                Kind::Json => ColumnType::Json,
            };
            FgbColumn::create(
                &mut builder,
                &ColumnArgs { name, title, type_, ..Default::default() },
            )
        })
        .collect();
    let columns = Some(builder.create_vector(&columns));
    let org = Some(builder.create_string("EPSG"));
    let crs_name = Some(builder.create_string("WGS 84"));
    let crs = CrsArgs { org, code: 4326, name: crs_name, ..Default::default() };
    let crs = layer.shape.map(|_| Crs::create(&mut builder, &crs));
    let envelope = extent.map(|e| builder.create_vector(&[e.min_x, e.min_y, e.max_x, e.max_y]));
    let args = HeaderArgs {
        name: Some(builder.create_string(layer.name)),
        envelope,
        geometry_type: match layer.shape {
            None => GeometryType::Unknown,
            Some(Shape::Point) => GeometryType::Point,
            Some(Shape::MultiPoint) => GeometryType::MultiPoint,
            Some(Shape::MultiLineString) => GeometryType::MultiLineString,
            Some(Shape::MultiPolygon) => GeometryType::MultiPolygon,
        },
        columns,
        features_count: features,
        index_node_size: extent.map_or(0, |_| PackedRTree::DEFAULT_NODE_SIZE),
        crs,
        ..Default::default()
    };
    let header = Header::create(&mut builder, &args);
    builder.finish_size_prefixed(header, None);
    builder.finished_data().to_vec()
}
