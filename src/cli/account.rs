//! `atlas account` and `atlas audit`: who may do what, and what was done.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{Failure, open, open_or_make, operator};
use crate::{
    atlas::accounts::people::{self, PersonError},
    config::{AccountCommand, AuditOptions},
    domain::{AccountRecord, AuditEntry, Grant, GrantRecord, Scope},
    storage::StorageError,
};

pub(super) fn run(command: &AccountCommand) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let by = operator();
    match command {
        AccountCommand::Create { database, create, email, name, language } => {
            let mut database = open_or_make(database, *create)?;
            people::create(&mut database, (email, name), (*language).into(), &by)?;
            writeln!(
                out,
                "The account of {name} is made; atlas account grant says what it may do."
            )?;
        }
        AccountCommand::List { database, json } => {
            let mut database = open(database)?;
            let mut accounts = Vec::new();
            for person in database.people()? {
                let grants = database.grants(person.id)?;
                accounts.push((person, grants));
            }
            if *json {
                writeln!(out, "{:#}", accounts.iter().map(account_json).collect::<Value>())?;
            } else if accounts.is_empty() {
                writeln!(out, "There is no account; atlas account create makes one.")?;
            } else {
                accounts.iter().try_for_each(|account| show(&mut out, account))?;
            }
        }
        AccountCommand::Grant { database, email, capability, scope, until } => {
            let grant = Grant { capability: *capability, scope: scope.clone() };
            people::grant(&mut open(database)?, email, &grant, *until, &by)?;
            writeln!(out, "{email} may {}{}.", capability.code(), of(scope))?;
        }
        AccountCommand::Revoke { database, email, capability, scope } => {
            let revoked = (*capability, scope.as_ref());
            people::revoke(&mut open(database)?, email, revoked, &by)?;
            let of = scope.as_ref().map(of).unwrap_or_default();
            writeln!(out, "{email} may not {}{of} any more.", capability.code())?;
        }
        AccountCommand::Disable { database, email } => {
            people::disable(&mut open(database)?, email, &by)?;
            writeln!(out, "The account of {email} is disabled; its sessions have ended.")?;
        }
    }
    Ok(out.flush()?)
}

fn of(scope: &Scope) -> String {
    match scope {
        Scope::Everything => String::new(),
        scope => format!(" of {scope}"),
    }
}

fn show(
    out: &mut impl Write,
    (person, grants): &(AccountRecord, Vec<GrantRecord>),
) -> io::Result<()> {
    let AccountRecord { id: _, email, name, language, created_at, disabled_at } = person;
    let disabled = if disabled_at.is_some() { ", disabled" } else { "" };
    let day = created_at.format("%Y-%m-%d");
    writeln!(out, "{email:<32} {name:<24} {language}, made {day}{disabled}")?;
    for GrantRecord { grant, until, granted_by, granted_at } in grants {
        let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
        let (what, day) = (grant.capability.code(), granted_at.format("%Y-%m-%d"));
        writeln!(out, "  {what}{}{until}, given by {granted_by} on {day}", of(&grant.scope))?;
    }
    Ok(())
}

fn account_json((person, grants): &(AccountRecord, Vec<GrantRecord>)) -> Value {
    let AccountRecord { id, email, name, language, created_at, disabled_at } = person;
    let grant = |record: &GrantRecord| {
        let GrantRecord { grant, until, granted_by, granted_at } = record;
        json!({
            "capability": grant.capability.code(),
            "scope": grant.scope.to_string(),
            "until": until,
            "granted_by": granted_by,
            "granted_at": granted_at,
        })
    };
    json!({
        "id": id,
        "email": email,
        "name": name,
        "language": language.code(),
        "created_at": created_at,
        "disabled_at": disabled_at,
        "grants": grants.iter().map(grant).collect::<Value>(),
    })
}

/// `atlas audit`
pub(super) fn audit(options: &AuditOptions) -> Result<ExitCode, Failure> {
    let AuditOptions { database, json, check } = options;
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut last, mut wrong, mut written) = (None, Vec::new(), Ok(()));
    open(database)?.audit(|entry, fits| {
        if !fits {
            wrong.push(entry.id);
        }
        if !check && written.is_ok() {
            written = tell(&mut out, &entry, *json);
        }
        last = Some(entry);
        Ok::<_, StorageError>(())
    })?;
    written?;
    if *check {
        match (&last, wrong.first()) {
            (_, Some(id)) => writeln!(
                out,
                "Entry {id} does not fit the one before it: one of the two was changed, or an entry \
                 between them is gone."
            )?,
            (Some(last), None) => writeln!(
                out,
                "{} entries fit one another; the hash of the last one is {}.",
                last.id,
                hexadecimal(last)
            )?,
            (None, None) => writeln!(out, "There is no entry.")?,
        }
    }
    out.flush()?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(out: &mut impl Write, entry: &AuditEntry, json: bool) -> io::Result<()> {
    let AuditEntry { id, at, actor, action, object, details, hash: _ } = entry;
    if json {
        let details: Value = serde_json::from_str(details).unwrap_or_default();
        let line = json!({
            "id": id, "at": at, "actor": actor, "action": action, "object": object,
            "details": details, "hash": hexadecimal(entry),
        });
        return writeln!(out, "{line}");
    }
    let time = at.format("%Y-%m-%d %H:%M:%S");
    writeln!(out, "{id:>6} {time} {actor:<24} {action:<16} {object} {details}")
}

fn hexadecimal(entry: &AuditEntry) -> String {
    data_encoding::HEXLOWER.encode(&entry.hash)
}

impl From<&PersonError> for u8 {
    /// The exit code: what was typed is wrong, or what is there does not allow it.
    fn from(error: &PersonError) -> Self {
        match error {
            PersonError::Email(_) | PersonError::Name(_) | PersonError::Scope(_) => super::USAGE,
            _ => 1,
        }
    }
}
