//! Slipway's words as types.
//!
//! Everything here is pure: values, their invariants and the decisions that follow from them. There is no IO, no clock and
//! no randomness, so that the server, the browser and tests share one meaning.
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod access;
pub mod artifact;
pub mod build;
pub mod catalog;
pub mod deployment;
pub mod environment;
pub mod health;
pub mod ids;
pub mod note;
pub mod plan;
pub mod runtime;
pub mod scaffold;
pub mod time;
pub mod upgrade;
pub mod workload;
