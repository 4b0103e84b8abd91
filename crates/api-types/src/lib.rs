//! What crosses the wire between browser and server, and the one error type.
//!
//! Pages are data structures: a screen is a function from one of these to a view. Instants are epoch milliseconds; every page
//! carries `now`, the server's clock, so that ages are right on machines whose clock is not.
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod any;
pub mod catalog;
pub mod create;
pub mod deployments;
pub mod digest;
pub mod error;
pub mod home;
pub mod incidents;
pub mod insights;
pub mod search;
pub mod services;
pub mod settings;
pub mod sources;
pub mod upgrades;
pub mod viewer;
#[cfg(feature = "server-fn")]
pub mod wire;

pub use error::{AppError, ErrorCode, FieldError};
