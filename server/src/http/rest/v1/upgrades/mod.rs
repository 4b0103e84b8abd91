//! `/api/v1/upgrades`

pub mod adopt;
pub mod close;
pub mod get;
pub mod list;
pub mod merge;
pub mod open;
pub mod plan;

use crate::http::AppState;
use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get as get_route, post},
};
use http::header;
use serde::Serialize;
use slipway_api_types::upgrades::{FileDiff, UpgradeOpened};
use slipway_domain::upgrade::UpgradeConflict;
use utoipa::ToSchema;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/upgrades", get_route(list::list_fleet).post(open::open_upgrade))
        .route("/api/v1/upgrades/plan", get_route(plan::plan_upgrade))
        .route("/api/v1/upgrades/adopt", post(adopt::adopt_template))
        .route("/api/v1/upgrades/{id}", get_route(get::get_upgrade))
        .route("/api/v1/upgrades/{id}/merge", post(merge::merge_upgrade))
        .route("/api/v1/upgrades/{id}/close", post(close::close_upgrade))
}

/// What happens to one file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedFile {
    path: String,
    /// `added`, `deleted` or `changed`.
    #[schema(value_type = String)]
    change: slipway_api_types::upgrades::FileChange,
    /// Lines that come.
    added: u32,
    /// Lines that go.
    removed: u32,
    /// What lines do not say: a binary file, a mode, a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Whether conflict markers stand in it.
    conflict: bool,
}

impl From<FileDiff> for ChangedFile {
    fn from(file: FileDiff) -> Self {
        let FileDiff { path, change, added, removed, lines: _, note, conflict } = file;
        Self { path, change, added, removed, note, conflict }
    }
}

/// A place where the template and the team changed the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflict {
    path: String,
    message: String,
}

impl From<UpgradeConflict> for Conflict {
    fn from(UpgradeConflict { path, message }: UpgradeConflict) -> Self {
        Self { path, message }
    }
}

/// An upgrade that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opened {
    id: String,
    /// Its page for people.
    page: String,
}

/// 201, with the address where the upgrade can be followed.
fn created(opened: UpgradeOpened) -> Response {
    let id = opened.next.rsplit('/').next().unwrap_or_default().to_owned();
    let address = format!("/api/v1/upgrades/{id}");
    (StatusCode::CREATED, [(header::LOCATION, address)], Json(Opened { id, page: opened.next })).into_response()
}
