//! How far what a filter selects reaches: where a map of it has to look.

use super::{Bbox, Collection, Dimension, ParameterError, Query, Snapshot};
use crate::{domain::Position, reference::Countries};

/// Boxes in WGS 84 degrees around what a filter selects and can be placed; longitudes are whole
/// degrees. A box whose west is greater than its east crosses the antimeridian.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Extents {
    /// Around authorities of both sides; of those of France overseas only where there are no
    /// others, so that a few of them do not widen every view to half the globe.
    pub both: Option<Bbox>,
    /// Around the foreign authorities alone.
    pub partners: Option<Bbox>,
}

impl Snapshot {
    /// How far the partnerships that a filter selects reach.
    ///
    /// # Errors
    /// As [`Snapshot::select`].
    pub fn extents(&self, query: &Query) -> Result<Extents, ParameterError> {
        let query = &query.with(query.of_partnerships());
        let (mut partners, mut homes, mut overseas) =
            (DegreeSpan::new(), DegreeSpan::new(), DegreeSpan::new());
        for item in self.select(query, Collection::Partners)?.items() {
            let partner = self.entity_sides().partner(item).1;
            // of a partnership with several, those that the filter is about
            if fits(&partner.country, query) {
                partners.add(partner.position());
            }
        }
        for item in self.select(query, Collection::Collectivities)?.items() {
            let one = self.entity_sides().collectivity(item);
            let is_overseas = one.department.as_ref().is_some_and(|code| code.starts_with("97"));
            if is_overseas { &mut overseas } else { &mut homes }.add(one.position);
        }
        let french = if homes.is_empty() { &overseas } else { &homes };
        Ok(Extents { both: partners.with(french).bbox(), partners: partners.bbox() })
    }
}

/// Whether a country is one that a filter names, or lies where it says.
fn fits(country: &str, query: &Query) -> bool {
    let is_of = |dimension, value: Option<&str>| {
        let wanted = query.values(dimension);
        wanted.is_empty() || wanted.iter().any(|one| Some(one.as_str()) == value)
    };
    let zone = || Countries::bundled().by_alpha2(country).map(|one| one.zone.code.as_str());
    is_of(Dimension::Country, Some(country)) && is_of(Dimension::Zone, zone())
}

/// Degrees of longitude that something is in, and the latitudes between which it is.
#[derive(Clone)]
struct DegreeSpan {
    columns: [bool; 360],
    south: f64,
    north: f64,
}

impl DegreeSpan {
    fn new() -> Self {
        Self { columns: [false; 360], south: f64::INFINITY, north: f64::NEG_INFINITY }
    }

    fn add(&mut self, position: Option<Position>) {
        let Some(position) = position else { return };
        let column = (position.lon().floor() + 180.0).clamp(0.0, 359.0);
        self.columns[column as usize] = true;
        self.south = self.south.min(position.lat());
        self.north = self.north.max(position.lat());
    }

    fn is_empty(&self) -> bool {
        self.south > self.north
    }

    fn with(&self, other: &Self) -> Self {
        Self {
            columns: std::array::from_fn(|column| self.columns[column] || other.columns[column]),
            south: self.south.min(other.south),
            north: self.north.max(other.north),
        }
    }

    /// The smallest box: all but the widest row of empty columns, which may go past the
    /// antimeridian.
    fn bbox(&self) -> Option<Bbox> {
        let first = self.columns.iter().position(|is_in| *is_in)?;
        // from one column that is in to the next one, once around
        let (mut west, mut widest, mut last) = (first, 0, first);
        for step in first + 1..=first + 360 {
            if self.columns[step % 360] {
                if step - last > widest {
                    (west, widest) = (step % 360, step - last);
                }
                last = step;
            }
        }
        let degrees = 361 - widest;
        let (west, east) = (west as f64 - 180.0, (west + degrees) as f64 - 180.0);
        let east = if east > 180.0 { east - 360.0 } else { east };
        Some(Bbox::new(west, self.south, east, self.north))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(places: &[(f64, f64)]) -> Option<[f64; 4]> {
        let mut span = DegreeSpan::new();
        for (lon, lat) in places {
            span.add(Position::new(*lon, *lat).ok());
        }
        span.bbox().map(Bbox::to_array)
    }

    #[test]
    fn a_box_is_around_all_places_by_the_shorter_way() {
        assert_eq!(bbox(&[]), None);
        assert_eq!(bbox(&[(2.3, 48.8)]), Some([2.0, 48.8, 3.0, 48.8]));
        assert_eq!(bbox(&[(-17.4, 14.7), (2.3, 48.8)]), Some([-18.0, 14.7, 3.0, 48.8]));
        // Fiji and Tahiti, past the antimeridian
        assert_eq!(bbox(&[(178.4, -18.1), (-149.6, -17.5)]), Some([178.0, -18.1, -149.0, -17.5]));
        assert_eq!(bbox(&[(-180.0, 0.0), (180.0, 1.0)]), Some([179.0, 0.0, -179.0, 1.0]));
    }
}
