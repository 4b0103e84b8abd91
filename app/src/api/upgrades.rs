//! Upgrades of created services.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    upgrades::{
        AdoptPage, CampaignForm, CampaignPage, FleetPage, FleetQuery, NewCampaign, UpgradeOpened, UpgradePage,
        UpgradePlanPage,
    },
    wire::{Json, PageCodec, PageText},
};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use super::page;
#[cfg(feature = "ssr")]
use crate::context::{context, go, status};

#[server(prefix = "/api/ui", endpoint = "upgrades", input = GetUrl, output = PageCodec)]
pub async fn read_fleet(query: FleetQuery) -> Result<PageText<FleetPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::fleet(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "upgrade-plan", input = GetUrl, output = PageCodec)]
pub async fn read_upgrade_plan(service: String) -> Result<PageText<UpgradePlanPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::plan_page(&slipway, &caller, &service).await)
}

#[server(prefix = "/api/ui", endpoint = "upgrade", input = GetUrl, output = PageCodec)]
pub async fn read_upgrade(id: String) -> Result<PageText<UpgradePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::page(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "open-upgrade", input = PostUrl, output = Json)]
pub async fn open_upgrade(
    service: String,
    #[server(default)] values: BTreeMap<String, String>,
) -> Result<UpgradeOpened, AppError> {
    let (slipway, caller) = context()?;
    let opened = slipway_services::upgrades::open(&slipway, &caller, &service, &values).await;
    opened.inspect(|opened| go(&opened.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "merge-upgrade", input = PostUrl, output = Json)]
pub async fn merge_upgrade(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::upgrades::merge(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "close-upgrade", input = PostUrl, output = Json)]
pub async fn close_upgrade(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::upgrades::close(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "campaign", input = GetUrl, output = PageCodec)]
pub async fn read_campaign(id: String) -> Result<PageText<CampaignPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::campaign(&slipway, &caller, &id).await)
}

#[server(prefix = "/api/ui", endpoint = "start-campaign", input = PostUrl, output = Json)]
pub async fn start_campaign(
    order: NewCampaign,
    #[server(default)] values: BTreeMap<String, String>,
) -> Result<UpgradeOpened, AppError> {
    let (slipway, caller) = context()?;
    let opened = slipway_services::upgrades::start_with(&slipway, &caller, &order, &values).await;
    opened.inspect(|opened| go(&opened.next)).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "campaign-form", input = GetUrl, output = PageCodec)]
pub async fn read_campaign_form(order: NewCampaign) -> Result<PageText<CampaignForm>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::campaign_form(&slipway, &caller, &order).await)
}

#[server(prefix = "/api/ui", endpoint = "stop-campaign", input = PostUrl, output = Json)]
pub async fn stop_campaign(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::upgrades::stop(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "resume-campaign", input = PostUrl, output = Json)]
pub async fn resume_campaign(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::upgrades::resume(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "adopt-form", input = GetUrl, output = PageCodec)]
pub async fn read_adopt(service: String, template: String) -> Result<PageText<AdoptPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::upgrades::adopt_page(&slipway, &caller, &service, &template).await)
}

#[server(prefix = "/api/ui", endpoint = "adopt", input = PostUrl, output = Json)]
pub async fn adopt(
    service: String,
    template: String,
    #[server(default)] version: String,
    #[server(default)] values: BTreeMap<String, String>,
) -> Result<UpgradeOpened, AppError> {
    let (slipway, caller) = context()?;
    let of = (service.as_str(), template.as_str(), version.as_str());
    let opened = slipway_services::upgrades::adopt(&slipway, &caller, of.0, of.1, of.2, &values).await;
    opened.inspect(|opened| go(&opened.next)).map_err(status)
}
