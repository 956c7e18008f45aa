//! Who waits for an answer.

use std::{
    fmt,
    sync::{Arc, Weak},
};

/// Whoever waits for an answer. Once they have gone, nothing more is worked out for them; for
/// nobody in particular, as by default, everything is worked out to its end.
#[derive(Clone, Default)]
pub struct Client(Option<Weak<()>>);

/// What somebody holds for as long as they wait.
#[derive(Debug)]
pub struct Waiting(Arc<()>);

impl Waiting {
    /// Somebody begins to wait.
    #[expect(clippy::new_without_default, reason = "nobody waits by default")]
    pub fn new() -> Self {
        Self(Arc::new(()))
    }

    /// Who waits, for those who work for them.
    pub fn client(&self) -> Client {
        Client(Some(Arc::downgrade(&self.0)))
    }
}

impl Client {
    /// Whether nobody waits any more.
    pub fn has_gone(&self) -> bool {
        self.0.as_ref().is_some_and(|waiting| waiting.strong_count() == 0)
    }
}

/// What is wanted is the same, whoever wants it.
impl PartialEq for Client {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_go_when_nobody_holds_their_place() {
        let waiting = Waiting::new();
        let client = waiting.client();
        assert!(!client.has_gone() && !Client::default().has_gone());
        drop(waiting);
        assert!(client.has_gone() && client == Client::default());
    }
}
