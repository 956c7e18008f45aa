//! The page that shows the description of the API.

use askama::Template;

use super::Layout;

/// The API, operation by operation, with a form for each that asks this server.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "docs.html")]
pub struct DocsPage {
    /// The frame.
    pub layout: Layout,
}
