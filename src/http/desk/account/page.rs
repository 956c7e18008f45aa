//! The pages of an account: signing in, the page of a link, and what somebody may do.

use askama::Template;

use crate::{
    atlas::accounts::{SignInLink, memberships, scopes},
    domain::{
        Account, AccountMembership, AccountRecord, Grant, MembershipState, Role, SessionRecord,
    },
    http::{desk::import::list::Notice, page::layout::Layout},
};

/// `/compte` for somebody who has not signed in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/account/account_sign_in.html")]
pub struct AccountSignInPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// Whether a mail is on its way.
    pub is_sent: bool,
}

impl AccountSignInPage {
    /// Where the forms go.
    pub fn action(&self) -> String {
        format!("{}/session", self.layout.account_path())
    }
}

/// The page of a link to sign in: one button, since programs that check mails follow links.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/account/account_link.html")]
pub struct LinkPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// Whose it is.
    pub link: SignInLink,
    /// A name that was typed.
    pub name: String,
}

/// `/compte` for somebody who is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/account/account.html")]
pub struct AccountPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// Who.
    pub account: Account,
    /// The person; none for a token.
    pub person: Option<AccountRecord>,
    /// The number of the session that asks.
    pub current: Option<i64>,
    /// All sessions.
    pub sessions: Vec<SessionRecord>,
    /// All memberships that may be seen, newest first.
    pub memberships: Vec<AccountMembership>,
    /// What was typed into the form to ask, where it was refused.
    pub asked: AskedMembership,
}

/// The form to ask for a membership.
#[derive(Debug, Clone, Default)]
pub struct AskedMembership {
    /// `authority` or `country`.
    pub kind: String,
    /// Name or code.
    pub place: String,
    /// What somebody is there.
    pub role: String,
    /// How it can be known.
    pub proof: String,
    /// Who is invited.
    pub email: String,
    /// The last day.
    pub until: String,
}

impl AccountPage {
    /// A path of these pages.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.layout.account_path())
    }

    /// The key of what kind of account it is.
    pub fn role_key(&self) -> String {
        format!("import.role.{}", self.account.role().map_or("person", Role::code))
    }

    /// What a capability is called.
    pub fn capability(&self, grant: &&Grant) -> String {
        self.layout.text(&format!("account.may.{}", grant.capability.code())).to_owned()
    }

    /// What somebody may do, each with of what.
    pub fn grants(&self) -> Vec<&Grant> {
        self.account.grants.iter().collect()
    }

    /// What a scope is called.
    pub fn scope(&self, scope: &crate::domain::Scope) -> String {
        let label = scopes::label(scope, self.layout.language);
        label.unwrap_or_else(|| self.layout.text("account.everything").to_owned())
    }

    fn is_own(&self, membership: &AccountMembership) -> bool {
        self.person.as_ref().is_some_and(|person| person.email == membership.email)
    }

    /// Their own memberships.
    pub fn own(&self) -> Vec<&AccountMembership> {
        self.memberships.iter().filter(|membership| self.is_own(membership)).collect()
    }

    /// Memberships that wait for them to decide, the oldest first.
    pub fn waiting(&self) -> Vec<&AccountMembership> {
        let waiting = self.memberships.iter().rev().filter(|membership| {
            membership.state == MembershipState::Asked
                && !self.is_own(membership)
                && self.decides(membership)
        });
        waiting.collect()
    }

    /// Those who speak for the same, or in their place.
    pub fn others(&self) -> Vec<&AccountMembership> {
        let others = self.memberships.iter().filter(|membership| {
            membership.state != MembershipState::Asked && !self.is_own(membership)
        });
        others.collect()
    }

    fn decides(&self, membership: &AccountMembership) -> bool {
        memberships::decides(&self.account.grants, &membership.scope)
    }

    /// Whether somebody may be invited: whoever speaks for something may.
    pub fn can_invite(&self) -> bool {
        let mut own = self.memberships.iter().filter(|membership| self.is_own(membership));
        own.any(|membership| membership.state == MembershipState::Active)
    }

    /// The key of what a state is called.
    pub fn state_key(&self, membership: &&AccountMembership) -> String {
        format!("account.state.{}", membership.state.code())
    }

    /// Whether one was invited.
    pub fn is_invited(&self, membership: &&AccountMembership) -> bool {
        membership.state == MembershipState::Invited
    }

    /// Whether it can be ended.
    pub fn can_end(&self, membership: &&AccountMembership) -> bool {
        matches!(membership.state, MembershipState::Invited | MembershipState::Active)
    }

    /// A day in words.
    pub fn day(&self, at: &chrono::DateTime<chrono::Utc>) -> String {
        self.layout.date(&at.format("%Y-%m-%d").to_string())
    }

    /// Until when, in words.
    pub fn until(&self, until: &Option<chrono::NaiveDate>) -> Option<String> {
        let day = self.layout.date(&until.as_ref()?.to_string());
        Some(self.layout.fill("account.until", "day", &day))
    }

    /// Whether a session is the one that asks.
    pub fn is_current(&self, session: &&SessionRecord) -> bool {
        self.current == Some(session.id)
    }
}
