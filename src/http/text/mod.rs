//! The words that users read: nothing here knows a page.
//!
//! | file | holds |
//! |---|---|
//! | [`texts`] | the catalogue of every text, from `static/text/` |
//! | [`format`] | numbers and dates as each language writes them |
//! | [`page_text`] | text in a page, escaped |
//! | [`grammar`] | French articles, and lists in words |

pub mod format;
pub mod grammar;
pub(crate) mod page_text;
pub mod texts;
