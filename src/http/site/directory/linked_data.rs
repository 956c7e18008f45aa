//! Actors and schemes in the words of schema.org.

use serde_json::{Value, json};

use crate::{
    domain::directory::{Actor, Call, DirectoryRecord, FundingScheme},
    http::{
        page::{layout::Layout, site_page::SitePage},
        site::directory::entry::EntryWriter,
    },
    reference::territories,
};

/// An actor in the words of schema.org.
pub(crate) fn of_actor(layout: &Layout, actor: &Actor, path: &str) -> Value {
    let is_public = ["etat", "ambassade", "prefecture", "parlement", "collectivite"];
    let kind = if is_public.contains(&actor.kind.as_str()) {
        "GovernmentOrganization"
    } else {
        "Organization"
    };
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": kind,
        "name": actor.name(layout.language),
        "description": actor.role(layout.language),
        "identifier": actor.code,
        "url": layout.absolute(path),
    });
    if !actor.acronym.is_empty() {
        data["alternateName"] = actor.acronym.as_str().into();
    }
    if !actor.site.is_empty() {
        data["sameAs"] = actor.site.as_str().into();
    }
    if !actor.parent.is_empty() {
        let parent = SitePage::Actors.path(layout.language);
        data["parentOrganization"] =
            json!({"@id": layout.absolute(&format!("{parent}/{}", actor.parent))});
    }
    let regions = actor.regions.iter().filter_map(|code| territories::regions().get(code));
    let areas: Vec<&str> = regions
        .map(|region| region.name.as_str())
        .chain(actor.countries.iter().map(String::as_str))
        .collect();
    if !areas.is_empty() {
        data["areaServed"] = areas.into();
    }
    data
}

/// A scheme with those who run it, and its calls of which the last day is known.
pub(crate) fn of_scheme(writer: &EntryWriter<'_>, scheme: &FundingScheme) -> Value {
    let EntryWriter { directory, layout, .. } = writer;
    let language = layout.language;
    let funder = |code: &String| {
        let actor = directory.actor(code)?;
        Some(json!({
            "@type": "Organization",
            "@id": layout.absolute(&writer.actor_link(actor).path),
            "name": actor.name(language),
        }))
    };
    let call = |call: &&Call| {
        let ends = call.deadline(None)?.date;
        Some(json!({
            "@type": "Event",
            "name": call.name(language),
            "identifier": call.code,
            "startDate": call.opens.map(|date| date.to_string()),
            "endDate": ends.day().map(|_| ends.to_string())?,
        }))
    };
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": if scheme.nature == "subvention" { "MonetaryGrant" } else { "Grant" },
        "name": scheme.name(language),
        "description": scheme.summary(language),
        "identifier": scheme.code,
        "url": layout.absolute(&writer.scheme_link(scheme).path),
        "funder": scheme.operators.iter().filter_map(funder).collect::<Value>(),
        "subjectOf": directory.calls_of(&scheme.code).iter().filter_map(call).collect::<Value>(),
    });
    if let Some(amount) = scheme.max_amount {
        data["amount"] = json!({"@type": "MonetaryAmount", "currency": "EUR", "maxValue": amount});
    }
    if !scheme.site.is_empty() {
        data["sameAs"] = scheme.site.as_str().into();
    }
    data
}
