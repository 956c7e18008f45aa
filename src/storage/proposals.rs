//! Corrections that somebody proposes, and what becomes of them. They are written by the one
//! writer, together with the changeset that takes one.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, IntoSql, OptionalExtension, QueryDsl,
    Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::{count_star, max},
};

use serde_json::json;

use super::{
    Audit, Database, StorageError, View, Writer, accounts,
    changesets::stored,
    connection::AnyConnection,
    schema::proposals::{self, dsl},
};
use crate::domain::{Column, PartVerdict, Proposal, ProposalState, ProposedCell, Scope};

/// A proposal that begins to wait.
#[derive(Debug, Clone)]
pub struct NewProposal {
    /// What is proposed; its number, state and times are given to it.
    pub proposal: Proposal,
    /// The hash of what lets its author follow it.
    pub secret: [u8; 32],
    /// The hash of where it came from.
    pub client: Option<[u8; 16]>,
}

/// What becomes of a proposal.
#[derive(Debug, Clone)]
pub struct ProposalEnd {
    /// How far it is then.
    pub state: ProposalState,
    /// Who did it; none where its author did.
    pub by: Option<String>,
    /// What was decided.
    pub verdicts: BTreeMap<Column, PartVerdict>,
    /// What its author is told.
    pub note: Option<String>,
    /// The changeset that takes it.
    pub changeset: Option<i64>,
}

/// Which proposals are wanted, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct ProposalQuery {
    /// In these states; in any where there are none.
    pub states: Vec<ProposalState>,
    /// With greater numbers.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = proposals, treat_none_as_default_value = false)]
struct ProposalRow {
    id: i64,
    source: String,
    key: String,
    base: i32,
    title: String,
    state: String,
    scopes: String,
    fields: String,
    reason: String,
    proof: Option<String>,
    author: Option<String>,
    created_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
    ended_by: Option<String>,
    decisions: Option<String>,
    note: Option<String>,
    changeset_id: Option<i64>,
}

impl ProposalRow {
    fn into_domain(self) -> Result<Proposal, StorageError> {
        let Self {
            id,
            source,
            key,
            base,
            title,
            state,
            scopes,
            fields,
            reason,
            proof,
            author,
            created_at,
            ended_at,
            ended_by,
            decisions,
            note,
            changeset_id,
        } = self;
        let corrupt =
            |reason: String| StorageError::Corrupt { table: "proposals", row: id, reason };
        let broken = |error: serde_json::Error| corrupt(error.to_string());
        let column = |name: &str| {
            Column::from_name(name).ok_or_else(|| corrupt(format!("“{name}” is no column")))
        };
        let fields: BTreeMap<String, ProposedCell> =
            serde_json::from_str(&fields).map_err(broken)?;
        let cells = fields.into_iter().map(|(name, cell)| Ok((column(&name)?, cell)));
        let verdicts: BTreeMap<String, String> = decisions
            .map_or(Ok(BTreeMap::new()), |text| serde_json::from_str(&text))
            .map_err(broken)?;
        let verdicts = verdicts.into_iter().map(|(name, code)| {
            let verdict = PartVerdict::from_code(&code);
            Ok((column(&name)?, verdict.ok_or_else(|| corrupt(format!("“{code}” is no verdict")))?))
        });
        let scopes: Vec<String> = serde_json::from_str(&scopes).map_err(broken)?;
        Ok(Proposal {
            cells: cells.collect::<Result<_, StorageError>>()?,
            verdicts: verdicts.collect::<Result<_, StorageError>>()?,
            scopes: scopes.iter().filter_map(|text| scope(text)).collect(),
            state: ProposalState::from_code(&state)
                .ok_or(StorageError::UnknownTerm { vocabulary: "proposal state", code: state })?,
            id,
            source,
            key,
            base,
            title,
            reason,
            proof,
            author,
            created_at: created_at.and_utc(),
            ended_at: ended_at.map(|time| time.and_utc()),
            ended_by,
            note,
            changeset: changeset_id,
        })
    }
}

fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::Everything => "everything:".to_owned(),
        Scope::Region(code) => format!("region:{code}"),
        Scope::Department(code) => format!("department:{code}"),
        Scope::Authority(code) => format!("authority:{code}"),
        Scope::Country(code) => format!("country:{code}"),
        Scope::Source(name) => format!("source:{name}"),
    }
}

fn scope(text: &str) -> Option<Scope> {
    let (kind, code) = text.split_once(':')?;
    let code = code.to_owned();
    Some(match kind {
        "everything" => Scope::Everything,
        "region" => Scope::Region(code),
        "department" => Scope::Department(code),
        "authority" => Scope::Authority(code),
        "country" => Scope::Country(code),
        "source" => Scope::Source(code),
        _ => return None,
    })
}

/// Names are columns and codes: they are always JSON.
fn json_text<T: serde::Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Corrupt {
        table: "proposals",
        row: 0,
        reason: error.to_string(),
    })
}

const FAILED: &str = "read the proposals";

fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Proposal>, StorageError> {
    let row = proposals::table
        .find(id)
        .select(ProposalRow::as_select())
        .first(connection)
        .optional()
        .map_err(StorageError::when(FAILED))?;
    row.map(ProposalRow::into_domain).transpose()
}

fn open_codes() -> Vec<&'static str> {
    ProposalState::ALL
        .into_iter()
        .filter(|state| state.is_open())
        .map(ProposalState::code)
        .collect()
}

impl View<'_> {
    /// One proposal.
    pub fn proposal(&mut self, id: i64) -> Result<Option<Proposal>, StorageError> {
        find(self.0, id)
    }

    /// How many proposals wait in all, and how many of them are of one client.
    pub fn open_proposals(
        &mut self,
        client: Option<&[u8; 16]>,
    ) -> Result<(i64, i64), StorageError> {
        let open = || proposals::table.filter(dsl::state.eq_any(open_codes())).select(count_star());
        let all = open().first(self.0).map_err(StorageError::when(FAILED))?;
        let own = match client {
            Some(client) => open()
                .filter(dsl::client.eq(client.as_slice()))
                .first(self.0)
                .map_err(StorageError::when(FAILED))?,
            None => 0,
        };
        Ok((all, own))
    }
}

impl Database {
    /// One proposal.
    pub fn proposal(&mut self, id: i64) -> Result<Option<Proposal>, StorageError> {
        find(self.connection(), id)
    }

    /// The hash of what lets the author of a proposal follow it.
    pub fn proposal_secret(&mut self, id: i64) -> Result<Option<Vec<u8>>, StorageError> {
        self.statement(FAILED, |connection| {
            proposals::table.find(id).select(dsl::secret).first(connection).optional()
        })
    }

    /// Some proposals, the oldest first.
    pub fn proposals(&mut self, query: &ProposalQuery) -> Result<Vec<Proposal>, StorageError> {
        let ProposalQuery { states, after, limit } = query;
        let codes: Vec<&str> = states.iter().map(|state| state.code()).collect();
        let any = codes.is_empty();
        let rows: Vec<ProposalRow> = self.statement(FAILED, |connection| {
            proposals::table
                .filter(dsl::id.gt(*after))
                .filter(dsl::state.eq_any(codes).or(any.into_sql::<diesel::sql_types::Bool>()))
                .order(dsl::id)
                .limit(*limit)
                .select(ProposalRow::as_select())
                .load(connection)
        })?;
        rows.into_iter().map(ProposalRow::into_domain).collect()
    }

    /// How many proposals there are in each state.
    pub fn proposal_counts(&mut self) -> Result<BTreeMap<ProposalState, i64>, StorageError> {
        let counts: Vec<(String, i64)> = self.statement(FAILED, |connection| {
            proposals::table
                .group_by(dsl::state)
                .select((dsl::state, count_star()))
                .load(connection)
        })?;
        let count = |(code, count): (String, i64)| Some((ProposalState::from_code(&code)?, count));
        Ok(counts.into_iter().filter_map(count).collect())
    }
}

impl Writer<'_> {
    /// Keeps a proposal; its number.
    pub fn add_proposal(&mut self, new: &NewProposal) -> Result<i64, StorageError> {
        let failed = || StorageError::when("keep the proposal");
        let last: Option<i64> =
            proposals::table.select(max(dsl::id)).first(self.connection()).map_err(failed())?;
        let id = last.unwrap_or(0) + 1;
        let NewProposal { proposal, secret, client } = new;
        let cells: BTreeMap<&str, &ProposedCell> =
            proposal.cells.iter().map(|(column, cell)| (column.name(), cell)).collect();
        let row = ProposalRow {
            id,
            source: proposal.source.clone(),
            key: proposal.key.clone(),
            base: proposal.base,
            title: proposal.title.clone(),
            state: ProposalState::Waiting.code().to_owned(),
            scopes: json_text(&proposal.scopes.iter().map(scope_text).collect::<Vec<_>>())?,
            fields: json_text(&cells)?,
            reason: proposal.reason.clone(),
            proof: proposal.proof.clone(),
            author: proposal.author.clone(),
            created_at: stored(Utc::now()),
            ended_at: None,
            ended_by: None,
            decisions: None,
            note: None,
            changeset_id: None,
        };
        let client = client.map(|client| client.to_vec());
        diesel::insert_into(proposals::table)
            .values((row, dsl::secret.eq(secret.to_vec()), dsl::client.eq(client)))
            .execute(self.connection())
            .map_err(failed())?;
        Ok(id)
    }

    /// Notes what becomes of a proposal. Where it came from is forgotten once it is decided.
    pub fn end_proposal(&mut self, id: i64, end: &ProposalEnd) -> Result<(), StorageError> {
        let failed = || StorageError::when("note what becomes of the proposal");
        let ProposalEnd { state, by, verdicts, note, changeset } = end;
        let verdicts: BTreeMap<&str, &str> =
            verdicts.iter().map(|(part, verdict)| (part.name(), verdict.code())).collect();
        let verdicts = if verdicts.is_empty() { None } else { Some(json_text(&verdicts)?) };
        diesel::update(proposals::table.find(id))
            .set((
                dsl::state.eq(state.code()),
                dsl::ended_at.eq(Some(stored(Utc::now()))),
                dsl::ended_by.eq(by),
                dsl::decisions.eq(verdicts),
                dsl::note.eq(note),
                dsl::changeset_id.eq(changeset),
            ))
            .execute(self.connection())
            .map_err(failed())?;
        let audit = Audit {
            actor: by.clone().unwrap_or_else(|| "(author)".to_owned()),
            action: "proposal",
            object: format!("proposal {id}"),
            details: json!({"state": state.code(), "changeset": changeset}),
        };
        accounts::append(self.connection(), &audit)?;
        if !state.is_open() {
            diesel::update(proposals::table.find(id))
                .set(dsl::client.eq(None::<Vec<u8>>))
                .execute(self.connection())
                .map_err(failed())?;
        }
        Ok(())
    }

    /// Has a proposal wait again, with what its author answers.
    pub fn answer_proposal(&mut self, id: i64, reason: &str) -> Result<(), StorageError> {
        diesel::update(proposals::table.find(id))
            .set((dsl::state.eq(ProposalState::Waiting.code()), dsl::reason.eq(reason)))
            .execute(self.connection())
            .map(drop)
            .map_err(StorageError::when("keep the answer"))
    }
}
