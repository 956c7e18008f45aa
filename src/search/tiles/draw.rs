//! Clusters and bundles to the features of a tile.

use std::{borrow::Cow, cmp::Reverse};

use serde::Deserialize;

use super::{
    LAST_ZOOM, TileAddress, TileStyle, fields,
    line::lines,
    links::{Bundle, Links},
    points::{CELLS, Cluster, PLACES, Point, Points},
    wanted::Wanted,
};
use crate::{
    domain::{Language, Partner, partnership::beside_name},
    formats::mvt::{Attribute, TileWriter, Value},
    search::{Collection, ParameterError, Selection, Snapshot, features::NAMES},
};

/// Of one place, so many ids are told.
const MOST_IDS: usize = 50;

/// The deepest zoom level of links in a file: a great circle is as good there as any deeper.
const LINKS_ZOOM: u8 = 6;

/// The most places of a tile that stand by themselves; more are clustered by a finer grid, of
/// twice as many columns and rows as at the other zoom levels.
const MOST_PLACES: usize = 2_000;

impl Snapshot {
    /// Draws a tile; no bytes where it has no feature.
    ///
    /// # Errors
    /// As [`Snapshot::select`].
    pub fn draw_tile(
        &self,
        address: TileAddress,
        style: TileStyle<'_>,
    ) -> Result<Vec<u8>, ParameterError> {
        let selection = self.select(style.filter, style.collection)?;
        Ok(self.draw_selection(address, style, &selection))
    }

    /// The same, of what was selected before with the filter.
    pub fn draw_selection(
        &self,
        address: TileAddress,
        style: TileStyle<'_>,
        selection: &Selection,
    ) -> Vec<u8> {
        let mut tile = TileWriter::new(style.collection.id());
        let drawing = Drawing { snapshot: self, address, style, selection };
        if selection.is_empty() {
            return tile.finish();
        }
        match (style.collection, self.tile_points(style.collection)) {
            (Collection::Links, _) => drawing.links(&mut tile),
            (_, Some(points)) => drawing.points(&mut tile, points),
            (_, None) => {}
        }
        tile.finish()
    }

    /// The first zoom level at which every selected place is drawn by itself, at most
    /// [`LAST_ZOOM`]; of links [`LINKS_ZOOM`], for they are everywhere at deeper ones.
    pub fn separating_zoom(&self, collection: Collection, selection: &Selection) -> u8 {
        let Some(points) = self.tile_points(collection) else { return LINKS_ZOOM };
        let all = self.whole(collection).len() as usize;
        let level = points.separating_level(&Wanted::new(selection.items(), all, all));
        level.saturating_sub(CELLS).min(LAST_ZOOM)
    }
}

/// One tile of a selection.
struct Drawing<'s> {
    snapshot: &'s Snapshot,
    address: TileAddress,
    style: TileStyle<'s>,
    selection: &'s Selection,
}

impl Drawing<'_> {
    /// The level of the grid that the tile is drawn by.
    fn level(&self) -> u8 {
        if self.is_last() { PLACES } else { self.address.zxy().0 + CELLS }
    }

    fn is_last(&self) -> bool {
        self.address.zxy().0 >= self.style.last_zoom
    }

    fn points(&self, tile: &mut TileWriter, points: &Points) {
        let all = self.snapshot.whole(self.style.collection).len() as usize;
        let wanted = Wanted::new(self.selection.items(), all, points.count_in(self.address));
        let mut clusters = points.clusters(self.address, self.level(), &wanted);
        if clusters.len() > MOST_PLACES {
            let (zoom, ..) = self.address.zxy();
            clusters = points.clusters(self.address, zoom + CELLS + 1, &wanted);
        }
        clusters.sort_by_key(|cluster| (Reverse(cluster.count), cluster.points, cluster.at));
        for cluster in clusters {
            let shown = points.get(cluster.points).iter().filter(|point| wanted.has(point.item));
            let mut attributes = vec![("count", Value::Count(cluster.count))];
            let details = if self.style.collection == Collection::Partnerships {
                attributes.extend(theme_counts(&cluster));
                self.partnership_details(&cluster, shown)
            } else {
                let items: Vec<u32> = shown.map(|point| point.item).collect();
                let counts = items.iter().map(|item| u64::from(self.selection.count(*item)));
                attributes.push(("partnerships", Value::Count(counts.sum())));
                match items[..] {
                    [item] => self.entity_details(item),
                    _ if cluster.is_place && self.is_last() => vec![self.entity_ids(&items)],
                    _ => Vec::new(),
                }
            };
            if tile.has_room(&details) {
                attributes.extend(details);
            }
            tile.point(cluster.at, attributes);
        }
    }

    /// What a partnership is, or what those of one place have in common.
    fn partnership_details<'p>(
        &self,
        cluster: &Cluster,
        shown: impl Iterator<Item = &'p Point> + Clone,
    ) -> Vec<Attribute> {
        let mut details = Vec::new();
        if cluster.count == 1
            && let Some(point) = shown.clone().next()
        {
            details.push(text("id", self.snapshot.id(point.item).to_string()));
            details.extend(self.partnership_texts(point.item));
        }
        if !cluster.is_place {
            return details;
        }
        if self.is_last() && cluster.count > 1 {
            let ids =
                shown.clone().take(MOST_IDS).map(|point| self.snapshot.id(point.item).to_string());
            details.push(text("ids", ids.collect::<Vec<_>>().join(",")));
        }
        let partner = |point: &Point| -> &Partner {
            &self.snapshot.sides(point.item).1[usize::from(point.part)]
        };
        details.extend(
            in_common(shown.map(partner))
                .into_iter()
                .flat_map(|p| of_partner(p, self.style.language)),
        );
        details
    }

    /// What the GeoJSON of a partnership says of it that a map shows.
    fn partnership_texts(&self, record: u32) -> Vec<Attribute> {
        let mut json = Vec::with_capacity(2048);
        let collection = Collection::Partnerships;
        let (whole, language) = (self.snapshot.whole(collection), self.style.language);
        self.snapshot.write_feature(&mut json, collection, whole, record, language);
        let Ok(Feature { properties }) = serde_json::from_slice(&json) else { return Vec::new() };
        let Properties {
            title,
            kind,
            kind_label,
            status,
            status_label,
            start,
            end,
            collectivity_code,
            collectivity_name,
        } = properties;
        let texts = [
            ("title", Some(title)),
            ("kind", Some(kind)),
            ("kind_label", Some(kind_label)),
            ("status", Some(status)),
            ("status_label", Some(status_label)),
            ("start", start),
            ("end", end),
            ("collectivity_code", Some(collectivity_code)),
            ("collectivity_name", Some(collectivity_name)),
        ];
        texts.into_iter().filter_map(|(name, value)| Some(text(name, value?))).collect()
    }

    fn entity_ids(&self, items: &[u32]) -> Attribute {
        let id = |item: &u32| self.snapshot.item_id(self.style.collection, *item);
        text("ids", items.iter().take(MOST_IDS).map(id).collect::<Vec<_>>().join(","))
    }

    fn entity_details(&self, item: u32) -> Vec<Attribute> {
        let (collection, language) = (self.style.collection, self.style.language);
        let snapshot = self.snapshot;
        let mut details = vec![text("id", snapshot.item_id(collection, item))];
        details.push(text("name", snapshot.entity_name(collection, item, language)));
        if collection == Collection::Collectivities {
            let one = snapshot.entity_sides().collectivity(item);
            details.push(text("collectivity_kind", &*one.kind.code));
            let codes = [("department_code", &one.department), ("region_code", &one.region)];
            details.extend(
                codes.into_iter().filter_map(|(name, code)| Some(text(name, code.as_deref()?))),
            );
        } else {
            let (_, partner) = snapshot.entity_sides().partner(item);
            let said =
                beside_name().filter_map(|(field, _)| Some((field.name, field.of(partner)?)));
            let said = said.map(|(name, value)| (name, value.to_string()));
            details.extend(
                said.filter(|(_, value)| !value.is_empty()).map(|(name, value)| text(name, value)),
            );
            details.extend(of_partner(partner, language).into_iter().skip(1));
        }
        details
    }

    fn links(&self, tile: &mut TileWriter) {
        let links = self.snapshot.tile_links();
        let wanted = Wanted::new(self.selection.items(), self.snapshot.len(), links.len());
        for bundle in links.bundles(self.address, self.level(), &wanted) {
            let parts = lines(links.way(bundle, &wanted), self.address);
            if parts.is_empty() {
                continue;
            }
            let mut attributes = vec![("count", Value::Count(bundle.count.into()))];
            attributes.extend(self.link_details(links, bundle, &wanted));
            if !tile.lines(&parts, attributes) {
                break;
            }
        }
    }

    /// Who is at the two ends of a bundle, as far as all its links agree.
    fn link_details(&self, links: &Links, bundle: Bundle, wanted: &Wanted<'_>) -> Vec<Attribute> {
        let shown = || links.of(bundle).iter().filter(|link| wanted.has(link.record));
        let mut details = Vec::new();
        if bundle.count == 1
            && let Some(link) = shown().next()
        {
            details.push(text("id", self.snapshot.id(link.record).to_string()));
        }
        if let Some(lead) = in_common(shown().map(|link| self.snapshot.sides(link.record).0)) {
            details.push(text("collectivity_code", &*lead.code));
            details.push(text("collectivity_name", &*lead.name));
        }
        let partner = |link: &super::links::Link| -> &Partner {
            &self.snapshot.sides(link.record).1[usize::from(link.part)]
        };
        if let Some(partner) = in_common(shown().map(partner)) {
            details.push(text("partner_id", partner.id().to_string()));
            details.extend(of_partner(partner, self.style.language));
        }
        details
    }
}

/// A feature's properties, as far as tiles have them.
#[derive(Deserialize)]
struct Feature<'j> {
    #[serde(borrow)]
    properties: Properties<'j>,
}

#[derive(Deserialize)]
struct Properties<'j> {
    #[serde(borrow)]
    title: Cow<'j, str>,
    kind: Cow<'j, str>,
    kind_label: Cow<'j, str>,
    status: Cow<'j, str>,
    status_label: Cow<'j, str>,
    start: Option<Cow<'j, str>>,
    end: Option<Cow<'j, str>>,
    collectivity_code: Cow<'j, str>,
    collectivity_name: Cow<'j, str>,
}

fn text(name: &'static str, value: impl Into<String>) -> Attribute {
    (name, Value::Text(value.into()))
}

fn theme_counts(cluster: &Cluster) -> impl Iterator<Item = Attribute> {
    let counted = fields::theme_names().iter().zip(cluster.themes);
    counted.filter(|(_, count)| *count > 0).map(|(name, count)| (*name, Value::Count(count.into())))
}

fn of_partner(partner: &Partner, language: Language) -> [Attribute; 3] {
    [
        text("partner_name", &*partner.name),
        text("country_code", &*partner.country),
        text("country_name", (NAMES.country)(&partner.country, language)),
    ]
}

/// What all are, if they are the same.
fn in_common<'t, T: PartialEq>(mut all: impl Iterator<Item = &'t T>) -> Option<&'t T> {
    let first = all.next()?;
    all.all(|other| std::ptr::eq(first, other) || first == other).then_some(first)
}
