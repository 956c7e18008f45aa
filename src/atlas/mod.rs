//! Floor 3: the use cases. A file becomes a plan, a plan becomes one transaction, and what was
//! committed is published: whoever changes the register does it here.

pub mod demo;
pub mod export;
pub mod import;
pub mod publish;
pub mod report;
mod resolve;
mod values;

pub use import::{Import, ImportError, Report};
pub use publish::Publisher;
