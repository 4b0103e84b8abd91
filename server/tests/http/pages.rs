//! Pages as a browser gets them.

use crate::app::{ADMIN, TestApp};
use axum::{body::Body, http::Request};
use http::{StatusCode, header};

#[tokio::test]
async fn an_unknown_address_is_the_app_s_own_page_with_404() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let answer = app.get_as(&cookie, "/no/such/page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("Nothing at this address"), "{}", answer.text);
}

#[tokio::test]
async fn scripts_of_a_page_carry_the_policy_s_nonce() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let first = app.get_as(&cookie, "/").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let policy = first.header(header::CONTENT_SECURITY_POLICY).to_owned();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    let scripts = first.text.matches("<script").count();
    assert!(scripts >= 1);
    assert_eq!(first.text.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "every script has the nonce");
    assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
    let second = app.get_as(&cookie, "/").await;
    assert_ne!(second.header(header::CONTENT_SECURITY_POLICY), policy, "a nonce is used once");
}

#[tokio::test]
async fn every_answer_has_its_guards() {
    let app = TestApp::start().await;
    for path in ["/sign-in", "/healthz", "/api/v1/openapi.json", "/api/docs", "/events", "/gone"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert!(answer.header(header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_who_can_read_it() {
    let app = TestApp::start().await;
    let request = Request::get("/sign-in").header(header::ACCEPT_ENCODING, "br, gzip");
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header(header::CONTENT_ENCODING), "br");
}

#[tokio::test]
async fn a_theme_is_kept_without_a_script() {
    let app = TestApp::start().await;
    let answer = app.form("/theme", "", "theme=dark&return_to=/sign-in").await;
    assert_eq!(answer.location(), "/sign-in");
    let page = app.get_as(&answer.cookie(), "/sign-in").await;
    assert!(page.text.contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn what_a_person_wrote_is_text_in_the_title_too() {
    let app = TestApp::start().await;
    let folder = app.data.path().join("repository");
    std::fs::create_dir(&folder).unwrap();
    let text = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: odd, title: '</title><b>Odd & even'}\nspec: {owner: payments}\n";
    std::fs::write(folder.join("catalog-info.yaml"), text).unwrap();
    slipway_services::catalog::register(&app.slipway, &app.admin().await, &folder.to_string_lossy()).await.unwrap();
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let page = app.get_as(&cookie, "/catalog/system/default/odd").await;
    assert!(page.text.contains("<title>&lt;/title>&lt;b>Odd &amp; even · Slipway</title>"), "{}", page.text);
    assert!(!page.text.contains("<b>Odd"), "{}", page.text);
}
