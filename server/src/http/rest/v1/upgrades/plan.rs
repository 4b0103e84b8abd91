use super::{ChangedFile, Conflict};
use crate::http::rest::{Api, Failure, Problem, Query};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_services::{Slipway, upgrades};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Whose upgrade.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The service's name.
    service: String,
}

/// What an upgrade would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    service: String,
    /// The template's name.
    template: String,
    /// The version it is on, short.
    from: String,
    /// The latest one, short.
    to: String,
    /// Whether there is nothing to do.
    nothing: bool,
    files: Vec<ChangedFile>,
    /// Where a person has to decide.
    conflicts: Vec<Conflict>,
    /// What the latest version asks: to be given as `values` when it is opened.
    asks: Vec<Asked>,
    /// The page of the upgrade that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
}

/// An input that the latest version needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    name: String,
    /// Why, in a sentence.
    message: String,
}

/// Say what bringing a service to the latest version of its template would change
///
/// Nothing is written.
#[utoipa::path(
    get,
    path = "/api/v1/upgrades/plan",
    tag = "upgrades",
    params(Parameters),
    responses(
        (status = 200, description = "What it would change", body = Plan),
        (status = 404, description = "No such service", body = Problem),
        (status = 409, description = "It is on no template that is known here", body = Problem),
    )
)]
pub async fn plan_upgrade(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Plan>, Failure> {
    let page = upgrades::plan_page(&slipway, &caller, &parameters.service).await?;
    Ok(Json(Plan {
        service: page.service.title,
        template: page.template.title,
        from: page.from,
        to: page.to,
        nothing: page.nothing,
        files: page.files.into_iter().map(ChangedFile::from).collect(),
        conflicts: page.conflicts.into_iter().map(Conflict::from).collect(),
        asks: page.asks.into_iter().map(|(_, asked)| Asked { name: asked.field, message: asked.message }).collect(),
        open: page.open.map(|open| open.href),
    }))
}
