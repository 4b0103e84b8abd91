//! The catalogue and what is found in it.

use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};
use slipway_api_types::{
    AppError,
    catalog::{EntityListPage, EntityPage, EntityQuery, RegisterReport},
    search::SearchHit,
    wire::{Json, PageCodec, PageText},
};

#[cfg(feature = "ssr")]
use super::{PART, page};
#[cfg(feature = "ssr")]
use crate::context::{context, go, is_plain_form, say, status};

#[server(prefix = "/api/ui", endpoint = "catalog", input = GetUrl, output = PageCodec)]
pub async fn read_catalog(query: EntityQuery) -> Result<PageText<EntityListPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::catalog::list(&slipway, &caller, &query, PART).await)
}

#[server(prefix = "/api/ui", endpoint = "entity", input = GetUrl, output = PageCodec)]
pub async fn read_entity(kind: String, namespace: String, name: String) -> Result<PageText<EntityPage>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::catalog::page(&slipway, &caller, &kind, &namespace, &name).await)
}

#[server(prefix = "/api/ui", endpoint = "search", input = GetUrl, output = PageCodec)]
pub async fn find(q: String) -> Result<PageText<Vec<SearchHit>>, AppError> {
    let (slipway, caller) = context()?;
    page(slipway_services::search::find(&slipway, &caller, &q).await)
}

#[server(prefix = "/api/ui", endpoint = "register", input = PostUrl, output = Json)]
pub async fn register_location(target: String) -> Result<RegisterReport, AppError> {
    let (slipway, caller) = context()?;
    let report = slipway_services::catalog::register(&slipway, &caller, &target).await.map_err(status)?;
    if is_plain_form() { without_script(report) } else { Ok(report) }
}

/// Without a script the report has no place to show: problems go back to the form, success to what was registered.
#[cfg(feature = "ssr")]
fn without_script(report: RegisterReport) -> Result<RegisterReport, AppError> {
    let problem = |p: &slipway_api_types::catalog::RegisterProblem| {
        let place = p.line.map_or_else(|| format!("document {}", p.document), |line| format!("line {line}"));
        format!("{}, {place}, {}: {}", p.file, p.field, p.message)
    };
    let problems: Vec<String> = report.problems.iter().map(problem).collect();
    if !problems.is_empty() {
        return Err(AppError::invalid("target", problems.join(" ")));
    }
    match report.registered.as_slice() {
        [one] => go(&one.href),
        _ => go("/catalog"),
    }
    Ok(report)
}

#[server(prefix = "/api/ui", endpoint = "refresh-entity", input = PostUrl, output = Json)]
pub async fn refresh_entity(kind: String, namespace: String, name: String) -> Result<RegisterReport, AppError> {
    let (slipway, caller) = context()?;
    let read = slipway_services::catalog::refresh(&slipway, &caller, &kind, &namespace, &name).await;
    read.inspect(said).map_err(status)
}

#[server(prefix = "/api/ui", endpoint = "refresh-location", input = PostUrl, output = Json)]
pub async fn refresh_location(id: String) -> Result<RegisterReport, AppError> {
    let (slipway, caller) = context()?;
    let read = slipway_services::catalog::refresh_location(&slipway, &caller, &id).await;
    read.inspect(said).map_err(status)
}

/// Without a script what came of reading again is said in a sentence.
#[cfg(feature = "ssr")]
fn said(report: &RegisterReport) {
    if is_plain_form() {
        let (taken, wrong) = (report.registered.len(), report.problems.len());
        say(format!("Read again: {taken} taken, {wrong} with problems"));
    }
}
