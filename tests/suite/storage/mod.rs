//! One story of the register's records, told on both databases: written, read, changed, removed,
//! brought back; what happens when it goes wrong, and when two want to write at once.

mod records;
pub mod samples;
mod schema;
mod tokens;
mod turns;
