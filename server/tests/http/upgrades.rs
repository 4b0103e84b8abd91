//! From no golden path to the latest version of one, with plain forms.

use crate::app::{ADMIN, TestApp};
use http::StatusCode;
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
