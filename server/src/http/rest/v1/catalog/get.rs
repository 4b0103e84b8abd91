use crate::http::rest::{Api, Failure, Problem};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::Value;
use slipway_services::{Slipway, catalog};
use std::sync::Arc;

/// Read an entity
///
/// The whole document, with every field and annotation as it was registered.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}",
    tag = "catalog",
    params(
        ("kind" = String, Path, description = "Kind, any case"),
        ("namespace" = String, Path, description = "Namespace: `default`"),
        ("name" = String, Path, description = "Name"),
    ),
    responses((status = 200, description = "The document", body = Object), (status = 404, description = "No such entity", body = Problem))
)]
pub async fn get_entity(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path((kind, namespace, name)): Path<(String, String, String)>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(catalog::entity(&slipway, &caller, &kind, &namespace, &name).await?))
}
