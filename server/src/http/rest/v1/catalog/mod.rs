//! `/api/v1/catalog`

pub mod get;
pub mod list;
pub mod register;

use crate::http::AppState;
use axum::{
    Router,
    routing::{get, post},
};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/catalog/entities", get(list::list_entities))
        .route("/api/v1/catalog/entities/{kind}/{namespace}/{name}", get(get::get_entity))
        .route("/api/v1/catalog/locations", post(register::register_location))
}
