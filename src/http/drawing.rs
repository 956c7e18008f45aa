//! What the page's map draws: places and links without their records, small enough for all of
//! a register. Not part of the API: the page that asks is of the same release.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::{
    State, conditional,
    params::{Params, Takes},
    problem::Problem,
};
use crate::search::{Collection, Snapshot};

/// Places as `[code or country, name, longitude, latitude]` in WGS 84 degrees, links as
/// `[id, place of collectivities, place of partners]`.
#[derive(Serialize)]
struct Drawing<'s> {
    version: i64,
    matched: u64,
    /// Records without a position on either side.
    unplaced: u64,
    collectivities: Vec<(&'s str, &'s str, f64, f64)>,
    partners: Vec<(&'s str, &'s str, f64, f64)>,
    links: Vec<(String, usize, usize)>,
}

/// `GET /map.json`
pub(crate) async fn drawing(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let params = Params::read(&request, Takes::Filters)?;
    Ok(conditional::attempt(&snapshot, &request, |response| {
        let selected = snapshot.select(&params.filter, Collection::Partnerships)?;
        Ok(response.json(draw(&snapshot, selected.items())))
    }))
}

fn draw<'s>(snapshot: &'s Snapshot, selected: &roaring::RoaringBitmap) -> Drawing<'s> {
    let mut drawing = Drawing {
        version: snapshot.version(),
        matched: selected.len(),
        unplaced: 0,
        collectivities: Vec::new(),
        partners: Vec::new(),
        links: Vec::new(),
    };
    let (mut homes, mut places) = (HashMap::new(), HashMap::new());
    for record in selected {
        let (home, partners) = snapshot.sides(record);
        let has_place = partners.iter().any(|partner| partner.position().is_some());
        let (Some(from), true) = (home.position, has_place) else {
            drawing.unplaced += 1;
            continue;
        };
        let home = *homes.entry(home.code.as_str()).or_insert_with(|| {
            drawing.collectivities.push((&home.code, &home.name, from.lon(), from.lat()));
            drawing.collectivities.len() - 1
        });
        for partner in partners {
            let Some(at) = partner.position() else { continue };
            let place = *places.entry((partner.name.as_str(), at)).or_insert_with(|| {
                drawing.partners.push((&partner.name, &partner.country, at.lon(), at.lat()));
                drawing.partners.len() - 1
            });
            drawing.links.push((snapshot.id(record).to_string(), home, place));
        }
    }
    drawing
}
