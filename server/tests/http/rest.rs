//! The API: shapes of answers and problems, scopes, expiry, parts of lists.

use crate::app::{ADMIN, TestApp};
use http::{StatusCode, header};
use serde_json::json;
use slipway_domain::time::DAY;
use std::fmt::Write as _;

/// Registers `count` components from a folder.
async fn register(app: &TestApp, folder: &std::path::Path, count: usize) {
    let mut text = String::new();
    for i in 0..count {
        write!(
            text,
            "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: part-{i:03}\n  annotations:\n    example.com/odd: 'kept'\n\
             spec:\n  type: service\n  lifecycle: production\n  owner: payments\n"
        )
        .unwrap();
    }
    std::fs::write(folder.join("catalog-info.yaml"), text).unwrap();
    let report =
        slipway_services::catalog::register(&app.slipway, &app.admin().await, &folder.to_string_lossy()).await.unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[tokio::test]
async fn a_list_is_read_in_parts_and_narrowed() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    register(&app, folder.path(), 45).await;
    let token = app.token(&["read"], 1).await;
    let mut names = Vec::new();
    let mut address = "/api/v1/catalog/entities?kind=component&owner=group:default/payments&limit=20".to_owned();
    loop {
        let answer = app.call(&token, "GET", &address, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let page = answer.json();
        names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => {
                address = format!(
                    "/api/v1/catalog/entities?kind=component&owner=group:default/payments&limit=20&cursor={next}"
                )
            }
            None => break,
        }
    }
    let expected: Vec<String> = (0..45).map(|i| format!("part-{i:03}")).collect();
    assert_eq!(names, expected);

    let found = app.call(&token, "GET", "/api/v1/catalog/entities?q=part-007", None).await.json();
    assert_eq!(found["items"][0]["reference"], "component:default/part-007");
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["updated_at"], "2026-11-21T12:00:00Z");

    let entity = app.call(&token, "GET", "/api/v1/catalog/entities/Component/default/part-007", None).await.json();
    assert_eq!(entity["metadata"]["annotations"]["example.com/odd"], "kept");
}

#[tokio::test]
async fn problems_name_code_and_field() {
    let app = TestApp::start().await;
    let token = app.token(&["read", "create", "deploy"], 1).await;
    for (method, path, body, status, code, field) in [
        ("GET", "/api/v1/catalog/entities?limit=500", None, 422, "invalid", Some("limit")),
        ("GET", "/api/v1/catalog/entities?colour=red", None, 422, "invalid", Some("colour")),
        ("GET", "/api/v1/catalog/entities?cursor=nonsense", None, 422, "invalid", Some("cursor")),
        ("GET", "/api/v1/catalog/entities/component/default/gone", None, 404, "not-found", None),
        ("GET", "/api/v1/deployments/gone", None, 404, "not-found", None),
        ("GET", "/api/v1/gone", None, 404, "not-found", None),
        ("POST", "/api/v1/artifacts", Some(json!({"service": 1})), 422, "invalid", Some("service")),
        ("POST", "/api/v1/catalog/locations", Some(json!({"target": "relative"})), 422, "invalid", Some("target")),
        ("POST", "/api/v1/catalog/locations", Some(json!({"targets": []})), 422, "invalid", Some("targets")),
        (
            "POST",
            "/api/v1/deployments",
            Some(json!({"service": "a", "environment": "b", "artifact": "c", "intent": "rollback"})),
            422,
            "invalid",
            Some("intent"),
        ),
    ] {
        let answer = app.call(&token, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!((problem["status"].as_u64(), &problem["code"]), (Some(u64::from(status)), &json!(code)), "{path}");
        assert_eq!(problem["field"].as_str(), field, "{path}: {}", answer.text);
        assert_eq!(problem["type"], format!("/api/docs#{code}"), "{path}");
        assert!(
            !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_until_it_ends() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    register(&app, folder.path(), 1).await;
    let reading = app.token(&["read"], 1).await;
    let body = json!({"target": "https://git.example.com/a/b"});
    let refused = app.call(&reading, "POST", "/api/v1/catalog/locations", Some(body)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(refused.json()["detail"].as_str().unwrap().contains("scope"), "{}", refused.text);

    assert_eq!(app.call(&reading, "GET", "/api/v1/catalog/entities", None).await.status, StatusCode::OK);
    let nobody = app.call("slw_not-a-token", "GET", "/api/v1/catalog/entities", None).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);

    // Another that was never used: what was good a moment ago is taken for good for two seconds of real time.
    let short = app.token(&["read"], 1).await;
    app.clock.forward(DAY + 1);
    assert_eq!(app.call(&short, "GET", "/api/v1/catalog/entities", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_signed_in_browser_reads() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let answer = app.get_as(&cookie, "/api/v1/services").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["total"], 0);
}

#[tokio::test]
async fn the_description_is_openapi_3_1() {
    let app = TestApp::empty().await;
    let document = app.get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    let limit = document["paths"]["/api/v1/catalog/entities"]["get"]["parameters"].as_array().unwrap();
    assert!(limit.iter().any(|parameter| parameter["name"] == "limit"));
}
