//! What tokens and accounts are called. A name is public where its work is, so that it is no mail
//! address.

/// Letters of a name, at most.
pub(super) const MAX_LENGTH: usize = 80;

/// Whether a text can be a name; else what can be shown of it.
pub(super) fn check(name: &str) -> Result<(), String> {
    let letters = name.chars().count();
    if (1..=MAX_LENGTH).contains(&letters)
        && name.trim() == name
        && !name.contains('@')
        && !name.chars().any(char::is_control)
    {
        return Ok(());
    }
    Err(name.chars().filter(|c| !c.is_control()).take(MAX_LENGTH).collect())
}
