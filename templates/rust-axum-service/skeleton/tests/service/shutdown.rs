//! Stopping: not ready first, then a time to drain, then the end, and no request lost on the way.

use std::{future::pending, sync::Arc};

use crate::support::{Server, metrics};
use axum::{Router, http::StatusCode, routing::get};
use service::{config::Limits, health::Readiness, http, server::Shutdown};
use tokio::sync::{Notify, oneshot};

/// The service and one more route, `/slow`, which tells when it is entered and ends when told to.
fn slow_service(readiness: Readiness, entered: Arc<Notify>, finish: Arc<Notify>) -> Router {
    http::router(&Limits::default(), readiness, metrics()).route(
        "/slow",
        get(move || async move {
            entered.notify_one();
            finish.notified().await;
            "finished"
        }),
    )
}

#[tokio::test]
async fn readiness_goes_first_and_requests_under_way_are_finished() {
    let (entered, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let readiness = Readiness::default();
    let router = slow_service(readiness.clone(), entered.clone(), finish.clone());
    let (stop, stopping) = oneshot::channel::<()>();
    let (draining, wait_for_draining) = oneshot::channel::<()>();
    let (drained, wait_for_drained) = oneshot::channel::<()>();
    let shutdown = Shutdown {
        signal: async { stopping.await.expect("the test stops the server") },
        drain: async {
            draining.send(()).expect("the test waits");
            wait_for_drained.await.expect("the test ends the draining");
        },
        grace: pending(),
    };
    let server = Server::serve_until(router, readiness, shutdown).await;
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK);

    let slow = tokio::spawn(server.client.get(server.url("/slow")).send());
    entered.notified().await;
    stop.send(()).expect("the server waits");
    wait_for_draining.await.expect("the server drains");

    let ready = server.get("/readyz").await.status();
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(server.get("/").await.status(), StatusCode::OK);

    drained.send(()).expect("the server still drains");
    finish.notify_one();
    let answer = slow.await.expect("no panic").expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "finished");

    let ended = server.stopped.await.expect("no panic");
    ended.expect("a clean end");
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_the_end() {
    let entered = Arc::new(Notify::new());
    let readiness = Readiness::default();
    let router = slow_service(readiness.clone(), entered.clone(), Arc::default());
    let (stop, stopping) = oneshot::channel::<()>();
    let shutdown = Shutdown {
        signal: async { stopping.await.expect("the test stops the server") },
        drain: async {},
        grace: async {},
    };
    let server = Server::serve_until(router, readiness, shutdown).await;
    let slow = tokio::spawn(server.client.get(server.url("/slow")).send());
    entered.notified().await;

    stop.send(()).expect("the server waits");
    let ended = server.stopped.await.expect("no panic");
    ended.expect("a clean end");
    slow.abort();
}
