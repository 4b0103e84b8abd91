use super::{Deployment, created};
use crate::http::rest::{self, Api, Failure, Problem};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use slipway_api_types::AppError;
use slipway_domain::deployment::Intent;
use slipway_services::{Slipway, deployments};
use std::sync::Arc;
use utoipa::ToSchema;

/// What shall be deployed where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    /// The service's name.
    service: String,
    /// The environment's name.
    environment: String,
    /// The artifact's id or digest.
    artifact: String,
    /// `planned`, `hotfix` or `config`; `planned` when left out. For a rollback there is an operation of its own.
    intent: Option<String>,
    /// Why, in a person's words.
    reason: Option<String>,
}

/// Ask for a deployment
///
/// The answer comes at once, with the deployment pending; follow it at its address. Needs the scope `deploy`.
#[utoipa::path(
    post,
    path = "/api/v1/deployments",
    tag = "deployments",
    request_body = NewDeployment,
    responses(
        (status = 201, description = "It is asked for", body = Deployment),
        (status = 403, description = "Not allowed", body = Problem),
        (status = 409, description = "It cannot be deployed as things stand", body = Problem),
        (status = 422, description = "A field is wrong", body = Problem),
    )
)]
pub async fn request_deployment(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    rest::Json(new): rest::Json<NewDeployment>,
) -> Result<Response, Failure> {
    let intent = match new.intent.as_deref() {
        None => Intent::Planned,
        Some(text) => Intent::parse(text).filter(|intent| *intent != Intent::Rollback).ok_or_else(|| {
            AppError::invalid("intent", format!("`{text}` is not an intent; use planned, hotfix or config."))
        })?,
    };
    let reason = new.reason.unwrap_or_default();
    let row =
        deployments::request(&slipway, &caller, &new.service, &new.environment, &new.artifact, intent, &reason).await?;
    Ok(created(row))
}
