//! What pages say for machines, in the words of schema.org.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    domain::{Collectivity, Partner, PartnershipId},
    http::{page::layout::Layout, site::partnership::page::DataFormat},
};

/// A place or a theme: the partnerships of it are a data set.
pub(crate) fn place(
    layout: &Layout,
    (name, sentence): (&str, &str),
    formats: &[DataFormat],
) -> Value {
    let file = |format: &DataFormat| {
        json!({
            "@type": "DataDownload",
            "name": format.label,
            "encodingFormat": format.media_type,
            "contentUrl": layout.absolute(&format.path),
        })
    };
    json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": layout.fill("place.dataset", "name", name),
        "description": format!("{}.", layout.headed(name, sentence)),
        "url": layout.absolute(layout.canonical_path()),
        "inLanguage": layout.language.code(),
        "isAccessibleForFree": true,
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": layout.text("site.name"),
            "url": layout.absolute(layout.data_path()),
        },
        "distribution": formats.iter().map(file).collect::<Vec<_>>(),
    })
}

/// A partnership, and the authorities in it.
pub(crate) fn partnership(
    layout: &Layout,
    (title, id): (&str, PartnershipId),
    (lead, partners): (&Collectivity, &[Arc<Partner>]),
) -> Value {
    let authority = |name: &str, country: &str| {
        json!({
            "@type": "GovernmentOrganization",
            "name": name,
            "address": {"@type": "PostalAddress", "addressCountry": country},
        })
    };
    let foreign = partners.iter().map(|partner| authority(&partner.name, &partner.country));
    let members: Vec<Value> = [authority(&lead.name, "FR")].into_iter().chain(foreign).collect();
    json!({
        "@context": "https://schema.org",
        "@type": "Project",
        "name": title,
        "identifier": id.to_string(),
        "url": layout.absolute(&layout.partnership_path(&id.to_string())),
        "member": members,
    })
}
