use super::Placement;
use crate::http::rest::{Api, Failure, Problem};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use slipway_services::{Slipway, fleet};
use std::sync::Arc;
use utoipa::ToSchema;

/// A service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Service {
    name: String,
    description: String,
    /// The owning team.
    owner: String,
    /// Its component's entity reference.
    entity: String,
    /// By environment's order, with health.
    placements: Vec<Placement>,
    /// Where its repository is cloned from, when Slipway hosts it.
    clone_url: Option<String>,
}

/// Read a service with its placements and their health
#[utoipa::path(
    get,
    path = "/api/v1/services/{name}",
    tag = "services",
    params(("name" = String, Path, description = "The service's name")),
    responses((status = 200, description = "The service", body = Service), (status = 404, description = "No such service", body = Problem))
)]
pub async fn get_service(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(name): Path<String>,
) -> Result<Json<Service>, Failure> {
    let page = fleet::page(&slipway, &caller, &name).await?;
    Ok(Json(Service {
        name: page.name,
        description: page.description,
        owner: page.owner.title,
        entity: page.entity.title,
        placements: page.placements.into_iter().map(Placement::from).collect(),
        clone_url: page.repository.map(|repository| repository.clone_url),
    }))
}
