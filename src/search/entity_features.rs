//! Entities as GeoJSON features: what they are, and what is counted of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Collection, Selection, Snapshot,
    entities::Tally,
    features::NAMES,
    shapes::Shapes,
    sides::{country, region},
};
use crate::{
    domain::{Collectivity, Language, Partner, PartnerId},
    formats::geojson::{write_json, write_points},
    reference::{Countries, Country, territories, territories::Territory, vocabularies},
};

impl Snapshot {
    /// What an entity is called.
    pub fn entity_name(&self, collection: Collection, item: u32, language: Language) -> &str {
        match collection {
            Collection::Partnerships | Collection::Links => "",
            Collection::Collectivities => &self.entity_sides().collectivity(item).name,
            Collection::Partners => &self.entity_sides().partner(item).1.name,
            Collection::Countries => country(item).name.get(language),
            Collection::Regions => &region(item).name,
        }
    }

    /// The id of an item, as addresses and features have it.
    pub fn item_id(&self, collection: Collection, item: u32) -> String {
        match collection {
            Collection::Partnerships | Collection::Links => self.id(item).to_string(),
            Collection::Collectivities => self.entity_sides().collectivity(item).code.clone(),
            Collection::Partners => self.entity_sides().partner(item).0.to_string(),
            Collection::Countries => country(item).alpha2.clone(),
            Collection::Regions => region(item).code.clone(),
        }
    }

    /// Appends an entity as a GeoJSON feature, without its closing brace.
    pub(super) fn write_entity(
        &self,
        out: &mut Vec<u8>,
        collection: Collection,
        selection: &Selection,
        item: u32,
        language: Language,
    ) {
        out.extend_from_slice(br#"{"type":"Feature","id":"#);
        write_json(out, &self.item_id(collection, item));
        out.extend_from_slice(br#","geometry":"#);
        let position = match collection {
            Collection::Collectivities => self.entity_sides().collectivity(item).position,
            Collection::Partners => self.entity_sides().partner(item).1.position(),
            _ => None,
        };
        match Shapes::of(collection) {
            Some(shapes) => shapes.write(out, item),
            None => write_points(out, position.into_iter()),
        }
        out.extend_from_slice(br#","properties":"#);
        let tally = self.tally(collection, selection, item);
        match collection {
            Collection::Partnerships | Collection::Links => {}
            Collection::Collectivities => write_json(
                out,
                &CollectivityProperties::new(
                    self.entity_sides().collectivity(item),
                    &tally,
                    language,
                ),
            ),
            Collection::Partners => {
                write_json(
                    out,
                    &PartnerProperties::new(self.entity_sides().partner(item), &tally, language),
                );
            }
            Collection::Countries => {
                write_json(out, &CountryProperties::new(country(item), &tally, language));
            }
            Collection::Regions => {
                write_json(out, &RegionProperties::new(region(item), &tally, language));
            }
        }
    }
}

/// Themes as three lists of one length: tables of a GIS have no objects in their cells.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the properties")]
struct Themes {
    themes: Vec<&'static str>,
    theme_labels: Vec<&'static str>,
    theme_counts: Vec<u64>,
}

impl Themes {
    fn new(tally: &Tally, language: Language) -> Self {
        let term = |rank: u8| &vocabularies::themes().terms()[usize::from(rank)];
        Self {
            themes: tally.themes.iter().map(|(rank, _)| term(*rank).code.as_str()).collect(),
            theme_labels: tally.themes.iter().map(|(r, _)| term(*r).label.get(language)).collect(),
            theme_counts: tally.themes.iter().map(|(_, count)| *count).collect(),
        }
    }
}

#[derive(Serialize)]
struct CollectivityProperties<'a> {
    id: &'a str,
    name: &'a str,
    collectivity_kind: &'a str,
    collectivity_kind_label: &'a str,
    department_code: Option<&'a str>,
    department_name: Option<&'a str>,
    region_code: Option<&'a str>,
    region_name: Option<&'a str>,
    partnerships: u64,
    partners: u64,
    countries: u64,
    #[serde(flatten)]
    themes: Themes,
}

impl<'a> CollectivityProperties<'a> {
    fn new(collectivity: &'a Collectivity, tally: &Tally, language: Language) -> Self {
        let Collectivity { code, kind, name, department, region, position: _ } = collectivity;
        let name_in = |list: &'static BTreeMap<String, Territory>, code: Option<&str>| {
            Some(list.get(code?)?.name.as_str())
        };
        Self {
            id: code,
            name,
            collectivity_kind: &kind.code,
            collectivity_kind_label: kind.label.get(language),
            department_code: department.as_deref(),
            department_name: name_in(territories::departments(), department.as_deref()),
            region_code: region.as_deref(),
            region_name: name_in(territories::regions(), region.as_deref()),
            partnerships: tally.partnerships,
            partners: tally.partners,
            countries: tally.countries,
            themes: Themes::new(tally, language),
        }
    }
}

#[derive(Serialize)]
struct PartnerProperties<'a> {
    id: String,
    name: &'a str,
    partner_region: Option<&'a str>,
    country_code: &'a str,
    country_name: Option<&'a str>,
    zone: Option<&'a str>,
    zone_label: Option<&'a str>,
    partner_kind: Option<&'static str>,
    partner_area: Option<&'a str>,
    partner_area_name: Option<&'static str>,
    position_source: Option<&'static str>,
    partnerships: u64,
    collectivities: u64,
    #[serde(flatten)]
    themes: Themes,
}

impl<'a> PartnerProperties<'a> {
    fn new((id, partner): (PartnerId, &'a Partner), tally: &Tally, language: Language) -> Self {
        let Partner { name, country, region, kind, place, area } = partner;
        let country_code = country;
        let country = Countries::bundled().by_alpha2(country);
        let zone = country.map(|country| country.zone);
        Self {
            id: id.to_string(),
            name,
            partner_region: region.as_deref(),
            country_code,
            country_name: country.map(|country| country.name.get(language)),
            zone: zone.map(|zone| zone.code.as_str()),
            zone_label: zone.map(|zone| zone.label.get(language)),
            partner_kind: kind.map(|kind| kind.term.code.as_str()),
            partner_area: area.as_deref(),
            partner_area_name: area.as_deref().and_then(|area| (NAMES.area)(area, language)),
            position_source: place.map(|(_, source)| source.code()),
            partnerships: tally.partnerships,
            collectivities: tally.collectivities,
            themes: Themes::new(tally, language),
        }
    }
}

#[derive(Serialize)]
struct CountryProperties<'a> {
    id: &'a str,
    name: &'a str,
    alpha3: &'a str,
    zone: &'a str,
    zone_label: &'a str,
    partnerships: u64,
    collectivities: u64,
    partners: u64,
    #[serde(flatten)]
    themes: Themes,
}

impl<'a> CountryProperties<'a> {
    fn new(country: &'a Country, tally: &Tally, language: Language) -> Self {
        Self {
            id: &country.alpha2,
            name: country.name.get(language),
            alpha3: &country.alpha3,
            zone: &country.zone.code,
            zone_label: country.zone.label.get(language),
            partnerships: tally.partnerships,
            collectivities: tally.collectivities,
            partners: tally.partners,
            themes: Themes::new(tally, language),
        }
    }
}

#[derive(Serialize)]
struct RegionProperties<'a> {
    id: &'a str,
    name: &'a str,
    partnerships: u64,
    collectivities: u64,
    partners: u64,
    countries: u64,
    #[serde(flatten)]
    themes: Themes,
}

impl<'a> RegionProperties<'a> {
    fn new(region: &'a Territory, tally: &Tally, language: Language) -> Self {
        Self {
            id: &region.code,
            name: &region.name,
            partnerships: tally.partnerships,
            collectivities: tally.collectivities,
            partners: tally.partners,
            countries: tally.countries,
            themes: Themes::new(tally, language),
        }
    }
}
