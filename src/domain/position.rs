//! A point on Earth.

use std::fmt;

/// Longitude and latitude in WGS 84 degrees, kept to the micro-degree (about 11 cm), so that
/// positions compare exactly on every database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    lon: i32,
    lat: i32,
}

/// Why two numbers are no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Not a number, or beyond ±180.
    #[error("longitude is not between -180 and 180")]
    Longitude,
    /// Not a number, or beyond ±90.
    #[error("latitude is not between -90 and 90")]
    Latitude,
}

const MICRO: f64 = 1e6;

impl Position {
    /// From degrees: longitude within ±180, latitude within ±90.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude);
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude);
        }
        Ok(Self { lon: (lon * MICRO).round() as i32, lat: (lat * MICRO).round() as i32 })
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon) / MICRO
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat) / MICRO
    }

    /// Great-circle distance in kilometres, on a sphere of 6,371 km.
    pub fn distance_km(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = (lat_b - lat_a) / 2.0;
        let half_lon = (other.lon() - self.lon()).to_radians() / 2.0;
        let a = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
        2.0 * 6371.0 * a.sqrt().min(1.0).asin()
    }
}

/// As RFC 7946 writes a position, longitude first: `4.8357,45.764`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.lon(), self.lat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_ends_at_its_edges() {
        assert_eq!(Position::new(180.000_1, 0.0), Err(PositionError::Longitude));
        assert_eq!(Position::new(0.0, 95.0), Err(PositionError::Latitude));
        assert_eq!(Position::new(f64::NAN, 0.0), Err(PositionError::Longitude));
        assert!(Position::new(-180.0, 90.0).is_ok());
    }

    #[test]
    fn paris_to_rome_is_1106_km() {
        let (paris, rome) = (Position::new(2.3522, 48.8566), Position::new(12.4964, 41.9028));
        let distance = paris.unwrap().distance_km(rome.unwrap());
        assert!((distance - 1106.0).abs() < 3.0, "{distance}");
        let [here, beyond] = [0.0, 180.0].map(|lon| Position::new(lon, 0.0).unwrap());
        assert!((here.distance_km(beyond) - 20_015.0).abs() < 1.0);
    }
}
