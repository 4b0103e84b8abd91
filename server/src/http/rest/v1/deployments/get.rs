use super::Deployment;
use crate::http::rest::{Api, Failure, Problem, v1::Instant};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use serde_json::Value;
use slipway_domain::deployment::Lane;
use slipway_services::{Slipway, deployments};
use std::sync::Arc;
use utoipa::ToSchema;

/// A deployment with everything that was seen of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeploymentDetail {
    #[serde(flatten)]
    deployment: Deployment,
    /// Full commit SHA.
    full_revision: String,
    /// `image@digest`.
    image: String,
    /// What runs: command, port, variables, names of secrets, CPU, memory, replicas, health path.
    #[schema(value_type = Object)]
    workload: Value,
    /// Why it failed, with the mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureCause>,
    /// Oldest first.
    timeline: Vec<Line>,
}

/// Why a deployment failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureCause {
    /// Stable: `image-not-found`, `crash`, `unhealthy`, `quota`, `denied`, `timeout`, `other`…
    code: String,
    /// What happened, as the runtime said it.
    message: String,
    /// What a person can do.
    mend: String,
}

/// One thing that was seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    at: Instant,
    /// Who spoke: the portal, the runtime, a probe…
    #[schema(value_type = String)]
    lane: Lane,
    message: String,
    /// Whether it is bad news.
    warning: bool,
}

/// Read a deployment and its timeline
#[utoipa::path(
    get,
    path = "/api/v1/deployments/{id}",
    tag = "deployments",
    params(("id" = String, Path, description = "The deployment")),
    responses((status = 200, description = "The deployment", body = DeploymentDetail), (status = 404, description = "No such deployment", body = Problem))
)]
pub async fn get_deployment(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
) -> Result<Json<DeploymentDetail>, Failure> {
    let page = deployments::page(&slipway, &caller, &id).await?;
    let line = |line: slipway_api_types::deployments::TimelineLine| Line {
        at: Instant::from_millis(line.at),
        lane: line.lane,
        message: line.message,
        warning: line.warning,
    };
    Ok(Json(DeploymentDetail {
        deployment: page.row.into(),
        full_revision: page.revision,
        image: page.image,
        // A workload is plain data and always has a JSON form.
        workload: serde_json::to_value(page.workload).unwrap_or_default(),
        failure: page.cause.map(|cause| FailureCause { code: cause.code, message: cause.message, mend: cause.mend }),
        timeline: page.timeline.into_iter().map(line).collect(),
    }))
}
