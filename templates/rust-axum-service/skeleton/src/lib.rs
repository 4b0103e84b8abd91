//! The service as a library, so that the tests start it just as `main` does.
//!
//! A request goes through [`observe`] (request id, trace, log line, metrics), then the limits in [`http`],
//! then a handler. [`server`] owns starting and stopping.

pub mod config;
pub mod error;
pub mod health;
pub mod http;
pub mod metrics;
pub mod observe;
pub mod server;
pub mod telemetry;
