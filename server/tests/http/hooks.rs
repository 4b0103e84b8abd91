//! Webhooks over HTTP: an example of every kind of source, signed as its sender signs, is counted on /insights.

use crate::app::{ADMIN, Answer, TestApp};
use axum::{body::Body, http::Request};
use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{StatusCode, header};
use serde_json::{Value, json};
use sha2::Sha256;
use slipway_api_types::sources::NewSource;
use slipway_domain::{
    catalog::EntityRef,
    ids::ServiceId,
    time::{DAY, HOUR},
};
use slipway_ports::store::services::Service;
use slipway_services::sources;

async fn service(app: &TestApp, name: &str) {
    let mut tx = app.slipway.store.begin_write().await.unwrap();
    tx.add_service(&Service {
        id: ServiceId::from_uuid(app.slipway.entropy.uuid()),
        name: name.to_owned(),
        entity: EntityRef::new("component", "default", name),
        owner: "group:default/payments".to_owned(),
        repository: None,
        created_at: app.slipway.clock.now().plus(-30 * DAY),
        demo: false,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// A source of a kind for a service: its path and secret.
async fn source(app: &TestApp, kind: &str, service: &str, secret: &str) -> (String, String) {
    let new = NewSource {
        name: format!("{kind} of {service}"),
        kind: kind.to_owned(),
        service: service.to_owned(),
        secret: secret.to_owned(),
        production: "checkout".to_owned(),
        ..NewSource::default()
    };
    let made = sources::make(&app.slipway, &app.admin().await, &new).await.unwrap();
    let secret = made.lines.get(1).map_or_else(String::new, |(_, secret)| secret.clone());
    (made.lines[0].1.strip_prefix("http://slipway.test").unwrap().to_owned(), secret)
}

fn hmac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The headers that a sender of this kind proves itself with.
fn signed(kind: &str, secret: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let hex = || hex::encode(hmac(secret.as_bytes(), &[body]));
    match kind {
        "github" => vec![
            ("x-github-event", "deployment_status".to_owned()),
            ("x-github-delivery", "1".to_owned()),
            ("x-hub-signature-256", format!("sha256={}", hex())),
        ],
        "gitlab" => vec![("x-gitlab-token", secret.to_owned())],
        "pagerduty" => vec![("x-pagerduty-signature", format!("v1={}", hex()))],
        "grafana" => vec![("x-grafana-alerting-signature", hex())],
        "generic" => vec![("x-slipway-signature-256", format!("sha256={}", hex()))],
        "eventbridge" => vec![("x-api-key", secret.to_owned())],
        _ => vec![("authorization", format!("Bearer {secret}"))],
    }
}

async fn post(app: &TestApp, path: &str, headers: &[(&'static str, String)], body: &str) -> Answer {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// One event of each kind: a deployment to production, or from alerting tools an incident, that began at `start` and ended at `end`.
fn example(kind: &str, start: &str, end: &str) -> Value {
    let sha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
    match kind {
        "github" => json!({
            "action": "created",
            "deployment_status": {"id": 1, "state": "success", "created_at": end},
            "deployment": {"id": 1, "sha": sha, "ref": "main", "task": "deploy", "environment": "production", "created_at": start, "payload": {}},
            "repository": {"id": 1, "full_name": "acme/checkout"},
        }),
        "gitlab" => json!({
            "object_kind": "deployment", "status": "success", "status_changed_at": end, "deployment_id": 15, "environment": "live",
            "environment_tier": "production", "project": {"id": 30, "path_with_namespace": "acme/checkout"},
            "commit_url": format!("https://gitlab.com/acme/checkout/-/commit/{sha}"), "ref": "main",
        }),
        "cdevents" => json!({
            "context": {"version": "0.4.1", "id": "271069a8", "source": "/ci", "type": "dev.cdevents.service.deployed.0.2.0", "timestamp": end},
            "subject": {"id": "checkout", "type": "service", "content": {
                "environment": {"id": "production"}, "artifactId": format!("pkg:oci/checkout@sha256:{}", "a".repeat(64)),
            }},
            "customData": {"revision": sha},
        }),
        "eventbridge" => json!({
            "version": "0", "id": "01234567", "detail-type": "CodeDeploy Deployment State-change Notification", "time": end,
            "account": "123456789012", "region": "eu-west-1", "resources": ["arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:a/production"],
            "detail": {"deploymentId": "d-123456789", "application": "checkout", "deploymentGroup": "production", "state": "SUCCESS"},
        }),
        "argocd" => json!({"app": {
            "metadata": {"name": "checkout", "uid": "f6a3"},
            "spec": {"destination": {"namespace": "checkout"}, "source": {"repoURL": "https://github.com/acme/checkout"}},
            "status": {
                "health": {"status": "Healthy"}, "summary": {"images": ["acme/checkout:1"]},
                "operationState": {"phase": "Succeeded", "startedAt": start, "finishedAt": end, "syncResult": {"revision": sha}},
            },
        }}),
        "generic" => {
            json!({"event": "deployment", "id": "42", "environment": "production", "revision": sha, "finished_at": end, "status": "success"})
        }
        "devlake" => {
            json!({"id": "7", "startedDate": start, "finishedDate": end, "result": "SUCCESS", "environment": "PRODUCTION",
            "deploymentCommits": [{"commitSha": sha, "repoUrl": "https://github.com/acme/checkout"}]})
        }
        "pagerduty" => json!({"event": {"id": "01BBYA", "event_type": "incident.resolved", "occurred_at": end,
            "data": {"id": "PGR0VU2", "created_at": start, "service": {"id": "PF9KMXH"}}}}),
        "opsgenie" => {
            json!({"action": "Close", "alert": {"alertId": "052652ac", "createdAt": millis(start), "updatedAt": millis(end) * 1_000_000}})
        }
        "alertmanager" | "grafana" => {
            json!({"version": if kind == "grafana" { "1" } else { "4" }, "status": "resolved", "alerts": [
                {"status": "resolved", "labels": {"service": "checkout"}, "startsAt": start, "endsAt": end, "fingerprint": "a1b2"},
            ]})
        }
        other => panic!("no example of {other}"),
    }
}

fn millis(at: &str) -> i64 {
    slipway_domain::time::Timestamp::parse_rfc3339(at).unwrap().as_millis()
}

#[tokio::test]
async fn what_every_kind_of_source_sends_is_counted() {
    let app = TestApp::start().await;
    let secrets = app.data.path().join("secrets");
    std::fs::create_dir(&secrets).unwrap();
    std::fs::write(secrets.join("pagerduty"), "made by PagerDuty\n").unwrap();
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let kinds = sources::list(&app.slipway, &app.admin().await).await.unwrap().kinds;
    assert_eq!(kinds.len(), 11);
    let now = app.slipway.clock.now();
    let at = |before: i64| now.plus(-before).to_rfc3339();
    for (kind, title) in kinds {
        let name = format!("of-{kind}");
        service(&app, &name).await;
        let incident = ["pagerduty", "opsgenie", "alertmanager", "grafana"].contains(&kind.as_str());
        if incident {
            // An incident is measured where something was deployed.
            let (path, secret) = source(&app, "generic", &name, "").await;
            let deployment = json!({"event": "deployment", "id": name, "revision": "a", "finished_at": at(3 * DAY), "status": "success"});
            let deployment = deployment.to_string();
            let headers = signed("generic", &secret, deployment.as_bytes());
            assert_eq!(post(&app, &path, &headers, &deployment).await.status, StatusCode::ACCEPTED);
        }
        let own = if kind == "pagerduty" { "file:pagerduty" } else { "" };
        let (path, secret) = source(&app, &kind, &name, own).await;
        let secret = if own.is_empty() { secret } else { "made by PagerDuty".to_owned() };
        let body = example(&kind, &at(3 * DAY - HOUR), &at(2 * DAY)).to_string();
        let headers = signed(&kind, &secret, body.as_bytes());

        let unsigned = post(&app, &path, &[("x-github-event", "push".to_owned())], &body).await;
        assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED, "{title}");
        let answer = post(&app, &path, &headers, &body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{title}: {}", answer.text);
        assert_eq!(
            (answer.json()["status"].as_str(), answer.json()["events"].as_u64()),
            (Some("taken"), Some(1)),
            "{title}: {}",
            answer.text
        );
        let again = post(&app, &path, &headers, &body).await;
        assert_eq!((again.status, &again.json()["duplicate"]), (StatusCode::OK, &json!(true)), "{title}");

        let insights = app.get_as(&cookie, &format!("/services/{name}")).await.text;
        assert!(insights.contains("n = 1 deployment"), "{title} is not counted");
        if incident {
            assert!(!insights.contains("not measured: no source of incidents"), "{title} is not counted");
        }
    }
    let insights = app.get_as(&cookie, "/insights").await.text;
    assert!(insights.contains("n = 11 deployments"), "all of them together");
}

#[tokio::test]
async fn devlake_s_issue_is_closed_at_its_own_address_without_a_body() {
    let app = TestApp::start().await;
    service(&app, "checkout").await;
    let (path, secret) = source(&app, "devlake", "checkout", "").await;
    let headers = signed("devlake", &secret, b"");
    let at = app.slipway.clock.now().plus(-HOUR).to_rfc3339();
    let issue = json!({"issueKey": "OPS-7", "title": "Checkout is down", "type": "INCIDENT", "status": "TODO", "createdDate": at});
    let close = format!("{path}/issue/OPS-7/close");
    assert_eq!(post(&app, &format!("{path}/issues"), &headers, &issue.to_string()).await.status, StatusCode::ACCEPTED);
    assert_eq!(post(&app, &close, &[], "").await.status, StatusCode::UNAUTHORIZED);
    let closed = post(&app, &close, &headers, "").await;
    assert_eq!((closed.status, closed.json()["events"].as_u64()), (StatusCode::ACCEPTED, Some(1)), "{}", closed.text);
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    assert!(!app.get_as(&cookie, "/incidents").await.text.contains("Checkout is down"), "only open ones are listed");
    assert!(app.get_as(&cookie, "/incidents?all=yes").await.text.contains("Checkout is down"));
    // Another kind of source knows no such address.
    let (path, secret) = source(&app, "generic", "checkout", "").await;
    let bearer = [("authorization", format!("Bearer {secret}"))];
    assert_eq!(
        post(&app, &format!("{path}/issue/OPS-7/close"), &bearer, "").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn gitlab_s_signing_token_is_checked_with_its_time() {
    let app = TestApp::start().await;
    let secrets = app.data.path().join("secrets");
    std::fs::create_dir(&secrets).unwrap();
    let key = [7_u8; 32];
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    std::fs::write(secrets.join("gitlab"), format!("whsec_{}", encode(&key))).unwrap();
    service(&app, "checkout").await;
    let (path, _) = source(&app, "gitlab", "checkout", "file:gitlab").await;
    let now = app.slipway.clock.now().as_millis() / 1_000;
    let end = app.slipway.clock.now().plus(-DAY).to_rfc3339();
    let body = example("gitlab", &end, &end).to_string();
    let headers = |at: i64| {
        let at = at.to_string();
        let signature = hmac(&key, &[b"msg_1", b".", at.as_bytes(), b".", body.as_bytes()]);
        vec![
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", at),
            ("webhook-signature", format!("v1,{}", encode(&signature))),
        ]
    };
    assert_eq!(post(&app, &path, &headers(now - 301), &body).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&app, &path, &headers(now - 60), &body).await.status, StatusCode::ACCEPTED);
    assert_eq!(post(&app, &path, &headers(now), &body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_makes_a_source_and_shows_its_secret_once() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let request = Request::post("/api/ui/make-source")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin");
    let form = "source[name]=GitHub+of+acme&source[kind]=github&source[service]=";
    let made = app.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let secret = made.json()["lines"][1][1].as_str().unwrap().to_owned();
    assert!(secret.starts_with("slwh_"), "{}", made.text);
    let page = made.json()["href"].as_str().unwrap().to_owned();
    for path in ["/settings/sources", &page] {
        let shown = app.get_as(&cookie, path).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.text.contains("GitHub of acme"), "{path}");
        assert!(!shown.text.contains(&secret), "{path} shows the secret");
    }
    // Nobody who may not manage it sees it.
    let other = app.person("vic", "viewer").await;
    assert!(!app.get_as(&other, "/settings/sources").await.text.contains("GitHub of acme"));
    assert_eq!(app.get_as(&other, &page).await.status, StatusCode::FORBIDDEN);
    let audit = app.get_as(&cookie, "/audit").await.text;
    assert!(audit.contains("source.make") && !audit.contains(&secret));
}

#[tokio::test]
async fn what_is_too_large_or_for_nobody_is_refused() {
    let app = TestApp::start().await;
    service(&app, "checkout").await;
    let (path, secret) = source(&app, "generic", "checkout", "").await;
    let large = " ".repeat((8 << 20) + 1);
    let headers = [("authorization", format!("Bearer {secret}"))];
    assert_eq!(post(&app, &path, &headers, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(&app, "/hooks/nobody", &headers, "{}").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let wrong = post(&app, &path, &headers, r#"{"event":"deployment","id":"1"}"#).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["field"], "revision", "{}", wrong.text);
}
