//! Floor 4: what a browser or a GIS asks. Handlers extract, make one call, reply.
//!
//! ```text
//! desk     what one signs in for: the pages of importers
//! site     the public pages, each handler beside its page and its template
//! api      OGC API, tiles, exports, imports, session: one file a resource
//! openapi  the description of the API, from the annotations of its handlers
//! page     what pages share: frame, errors, filters and sentence of a selection
//! web      plumbing: middleware, negotiation, conditional requests, caches, auth, problems
//! text     the words that users read, numbers, dates and articles
//! ```
//!
//! A room imports from those below it (`api` and `openapi` know each other). Each room lists its
//! own addresses in its `routes()`; [`server`] puts them together.

pub mod api;
pub mod desk;
pub mod openapi;
pub mod page;
pub mod server;
pub mod site;
pub mod text;
pub mod web;

pub use api::health::drain;
pub use server::{Doors, Limits, Listeners, SLACK, serve};
pub use web::{
    about::{About, Basemap, Licence},
    address::{Addressing, Network, PublicAddress},
};
