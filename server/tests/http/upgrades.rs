//! From no golden path to the latest version of one, with plain forms.

use crate::app::{ADMIN, TestApp};
use http::{StatusCode, header};
use serde_json::{Value, json};
use slipway_domain::{
    catalog::EntityRef,
    ids::{RepositoryId, ServiceId},
};
use slipway_ports::{
    forge::{CommitFile, NewCommit},
    store::{repositories::Repository, services::Service},
};
use slipway_services::{catalog, reconcile};

const TEMPLATE: &str = "template:default/rust-axum-service";

/// A service whose repository somebody made by hand.
async fn handmade(app: &TestApp) {
    let slipway = &app.slipway;
    let (repository, now) = (RepositoryId::from_uuid(slipway.entropy.uuid()), slipway.clock.now());
    slipway.forge.create("payments/handmade", "main", "test").await.unwrap();
    let file = CommitFile { bytes: "# Handmade\n".into(), ..CommitFile::default() };
    let commit = NewCommit {
        branch: "main".to_owned(),
        files: [("README.md".to_owned(), file)].into(),
        message: "First".to_owned(),
        author_name: "Ada".to_owned(),
        author_email: "ada@example.com".to_owned(),
        at: now,
    };
    slipway.forge.commit("payments/handmade", &commit).await.unwrap();
    let mut tx = slipway.store.begin_write().await.unwrap();
    let owner = "group:default/payments".to_owned();
    tx.add_repository(&Repository {
        id: repository,
        name: "payments/handmade".to_owned(),
        owner: owner.clone(),
        default_branch: "main".to_owned(),
        recorded_head: None,
        created_at: now,
    })
    .await
    .unwrap();
    tx.add_service(&Service {
        id: ServiceId::from_uuid(slipway.entropy.uuid()),
        name: "handmade".to_owned(),
        entity: EntityRef::new("component", "default", "handmade"),
        owner,
        repository: Some(repository),
        created_at: now,
        demo: false,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_is_put_on_a_path_and_stays_there_without_a_script() {
    let app = TestApp::start().await;
    catalog::register_built_in(&app.slipway).await.unwrap();
    reconcile::pass_upgrades(app.slipway.clone()).await.unwrap();
    handmade(&app).await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    let page = async |path: &str| {
        let answer = app.get_as(&cookie, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.text
    };

    let board = page("/upgrades").await;
    assert!(board.contains("On no golden path") && board.contains("/services/handmade/adopt"), "{board}");
    let form = page(&format!("/services/handmade/adopt?template={TEMPLATE}")).await;
    let version = form.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(version.len(), 64, "{version}");
    let typed = format!(
        "service=handmade&template={TEMPLATE}&version={version}&values[name]=handmade&values[description]=Made+by+hand+once.\
         &values[owner]=group:default/payments&values[port]=8080&values[cpu]=256&values[memory]=512&values[replicas]=2\
         &values[logLevel]=info&values[ci]=github"
    );
    let sent = app.form("/api/ui/adopt", &cookie, &typed).await;
    assert!(sent.status.is_redirection(), "{}", sent.text);
    let review = sent.location().to_owned();
    assert!(review.starts_with("/upgrades/"), "{review}");
    let shown = page(&review).await;
    assert!(shown.contains("Put it on") && shown.contains("README.md") && shown.contains("Merge into main"), "{shown}");

    let id = review.trim_start_matches("/upgrades/");
    app.form("/api/ui/merge-upgrade", &cookie, &format!("id={id}")).await;
    assert!(page(&review).await.contains("Merged"));
    assert!(page("/upgrades?state=current").await.contains("handmade"));
    assert!(page("/services/handmade").await.contains("Up to date"));
    assert!(page("/services/handmade/upgrade").await.contains("It is on the latest version"));
    for missing in ["/upgrades/none", "/upgrades/campaigns/none", "/services/none/upgrade"] {
        assert_eq!(app.get_as(&cookie, missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(app.get_as(&cookie, "/upgrades?state=odd").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_puts_a_service_on_a_path_by_the_api() {
    let app = TestApp::start().await;
    catalog::register_built_in(&app.slipway).await.unwrap();
    reconcile::pass_upgrades(app.slipway.clone()).await.unwrap();
    handmade(&app).await;
    let (reads, creates) = (app.token(&["read"], 1).await, app.token(&["read", "create"], 1).await);
    let fleet = app.call(&reads, "GET", "/api/v1/upgrades?state=apart", None).await.json();
    assert_eq!(
        fleet["items"],
        json!([{"service": "handmade", "standing": "apart", "page": "/services/handmade/adopt"}])
    );

    let values = json!({"name": "handmade", "description": "Made by hand once.", "owner": "group:default/payments", "port": "8080",
        "cpu": "256", "memory": "512", "replicas": "2", "logLevel": "info", "ci": "github"});
    let adopt = |values: &Value| json!({"service": "handmade", "template": TEMPLATE, "values": values});
    for (body, field) in [
        (json!({"service": "handmade", "template": TEMPLATE, "version": "none"}), "version"),
        (json!({"service": "handmade", "template": "template:default/none"}), "version"),
        (adopt(&json!({})), "name"),
        (json!({"service": "handmade", "template": TEMPLATE, "colour": "red"}), "colour"),
    ] {
        let refused = app.call(&creates, "POST", "/api/v1/upgrades/adopt", Some(body)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let problem = refused.json();
        let named = [&problem["field"], &problem["fields"][0]["field"]];
        assert!(named.contains(&&json!(field)), "{problem}");
    }
    let refused = app.call(&reads, "POST", "/api/v1/upgrades/adopt", Some(adopt(&values))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let opened = app.call(&creates, "POST", "/api/v1/upgrades/adopt", Some(adopt(&values))).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
    let upgrade = opened.header(header::LOCATION).to_owned();
    assert_eq!(upgrade, format!("/api/v1/upgrades/{}", opened.json()["id"].as_str().unwrap()));
    let read = app.call(&reads, "GET", &upgrade, None).await.json();
    assert_eq!((&read["state"], &read["service"], &read["into"]), (&json!("open"), &json!("handmade"), &json!("main")));

    assert_eq!(app.call(&reads, "POST", &format!("{upgrade}/merge"), None).await.status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        assert_eq!(app.call(&creates, "POST", &format!("{upgrade}/merge"), None).await.status, StatusCode::NO_CONTENT);
    }
    let read = app.call(&reads, "GET", &upgrade, None).await.json();
    assert!(read["state"] == "merged" && read["merged_as"].is_string(), "{read}");
    assert_eq!(app.call(&creates, "POST", &format!("{upgrade}/close"), None).await.status, StatusCode::CONFLICT);
    let plan = app.call(&reads, "GET", "/api/v1/upgrades/plan?service=handmade", None).await.json();
    assert_eq!(
        (&plan["nothing"], &plan["files"], &plan["template"]),
        (&json!(true), &json!([]), &json!("rust-axum-service"))
    );
    let open = app.call(&creates, "POST", "/api/v1/upgrades", Some(json!({"service": "handmade"}))).await;
    assert_eq!((open.status, &open.json()["code"]), (StatusCode::CONFLICT, &json!("conflict")), "{}", open.text);
    for missing in ["/api/v1/upgrades/none", "/api/v1/upgrades/plan?service=none"] {
        assert_eq!(app.call(&reads, "GET", missing, None).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}
