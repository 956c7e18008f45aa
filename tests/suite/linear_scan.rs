//! Selections, counts and pages against the plainest reading of the contract: every record and
//! every entity looked at in turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use atlas_aect::{
    domain::{Language, PartialDate, Partner, Partnership, Period, Position, text::fold},
    formats::great_circle::great_circle,
    reference::{Countries, Subdivisions, areas, vocabularies},
    search::{Builder, Collection, Dimension, Filter, Order, PageRequest, Query, Snapshot},
};
use chrono::{Datelike, TimeZone, Utc};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    generated::{HOMES, PARTNERS, codes, query, record},
    plain_geometry::{boxes, crosses, holds, meets},
};

/// Whether a record matches a parameter that is about the record itself.
fn matches(record: &Partnership, name: &str, value: &str) -> bool {
    let any = |has: &dyn Fn(&str) -> bool| value.split(',').any(has);
    let homes = || record.collectivities.iter();
    let first = |year: Option<i32>| year.map_or(i32::MIN, |year| year * 10_000 + 101);
    let last = |year: Option<i32>| year.map_or(i32::MAX, |year| year * 10_000 + 1231);
    let begins = first(record.period.start().map(PartialDate::year));
    let ends = last(record.period.end().map(PartialDate::year));
    let day = |text: &str| text.replace('-', "").parse::<i32>().unwrap();
    match name {
        "region" => any(&|code| homes().any(|home| home.region.as_deref() == Some(code))),
        "department" => any(&|code| homes().any(|home| home.department.as_deref() == Some(code))),
        "collectivity" => any(&|code| homes().any(|home| home.code == code)),
        "collectivity_kind" => any(&|code| homes().any(|home| home.kind.code == code)),
        "partner_kind" => any(&|code| {
            let kinds = record.partners.iter().filter_map(|partner| partner.kind);
            kinds.into_iter().any(|kind| kind.term.code == code)
        }),
        "country" => {
            any(&|code| record.partners.iter().any(|p| p.country.eq_ignore_ascii_case(code)))
        }
        "partner_area" => any(&|code| {
            let areas = |area: &str| {
                let mut areas = Subdivisions::bundled().with_parents(area);
                areas.any(|area| area.code.eq_ignore_ascii_case(code))
            };
            record.partners.iter().any(|partner| partner.area.as_deref().is_some_and(areas))
        }),
        "zone" => any(&|code| {
            let zone = |country: &str| &Countries::bundled().by_alpha2(country).unwrap().zone.code;
            record.partners.iter().any(|partner| zone(&partner.country) == code)
        }),
        "theme" => any(&|code| record.themes.iter().any(|theme| theme.code == code)),
        "sdg" => any(&|code| record.sdgs.contains(&code.parse().unwrap())),
        "kind" => record.kind.code == value,
        "status" => record.status.code == value,
        "source" => record.source == value,
        "funder" => any(&|wanted| {
            // AFD is an actor of the release, whatever it is called
            let is_afd = |name: &String| name.starts_with("Agence") || name == "AFD";
            record
                .funders
                .iter()
                .any(|name| if wanted == "afd" { is_afd(name) } else { name == wanted })
        }),
        "q" => {
            let text = words(record);
            let begins = |word: &str| text.split(' ').any(|own| own.starts_with(word));
            fold(value).split(' ').all(begins) || is_meant(record, value)
        }
        "verified_since" => record.verified_on.is_some_and(|day| day.year() >= 2020),
        "datetime" => match value.split_once('/') {
            None => begins <= day(value) && day(value) <= ends,
            Some((from, to)) => {
                (to == ".." || begins <= day(to)) && (from == ".." || ends >= day(from))
            }
        },
        "year" => any(&|year| {
            let year: i32 = year.parse().unwrap();
            let is_dated = record.period.start().is_some();
            is_dated && begins <= last(Some(year)) && ends >= first(Some(year))
        }),
        "bbox" => true,
        other => panic!("{other}"),
    }
}

/// Whether a record has what a searched text means as a whole.
fn is_meant(record: &Partnership, text: &str) -> bool {
    match text {
        "eau" => matches(record, "theme", "eau-assainissement") || record.sdgs.contains(&6),
        "thies" => matches(record, "partner_area", "SN-TH"),
        _ => false,
    }
}

fn words(record: &Partnership) -> String {
    let mut text = vec![record.title.clone()];
    for home in &record.collectivities {
        text.push(home.name.clone());
        let dimensions =
            [(Dimension::Region, &home.region), (Dimension::Department, &home.department)];
        for (dimension, code) in dimensions {
            text.extend(code.as_ref().map(|code| dimension.label(code, Language::French)));
        }
    }
    for partner in &record.partners {
        let country = Countries::bundled().by_alpha2(&partner.country).unwrap();
        text.extend([&partner.name, &country.name.fr, &country.name.en].map(String::clone));
        text.extend(partner.region.clone());
    }
    text.extend(record.themes.iter().flat_map(|t| [t.label.fr.clone(), t.label.en.clone()]));
    text.iter().map(|text| fold(text)).collect::<Vec<_>>().join(" ")
}

/// An entity of the records: its id, and whether a box has its geometry.
fn entities(collection: Collection, record: &Partnership, bbox: Option<&str>) -> BTreeSet<String> {
    let within = |positions: &[Position]| {
        let point = |at: &Position| [at.lon(), at.lat()];
        bbox.is_none_or(|bbox| {
            positions.is_empty()
                || boxes(bbox).iter().any(|b| positions.iter().any(|at| holds(*b, point(at))))
        })
    };
    let drawn = |list: &[areas::Area], code: &str| {
        let Some(bbox) = bbox else { return true };
        let Some(area) = list.iter().find(|area| area.code == code) else { return true };
        boxes(bbox).iter().any(|b| area.polygons.iter().any(|polygon| meets(polygon, *b)))
    };
    match collection {
        Collection::Partnerships => {
            let all: Vec<_> = record.partners.iter().filter_map(|p| p.position()).collect();
            within(&all).then(|| record.id().to_string()).into_iter().collect()
        }
        Collection::Links => {
            let from = record.collectivities[0].position;
            let to = record.partners.iter().filter_map(|partner| partner.position());
            let lines: Vec<_> = from
                .into_iter()
                .flat_map(|from| to.clone().flat_map(move |to| great_circle(from, to)))
                .collect();
            // a line is drawn on one side of the antimeridian, and ends on both
            let ends: Vec<_> = from.into_iter().chain(to).map(|at| [at.lon(), at.lat()]).collect();
            let met = bbox.is_none_or(|bbox| {
                lines.is_empty()
                    || boxes(bbox).iter().any(|b| {
                        ends.iter().any(|end| holds(*b, *end))
                            || lines.iter().any(|line| line.windows(2).any(|s| crosses(*b, s)))
                    })
            });
            met.then(|| record.id().to_string()).into_iter().collect()
        }
        Collection::Collectivities => {
            let homes = record.collectivities.iter();
            homes
                .filter(|home| within(home.position.as_slice()))
                .map(|home| home.code.clone())
                .collect()
        }
        Collection::Partners => {
            let partners = record.partners.iter();
            partners
                .filter(|partner| within(partner.position().as_slice()))
                .map(|partner| partner.id().to_string())
                .collect()
        }
        Collection::Countries => {
            let partners = record.partners.iter();
            let met = partners.filter(|partner| drawn(areas::countries(), &partner.country));
            met.map(|partner| partner.country.clone()).collect()
        }
        Collection::Regions => {
            let codes = record.collectivities.iter().filter_map(|home| home.region.clone());
            codes.filter(|code| drawn(areas::regions(), code)).collect()
        }
    }
}

fn snapshot(records: &[Partnership]) -> Snapshot {
    let mut builder = Builder::default();
    for record in records {
        builder.push(record, Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap());
    }
    builder.finish(crate::generated::FIRST)
}

/// All pages of a selection in an order, joined.
fn walk(
    snapshot: &Snapshot,
    collection: Collection,
    filter: &Filter,
    order: (Order, bool),
) -> Vec<u32> {
    let selection = snapshot.select(&filter.clone().into(), collection).unwrap();
    let mut request = PageRequest { order, limit: 2, ..PageRequest::default() };
    let mut items = Vec::new();
    loop {
        let page = snapshot.page(collection, &selection, &request).unwrap();
        items.extend(page.items);
        match page.next {
            Some(next) => request.after = Some(next),
            None => return items,
        }
    }
}

#[test]
fn a_partner_is_where_any_record_places_it() {
    let mut placed = one_record("a", &PARTNERS[0]);
    let unplaced =
        Arc::new(Partner { name: "THIÈS".into(), place: None, ..(*PARTNERS[0]).clone() });
    let more: Vec<_> = ["b", "c"].map(|key| one_record(key, &unplaced)).into();
    placed.title = "Eau".into();
    let snapshot = snapshot(&[&[placed], &more[..]].concat());
    let selection = snapshot.select(&Query::default(), Collection::Partners).unwrap();
    assert_eq!((selection.len(), selection.count(0)), (1, 3));
    let mut text = Vec::new();
    snapshot.write_feature(&mut text, Collection::Partners, &selection, 0, Language::French);
    let feature: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(feature["geometry"]["coordinates"][0], -16.93);
}

fn one_record(key: &str, partner: &Arc<Partner>) -> Partnership {
    Partnership {
        source: "essai".into(),
        key: key.into(),
        title: "Essai".into(),
        kind: &vocabularies::kinds().terms()[0],
        status: &vocabularies::statuses().terms()[0],
        period: Period::new(None, None).unwrap(),
        collectivities: vec![Arc::clone(&HOMES[0])],
        partners: vec![Arc::clone(partner)],
        themes: Vec::new(),
        sdgs: Vec::new(),
        description: None,
        budget: None,
        funders: Vec::new(),
        url: None,
        verified_on: None,
        verified_by: None,
    }
}

/// Whether an entity has a value of a filter that is named as a property of its own; others it has.
fn has(snapshot: &Snapshot, (collection, id): (Collection, &str), name: &str, value: &str) -> bool {
    let item = || snapshot.item(collection, id).unwrap();
    let zone = |country: &str| &*Countries::bundled().by_alpha2(country).unwrap().zone.code;
    let own = match (collection, name) {
        (Collection::Countries, "zone") => zone(id).to_owned(),
        (Collection::Partners, "zone") => zone(&snapshot.partner(item()).1.country).to_owned(),
        (Collection::Partners, "partner_kind") => {
            let kind = snapshot.partner(item()).1.kind;
            kind.map(|kind| kind.term.code.clone()).unwrap_or_default()
        }
        (Collection::Collectivities, "collectivity_kind") => {
            snapshot.collectivity(item()).kind.code.clone()
        }
        _ => return true,
    };
    value.split(',').any(|code| code == own)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn selections_counts_and_pages_are_a_linear_scan(
        records in proptest::collection::vec(record(), 0..25),
        query in query(),
    ) {
        let snapshot = snapshot(&records);
        let mut filter = Filter::default();
        let query: Vec<(&str, String)> =
            query.into_iter().map(|(name, value)| (name, codes(value))).collect();
        for (name, value) in &query {
            prop_assert!(filter.set(name, value).unwrap());
        }
        let bbox = query.iter().find(|(name, _)| *name == "bbox").map(|(_, value)| value.as_str());
        let mut by_id: Vec<&Partnership> = records.iter().collect();
        by_id.sort_by_key(|record| record.id());
        by_id.dedup_by_key(|record| record.id());
        let matching: Vec<&Partnership> = by_id
            .into_iter()
            .filter(|record| query.iter().all(|(name, value)| matches(record, name, value)))
            .collect();
        for collection in Collection::ALL {
            let mut expected: BTreeMap<String, u32> = BTreeMap::new();
            for record in &matching {
                for id in entities(collection, record, bbox) {
                    *expected.entry(id).or_default() += 1;
                }
            }
            expected.retain(|id, _| {
                let own = |(name, value): &(&str, String)| has(&snapshot, (collection, id), name, value);
                query.iter().all(own)
            });
            let selection = snapshot.select(&filter.clone().into(), collection).unwrap();
            let found: BTreeMap<String, u32> = selection
                .items()
                .iter()
                .map(|item| (snapshot.item_id(collection, item), selection.count(item)))
                .collect();
            prop_assert_eq!(&found, &expected, "{:?} {:?}", collection, query);
            prop_assert_eq!(selection.len(), expected.len() as u64);
            for order in Order::of(collection) {
                for reverse in [false, true] {
                    let walked = walk(&snapshot, collection, &filter, (*order, reverse));
                    let ids: BTreeSet<_> = walked.iter().copied().collect();
                    prop_assert_eq!(walked.len(), ids.len(), "{:?} {:?}", collection, order);
                    prop_assert!(ids.iter().copied().eq(selection.items().iter()));
                    if collection == Collection::Partnerships && !reverse {
                        let keys: Vec<_> =
                            walked.iter().map(|item| sort_key(&snapshot, *item, *order)).collect();
                        prop_assert!(keys.is_sorted(), "{:?}: {:?}", order, keys);
                    }
                    if *order == Order::Partnerships {
                        let counts: Vec<_> =
                            walked.iter().map(|item| selection.count(*item)).collect();
                        let sorted = counts.is_sorted_by(|a, b| if reverse { a >= b } else { a <= b });
                        prop_assert!(sorted);
                    }
                }
            }
            for item in selection.items() {
                check_counts(&snapshot, collection, &filter, item, &matching)?;
            }
        }
    }
}

/// What a record is sorted by, as its feature says it: nothing comes last, ties go by id.
fn sort_key(snapshot: &Snapshot, record: u32, order: Order) -> (bool, String, u32) {
    let mut feature = Vec::new();
    let whole = snapshot.whole(Collection::Partnerships);
    snapshot.write_feature(&mut feature, Collection::Partnerships, whole, record, Language::French);
    let feature: Value = serde_json::from_slice(&feature).unwrap();
    let text = match &feature["properties"][order.name()] {
        Value::Null => None,
        Value::String(text) if order.name().ends_with("name") || order == Order::Title => {
            Some(fold(text))
        }
        Value::String(text) => Some(text.clone()),
        other => Some(format!("{:>20}", other.to_string())),
    };
    (text.is_none(), text.unwrap_or_default(), record)
}

/// What a feature counts is what the matching partnerships of its entity have.
fn check_counts(
    snapshot: &Snapshot,
    collection: Collection,
    filter: &Filter,
    item: u32,
    matching: &[&Partnership],
) -> Result<(), TestCaseError> {
    let selection = snapshot.select(&filter.clone().into(), collection).unwrap();
    let mut text = Vec::new();
    snapshot.write_feature(&mut text, collection, &selection, item, Language::English);
    let feature: Value = serde_json::from_slice(&text).unwrap();
    let id = snapshot.item_id(collection, item);
    prop_assert_eq!(&feature["id"], &id);
    prop_assert_eq!(snapshot.item(collection, &id), Some(item));
    if collection.is_of_partnerships() {
        return Ok(());
    }
    let own: Vec<&&Partnership> =
        matching.iter().filter(|record| entities(collection, record, None).contains(&id)).collect();
    let many = |of: Collection| {
        let all: BTreeSet<String> =
            own.iter().flat_map(|record| entities(of, record, None)).collect();
        all.len()
    };
    let properties = &feature["properties"];
    prop_assert_eq!(&properties["partnerships"], own.len());
    for of in [Collection::Collectivities, Collection::Partners, Collection::Countries] {
        if let Some(count) = properties.get(of.id()) {
            prop_assert_eq!(count, many(of), "{:?} {}", collection, of.id());
        }
    }
    let list = |name: &str| properties[name].as_array().unwrap().clone();
    let themes: BTreeMap<String, u64> = list("themes")
        .iter()
        .zip(list("theme_counts"))
        .map(|(code, count)| (code.as_str().unwrap().to_owned(), count.as_u64().unwrap()))
        .collect();
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for theme in own.iter().flat_map(|record| &record.themes) {
        *expected.entry(theme.code.clone()).or_default() += 1;
    }
    prop_assert_eq!(themes, expected);
    Ok(())
}
