//! `/`.

use crate::{
    create::{RunRow, WaitingRun},
    deployments::DeploymentRow,
    insights::DoraPanel,
    services::ServiceRow,
};
use serde::{Deserialize, Serialize};

/// How many placements are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCounts {
    /// Runs as wanted and answers.
    pub healthy: i64,
    /// Runs, but not as wanted.
    pub degraded: i64,
    /// Does not serve.
    pub failing: i64,
    /// Nobody has looked, or not lately.
    pub unknown: i64,
}

/// `/`: mine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomePage {
    /// The server's clock.
    pub now: i64,
    /// First name or display name.
    pub greeting: String,
    /// Over all services.
    pub health: HealthCounts,
    /// Services of the viewer's teams (the first twenty of all, for people without a team).
    pub services: Vec<ServiceRow>,
    /// Whether `services` are the viewer's own.
    pub mine: bool,
    /// Deployments that are not over, newest first, at most ten.
    pub active: Vec<DeploymentRow>,
    /// The latest eight.
    pub recent: Vec<DeploymentRow>,
    /// The viewer's runs that are not over or failed, newest first, at most five.
    pub runs: Vec<RunRow>,
    /// Runs that wait for the viewer's word, oldest first, at most five.
    pub waiting: Vec<WaitingRun>,
    /// Delivery metrics of the viewer's teams, for leads; of the organisation otherwise.
    pub dora: DoraPanel,
    /// Whose: a team's title or "The organisation".
    pub dora_scope: String,
    /// That team's entity reference; empty for the organisation.
    pub dora_owner: String,
}
