use super::{Deployment, created};
use crate::http::rest::{self, Api, Failure, Problem};
use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use slipway_services::{Slipway, deployments};
use std::sync::Arc;
use utoipa::ToSchema;

/// Why one goes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollBack {
    /// Why, in a person's words.
    reason: String,
}

/// Return to an earlier deployment
///
/// Makes a new deployment with the artifact and workload of this one, which must have succeeded and not be what runs. Needs the scope `deploy`.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/roll-back",
    tag = "deployments",
    params(("id" = String, Path, description = "The deployment to return to")),
    request_body = RollBack,
    responses(
        (status = 201, description = "It is asked for", body = Deployment),
        (status = 404, description = "No such deployment", body = Problem),
        (status = 409, description = "It cannot be returned to", body = Problem),
        (status = 422, description = "A field is wrong", body = Problem),
    )
)]
pub async fn roll_back_to_deployment(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
    rest::Json(body): rest::Json<RollBack>,
) -> Result<Response, Failure> {
    Ok(created(deployments::roll_back_to(&slipway, &caller, &id, &body.reason).await?))
}
