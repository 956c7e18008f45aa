//! `/compte`: signing in, what one may do, who speaks for whom.
//!
//! | file | holds |
//! |---|---|
//! | [`handler`] | forms in, pages and redirects out |
//! | [`page`] | what the pages show |

pub mod handler;
pub mod page;
