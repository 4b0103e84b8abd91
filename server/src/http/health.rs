//! `/healthz`: the process answers. `/readyz`: it can do its work.

use super::state::AppState;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use std::time::Duration;

/// How long the database may take to say the time.
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes. For everybody: they say nothing but yes or no.
pub fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

/// The database answers. Its migrations have run: a server does not listen before.
async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, state.slipway.store.now()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(error.cause = %error, "not ready: the database cannot be reached");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
