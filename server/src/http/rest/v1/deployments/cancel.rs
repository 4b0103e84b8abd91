use crate::http::rest::{Api, Failure, Problem};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use slipway_services::{Slipway, deployments};
use std::sync::Arc;

/// Cancel a deployment
///
/// Only while it is pending. Needs the scope `deploy`.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/cancel",
    tag = "deployments",
    params(("id" = String, Path, description = "The deployment")),
    responses(
        (status = 204, description = "It is cancelled"),
        (status = 404, description = "No such deployment", body = Problem),
        (status = 409, description = "It has begun", body = Problem),
    )
)]
pub async fn cancel_deployment(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    deployments::cancel(&slipway, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
