//! `/collectivites`: from what somebody calls their authority to its page.

pub mod handler;
pub mod page;
