//! Who speaks for an authority, or for what is done in a country.

use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, dsl::max,
};

use super::{AccountWriter, Database, StorageError, now};
use crate::{
    domain::{AccountMembership, MembershipState, Scope},
    storage::schema::memberships,
};

/// A membership that somebody asks for, or is invited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMembership {
    /// Whose it is, in lower case.
    pub email: String,
    /// Of what.
    pub scope: Scope,
    /// How it begins.
    pub state: MembershipState,
    /// What somebody is there.
    pub role: String,
    /// For those who decide.
    pub proof: String,
    /// The last day of it.
    pub until: Option<NaiveDate>,
    /// Who asks.
    pub asked_by: String,
}

#[derive(Insertable, Queryable)]
#[diesel(table_name = memberships)]
struct MembershipRow {
    id: i64,
    email: String,
    scope: String,
    state: String,
    role: String,
    proof: String,
    until: Option<NaiveDate>,
    asked_at: NaiveDateTime,
    asked_by: String,
    decided_at: Option<NaiveDateTime>,
    decided_by: Option<String>,
    reason: Option<String>,
}

impl MembershipRow {
    fn into_domain(self) -> Result<AccountMembership, StorageError> {
        let Self {
            id,
            email,
            scope,
            state,
            role,
            proof,
            until,
            asked_at,
            asked_by,
            decided_at,
            decided_by,
            reason,
        } = self;
        let state = MembershipState::from_code(&state)
            .ok_or(StorageError::UnknownTerm { vocabulary: "membership", code: state })?;
        let scope = scope
            .parse()
            .map_err(|_| StorageError::UnknownTerm { vocabulary: "scope", code: scope })?;
        Ok(AccountMembership {
            id,
            email,
            scope,
            state,
            role,
            proof,
            until,
            asked_at: asked_at.and_utc(),
            asked_by,
            decided_at: decided_at.map(|at| at.and_utc()),
            decided_by,
            reason,
        })
    }
}

impl AccountWriter<'_> {
    /// Adds a membership, unless one of the same person and scope waits or holds; its number.
    pub fn add_membership(&mut self, new: &NewMembership) -> Result<Option<i64>, StorageError> {
        let failed = || StorageError::when("add the membership");
        let NewMembership { email, scope, state, role, proof, until, asked_by } = new;
        let open = [MembershipState::Asked, MembershipState::Invited, MembershipState::Active];
        let ends: Vec<Option<NaiveDate>> = memberships::table
            .filter(memberships::email.eq(email))
            .filter(memberships::scope.eq(scope.to_string()))
            .filter(memberships::state.eq_any(open.map(MembershipState::code)))
            .select(memberships::until)
            .load(self.connection)
            .map_err(failed())?;
        let today = Utc::now().date_naive();
        if ends.iter().any(|until| until.is_none_or(|until| until >= today)) {
            return Ok(None);
        }
        let last: Option<i64> = memberships::table
            .select(max(memberships::id))
            .first(self.connection)
            .map_err(failed())?;
        let id = last.unwrap_or(0) + 1;
        let row = MembershipRow {
            id,
            email: email.clone(),
            scope: scope.to_string(),
            state: state.code().to_owned(),
            role: role.clone(),
            proof: proof.clone(),
            until: *until,
            asked_at: now(),
            asked_by: asked_by.clone(),
            decided_at: None,
            decided_by: None,
            reason: None,
        };
        diesel::insert_into(memberships::table)
            .values(row)
            .execute(self.connection)
            .map_err(failed())?;
        Ok(Some(id))
    }

    /// One membership.
    pub fn membership(&mut self, id: i64) -> Result<Option<AccountMembership>, StorageError> {
        let row: Option<MembershipRow> = memberships::table
            .find(id)
            .first(self.connection)
            .optional()
            .map_err(StorageError::when("find the membership"))?;
        row.map(MembershipRow::into_domain).transpose()
    }

    /// Moves a membership into another state.
    pub fn decide_membership(
        &mut self,
        id: i64,
        (state, until): (MembershipState, Option<NaiveDate>),
        (by, reason): (&str, Option<&str>),
    ) -> Result<(), StorageError> {
        diesel::update(memberships::table.find(id))
            .set((
                memberships::state.eq(state.code()),
                memberships::until.eq(until),
                memberships::decided_at.eq(Some(now())),
                memberships::decided_by.eq(Some(by)),
                memberships::reason.eq(reason),
            ))
            .execute(self.connection)
            .map(drop)
            .map_err(StorageError::when("decide about the membership"))
    }
}

impl Database {
    /// The memberships of somebody, newest first; those that ended by themselves are left out.
    pub fn memberships_of(&mut self, email: &str) -> Result<Vec<AccountMembership>, StorageError> {
        let rows: Vec<MembershipRow> = self.statement("read the memberships", |connection| {
            memberships::table
                .filter(memberships::email.eq(email))
                .order(memberships::id.desc())
                .load(connection)
        })?;
        let today = Utc::now().date_naive();
        let held = rows.into_iter().filter(|row| row.until.is_none_or(|until| until >= today));
        held.map(MembershipRow::into_domain).collect()
    }

    /// The memberships that wait to be decided about, hold, or wait for whoever was invited; oldest
    /// first.
    pub fn open_memberships(&mut self) -> Result<Vec<AccountMembership>, StorageError> {
        let open = [MembershipState::Asked, MembershipState::Invited, MembershipState::Active];
        let rows: Vec<MembershipRow> = self.statement("read the memberships", |connection| {
            memberships::table
                .filter(memberships::state.eq_any(open.map(MembershipState::code)))
                .order(memberships::id)
                .load(connection)
        })?;
        rows.into_iter().map(MembershipRow::into_domain).collect()
    }
}
