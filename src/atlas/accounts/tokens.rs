//! Tokens: what somebody shows to be let in.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{names, scopes, secret};
use crate::{
    domain::{Role, Scope, TokenRecord},
    storage::{Audit, Database, NewToken, StorageError},
};

/// What every token begins with, so that one is recognised where it should not be.
const PREFIX: &str = "atlas_";

/// A token that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenWish {
    /// Whose it is.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// Of what it allows that.
    pub scope: Scope,
    /// From when on it is worth nothing.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why a token was not made or not revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is nothing to call somebody by.
    #[error(
        "“{0}” cannot be the name of a token: write 1 to {max} letters, digits or signs, \
         without a space at either end and without @",
        max = names::MAX_LENGTH
    )]
    Name(String),
    /// Somebody has it.
    #[error(
        "there is a token or an account called “{0}” already: choose another name, or revoke that one first \
         with atlas token revoke"
    )]
    NameTaken(String),
    /// Nobody has it.
    #[error("no valid token is called “{0}”; atlas token list shows those there are")]
    Unknown(String),
    /// The system gave no random numbers.
    #[error("cannot make a token: {0}")]
    Random(#[from] secret::RandomError),
    /// There is no such place.
    #[error(transparent)]
    Scope(#[from] scopes::UnknownPlace),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Makes a token, which is told here and never again; `by` whom is kept.
pub fn create(database: &mut Database, wish: &TokenWish, by: &str) -> Result<String, TokenError> {
    let TokenWish { name, role, scope, expires_at } = wish;
    if let Err(shown) = names::check(name) {
        return Err(TokenError::Name(shown));
    }
    let scope = scopes::known(scope)?;
    let token = secret::make(PREFIX)?;
    let new = NewToken {
        name: name.clone(),
        role: *role,
        scope,
        expires_at: *expires_at,
        hash: secret::hash(&token),
    };
    let audit = Audit {
        actor: by.to_owned(),
        action: "create-token",
        object: format!("token {name}"),
        details: json!({
            "role": role.code(), "scope": new.scope.to_string(), "expires_at": expires_at,
        }),
    };
    database.change_accounts(|writer| {
        if !writer.create_token(&new)? {
            return Err(TokenError::NameTaken(name.clone()));
        }
        Ok(writer.audit(&audit)?)
    })?;
    Ok(token)
}

/// Makes a token worth nothing and ends its sessions; whoever shows it from now on is refused.
pub fn revoke(database: &mut Database, name: &str, by: &str) -> Result<(), TokenError> {
    let audit = Audit {
        actor: by.to_owned(),
        action: "revoke-token",
        object: format!("token {name}"),
        details: json!({}),
    };
    database.change_accounts(|writer| {
        if !writer.revoke_token(name)? {
            return Err(TokenError::Unknown(name.to_owned()));
        }
        Ok(writer.audit(&audit)?)
    })
}

/// Who shows this token; nobody where it is unknown, revoked or expired.
pub fn verify(database: &mut Database, token: &str) -> Result<Option<TokenRecord>, StorageError> {
    database.verify_token(&secret::hash(token))
}
