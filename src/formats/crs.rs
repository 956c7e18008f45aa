//! The reference systems that coordinates are read and written in (OGC API – Features Part 2).

use std::sync::LazyLock;

use memchr::memmem;
use proj4rs::{Proj, transform::transform};
use serde_json::Value;

use super::geojson::write_json;

/// A coordinate reference system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Crs {
    /// WGS 84, longitude and latitude: that of GeoJSON.
    #[default]
    Crs84,
    /// WGS 84, latitude and longitude: EPSG:4326.
    Wgs84,
    /// Web Mercator, metres: EPSG:3857.
    WebMercator,
    /// RGF93 v1 / Lambert-93, metres: EPSG:2154. RGF93 is taken for WGS 84, as PROJ does.
    Lambert93,
}

/// Beyond this latitude Web Mercator is not used: there its map is square.
const MERCATOR_EDGE: f64 = 85.051_128_779_806_59;
const WGS84: &str = "+proj=longlat +datum=WGS84 +no_defs";
const MERCATOR: &str = "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs";
const LAMBERT: &str = "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs";

impl Crs {
    /// All of them, the one of storage first.
    pub const ALL: [Self; 4] = [Self::Crs84, Self::Wgs84, Self::WebMercator, Self::Lambert93];

    /// Its identifier (OGC 18-058, 6.2).
    pub fn uri(self) -> &'static str {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            Self::Wgs84 => "http://www.opengis.net/def/crs/EPSG/0/4326",
            Self::WebMercator => "http://www.opengis.net/def/crs/EPSG/0/3857",
            Self::Lambert93 => "http://www.opengis.net/def/crs/EPSG/0/2154",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crs84 => "CRS84",
            Self::Wgs84 => "EPSG:4326",
            Self::WebMercator => "EPSG:3857",
            Self::Lambert93 => "EPSG:2154",
        }
    }

    /// The system with an identifier.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|crs| crs.uri() == uri)
    }

    /// Whether its coordinates are degrees.
    pub fn is_geographic(self) -> bool {
        matches!(self, Self::Crs84 | Self::Wgs84)
    }

    /// Whether the latitude comes first.
    pub fn latitude_first(self) -> bool {
        self == Self::Wgs84
    }

    /// How many decimals its coordinates are written with: about a decimetre.
    pub fn decimals(self) -> i32 {
        if self.is_geographic() { 6 } else { 1 }
    }

    /// Longitude and latitude of coordinates of the system; none where there is no such place.
    pub fn to_crs84(self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        match self {
            Self::Crs84 => Some([x, y]),
            Self::Wgs84 => Some([y, x]),
            Self::WebMercator | Self::Lambert93 => {
                let [lon, lat] = convert(self.projection(), &PROJECTIONS.wgs84, [x, y])?;
                Some([lon.to_degrees(), lat.to_degrees()])
            }
        }
    }

    /// Coordinates of a longitude and latitude in the system; none where it has none.
    pub fn of_crs84(self, [lon, lat]: [f64; 2]) -> Option<[f64; 2]> {
        match self {
            Self::Crs84 => Some([lon, lat]),
            Self::Wgs84 => Some([lat, lon]),
            Self::WebMercator | Self::Lambert93 => {
                // the poles are infinitely far away on both maps
                let lat = lat.clamp(-MERCATOR_EDGE, MERCATOR_EDGE);
                let from = [lon.to_radians(), lat.to_radians()];
                convert(&PROJECTIONS.wgs84, self.projection(), from)
            }
        }
    }

    fn projection(self) -> &'static Proj {
        match self {
            Self::Crs84 | Self::Wgs84 => &PROJECTIONS.wgs84,
            Self::WebMercator => &PROJECTIONS.mercator,
            Self::Lambert93 => &PROJECTIONS.lambert,
        }
    }
}

struct Projections {
    wgs84: Proj,
    mercator: Proj,
    lambert: Proj,
}

#[expect(clippy::expect_used, reason = "a test reads all three")]
static PROJECTIONS: LazyLock<Projections> = LazyLock::new(|| {
    let read = |text| Proj::from_proj_string(text).expect("a projection of our own");
    Projections { wgs84: read(WGS84), mercator: read(MERCATOR), lambert: read(LAMBERT) }
});

fn convert(from: &Proj, to: &Proj, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let mut point = (x, y, 0.0);
    transform(from, to, &mut point).ok()?;
    (point.0.is_finite() && point.1.is_finite()).then_some([point.0, point.1])
}

/// Appends a GeoJSON feature with the coordinates of its geometry in a system; what has no place
/// there has the geometry null.
///
/// A feature begins with its type, id and geometry, as the register writes it.
pub fn write_feature(out: &mut Vec<u8>, feature: &[u8], crs: Crs) {
    const GEOMETRY: &[u8] = b",\"geometry\":";
    const PROPERTIES: &[u8] = b",\"properties\":";
    let start = memmem::find(feature, GEOMETRY).map(|at| at + GEOMETRY.len());
    let end = memmem::find(feature, PROPERTIES);
    let (Some(start), Some(end)) = (start, end) else { return out.extend_from_slice(feature) };
    out.extend_from_slice(&feature[..start]);
    let geometry = serde_json::from_slice::<Value>(&feature[start..end]).ok();
    let projected = geometry.and_then(|mut geometry| {
        project(&mut geometry["coordinates"], crs)?;
        Some(geometry)
    });
    write_json(out, &projected);
    out.extend_from_slice(&feature[end..]);
}

/// Turns coordinates, or lists of them, into those of a system.
fn project(coordinates: &mut Value, crs: Crs) -> Option<()> {
    let list = coordinates.as_array_mut()?;
    if let [x, y] = list.as_slice()
        && let (Some(lon), Some(lat)) = (x.as_f64(), y.as_f64())
    {
        let scale = 10_f64.powi(crs.decimals());
        let rounded = crs.of_crs84([lon, lat])?.map(|number| (number * scale).round() / scale);
        *coordinates = rounded.to_vec().into();
        return Some(());
    }
    list.iter_mut().try_for_each(|part| project(part, crs))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Place = (f64, f64, [f64; 2], [f64; 2]);

    /// Longitude, latitude, Lambert-93, Web Mercator.
    #[rustfmt::skip]
    const PLACES: [Place; 8] = [
        (2.3522, 48.8566, [652_469.022_709_136, 6_862_035.259_420_08], [261_845.706_243_938, 6_250_564.349_543_13]),
        (4.8357, 45.764, [842_666.659_187_172, 6_519_924.366_805_66], [538_307.661_629_033, 5_742_610.375_367_17]),
        (-4.4861, 48.3904, [146_632.978_527_516, 6_836_262.326_655_94], [-499_390.367_647_705, 6_172_050.986_527_44]),
        (9.1919, 41.9192, [1_214_245.821_760_12, 6_111_117.560_463_59], [1_023_237.627_422_69, 5_148_883.669_722_3]),
        (7.7521, 48.5734, [1_050_362.695_357_93, 6_840_899.647_188_03], [862_959.824_578_536, 6_202_783.873_776_21]),
        (-61.5, 16.25, [-6_264_796.626_799_33, 6_115_621.740_963_26], [-6_846_148.683_786_33, 1_833_692.385_714_03]),
        (55.45, -20.88, [10_180_217.316_286_4, 546_828.487_634_135], [6_172_665.764_487_02, -2_377_575.608_421_62]),
        (-8.0, 12.65, [-690_196.420_976_486, 2_740_855.766_644_63], [-890_555.926_346_189, 1_419_773.515_884_51]),
    ];

    /// Places in Lambert-93 and Web Mercator as `cs2cs` of PROJ 9 gives them.
    #[test]
    fn coordinates_are_those_of_proj() {
        for (lon, lat, lambert, mercator) in PLACES {
            for (crs, expected) in [(Crs::Lambert93, lambert), (Crs::WebMercator, mercator)] {
                let found = crs.of_crs84([lon, lat]).unwrap();
                for axis in [0, 1] {
                    assert!(
                        (found[axis] - expected[axis]).abs() < 1e-3,
                        "{crs:?} {lon} {lat}: {found:?}"
                    );
                }
                let back = crs.to_crs84(found).unwrap();
                assert!((back[0] - lon).abs() < 1e-9 && (back[1] - lat).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn identifiers_read_back() {
        for crs in Crs::ALL {
            assert_eq!(Crs::from_uri(crs.uri()), Some(crs));
        }
        assert_eq!(Crs::from_uri("http://www.opengis.net/def/crs/EPSG/0/27572"), None);
        assert_eq!(Crs::Wgs84.of_crs84([2.0, 48.0]), Some([48.0, 2.0]));
        assert_eq!(Crs::Lambert93.to_crs84([f64::NAN, 0.0]), None);
    }

    #[test]
    fn features_are_written_in_another_system() {
        let feature = |geometry: &str| {
            format!(
                r#"{{"type":"Feature","id":"a","geometry":{geometry},"properties":{{"b":[1,2]}}}}"#
            )
        };
        for (crs, geometry, expected) in [
            (
                Crs::Wgs84,
                r#"{"type":"Point","coordinates":[2.5,48]}"#,
                r#"{"coordinates":[48.0,2.5],"type":"Point"}"#,
            ),
            (
                Crs::WebMercator,
                r#"{"type":"MultiPoint","coordinates":[[0,0],[180,0]]}"#,
                r#"{"coordinates":[[0.0,-0.0],[20037508.3,-0.0]],"type":"MultiPoint"}"#,
            ),
            (Crs::Lambert93, "null", "null"),
        ] {
            let mut out = Vec::new();
            write_feature(&mut out, feature(geometry).as_bytes(), crs);
            let (found, expected): (Value, Value) = (
                serde_json::from_slice(&out).unwrap(),
                serde_json::from_str(&feature(expected)).unwrap(),
            );
            assert_eq!(found, expected);
        }
    }
}
