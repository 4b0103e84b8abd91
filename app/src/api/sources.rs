//! Sources of events, and subscriptions to ours.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    sources::{NewSource, SourcePage, SourceSecret, SourcesPage},
    wire::{Json, PageCodec, PageText},
};

#[cfg(feature = "ssr")]
use super::page;
#[cfg(feature = "ssr")]
use crate::context::{context, status};

#[server(prefix = "/api/ui", endpoint = "sources", input = GetUrl, output = PageCodec)]
pub async fn read_sources() -> Result<PageText<SourcesPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::sources::list(&slipway, &caller).await)
}

#[server(prefix = "/api/ui", endpoint = "source", input = GetUrl, output = PageCodec)]
pub async fn read_source(id: String, cursor: String) -> Result<PageText<SourcePage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::sources::page(&slipway, &caller, &id, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "make-source", input = PostUrl, output = Json)]
pub async fn make_source(source: NewSource) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::make(&slipway, &caller, &source).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "rotate-source", input = PostUrl, output = Json)]
pub async fn rotate_source(id: String) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::rotate(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "revoke-source", input = PostUrl, output = Json)]
pub async fn revoke_source(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::revoke(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "test-source", input = PostUrl, output = Json)]
pub async fn test_source(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::send_test(&slipway, &caller, &id).await.map(drop).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "redeliver", input = PostUrl, output = Json)]
pub async fn redeliver(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::sources::redeliver(&slipway, &caller, &id).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "subscribe", input = PostUrl, output = Json)]
pub async fn subscribe(name: String, url: String) -> Result<SourceSecret, AppError> {
    let (slipway, caller) = context()?;
    slipway_services::subscriptions::make(&slipway, &caller, &name, &url).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "unsubscribe", input = PostUrl, output = Json)]
pub async fn unsubscribe(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::subscriptions::revoke(&slipway, &caller, &id).await.map_err(status)
}
