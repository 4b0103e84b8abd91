//! Nothing answers without a session but what is listed here, each with its reason.

use crate::app::TestApp;
use axum::{body::Body, http::Request};
use http::{Method, StatusCode, header};
use slipway_server::http::rest;

/// Server functions for everybody.
const OPEN_FUNCTIONS: [&str; 1] = [
    // The sign-in page itself: whether anybody is there yet, and in the demo its people.
    "/api/ui/sign-in-page",
];

/// Pages for everybody, and why.
const OPEN_PAGES: [(&str, &str); 3] = [
    ("/sign-in", "how one becomes somebody"),
    ("/setup", "does nothing without the secret in the link"),
    ("/design", "the design system; made-up data only"),
];

/// Other addresses for everybody.
const OPEN: [&str; 4] = [
    // Yes or no.
    "/healthz",
    "/readyz",
    // What the API looks like; no data.
    "/api/docs",
    "/api/v1/openapi.json",
];

/// `/services/{name}` with something in the braces.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

fn request(method: &str, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(filled(path)).header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from("{}")).unwrap()
}

#[tokio::test]
async fn every_operation_of_the_api_wants_a_token() {
    let app = TestApp::start().await;
    let document = serde_json::to_value(rest::document()).unwrap();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| ["get", "post", "put", "patch", "delete"].contains(&key.as_str()))
        {
            let method = method.to_uppercase();
            let answer = app.send(request(&method, path)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.text);
            assert_eq!(answer.json()["code"], "sign-in-required", "{method} {path}");
            assert!(answer.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), "{method} {path}");
            // The description has no operation that the router does not have.
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            seen += 1;
        }
    }
    assert!(seen >= 12, "only {seen} operations are described");
}

#[tokio::test]
async fn every_server_function_wants_a_session() {
    let app = TestApp::start().await;
    let mut seen = 0;
    for (path, method) in server_fn::axum::server_fn_paths() {
        seen += 1;
        let read = method == Method::GET;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        if OPEN_FUNCTIONS.contains(&path) {
            assert!(read && answer.status.is_success(), "{path}: {}", answer.status);
        } else {
            assert!(!answer.status.is_success(), "{path} answers a stranger: {}", answer.text);
        }
    }
    assert!(seen >= 20, "only {seen} server functions are registered");
}

#[tokio::test]
async fn every_page_sends_a_stranger_to_the_sign_in_page() {
    let app = TestApp::start().await;
    let routes = leptos_axum::generate_route_list(slipway_app::App);
    assert!(routes.len() >= 20, "only {} routes", routes.len());
    for route in routes {
        let answer = app.get(&filled(route.path())).await;
        if OPEN_PAGES.iter().any(|(page, _)| *page == route.path()) {
            assert_eq!(answer.status, StatusCode::OK, "{}", route.path());
        } else {
            assert!(answer.status.is_redirection(), "{} answers a stranger with {}", route.path(), answer.status);
            assert!(answer.location().starts_with("/sign-in?next="), "{}: {}", route.path(), answer.location());
            // Also those who do not say that they take HTML.
            let answer = app.send(Request::get(filled(route.path())).body(Body::empty()).unwrap()).await;
            assert!(answer.status.is_redirection(), "{} answers a stranger with {}", route.path(), answer.status);
        }
    }
}

#[tokio::test]
async fn other_addresses_want_a_session_or_a_token() {
    let app = TestApp::start().await;
    for path in [
        "/events",
        "/insights/table/weeks.csv",
        "/metrics",
        "/git/a/b.git/info/refs?service=git-upload-pack",
        "/git/a/b.git/info/refs?service=git-receive-pack",
    ] {
        assert_eq!(app.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for service in ["git-upload-pack", "git-receive-pack"] {
        assert_eq!(
            app.send(request("POST", &format!("/git/a/b.git/{service}"))).await.status,
            StatusCode::UNAUTHORIZED,
            "{service}"
        );
    }
    // A webhook proves itself by its source's secret.
    assert_eq!(app.send(request("POST", "/hooks/{source}")).await.status, StatusCode::NOT_FOUND);
    for path in OPEN {
        assert_eq!(app.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn metrics_open_to_a_token_that_may_read() {
    let app = TestApp::start().await;
    app.get("/healthz").await;
    let token = app.token(&["read"], 1).await;
    let answer = app.call(&token, "GET", "/metrics", None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(
        answer.text.contains("slipway_http_request_seconds_count{method=\"GET\",route=\"/healthz\",status=\"200\"} 1"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("slipway_deployments_under_way{state=\"pending\"} 0"), "{}", answer.text);
}
