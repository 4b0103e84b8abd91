//! Version 1. Fields are added, never renamed or removed.

pub mod artifacts;
pub mod catalog;
pub mod deployments;
pub mod insights;
pub mod services;
pub mod upgrades;

use crate::http::AppState;
use axum::Router;
use serde::Serialize;
use slipway_domain::time::Timestamp;
use utoipa::ToSchema;

/// Every resource.
pub fn router() -> Router<AppState> {
    Router::new()
        .merge(catalog::router())
        .merge(artifacts::router())
        .merge(deployments::router())
        .merge(insights::router())
        .merge(services::router())
        .merge(upgrades::router())
}

/// An instant, RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(into = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T03:31:18.250Z")]
pub struct Instant(Timestamp);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(Timestamp::from_millis(millis))
    }
}

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.0.to_rfc3339()
    }
}
