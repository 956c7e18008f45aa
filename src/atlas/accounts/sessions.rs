//! Browsers that are signed in: a session is known by a secret in a cookie, which is no token.

use chrono::Utc;
use serde_json::json;

use super::{Accounts, AccountsError, secret, tokens};
use crate::{
    domain::{Account, AccountRecord, Grant, Identity, SessionRecord},
    storage::{Audit, Database, Owner, StorageError},
};

/// What every secret of a session begins with.
const PREFIX: &str = "atlas_session_";

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub account: Account,
    /// How.
    pub record: SessionRecord,
}

/// A session that has just begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Whose it is.
    pub account: Account,
    /// What the cookie holds.
    pub secret: String,
}

impl Accounts {
    /// Signs in by a token; nobody where it is unknown, revoked or expired. `agent` is what the
    /// browser says of itself.
    pub fn sign_in(&self, token: &str, agent: &str) -> Result<Option<NewSession>, AccountsError> {
        let mut database = self.writers.take()?;
        let Some(token) = tokens::verify(&mut database, token)? else { return Ok(None) };
        self.open(&mut database, &Owner::Token(token), agent).map(Some)
    }

    /// Begins a session.
    pub(super) fn open(
        &self,
        database: &mut Database,
        owner: &Owner,
        agent: &str,
    ) -> Result<NewSession, AccountsError> {
        let account = account(database, owner)?;
        let secret = secret::make(PREFIX)?;
        let ends = (self.ends.idle, Utc::now() + self.ends.lifetime);
        let audit = Audit {
            actor: account.name.clone(),
            action: "sign-in",
            object: object(&account),
            details: json!({"browser": browser(agent)}),
        };
        database.change_accounts(|writer| {
            writer.open_session(&secret::hash(&secret), owner, &browser(agent), ends)?;
            writer.audit(&audit)
        })?;
        Ok(NewSession { account, secret })
    }

    /// The session with a secret; none where it has ended, or never was.
    pub fn session(&self, secret: &str) -> Result<Option<Session>, AccountsError> {
        let mut database = self.readers.take()?;
        let found = database.session(&secret::hash(secret), self.ends.idle)?;
        let Some((record, owner)) = found else { return Ok(None) };
        Ok(Some(Session { account: account(&mut database, &owner)?, record }))
    }

    /// The sessions of whoever has one, the one used last first.
    pub fn sessions(&self, account: &Account) -> Result<Vec<SessionRecord>, AccountsError> {
        let mut database = self.readers.take()?;
        let owner = owner(&mut database, account)?;
        let found = owner.map(|owner| database.sessions(&owner, self.ends.idle)).transpose()?;
        Ok(found.unwrap_or_default())
    }

    /// Ends a session of somebody; whether they have it.
    pub fn end_session(&self, account: &Account, id: i64) -> Result<bool, AccountsError> {
        if !self.sessions(account)?.iter().any(|session| session.id == id) {
            return Ok(false);
        }
        let audit = Audit {
            actor: account.name.clone(),
            action: "end-session",
            object: object(account),
            details: json!({}),
        };
        Ok(self.writers.take()?.change_accounts(|writer| {
            writer.audit(&audit)?;
            writer.end_session(id)
        })?)
    }

    /// The person of an account.
    pub fn person(&self, account: &Account) -> Result<Option<AccountRecord>, AccountsError> {
        let Identity::Person(id) = account.identity else { return Ok(None) };
        Ok(self.readers.take()?.account(id)?)
    }

    /// Ends the session with a secret, if there is one.
    pub fn sign_out(&self, secret: &str) -> Result<(), AccountsError> {
        let mut database = self.writers.take()?;
        let found = database.session(&secret::hash(secret), self.ends.idle)?;
        let Some((record, owner)) = found else { return Ok(()) };
        let account = account(&mut database, &owner)?;
        let audit = Audit {
            actor: account.name.clone(),
            action: "sign-out",
            object: object(&account),
            details: json!({}),
        };
        database.change_accounts(|writer| {
            writer.end_session(record.id)?;
            writer.audit(&audit)
        })?;
        Ok(())
    }
}

/// Who somebody is, with what they may do today.
fn account(database: &mut Database, owner: &Owner) -> Result<Account, StorageError> {
    Ok(match owner {
        Owner::Token(token) => token.clone().into(),
        Owner::Person(person) => {
            let given = database.grants(person.id)?.into_iter().map(|record| record.grant);
            let mut grants: Vec<Grant> = given.collect();
            for membership in database.memberships_of(&person.email)? {
                grants.extend(membership.grants().iter().cloned());
            }
            let grants = grants.into_iter().collect();
            Account { name: person.name.clone(), identity: Identity::Person(person.id), grants }
        }
    })
}

/// Whose the sessions of somebody are.
fn owner(database: &mut Database, account: &Account) -> Result<Option<Owner>, StorageError> {
    Ok(match account.identity {
        Identity::Person(id) => database.account(id)?.map(Owner::Person),
        Identity::Token(_) => database.valid_token(&account.name)?.map(Owner::Token),
    })
}

/// What the audit calls somebody.
pub(super) fn object(account: &Account) -> String {
    match account.identity {
        Identity::Token(_) => format!("token {}", account.name),
        Identity::Person(id) => format!("account {id}"),
    }
}

/// A browser in two words, of what it says of itself: nothing more of it is kept.
fn browser(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    let words: Vec<&str> = [find(&BROWSERS), find(&SYSTEMS)].into_iter().flatten().collect();
    words.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_name() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox), "Firefox · Linux");
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge · Windows");
        assert_eq!(browser("<script>"), "");
    }
}
