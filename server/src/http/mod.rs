//! HTTP: pages, server functions, REST, git, webhooks, live events, health and metrics.
//!
//! Architecture invariant: nothing here holds a rule. A handler finds out who asks, calls one function of `slipway-services` and gives the
//! answer its form.

mod address;
mod assets;
mod csrf;
mod events;
mod failure;
mod forms;
mod git;
mod headers;
mod health;
mod hooks;
mod metrics;
mod pages;
mod request;
pub mod rest;
mod session;
mod state;
mod tables;

pub use session::COOKIE as SESSION_COOKIE;
pub use state::{AppState, Edge, Workers};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{CompressionLevel, compression::CompressionLayer, limit::RequestBodyLimitLayer};

/// The largest body of a form, a server function or a REST call, bytes. Git's have no limit.
const LARGEST_BODY: usize = 2 << 20;

/// Everything that is answered.
pub fn router(state: AppState) -> Router {
    let people = Router::new()
        .merge(pages::router(&state))
        .merge(forms::router())
        .merge(events::router())
        .merge(tables::router())
        .merge(rest::router())
        .layer(from_fn_with_state(state.clone(), session::resolve))
        .layer(from_fn_with_state(state.clone(), csrf::guard))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        // Pages are compressed as they are asked for: speed counts more than the last percent.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let machines = Router::new()
        .merge(git::router())
        .merge(health::router())
        .merge(hooks::router())
        .merge(metrics::router())
        .merge(assets::router(&state));
    people
        .merge(machines)
        .layer(from_fn(failure::catch))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn_with_state(state.clone(), request::observe))
        .with_state(state)
}
