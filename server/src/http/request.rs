//! Around every request: an id, a log line, a count.

use super::{address, state::AppState};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderValue;
use std::{cell::RefCell, time::Instant};

/// What is known of the request that a task answers.
#[derive(Default)]
struct Trace {
    id: String,
    login: RefCell<Option<String>>,
}

/// The header that carries the id, in and out.
const HEADER: &str = "x-request-id";

tokio::task_local! {
    static TRACE: Trace;
}

/// The id of the request that this task answers.
pub fn current_id() -> String {
    TRACE.try_with(|trace| trace.id.clone()).unwrap_or_default()
}

/// Says who asks, for the log line.
pub fn note_caller(login: &str) {
    // Outside a request there is no line to write it into.
    drop(TRACE.try_with(|trace| trace.login.replace(Some(login.to_owned()))));
}

/// Gives the request an id, measures it, and says one line about it when it is answered. The line has no query: tokens may stand there.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let given = request.headers().get(HEADER).filter(|_| state.edge.trust_proxy).and_then(|id| id.to_str().ok());
    let id = given.filter(|id| is_plain(id)).map_or_else(|| state.slipway.entropy.uuid().to_string(), str::to_owned);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let client = address::client_text(&state.edge, request.headers(), request.extensions());

    let trace = Trace { id: id.clone(), login: RefCell::default() };
    let answer = async { (next.run(request).await, TRACE.with(|trace| trace.login.take())) };
    let (mut response, login) = TRACE.scope(trace, answer).await;

    let took = began.elapsed();
    let status = response.status();
    state.meters.count(&method, route.as_deref().unwrap_or("unmatched"), status, took);
    tracing::info!(
        http.method = %method,
        http.path = %path,
        http.status = status.as_u16(),
        http.millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        request.id = %id,
        client.address = %client,
        caller.login = login.as_deref().unwrap_or("-"),
        "{method} {path} {}", status.as_u16()
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

fn is_plain(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
