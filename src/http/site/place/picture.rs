//! The small map on a page: who works with whom, drawn by the server.

use std::{fmt::Write, sync::LazyLock};

use crate::{
    formats::picture::{RATIO, View, outline, project, way},
    reference::areas,
    search::profile::Flow,
};

/// Where the outlines of countries are served; pages draw them from there, each by its alpha-2.
pub const LAND_PATH: &str = "/monde.svg";
/// How finely they are drawn, in units of the picture.
const GRAIN: f64 = 0.35;

/// A picture as its template draws it; lengths in units of the whole world.
#[derive(Debug, Clone, Default)]
pub struct PictureView {
    /// The part of the world that is shown.
    pub view_box: String,
    /// The country that the page is about, as alpha-2.
    pub country: Option<String>,
    /// One link each: the path's data and its width.
    pub ways: Vec<(String, String)>,
    /// French authorities.
    pub homes: Vec<Dot>,
    /// Foreign authorities.
    pub partners: Vec<Dot>,
    /// How thick borders are.
    pub hairline: String,
}

/// A place.
#[derive(Debug, Clone, Default)]
pub struct Dot {
    /// From the left.
    pub x: String,
    /// From the top.
    pub y: String,
    /// Its radius.
    pub r: String,
}

impl PictureView {
    /// Of flows; none where nothing has a position.
    pub fn new(flows: &[Flow], country: Option<&str>) -> Option<Self> {
        (!flows.is_empty()).then(|| Self::framed(flows, country, RATIO))
    }

    /// Of flows, so many times as wide as high; without any the whole world.
    pub fn framed(flows: &[Flow], country: Option<&str>, ratio: f64) -> Self {
        let places = flows.iter().flat_map(|flow| [Some(flow.to), flow.from]).flatten();
        let view = View::around(places.map(|place| [place.lon(), place.lat()])).at_least(ratio);
        let unit = view.unit();
        let thickness = |count: u32| (1.0 + f64::from(count).ln()).min(5.0);
        let mut picture = Self {
            view_box: view.view_box(),
            country: country.map(str::to_owned),
            hairline: format!("{:.3}", 0.9 * unit),
            ..Self::default()
        };
        for flow in flows.iter().rev() {
            let thickness = thickness(flow.count);
            if let Some(from) = flow.from.filter(|from| *from != flow.to) {
                let width = format!("{:.3}", (0.9 + 0.6 * thickness) * unit);
                picture.ways.push((way(from, flow.to), width));
            }
            let dot = |place: crate::domain::Position, radius: f64| {
                let [x, y] = project([place.lon(), place.lat()]);
                let r = format!("{:.2}", radius * unit);
                Dot { x: format!("{x:.2}"), y: format!("{y:.2}"), r }
            };
            picture.partners.push(dot(flow.to, 4.5 + 1.5 * thickness));
            picture.homes.extend(flow.from.map(|from| dot(from, 5.0)));
        }
        picture.homes.sort_unstable_by(|a, b| (&a.x, &a.y).cmp(&(&b.x, &b.y)));
        picture.homes.dedup_by(|a, b| (&a.x, &a.y) == (&b.x, &b.y));
        picture
    }

    /// Where the outlines are.
    pub fn land(&self) -> &'static str {
        LAND_PATH
    }
}

/// The outlines of all countries as an SVG, each a path whose id is its alpha-2, all in `land`.
pub fn land() -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -250 1000 500\"><g id=\"land\">{}</g></svg>",
        land_paths()
    )
}

/// The paths of the same.
pub fn land_paths() -> &'static str {
    static LAND: LazyLock<String> = LazyLock::new(|| {
        let mut paths = String::new();
        for area in areas::countries() {
            let data = outline(area.polygons.iter().flatten(), GRAIN);
            // a buffer in memory takes every write
            let _ = write!(paths, "<path id=\"{}\" d=\"{data}\"/>", area.code);
        }
        paths
    });
    &LAND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outlines_are_small_and_have_every_country() {
        assert!(land().len() < 320_000, "{}", land().len());
        for area in areas::countries() {
            assert!(land().contains(&format!("id=\"{}\"", area.code)));
        }
    }
}
