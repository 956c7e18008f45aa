//! Errors as pages.

use askama::Template;

use crate::http::{
    page::{history::HistoryStep, layout::Layout},
    text::texts::Texts,
};

/// 400, 404, 500, 503… for somebody who came with a browser.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "page/error.html")]
pub struct ErrorPage {
    /// The frame; `no_index` should be set.
    pub layout: Layout,
    /// The HTTP status.
    pub status: u16,
    /// What exactly was wrong, already in the page's language; the general text where there is none.
    pub detail: Option<String>,
    /// The number of the request, for a 500.
    pub request_id: Option<String>,
    /// What became of a record that was removed, newest first.
    pub history: Vec<HistoryStep>,
    /// Where each value that it had is told.
    pub history_path: Option<String>,
}

impl ErrorPage {
    /// In a frame, with nothing to say yet.
    pub fn new(layout: Layout) -> Self {
        Self { layout, ..Self::default() }
    }

    /// The general text of the status; other statuses use those of 400 or 500.
    pub fn message(&self, part: &str) -> &'static str {
        let texts = Texts::of(self.layout.language);
        let class = if self.status < 500 { 400 } else { 500 };
        texts
            .find(&format!("error.{}.{part}", self.status))
            .or_else(|| texts.find(&format!("error.{class}.{part}")))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_something_to_say() {
        for status in [400, 404, 405, 410, 429, 500, 503] {
            let page = ErrorPage { status, ..ErrorPage::default() };
            assert!(!page.message("title").is_empty());
            assert!(page.render().unwrap().contains(page.message("title")));
        }
    }
}
