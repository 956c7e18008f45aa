//! Whom a French authority may turn to: those near it that share a country or a theme, and places
//! near its partners.

use crate::{
    http::{
        page::layout::Layout,
        site::place::{
            page::{OtherEntry, Others, PlaceKind},
            subjects::to,
        },
        text::{grammar, texts::Texts},
    },
    search::{
        Collection, Dimension, Snapshot,
        neighbours::{Beside, Near, Reason, Whereabouts},
    },
};

/// Groups of them, each with its reason, in the order in which a page tells them.
pub(crate) fn of(snapshot: &Snapshot, layout: &Layout, code: &str) -> Vec<Others> {
    let Some(item) = snapshot.item(Collection::Collectivities, code) else { return Vec::new() };
    let neighbours = snapshot.neighbours(item).into_iter();
    let mut groups: Vec<Others> =
        neighbours.map(|(reason, found)| near(snapshot, layout, &reason, &found)).collect();
    let found = snapshot.beside_partners(item);
    if !found.is_empty() {
        groups.push(Others {
            reason: layout.text("place.others.beside").to_owned(),
            entries: found.iter().map(|one| beside(snapshot, layout, one)).collect(),
        });
    }
    groups
}

fn near(snapshot: &Snapshot, layout: &Layout, reason: &Reason, near: &[Near]) -> Others {
    let language = layout.language;
    let reason = match reason {
        Reason::Country(code) => {
            let name = Dimension::Country.label(code, language);
            let name = grammar::country(language, &name);
            layout.fill("place.others.country", "country", &name)
        }
        Reason::Theme(code) => {
            let name = Dimension::Theme.label(code, language);
            layout.fill("place.others.theme", "theme", &name)
        }
    };
    let entry = |near: &Near| {
        let one = snapshot.collectivity(near.item);
        let count = layout.counted("place.sentence.partnerships", u64::from(near.partnerships));
        let whereabouts = match near.whereabouts {
            Whereabouts::Around => {
                layout.text(&format!("place.others.around.{}", one.kind.code)).to_owned()
            }
            Whereabouts::Within => layout.text("place.others.within").to_owned(),
            Whereabouts::Apart(km) => {
                layout.fill("place.others.km", "km", &layout.number(km.round() as u64))
            }
        };
        OtherEntry {
            link: to(PlaceKind::Collectivity, language, &one.code, &one.name),
            detail: format!("{whereabouts} · {count}"),
        }
    };
    Others { reason, entries: near.iter().map(entry).collect() }
}

fn beside(snapshot: &Snapshot, layout: &Layout, beside: &Beside) -> OtherEntry {
    let language = layout.language;
    let (id, place) = snapshot.partner(beside.item);
    let (_, partner) = snapshot.partner(beside.partner);
    let country = Dimension::Country.label(&place.country, language);
    let count = layout.counted("place.sentence.partnerships", u64::from(beside.partnerships));
    let km = layout.number(beside.km.round() as u64);
    let values = [("km", km.as_str()), ("name", &partner.name)];
    let where_to = Texts::of(language).fill("place.others.km_from", &values);
    OtherEntry {
        link: to(PlaceKind::Partner, language, &id.to_string(), &place.name),
        detail: format!("{country} · {where_to} · {count}"),
    }
}
