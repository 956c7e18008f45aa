//! The tests that go through the house: storage and import on both databases, HTTP against the
//! real server, files through GDAL. `tests/run` runs them with everything they need.

#![allow(
    unreachable_pub,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it expects by failing, and what it skipped by printing"
)]

mod accounts;
mod any_order;
mod api;
mod areas;
mod backup;
mod bad_files;
mod bad_input;
mod busy;
mod cells;
mod charts;
mod clients;
mod conformance;
mod contribution_pages;
mod contributions;
mod contributions_random;
mod cql2_naive;
mod cql2_register;
mod cql2_standard;
mod desktop_clients;
mod directory;
mod directory_files;
mod directory_pages;
mod directory_uses;
mod encodings;
mod exports;
mod fields;
mod filters;
mod floors;
mod flows;
mod gdal;
mod generated;
mod give_back;
mod gone;
mod gone_clients;
mod hostile_workbooks;
mod house;
mod http;
mod identity;
mod import_docs;
mod import_jobs;
mod import_pages;
mod import_survival;
mod import_uploads;
mod interruption;
mod journey;
mod languages;
mod linear_scan;
mod malformed;
mod merging;
mod messy;
mod mirror;
mod moments;
mod mvt;
mod openapi;
mod operation;
mod packaging;
mod pages_places;
mod partner_kinds;
mod patch;
mod pictures;
mod plain_geometry;
mod plan;
mod positions;
mod profiles;
mod proxy;
mod ranges;
mod reading;
mod real_data;
mod revert;
mod rights;
mod roles;
mod round_trip;
mod sample;
mod session;
mod several_sources;
mod share;
mod sign_in;
mod slow_clients;
mod storage;
mod suggest;
mod support;
mod tiles;
mod twin_cities;
mod typed_clients;
mod upgrade;
mod views;
mod workbooks;
