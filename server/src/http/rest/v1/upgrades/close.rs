use crate::http::rest::{Api, Failure, Problem};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use slipway_services::{Slipway, upgrades};
use std::sync::Arc;

/// Close an upgrade without merging it
///
/// Its branch goes. Closing what is closed changes nothing. Needs the scope `create`.
#[utoipa::path(
    post,
    path = "/api/v1/upgrades/{id}/close",
    tag = "upgrades",
    params(("id" = String, Path, description = "The upgrade")),
    responses(
        (status = 204, description = "It is closed"),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 404, description = "No such upgrade", body = Problem),
        (status = 409, description = "It is merged", body = Problem),
    )
)]
pub async fn close_upgrade(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    upgrades::close(&slipway, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
