//! Corrections that are made at once, and records that are confirmed.

use chrono::{NaiveDate, Utc};
use serde_json::json;

use super::{
    Checked, ContributionError, Contributions, Correction, OpenRecord, correction::check, find,
    require,
};
use crate::{
    atlas::register::{document::change_json, plan::Plan},
    domain::{Account, Capability, Cause, Column, Columns, Partnership, PartnershipId, Verifier},
    storage::{Change, Database, Entry, NewChangeset, Writer},
};

/// Nobody confirms more records at once.
pub const MAX_CONFIRMED: usize = 2_000;

/// What was done at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// The changeset.
    pub changeset: i64,
    /// What it came to.
    pub checked: Checked,
}

/// One record as it was, and as it is to be.
pub(super) struct Step {
    pub(super) found: OpenRecord,
    pub(super) after: Partnership,
    /// What the changeset confirms of it.
    pub(super) confirmed: Columns,
}

/// Writes records as they are to be, and what is confirmed of them, as one changeset.
pub(super) fn commit(
    writer: &mut Writer<'_>,
    cause: Cause,
    actor: &str,
    steps: &[Step],
) -> Result<i64, ContributionError> {
    let mut sources: Vec<&str> = steps.iter().map(|step| &*step.after.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let source = if let [source] = sources[..] { Some(source.to_owned()) } else { None };
    let actor = actor.to_owned();
    let changeset = writer.begin(&NewChangeset { cause, source, actor, undoes: None })?;
    let (mut plan, mut unchanged) = (Plan::default(), 0);
    let mut changes = Vec::with_capacity(steps.len());
    for Step { found, after, .. } in steps {
        let hash = after.content_hash();
        if hash == found.known.hash {
            unchanged += 1;
            continue;
        }
        let entry = Entry { partnership: after, hash, line: None };
        let change =
            Change { known: Some(found.known), before: Some(&found.record), after: Some(entry) };
        plan.note(&change);
        changes.push(change);
    }
    writer.change(&changes)?;
    let confirmed: Vec<(i64, Columns)> =
        steps.iter().map(|step| (step.found.known.row_id, step.confirmed)).collect();
    writer.confirm(&confirmed)?;
    writer.describe(unchanged, plan_json(&plan))?;
    Ok(changeset)
}

/// What is kept of a changeset, as of an import's.
pub(super) fn plan_json(plan: &Plan) -> String {
    let changes: serde_json::Value = plan.listed().iter().map(change_json).collect();
    json!({"digest": plan.digest().to_string(), "changes": changes}).to_string()
}

/// The changeset's cell changes, or why there are none.
pub(super) fn taken(checked: Checked) -> Result<(Checked, Partnership), ContributionError> {
    if !checked.collisions.is_empty() {
        return Err(ContributionError::Collides(checked.collisions));
    }
    let Some(after) = checked.after.clone() else {
        return Err(ContributionError::Invalid(checked.issues));
    };
    if !checked.changes_something() {
        return Err(ContributionError::NothingChanged);
    }
    Ok((checked, after))
}

impl Contributions {
    /// What a correction of a record comes to.
    pub fn check(
        &self,
        id: PartnershipId,
        correction: &Correction,
    ) -> Result<Checked, ContributionError> {
        correction.measure()?;
        let (source, key) = self.name_of(id)?;
        let mut database = self.readers().take()?;
        database.view(|view| {
            let found = find(view, &source, &key)?;
            let proposed = correction.against(view, &found)?;
            check(&found.record, &proposed)
        })
    }

    /// Makes a correction: all of it or nothing.
    pub fn edit(
        &self,
        id: PartnershipId,
        correction: &Correction,
        caller: &Account,
    ) -> Result<Edited, ContributionError> {
        correction.measure()?;
        let (source, key) = self.name_of(id)?;
        self.write(|writer| {
            let found = find(&mut writer.view(), &source, &key)?;
            require(caller, Capability::Edit, &found.record)?;
            let proposed = correction.against(&mut writer.view(), &found)?;
            let (checked, after) = taken(check(&found.record, &proposed)?)?;
            let step = Step { found, after, confirmed: checked.parts };
            let changeset = commit(writer, Cause::Edit, &caller.name, &[step])?;
            Ok(Edited { changeset, checked })
        })
    }

    /// Confirms that records are as they say: all of them or none; the changeset.
    pub fn verify(
        &self,
        ids: &[PartnershipId],
        caller: &Account,
    ) -> Result<i64, ContributionError> {
        if ids.is_empty() {
            return Err(ContributionError::Incomplete("records"));
        }
        if ids.len() > MAX_CONFIRMED {
            return Err(ContributionError::TooLong);
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let names = ids
            .iter()
            .map(|id| self.name_of(*id))
            .collect::<Result<Vec<_>, ContributionError>>()?;
        let today = Utc::now().date_naive();
        self.write(|writer| {
            let mut steps = Vec::with_capacity(names.len());
            for (source, key) in &names {
                let found = find(&mut writer.view(), source, key)?;
                require(caller, Capability::Verify, &found.record)?;
                let by = Verifier::of(&caller.grants, &found.record.scopes());
                steps.push(confirmed(found, today, by));
            }
            commit(writer, Cause::Verification, &caller.name, &steps)
        })
    }

    /// Writes in one transaction, and publishes what was written.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, ContributionError>,
    ) -> Result<T, ContributionError> {
        let mut database = self.writers().take()?;
        let done = Database::write(&mut database, work)?;
        self.register.publish(&mut database);
        Ok(done)
    }
}

/// A record that is confirmed as it is, on this day.
fn confirmed(found: OpenRecord, today: NaiveDate, by: Option<Verifier>) -> Step {
    let mut after = found.record.clone();
    after.verified_on = after.verified_on.max(Some(today));
    after.verified_by = by;
    let confirmed: Columns = after.filled_parts().iter().chain([Column::VerifiedOn]).collect();
    Step { found, after, confirmed }
}
