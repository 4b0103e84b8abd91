//! The door for machines: `/api/v1`, described by `/api/v1/openapi.json` and, for people, by `/api/docs`.
//!
//! One folder a resource, one file a verb. Writing needs a bearer token; reading also works with a signed-in browser.

mod auth;
mod docs;
mod extract;
mod openapi;
mod problem;
pub mod v1;

pub use auth::{Api, TokenCache, bearer};
pub use extract::{Json, Query};
pub use openapi::document;
pub use problem::{Failure, Problem};

use super::state::AppState;
use axum::Router;

/// Every route of the API and its descriptions.
pub fn router() -> Router<AppState> {
    Router::new().merge(v1::router()).merge(openapi::router()).merge(docs::router())
}
