//! The tests that go through the house.

#![allow(
    unreachable_pub,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it expects by failing, and what it skipped by printing"
)]

mod bad_files;
mod reading;
mod twin_cities;
