//! Floor 3: the use cases. A file becomes a plan, a plan becomes one transaction, and what was
//! committed is published: whoever changes the register does it here.

mod check;
pub mod demo;
mod doubts;
mod draft_profile;
pub mod examine;
pub mod export;
mod identify;
pub mod import;
pub mod publish;
mod read;
pub mod report;
mod resolve;
mod values;

pub use draft_profile::draft_profile;
pub use examine::{Examined, examine};
pub use import::{Import, ImportError, Report};
pub use publish::Publisher;
