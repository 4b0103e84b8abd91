//! `/api/v1/deployments`

pub mod cancel;
pub mod get;
pub mod list;
pub mod request;
pub mod roll_back;

use super::Instant;
use crate::http::AppState;
use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get as get_route, post},
};
use http::header;
use serde::Serialize;
use slipway_api_types::deployments::DeploymentRow;
use utoipa::ToSchema;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/deployments", get_route(list::list_deployments).post(request::request_deployment))
        .route("/api/v1/deployments/{id}", get_route(get::get_deployment))
        .route("/api/v1/deployments/{id}/roll-back", post(roll_back::roll_back_to_deployment))
        .route("/api/v1/deployments/{id}/cancel", post(cancel::cancel_deployment))
}

/// One artifact going to one environment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deployment {
    id: String,
    /// The service's name.
    service: String,
    /// Counts up per service; people say "v41".
    number: i64,
    environment: String,
    /// `pending`, `rolling-out`, `verifying`, `succeeded`, `rolling-back`, `rolled-back`, `failed`, `superseded` or `cancelled`.
    state: &'static str,
    /// `planned`, `hotfix`, `rollback` or `config`.
    intent: &'static str,
    /// The commit, shortened.
    revision: String,
    /// The digest, shortened.
    digest: String,
    /// A tag or version for people.
    version: Option<String>,
    /// Why, in a person's words.
    reason: Option<String>,
    /// The number that a rollback returns to.
    rollback_of: Option<i64>,
    requested_by: String,
    requested_at: Instant,
    /// When the current state began.
    state_since: Instant,
    finished_at: Option<Instant>,
    /// Why it failed, in a sentence.
    cause: Option<String>,
    /// Its page for people.
    page: String,
}

impl From<DeploymentRow> for Deployment {
    fn from(row: DeploymentRow) -> Self {
        Self {
            id: row.id,
            service: row.service.title,
            number: row.number,
            environment: row.environment,
            state: row.state.as_str(),
            intent: row.intent.as_str(),
            revision: row.revision,
            digest: row.digest,
            version: row.version,
            reason: row.reason,
            rollback_of: row.rollback_of,
            requested_by: row.requested_by,
            requested_at: Instant::from_millis(row.requested_at),
            state_since: Instant::from_millis(row.state_since),
            finished_at: row.finished_at.map(Instant::from_millis),
            cause: row.cause,
            page: row.href,
        }
    }
}

/// 201, with the address where the deployment can be followed.
fn created(row: DeploymentRow) -> Response {
    let address = format!("/api/v1/deployments/{}", row.id);
    (StatusCode::CREATED, [(header::LOCATION, address)], Json(Deployment::from(row))).into_response()
}
