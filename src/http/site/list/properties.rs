//! A partnership as lists and pages tell it: its properties, read by name.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    domain::{Language, Partner},
    http::site::list::item::ListItem,
    search::{Dimension, Snapshot},
};

/// A feature's properties, read by name.
pub(crate) struct Properties(pub(crate) Value);

impl Properties {
    pub(crate) fn of(snapshot: &Snapshot, record: u32, language: Language) -> Self {
        Self(snapshot.properties(record, language))
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    pub(crate) fn required(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.0[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// All of a side: the list where there are several, else the record's own properties.
    pub(crate) fn side(&self, name: &str) -> Vec<Self> {
        match self.0[name].as_array() {
            Some(several) => several.iter().cloned().map(Self).collect(),
            None => vec![Self(self.0.clone())],
        }
    }
}

/// The countries of some partners, each once, in their order.
fn countries(partners: &[Arc<Partner>], language: Language) -> Vec<String> {
    let mut codes: Vec<&str> = Vec::new();
    for partner in partners {
        if !codes.contains(&partner.country.as_str()) {
            codes.push(&partner.country);
        }
    }
    codes.into_iter().map(|code| Dimension::Country.label(code, language)).collect()
}

pub(crate) fn list_item(snapshot: &Snapshot, record: u32, language: Language) -> ListItem {
    let properties = Properties::of(snapshot, record, language);
    let others = |name: &str| properties.0[name].as_array().map_or(0, |all| all.len() as u64 - 1);
    let (_, partners) = snapshot.sides(record);
    ListItem {
        id: properties.required("id"),
        title: properties.required("title"),
        kind_label: properties.text("kind_label"),
        status: properties.text("status"),
        status_label: properties.text("status_label"),
        start: properties.text("start"),
        end: properties.text("end"),
        collectivity_name: properties.required("collectivity_name"),
        region_name: properties.text("region_name"),
        other_collectivities: others("collectivities"),
        partner_name: properties.required("partner_name"),
        country_name: properties.required("country_name"),
        countries: countries(partners, language),
        updated_at: properties.text("updated_at"),
        other_partners: others("partners"),
        theme_labels: properties.texts("theme_labels"),
        verified_on: properties.text("verified_on"),
        is_placed: partners[0].position().is_some(),
    }
}
