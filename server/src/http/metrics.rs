//! `/metrics` in Prometheus' text format, for this machine, or with a token that has the scope `read`.

use super::{
    address::{self, Peer},
    failure,
    rest::{TokenCache, bearer},
    state::AppState,
};
use axum::{
    Router,
    extract::State,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{Extensions, HeaderMap, header};
use slipway_api_types::{AppError, deployments::DeploymentQuery};
use slipway_domain::deployment::DeploymentState;
use slipway_services::{Caller, Door, deployments, import};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Upper bounds of the latency histogram, seconds.
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How many deployments under way are counted.
const MOST: u32 = 100;

/// Requests of one method, route and status.
#[derive(Clone, Debug, Default)]
struct Series {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

/// Counted requests. Routes are patterns, so that the number of series is bounded.
#[derive(Debug, Default)]
pub struct Meters(Mutex<BTreeMap<(String, String, u16), Series>>);

impl Meters {
    /// Counts one answer.
    pub fn count(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let series = all.entry((method.to_string(), route.to_owned(), status.as_u16())).or_default();
        series.count += 1;
        series.seconds += seconds;
        for (bucket, bound) in series.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    fn write(&self, text: &mut String) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        head(text, "slipway_http_request_seconds", "histogram", "Answered requests and how long they took.");
        for ((method, route, status), series) in &all {
            let labels = format!("method=\"{method}\",route=\"{}\",status=\"{status}\"", label(route));
            for (bucket, bound) in series.buckets.iter().zip(BOUNDS) {
                line(text, "slipway_http_request_seconds_bucket", &format!("{labels},le=\"{bound}\""), bucket);
            }
            line(text, "slipway_http_request_seconds_bucket", &format!("{labels},le=\"+Inf\""), series.count);
            line(text, "slipway_http_request_seconds_sum", &labels, series.seconds);
            line(text, "slipway_http_request_seconds_count", &labels, series.count);
        }
    }
}

/// The route.
pub fn router() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(State(state): State<AppState>, Peer(extensions): Peer, headers: HeaderMap) -> Response {
    let caller = match caller(&state, &headers, &extensions).await {
        Ok(caller) => caller,
        Err(error) => return failure::respond(&error, &failure::Form::Problem),
    };
    let mut text = String::new();
    state.meters.write(&mut text);
    workers(&state, &mut text);
    match deployments(&state, &caller).await {
        Ok(counts) => {
            head(&mut text, "slipway_deployments_under_way", "gauge", "Deployments that are not over, by state.");
            for (state, count) in counts {
                line(&mut text, "slipway_deployments_under_way", &format!("state=\"{}\"", state.as_str()), count);
            }
        }
        // What is counted in memory is worth having just then.
        Err(error) => tracing::warn!(error.cause = %error, "metrics are without deployments"),
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn caller(state: &AppState, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller, AppError> {
    match bearer(headers) {
        Some(secret) => TokenCache::caller(state, secret, Door::Api).await?.ok_or_else(AppError::sign_in_required),
        None if address::is_local(&state.edge, headers, extensions) => Ok(import::operator()),
        None => Err(AppError::sign_in_required()),
    }
}

fn workers(state: &AppState, text: &mut String) {
    let workers = state.workers.statuses();
    for (name, help) in [
        ("passes", "Passes that ended well."),
        ("failures", "Passes that failed."),
        ("restarts", "Restarts after a panic."),
    ] {
        let metric = format!("slipway_worker_{name}_total");
        head(text, &metric, "counter", help);
        for (worker, status) in &workers {
            let value = match name {
                "passes" => status.passes,
                "failures" => status.failures,
                _ => status.restarts,
            };
            line(text, &metric, &format!("worker=\"{worker}\""), value);
        }
    }
}

async fn deployments(state: &AppState, caller: &Caller) -> Result<Vec<(DeploymentState, usize)>, AppError> {
    let query = DeploymentQuery { state: "active".to_owned(), ..DeploymentQuery::default() };
    let page = deployments::list(&state.slipway, caller, &query, MOST).await?;
    let under_way = DeploymentState::ALL.into_iter().filter(|state| !state.is_final());
    Ok(under_way.map(|state| (state, page.items.iter().filter(|row| row.state == state).count())).collect())
}

fn head(text: &mut String, metric: &str, kind: &str, help: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}");
}

fn line(text: &mut String, metric: &str, labels: &str, value: impl std::fmt::Display) {
    // As above.
    let _ = writeln!(text, "{metric}{{{labels}}} {value}");
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_counted_in_every_bucket_that_holds_them() {
        let meters = Meters::default();
        meters.count(&Method::GET, "/services/{name}", StatusCode::OK, Duration::from_millis(30));
        meters.count(&Method::GET, "/services/{name}", StatusCode::OK, Duration::from_millis(3));
        let mut text = String::new();
        meters.write(&mut text);
        let labels = "method=\"GET\",route=\"/services/{name}\",status=\"200\"";
        for expected in [
            format!("slipway_http_request_seconds_bucket{{{labels},le=\"0.005\"}} 1\n"),
            format!("slipway_http_request_seconds_bucket{{{labels},le=\"0.05\"}} 2\n"),
            format!("slipway_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} 2\n"),
            format!("slipway_http_request_seconds_count{{{labels}}} 2\n"),
        ] {
            assert!(text.contains(&expected), "{text}");
        }
    }
}
