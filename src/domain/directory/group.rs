//! Named groups of countries and of French territories: lists that rules refer to, each with its
//! source and the time that it is valid.

use chrono::NaiveDate;

use super::{
    CellKind, DirectoryField, DirectoryRecord, Facts,
    choice::{CERTAINTIES, GROUP_KINDS},
    field::field,
};
use crate::domain::{Bilingual, Language, PartialDate};

/// A named group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedGroup {
    /// How rules name it.
    pub code: String,
    /// A code of [`GROUP_KINDS`].
    pub kind: String,
    /// Its name.
    pub name: Bilingual,
    /// Countries by alpha-2; territories by INSEE code of a région, or of a département after a `D`.
    pub members: Vec<String>,
    /// Those that belong to it in part, or perhaps.
    pub partly: Vec<String>,
    /// Those that are known not to belong to it.
    pub excluded: Vec<String>,
    /// From when it is valid.
    pub valid_from: Option<PartialDate>,
    /// Until when.
    pub valid_until: Option<PartialDate>,
    /// Where it is read.
    pub facts: Facts,
}

/// Whether something belongs to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Membership {
    /// It does.
    Inside,
    /// In part, or nobody knows.
    Perhaps,
    /// It does not.
    Outside,
}

impl NamedGroup {
    /// Whether one of several names of a place belongs to it on a day: a département is looked for
    /// under its own name and its région's. Only a list that was read at its source says no to what
    /// it does not name.
    pub fn membership(&self, names: &[&str], today: NaiveDate) -> Membership {
        let has = |list: &[String]| names.iter().any(|name| list.iter().any(|one| one == name));
        let is_over = self.valid_until.is_some_and(|until| until.last_day() < today);
        if has(&self.partly) {
            Membership::Perhaps
        } else if has(&self.members) {
            if is_over { Membership::Perhaps } else { Membership::Inside }
        } else if has(&self.excluded) || (self.facts.are_certain() && !is_over) {
            Membership::Outside
        } else {
            Membership::Perhaps
        }
    }
}

static FIELDS: &[DirectoryField<NamedGroup>] = &[
    field!(required "code", "code" ["group"], CellKind::Code, code, ["Code", "Code"], ["Comment les règles le nomment.", "How rules name it."]),
    field!(required "kind", "nature" ["kind"], CellKind::Choice(GROUP_KINDS), kind, ["Nature", "Kind"], ["De pays ou de territoires.", "Of countries or of territories."]),
    field!(required "name", "nom" ["name"], CellKind::Text(200), name.fr, ["Nom", "Name in French"], ["Nom en français.", "Name in French."]),
    field!(required "name_en", "nom_en" ["name_en"], CellKind::Text(200), name.en, ["Nom en anglais", "Name"], ["Nom en anglais.", "Name in English."]),
    field!(
        "members",
        "membres"["members"],
        CellKind::Texts,
        members,
        ["Membres", "Members"],
        ["Codes de ceux qui en sont.", "Codes of those that belong to it."]
    ),
    field!(
        "partly",
        "en_partie"["partly"],
        CellKind::Texts,
        partly,
        ["En partie", "In part"],
        [
            "Codes de ceux qui en sont en partie, ou peut-être.",
            "Codes of those that belong to it in part, or perhaps."
        ]
    ),
    field!(
        "excluded",
        "exclus"["excluded"],
        CellKind::Texts,
        excluded,
        ["Exclus", "Excluded"],
        ["Codes de ceux qui n’en sont pas.", "Codes of those that do not belong to it."]
    ),
    field!(
        "valid_from",
        "valable_du"["valid_from"],
        CellKind::Date,
        valid_from,
        ["Valable du", "Valid from"],
        ["Premier jour de validité.", "First day of validity."]
    ),
    field!(
        "valid_until",
        "valable_au"["valid_until"],
        CellKind::Date,
        valid_until,
        ["Valable au", "Valid until"],
        ["Dernier jour de validité.", "Last day of validity."]
    ),
    field!(required "source", "source" [], CellKind::Text(300), facts.source, ["Source", "Source"], ["Où la liste a été lue.", "Where the list was read."]),
    field!(required "seen_on", "vu_le" ["seen_on"], CellKind::Date, facts.seen_on, ["Vu le", "Seen on"], ["Quand la source a été vue.", "When the source was seen."]),
    field!(required "certainty", "certitude" ["certainty"], CellKind::Choice(CERTAINTIES), facts.certainty, ["Certitude", "Certainty"], ["Lu à la source, ou à vérifier.", "Read at its source, or to be checked."]),
];

impl DirectoryRecord for NamedGroup {
    const COLLECTION: &'static str = "groups";

    fn fields() -> &'static [DirectoryField<Self>] {
        FIELDS
    }

    fn code(&self) -> &str {
        &self.code
    }

    fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_that_was_read_says_no_to_what_it_does_not_name() {
        let texts = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let mut group = NamedGroup {
            members: texts(&["SN", "93"]),
            partly: texts(&["MS", "D68"]),
            excluded: texts(&["DE"]),
            valid_until: PartialDate::new(2026, None, None).ok(),
            ..NamedGroup::default()
        };
        let (day, later) = ("2026-11-30".parse().unwrap(), "2027-01-01".parse().unwrap());
        let check = |group: &NamedGroup, names: &[&str], today, expected| {
            assert_eq!(group.membership(names, today), expected, "{names:?}");
        };
        check(&group, &["SN"], day, Membership::Inside);
        check(&group, &["SN"], later, Membership::Perhaps);
        check(&group, &["MS"], day, Membership::Perhaps);
        check(&group, &["DE"], day, Membership::Outside);
        check(&group, &["AU"], day, Membership::Perhaps);
        check(&group, &["D68", "44"], day, Membership::Perhaps);
        check(&group, &["D13", "93"], day, Membership::Inside);
        group.facts.certainty = "certain".into();
        check(&group, &["AU"], day, Membership::Outside);
        check(&group, &["AU"], later, Membership::Perhaps);
    }
}
