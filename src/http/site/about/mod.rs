//! `/a-propos`: method, sources, licence, accessibility, privacy.

pub mod handler;
pub mod page;
