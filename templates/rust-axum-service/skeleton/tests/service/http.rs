//! What callers see.

use crate::support::Server;
use axum::{Router, body::Bytes, http::StatusCode, routing::get, routing::post};
use serde_json::{Value, json};
use service::config::{Limits, NAME};
use std::time::Duration;

#[tokio::test]
async fn the_index_names_the_service() {
    let server = Server::start().await;
    let index: Value = server.get("/").await.json().await.expect("JSON");
    assert_eq!(index["service"], NAME);
}

#[tokio::test]
async fn a_running_service_is_alive_and_ready() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_greeting_answers_by_name() {
    let server = Server::start().await;
    let answer = greet(&server, json!({"name": " Ada "})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let greeting: Value = answer.json().await.expect("JSON");
    assert_eq!(greeting, json!({"message": "Hello, Ada!"}));
}

#[tokio::test]
async fn bad_input_is_refused_with_the_way_to_mend_it() {
    let server = Server::start().await;
    for body in [json!({"name": "  "}), json!({"name": "x".repeat(101)})] {
        let answer = greet(&server, body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["detail"], "name: use 1 to 100 characters.");
    }
    let answer = greet(&server, json!({"nam": "Ada"})).await;
    let problem: Value = answer.json().await.expect("JSON");
    let detail = problem["detail"].as_str().expect("a sentence");
    assert!(detail.contains("missing field `name`"), "{detail}");
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_too() {
    let server = Server::start().await;
    let answer = server.get("/nothing").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_harmless_request_id_is_kept_and_any_other_replaced() {
    let server = Server::start().await;
    for (sent, kept) in [("abc-1.2_3", true), ("a b", false), ("", false)] {
        let answer = server
            .client
            .get(server.url("/"))
            .header("x-request-id", sent)
            .send()
            .await
            .expect("an answer");
        let id = answer.headers()["x-request-id"].to_str().expect("ASCII");
        assert_eq!(id == sent, kept, "sent {sent:?}, got {id:?}");
        assert!(!id.is_empty());
    }
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_path() {
    let server = Server::start().await;
    server.get("/healthz").await;
    server.get("/no/such/path").await;
    let answer = server.get("/metrics").await;
    let kind = answer.headers()["content-type"].to_str().expect("ASCII");
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let text = answer.text().await.expect("text");
    for line in [
        r#"http_requests_total{method="GET",route="/healthz",status="200"} 1"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/healthz"} 1"#,
        "http_requests_in_flight 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("/no/such/path"), "{text}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let limits = Limits {
        body_bytes: 8,
        ..Limits::default()
    };
    let routes = Router::new().route("/", post(|_: Bytes| async {}));
    let server = Server::start_with(routes, &limits).await;
    for (body, status) in [
        ("12345678", StatusCode::OK),
        ("123456789", StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let request = server.client.post(server.url("/")).body(body);
        assert_eq!(request.send().await.expect("an answer").status(), status);
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_cut_off() {
    let limits = Limits {
        timeout: Duration::from_millis(1),
        ..Limits::default()
    };
    let routes = Router::new().route("/", get(std::future::pending::<()>));
    let server = Server::start_with(routes, &limits).await;
    let answer = server.get("/").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("x-request-id"));
}

#[tokio::test]
async fn a_panic_is_one_failed_request_and_no_more() {
    async fn fail() {
        panic!("a secret detail")
    }
    let routes = Router::new().route("/", get(fail));
    let server = Server::start_with(routes, &Limits::default()).await;
    for _ in 0..2 {
        let answer = server.get("/").await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key("x-request-id"));
        let text = answer.text().await.expect("text");
        assert!(!text.contains("a secret detail"), "{text}");
    }
}

async fn greet(server: &Server, body: Value) -> reqwest::Response {
    let request = server.client.post(server.url("/v1/greetings"));
    request.json(&body).send().await.expect("an answer")
}
