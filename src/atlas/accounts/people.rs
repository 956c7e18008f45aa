//! Accounts of people: made, given and taken what they may do, disabled.

use chrono::NaiveDate;
use serde_json::json;

use super::{email, names, scopes};
use crate::{
    domain::{AccountRecord, Capability, Grant, Language, Scope},
    storage::{AccountWriter, Audit, Database, NewAccount, StorageError},
};

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// No mail can go there.
    #[error("“{0}” is no mail address")]
    Email(String),
    /// The name is nothing to call somebody by.
    #[error(
        "“{0}” cannot be the name of an account: write 1 to {max} letters, digits or signs, \
         without a space at either end and without @, for names are public",
        max = names::MAX_LENGTH
    )]
    Name(String),
    /// Somebody has it.
    #[error(
        "there is an account with this address, or an account or token called “{0}”, already; \
         atlas account list shows those there are"
    )]
    Taken(String),
    /// Nobody has it.
    #[error("there is no account of {0}; atlas account list shows those there are")]
    Unknown(String),
    /// It was disabled.
    #[error("the account of {0} is disabled")]
    Disabled(String),
    /// It was not given.
    #[error("the account has no such capability; atlas account list shows what it has")]
    NotGiven,
    /// There is no such place.
    #[error(transparent)]
    Scope(#[from] scopes::UnknownPlace),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Makes an account; its number. `by` whom is kept.
pub fn create(
    database: &mut Database,
    (address, name): (&str, &str),
    language: Language,
    by: &str,
) -> Result<i64, PersonError> {
    let email = email::parse(address).ok_or_else(|| PersonError::Email(address.to_owned()))?;
    names::check(name).map_err(PersonError::Name)?;
    let new = NewAccount { email, name: name.to_owned(), language };
    database.change_accounts(|writer| {
        let made = writer.create_account(&new)?;
        let id = made.ok_or_else(|| PersonError::Taken(name.to_owned()))?;
        writer.audit(&Audit {
            actor: by.to_owned(),
            action: "create-account",
            object: format!("account {id}"),
            details: json!({"name": name}),
        })?;
        Ok(id)
    })
}

/// Gives an account a capability until the end of a day.
pub fn grant(
    database: &mut Database,
    address: &str,
    grant: &Grant,
    until: Option<NaiveDate>,
    by: &str,
) -> Result<(), PersonError> {
    let Grant { capability, scope } = grant;
    let grant = Grant { capability: *capability, scope: scopes::known(scope)? };
    database.change_accounts(|writer| {
        let account = find(writer, address)?;
        if account.disabled_at.is_some() {
            return Err(PersonError::Disabled(account.email));
        }
        writer.grant(account.id, &grant, until, by)?;
        Ok(writer.audit(&Audit {
            actor: by.to_owned(),
            action: "grant",
            object: format!("account {}", account.id),
            details: json!({
                "capability": capability.code(), "scope": grant.scope.to_string(), "until": until,
            }),
        })?)
    })
}

/// Takes a capability from an account: of one scope, or all of it.
pub fn revoke(
    database: &mut Database,
    address: &str,
    (capability, scope): (Capability, Option<&Scope>),
    by: &str,
) -> Result<(), PersonError> {
    let scope = scope.map(scopes::known).transpose()?.map(|scope| scope.to_string());
    database.change_accounts(|writer| {
        let account = find(writer, address)?;
        if writer.revoke_grant(account.id, capability, scope.as_deref())? == 0 {
            return Err(PersonError::NotGiven);
        }
        Ok(writer.audit(&Audit {
            actor: by.to_owned(),
            action: "revoke",
            object: format!("account {}", account.id),
            details: json!({"capability": capability.code(), "scope": scope}),
        })?)
    })
}

/// Disables an account; its sessions end.
pub fn disable(database: &mut Database, address: &str, by: &str) -> Result<(), PersonError> {
    database.change_accounts(|writer| {
        let account = find(writer, address)?;
        if !writer.disable_account(account.id)? {
            return Err(PersonError::Disabled(account.email));
        }
        Ok(writer.audit(&Audit {
            actor: by.to_owned(),
            action: "disable-account",
            object: format!("account {}", account.id),
            details: json!({}),
        })?)
    })
}

fn find(writer: &mut AccountWriter<'_>, address: &str) -> Result<AccountRecord, PersonError> {
    let unknown = || PersonError::Unknown(address.to_owned());
    let email = email::parse(address).ok_or_else(unknown)?;
    writer.person(&email)?.ok_or_else(unknown)
}
