//! Another site's page cannot write with a user's cookie.

use crate::app::{ADMIN, TestApp};
use axum::{body::Body, http::Request};
use http::{Method, StatusCode, header};

async fn post(app: &TestApp, path: &str, cookie: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "slipway.test")
        .header(header::COOKIE, cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn another_site_s_forms_are_refused() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    for headers in [
        [("sec-fetch-site", "cross-site")].as_slice(),
        &[("sec-fetch-site", "same-site"), ("origin", "http://slipway.test")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
    ] {
        assert_eq!(post(&app, "/sign-out", &cookie, headers).await, StatusCode::FORBIDDEN, "{headers:?}");
    }
    // Still signed in.
    assert_eq!(app.get_as(&cookie, "/api/v1/services").await.status, StatusCode::OK);
    assert_eq!(post(&app, "/sign-out", &cookie, &[("origin", "http://slipway.test")]).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn server_functions_that_write_refuse_other_sites_too() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let mut seen = 0;
    for (path, method) in server_fn::axum::server_fn_paths().filter(|(_, method)| *method != Method::GET) {
        seen += 1;
        let status =
            post(&app, path, &cookie, &[("sec-fetch-site", "cross-site"), ("accept", "application/json")]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert!(seen >= 10, "only {seen} server functions write");
}

#[tokio::test]
async fn the_api_does_not_write_with_a_cookie_at_all() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let request = Request::post("/api/v1/catalog/locations")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin");
    let answer = app.send(request.body(Body::from(r#"{"target": "/srv"}"#)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
}
