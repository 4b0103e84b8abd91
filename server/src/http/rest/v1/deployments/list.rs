use super::Deployment;
use crate::http::rest::{Api, Failure, Problem, Query, extract::limit};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_api_types::deployments::DeploymentQuery;
use slipway_services::{Slipway, deployments};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What the history is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The service's name.
    service: Option<String>,
    /// The environment's name.
    environment: Option<String>,
    /// A state, or `active` for all that are not over.
    state: Option<String>,
    /// The owning team's entity reference.
    owner: Option<String>,
    /// How many, 1 to 100; 50 when left out.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// A part of the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deployments {
    /// Newest first.
    items: Vec<Deployment>,
    /// Where the next part begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List deployments
#[utoipa::path(
    get,
    path = "/api/v1/deployments",
    tag = "deployments",
    params(Parameters),
    responses((status = 200, description = "A part of the history", body = Deployments), (status = 422, description = "A parameter is wrong", body = Problem))
)]
pub async fn list_deployments(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Deployments>, Failure> {
    let limit = limit(parameters.limit.as_deref(), 50, 100)?;
    let query = DeploymentQuery {
        service: parameters.service.unwrap_or_default(),
        environment: parameters.environment.unwrap_or_default(),
        state: parameters.state.unwrap_or_default(),
        owner: parameters.owner.unwrap_or_default(),
        cursor: parameters.cursor.unwrap_or_default(),
    };
    let page = deployments::list(&slipway, &caller, &query, limit).await?;
    Ok(Json(Deployments { items: page.items.into_iter().map(Deployment::from).collect(), next: page.next }))
}
