//! The page that shows the description of the API.

use askama::Template;

use crate::http::page::layout::Layout;

/// The API, operation by operation, with a form for each that asks this server.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "openapi/docs/docs.html")]
pub(crate) struct DocsPage {
    /// The frame.
    pub(crate) layout: Layout,
}
