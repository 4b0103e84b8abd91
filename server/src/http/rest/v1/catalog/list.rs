use crate::http::rest::{Api, Failure, Problem, Query, extract::limit, v1::Instant};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_api_types::catalog::EntityQuery;
use slipway_ports::store::catalog::EntityRow;
use slipway_services::{Slipway, catalog};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Kind, any case: `component`.
    kind: Option<String>,
    /// Owner's entity reference: `group:default/payments`, or `payments`.
    owner: Option<String>,
    /// `spec.lifecycle`.
    lifecycle: Option<String>,
    /// Name of a configured runtime on which the service runs.
    runtime: Option<String>,
    /// Words to find, by prefix, in name, title, description, type, tags and owner.
    q: Option<String>,
    /// How many, 1 to 200; 50 when left out.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entities {
    /// By name.
    items: Vec<Entity>,
    /// Where the next part begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An entity without its document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entity {
    /// `component:default/checkout`.
    reference: String,
    /// Kind as written.
    kind: String,
    namespace: String,
    name: String,
    /// Title, or the name.
    title: String,
    description: String,
    /// Owner's entity reference.
    owner: Option<String>,
    /// `spec.type`.
    #[serde(rename = "type")]
    entity_type: Option<String>,
    /// `spec.lifecycle`.
    lifecycle: Option<String>,
    /// Why its latest version could not be taken; this is then the last good one.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    updated_at: Instant,
}

impl From<EntityRow> for Entity {
    fn from(row: EntityRow) -> Self {
        Self {
            reference: row.reference.to_string(),
            kind: row.kind,
            namespace: row.reference.namespace().to_owned(),
            name: row.name,
            title: row.title,
            description: row.description,
            owner: row.owner.map(|owner| owner.to_string()),
            entity_type: row.entity_type,
            lifecycle: row.lifecycle,
            error: row.error,
            updated_at: row.updated_at.into(),
        }
    }
}

/// List entities
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities",
    tag = "catalog",
    params(Parameters),
    responses((status = 200, description = "A part of the list", body = Entities), (status = 422, description = "A parameter is wrong", body = Problem))
)]
pub async fn list_entities(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Entities>, Failure> {
    let limit = limit(parameters.limit.as_deref(), 50, 200)?;
    let query = EntityQuery {
        q: parameters.q.unwrap_or_default(),
        kind: parameters.kind.unwrap_or_default(),
        owner: parameters.owner.unwrap_or_default(),
        lifecycle: parameters.lifecycle.unwrap_or_default(),
        runtime: parameters.runtime.unwrap_or_default(),
        cursor: parameters.cursor.unwrap_or_default(),
    };
    let page = catalog::rows(&slipway, &caller, &query, limit).await?;
    Ok(Json(Entities { items: page.items.into_iter().map(Entity::from).collect(), next: page.next }))
}
