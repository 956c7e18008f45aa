//! Several who read and write at once.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use atlas_aect::storage::{Database, StorageError};
use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, sql_query};

use crate::{
    storage::samples::{bare, create, import, new, read, varied},
    support::TestDatabase,
};

#[test]
fn writers_take_turns_and_readers_do_not_wait() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let mut other = database.reopen().unwrap();
        let mut reader = database.reopen().unwrap();
        let (begun, is_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let first = thread::spawn(move || {
            import(&mut database, |writer| {
                let record = bare("first");
                writer.change(&[new(&record, 1)])?;
                begun.send(()).unwrap();
                may_end.recv().unwrap();
                Ok(())
            })
        });
        is_begun.recv().unwrap();

        other.set_patience(Duration::from_millis(200)).unwrap();
        let start = Instant::now();
        let busy = import(&mut other, |_| Ok(())).unwrap_err();
        assert!(matches!(busy, StorageError::Busy { .. }), "{busy}");
        assert!(busy.to_string().contains("another import is running"), "{busy}");
        assert!(start.elapsed() >= Duration::from_millis(150) && start.elapsed().as_secs() < 5);
        assert_eq!(read(&mut reader).0, 0, "the last committed state");
        drop(Database::open(&place.url).unwrap());

        other.set_patience(Duration::from_secs(20)).unwrap();
        let second = thread::spawn(move || {
            import(&mut other, |writer| {
                assert_eq!(writer.view().version()?.number, 1, "it sees what the first one wrote");
                let record = bare("second");
                writer.change(&[new(&record, 1)])
            })
        });
        thread::sleep(Duration::from_millis(100));
        end.send(()).unwrap();
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
        let (version, stored) = read(&mut reader);
        assert_eq!((version, stored.len()), (2, 2));
    }
}

#[test]
fn a_read_is_of_one_moment() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let records = varied(5_000);
        create(&mut database, &records);
        let mut reader = database.reopen().unwrap();
        let mut count = 0;
        let moment = reader
            .read(|_| {
                if count == 0 {
                    create(&mut database, &[bare("late")]);
                }
                count += 1;
            })
            .unwrap();
        assert_eq!((moment.version.number, count), (1, records.len()));
        assert_eq!(database.version().unwrap(), 2);
    }
}

#[test]
fn many_may_open_a_new_database_at_once() {
    for place in TestDatabase::each() {
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let mut database = Database::open(&place.url).unwrap();
                    import(&mut database, |_| Ok(())).unwrap();
                });
            }
        });
        let mut database = Database::open(&place.url).unwrap();
        assert_eq!(database.imports().unwrap().len(), 6, "{}", place.name);
    }
}

#[test]
fn a_commit_is_announced_on_postgresql() {
    let Some(place) = TestDatabase::postgres() else { return };
    let mut database = Database::open(&place.url).unwrap();
    let mut listener = PgConnection::establish(&place.url).unwrap();
    listener.batch_execute("LISTEN atlas_dataset").unwrap();
    import(&mut database, |_| Ok(())).unwrap();
    create(&mut database, &[bare("a")]);
    sql_query("SELECT 1").execute(&mut listener).unwrap();
    let heard: Vec<_> = listener.notifications_iter().map(|heard| heard.unwrap().channel).collect();
    assert_eq!(heard, ["atlas_dataset"], "once, for the import that changed something");
}

#[test]
fn a_commit_is_heard_at_once_on_postgresql() {
    let Some(place) = TestDatabase::postgres() else { return };
    let mut database = Database::open(&place.url).unwrap();
    let mut follower = database.reopen().unwrap();
    follower.await_change(Duration::ZERO).unwrap();
    let waiting = thread::spawn(move || {
        let start = Instant::now();
        follower.await_change(Duration::from_mins(1)).unwrap();
        (start.elapsed(), follower.version().unwrap())
    });
    create(&mut database, &[bare("a")]);
    let (waited, version) = waiting.join().unwrap();
    assert!(waited < Duration::from_secs(30), "{waited:?}");
    assert_eq!(version, 1);
}
