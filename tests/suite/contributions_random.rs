//! Whatever order people and files come in, history stays whole, the last decision stands, and what
//! is published is what is there.

use atlas_aect::{
    atlas::{
        accounts::tokens,
        contributions::{
            ContributionError, Contributions, Correction, decide::Ruling, propose::Submission,
        },
        imports::Import,
        register::{
            Publisher, Register, publish,
            revert::{Revert, revert},
        },
    },
    domain::{Account, Cause, Column, Mode, PartnershipId, Refusal, SourceOrder},
    formats::csv::cell,
    storage::Database,
};
use proptest::{prelude::*, sample::select};

use crate::{plan::plain, revert::export, session::token, support::TestDatabase};

#[derive(Debug, Clone)]
enum Step {
    /// A file that says these cells of the record, or lacks it.
    Import([usize; 3], bool),
    /// A correction of one cell.
    Edit(usize, usize),
    /// A proposal of two cells.
    Propose([usize; 2]),
    /// The oldest proposal that waits: taken, or one cell of it refused.
    Decide(bool),
    Verify,
    /// One of the last changes that are not undone.
    Revert(usize),
}

const COLUMNS: [Column; 3] = [Column::Title, Column::Status, Column::Description];
const VALUES: [[&str; 3]; 3] =
    [["Eau", "Eaux", "L'eau"], ["en_cours", "termine", "projet"], ["", "des puits", "des écoles"]];

fn step() -> impl Strategy<Value = Step> {
    let value = || 0..3_usize;
    prop_oneof![
        4 => ([value(), value(), value()], prop::bool::weighted(0.15))
            .prop_map(|(cells, lacks)| Step::Import(cells, lacks)),
        4 => (value(), value()).prop_map(|(column, value)| Step::Edit(column, value)),
        2 => [value(), value()].prop_map(Step::Propose),
        2 => any::<bool>().prop_map(Step::Decide),
        1 => Just(Step::Verify),
        3 => select(vec![0, 0, 1, 2]).prop_map(Step::Revert),
    ]
}

/// A register, and somebody who may do everything.
struct House {
    database: Database,
    door: Contributions,
    publisher: Publisher,
    admin: Account,
}

fn record() -> PartnershipId {
    PartnershipId::new("test", "a")
}

fn said(database: &mut Database) -> Option<[String; 3]> {
    let mut found = None;
    database
        .read(|stored| {
            let record = stored.partnership;
            if record.key == "a" {
                found = Some(COLUMNS.map(|column| cell(&record, column)));
            }
        })
        .unwrap();
    found
}

impl House {
    fn open(place: &TestDatabase) -> Self {
        let mut database = Database::open(&place.url).unwrap();
        let publisher = Publisher::new(&mut database, SourceOrder::default()).unwrap();
        let register = Register::new(&database, publisher.clone(), 2);
        let admin = tokens::verify(&mut database, &token(place, "admin")).unwrap().unwrap().into();
        Self { database, door: Contributions::new(register), publisher, admin }
    }

    fn file(cells: [usize; 3], lacks: bool) -> String {
        let header =
            "identifiant,collectivite,partenaire,partenaire_pays,intitule,statut,description\n";
        let [title, status, text] = [0, 1, 2].map(|column| VALUES[column][cells[column]]);
        let own = format!("a,Lyon,Kayes,ML,{title},{status},{text}\n");
        let others = "b,Lille,Kayes,ML,B,,\nc,Lille,Ségou,ML,C,,\n";
        [header, if lacks { "" } else { &own }, others].concat()
    }

    fn import(&mut self, cells: [usize; 3], lacks: bool) -> u64 {
        let import = Import { mode: Mode::Sync, allow_mass_removal: true, ..plain("test") };
        let file = Self::file(cells, lacks);
        let report = import.run(&mut self.database, file.as_bytes()).unwrap();
        self.publisher.refresh(&mut self.database).unwrap();
        report.outcome.changes()
    }

    fn correction(cells: &[(usize, usize)]) -> Correction {
        let cell = |(column, value): &(usize, usize)| {
            (COLUMNS[*column], VALUES[*column][*value].to_owned())
        };
        Correction { base: None, cells: cells.iter().map(cell).collect() }
    }

    // long: one kind of step after another
    fn take(&mut self, step: &Step) {
        let before = said(&mut self.database);
        match step {
            Step::Import(cells, lacks) => {
                self.import(*cells, *lacks);
                assert_eq!(self.import(*cells, *lacks), 0, "the same file again changes nothing");
            }
            Step::Edit(column, value) => {
                let done =
                    self.door.edit(record(), &Self::correction(&[(*column, *value)]), &self.admin);
                let wanted = VALUES[*column][*value];
                match done {
                    Ok(_) => {
                        let now = said(&mut self.database).unwrap();
                        assert_eq!(now[*column], wanted);
                        // any file meets it
                        self.import([(*value + 1) % 3; 3], false);
                        assert_eq!(
                            said(&mut self.database).unwrap()[*column],
                            wanted,
                            "{before:?}"
                        );
                    }
                    Err(ContributionError::NothingChanged) => {
                        assert_eq!(before.unwrap()[*column], wanted);
                    }
                    Err(ContributionError::UnknownRecord(_)) => assert_eq!(before, None),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::Propose([title, status]) => {
                let submission = Submission {
                    correction: Self::correction(&[(0, *title), (1, *status)]),
                    reason: "?".into(),
                    ..Submission::default()
                };
                match self.door.propose(record(), &submission) {
                    Ok(_) | Err(ContributionError::NothingChanged) => {}
                    Err(ContributionError::UnknownRecord(_)) => assert_eq!(before, None),
                    Err(error) => panic!("{error}"),
                }
                assert_eq!(said(&mut self.database), before, "a proposal changes nothing");
            }
            Step::Decide(all) => {
                let open = ["waiting", "asked"]
                    .map(|code| atlas_aect::domain::ProposalState::from_code(code).unwrap());
                let queue = self.door.queue(&self.admin, &open, (0, 10)).unwrap();
                let Some(proposal) = queue.proposals.first() else { return };
                let refused = (!all).then_some((Column::Title, Refusal::Unclear));
                let ruling = Ruling { refused: refused.into_iter().collect(), ..Ruling::default() };
                let ruled = self.door.decide(proposal.id, &ruling, &self.admin).unwrap();
                let now = said(&mut self.database);
                for (at, column) in COLUMNS.into_iter().enumerate() {
                    let taken = ruled.verdicts.get(&column).map(|verdict| verdict.code());
                    if let (Some("accepted"), Some(cell)) = (taken, proposal.cells.get(&column)) {
                        assert_eq!(now.as_ref().unwrap()[at], cell.after);
                    } else {
                        let was = before.as_ref().map(|was| was[at].clone());
                        assert_eq!(now.as_ref().map(|now| now[at].clone()), was);
                    }
                }
            }
            Step::Verify => match self.door.verify(&[record()], &self.admin) {
                Ok(_) => {
                    self.import([2, 1, 2], false);
                    let now = said(&mut self.database).unwrap();
                    for (was, now) in before.unwrap().iter().zip(&now) {
                        assert!(was.is_empty() || was == now, "{was} {now}");
                    }
                }
                Err(ContributionError::UnknownRecord(_)) => assert_eq!(before, None),
                Err(error) => panic!("{error}"),
            },
            Step::Revert(back) => {
                let imports = self.database.imports().unwrap();
                let mut open = imports.iter().filter(|import| import.reverted_by.is_none());
                let Some(one) = open.nth(*back) else { return };
                let wanted =
                    Revert { changeset: one.id, actor: "a test".into(), skip_conflicts: false };
                let done = revert(&mut self.database, &wanted);
                if done.is_err() {
                    assert_eq!(said(&mut self.database), before, "a conflict changes nothing");
                }
            }
        }
    }

    /// The versions of the record follow each other, and each has a changeset that is there.
    fn check(&mut self) {
        let versions = self.database.history("test", "a").unwrap();
        for (at, version) in versions.iter().enumerate() {
            assert_eq!(version.revision as usize, at + 1);
            let about = self.database.changeset(version.changeset).unwrap().unwrap();
            assert!(Cause::ALL.contains(&about.cause));
        }
        assert_eq!(self.database.wrong_hashes().unwrap(), Vec::<String>::new());
        self.publisher.refresh(&mut self.database).unwrap();
        let built = publish::build(&mut self.database, &SourceOrder::default()).unwrap();
        assert_eq!(self.publisher.snapshot().fingerprint(), built.fingerprint());
        let _ = export(&mut self.database);
    }
}

fn play(place: &TestDatabase, steps: &[Step]) {
    let mut house = House::open(place);
    house.import([0, 0, 0], false);
    for step in steps {
        house.take(step);
        house.check();
    }
    assert_eq!(house.database.integrity_check().unwrap(), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_order_leaves_history_whole(steps in prop::collection::vec(step(), 1..14)) {
        for place in TestDatabase::each() {
            play(&place, &steps);
        }
    }
}
