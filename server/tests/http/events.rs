//! The live stream: ids and versions, in order, nothing lost over a cut.

use crate::app::{ADMIN, TestApp};
use axum::{body::Body, http::Request};
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use std::time::Duration;
use tower::ServiceExt as _;

struct Stream(Body, String);

impl Stream {
    async fn open(app: &TestApp, cookie: &str, last: Option<&str>) -> Self {
        let mut request = Request::get("/events").header(header::COOKIE, cookie);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self(response.into_body(), String::new())
    }

    /// The next event: its id and data.
    async fn next(&mut self) -> (String, String) {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                        .unwrap_or_default()
                        .trim_start()
                        .to_owned()
                };
                let found = (field("id"), field("data"));
                self.1 = rest.to_owned();
                return found;
            }
            let frame = tokio::time::timeout(Duration::from_secs(10), self.0.frame())
                .await
                .expect("an event within ten seconds");
            let data = frame.expect("the stream goes on").unwrap().into_data().unwrap();
            self.1.push_str(std::str::from_utf8(&data).unwrap());
        }
    }
}

async fn publish(app: &TestApp, id: &str) {
    let mut tx = app.slipway.store.begin_write().await.unwrap();
    tx.publish("deployment", id, 7, app.slipway.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_happens_while_one_is_away_comes_afterwards() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    publish(&app, "before").await;

    let mut stream = Stream::open(&app, &cookie, None).await;
    let (start, data) = stream.next().await;
    assert!(data.is_empty() && !start.is_empty(), "the first event only says where the stream begins");
    publish(&app, "one").await;
    publish(&app, "two").await;
    let (_, data) = stream.next().await;
    assert_eq!(data, r#"{"topic":"deployment","id":"one","version":7}"#);
    let (last, data) = stream.next().await;
    assert!(data.contains("\"two\""), "{data}");
    drop(stream);

    publish(&app, "three").await;
    publish(&app, "four").await;
    let mut stream = Stream::open(&app, &cookie, Some(&last)).await;
    assert_eq!(stream.next().await.0, last);
    for id in ["three", "four"] {
        let (_, data) = stream.next().await;
        assert!(data.contains(&format!("\"{id}\"")), "{data}");
    }
}

#[tokio::test]
async fn an_id_of_another_database_does_no_harm() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    publish(&app, "before").await;
    for odd in ["999999999", "-5", "x"] {
        let mut stream = Stream::open(&app, &cookie, Some(odd)).await;
        stream.next().await;
        publish(&app, "after").await;
        loop {
            let (_, data) = stream.next().await;
            if data.contains("\"after\"") {
                break;
            }
        }
    }
}
