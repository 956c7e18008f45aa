//! The public pages: what they hold and how they are written.
//!
//! A page is a plain struct of owned values (a *view model*) with an askama template beside it
//! in `templates/`. Nothing here knows the register: a handler fills the struct from its
//! snapshot and calls `render()`. Everything users read comes from [`texts`], so that French
//! and English cannot drift apart; everything that comes from data is escaped by askama.
//!
//! | file | holds |
//! |---|---|
//! | [`layout`] | the frame of every page: head, header, footer |
//! | [`map`] | the map's page: filters, sentence, list |
//! | [`map_view`], [`timeline`] | the map itself, and the years under it |
//! | [`view`], [`table`], [`charts`], [`flow_chart`] | the other forms of the same selection |
//! | [`import_list`], [`import`] | importing: sign in, give a file; one import |
//! | [`import_rows`], [`import_plan`] | of one import: what is wrong, what it changes |
//! | [`import_document`] | an import as the API tells it |
//! | [`partnership`] | the record of one partnership |
//! | [`api`] | any resource of the API |
//! | [`place`] | the page of an authority, a country, a région, a theme |
//! | [`partnerships`] | the list of partnerships with its filters |
//! | [`comparison`] | two places or themes side by side |
//! | [`about`] | method, sources, licence, accessibility, privacy |
//! | [`checks`] | the filters that find records to check |
//! | [`list_item`] | a row of a list |
//! | [`listing`] | lists of partnerships on other pages than the map's |
//! | [`picture`] | the small map that the server draws |
//! | [`share`] | how a view is cited, downloaded, shown elsewhere |
//! | [`preview`] | the picture for those who share a page, the map for print |
//! | [`history`] | what changed in a partnership |
//! | [`data`] | the data to take away |
//! | [`docs`] | the description of the API |
//! | [`error`] | 404 and other errors |
//! | [`summary`] | the sentence that says what is shown |
//! | [`format`], [`grammar`] | numbers, dates and French articles |
//!
//! The browser's modules (`static/app/`) fetch these same pages and exchange their parts, so
//! that list, counts and sentence are written once, here, with and without JavaScript.

pub mod about;
pub mod api;
pub mod charts;
pub mod checks;
pub mod comparison;
pub mod data;
pub mod docs;
pub mod error;
pub mod flow_chart;
pub mod format;
pub mod grammar;
pub mod history;
pub mod import;
pub mod import_document;
pub mod import_list;
pub mod import_plan;
pub mod import_rows;
pub mod layout;
pub mod list_item;
pub mod listing;
pub mod map;
pub mod map_view;
pub mod partnership;
pub mod partnerships;
pub mod picture;
pub mod place;
pub mod preview;
pub mod share;
pub mod summary;
pub mod table;
pub mod texts;
pub mod timeline;
pub mod view;

pub use about::AboutPage;
pub use api::ApiPage;
pub use comparison::ComparisonPage;
pub use docs::DocsPage;
pub use error::ErrorPage;
pub use history::{HistoryCell, HistoryStep};
pub use import::{ImportPage, ImportView};
pub use import_document::{
    CellChange, ImportChange, ImportColumn, ImportDocument, ImportFailure, ImportIssue,
    ImportPlace, ImportPlan, ImportProgress, ImportRequest, ImportRow, ImportRows, MassRemoval,
};
pub use import_list::{ImportListPage, Notice, SignInPage, Visitor};
pub use import_rows::{CellView, RowView};
pub use layout::Layout;
pub use list_item::ListItem;
pub use map::{ActiveFilter, Facet, FacetValue, MapPage, Totals};
pub use partnership::{
    CollectivityView, DataFormat, PartnerView, PartnershipPage, ThemeView, Verification,
};
pub use partnerships::PartnershipsPage;
pub use place::{PlaceKind, PlacePage};
pub use texts::Texts;
pub use timeline::Timeline;
pub use view::View;
