//! What sharing a view takes: files, citation, QR code, frame for other sites.

pub mod handler;
pub mod page;
