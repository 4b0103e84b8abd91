//! Git hosting.
//!
//! [`EmbeddedForge`] keeps bare repositories in a folder and needs nothing but the `git` program; [`http`] serves them to
//! real Git clients over smart HTTP, without knowing any web framework. [`history`] reads repositories that live elsewhere;
//! [`Source`] opens what the catalogue reads.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod branches;
mod commit;
mod embedded;
mod git;
pub mod history;
pub mod http;
mod log;
mod merge;
mod name;
mod repository;
mod source;
mod trees;

pub use embedded::EmbeddedForge;
pub use history::{Clone, Scope, Tag};
pub use http::{Completion, Protocol, RefUpdate, Rpc, Service};
pub use source::Source;
