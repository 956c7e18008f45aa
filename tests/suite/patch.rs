//! A snapshot that is made from the one before is the same as one made of all records.

use std::sync::Arc;

use atlas_aect::{
    atlas::{
        export::{Export, Format, RegisterSource},
        imports::Import,
        register::{
            decide::{Judged, Judgement, decide},
            publish,
            revert::{Revert, revert},
        },
    },
    domain::{Language, Mode, SourceOrder},
    search::{Collection, Filter, Order, PageRequest, Query, Snapshot},
    storage::Database,
};
use chrono::NaiveDate;
use proptest::{prelude::*, sample::select};

use crate::{plan::plain, support::TestDatabase};

/// Which source leads.
fn order() -> SourceOrder {
    SourceOrder::new(["first".to_owned()])
}

#[derive(Debug, Clone)]
enum Step {
    /// Adds and updates.
    Upsert(Vec<String>),
    /// Removes what is not among these, too.
    Sync(Vec<String>),
    /// Undoes the last change that is not undone.
    Revert,
    /// Takes the partnerships of some records for one.
    Merge(Vec<usize>),
    /// Takes a record out of its partnership, or tells two apart.
    Split(Vec<usize>),
}

const HEADER: &str = "identifiant,intitule,statut,date_debut,date_fin,collectivite,partenaire,\
                      partenaire_pays,partenaire_region,longitude,latitude,themes,odd,\
                      description,budget_eur,verifie_le,source\n";

/// One side and its country, region and position.
const PARTNERS: [&str; 9] = [
    "Birmingham,GB,,,",
    "Bamako,ML,,-8.0,12.65",
    "BAMAKO,ML,,-8.0,12.65",
    "Ville de Bamako,ML,,,",
    "Ville de Bamako,ML,,-8.01,12.6",
    "Bamako,ML,,-5.0,14.0",
    "Nulle-Part,ML,Kayes,,",
    "Papeete|Kayes,PF|ML,,-149.57|-11.43,-17.53|14.45",
    "Suva|Suva,FJ|FJ,,178.44|178.44,-18.14|-18.14",
];

fn row() -> impl Strategy<Value = String> {
    let what = (
        0..24,
        select(vec!["Eau", "L'eau à \"\"Kayes\"\"", "École œuvre", "Sport 2024", "Zèbre"]),
        select(vec!["en_cours", "termine", "projet"]),
        select(vec![",", "2016,2019-05", "2020-02-29,", ",1999", "2001-01-01,2030-12-31"]),
        select(vec!["Lyon", "Lille", "Brest|Lyon", "Saint-Denis (974)", "Nantes|Nantes"]),
        select(PARTNERS.to_vec()),
        select(vec!["sante,3|6", ",", "sante|jeunesse,17", "numerique|sante|sport,1"]),
        select(vec!["", "une description", "des mots rares : xylophone 12", "eau eau eau"]),
        select(vec!["", "0.05", "12500", "1000000.5"]),
        (select(vec!["", "2024-06-30"]), select(vec!["", "first", "second", "last"])),
    );
    what.prop_map(|(key, title, status, dates, home, partner, themes, text, budget, (verified, source))| {
        format!(
            "k{key},\"{title}\",{status},{dates},{home},{partner},{themes},{text},{budget},{verified},{source}\n"
        )
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(row(), 1..6).prop_map(Step::Upsert),
        // four of these in a row, each of which removes all of the one before, are still few changes
        2 => proptest::collection::vec(row(), 4..8).prop_map(Step::Sync),
        2 => Just(Step::Revert),
        3 => proptest::collection::vec(0..99_usize, 2..4).prop_map(Step::Merge),
        2 => proptest::collection::vec(0..99_usize, 1..3).prop_map(Step::Split),
    ]
}

fn take(database: &mut Database, step: &Step) {
    let (mode, rows) = match step {
        Step::Upsert(rows) => (Mode::Upsert, rows),
        Step::Sync(rows) => (Mode::Sync, rows),
        Step::Merge(records) | Step::Split(records) => {
            return judge(database, records, matches!(step, Step::Merge(_)));
        }
        Step::Revert => {
            let imports = database.imports().unwrap();
            if let Some(last) = imports.iter().find(|import| import.reverted_by.is_none()) {
                let undo =
                    Revert { changeset: last.id, actor: "a test".into(), skip_conflicts: true };
                let _ = revert(database, &undo);
            }
            return;
        }
    };
    let import = Import { mode, allow_mass_removal: true, valid_rows_only: true, ..plain("test") };
    let file = [HEADER, &rows.concat()].concat();
    import.run(database, file.as_bytes()).unwrap();
}

/// Decides about records by their numbers; what makes no sense changes nothing.
fn judge(database: &mut Database, records: &[usize], merges: bool) {
    let snapshot = publish::build(database, &order()).unwrap();
    let all = snapshot.every_record();
    if all.is_empty() {
        return;
    }
    let ids: Vec<_> = records.iter().map(|number| all.id((number % all.len()) as u32)).collect();
    let judgement = if merges {
        Judgement::Merge(ids.clone())
    } else {
        Judgement::Split(ids[0], ids[1..].to_vec())
    };
    let Ok(Judged { decisions, .. }) = decide(database, &snapshot, &judgement, "a test") else {
        return;
    };
    let snapshot = publish::build(database, &order()).unwrap();
    for decision in decisions {
        let [one, other] = decision.records.map(|record| snapshot.lead_of(record));
        assert_eq!(one == other, decision.same, "{judgement:?}: {decision:?}");
    }
}

/// What holds of partnerships whatever was decided, removed and brought back.
fn is_sound(database: &mut Database, snapshot: &Arc<Snapshot>) {
    let all = snapshot.every_record();
    for decision in database.read(|_| ()).unwrap().decided {
        let [one, other] = decision.records;
        let are_there = all.find(one).is_some() && all.find(other).is_some();
        if are_there && !decision.same {
            assert_ne!(snapshot.lead_of(one), snapshot.lead_of(other), "told apart");
        }
    }
    for item in 0..snapshot.len() as u32 {
        let records = snapshot.records_of(snapshot.id(item)).into_iter();
        let source = |id| all.source_and_key(all.find(id).unwrap()).unwrap().0;
        let mut sources: Vec<String> = records.map(source).collect();
        let count = sources.len();
        sources.sort();
        sources.dedup();
        assert_eq!(sources.len(), count, "a source has a partnership once");
    }
}

/// Everything that readers can see of a snapshot.
fn seen(snapshot: &Arc<Snapshot>) -> Vec<String> {
    let mut seen = vec![format!("{} {}", snapshot.version(), snapshot.fingerprint())];
    seen.extend(content(snapshot));
    for order in Order::of(Collection::Partnerships) {
        let request = PageRequest { order: (*order, true), limit: 100, ..PageRequest::default() };
        let all = snapshot.select(&Query::default(), Collection::Partnerships).unwrap();
        let page = snapshot.page(Collection::Partnerships, &all, &request).unwrap();
        seen.push(format!("{order:?} {:?}", page.items));
    }
    seen
}

/// What a snapshot says, whenever that came to the register.
pub fn content(snapshot: &Arc<Snapshot>) -> Vec<String> {
    let mut seen = Vec::new();
    let filters = [
        "q=kayes",
        "q=e",
        "q=xylophone",
        "q=zebre 12",
        "theme=sante",
        "region=84,53",
        "country=ML",
        "collectivity=69123",
        "sdg=3",
        "status=en_cours",
        "bbox=-20,0,20,60",
        "year=2017",
        "bbox=170,-30,-140,0",
        "datetime=../2000-01-01",
        "verified_since=2020-01-01",
        "zone=oceanie",
        "source=first",
        "source=second,last",
    ];
    for text in filters {
        let (name, value) = text.split_once('=').unwrap();
        let mut filter = Filter::default();
        let _ = filter.set(name, value);
        for collection in Collection::ALL {
            let selection = snapshot.select(&filter.clone().into(), collection).unwrap();
            seen.push(format!(
                "{text} {collection:?} {:?}",
                selection.counted().collect::<Vec<_>>()
            ));
        }
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let facets = snapshot.facets(&filter.clone().into(), Language::English, 20, today).unwrap();
        seen.push(serde_json::to_string(&facets).unwrap());
    }
    for (collection, format, language) in [
        (Collection::Partnerships, Format::GeoJson, Language::French),
        (Collection::Partnerships, Format::Csv, Language::French),
        (Collection::Links, Format::GeoJson, Language::English),
        (Collection::Partners, Format::GeoJson, Language::French),
        (Collection::Collectivities, Format::GeoJson, Language::French),
    ] {
        let all = snapshot.whole(collection).clone();
        let source = RegisterSource::new(Arc::clone(snapshot), collection, all);
        let export = Export::new(Box::new(source), format, language);
        let text: Vec<u8> = export.flatten().flatten().collect();
        seen.extend(String::from_utf8(text).unwrap().lines().map(str::to_owned));
    }
    let groups = snapshot.every_record();
    let groups = (0..groups.len() as u32).map(|record| groups.id(record));
    seen.extend(groups.map(|id| format!("{id} {} {:?}", snapshot.lead_of(id), snapshot.group(id))));
    seen.extend(snapshot.merge_proposals().iter().map(|proposal| format!("{proposal:?}")));
    seen
}

fn follows(place: &TestDatabase, steps: &[Step]) {
    let mut database = Database::open(&place.url).unwrap();
    let mut patched = publish::build(&mut database, &order()).unwrap();
    // one that is brought up to date more rarely: over several imports at once
    let mut lazy = Arc::clone(&patched);
    for (number, step) in steps.iter().enumerate() {
        take(&mut database, step);
        let fresh = seen(&publish::build(&mut database, &order()).unwrap());
        let next = publish::patch(&mut database, &patched, &order()).unwrap();
        patched = next.expect("so few changes are patched");
        assert_eq!(seen(&patched), fresh, "{} after step {number}", place.name);
        is_sound(&mut database, &patched);
        if number % 3 == 2 {
            let next = publish::patch(&mut database, &lazy, &order()).unwrap();
            lazy = next.expect("few changes");
            assert_eq!(seen(&lazy), fresh, "{} after steps to {number}", place.name);
        }
        // the room for changes is used up in the end
        patched = if number % 4 == 3 {
            publish::build(&mut database, &order()).unwrap()
        } else {
            patched
        };
        lazy = if number % 6 == 5 { Arc::clone(&patched) } else { lazy };
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn patched_is_fresh_after_any_changes(steps in proptest::collection::vec(step(), 1..9)) {
        follows(&TestDatabase::sqlite(), &steps);
    }
}

#[test]
fn patched_is_fresh_on_both_databases() {
    let row = |key: &str, title: &str, home: &str| {
        format!("{key},{title},en_cours,2016,2019,{home},Bamako,ML,,-8.0,12.65,sante,3,,100,,\n")
    };
    let steps = [
        Step::Upsert((0..24).map(|n| row(&format!("k{n}"), "Eau", "Lyon")).collect()),
        Step::Upsert(vec![row("k3", "Autre titre", "Lille"), row("new", "Xylophone", "Brest")]),
        Step::Sync((0..20).map(|n| row(&format!("k{n}"), "Eau", "Lyon")).collect()),
        Step::Revert,
        Step::Upsert(vec![row("k3", "Eau", "Lyon")]),
        Step::Upsert(vec![row("o1", "Eau", "Lyon").replace(",\n", ",other\n")]),
        Step::Merge((0..26).collect()),
        Step::Merge(vec![0, 1]),
        Step::Split(vec![0]),
        Step::Revert,
        Step::Revert,
    ];
    for place in TestDatabase::each() {
        follows(&place, &steps);
    }
}

#[test]
fn a_database_of_an_earlier_release_is_read_in_full() {
    let place = TestDatabase::sqlite();
    let mut database = Database::open(&place.url).unwrap();
    let before = publish::build(&mut database, &order()).unwrap();
    take(&mut database, &Step::Upsert(vec!["a,T,en_cours,,,Lyon,Bamako,ML,,,,,,,,,\n".into()]));
    crate::support::tamper(&place, "UPDATE changesets SET version = NULL, changed = NULL");
    assert!(publish::patch(&mut database, &before, &order()).unwrap().is_none());
}

#[test]
fn an_authority_that_changed_has_all_records_read() {
    let place = TestDatabase::sqlite();
    let mut database = Database::open(&place.url).unwrap();
    let row = |key: &str| format!("{key},T,en_cours,,,Lyon,Bamako,ML,,,,,,,,,\n");
    take(&mut database, &Step::Upsert(vec![row("a"), row("b")]));
    let before = publish::build(&mut database, &order()).unwrap();
    take(&mut database, &Step::Upsert(vec![row("c")]));
    crate::support::tamper(&place, "UPDATE collectivities SET name = 'Lugdunum'");
    assert!(publish::patch(&mut database, &before, &order()).unwrap().is_none());
}
