use crate::http::rest::{Api, Failure, Problem};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use slipway_services::{Slipway, upgrades};
use std::sync::Arc;

/// Merge an upgrade into the default branch
///
/// As a push does: it is recorded, built and counted. Refused while conflict markers stand in it. Merging what is merged changes nothing. Needs the scope `create`.
#[utoipa::path(
    post,
    path = "/api/v1/upgrades/{id}/merge",
    tag = "upgrades",
    params(("id" = String, Path, description = "The upgrade")),
    responses(
        (status = 204, description = "It is merged"),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 404, description = "No such upgrade", body = Problem),
        (status = 409, description = "A person has to decide first, or it is closed", body = Problem),
    )
)]
pub async fn merge_upgrade(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    upgrades::merge(&slipway, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
