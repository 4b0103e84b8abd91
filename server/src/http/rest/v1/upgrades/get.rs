use super::{ChangedFile, Conflict};
use crate::http::rest::{Api, Failure, Problem, v1::Instant};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use slipway_services::{Slipway, upgrades};
use std::sync::Arc;
use utoipa::ToSchema;

/// One repository's way from one version of its template to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upgrade {
    id: String,
    /// The service's name.
    service: String,
    /// The template's name.
    template: String,
    /// The version it comes from, short; absent for an adoption.
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
    /// The version it goes to, short.
    to: String,
    /// `open`, `merged` or `closed`.
    state: &'static str,
    /// Its branch, and the one it goes into.
    branch: String,
    into: String,
    opened_by: String,
    opened_at: Instant,
    finished_at: Option<Instant>,
    /// The default branch's head that has it, short.
    merged_as: Option<String>,
    /// What it changes; empty once it has ended.
    files: Vec<ChangedFile>,
    /// Where both changed the same when it was opened.
    conflicts: Vec<Conflict>,
    /// Paths where a person still has to decide.
    undecided: Vec<String>,
    /// Its page for people.
    page: String,
}

/// Read an upgrade
#[utoipa::path(
    get,
    path = "/api/v1/upgrades/{id}",
    tag = "upgrades",
    params(("id" = String, Path, description = "The upgrade")),
    responses((status = 200, description = "The upgrade", body = Upgrade), (status = 404, description = "No such upgrade", body = Problem))
)]
pub async fn get_upgrade(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Path(id): Path<String>,
) -> Result<Json<Upgrade>, Failure> {
    let page = upgrades::page(&slipway, &caller, &id).await?;
    Ok(Json(Upgrade {
        page: format!("/upgrades/{}", page.id),
        id: page.id,
        service: page.service.title,
        template: page.template.title,
        from: page.from,
        to: page.to,
        state: page.state.as_str(),
        branch: page.branch,
        into: page.into,
        opened_by: page.opened_by,
        opened_at: Instant::from_millis(page.opened_at),
        finished_at: page.finished_at.map(Instant::from_millis),
        merged_as: page.merged_as,
        files: page.files.into_iter().map(ChangedFile::from).collect(),
        conflicts: page.conflicts.into_iter().map(Conflict::from).collect(),
        undecided: page.undecided,
    }))
}
