use super::{Opened, created};
use crate::http::rest::{self, Api, Failure, Problem};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use slipway_services::{Slipway, upgrades};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Which service is on which golden path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// The service's name.
    service: String,
    /// The template's entity reference.
    template: String,
    /// The version's whole hash; the latest that was seen here, when left out.
    #[serde(default)]
    version: String,
    /// The template's inputs, as one would type them.
    #[serde(default)]
    values: BTreeMap<String, String>,
}

/// Say which version of a template a repository is on
///
/// Makes a branch with the lock file, to be reviewed and merged as an upgrade is. Needs the scope `create`.
#[utoipa::path(
    post,
    path = "/api/v1/upgrades/adopt",
    tag = "upgrades",
    request_body = Adoption,
    responses(
        (status = 201, description = "The branch is there", body = Opened),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 404, description = "No such service", body = Problem),
        (status = 409, description = "It is on a template already", body = Problem),
        (status = 422, description = "A field or an input is wrong", body = Problem),
    )
)]
pub async fn adopt_template(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    rest::Json(new): rest::Json<Adoption>,
) -> Result<Response, Failure> {
    let Adoption { service, template, version, values } = new;
    Ok(created(upgrades::adopt(&slipway, &caller, &service, &template, &version, &values).await?))
}
