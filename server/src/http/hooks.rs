//! `POST /hooks/{source}`: what others tell of deliveries. The source's own secret is what lets a request in; there is no session.

use super::state::AppState;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::post,
};
use http::HeaderMap;
use serde_json::json;
use slipway_api_types::AppError;
use slipway_services::ingest::{self, Receipt};
use tower_http::limit::RequestBodyLimitLayer;

/// The routes. Their body has a limit of its own: pushes are larger than forms.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/hooks/{source}", post(receive))
        // What DevLake's webhook has below its address: a pipeline that sends there needs only another one.
        .route("/hooks/{source}/deployments", post(receive))
        .route("/hooks/{source}/pull_requests", post(receive))
        .route("/hooks/{source}/issues", post(receive))
        .route("/hooks/{source}/issue/{key}/close", post(close))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(ingest::LARGEST))
}

async fn receive(
    State(state): State<AppState>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(ingest::receive(&state.slipway, &source, &headers, &body).await)
}

async fn close(
    State(state): State<AppState>,
    Path((source, issue)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answer(ingest::close_issue(&state.slipway, &source, &headers, &issue).await)
}

fn answer(received: Result<Receipt, AppError>) -> Response {
    match received {
        Ok(receipt) => {
            let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::ACCEPTED };
            let told = json!({
                "delivery": receipt.id.to_string(),
                "status": receipt.status.as_str(),
                "events": receipt.events,
                "duplicate": receipt.duplicate,
                "note": receipt.note,
            });
            (status, Json(told)).into_response()
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let field = error.fields.first().map(|field| field.field.as_str());
            (status, Json(json!({"code": error.code.as_str(), "detail": error.message, "field": field})))
                .into_response()
        }
    }
}
