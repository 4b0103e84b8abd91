use super::Placement;
use crate::http::rest::{Api, Failure, Problem, Query};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_api_types::services::ServiceQuery;
use slipway_services::{Slipway, fleet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Part of the name.
    q: Option<String>,
    /// The owning team's entity reference.
    owner: Option<String>,
    /// Name of a configured runtime.
    runtime: Option<String>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Services {
    /// By name, at most fifty.
    items: Vec<ServiceSummary>,
    /// Where the next part begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many there are in all.
    total: i64,
}

/// A service and what runs where.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceSummary {
    name: String,
    /// The owning team.
    owner: String,
    /// By environment's order.
    placements: Vec<Placement>,
}

/// List services
#[utoipa::path(
    get,
    path = "/api/v1/services",
    tag = "services",
    params(Parameters),
    responses((status = 200, description = "A part of the list", body = Services), (status = 422, description = "A parameter is wrong", body = Problem))
)]
pub async fn list_services(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Services>, Failure> {
    let query = ServiceQuery {
        q: parameters.q.unwrap_or_default(),
        owner: parameters.owner.unwrap_or_default(),
        runtime: parameters.runtime.unwrap_or_default(),
        cursor: parameters.cursor.unwrap_or_default(),
    };
    let page = fleet::list(&slipway, &caller, &query).await?;
    let items = page.items.into_iter().map(|row| ServiceSummary {
        name: row.name,
        owner: row.owner.title,
        placements: row.placements.into_iter().map(Placement::from).collect(),
    });
    Ok(Json(Services { items: items.collect(), next: page.next, total: page.total }))
}
