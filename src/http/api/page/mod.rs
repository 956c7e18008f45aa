//! The resources of the API as pages: the same data and the same links, to be read.
//!
//! [`fill`] makes the page from the document, [`chips`] its filters; [`view`] is the page, with its
//! template.

pub mod chips;
pub mod fill;
pub mod view;
