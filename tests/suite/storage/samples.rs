//! Records of every shape, and imports of them.

use std::sync::Arc;

use atlas_aect::{
    domain::{
        ById, Collectivity, Mode, Outcome, Partner, Partnership, Period, Position, PositionSource,
        Verifier,
    },
    reference::vocabularies,
    storage::{Change, Database, Entry, Known, NewImport, StorageError, Stored, Writer},
};
use chrono::{NaiveDate, Utc};

/// A position of whole degrees.
pub fn position(lon: i32, lat: i32) -> Position {
    Position::new(f64::from(lon), f64::from(lat)).unwrap()
}

pub fn collectivity(code: &str, name: &str) -> Arc<Collectivity> {
    Arc::new(Collectivity {
        code: code.into(),
        kind: vocabularies::collectivity_kinds().by_code("commune").unwrap(),
        name: name.into(),
        department: Some(code[..2].into()),
        region: Some("84".into()),
        position: Some(position(4, 45)),
    })
}

pub fn partner(name: &str, region: Option<&str>, place: Option<PositionSource>) -> Arc<Partner> {
    Arc::new(Partner {
        name: name.into(),
        country: "ML".into(),
        region: region.map(Into::into),
        kind: None,
        place: place.map(|source| (position(-11, 14), source)),
        area: place.filter(|source| *source != PositionSource::Given).map(|_| "ML-1".into()),
    })
}

/// A record with nothing that it may lack.
pub fn bare(key: &str) -> Partnership {
    Partnership {
        source: "test".into(),
        key: key.into(),
        title: format!("Lyon – Kayes ({key})"),
        kind: vocabularies::fallback(vocabularies::kinds()),
        status: vocabularies::fallback(vocabularies::statuses()),
        period: Period::default(),
        collectivities: vec![collectivity("69123", "Lyon")],
        partners: vec![partner("Kayes", None, None)],
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

/// A record with everything, several times where it may.
pub fn rich(key: &str) -> Partnership {
    let themes = vocabularies::themes().terms();
    let abroad = Collectivity {
        code: "200046977".into(),
        kind: vocabularies::collectivity_kinds().by_code("epci").unwrap(),
        name: "Métropole de Lyon – « Grand Lyon »".into(),
        department: None,
        region: None,
        position: None,
    };
    Partnership {
        title: "L'eau à Kayes\net ailleurs ; \"1 %\"".into(),
        kind: vocabularies::kinds().by_code("cooperation").unwrap(),
        status: vocabularies::statuses().by_code("en_cours").unwrap(),
        period: Period::new("2016-12".parse().ok(), "2019".parse().ok()).unwrap(),
        collectivities: vec![Arc::new(abroad), collectivity("69123", "Lyon")],
        partners: vec![
            partner("Yélimané", Some("Kayes"), Some(PositionSource::Given)),
            partner("Yelimane", Some("Kayes"), Some(PositionSource::Given)),
            partner("Yélimané", None, Some(PositionSource::Gazetteer)),
            partner("Yélimané", None, Some(PositionSource::Area)),
            partner("Yélimané", None, Some(PositionSource::Elsewhere)),
            partner("Yélimané", None, None),
        ],
        themes: vec![&themes[3], &themes[0], &themes[1]],
        sdgs: vec![1, 6, 17],
        description: Some("😀 été, ₣, ".repeat(400)),
        budget: "12500.05".parse().ok(),
        funders: vec!["Agence de l'eau".into(), "Région".into(), "Agence de l'eau".into()],
        url: Some("https://example.org/?a=1&b=é".into()),
        verified_on: NaiveDate::from_ymd_opt(2024, 2, 29),
        verified_by: Some(Verifier::Authority),
        ..bare(key)
    }
}

/// Records of every shape, the same ones every time.
pub fn varied(count: usize) -> Vec<Partnership> {
    let mut seed = 7_u64;
    let mut any = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    let towns: Vec<_> = (10..90).map(|n| collectivity(&format!("{n}001"), "Lyon")).collect();
    let records = (0..count).map(|number| {
        let sides = (1 + any(3), 1 + any(3));
        let themes = vocabularies::themes().terms();
        let first = any(10) as usize;
        let mut record = bare(&format!("n{number}"));
        record.collectivities =
            (0..sides.0).map(|_| Arc::clone(&towns[any(80) as usize])).collect();
        record.partners = (0..sides.1)
            .map(|_| {
                let place = [None, Some(PositionSource::Given), Some(PositionSource::Gazetteer)];
                partner(&format!("Town {}", any(50)), None, place[any(3) as usize])
            })
            .collect();
        record.themes = themes[first..first + any(4) as usize].iter().collect();
        record.sdgs = (1..=17).filter(|_| any(6) == 0).collect();
        record.funders = (0..any(3)).map(|_| format!("Funder {}", any(9))).collect();
        let dates = ["", "1999", "1999-03", "1999-03-31"];
        let mut date = || dates[any(4) as usize].parse().ok();
        record.period = Period::new(date(), date()).unwrap();
        record
    });
    records.collect()
}

pub fn import_of(file: &str) -> NewImport {
    NewImport {
        source: "test".into(),
        file: file.into(),
        mode: Mode::Upsert,
        actor: "a test".into(),
        started_at: Utc::now(),
        job: None,
    }
}

/// Runs one import.
pub fn import<T>(
    database: &mut Database,
    change: impl FnOnce(&mut Writer<'_>) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    database.write(|writer| {
        writer.begin_import(&import_of("test.csv"))?;
        let changed = change(writer)?;
        writer.finish_import(&Outcome::default(), "00ff", "{}")?;
        Ok(changed)
    })
}

pub fn create(database: &mut Database, records: &[Partnership]) {
    let new: Vec<Change<'_>> = (1..).zip(records).map(|(line, record)| new(record, line)).collect();
    import(database, |writer| writer.change(&new)).unwrap();
}

/// A record that comes.
pub fn new(record: &Partnership, line: u64) -> Change<'_> {
    Change { known: None, before: None, after: Some(entry(record, line)) }
}

pub fn entry(record: &Partnership, line: u64) -> Entry<'_> {
    Entry { partnership: record, hash: record.content_hash(), line: Some(line) }
}

pub fn all_known(database: &mut Database) -> ById<Known> {
    database.view(|view| view.known("test")).unwrap()
}

pub fn known(database: &mut Database, record: &Partnership) -> Known {
    all_known(database)[&record.id()]
}

pub fn read(database: &mut Database) -> (i64, Vec<Stored>) {
    let mut records = Vec::new();
    let moment = database.read(|stored| records.push(stored)).unwrap();
    (moment.version.number, records)
}
