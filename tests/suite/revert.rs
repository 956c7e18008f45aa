//! An import can be undone, and what it did stays known.

use atlas_aect::{
    atlas::{
        imports::Import,
        register::{
            history::history,
            publish,
            revert::{Revert, RevertError, Reverted, revert},
        },
    },
    domain::{Column, Mode, Operation, SourceOrder},
    storage::Database,
};

use crate::{
    plan::{plain, run},
    support::{Server, TestDatabase, timeless},
};

fn undo(database: &mut Database, import: i64) -> Result<Reverted, RevertError> {
    undo_with(database, import, false)
}

fn undo_with(database: &mut Database, import: i64, skip: bool) -> Result<Reverted, RevertError> {
    revert(database, &Revert { changeset: import, actor: "a test".into(), skip_conflicts: skip })
}

/// The register's public export, times of import aside.
pub fn export(database: &mut Database) -> String {
    use atlas_aect::{
        atlas::export::{Export, Format, RegisterSource},
        domain::Language,
        search::Collection,
    };
    let snapshot = publish::build(database, &SourceOrder::default()).unwrap();
    let all = snapshot.whole(Collection::Partnerships).clone();
    let source = RegisterSource::new(snapshot, Collection::Partnerships, all);
    let export = Export::new(Box::new(source), Format::GeoJson, Language::French);
    timeless(&String::from_utf8(export.flatten().flatten().collect()).unwrap())
}

const FIRST: &str = "identifiant,intitule,collectivite,partenaire,partenaire_pays\n\
                     a,Eau,Lyon,Yélimané,ML\nb,Culture,Lille,Saint-Louis,SN\nc,Sport,Nantes,Cardiff,GB\n";
const SECOND: &str = "identifiant,intitule,collectivite,partenaire,partenaire_pays\n\
                      a,Eau potable,Lyon,Yélimané|Kayes,ML\nb,Culture,Lille,Saint-Louis,SN\nd,Neuf,Brest,Kiel,DE\n";

#[test]
fn import_revert_import_revert_leaves_the_register_as_it_was() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let empty = export(&mut database);
        run(&mut database, FIRST);
        let first = export(&mut database);
        let sync = || Import { mode: Mode::Sync, allow_mass_removal: true, ..plain("test") };
        let mut changed = String::new();
        for round in 0..2 {
            let report = sync().run(&mut database, SECOND.as_bytes()).unwrap();
            let counts = (report.outcome.created, report.outcome.updated, report.outcome.removed);
            assert_eq!(counts, (1, 1, 1), "{} round {round}", place.name);
            let now = export(&mut database);
            assert!(now != first && (round == 0 || now == changed));
            changed = now;
            let back = undo(&mut database, report.import.unwrap()).unwrap();
            let counts = (back.outcome.created, back.outcome.updated, back.outcome.removed);
            assert_eq!(counts, (1, 1, 1));
            assert_eq!(export(&mut database), first, "{} round {round}", place.name);
        }
        // undoing what was undone brings it back
        let last = database.imports().unwrap()[0].id;
        undo(&mut database, last).unwrap();
        assert_eq!(export(&mut database), changed);
        undo(&mut database, last + 1).unwrap();
        undo(&mut database, 1).unwrap();
        assert_eq!(export(&mut database), empty);
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn what_later_imports_changed_is_a_conflict() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        run(&mut database, FIRST);
        run(&mut database, SECOND);
        let before = export(&mut database);
        let error = undo(&mut database, 1).unwrap_err();
        assert!(error.to_string().contains("1 of the records of import 1"), "{error}");
        let RevertError::Conflicts(_, conflicts) = error else { panic!("{error}") };
        assert_eq!((conflicts.total, conflicts.listed[0].1.as_str()), (1, "Eau potable"));
        assert_eq!(export(&mut database), before, "nothing was written");
        assert_eq!(database.imports().unwrap().len(), 2);

        // once the later one is undone, nothing stands against it
        undo(&mut database, 2).unwrap();
        let back = undo(&mut database, 1).unwrap();
        assert_eq!((back.outcome.removed, back.conflicts.total), (3, 0));
        let error = undo(&mut database, 1).unwrap_err();
        assert!(error.to_string().contains("undone by import 4 already"), "{error}");
        let error = undo(&mut database, 77).unwrap_err();
        assert!(error.to_string().contains("there is no import 77"), "{error}");

        let imports = database.imports().unwrap();
        let ties: Vec<_> =
            imports.iter().map(|one| (one.id, one.reverts, one.reverted_by)).collect();
        let expected =
            [(4, Some(1), None), (3, Some(2), None), (2, None, Some(3)), (1, None, Some(4))];
        assert_eq!(ties, expected);
    }
}

#[test]
fn conflicts_can_be_left_alone() {
    let mut database = Database::open("sqlite::memory:").unwrap();
    run(&mut database, FIRST);
    run(&mut database, SECOND);
    let back = undo_with(&mut database, 1, true).unwrap();
    assert_eq!((back.outcome.removed, back.outcome.unchanged), (2, 1));
    assert_eq!(back.conflicts.total, 1);
    let mut left = Vec::new();
    database.read(|stored| left.push(stored.partnership.key)).unwrap();
    assert_eq!(left, ["a", "d"]);
}

#[test]
fn each_value_is_traced_to_import_file_and_line() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        run(&mut database, FIRST);
        run(&mut database, SECOND);
        let told = history(&mut database, "test", "a").unwrap().unwrap();
        let steps: Vec<_> =
            told.steps.iter().map(|one| (one.changeset, one.operation, one.line)).collect();
        let expected = [(2, Operation::Updated, Some(2)), (1, Operation::Created, Some(2))];
        assert_eq!(steps, expected);
        assert_eq!(told.steps[0].file.as_deref(), Some("test.csv"));
        assert_eq!(told.steps[0].cells[0].before, "Eau");
        let origin = |column| {
            let origin = told.origins.iter().find(|origin| origin.column == column);
            origin.map(|origin| (origin.value.as_str(), origin.revision))
        };
        assert_eq!(origin(Column::Title), Some(("Eau potable", 2)));
        assert_eq!(origin(Column::Collectivity), Some(("Lyon", 1)));
        assert_eq!(origin(Column::Partner), Some(("Yélimané|Kayes", 2)));
        assert_eq!(history(&mut database, "test", "never").unwrap(), None);

        undo(&mut database, 2).unwrap();
        undo(&mut database, 1).unwrap();
        let told = history(&mut database, "test", "a").unwrap().unwrap();
        let steps: Vec<_> = told.steps.iter().map(|one| (one.operation, one.reverts)).collect();
        let expected = [
            (Operation::Removed, Some(1)),
            (Operation::Updated, Some(2)),
            (Operation::Updated, None),
            (Operation::Created, None),
        ];
        assert_eq!(steps, expected);
        assert_eq!(told.origins, []);
    }
}

#[test]
fn the_history_is_told_over_http_and_on_the_page() {
    let place = TestDatabase::sqlite();
    let mut database = Database::open(&place.url).unwrap();
    run(&mut database, FIRST);
    run(&mut database, SECOND);
    let server = Server::start(&place, &[]);
    let id = atlas_aect::domain::PartnershipId::new("test", "a");
    let told = server.json(&format!("/api/partnerships/{id}/history"));
    let versions = told["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!((&versions[0]["import"], &versions[0]["line"]), (&2.into(), &2.into()));
    assert_eq!(versions[0]["cells"][0]["column"], "intitule");
    assert_eq!(told["values"]["intitule"]["revision"], 2);
    assert_eq!(told["values"]["collectivite"], serde_json::json!({"value": "Lyon", "revision": 1}));
    let page = server.get(&format!("/partenariats/{id}")).body;
    // people are told when and what; file and line are a press away
    for text in ["Modifiée", "<del>Eau</del>", &format!("/api/partnerships/{id}/history")] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("test.csv"), "{page}");
    for missing in ["0000000000000000", "nonsense"] {
        let problem = server.get(&format!("/api/partnerships/{missing}/history"));
        assert_eq!((problem.status, problem.json()["code"].as_str()), (404, Some("not-found")));
    }
}
