//! What somebody shows to be let in: made of chance, kept as a hash.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::storage::TokenHash;

/// Bytes of chance in a secret.
const LENGTH: usize = 32;

/// The system gave no random numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers ({0})")]
pub struct RandomError(String);

/// A new secret that begins so.
pub(super) fn make(prefix: &str) -> Result<String, RandomError> {
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(|error| RandomError(error.to_string()))?;
    Ok(format!("{prefix}{}", BASE32_NOPAD.encode(&random).to_lowercase()))
}

/// A fast hash is enough: there are 2²⁵⁶ secrets, which nobody can try, unlike passwords. It is
/// looked up by its index, whose time tells about the hash and nothing about the secret.
pub(super) fn hash(secret: &str) -> TokenHash {
    Sha256::digest(secret.as_bytes()).into()
}
