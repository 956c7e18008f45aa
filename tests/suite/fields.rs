//! The fields of a partnership: each has its place everywhere, and in the content hash.

use std::{collections::HashSet, sync::Arc};

use atlas_aect::{
    domain::{
        Collectivity, Column, ContentHash, Euros, Partner, PartnerKind, Partnership, Period,
        PositionSource, Verifier,
        partnership::{FIELDS, of_column},
    },
    reference::vocabularies,
    search::{Collection, properties, queryables},
    storage::Database,
};
use data_encoding::HEXLOWER;

use crate::{
    storage::samples::{bare, position, rich},
    support::{TestDatabase, demo, import, tamper},
};

#[test]
fn every_field_has_its_place_and_its_texts() {
    let mut names = HashSet::new();
    for field in FIELDS {
        let name = field.name;
        assert!(names.insert(name), "{name} is declared twice");
        assert!(field.is_property() || field.csv.is_some(), "{name} is shown nowhere");
        assert!(field.csv.is_some() || !field.is_kept(), "{name} is kept without a column");
        if field.is_property() {
            for text in field.title.iter().chain(&field.description) {
                assert!(!text.is_empty(), "{name} lacks a title or a description");
            }
            let has = |collection| properties::of(collection).iter().any(|p| p.name == name);
            assert!(has(Collection::Partnerships) && has(Collection::Links), "{name}");
        }
        if let Some(csv) = field.csv {
            assert!(!csv.title.is_empty() && !csv.description.contains(&""), "{name}");
            assert!(Column::native().contains(&csv.column), "{name}");
        }
    }
    for column in Column::native() {
        let field = of_column(*column).unwrap_or_else(|| panic!("{column:?} holds no field"));
        assert_eq!(field.csv.unwrap().column, *column);
    }
    // dictionaries, GIS layers and OpenAPI list the properties; what can be asked for are all of
    // them but lists of objects
    for collection in Collection::ALL {
        for property in properties::of(collection).iter().filter(|property| property.queryable) {
            let found = queryables::find(collection, property.name);
            assert!(found.is_some(), "{} cannot be asked for {}", collection.id(), property.name);
        }
    }
}

#[test]
fn what_features_say_is_declared() {
    let (_database, server) = demo();
    for collection in Collection::ALL {
        let declared: HashSet<&str> = properties::of(collection).iter().map(|p| p.name).collect();
        let path = format!("/api/collections/{}/items?limit=600", collection.id());
        for feature in server.json(&path)["features"].as_array().unwrap() {
            let said = feature["properties"].as_object().unwrap();
            for name in said.keys() {
                assert!(declared.contains(name.as_str()), "{} {name}", collection.id());
            }
            for name in collection.properties() {
                assert!(said.contains_key(*name), "{} {name}", collection.id());
            }
        }
    }
}

/// The record with each of its members changed in turn. A new member does not compile here until
/// it is one of them.
fn changed_in_one_member(record: &Partnership) -> Vec<(&'static str, Partnership)> {
    let Partnership {
        source: _,
        key: _,
        title: _,
        kind: _,
        status: _,
        period: _,
        collectivities,
        partners,
        themes: _,
        sdgs: _,
        description: _,
        budget: _,
        funders: _,
        url: _,
        verified_on: _,
        verified_by: _,
    } = record;
    let Collectivity { code: _, kind: _, name: _, department: _, region: _, position: _ } =
        &*collectivities[0];
    let Partner { name: _, country: _, region: _, kind: _, place: _, area: _ } = &*partners[0];
    let with = |name, change: &dyn Fn(&mut Partnership)| {
        let mut other = record.clone();
        change(&mut other);
        (name, other)
    };
    let home = |name, change: fn(&mut Collectivity)| {
        with(name, &|record| change(Arc::make_mut(&mut record.collectivities[0])))
    };
    let partner = |name, change: fn(&mut Partner)| {
        with(name, &|record| change(Arc::make_mut(&mut record.partners[0])))
    };
    vec![
        with("source", &|record| record.source.push('x')),
        with("key", &|record| record.key.push('x')),
        with("title", &|record| record.title.push('x')),
        with("kind", &|record| record.kind = vocabularies::kinds().by_code("amitie").unwrap()),
        with("status", &|record| {
            record.status = vocabularies::statuses().by_code("suspendu").unwrap();
        }),
        with("start", &|record| {
            record.period = Period::new("1999".parse().ok(), record.period.end()).unwrap();
        }),
        with("end", &|record| {
            record.period = Period::new(record.period.start(), "2999".parse().ok()).unwrap();
        }),
        with("collectivities", &|record| record.collectivities.truncate(1)),
        home("code", |one| one.code.push('1')),
        home("collectivity kind", |one| {
            one.kind = vocabularies::collectivity_kinds().by_code("syndicat").unwrap();
        }),
        home("collectivity name", |one| one.name.push('x')),
        home("department", |one| one.department = Some("69".into())),
        home("collectivity region", |one| one.region = Some("84".into())),
        home("position", |one| one.position = Some(position(1, 1))),
        with("partners", &|record| record.partners.truncate(1)),
        partner("partner name", |one| one.name.push('x')),
        partner("country", |one| one.country = "SN".into()),
        partner("region", |one| one.region = None),
        partner("partner kind", |one| {
            let term = vocabularies::partner_kinds().by_code("commune").unwrap();
            one.kind = Some(PartnerKind { term, given: true });
        }),
        partner("place", |one| one.place = Some((position(2, 2), PositionSource::Given))),
        partner("position source", |one| {
            one.place = one.place.map(|(at, _)| (at, PositionSource::Gazetteer));
        }),
        partner("area", |one| one.area = Some("SN-TH".into())),
        with("themes", &|record| record.themes.reverse()),
        with("sdgs", &|record| record.sdgs = vec![2]),
        with("description", &|record| record.description = Some(String::new())),
        with("budget", &|record| record.budget = Euros::from_cents(1).ok()),
        with("funders", &|record| record.funders.swap(0, 1)),
        with("url", &|record| record.url = None),
        with("verified_on", &|record| record.verified_on = None),
        with("verified_by", &|record| record.verified_by = Some(Verifier::Embassy)),
    ]
}

#[test]
fn whatever_changes_in_a_record_changes_its_hash() {
    let record = rich("a");
    let mut hashes: HashSet<ContentHash> = [record.content_hash()].into();
    for (member, other) in changed_in_one_member(&record) {
        assert!(hashes.insert(other.content_hash()), "{member} is not in the hash");
    }
}

/// A database holds hashes for as long as it lives.
#[test]
fn hashes_stay_as_they_are() {
    // what came later changes nothing where it is absent
    let mut early = rich("a");
    let late = [PositionSource::Area, PositionSource::Elsewhere];
    early.partners.retain(|one| one.place.is_none_or(|(_, source)| !late.contains(&source)));
    for partner in &mut early.partners {
        Arc::make_mut(partner).area = None;
    }
    early.verified_by = None;
    let unconfirmed = Partnership { verified_by: None, ..rich("a") };
    for (record, hash) in [
        (bare("a"), "f7956bf409b3fe1b1a1f13d85bae75a3"),
        (early, "0cc59b9b7b9b6012ce3bd650e4f3d4d2"),
        (unconfirmed, "f2103de32678baee814e2ae5fca20879"),
    ] {
        assert_eq!(HEXLOWER.encode(&record.content_hash()), hash);
    }
    // a name tells a kind without changing anything that is stored
    let mut named = rich("a");
    let term = vocabularies::partner_kinds().by_code("region").unwrap();
    Arc::make_mut(&mut named.partners[0]).kind = Some(PartnerKind { term, given: false });
    assert_eq!(named.content_hash(), rich("a").content_hash());
}

#[test]
fn a_database_of_an_earlier_release_gets_its_hashes_once() {
    for database in TestDatabase::each() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("liens.csv");
        let row = |key: &str, title: &str| format!("{key},{title},Lyon,Région de Kayes,ML\n");
        let header = "identifiant,intitule,collectivite,partenaire,partenaire_pays\n";
        let write = |title: &str| {
            let text = [header, &row("a", title), &row("b", "Reste")].concat();
            std::fs::write(&path, text).unwrap();
        };
        write("Avant");
        import(&database, &path, &["--source", "essai"]);
        write("Après");
        import(&database, &path, &["--source", "essai"]);
        // as the earlier form left it: no hash is that of its record
        let nothing = if database.url.starts_with("sqlite:") {
            "zeroblob(16)"
        } else {
            r"'\x00000000000000000000000000000000'"
        };
        tamper(&database, &format!("UPDATE partnerships SET content_hash = {nothing}"));
        tamper(&database, "UPDATE dataset SET hash_form = 0");

        let (_, report) = import(&database, &path, &["--source", "essai"]);
        assert_eq!(report["outcome"]["unchanged"], 2, "{report:#}");
        let mut opened = Database::open(&database.url).unwrap();
        let version = opened.version().unwrap();
        assert_eq!(version, 2, "nothing that readers see has changed");
        drop(opened);
        let reverted =
            crate::support::run(&["imports", "revert", "1", "--database", &database.url]);
        assert!(!reverted.status.success(), "the second import has changed a record");
        crate::support::succeed(&["imports", "revert", "2", "--database", &database.url]);
        crate::support::succeed(&["imports", "revert", "1", "--database", &database.url]);
    }
}
