//! What pages share, whichever room they are in.
//!
//! | file | holds |
//! |---|---|
//! | [`layout`] | the frame of every page: head, header, footer |
//! | [`site_page`] | the pages, each declared once: addresses, menu, sitemap |
//! | [`addresses`] | all addresses in both languages |
//! | [`reply`] | from a request to the frame, from a page to the response |
//! | [`error`], [`history`] | 404 and other errors; what changed in a partnership |
//! | [`language`] | to the page in the language that is asked for |
//! | [`query`] | what the address of a page asks for: filters, selection, sentence |
//! | [`selection`] | what pages say of a selection: its filters, its totals |
//! | [`mails`] | the mails that people get |
//! | [`summary`], [`checks`] | the sentence that says what is shown; filters that find records to check |

pub mod addresses;
pub mod checks;
pub mod error;
pub mod history;
pub mod language;
pub mod layout;
pub(crate) mod mails;
pub mod query;
pub mod reply;
pub mod selection;
pub mod site_page;
pub mod summary;
