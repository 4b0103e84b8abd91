//! `/api/v1/insights`

pub mod digest;

use crate::http::AppState;
use axum::{Router, routing::get};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new().route("/api/v1/insights/digest", get(digest::get_digest))
}
