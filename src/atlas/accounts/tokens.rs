//! Tokens: what somebody shows to be let in.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::{
    domain::{Role, TokenRecord},
    storage::{Database, StorageError, TokenHash},
};

/// What every token begins with, so that one is recognised where it should not be.
const PREFIX: &str = "atlas_";
/// Bytes of chance in a token.
const LENGTH: usize = 32;
/// Letters of a name, at most.
const NAME_LENGTH: usize = 80;

/// Why a token was not made or not revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is nothing to call somebody by.
    #[error(
        "“{0}” cannot be the name of a token: write 1 to {NAME_LENGTH} letters, digits or signs, \
         without a space at either end"
    )]
    Name(String),
    /// Somebody has it.
    #[error(
        "there is a token called “{0}” already: choose another name, or revoke that one first \
         with atlas token revoke"
    )]
    NameTaken(String),
    /// Nobody has it.
    #[error("no valid token is called “{0}”; atlas token list shows those there are")]
    Unknown(String),
    /// The system gave no random numbers.
    #[error("cannot make a token: the system gives no random numbers ({0})")]
    Random(String),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Makes a token, which is told here and never again.
pub fn create(database: &mut Database, name: &str, role: Role) -> Result<String, TokenError> {
    let letters = name.chars().count();
    if letters == 0
        || letters > NAME_LENGTH
        || name.trim() != name
        || name.chars().any(char::is_control)
    {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect();
        return Err(TokenError::Name(shown));
    }
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(|error| TokenError::Random(error.to_string()))?;
    let token = format!("{PREFIX}{}", BASE32_NOPAD.encode(&random).to_lowercase());
    if database.create_token(name, role, &hash(&token))? {
        Ok(token)
    } else {
        Err(TokenError::NameTaken(name.to_owned()))
    }
}

/// Makes a token worth nothing; whoever shows it from now on is refused.
pub fn revoke(database: &mut Database, name: &str) -> Result<(), TokenError> {
    if database.revoke_token(name)? { Ok(()) } else { Err(TokenError::Unknown(name.to_owned())) }
}

/// Who shows this token; nobody where it is unknown or revoked.
pub fn verify(database: &mut Database, token: &str) -> Result<Option<TokenRecord>, StorageError> {
    database.verify_token(&hash(token))
}

/// A fast hash is enough: there are 2²⁵⁶ tokens, which nobody can try, unlike passwords. It is
/// looked up by its index, whose time tells about the hash and nothing about the token.
fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
