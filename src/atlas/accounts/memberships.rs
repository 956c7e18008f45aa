//! Who speaks for an authority, or for what is done in a country: asked for with a proof and decided
//! about, or invited by whoever speaks for it already; until a date; ended by either side.

use chrono::{Months, NaiveDate, Utc};
use serde_json::json;

use super::{Accounts, AccountsError, MailText, email, scopes};
use crate::{
    domain::{
        Account, AccountMembership, Capability, Grants, Language, MembershipDecision,
        MembershipState, Scope,
    },
    reference::collectivities::Collectivities,
    storage::{AccountWriter, Audit, NewMail, NewMembership, StorageError},
};

/// Letters of a role and of a reason, and of a proof, at most.
const MAX_LENGTH: usize = 200;
const MAX_PROOF: usize = 2_000;
/// How long a mail about a decision is tried, in months.
const MAIL_LIFETIME: Months = Months::new(1);

/// A membership that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipWish {
    /// Of what.
    pub scope: Scope,
    /// Who is invited; none where somebody asks for themselves.
    pub email: Option<String>,
    /// What somebody is there.
    pub role: String,
    /// How it can be known.
    pub proof: String,
    /// The last day of it.
    pub until: Option<NaiveDate>,
}

/// What is decided about a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionWish {
    /// What.
    pub decision: MembershipDecision,
    /// Why, for whoever it is about.
    pub reason: Option<String>,
    /// The last day of it, where it is not the one that was asked for.
    pub until: Option<NaiveDate>,
}

/// Why a membership is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// Nobody can speak for it.
    #[error("a membership is of an authority or of a country that there is")]
    Scope,
    /// A text is missing or too long.
    #[error("the field {0} is missing, too long or no such thing")]
    Field(&'static str),
    /// It is asked for by a token.
    #[error("memberships are for people, and a token is none")]
    NoPerson,
    /// One of the same waits or holds.
    #[error("there is such a membership already")]
    Taken,
    /// There is none, as far as whoever asks may know.
    #[error("there is no such membership")]
    Unknown,
    /// Whoever asks may not do this.
    #[error("this is for others to do")]
    NotAllowed,
    /// It is in another state.
    #[error("the membership is {}", .0.code())]
    State(MembershipState),
    /// The database.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

impl From<StorageError> for MembershipError {
    fn from(error: StorageError) -> Self {
        Self::Accounts(error.into())
    }
}

/// A mail about a membership, for whoever it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipNews {
    /// What it has become.
    pub membership: AccountMembership,
    /// Of the mail.
    pub language: Language,
}

/// What records of an authority or country have in common: whoever may decide about one of these may
/// decide about its memberships.
pub fn wider(scope: &Scope) -> Vec<Scope> {
    let mut all = vec![scope.clone()];
    if let Scope::Authority(code) = scope
        && let Some(found) = Collectivities::bundled().by_code(code, None)
    {
        all.extend(found.collectivity.department.clone().map(Scope::Department));
        all.extend(found.collectivity.region.clone().map(Scope::Region));
    }
    all
}

/// Whether somebody decides about memberships of a scope.
pub fn decides(grants: &Grants, scope: &Scope) -> bool {
    grants.allow(Capability::Moderate, &wider(scope))
}

impl Accounts {
    /// The memberships that somebody may see: their own, those of what they speak for, and those
    /// that they decide about; newest first.
    pub fn memberships(&self, account: &Account) -> Result<Vec<AccountMembership>, AccountsError> {
        let person = self.person(account)?;
        let mut database = self.readers.take()?;
        let own = match &person {
            Some(person) => database.memberships_of(&person.email)?,
            None => Vec::new(),
        };
        let spoken_for = |scope: &Scope| {
            own.iter().any(|own| own.state == MembershipState::Active && own.scope == *scope)
        };
        let others = database.open_memberships()?.into_iter().filter(|membership| {
            let is_own = person.as_ref().is_some_and(|person| person.email == membership.email);
            let concerns =
                decides(&account.grants, &membership.scope) || spoken_for(&membership.scope);
            !is_own && concerns
        });
        let mut all: Vec<AccountMembership> = others.collect();
        all.extend(own);
        all.sort_by_key(|membership| std::cmp::Reverse(membership.id));
        Ok(all)
    }

    /// Asks for a membership, or invites somebody to one; its number. `write` writes the mail to
    /// whoever is invited.
    pub fn ask_membership(
        &self,
        account: &Account,
        wish: &MembershipWish,
        write: impl FnOnce(&MembershipNews) -> MailText,
    ) -> Result<i64, MembershipError> {
        let person = self.person(account)?.ok_or(MembershipError::NoPerson)?;
        let new = checked(wish, (&person.email, &person.name))?;
        let is_invitation = new.state == MembershipState::Invited;
        if is_invitation {
            let own = self.readers.take()?.memberships_of(&person.email)?;
            let speaks = own
                .iter()
                .any(|own| own.state == MembershipState::Active && own.scope == new.scope);
            if !speaks && !decides(&account.grants, &new.scope) {
                return Err(MembershipError::NotAllowed);
            }
        }
        self.writers.take()?.change_accounts(|writer| {
            let id = writer.add_membership(&new)?.ok_or(MembershipError::Taken)?;
            writer.audit(&Audit {
                actor: account.name.clone(),
                action: if is_invitation { "invite" } else { "ask-membership" },
                object: format!("membership {id}"),
                details: json!({"scope": new.scope.to_string(), "until": new.until}),
            })?;
            if is_invitation {
                let membership = writer.membership(id)?.ok_or(MembershipError::Unknown)?;
                tell(writer, membership, person.language, write)?;
            }
            Ok(id)
        })
    }

    /// Decides about a membership: whoever decides in its place accepts, refuses and revokes;
    /// whoever was invited accepts or refuses; whoever speaks for the same revokes; and everybody
    /// may leave. `write` writes the mail to whoever it is about.
    pub fn decide_membership(
        &self,
        account: &Account,
        id: i64,
        wish: &DecisionWish,
        write: impl FnOnce(&MembershipNews) -> MailText,
    ) -> Result<AccountMembership, MembershipError> {
        let person = self.person(account)?;
        let own = match &person {
            Some(person) => self.readers.take()?.memberships_of(&person.email)?,
            None => Vec::new(),
        };
        let DecisionWish { decision, reason, until } = wish;
        if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_LENGTH) {
            return Err(MembershipError::Field("reason"));
        }
        self.writers.take()?.change_accounts(|writer| {
            let membership = writer.membership(id)?.ok_or(MembershipError::Unknown)?;
            let is_own = person.as_ref().is_some_and(|person| person.email == membership.email);
            let decides = decides(&account.grants, &membership.scope);
            let speaks = own
                .iter()
                .any(|own| own.state == MembershipState::Active && own.scope == membership.scope);
            if !is_own && !decides && !speaks {
                return Err(MembershipError::Unknown);
            }
            let may = match (decision, membership.state) {
                // nobody accepts what they have asked for themselves
                (MembershipDecision::Accept, MembershipState::Asked) => decides && !is_own,
                (MembershipDecision::Accept, _) => is_own,
                (MembershipDecision::Refuse, _) => is_own || decides,
                (MembershipDecision::Revoke, _) => is_own || decides || speaks,
            };
            let after = membership.state.after(*decision);
            let after = after.ok_or(MembershipError::State(membership.state))?;
            if !may {
                return Err(MembershipError::NotAllowed);
            }
            let until = until.or(membership.until);
            let by = (account.name.as_str(), reason.as_deref());
            writer.decide_membership(id, (after, until), by)?;
            writer.audit(&Audit {
                actor: account.name.clone(),
                action: "decide-membership",
                object: format!("membership {id}"),
                details: json!({
                    "scope": membership.scope.to_string(), "decision": decision.code(), "until": until,
                }),
            })?;
            let membership = writer.membership(id)?.ok_or(MembershipError::Unknown)?;
            if !is_own {
                tell(writer, membership.clone(), Language::French, write)?;
            }
            Ok(membership)
        })
    }
}

/// A wish that can be kept.
fn checked(
    wish: &MembershipWish,
    (own, name): (&str, &str),
) -> Result<NewMembership, MembershipError> {
    let MembershipWish { scope, email, role, proof, until } = wish;
    let scope = scopes::known(scope).map_err(|_| MembershipError::Scope)?;
    if !matches!(scope, Scope::Authority(_) | Scope::Country(_)) {
        return Err(MembershipError::Scope);
    }
    let is_text = |text: &str, most: usize| {
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        text.chars().count() <= most && !text.chars().any(is_control)
    };
    let role = role.trim();
    if role.is_empty() || !is_text(role, MAX_LENGTH) {
        return Err(MembershipError::Field("role"));
    }
    let proof = proof.trim();
    let invited = match email {
        Some(text) => Some(email::parse(text).ok_or(MembershipError::Field("email"))?),
        None => None,
    };
    if !is_text(proof, MAX_PROOF) || (invited.is_none() && proof.is_empty()) {
        return Err(MembershipError::Field("proof"));
    }
    if until.is_some_and(|until| until < Utc::now().date_naive()) {
        return Err(MembershipError::Field("until"));
    }
    let state = if invited.is_some() { MembershipState::Invited } else { MembershipState::Asked };
    Ok(NewMembership {
        email: invited.unwrap_or_else(|| own.to_owned()),
        scope,
        state,
        role: role.to_owned(),
        proof: proof.to_owned(),
        until: *until,
        asked_by: name.to_owned(),
    })
}

/// Has a mail sent to whoever a membership is of, in their language where they have an account.
fn tell(
    writer: &mut AccountWriter<'_>,
    membership: AccountMembership,
    language: Language,
    write: impl FnOnce(&MembershipNews) -> MailText,
) -> Result<(), StorageError> {
    let known = writer.person(&membership.email)?;
    let language = known.map_or(language, |person| person.language);
    let recipient = membership.email.clone();
    let MailText { subject, body } = write(&MembershipNews { membership, language });
    let expires_at = Utc::now() + MAIL_LIFETIME;
    writer.queue_mail(&NewMail { recipient, subject, body, expires_at })
}
