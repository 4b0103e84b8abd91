//! Services and deployments.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    deployments::{DeployFormPage, DeploymentListPage, DeploymentPage, DeploymentQuery, DeploymentRow},
    services::{ServiceListPage, ServicePage, ServiceQuery},
    wire::{Json, PageCodec, PageText},
};
use slipway_domain::deployment::Intent;

#[cfg(feature = "ssr")]
use super::{PART, page};
#[cfg(feature = "ssr")]
use crate::context::{context, go, say, status};

#[server(prefix = "/api/ui", endpoint = "services", input = GetUrl, output = PageCodec)]
pub async fn read_services(query: ServiceQuery) -> Result<PageText<ServiceListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::fleet::list(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "service", input = GetUrl, output = PageCodec)]
pub async fn read_service(name: String) -> Result<PageText<ServicePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::fleet::page(&slipway, &caller, &name).await)
}

#[server(prefix = "/api/ui", endpoint = "deploy-form", input = GetUrl, output = PageCodec)]
pub async fn read_deploy_form(service: String) -> Result<PageText<DeployFormPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::form(&slipway, &caller, &service).await)
}

#[server(prefix = "/api/ui", endpoint = "deployments", input = GetUrl, output = PageCodec)]
pub async fn read_deployments(query: DeploymentQuery) -> Result<PageText<DeploymentListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::list(&slipway, &caller, &query, PART).await)
}

#[server(prefix = "/api/ui", endpoint = "deployment", input = GetUrl, output = PageCodec)]
pub async fn read_deployment(id: String) -> Result<PageText<DeploymentPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::deployments::page(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "deploy", input = PostUrl, output = Json)]
pub async fn deploy(
    service: String,
    environment: String,
    artifact: String,
    intent: Intent,
    #[server(default)] reason: String,
) -> Result<DeploymentRow, AppError> {
    let (slipway, caller) = context()?;
    let order = (service.as_str(), environment.as_str(), artifact.as_str());
    let row =
        slipway_services::deployments::request(&slipway, &caller, order.0, order.1, order.2, intent, &reason).await;
    row.inspect(under_way).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "roll-back", input = PostUrl, output = Json)]
pub async fn roll_back(id: String, reason: String) -> Result<DeploymentRow, AppError> {
    let (slipway, caller) = context()?;
    let row = slipway_services::deployments::roll_back_to(&slipway, &caller, &id, &reason).await;
    row.inspect(under_way).map_err(status)
}

#[cfg(feature = "ssr")]
fn under_way(row: &DeploymentRow) {
    say(format!("{} v{} is on its way to {}", row.service.title, row.number, row.environment));
    go(&row.href);
}

#[server(prefix = "/api/ui", endpoint = "cancel-deployment", input = PostUrl, output = Json)]
pub async fn cancel_deployment(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::deployments::cancel(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "remove-service", input = PostUrl, output = Json)]
pub async fn remove_service(name: String, typed: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    confirmed(&name, &typed).map_err(status)?;
    slipway_services::fleet::remove(&slipway, &caller, &name).await.map_err(status)?;
    say(format!("{name} is removed; its repository and history stay"));
    go("/services");
    Ok(())
}

/// What cannot be undone is confirmed by typing the name.
#[cfg(feature = "ssr")]
fn confirmed(name: &str, typed: &str) -> Result<(), AppError> {
    let same = name == typed.trim();
    if same { Ok(()) } else { Err(AppError::invalid("typed", format!("Type {name} to remove it."))) }
}

#[server(prefix = "/api/ui", endpoint = "judge-deployment", input = PostUrl, output = Json)]
pub async fn judge_deployment(id: String, verdict: String, reason: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::verdicts::mark(&slipway, &caller, &id, &verdict, &reason).await.map_err(status)
}
