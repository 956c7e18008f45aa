//! A filter on its way through a search, with what cancels the search.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, Weak},
};

use super::Filter;

/// A filter, and the token that cancels its evaluation.
#[derive(Debug, Clone, Default)]
pub struct Query {
    filter: Filter,
    cancellation: CancellationToken,
}

impl Query {
    /// A filter that is evaluated until the token is cancelled.
    pub fn new(filter: Filter, cancellation: CancellationToken) -> Self {
        Self { filter, cancellation }
    }

    /// Another filter under the same token.
    #[must_use]
    pub fn with(&self, filter: Filter) -> Self {
        Self { filter, cancellation: self.cancellation.clone() }
    }

    /// What cancels the evaluation.
    pub(super) fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }
}

/// A filter that is evaluated to its end.
impl From<Filter> for Query {
    fn from(filter: Filter) -> Self {
        Self { filter, cancellation: CancellationToken::default() }
    }
}

impl Deref for Query {
    type Target = Filter;

    fn deref(&self) -> &Filter {
        &self.filter
    }
}

/// Tells work that its result is not needed any more; never, by default.
#[derive(Clone, Default)]
pub struct CancellationToken(Option<Weak<()>>);

/// Cancels its tokens when it is dropped.
#[derive(Debug, Default)]
pub struct CancellationGuard(Arc<()>);

impl CancellationGuard {
    /// A token that is cancelled with this guard.
    pub fn token(&self) -> CancellationToken {
        CancellationToken(Some(Arc::downgrade(&self.0)))
    }
}

impl CancellationToken {
    /// Whether the result is not needed any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|guard| guard.strong_count() == 0)
    }
}

impl fmt::Debug for CancellationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CancellationToken").field(&self.is_cancelled()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cancelled_with_their_guard() {
        let guard = CancellationGuard::default();
        let token = guard.token();
        assert!(!token.is_cancelled() && !CancellationToken::default().is_cancelled());
        drop(guard);
        assert!(token.is_cancelled());
    }
}
