//! Whatever files, reverts and decisions a register has seen, in whatever order: its partnerships are
//! those of a register that is built from nothing out of the rows that hold now.
//!
//! `PROPTEST_CASES=300 cargo nextest run -E 'test(any_order::)'` tries more of them.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

use atlas_aect::{
    atlas::{
        imports::Import,
        register::{
            decide::{Judged, Judgement, decide},
            publish,
            revert::{Revert, RevertError, revert},
        },
    },
    domain::{Cause, Mode, PartnershipId, SourceOrder},
    search::Snapshot,
    storage::{Database, NewChangeset, StorageError},
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    patch::content,
    plan::plain,
    several_sources::partnerships,
    support::{TestDatabase, timeless},
};

const SOURCES: [&str; 4] = ["one", "two", "three", "four"];

/// The columns of a row, by the parts that are undone by themselves; the last ones may be lacking.
const PARTS: [&str; 10] = [
    "intitule",
    "type_lien",
    "statut",
    "date_debut",
    "date_fin",
    "collectivite",
    "partenaire,partenaire_pays,partenaire_region,longitude,latitude",
    "themes",
    "description",
    "url",
];
const ALWAYS: usize = 7;

/// The cells of each part.
type Row = [&'static str; PARTS.len()];

/// Source and key of a record.
type Name = (&'static str, u8);

/// One town in many spellings, one that is no town but bears its name, areas, and places of nowhere.
const PARTNERS: [&str; 14] = [
    "Francfort,DE,,,",
    "Frankfurt am Main,DE,,8.68,50.11",
    "Frankfurt,DE,Hesse,8.7,50.1",
    "Ville de Francfort (Allemagne),DE,,8.71,50.12",
    "Frankfurt (Oder),DE,,14.55,52.34",
    "Frankfurt,DE,,14.55,52.34",
    "Cracovie,PL,,,",
    "Kraków,PL,,19.94,50.06",
    "Kayes,ML,,,",
    "Région de Kayes,ML,,,",
    "Nulle-Part,ML,Kayes,,",
    "Nulle-Part,ML,Ségou,,",
    "Nulle-Part,ML,,-8.0,12.65",
    "Kayes|Cracovie,ML|PL,,,",
];

fn row() -> impl Strategy<Value = Row> {
    let dates = [["", ""], ["1990", "2000"], ["1995", ""], ["2010", "2012"], ["", "1999"]];
    let what = (
        select(vec!["Échanges", "Eau", "Jeunesse"]),
        select(vec!["jumelage", "jumelage", "cooperation", "autre"]),
        select(vec!["", "en_cours", "termine"]),
        select(dates.to_vec()),
        select(vec!["Lyon", "Lyon", "Lille", "Lille|Lyon"]),
        // most of them about one town
        prop_oneof![select(PARTNERS[..4].to_vec()), select(PARTNERS.to_vec())],
        select(vec!["", "sante", "sport|jeunesse"]),
        select(vec!["", "", "Depuis longtemps", "Un puits"]),
        select(vec!["", "", "https://example.org/a", "https://example.org/b"]),
    );
    what.prop_map(|(title, kind, status, [start, end], home, partner, themes, text, url)| {
        [title, kind, status, start, end, home, partner, themes, text, url]
    })
}

#[derive(Debug, Clone)]
struct File {
    rows: BTreeMap<Name, Row>,
    mode: Mode,
    /// Lacks the last columns, which leaves their values alone.
    is_narrow: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Import(File),
    /// Undoes a changeset by its place among all, counted from the last one.
    Revert(usize, bool),
    Merge(Vec<usize>),
    Split(Vec<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let name = || (select(SOURCES.to_vec()), 0..3_u8);
    let rows = |size| proptest::collection::btree_map(name(), row(), size);
    let narrow = || prop::bool::weighted(0.2);
    let file = |mode| move |(rows, is_narrow)| Step::Import(File { rows, mode, is_narrow });
    prop_oneof![
        4 => (rows(1..7), narrow()).prop_map(file(Mode::Upsert)),
        3 => (rows(1..5), narrow()).prop_map(file(Mode::Sync)),
        4 => (select(vec![0, 0, 0, 1, 1, 2, 3, 5]), any::<bool>())
            .prop_map(|(last, skip)| Step::Revert(last, skip)),
        3 => vec(0..99_usize, 2..4).prop_map(Step::Merge),
        2 => vec(0..99_usize, 1..3).prop_map(Step::Split),
    ]
}

/// The states of something by the changesets that made them, oldest first.
type States<T> = Vec<(i64, Option<T>)>;

/// What a register holds, as one would keep it by hand.
#[derive(Default)]
struct Ledger {
    records: BTreeMap<Name, States<Row>>,
    decisions: BTreeMap<[Name; 2], States<bool>>,
    changesets: Vec<i64>,
}

fn now<T: Copy>(states: &States<T>) -> Option<T> {
    states.last().and_then(|(_, state)| *state)
}

/// What becomes of something when a changeset is undone.
#[derive(PartialEq)]
enum Undone<T> {
    Nothing,
    To(Option<T>),
    Conflict,
}

/// `may` says whether the states before and after the changeset, and the one now, let it be undone
/// though later changesets have made another one.
fn undone<T: Copy + PartialEq>(
    states: &States<T>,
    changeset: i64,
    may: impl Fn(Option<T>, Option<T>, Option<T>) -> bool,
) -> Undone<T> {
    let Some(at) = states.iter().position(|(of, _)| *of == changeset) else {
        return Undone::Nothing;
    };
    let before = at.checked_sub(1).and_then(|before| states[before].1);
    let (after, now) = (states[at].1, now(states));
    if now == before {
        Undone::Nothing
    } else if now == after || may(before, after, now) {
        Undone::To(before)
    } else {
        Undone::Conflict
    }
}

/// Whether later files have at most taken parts back to what they were.
fn only_took_back(before: Option<Row>, after: Option<Row>, now: Option<Row>) -> bool {
    let (Some(before), Some(after), Some(now)) = (before, after, now) else { return false };
    (0..PARTS.len()).all(|part| now[part] == before[part] || now[part] == after[part])
}

impl Ledger {
    fn present(&self) -> BTreeMap<Name, Row> {
        let records = self.records.iter();
        records.filter_map(|(name, states)| Some((*name, now(states)?))).collect()
    }

    fn note(&mut self, changeset: i64, name: Name, row: Option<Row>) {
        let states = self.records.entry(name).or_default();
        if now(states) != row {
            states.push((changeset, row));
        }
    }

    fn take(&mut self, database: &mut Database, step: &Step, order: &SourceOrder) {
        match step {
            Step::Import(file) => self.import(database, file),
            Step::Revert(last, skips) => {
                let place = self.changesets.len().checked_sub(last + 1);
                if let Some(changeset) = place.map(|place| self.changesets[place]) {
                    self.revert(database, changeset, *skips);
                }
            }
            Step::Merge(records) => self.judge(database, records, true, order),
            Step::Split(records) => self.judge(database, records, false, order),
        }
    }

    fn import(&mut self, database: &mut Database, file: &File) {
        let changeset = run(database, &file.rows, file.mode, file.is_narrow);
        for (name, row) in &file.rows {
            let mut row = *row;
            if file.is_narrow {
                let known = self.records.get(name).and_then(now).unwrap_or_default();
                row[ALWAYS..].copy_from_slice(&known[ALWAYS..]);
            }
            self.note(changeset, *name, Some(row));
        }
        if file.mode == Mode::Sync {
            let is_gone = |name: &Name| {
                file.rows.keys().any(|(source, _)| *source == name.0)
                    && !file.rows.contains_key(name)
            };
            let gone: Vec<Name> = self.present().into_keys().filter(is_gone).collect();
            for name in gone {
                self.note(changeset, name, None);
            }
        }
        self.changesets.push(changeset);
    }

    fn revert(&mut self, database: &mut Database, changeset: i64, skip_conflicts: bool) {
        let records = self.records.iter().map(|(name, states)| {
            let undone = undone(states, changeset, only_took_back);
            (*name, undone)
        });
        let records: Vec<(Name, Undone<Row>)> = records.collect();
        let decisions = self.decisions.iter();
        let decisions = decisions
            .map(|(names, states)| (*names, undone(states, changeset, |_, _, _| false)))
            .collect::<Vec<_>>();
        let conflicts = records.iter().filter(|(_, one)| *one == Undone::Conflict).count()
            + decisions.iter().filter(|(_, one)| *one == Undone::Conflict).count();
        let wanted = Revert { changeset, actor: "a test".into(), skip_conflicts };
        let reverted = match revert(database, &wanted) {
            Ok(reverted) => reverted,
            Err(RevertError::Conflicts(_, told)) => {
                assert!(!skip_conflicts);
                assert_eq!(told.total as usize, conflicts);
                return;
            }
            Err(RevertError::Already(..)) => return,
            Err(other) => panic!("{changeset}: {other}"),
        };
        assert_eq!(reverted.conflicts.total as usize, conflicts);
        for (name, undone) in records {
            if let Undone::To(row) = undone {
                self.note(reverted.changeset, name, row);
            }
        }
        for (names, undone) in decisions {
            if let Undone::To(same) = undone {
                self.decisions.entry(names).or_default().push((reverted.changeset, same));
            }
        }
        self.changesets.push(reverted.changeset);
    }

    /// Decides about records by their numbers; what makes no sense changes nothing.
    fn judge(
        &mut self,
        database: &mut Database,
        records: &[usize],
        merges: bool,
        order: &SourceOrder,
    ) {
        let present: Vec<Name> = self.present().into_keys().collect();
        if present.is_empty() {
            return;
        }
        let by_id: BTreeMap<PartnershipId, Name> =
            present.iter().map(|name| (id(*name), *name)).collect();
        let mut ids = records.iter().map(|number| id(present[number % present.len()]));
        let judgement = if merges {
            Judgement::Merge(ids.collect())
        } else {
            Judgement::Split(ids.next().unwrap(), ids.collect())
        };
        let snapshot = publish::build(database, order).unwrap();
        let Ok(Judged { changeset, decisions }) = decide(database, &snapshot, &judgement, "a test")
        else {
            return;
        };
        for decision in decisions {
            let names = decision.records.map(|id| by_id[&id]);
            self.decisions.entry(names).or_default().push((changeset, Some(decision.same)));
        }
        self.changesets.push(changeset);
    }

    /// A register of what holds now, whose sources came in another order.
    fn anew(&self, turn: usize) -> (TestDatabase, Database) {
        static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let empty = TestDatabase::sqlite();
            drop(Database::open(&empty.url).unwrap());
            std::fs::read(file(&empty)).unwrap()
        });
        let place = TestDatabase::sqlite();
        std::fs::write(file(&place), &*EMPTY).unwrap();
        let mut database = Database::open(&place.url).unwrap();
        let mut sources = SOURCES;
        sources.rotate_left(turn % SOURCES.len());
        let present = self.present();
        for source in sources {
            let rows = present.iter().filter(|((of, _), _)| *of == source);
            let rows: BTreeMap<Name, Row> = rows.map(|(name, row)| (*name, *row)).collect();
            if !rows.is_empty() {
                run(&mut database, &rows, Mode::Upsert, false);
            }
        }
        let mut decided: BTreeMap<i64, Vec<([Name; 2], bool)>> = BTreeMap::new();
        for (names, states) in &self.decisions {
            let (changeset, same) = states[states.len() - 1];
            if let Some(same) = same.filter(|_| names.iter().all(|name| present.contains_key(name)))
            {
                decided.entry(changeset).or_default().push((*names, same));
            }
        }
        for decisions in decided.into_values() {
            repeat(&mut database, &decisions).unwrap();
        }
        (place, database)
    }
}

fn file(database: &TestDatabase) -> &str {
    database.url.trim_start_matches("sqlite:")
}

fn id((source, key): Name) -> PartnershipId {
    PartnershipId::new(source, &format!("k{key}"))
}

/// Imports rows; the number of the import.
fn run(database: &mut Database, rows: &BTreeMap<Name, Row>, mode: Mode, is_narrow: bool) -> i64 {
    let parts = if is_narrow { ALWAYS } else { PARTS.len() };
    let mut file = format!("source,identifiant,{}\n", PARTS[..parts].join(","));
    for ((source, key), row) in rows {
        writeln!(file, "{source},k{key},{}", row[..parts].join(",")).unwrap();
    }
    let import = Import { mode, allow_mass_removal: true, ..plain("test") };
    let report = import.run(database, file.as_bytes()).unwrap();
    assert_eq!(report.outcome.rejected, 0, "{:?}", report.issues);
    report.import.unwrap()
}

/// Decides anew what was decided elsewhere.
fn repeat(database: &mut Database, decisions: &[([Name; 2], bool)]) -> Result<(), StorageError> {
    database.write(|writer| {
        let changeset = NewChangeset {
            cause: Cause::Merge,
            source: None,
            actor: "a test".to_owned(),
            undoes: None,
        };
        writer.begin(&changeset)?;
        for (names, same) in decisions {
            let named = names.map(|(source, key)| (source.to_owned(), format!("k{key}")));
            let rows = writer.view().rows_of(&named)?;
            writer.decide([rows[0].unwrap(), rows[1].unwrap()], Some(*same))?;
        }
        writer.describe(0, "{}".to_owned())
    })
}

/// What a register says of its changes is left out of what facets tell.
fn without_version(text: &str) -> String {
    match text.strip_prefix("{\"version\":").and_then(|rest| rest.split_once(',')) {
        Some((_, rest)) => rest.to_owned(),
        None => text.to_owned(),
    }
}

fn follows(place: &TestDatabase, steps: &[Step], order: &SourceOrder) {
    let mut database = Database::open(&place.url).unwrap();
    let mut ledger = Ledger::default();
    let mut live = publish::build(&mut database, order).unwrap();
    for (number, step) in steps.iter().enumerate() {
        ledger.take(&mut database, step, order);
        let loaded = publish::build(&mut database, order).unwrap();
        live = match publish::patch(&mut database, &live, order).unwrap() {
            Some(patched) => {
                assert_eq!(content(&patched), content(&loaded), "{} {number}", place.name);
                patched
            }
            None => loaded,
        };
        if number % 2 == 0 && number + 1 < steps.len() {
            continue;
        }
        let what = format!("{} after step {number} of {steps:#?}", place.name);
        is_as_anew(&ledger, &live, order, number, &what);
    }
}

fn is_as_anew(ledger: &Ledger, live: &Arc<Snapshot>, order: &SourceOrder, turn: usize, what: &str) {
    let (_place, mut anew) = ledger.anew(turn);
    let built = publish::build(&mut anew, order).unwrap();
    assert_eq!(partnerships(live), partnerships(&built), "{what}");
    let seen = |snapshot| -> Vec<String> {
        content(snapshot).iter().map(|line| without_version(&timeless(line))).collect()
    };
    for (one, other) in seen(live).iter().zip(seen(&built)) {
        assert_eq!(*one, other, "{what}");
    }
}

/// Two that a person told apart while a third was away, with which both were said to be one: it
/// comes back to the same of them on every register.
#[test]
fn who_comes_back_joins_the_same_partnership_everywhere() {
    let row = |kind, partner| ["Échanges", kind, "", "", "", "Lyon", partner, "", "", ""];
    let rows = BTreeMap::from([
        (("one", 0), row("jumelage", "Kayes,ML,,,")),
        (("three", 0), row("cooperation", "Kayes,ML,,,")),
        (("two", 0), row("cooperation", "Cracovie,PL,,,")),
    ]);
    let file = |rows: &BTreeMap<Name, Row>, mode| {
        Step::Import(File { rows: rows.clone(), mode, is_narrow: false })
    };
    let other = BTreeMap::from([(("two", 1), row("jumelage", "Nulle-Part,ML,Kayes,,"))]);
    let order = SourceOrder::default();
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let mut ledger = Ledger::default();
        for step in [
            file(&rows, Mode::Upsert),
            Step::Merge(vec![0, 1, 2]),
            file(&other, Mode::Sync),
            Step::Split(vec![0, 1]),
            file(&rows, Mode::Upsert),
        ] {
            ledger.take(&mut database, &step, &order);
        }
        let live = publish::build(&mut database, &order).unwrap();
        assert_eq!(partnerships(&live).len(), 3, "{:?}", partnerships(&live));
        for turn in 0..SOURCES.len() {
            is_as_anew(&ledger, &live, &order, turn, place.name);
        }
    }
}

/// So many, or as many as the environment says.
fn cases(usual: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: said.unwrap_or(usual), ..ProptestConfig::default() }
}

fn order() -> impl Strategy<Value = SourceOrder> {
    let sources = prop::sample::subsequence(SOURCES.to_vec(), 0..=3).prop_shuffle();
    sources.prop_map(|sources| SourceOrder::new(sources.into_iter().map(str::to_owned)))
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn partnerships_are_those_of_a_build_from_nothing(steps in vec(step(), 2..12), order in order()) {
        follows(&TestDatabase::sqlite(), &steps, &order);
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn partnerships_are_those_of_a_build_from_nothing_on_postgresql(
        steps in vec(step(), 2..12),
        order in order(),
    ) {
        if let Some(place) = TestDatabase::postgres() {
            follows(&place, &steps, &order);
        }
    }
}
