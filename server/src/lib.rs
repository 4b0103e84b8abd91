//! The server: the command line, configuration, composition and HTTP.
//!
//! Nothing depends on this crate. [`compose`] is the only place that decides which database, clouds and clock an instance works with.
#![recursion_limit = "256"]
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod cli;
pub mod compose;
pub mod config;
pub mod courier;
pub mod folders;
pub mod http;
pub mod preload;
pub mod prober;
pub mod secrets;
pub mod serve;
pub mod system;
pub mod telemetry;
