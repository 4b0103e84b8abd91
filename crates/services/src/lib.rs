//! One function per user intention: authorise, change, audit and enqueue in one transaction; and the reconcilers.
//!
//! Browser, REST, CLI and git call only these. A rule enforced anywhere else is a defect.
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod about;
pub mod accounts;
pub mod artifacts;
pub mod audit;
pub mod caller;
pub mod catalog;
pub mod create;
pub mod csv;
pub mod demo;
pub mod deployments;
pub mod environments;
pub mod errors;
pub mod fleet;
pub mod home;
pub mod import;
pub mod incidents;
pub mod ingest;
pub mod insights;
pub mod people;
pub mod reconcile;
pub mod repositories;
pub mod search;
pub mod slipway;
pub mod sources;
pub mod subscriptions;
pub mod tokens;
pub mod upgrades;
pub mod verdicts;
mod views;
mod zone;

pub use caller::{Caller, Door};
pub use errors::Result;
pub use slipway::{Endpoint, Runtimes, Scaffolding, Settings, Slipway, Wake};
