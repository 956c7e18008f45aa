//! Who can help, and who pays: lists with filters, the page of a scheme and of an actor, three
//! questions that lead to both, and what the register does for the policy it serves.
//!
//! | file | holds |
//! |---|---|
//! | [`page`] | what all these pages are made of |
//! | [`entry`] | a scheme or an actor in a list, its state and its date in words |
//! | [`form`] | filters and questions |
//! | [`funding`], [`actors`], [`services`], [`white_paper`] | the pages |
//! | [`act_here`] | what fits the subject of another page |
//! | [`months`] | the calendar of the months to come |
//! | [`calendar`] | calls as iCalendar and as Atom |
//! | [`linked_data`] | actors and schemes in the words of schema.org |

pub mod act_here;
pub mod actors;
pub mod calendar;
pub mod entry;
pub mod form;
pub mod funding;
pub mod linked_data;
pub mod months;
pub mod page;
pub mod services;
pub mod white_paper;
