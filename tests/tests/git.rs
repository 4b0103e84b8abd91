//! The real git client: clone, commit, push; and what a push sets going.

use reqwest::Method;
use serde_json::Value;
use slipway_tests::{
    Client, Options, Server,
    client::{ADMINISTRATOR, LEAD, VIEWER},
    needs, wait,
};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_is_built_and_deployed_to_dev() {
    if !needs::met("git clone and push", &[needs::PROGRAM]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path().join("data"))).await;
    let person = Client::sign_in(&server, LEAD).await;
    let token = person.new_token(&["read", "create"]).await;
    person.create("pushed-service", "app-runner-sandbox").await;
    let first = in_dev(&person, "pushed-service", None).await;

    let clone = folder.path().join("clone");
    let url = format!("{}/git/payments/pushed-service.git", server.url);
    let with = |login: &str, secret: &str| url.replacen("http://", &format!("http://{login}:{secret}@"), 1);
    succeeds(&git(folder.path(), &["clone", &with("lena", &token), "clone"]));
    let readme = clone.join("README.md");
    let text = fs::read_to_string(&readme).expect("the golden path wrote a README");
    fs::write(&readme, format!("{text}\nA line more.\n")).expect("the clone can be changed");
    succeeds(&git(&clone, &["commit", "--all", "--message", "Say more in the README"]));
    succeeds(&git(&clone, &["push", "origin", "main"]));
    let pushed = said(&git(&clone, &["rev-parse", "HEAD"]));

    // Built once, deployed by itself, and known by its commit.
    let second = in_dev(&person, "pushed-service", Some(&first)).await;
    assert_eq!(second["revision"], pushed.as_str());
    assert_ne!(second["image"], first["image"]);
    let changes = second["changes"].to_string();
    assert!(changes.contains("Say more in the README"), "{changes}");

    // Nobody who may only look can push, nor somebody without a name read.
    let viewer = Client::sign_in(&server, VIEWER).await.new_token(&["read"]).await;
    fs::write(&readme, text).expect("the clone can be changed");
    succeeds(&git(&clone, &["commit", "--all", "--message", "Take it back"]));
    let refused = git(&clone, &["push", &with("vic", &viewer), "main"]);
    assert!(!refused.status.success(), "a viewer pushed");
    let refused = git(folder.path(), &["clone", &url, "stranger"]);
    assert!(!refused.status.success(), "a stranger cloned");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_without_a_dockerfile_says_what_is_missing() {
    if !needs::met("a push that cannot be built", &[needs::PROGRAM]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path().join("data"))).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let token = person.new_token(&["read", "create"]).await;
    person.create("no-dockerfile", "app-runner-sandbox").await;
    in_dev(&person, "no-dockerfile", None).await;
    let url = server.url.replacen("http://", &format!("http://ada:{token}@"), 1);
    succeeds(&git(folder.path(), &["clone", &format!("{url}/git/payments/no-dockerfile.git"), "clone"]));
    let clone = folder.path().join("clone");
    succeeds(&git(&clone, &["rm", "--quiet", "Dockerfile"]));
    succeeds(&git(&clone, &["commit", "--message", "Do without an image"]));
    succeeds(&git(&clone, &["push", "origin", "main"]));
    let error = wait::until("the build has failed", || async {
        let page = person.read("service", &[("name", "no-dockerfile")]).await;
        let failed = page["builds"].as_array()?.iter().find(|build| build["error"].is_string())?;
        failed["error"].as_str().map(str::to_owned)
    })
    .await;
    assert!(error.contains("Dockerfile"), "{error}");
}

/// Waits until another deployment than `before` has succeeded in dev; gives its page.
async fn in_dev(person: &Client, service: &str, before: Option<&Value>) -> Value {
    let query = [("query[service]", service), ("query[environment]", "dev"), ("query[state]", "succeeded")];
    let known = before.map(|page| page["row"]["id"].clone());
    let id = wait::until(format!("{service} runs in dev"), || async {
        // Before the run has made it, there is no such service.
        let asked =
            person.request(Method::GET, &format!("/api/ui/deployments?{}", slipway_tests::form::encode(&query)));
        let answer = asked.header("accept", "application/json").send().await.ok()?;
        let list: Value = answer.json().await.ok()?;
        let newest = list["items"].get(0)?["id"].clone();
        (newest.is_string() && Some(&newest) != known.as_ref()).then_some(newest)
    })
    .await;
    person.read("deployment", &[("id", id.as_str().unwrap_or_default())]).await
}

/// Runs git away from anybody's own settings.
fn git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_TERMINAL_PROMPT", "0")])
        .envs([("GIT_AUTHOR_NAME", "Lena Fischer"), ("GIT_AUTHOR_EMAIL", "lena@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Lena Fischer"), ("GIT_COMMITTER_EMAIL", "lena@example.com")])
        .output()
        .expect("git runs")
}

fn succeeds(output: &Output) {
    assert!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
}

fn said(output: &Output) -> String {
    succeeds(output);
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
