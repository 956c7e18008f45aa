//! Corrections that somebody proposes, and what becomes of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::PartnershipId;
use crate::domain::{Bilingual, Column, Columns, Scope};

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalState {
    /// Nobody has decided yet.
    Waiting,
    /// A moderator has asked its author something.
    Asked,
    /// All of it is in the register.
    Accepted,
    /// Some of it is.
    Partly,
    /// None of it is.
    Refused,
    /// Its author has taken it back.
    Withdrawn,
    /// The register says it already, or the record is gone.
    Outdated,
}

impl ProposalState {
    /// All of them, in the order of a proposal's life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Asked,
        Self::Accepted,
        Self::Partly,
        Self::Refused,
        Self::Withdrawn,
        Self::Outdated,
    ];

    /// Stable, lower case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Partly => "partly",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Outdated => "outdated",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether something is still to be decided.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Asked)
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident $code:literal $fr:literal $en:literal;)*) => {
        /// Why a moderator does not take what is proposed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Refusal { $($(#[$doc])* $variant,)* }

        impl Refusal {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable, kebab-case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What its author is told.
            pub fn label(self) -> Bilingual {
                match self { $(Self::$variant => [$fr, $en].into(),)* }
            }
        }
    };
}

refusals! {
    /// Nothing shows it.
    Unproven "unproven" "Rien ne l’atteste" "Nothing shows it";
    /// A better source says something else.
    Contradicted "contradicted" "Une source plus sûre dit autre chose" "A better source says otherwise";
    /// It belongs into another record.
    OtherRecord "other-record" "Cela concerne une autre fiche" "It is about another record";
    /// It is not about such a partnership.
    OutOfScope "out-of-scope" "Ce n’est pas l’objet du registre" "The register is not about this";
    /// It names a person who is not to be named.
    PersonalData "personal-data" "Le texte contient des données personnelles" "The text has personal data";
    /// Not clear enough to be taken.
    Unclear "unclear" "La proposition n’est pas assez claire" "The proposal is not clear enough";
}

impl Refusal {
    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }
}

/// A cell that is proposed, as texts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProposedCell {
    /// What the record said to its author.
    pub before: String,
    /// What it is to say.
    pub after: String,
}

/// What is decided about a part of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartVerdict {
    /// It is taken.
    Accepted,
    /// It is not.
    Refused(Refusal),
    /// It cannot be taken: the record says something else by now than its author saw.
    Collided,
}

impl PartVerdict {
    /// `accepted`, `collided`, or the code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused(refusal) => refusal.code(),
            Self::Collided => "collided",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "accepted" => Some(Self::Accepted),
            "collided" => Some(Self::Collided),
            _ => Refusal::from_code(code).map(Self::Refused),
        }
    }
}

/// A correction that somebody proposes, or a partnership that somebody declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Counted up from 1.
    pub id: i64,
    /// Who keeps the record.
    pub source: String,
    /// What its source calls it.
    pub key: String,
    /// The revision of the record that its author saw; 0 where there is none yet.
    pub base: i32,
    /// The title of the record when it was made.
    pub title: String,
    /// How far it is.
    pub state: ProposalState,
    /// What grants may be of that let somebody decide.
    pub scopes: Vec<Scope>,
    /// The cells, by their columns.
    pub cells: BTreeMap<Column, ProposedCell>,
    /// Why; never public.
    pub reason: String,
    /// Where that can be seen; never public.
    pub proof: Option<String>,
    /// The account of its author, if they were signed in.
    pub author: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was decided or withdrawn, or its author was asked something.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who did.
    pub ended_by: Option<String>,
    /// What was decided, by the columns that stand for parts.
    pub verdicts: BTreeMap<Column, PartVerdict>,
    /// What its author is told; never public.
    pub note: Option<String>,
    /// The changeset that took it.
    pub changeset: Option<i64>,
}

impl Proposal {
    /// The record that it is about, or that it is to make.
    pub fn record(&self) -> PartnershipId {
        PartnershipId::new(&self.source, &self.key)
    }

    /// Whether there is no record yet.
    pub fn is_new(&self) -> bool {
        self.base == 0
    }

    /// The columns that stand for the parts that it is about.
    pub fn parts(&self) -> Columns {
        self.cells.keys().filter_map(|column| column.part()).collect()
    }
}
