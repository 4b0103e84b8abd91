//! `/api/v1/services`

pub mod get;
pub mod list;

use super::Instant;
use crate::http::AppState;
use axum::{Router, routing::get as get_route};
use serde::Serialize;
use slipway_api_types::services::PlacementView;
use utoipa::ToSchema;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/services", get_route(list::list_services))
        .route("/api/v1/services/{name}", get_route(get::get_service))
}

/// Where a service runs in one environment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placement {
    environment: String,
    /// The configured runtime's name.
    runtime: String,
    /// How it is, and what that rests on.
    health: Health,
    /// Where it answers.
    url: Option<String>,
    /// Instances that can serve.
    ready: u32,
    /// Instances wanted.
    desired: u32,
    /// The id of the deployment that should be running.
    current: Option<String>,
    /// The id of the deployment that is on its way.
    under_way: Option<String>,
}

/// A state with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `healthy`, `degraded`, `failing` or `unknown`. Stale is unknown.
    state: &'static str,
    /// When it was last seen.
    seen_at: Option<Instant>,
    /// What it rests on.
    evidence: Vec<Evidence>,
}

/// One thing a state rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// Who said it.
    source: String,
    /// What was said.
    message: String,
    /// What that alone would mean.
    state: &'static str,
    at: Instant,
}

impl From<PlacementView> for Placement {
    fn from(view: PlacementView) -> Self {
        let evidence = view.health.evidence.into_iter().map(|evidence| Evidence {
            source: evidence.source,
            message: evidence.message,
            state: evidence.state.as_str(),
            at: evidence.at.into(),
        });
        Self {
            environment: view.environment,
            runtime: view.runtime,
            health: Health {
                state: view.health.state.as_str(),
                seen_at: view.health.seen_at.map(Instant::from_millis),
                evidence: evidence.collect(),
            },
            url: view.url,
            ready: view.ready,
            desired: view.desired,
            current: view.current.map(|row| row.id),
            under_way: view.active.map(|row| row.id),
        }
    }
}
