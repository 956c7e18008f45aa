//! The life of records, and of the imports that change them.

use std::sync::Arc;

use atlas_aect::{
    domain::{
        Cause, Collectivity, ImportFile, Issue, IssueCode, Mode, Outcome, Partnership,
        PartnershipId, draft::Column,
    },
    storage::{
        Change, Database, Entry, Known, NewChangeset, NewImport, StorageError, Stored, Writer,
    },
};

use crate::{
    storage::samples::{
        all_known, bare, collectivity, create, entry, import, import_of, known, new, read, rich,
        varied,
    },
    support::TestDatabase,
};

#[test]
fn what_is_written_is_read() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        assert_eq!(read(&mut database), (0, Vec::new()), "{}", place.name);

        // more than a batch, and blocks that are not full
        let mut records = varied(5_000);
        records.extend([rich("rich"), bare("bare")]);
        create(&mut database, &records);

        let (version, stored) = read(&mut database);
        assert_eq!(version, 1);
        assert_eq!(stored.len(), records.len());
        for (stored, record) in stored.iter().zip(&records) {
            assert_eq!(stored.partnership, *record, "{}", place.name);
            assert_eq!(stored.partnership.content_hash(), record.content_hash());
            assert_eq!(stored.revision, 1);
        }
        let imports = database.imports().unwrap();
        assert!(stored.iter().all(|one| one.updated_at == imports[0].finished_at));

        let lyon = |record: &Stored| record.partnership.collectivities.last().cloned().unwrap();
        let [.., rich, bare] = stored.as_slice() else { panic!() };
        assert!(Arc::ptr_eq(&lyon(rich), &lyon(bare)), "one authority is one allocation");

        let known = all_known(&mut database);
        assert_eq!(known.len(), records.len());
        assert_eq!(known[&records[9].id()].hash, records[9].content_hash());
        let nobody: Result<_, StorageError> = database.view(|view| view.known("nobody"));
        assert!(nobody.unwrap().is_empty());
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn the_life_of_a_record() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let (first, second, third) =
            (bare("a"), rich("a"), Partnership { sdgs: vec![9], ..rich("a") });
        let other = bare("b");
        create(&mut database, &[first.clone(), other.clone()]);
        let young = known(&mut database, &first);
        assert_eq!((young.revision, young.removed), (1, false));

        // an import that changes nothing is kept, but is no new version
        import(&mut database, |_| Ok(())).unwrap();
        assert_eq!(database.version().unwrap(), 1);

        let change = |known, before, after: Option<&Partnership>| {
            let after = after.map(|record| entry(record, 7));
            import(&mut Database::open(&place.url).unwrap(), |writer| {
                writer.change(&[Change { known: Some(known), before, after }])
            })
        };
        change(young, Some(&first), Some(&second)).unwrap();
        let (version, stored) = read(&mut database);
        assert_eq!((version, stored[0].revision, stored.len()), (2, 2, 2));
        assert_eq!(stored[0].partnership, second);
        assert!(stored[0].updated_at > stored[1].updated_at);

        let updated = known(&mut database, &first);
        assert_eq!((updated.row_id, updated.hash), (young.row_id, second.content_hash()));
        change(updated, Some(&second), None).unwrap();
        let (version, stored) = read(&mut database);
        assert_eq!((version, stored.len()), (3, 1));
        assert_eq!(stored[0].partnership, other);

        let removed = known(&mut database, &first);
        assert_eq!((removed.revision, removed.removed), (3, true));
        let stale = change(updated, Some(&second), None).unwrap_err();
        assert_eq!(stale, StorageError::Stale { row: updated.row_id }, "it is gone already");

        change(removed, None, Some(&third)).unwrap();
        let (version, stored) = read(&mut database);
        assert_eq!((version, stored.len()), (4, 2));
        assert_eq!((&stored[0].partnership, stored[0].revision), (&third, 4));
        assert_eq!(known(&mut database, &first).row_id, young.row_id);

        let history = database.history("test", "a").unwrap();
        let told: Vec<_> = history
            .into_iter()
            .map(|one| (one.revision, one.changeset, one.line, one.record))
            .collect();
        assert_eq!(
            told,
            [
                (1, 1, Some(1), Some(first)),
                (2, 3, Some(7), Some(second)),
                (3, 4, None, None),
                (4, 5, Some(7), Some(third)),
            ]
        );
        assert_eq!(database.history("test", "never").unwrap(), []);
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn many_records_change_at_once() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let mut records = varied(3_000);
        create(&mut database, &records);
        let (known, before) = (all_known(&mut database), records.clone());
        // every other one, so that some batches are sparse
        for record in records.iter_mut().step_by(2) {
            record.title.push('!');
            record.funders.reverse();
            record.themes.clear();
        }
        let change = |number: usize, stays: bool| Change {
            known: Some(known[&records[number].id()]),
            before: Some(&before[number]),
            after: stays.then(|| entry(&records[number], number as u64 + 1)),
        };
        let mut changes: Vec<_> =
            (0..3_000).step_by(2).rev().map(|number| change(number, true)).collect();
        let gone: Vec<Known> =
            records.iter().skip(1).step_by(20).map(|record| known[&record.id()]).collect();
        changes.extend((1..3_000).step_by(20).map(|number| change(number, false)));
        import(&mut database, |writer| writer.change(&changes)).unwrap();
        let (_, stored) = read(&mut database);
        assert_eq!(stored.len(), 3_000 - gone.len());
        let mut expected = records.iter().filter(|record| !gone.contains(&known[&record.id()]));
        assert!(stored.iter().all(|one| Some(&one.partnership) == expected.next()));
        let first = database.history("test", "n42").unwrap().swap_remove(0);
        assert_eq!((first.revision, first.record), (1, Some(before[42].clone())));
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn an_authority_is_what_the_newest_record_says() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        create(&mut database, &[bare("a")]);
        let moved = Collectivity {
            name: "Lyon (nouvelle)".into(),
            region: None,
            position: None,
            ..(*collectivity("69123", "Lyon")).clone()
        };
        create(&mut database, &[Partnership { collectivities: vec![moved.into()], ..bare("b") }]);
        let (_, stored) = read(&mut database);
        let [a, b] = stored.as_slice() else { panic!() };
        assert_eq!(a.partnership.collectivities, b.partnership.collectivities);
        assert_eq!(b.partnership.collectivities[0].name, "Lyon (nouvelle)");
        assert_eq!((a.revision, a.partnership.collectivities[0].position), (1, None));
    }
}

#[test]
fn an_import_and_its_issues_are_kept() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let issues = [
            Issue::new(IssueCode::CountryUnknown, 12)
                .at(Column::PartnerCountry.name(), "Madagaskar")
                .suggest("Madagascar"),
            Issue::new(IssueCode::RowRepeated, 3),
        ];
        let outcome = Outcome {
            rows: 8,
            created: 7,
            updated: 6,
            unchanged: 5,
            removed: 4,
            rejected: 3,
            repeated: 2,
            skipped: 1,
        };
        let begun = NewImport { mode: Mode::Sync, ..import_of("liens.csv") };
        let id = database
            .write(|writer| {
                let id = writer.begin_import(&begun)?;
                writer.issues(&issues[..1])?;
                writer.issues(&issues[1..])?;
                writer.finish_import(&outcome, "abcd", "{}")?;
                Ok::<_, StorageError>(id)
            })
            .unwrap();
        import(&mut database, |_| Ok(())).unwrap();
        let imports = database.imports().unwrap();
        assert_eq!(imports.iter().map(|one| one.id).collect::<Vec<_>>(), [id + 1, id]);
        let kept = &imports[1];
        assert_eq!((&*kept.source, &*kept.actor), ("test", "a test"));
        let (name, sha256) = ("liens.csv".to_owned(), "abcd".to_owned());
        assert_eq!(kept.file, Some(ImportFile { name, sha256, mode: Mode::Sync }));
        assert_eq!(kept.outcome, outcome);
        assert_eq!(kept.started_at.timestamp_micros(), begun.started_at.timestamp_micros());
        assert!(kept.finished_at >= kept.started_at);
        assert_eq!(database.import_issues(id).unwrap(), issues);
        assert_eq!(database.import_issues(id + 1).unwrap(), []);
    }
}

#[test]
fn an_import_that_fails_leaves_nothing() {
    #[derive(Debug, PartialEq)]
    enum Failure {
        Mine,
        Storage(StorageError),
    }
    impl From<StorageError> for Failure {
        fn from(error: StorageError) -> Self {
            Self::Storage(error)
        }
    }
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        create(&mut database, &[bare("a")]);
        let before = read(&mut database);
        let stale = Known { row_id: 77, ..known(&mut database, &bare("a")) };
        let (again, fresh) = (bare("a"), rich("b"));
        let change = Change { known: Some(stale), before: Some(&again), after: None };
        let write = |writer: &mut Writer<'_>, record| {
            writer.begin_import(&import_of("fails.csv"))?;
            writer.change(&[new(record, 1)])
        };
        let failed = database.write(|writer| {
            write(writer, &fresh)?;
            Err::<(), _>(Failure::Mine)
        });
        assert_eq!(failed, Err(Failure::Mine));
        let failed = database.write(|writer| write(writer, &again)).unwrap_err();
        assert!(matches!(failed, StorageError::Statement { .. }), "{failed}");
        let failed = database.write(|writer| write(writer, &fresh)).unwrap_err();
        assert_eq!(failed, StorageError::NoChangeset, "an import must be finished");
        let failed = database.write(|writer| writer.change(&[change])).unwrap_err();
        assert_eq!(failed, StorageError::NoChangeset, "and begun");
        let failed = import(&mut database, |writer| writer.change(&[change])).unwrap_err();
        assert_eq!(failed, StorageError::Stale { row: 77 });

        assert_eq!(read(&mut database), before);
        assert_eq!(database.imports().unwrap().len(), 1);
        assert!(!all_known(&mut database).contains_key(&PartnershipId::new("test", "b")));
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn records_are_written_without_an_import() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let (before, mut after) = (bare("a"), bare("a"));
        create(&mut database, std::slice::from_ref(&before));
        after.title = "Corrigé".into();
        let correction = Change {
            known: Some(known(&mut database, &before)),
            before: Some(&before),
            after: Some(Entry { line: None, ..entry(&after, 1) }),
        };
        let edit = NewChangeset {
            cause: Cause::Edit,
            source: Some("test".into()),
            actor: "a person".into(),
            undoes: None,
        };
        let write = |writer: &mut Writer<'_>| {
            let id = writer.begin(&edit)?;
            writer.change(&[correction])?;
            Ok::<_, StorageError>(id)
        };
        let first = database.data_version().unwrap();
        let id = database.write(write).unwrap();
        let made = database.changeset(id).unwrap().unwrap();
        assert_eq!((id, made.cause, made.file.as_deref()), (2, Cause::Edit, None));
        assert_eq!((made.actor.as_str(), made.undone_by), ("a person", None));
        let versions = database.history("test", "a").unwrap();
        let told: Vec<_> = versions.iter().map(|one| (one.changeset, one.line)).collect();
        assert_eq!(told, [(1, Some(1)), (2, None)]);
        // readers learn of it as of any other change, and it stands among the imports
        let (version, stored) = read(&mut database);
        assert_eq!((version, &*stored[0].partnership.title), (2, "Corrigé"));
        assert_eq!(stored[0].updated_at, made.at);
        let changes = database.changes_since(first, 100).unwrap().unwrap();
        assert_eq!(changes.records.len(), 1);
        let listed = &database.imports().unwrap()[0];
        assert_eq!((listed.id, listed.cause, &listed.file), (2, Cause::Edit, &None));
        assert_eq!(listed.outcome, Outcome { updated: 1, ..Outcome::default() });
        // the next import has the next number, and one transaction has one changeset
        import(&mut database, |_| Ok(())).unwrap();
        assert_eq!(database.imports().unwrap()[0].id, 3);
        let twice = |writer: &mut Writer<'_>| {
            writer.begin(&edit)?;
            writer.begin(&edit)
        };
        assert_eq!(database.write(twice), Err(StorageError::SecondChangeset));
        let nobody = |writer: &mut Writer<'_>| {
            writer.begin(&edit)?;
            writer.issues(&[])
        };
        assert_eq!(database.write(nobody), Err(StorageError::NoChangeset), "issues are of imports");
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}
