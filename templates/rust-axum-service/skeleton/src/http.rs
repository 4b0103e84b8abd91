//! The routes, and what surrounds all of them. Your own endpoints start here.

use axum::{
    Json, Router,
    extract::rejection::JsonRejection,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tower_http::{
    catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

use crate::{
    config::{Limits, NAME},
    error::Problem,
    health::{self, Readiness},
    metrics::{self, Metrics},
    observe::observe,
};

/// Longest name that `POST /v1/greetings` takes, in characters.
const NAME_LENGTH: usize = 100;

/// The whole service.
pub fn router(limits: &Limits, readiness: Readiness, metrics: Metrics) -> Router {
    let routes = Router::new()
        .route("/", get(index))
        .route("/v1/greetings", post(greet))
        .fallback(not_found)
        .merge(health::routes(readiness))
        .merge(metrics::routes(metrics.clone()));
    surround(routes, limits, metrics)
}

/// Puts the limits and [`observe`] around `routes`. The last layer is the first to see a request, so that a request which
/// is refused, times out or panics still has an id, a log line and its place in the metrics.
pub fn surround(routes: Router, limits: &Limits, metrics: Metrics) -> Router {
    routes
        .layer(RequestBodyLimitLayer::new(limits.body_bytes))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            limits.timeout,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(metrics, observe))
}

#[derive(Serialize)]
struct Index {
    service: &'static str,
    version: &'static str,
}

async fn index() -> Json<Index> {
    Json(Index {
        service: NAME,
        version: env!("CARGO_PKG_VERSION"),
    })
}

#[derive(Deserialize)]
struct Greet {
    name: String,
}

#[derive(Serialize)]
struct Greeting {
    message: String,
}

/// An example of an endpoint that checks its input: replace it with your first real one.
async fn greet(body: Result<Json<Greet>, JsonRejection>) -> Result<Json<Greeting>, Problem> {
    let Json(Greet { name }) = body?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LENGTH {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("name: use 1 to {NAME_LENGTH} characters."),
        ));
    }
    Ok(Json(Greeting {
        message: format!("Hello, {name}!"),
    }))
}

async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "There is nothing at this address. README.md lists the endpoints.",
    )
}

/// The panic itself goes to the log through the hook that [`crate::telemetry`] sets.
fn panicked(_panic: Box<dyn std::any::Any + Send>) -> Response {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong on our side. The x-request-id header of this answer finds it in the logs.",
    )
    .into_response()
}
