use super::Artifact;
use crate::http::rest::{Api, Failure, Problem, Query};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_services::{Slipway, artifacts};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Whose artifacts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The service's name.
    service: String,
}

/// A service's artifacts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Artifacts {
    /// Newest first, at most a hundred.
    items: Vec<Artifact>,
}

/// List a service's artifacts
#[utoipa::path(
    get,
    path = "/api/v1/artifacts",
    tag = "artifacts",
    params(Parameters),
    responses((status = 200, description = "Newest first", body = Artifacts), (status = 404, description = "No such service", body = Problem))
)]
pub async fn list_artifacts(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Artifacts>, Failure> {
    let found = artifacts::list(&slipway, &caller, &parameters.service).await?;
    let items = found.into_iter().map(|artifact| Artifact::new(&parameters.service, artifact)).collect();
    Ok(Json(Artifacts { items }))
}
