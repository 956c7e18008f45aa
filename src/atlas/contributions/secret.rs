//! How an author without an account follows what they proposed: a link that nobody can guess. What
//! is kept is its hash.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use super::ContributionError;

/// Bytes of chance in a secret.
const LENGTH: usize = 16;

/// A new secret, which is told once.
pub(super) fn make() -> Result<String, ContributionError> {
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(|error| ContributionError::Random(error.to_string()))?;
    Ok(BASE32_NOPAD.encode(&random).to_lowercase())
}

/// What is kept of it.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a secret has this hash, in the same time whatever differs.
pub(super) fn fits(secret: &str, kept: &[u8]) -> bool {
    let own = hash(secret);
    let differing = own.iter().zip(kept).fold(0, |all, (one, other)| all | (one ^ other));
    kept.len() == own.len() && differing == 0
}

/// Where a proposal came from, so that it can be told again without being known.
pub(super) fn client_hash(register: &[u8], client: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(register);
    hash.update(client);
    let mut cut = [0; 16];
    cut.copy_from_slice(&hash.finalize()[..16]);
    cut
}
