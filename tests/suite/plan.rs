//! What an import would change is told cell by cell, and carried out exactly so, or not at all.

use std::sync::Arc;

use atlas_aect::{
    atlas::imports::{Import, ImportError, Report, import::Progress},
    domain::{Column, IssueCode, Mode, Operation},
    formats::csv::Profile,
    storage::Database,
};

use crate::support::TestDatabase;

/// An import of a file with nothing special asked.
pub fn plain(source: &str) -> Import {
    Import {
        profile: Profile::native(),
        source: Some(source.into()),
        only_source: None,
        file: "test.csv".into(),
        mode: Mode::Upsert,
        actor: "a test".into(),
        dry_run: false,
        valid_rows_only: false,
        allow_mass_removal: false,
        expect: None,
        job: None,
        progress: Arc::new(Progress::default()),
    }
}

pub fn run(database: &mut Database, csv: &str) -> Report {
    plain("test").run(database, csv.as_bytes()).unwrap()
}

/// The titles in the register, in order.
fn titles(database: &mut Database) -> Vec<String> {
    let mut titles = Vec::new();
    database.read(|stored| titles.push(stored.partnership.title)).unwrap();
    titles
}

const FULL: &str = "identifiant,intitule,collectivite,partenaire,partenaire_pays,partenaire_region,\
longitude,latitude,themes,odd,description,budget_eur,financeurs,url,verifie_le,date_debut,date_fin,statut,type_lien,partenaire_type\n\
a,Eau,Lyon,Yélimané,ML,Kayes,-10.6,15.1,eau-assainissement,6,De l'eau,1200.5,AFD|État,\
https://example.org/a,2024-05-31,2016,2030,en_cours,cooperation,commune\n\
b,Culture,Lille,Saint-Louis,SN,,,,,,,,,,,,,,,\n\
c,Sport,Nantes,Cardiff,GB,,,,,,,,,,,,,,,\n";

#[test]
fn a_plan_tells_each_cell_and_is_carried_out_exactly() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        run(&mut database, FULL);
        let next = "identifiant,intitule,collectivite,partenaire,partenaire_pays,themes,budget_eur\n\
                    a,Eau potable,Lyon,Yélimané,ML,sante,\n\
                    b,Culture,Lille,Saint-Louis,SN,,\n\
                    d,Neuf,Brest,Kiel,DE,,\n";
        let sync = |import: Import| Import { mode: Mode::Sync, allow_mass_removal: true, ..import };
        let dry = sync(Import { dry_run: true, ..plain("test") });
        let planned = dry.run(&mut database, next.as_bytes()).unwrap();
        let told: Vec<_> = planned
            .changes
            .iter()
            .map(|change| (change.operation, change.line, change.title.as_str()))
            .collect();
        let expected = [
            (Operation::Updated, Some(2), "Eau potable"),
            (Operation::Created, Some(4), "Neuf"),
            (Operation::Removed, None, "Sport"),
        ];
        assert_eq!(told, expected, "{}", place.name);
        let cells: Vec<_> = planned.changes[0]
            .cells
            .iter()
            .map(|cell| (cell.column, cell.before.as_str(), cell.after.as_str()))
            .collect();
        // an empty cell clears; a column that the file lacks leaves the value alone
        let expected = [
            (Column::Title, "Eau", "Eau potable"),
            (Column::Themes, "eau-assainissement", "sante"),
            (Column::Budget, "1200.5", ""),
        ];
        assert_eq!(cells, expected);
        let outcome = planned.outcome;
        let counts = (outcome.created, outcome.updated, outcome.unchanged, outcome.removed);
        assert_eq!(counts, (1, 1, 1, 1));
        assert_eq!(titles(&mut database), ["Eau", "Culture", "Sport"], "nothing was written");

        let commit = sync(Import { expect: Some(planned.digest), ..plain("test") });
        let done = commit.run(&mut database, next.as_bytes()).unwrap();
        assert_eq!((done.digest, done.outcome), (planned.digest, planned.outcome));
        assert_eq!(titles(&mut database), ["Eau potable", "Culture", "Neuf"]);

        // the same plan again: the data has moved on
        let again = sync(Import { expect: Some(planned.digest), ..plain("test") });
        let error = again.run(&mut database, next.as_bytes()).unwrap_err();
        assert!(matches!(error, ImportError::PlanChanged), "{error}");
        assert_eq!(database.imports().unwrap().len(), 2, "and no import is left behind");
    }
}

#[test]
fn a_column_that_the_file_lacks_leaves_values_alone() {
    let mut database = Database::open("sqlite::memory:").unwrap();
    run(&mut database, FULL);
    let before = database.history("test", "a").unwrap().pop().unwrap().record.unwrap();
    let bare = "identifiant,collectivite,partenaire,partenaire_pays\na,Lyon,Yélimané,ML\n";
    let report = run(&mut database, bare);
    assert_eq!((report.outcome.unchanged, report.outcome.updated), (1, 0));

    // every optional column on its own: it alone is cleared or changed
    for column in Column::native().iter().filter(|column| {
        !Column::REQUIRED.contains(column)
            && !matches!(
                column,
                Column::Key | Column::Source | Column::Longitude | Column::Latitude
            )
            && !matches!(column, Column::CollectivityCode | Column::CollectivityKind)
    }) {
        let name = column.name();
        let csv = format!(
            "identifiant,collectivite,partenaire,partenaire_pays,{name}\na,Lyon,Yélimané,ML,\n"
        );
        let dry = Import { dry_run: true, ..plain("test") };
        let report = dry.run(&mut database, csv.as_bytes()).unwrap();
        let changed: Vec<Column> =
            report.changes.iter().flat_map(|one| &one.cells).map(|cell| cell.column).collect();
        assert_eq!(changed, [*column], "{name}");
    }
    let after = database.history("test", "a").unwrap().pop().unwrap().record.unwrap();
    assert_eq!(after, before);

    // what is kept and what is read may not fit together
    let csv =
        "identifiant,collectivite,partenaire,partenaire_pays,date_fin\na,Lyon,Yélimané,ML,2001\n";
    let report = run(&mut database, csv);
    assert!(report.refused && report.totals[&IssueCode::PeriodReversed] == 1, "{report:?}");
}

#[test]
fn sync_asks_before_it_removes_much() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let rows = |range: std::ops::Range<u32>| {
            let rows = range.map(|n| format!("k{n},Lyon,Town {n},ML\n"));
            "identifiant,collectivite,partenaire,partenaire_pays\n".to_owned()
                + &rows.collect::<String>()
        };
        run(&mut database, &rows(0..10));
        let sync = |dry_run, allow| Import {
            mode: Mode::Sync,
            dry_run,
            allow_mass_removal: allow,
            ..plain("test")
        };
        // a fifth may go without a word
        let report = sync(false, false).run(&mut database, rows(2..10).as_bytes()).unwrap();
        assert_eq!((report.outcome.removed, report.mass_removals.len()), (2, 0));
        let error = sync(false, false).run(&mut database, rows(4..10).as_bytes()).unwrap_err();
        assert!(error.to_string().contains("lacks 2 of the 8 records"), "{error}");
        assert!(error.to_string().contains("--allow-mass-removal"), "{error}");
        assert_eq!(titles(&mut database).len(), 8);
        let planned = sync(true, false).run(&mut database, rows(4..10).as_bytes()).unwrap();
        assert_eq!((planned.mass_removals[0].removed, planned.mass_removals[0].of), (2, 8));
        let done = sync(false, true).run(&mut database, rows(4..10).as_bytes()).unwrap();
        assert_eq!((done.outcome.removed, titles(&mut database).len()), (2, 6));
    }
}

#[test]
fn a_record_that_another_source_has_is_told() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let csv = "identifiant,collectivite,partenaire,partenaire_pays,type_lien,source\n\
                   1,Lyon,Birmingham,GB,jumelage,first\n\
                   2,Lille,Köln,DE,jumelage,second\n";
        run(&mut database, csv);
        let csv = "identifiant,collectivite,partenaire,partenaire_pays,type_lien,source\n\
                   a,Lyon,BIRMINGHAM,GB,jumelage,second\n\
                   b,Lyon,Birmingham,GB,cooperation,second\n\
                   c,Lyon,Birmingham,IE,jumelage,second\n\
                   d,Lille,Koln,DE,jumelage,first\n\
                   2,Lille,Köln,DE,jumelage,second\n";
        let report = run(&mut database, csv);
        let told: Vec<_> = report
            .issues
            .iter()
            .filter(|issue| issue.code == IssueCode::ProbableDuplicate)
            .map(|issue| (issue.line, issue.suggestion.as_deref().unwrap_or_default()))
            .collect();
        let ids = |source, key| atlas_aect::domain::PartnershipId::new(source, key);
        let first = format!("/partenariats/{} (first)", ids("first", "1"));
        let second = format!("/partenariats/{} (second)", ids("second", "2"));
        assert_eq!(told, [(2, first.as_str()), (5, second.as_str())], "{}", place.name);
        assert_eq!(report.outcome.created, 4, "and both are kept");
    }
}

#[test]
fn the_same_file_again_says_the_same_whatever_way_it_is_known() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let csv = "identifiant,collectivite,partenaire,partenaire_pays,url\n\
                   1,Lyon,Birmingham,GB,www.example.org\n1,Lyon,Birmingham,GB,www.example.org\n\
                   2,Lyon,Atlantis,XX,\n3,Lille,Köln,DE,\n";
        let valid = || Import { valid_rows_only: true, ..plain("test") };
        let first = valid().run(&mut database, csv.as_bytes()).unwrap();
        assert_eq!((first.outcome.created, first.outcome.rejected), (2, 1));
        let again = valid().run(&mut database, csv.as_bytes()).unwrap();
        // another mode is another import: it has to read the file
        let read = Import { mode: Mode::Sync, ..valid() };
        let read = read.run(&mut database, csv.as_bytes()).unwrap();
        for other in [&again, &read] {
            assert_eq!(other.outcome.unchanged, 2);
            assert_eq!(other.outcome, read.outcome);
            assert_eq!((&other.issues, &other.totals), (&first.issues, &first.totals));
        }
        assert_eq!(database.import_issues(2).unwrap(), first.issues);
        assert!(plain("test").run(&mut database, csv.as_bytes()).unwrap().refused);

        // once the records are others, the file is read again
        run(
            &mut database,
            "identifiant,collectivite,partenaire,partenaire_pays\n3,Lille,Bonn,DE\n",
        );
        let back = valid().run(&mut database, csv.as_bytes()).unwrap();
        assert_eq!((back.outcome.updated, back.outcome.unchanged), (1, 1));
    }
}
