//! What no client takes more of than there is.
//!
//! | module | bounds |
//! |---|---|
//! | [`in_flight`] | how many bytes of answers clients have not taken yet |
//! | [`rates`] | how many requests a client may send |
//! | [`attempts`] | how often somebody may try to be let in |
//! | [`concurrency_limit`] | how many expensive tasks run at a time |

pub mod attempts;
pub mod concurrency_limit;
pub mod in_flight;
pub mod rates;
