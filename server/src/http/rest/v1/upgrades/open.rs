use super::{Opened, created};
use crate::http::rest::{self, Api, Failure, Problem};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use slipway_services::{Slipway, upgrades};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Which service shall be brought to the latest version of its template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpgrade {
    /// The service's name.
    service: String,
    /// Answers to what the plan asks, as one would type them.
    #[serde(default)]
    values: BTreeMap<String, String>,
}

/// Open an upgrade
///
/// Makes a branch with one commit, to be reviewed. Opening what is open gives that one. Needs the scope `create`.
#[utoipa::path(
    post,
    path = "/api/v1/upgrades",
    tag = "upgrades",
    request_body = NewUpgrade,
    responses(
        (status = 201, description = "It is open", body = Opened),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 404, description = "No such service", body = Problem),
        (status = 409, description = "There is nothing to do, or another one is open", body = Problem),
        (status = 422, description = "The new version asks for a value", body = Problem),
    )
)]
pub async fn open_upgrade(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    rest::Json(new): rest::Json<NewUpgrade>,
) -> Result<Response, Failure> {
    Ok(created(upgrades::open(&slipway, &caller, &new.service, &new.values).await?))
}
