//! Signing in by a link that a mail brings: it works once, and for a quarter of an hour. Whether an
//! address has an account is told to nobody but whoever reads its mails: everything is the same
//! until the link is used, and the account is made then where there was none.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::{Accounts, AccountsError, NewSession, names, secret};
use crate::{
    domain::Language,
    storage::{Audit, NewAccount, NewMail, Owner, StorageError},
};

/// What every secret of a link begins with.
const PREFIX: &str = "atlas_link_";
/// How long a link works.
pub const LINK_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Subject and body of a mail, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// One line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Whose a link is that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// The address that it was sent to.
    pub email: String,
    /// What the account of the address is called, where there is one.
    pub name: Option<String>,
}

/// Why nobody is signed in by a link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It was used, is too old, or never was.
    #[error("the link cannot be used any more")]
    Gone,
    /// The name is nothing to call somebody by.
    #[error("the name cannot be that of an account")]
    Name,
    /// Somebody has it.
    #[error("there is an account or a token of this name")]
    NameTaken,
    /// Why nobody is signed in at all.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

impl From<StorageError> for LinkError {
    fn from(error: StorageError) -> Self {
        Self::Accounts(error.into())
    }
}

impl Accounts {
    /// Has a link sent to an address; `write` writes the mail, in a language and with the link's
    /// secret. Takes the same steps whether the address has an account or not.
    pub fn send_link(
        &self,
        address: &str,
        language: Language,
        write: impl FnOnce(Language, &str) -> MailText,
    ) -> Result<(), AccountsError> {
        let mut database = self.writers.take()?;
        let secret = secret::make(PREFIX)?;
        let expires_at = Utc::now() + LINK_LIFETIME;
        database.change_accounts(|writer| {
            let known = writer.person(address)?;
            let MailText { subject, body } =
                write(known.map_or(language, |person| person.language), &secret);
            writer.add_link(&secret::hash(&secret), address, expires_at)?;
            writer.queue_mail(&NewMail { recipient: address.to_owned(), subject, body, expires_at })
        })?;
        Ok(())
    }

    /// Whose a link is, which stays as it is; none where it cannot be used.
    pub fn link(&self, secret: &str) -> Result<Option<SignInLink>, AccountsError> {
        let mut database = self.readers.take()?;
        let Some(email) = database.link(&secret::hash(secret))? else { return Ok(None) };
        let people = database.person(&email)?;
        Ok(Some(SignInLink { name: people.map(|person| person.name), email }))
    }

    /// Uses a link: signs in whoever it was sent to, and makes an account of this name where the
    /// address has none. The link stays as it is where the name cannot be taken.
    pub fn sign_in_by_link(
        &self,
        secret: &str,
        (name, language): (&str, Language),
        agent: &str,
    ) -> Result<NewSession, LinkError> {
        let mut database = self.writers.take()?;
        let person = database.change_accounts(|writer| {
            let email = writer.use_link(&secret::hash(secret))?.ok_or(LinkError::Gone)?;
            if let Some(person) = writer.person(&email)? {
                return Ok(person);
            }
            let name = name.trim();
            names::check(name).map_err(|_| LinkError::Name)?;
            let new = NewAccount { email: email.clone(), name: name.to_owned(), language };
            let id = writer.create_account(&new)?.ok_or(LinkError::NameTaken)?;
            writer.audit(&Audit {
                actor: name.to_owned(),
                action: "create-account",
                object: format!("account {id}"),
                details: json!({"name": name}),
            })?;
            writer.person(&email)?.ok_or(LinkError::Gone)
        })?;
        if person.disabled_at.is_some() {
            return Err(LinkError::Gone);
        }
        Ok(self.open(&mut database, &Owner::Person(person), agent)?)
    }
}
