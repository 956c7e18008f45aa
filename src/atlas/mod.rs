//! Floor 3: the use cases. Whoever changes the register does it here.
//!
//! | room | holds |
//! |---|---|
//! | [`register`] | the door: plan, commit, revert, history, and what was committed is published |
//! | [`imports`] | from a file to a plan to one transaction; files and jobs |
//! | [`accounts`] | who may do what |
//! | [`contributions`] | corrections, proposals, confirmations |
//! | [`maintenance`] | backup, restore, check |
//! | [`export`] | a selection as one file, or as a set of tiles |
//!
//! `imports` and `accounts` know `register`, `maintenance` and `contributions` know `imports` too;
//! else no room knows another.

pub mod accounts;
pub mod contributions;
pub mod export;
pub mod imports;
pub mod maintenance;
pub mod register;
