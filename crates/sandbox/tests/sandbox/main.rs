//! The sandbox through the real SDK clients.

mod app_runner;
mod ecs;
mod kubernetes;
mod restart;
mod support;
