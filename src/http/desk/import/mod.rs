//! The pages of importers.
//!
//! | file | holds |
//! |---|---|
//! | [`handler`], [`forms`] | pages and redirects out; what their forms do |
//! | [`list`] | signing in, giving a file, what was imported |
//! | [`page`], [`rows`], [`plan`] | one import: its state, what is wrong, what it changes |
//! | [`document`] | an import as the API tells it |

pub mod document;
pub mod forms;
pub mod handler;
pub mod list;
pub mod page;
pub mod plan;
pub mod rows;
