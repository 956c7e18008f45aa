//! Keeping a register safe.
//!
//! | file | holds |
//! |---|---|
//! | `backup.rs` | a register as one file, and back |
//! | `check.rs` | whether everything in a register fits together |

pub mod backup;
pub mod check;
