//! What the flows of a snapshot are between.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use foldhash::fast::FixedState;

use super::{
    HOME, PARTNER,
    network::Network,
    tree::{Spot, Tree},
};
use crate::{
    domain::{Partner, PositionSource, text::fold},
    reference::{Cities, Collectivities},
    search::{Snapshot, tiles::mercator::World},
};

/// A place of one side.
pub(in super::super) struct Place {
    /// The authorities there, the one that it is named after first: of collectivities or partners
    /// as the side is.
    pub(super) items: Vec<u32>,
    /// Inhabitants, 0 where the reference does not know.
    pub(super) population: u64,
    /// The name in English, where it is another.
    pub(super) english: Option<Box<str>>,
    /// Whether a more important place has the same name.
    pub(super) is_namesake: bool,
}

/// Flows, and who is at their ends.
pub(in super::super) struct Gathered {
    pub(in super::super) network: Network,
    /// By place, of each side.
    pub(super) places: [Vec<Place>; 2],
}

/// The places of a side while they are being found.
#[derive(Default)]
struct Found {
    numbers: HashMap<Spot, u32, FixedState>,
    spots: Vec<Spot>,
    /// Place, item.
    items: Vec<(u32, u32)>,
}

impl Found {
    fn number(&mut self, spot: Spot, item: u32) -> u32 {
        let number = *self.numbers.entry(spot).or_insert_with(|| {
            self.spots.push(spot);
            self.spots.len() as u32 - 1
        });
        self.items.push((number, item));
        number
    }
}

/// Finds places and what is between them. `earlier`: the trees of the snapshot before, which are
/// taken over where no place came or went.
pub(in super::super) fn gather(snapshot: &Snapshot, earlier: Option<&[Arc<Tree>; 2]>) -> Gathered {
    let mut found = [Found::default(), Found::default()];
    let mut legs = Vec::with_capacity(snapshot.len());
    for record in 0..snapshot.len() as u32 {
        find_legs(snapshot, record, &mut found, &mut legs);
    }
    let [homes, partners] = found;
    let earlier = |side: usize| earlier.map(|trees| &trees[side]);
    let (home_tree, homes, home_order) = side_of(snapshot, HOME, homes, earlier(HOME));
    let (partner_tree, partners, partner_order) =
        side_of(snapshot, PARTNER, partners, earlier(PARTNER));
    for (_, [home, partner]) in &mut legs {
        *home = home_order[*home as usize];
        *partner = partner_order[*partner as usize];
    }
    let mut places = [homes, partners];
    find_namesakes(snapshot, &mut places);
    Gathered { network: Network::new([home_tree, partner_tree], &legs), places }
}

/// Adds the legs of a record: none where its links have no geometry.
fn find_legs(
    snapshot: &Snapshot,
    record: u32,
    found: &mut [Found; 2],
    legs: &mut Vec<(u32, [u32; 2])>,
) {
    let sides = snapshot.entity_sides();
    let (homes, items) = sides.items_of(record);
    let (_, partners) = sides.of(record);
    let spot_of_home = |item: u32| {
        let at = World::of(sides.collectivity(item).position?);
        Some(Spot { at, is_area: false })
    };
    let Some(lead) = spot_of_home(homes[0]) else { return };
    let begin = legs.len();
    for (partner, item) in partners.iter().zip(items) {
        let Some(spot) = spot_of_partner(partner) else { continue };
        if spot.at == lead.at {
            continue;
        }
        let pair = [found[HOME].number(lead, homes[0]), found[PARTNER].number(spot, *item)];
        if !legs[begin..].contains(&(record, pair)) {
            legs.push((record, pair));
        }
    }
    let Some((_, [_, first])) = legs.get(begin).copied() else { return };
    for item in &homes[1..] {
        let Some(spot) = spot_of_home(*item) else { continue };
        if spot.at == found[PARTNER].spots[first as usize].at {
            continue;
        }
        let pair = [found[HOME].number(spot, *item), first];
        if !legs[begin..].contains(&(record, pair)) {
            legs.push((record, pair));
        }
    }
}

fn spot_of_partner(partner: &Partner) -> Option<Spot> {
    let at = World::of(partner.position()?);
    let is_area = partner.place.is_some_and(|(_, source)| source == PositionSource::Area);
    Some(Spot { at, is_area })
}

/// Orders the places of a side by importance: towns by inhabitants, then by links; areas last,
/// so that they join the towns around them. The third list has the new number of each place.
fn side_of(
    snapshot: &Snapshot,
    side: usize,
    found: Found,
    earlier: Option<&Arc<Tree>>,
) -> (Arc<Tree>, Vec<Place>, Vec<u32>) {
    let Found { numbers, spots, mut items } = found;
    items.sort_unstable();
    let mut places: Vec<(u32, Place)> = items
        .chunk_by(|a, b| a.0 == b.0)
        .map(|items| {
            (items.len() as u32, place_of(snapshot, side, spots[items[0].0 as usize], items))
        })
        .collect();
    let is_same = |tree: &&Arc<Tree>| {
        tree.spots().len() == spots.len()
            && tree.spots().iter().all(|spot| numbers.contains_key(spot))
    };
    let (tree, order) = if let Some(tree) = earlier.filter(is_same) {
        let order: Vec<u32> = tree.spots().iter().map(|spot| numbers[spot]).collect();
        (Arc::clone(tree), order)
    } else {
        let mut order: Vec<u32> = (0..spots.len() as u32).collect();
        order.sort_unstable_by_key(|number| {
            let (links, place) = &places[*number as usize];
            let spot = spots[*number as usize];
            (spot.is_area, Reverse((place.population, *links)), spot.at.morton())
        });
        let ordered = order.iter().map(|number| spots[*number as usize]).collect();
        (Arc::new(Tree::new(ordered)), order)
    };
    let mut new_numbers = vec![0; order.len()];
    for (new, old) in (0..).zip(&order) {
        new_numbers[*old as usize] = new;
    }
    let mut ordered: Vec<(u32, Place)> = (0..)
        .zip(places.drain(..))
        .map(|(old, (_, place)): (usize, _)| (new_numbers[old], place))
        .collect();
    ordered.sort_unstable_by_key(|(new, _)| *new);
    (tree, ordered.into_iter().map(|(_, place)| place).collect(), new_numbers)
}

/// Who is at a place: `items` has an entry for each leg.
fn place_of(snapshot: &Snapshot, side: usize, spot: Spot, items: &[(u32, u32)]) -> Place {
    let sides = snapshot.entity_sides();
    let mut known: Vec<(u64, Option<Box<str>>, usize, u32)> = items
        .chunk_by(|a, b| a.1 == b.1)
        .map(|same| {
            let item = same[0].1;
            let (population, english) = if side == HOME {
                let one = sides.collectivity(item);
                // a place is its commune's: groupings and départements are larger, and named after it
                let is_commune = one.kind.code == "commune";
                let population = Collectivities::bundled().population(&one.code);
                (if is_commune { population } else { population.min(1_000) }, None)
            } else {
                let partner = sides.partner(item).1;
                let town = (!spot.is_area)
                    .then(|| {
                        Cities::bundled().town(&partner.country, &partner.name, partner.position())
                    })
                    .flatten();
                town.map_or((0, None), |town| {
                    let is_other = fold(town.name) != fold(&partner.name);
                    (town.population, is_other.then(|| town.name.into()))
                })
            };
            (population, english, same.len(), item)
        })
        .collect();
    known.sort_by(|a, b| (b.0, b.2, a.3).cmp(&(a.0, a.2, b.3)));
    let population = known.first().map_or(0, |first| first.0);
    let english = known.first_mut().and_then(|first| first.1.take());
    Place {
        items: known.iter().map(|one| one.3).collect(),
        population,
        english,
        is_namesake: false,
    }
}

/// Tells the places that have the name of a more important one, on either side.
fn find_namesakes(snapshot: &Snapshot, places: &mut [Vec<Place>; 2]) {
    let sides = snapshot.entity_sides();
    let mut order: Vec<(usize, usize)> = [HOME, PARTNER]
        .into_iter()
        .flat_map(|side| (0..places[side].len()).map(move |at| (side, at)))
        .collect();
    order.sort_by_key(|(side, at)| (Reverse(places[*side][*at].population), *side, *at));
    let mut known = HashSet::<String>::new();
    for (side, at) in order {
        let place = &places[side][at];
        let Some(item) = place.items.first() else { continue };
        let name = if side == HOME {
            &sides.collectivity(*item).name
        } else {
            &sides.partner(*item).1.name
        };
        let is_new = known.insert(fold(name));
        places[side][at].is_namesake = !is_new;
    }
}
