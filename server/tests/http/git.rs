//! Clone and push with the real git client.

use crate::app::{ADMIN, TestApp};
use slipway_domain::{
    catalog::EntityRef,
    ids::{RepositoryId, ServiceId},
};
use slipway_ports::store::{repositories::Repository, services::Service};
use std::{path::Path, process::Output, time::Duration};
use tokio::process::Command;

const REPOSITORY: &str = "payments/checkout";

/// A hosted repository with a service.
async fn host(app: &TestApp) {
    app.slipway.forge.create(REPOSITORY, "main", "test").await.unwrap();
    let id = RepositoryId::from_uuid(app.slipway.entropy.uuid());
    let owner = "group:default/payments".to_owned();
    let created_at = app.slipway.clock.now();
    let repository = Repository {
        id,
        name: REPOSITORY.to_owned(),
        owner: owner.clone(),
        default_branch: "main".to_owned(),
        recorded_head: None,
        created_at,
    };
    let service = Service {
        id: ServiceId::from_uuid(app.slipway.entropy.uuid()),
        name: "checkout".to_owned(),
        entity: EntityRef::new("component", "default", "checkout"),
        owner,
        repository: Some(id),
        created_at,
        demo: false,
    };
    let mut tx = app.slipway.store.begin_write().await.unwrap();
    tx.add_repository(&repository).await.unwrap();
    tx.add_service(&service).await.unwrap();
    tx.commit().await.unwrap();
}

async fn git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.com",
            "-c",
            "commit.gpgsign=false",
            "-c",
            "credential.helper=",
        ])
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .await
        .unwrap()
}

async fn must(folder: &Path, arguments: &[&str]) -> String {
    let output = git(folder, arguments).await;
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn address(server: &str, login: &str, password: &str) -> String {
    let host = server.strip_prefix("http://").unwrap();
    format!("http://{login}:{}@{host}/git/{REPOSITORY}.git", password.replace(' ', "%20"))
}

async fn commit(folder: &Path, size: usize) -> String {
    // Larger than what git sends uncompressed and in one piece.
    let noise: Vec<u8> = (0..size as u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u8).collect();
    std::fs::write(folder.join("README.md"), noise).unwrap();
    must(folder, &["add", "."]).await;
    must(folder, &["commit", "--quiet", "--message=A change"]).await;
    must(folder, &["rev-parse", "HEAD"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_taken_and_recorded_and_comes_back_by_a_clone() {
    let app = TestApp::start().await;
    host(&app).await;
    let server = app.listen().await;
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    let url = address(&server, ADMIN.0, ADMIN.1);

    must(folder.path(), &["clone", "--quiet", &url, "work"]).await;
    must(&work, &["checkout", "--quiet", "-B", "main"]).await;
    let head = commit(&work, 3 << 20).await;
    must(&work, &["push", "--quiet", "origin", "main"]).await;

    let recorded = async {
        loop {
            let mut tx = app.slipway.store.begin_read().await.unwrap();
            let repository = tx.repository_by_name(REPOSITORY).await.unwrap().unwrap();
            drop(tx);
            if repository.recorded_head.as_deref() == Some(&*head) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), recorded).await.expect("the push is recorded");

    let token = app.token(&["read"], 1).await;
    must(folder.path(), &["clone", "--quiet", &address(&server, ADMIN.0, &token), "copy"]).await;
    assert_eq!(must(&folder.path().join("copy"), &["rev-parse", "HEAD"]).await, head);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_refused() {
    let app = TestApp::start().await;
    host(&app).await;
    app.person("vic", "viewer").await;
    let server = app.listen().await;
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");

    let wrong = git(folder.path(), &["clone", "--quiet", &address(&server, "ada", "wrong"), "no"]).await;
    assert!(!wrong.status.success());

    must(folder.path(), &["clone", "--quiet", &address(&server, "vic", "a sentence for vic"), "work"]).await;
    must(&work, &["checkout", "--quiet", "-B", "main"]).await;
    commit(&work, 10).await;
    assert!(!git(&work, &["push", "--quiet", "origin", "main"]).await.status.success(), "a viewer must not push");

    let reading = app.token(&["read"], 1).await;
    let url = address(&server, ADMIN.0, &reading);
    assert!(
        !git(&work, &["push", "--quiet", &url, "main"]).await.status.success(),
        "a token for reading must not push"
    );
    assert_eq!(app.slipway.forge.head(REPOSITORY, "main").await.unwrap(), None);

    let creating = app.token(&["read", "create"], 1).await;
    must(&work, &["push", "--quiet", &address(&server, ADMIN.0, &creating), "main"]).await;
    assert!(app.slipway.forge.head(REPOSITORY, "main").await.unwrap().is_some());
}
