//! AWS as a Slipway runtime: Amazon ECS on Fargate ([`EcsRuntime`]) and AWS App Runner ([`AppRunnerRuntime`]).
//!
//! The adapters keep no state that matters: what they need to know of a service they read from its tags, its task
//! definition and its operations, so that any process can go on where another one died.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod access;
mod app_runner;
mod ecs;
mod error;
mod tags;

pub use access::Credentials;
pub use app_runner::{AppRunnerConfig, AppRunnerRuntime, marks as app_runner_marks};
pub use ecs::{EcsConfig, EcsRuntime};
pub use tags::of as tags;
