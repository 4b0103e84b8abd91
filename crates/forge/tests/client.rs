//! The real git client against the smart HTTP module, carried by a small axum server.

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures::TryStreamExt as _;
use slipway_forge::{Clone, Completion, EmbeddedForge, Protocol, Scope, Service, history::DEFAULT_TIMEOUT};
use slipway_ports::{Forge as _, forge::ForgeError};
use slipway_testkit::forge_contract::a_commit;
use std::{collections::HashMap, path::Path as FilePath, process::Output};
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;
use tower_http::decompression::RequestDecompressionLayer;

struct World {
    forge: EmbeddedForge,
    url: String,
    completions: mpsc::Receiver<(Service, Result<Completion, ForgeError>)>,
    folder: tempfile::TempDir,
}

#[derive(std::clone::Clone)]
struct Server {
    forge: EmbeddedForge,
    completions: mpsc::Sender<(Service, Result<Completion, ForgeError>)>,
}

impl World {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let forge = EmbeddedForge::new(folder.path().join("repositories")).unwrap();
        forge.create("team/app", "main", "t").await.unwrap();
        let (sender, completions) = mpsc::channel(64);
        let router = Router::new()
            .route("/{owner}/{name}/info/refs", get(advertise))
            .route("/{owner}/{name}/{service}", post(rpc))
            .layer(RequestDecompressionLayer::new())
            .with_state(Server { forge: forge.clone(), completions: sender });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/team/app.git", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { forge, url, completions, folder }
    }

    /// Runs the user's own git in a folder below the world's.
    async fn git(&self, within: &str, arguments: &[&str]) -> Output {
        let directory = self.folder.path().join(within);
        std::fs::create_dir_all(&directory).unwrap();
        tokio::process::Command::new("git")
            .args(["-c", "user.name=Bo", "-c", "user.email=bo@example.com", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(directory)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.folder.path())
            .env("GIT_TERMINAL_PROMPT", "0")
            .output()
            .await
            .unwrap()
    }

    async fn must(&self, within: &str, arguments: &[&str]) -> String {
        let output = self.git(within, arguments).await;
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(path), content).unwrap();
    }

    /// What the next push did.
    async fn pushed(&mut self) -> Result<Completion, ForgeError> {
        loop {
            let (service, completion) = self.completions.recv().await.unwrap();
            if service == Service::ReceivePack {
                return completion;
            }
        }
    }
}

async fn advertise(
    State(server): State<Server>,
    Path((owner, name)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let Some(service) = query.get("service").and_then(|text| Service::parse(text)) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    match server.forge.advertise(&repository(&owner, &name), service, &protocol(&headers)).await {
        Ok(bytes) => ([(CONTENT_TYPE, service.advertisement_type())], bytes).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, error.to_string()).into_response(),
    }
}

async fn rpc(
    State(server): State<Server>,
    Path((owner, name, service)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(service) = Service::parse(&service) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = StreamReader::new(body.into_data_stream().map_err(std::io::Error::other));
    match server.forge.rpc(&repository(&owner, &name), service, &protocol(&headers), body).await {
        Ok(rpc) => {
            tokio::spawn(async move {
                let completion = rpc.completion.await.unwrap();
                server.completions.send((service, completion)).await.ok();
            });
            ([(CONTENT_TYPE, service.result_type())], Body::from_stream(rpc.output)).into_response()
        }
        Err(error) => (StatusCode::NOT_FOUND, error.to_string()).into_response(),
    }
}

fn repository(owner: &str, name: &str) -> String {
    format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name))
}

fn protocol(headers: &HeaderMap) -> Protocol {
    Protocol::parse(headers.get("git-protocol").and_then(|value| value.to_str().ok()))
}

#[tokio::test]
async fn clone_push_and_fetch_work_in_every_protocol_version() {
    let mut world = World::start().await;
    let first = world.forge.commit("team/app", &a_commit("First", &[("a", "1")])).await.unwrap();
    let mut head = first.clone();
    for version in ["0", "2"] {
        let work = format!("work-{version}");
        let option = format!("protocol.version={version}");
        let url = world.url.clone();
        world.must(".", &["-c", &option, "clone", "--quiet", &url, &work]).await;
        // Large enough to be sent in chunks and compressed.
        let big: Vec<u8> = (0..3_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        world.write(&format!("{work}/big-{version}"), big);
        world.must(&work, &["add", "."]).await;
        world.must(&work, &["commit", "--quiet", "-m", "Big"]).await;
        world.must(&work, &["-c", &option, "push", "--quiet", "origin", "main"]).await;
        let pushed = world.pushed().await.unwrap();
        let new = world.must(&work, &["rev-parse", "HEAD"]).await;
        assert_eq!(pushed.updates.len(), 1);
        assert_eq!(pushed.updates[0].name, "refs/heads/main");
        assert_eq!(pushed.updates[0].before.as_deref(), Some(head.as_str()));
        assert_eq!(pushed.updates[0].after.as_deref(), Some(new.as_str()));
        assert!(!pushed.updates[0].forced);
        assert_eq!(world.forge.head("team/app", "main").await.unwrap().as_deref(), Some(new.as_str()));
        head = new;
    }
    world.must("work-0", &["pull", "--quiet", "--ff-only"]).await;
    assert_eq!(world.must("work-0", &["rev-parse", "HEAD"]).await, head);
}

#[tokio::test]
async fn a_forced_push_is_seen_and_the_default_branch_cannot_be_deleted() {
    let mut world = World::start().await;
    world.forge.commit("team/app", &a_commit("First", &[("a", "1")])).await.unwrap();
    let url = world.url.clone();
    world.must(".", &["clone", "--quiet", &url, "work"]).await;
    world.must("work", &["commit", "--quiet", "--amend", "-m", "Rewritten"]).await;
    assert!(!world.git("work", &["push", "--quiet", "origin", "main"]).await.status.success(), "not without --force");
    world.must("work", &["push", "--quiet", "--force", "origin", "main", "HEAD:refs/heads/topic"]).await;
    let mut updates = world.pushed().await.unwrap().updates;
    updates.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!((updates[0].name.as_str(), updates[0].forced), ("refs/heads/main", true));
    assert_eq!((updates[1].name.as_str(), updates[1].before.as_deref()), ("refs/heads/topic", None));

    let refused = world.git("work", &["push", "origin", ":main"]).await;
    assert!(!refused.status.success());
    assert!(world.forge.head("team/app", "main").await.unwrap().is_some());
    world.must("work", &["push", "--quiet", "origin", ":topic"]).await;
    assert_eq!(world.forge.head("team/app", "topic").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_cloned() {
    let world = World::start().await;
    let url = world.url.replace("app.git", "other.git");
    let output = world.git(".", &["clone", &url, "work"]).await;
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not found"));
}

#[tokio::test]
async fn a_history_is_read_from_a_folder_and_from_a_url() {
    let mut world = World::start().await;
    world.forge.commit("team/app", &a_commit("First", &[("a", "1"), ("docs/b", "2")])).await.unwrap();
    let url = world.url.clone();
    world.must(".", &["clone", "--quiet", &url, "work"]).await;
    world.must("work", &["tag", "v1"]).await;
    world.must("work", &["checkout", "--quiet", "-b", "topic"]).await;
    world.must("work", &["commit", "--quiet", "--allow-empty", "-m", "Side"]).await;
    world.must("work", &["checkout", "--quiet", "main"]).await;
    world.must("work", &["merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic"]).await;
    world.must("work", &["tag", "-a", "-m", "Two", "v2"]).await;
    world.must("work", &["tag", "-a", "-m", "Again", "v2-again", "v2"]).await;
    world.must("work", &["push", "--quiet", "--tags", "origin", "main"]).await;
    world.pushed().await.unwrap();
    let merge = world.must("work", &["rev-parse", "HEAD"]).await;

    let folder = world.folder.path().join("work");
    for source in [folder.to_str().unwrap(), &url] {
        let clone = Clone::open(source, DEFAULT_TIMEOUT).await.unwrap();
        assert_eq!(clone.default_branch(), Some("main"));
        let subjects = |commits: Vec<slipway_ports::forge::Commit>| {
            commits.into_iter().map(|commit| commit.subject).collect::<Vec<_>>()
        };
        assert_eq!(subjects(clone.commits("main", Scope::All).await.unwrap()), ["First", "Side", "Merge topic"]);
        assert_eq!(subjects(clone.commits("main", Scope::FirstParent).await.unwrap()), ["First", "Merge topic"]);
        let tags = clone.tags().await.unwrap();
        let find = |name: &str| tags.iter().find(|tag| tag.name == name).unwrap();
        assert_eq!(find("v2").commit, merge);
        assert_eq!(find("v2-again").commit, merge);
        let first = &clone.commits("v1", Scope::All).await.unwrap()[0];
        assert_eq!((&find("v1").commit, find("v1").at), (&first.sha, first.committed_at));
        assert_eq!(clone.paths("v1").await.unwrap(), ["a", "docs/b"]);
        assert_eq!(clone.read("v1", "docs/b").await.unwrap().as_deref(), Some(b"2".as_slice()));
    }
    assert!(FilePath::new(&folder).exists(), "the source stays");
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_said_without_its_password() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Clone::open(&format!("http://ada:s3cret@{address}/x"), DEFAULT_TIMEOUT).await.unwrap_err();
    assert!(matches!(error, ForgeError::Failed(_)));
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[tokio::test]
async fn heads_are_found_when_refs_are_packed_or_in_folders() {
    let world = World::start().await;
    let (forge, repository) = (&world.forge, "team/app");
    assert_eq!(forge.head(repository, "main").await.unwrap(), None);
    let first = forge.commit(repository, &a_commit("one", &[("a", "1")])).await.unwrap();
    let bare = "repositories/team/app.git";
    world.must(bare, &["branch", "topic/deep", "main"]).await;
    for packed in [false, true] {
        if packed {
            world.must(bare, &["pack-refs", "--all"]).await;
        }
        for (branch, head) in [("main", Some(&first)), ("topic/deep", Some(&first)), ("topic", None), ("other", None)] {
            assert_eq!(forge.head(repository, branch).await.unwrap().as_ref(), head, "{branch}, packed: {packed}");
        }
    }
    let second = forge.commit(repository, &a_commit("two", &[("a", "2")])).await.unwrap();
    assert_eq!(forge.head(repository, "main").await.unwrap(), Some(second.clone()));
    let log = forge.commits(repository, None, &second).await.unwrap();
    assert_eq!(log.iter().map(|commit| commit.sha.as_str()).collect::<Vec<_>>(), [first.as_str(), second.as_str()]);
}
