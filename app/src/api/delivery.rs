//! Delivery metrics, their notes, and incidents.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    digest::{DigestPage, DigestQuery},
    incidents::IncidentsPage,
    insights::{InsightsPage, InsightsQuery},
    wire::{Json, PageCodec, PageText},
};

#[cfg(feature = "ssr")]
use super::page;
#[cfg(feature = "ssr")]
use crate::context::{context, go, say, say_undoable, status};

#[server(prefix = "/api/ui", endpoint = "insights", input = GetUrl, output = PageCodec)]
pub async fn read_insights(query: InsightsQuery) -> Result<PageText<InsightsPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::insights::page(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "digest", input = GetUrl, output = PageCodec)]
pub async fn read_digest(query: DigestQuery) -> Result<PageText<DigestPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::insights::digest::page(&slipway, &caller, &query).await)
}

#[server(prefix = "/api/ui", endpoint = "add-note", input = PostUrl, output = Json)]
pub async fn add_note(
    #[server(default)] owner: String,
    #[server(default)] service: String,
    day: String,
    kind: String,
    text: String,
) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let scope = (owner.as_str(), service.as_str());
    slipway_services::insights::notes::add(&slipway, &caller, scope, &day, &kind, &text).await.map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "delete-note", input = PostUrl, output = Json)]
pub async fn delete_note(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let note = slipway_services::insights::notes::delete(&slipway, &caller, &id).await.map_err(status)?;
    let fields = [
        ("owner", note.owner.as_str()),
        ("service", &note.service),
        ("day", &note.day),
        ("kind", &note.kind),
        ("text", &note.text),
    ];
    say_undoable("The note is removed".to_owned(), "add-note", &fields);
    Ok(())
}

#[server(prefix = "/api/ui", endpoint = "incidents", input = GetUrl, output = PageCodec)]
pub async fn read_incidents(all: String, cursor: String) -> Result<PageText<IncidentsPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::incidents::page(&slipway, &caller, &all, &cursor).await)
}

#[server(prefix = "/api/ui", endpoint = "open-incident", input = PostUrl, output = Json)]
pub async fn open_incident(
    service: String,
    title: String,
    #[server(default)] detected_at: String,
) -> Result<String, AppError> {
    let (slipway, caller) = context()?;
    let opened = slipway_services::incidents::open(&slipway, &caller, &service, &title, &detected_at).await;
    let opened = opened.map_err(status)?;
    say(format!("The incident of {service} is open"));
    go("/incidents");
    Ok(opened)
}

#[server(prefix = "/api/ui", endpoint = "decide-incident", input = PostUrl, output = Json)]
pub async fn decide_incident(
    id: String,
    decision: String,
    #[server(default)] deployment: String,
) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    let decision = slipway_services::incidents::Decision::read(&decision, &deployment).map_err(status)?;
    let before = slipway_services::incidents::decide(&slipway, &caller, &id, decision).await.map_err(status)?;
    let fields = [("id", id.as_str()), ("decision", before.decision), ("deployment", &before.deployment)];
    say_undoable("The incident's cause is changed".to_owned(), "decide-incident", &fields);
    Ok(())
}

#[server(prefix = "/api/ui", endpoint = "resolve-incident", input = PostUrl, output = Json)]
pub async fn resolve_incident(id: String) -> Result<(), AppError> {
    let (slipway, caller) = context()?;
    slipway_services::incidents::resolve(&slipway, &caller, &id).await.map_err(status)
}
