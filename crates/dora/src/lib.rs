//! The five DORA metrics, computed exactly as definition `dora-idp/1` says: events in, explained numbers out.
//!
//! Pure: no clock, no IO, no randomness. The same events give the same numbers in whatever order and however often
//! they arrive, and a wider window leaves every past week as it was (give `as_of` for failures that are still open).
//!
//! - One service: [`compute`], or [`Analysis`] for several views of the same events.
//! - A team or an organisation: [`compute_scope`], or [`ScopeAnalysis`]. Pooled, never averaged.
//! - Charts: [`Analysis::weekly`], and whether the last week is a signal: [`charts`]. Two periods: [`periods`].
//! - One by one, each with what was decided of it: [`ScopeAnalysis::deployments`], [`ScopeAnalysis::delivered`].
//! - From what is kept of each day, without the events: [`rollup`]. The same numbers.
//! - Why a number is what it is: [`Analysis::explain`]. What may make it look better than it is: [`hints`].
//! - The same events as other tools compute them: [`definitions`]. Benchmarks, as data: [`bands`].
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod bands;
mod calendar;
pub mod charts;
mod config;
pub mod definitions;
mod events;
mod examples;
pub mod explain;
mod facts;
pub mod grade;
mod graph;
pub mod hints;
mod id;
mod instant;
mod link;
mod list;
mod measure;
mod metrics;
mod normalise;
pub mod periods;
mod reach;
mod real;
pub mod rollup;
pub mod sample;
mod scope;
pub mod stats;
pub mod trend;
mod view;

pub use config::{ATTRIBUTION_WINDOW_RANGE_S, Config, ConfigError, DEFAULT_ATTRIBUTION_WINDOW_S};
pub use events::{Cause, Change, ChangeKind, Deployment, Events, Incident, Input, Sources, Status, Tier, Verdict};
pub use examples::{InputError, compute_examples};
pub use explain::{Explanation, Metric, Reason};
pub use facts::{FailedBy, Kind};
pub use graph::{CommitGraph, CommitGraphBuilder, CycleError};
pub use id::Id;
pub use instant::{Instant, InstantError};
pub use link::Trust;
pub use list::{Delivered, Judged};
pub use metrics::{Bucket, Coverage, DEFINITION, FailRate, Frequency, LeadTime, Metrics, Recovery, Rework, Stages};
pub use real::{Whole, real};
pub use scope::{
    Analysis, DayRange, Quartiles, ScopeAnalysis, ScopeMetrics, ServiceInput, Spread, compute, compute_scope,
};
pub use trend::WeekPoint;
