//! Who may do what: tokens, and the roles that they carry.

pub mod tokens;
