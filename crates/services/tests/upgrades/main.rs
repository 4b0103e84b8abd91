//! Created services stay on their path: lock files, versions, and upgrades that are planned, opened, merged and closed.

mod adopt;
mod campaigns;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/gate.rs"]
mod gate;
mod one;

use common::{TestWorld, draft_in, engines::on_each_with, typed};
use gate::{Gate, GatedForge, GatedStore};
use slipway_api_types::{
    ErrorCode,
    upgrades::{FileChange, FleetQuery, LineKind, NewCampaign, StandingView},
};
use slipway_domain::{
    access::Role,
    build::BuildState,
    catalog::EntityRef,
    environment::Environment,
    time::SECOND,
    upgrade::{CampaignState, MemberState, UpgradeState},
};
use slipway_ports::forge::{CommitFile, NewBranch, NewCommit, Saying};
use slipway_scaffold::{LOCK_FILE, TemplateLock};
use slipway_services::{Caller, create, fleet, reconcile, upgrades};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const NAME: &str = "order-intake";
const REPOSITORY: &str = "payments/order-intake";

const TEMPLATE: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: small, title: Small}
spec:
  owner: group:default/platform
  type: service
  parameters:
    - title: It
      required: [name, owner]
      properties:
        name: {type: string}
        owner: {type: string, ui:field: OwnerPicker}
        # more
  steps:
    - {id: render, name: Render, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}", owner: "${{ parameters.owner }}", size: "${{ parameters.size }}"}}}
    - {id: repository, name: Repository, action: "slipway:repository:create", input: {name: "${{ parameters.name }}", owner: "${{ parameters.owner }}"}}
    - {id: register, name: Register, action: "catalog:register", input: {repoContentsUrl: "${{ steps.repository.output.repoContentsUrl }}"}}
    - {id: service, name: Service, action: "slipway:service:create", input: {entityRef: "${{ steps.register.output.entityRef }}"}}
"#;

const SOURCE: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";

/// A template of one's own, in a folder of templates.
fn write_template(folder: &Path) {
    write(folder, "template.yaml", TEMPLATE);
    let component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: \"${{ values.name }}\"}\n\
                     spec: {type: service, lifecycle: production, owner: \"${{ values.owner }}\"}\n";
    let score = "apiVersion: score.dev/v1b1\nmetadata: {name: \"${{ values.name }}\"}\nservice: {ports: {http: {port: 8080}}}\n\
                 containers: {app: {image: \".\", resources: {limits: {cpu: 0.25, memory: 512Mi}}}}\n";
    for (path, text) in [
        ("catalog-info.yaml", component),
        ("score.yaml", score),
        ("Dockerfile", "FROM scratch\n"),
        ("main.txt", SOURCE),
        ("old.txt", "old\n"),
    ] {
        write(folder, &format!("skeleton/{path}"), text);
    }
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join("small").join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The second version: a line changed, a file more, a file less.
fn write_second_version(folder: &Path) {
    write(folder, "skeleton/main.txt", &SOURCE.replace("one", "ONE"));
    write(folder, "skeleton/docs/new.md", "# ${{ values.name }}\n");
    std::fs::remove_file(folder.join("small/skeleton/old.txt")).unwrap();
}

/// Creates a service of the template.
async fn create_service(world: &TestWorld, caller: &Caller, name: &str) {
    let page = typed(&[("name", name), ("owner", "payments")]);
    let sent = create::send_page(&world.slipway, caller, "default", "small", "", 0, &page, "").await.unwrap();
    let draft = draft_in(&sent.next);
    create::choose_runtime(&world.slipway, caller, &draft, "ecs").await.unwrap();
    create::start(&world.slipway, caller, &draft, &Default::default()).await.unwrap();
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
}

fn file(text: &str) -> CommitFile {
    CommitFile { bytes: text.to_owned().into(), ..CommitFile::default() }
}

/// What a team pushes: some files changed, `None` deleted.
async fn push(world: &TestWorld, repository: &str, changes: &[(&str, Option<&str>)]) {
    let mut files = world.forge.files(repository, "main").await.unwrap();
    for (path, text) in changes {
        match text {
            Some(text) => files.insert((*path).to_owned(), file(text)),
            None => files.remove(*path),
        };
    }
    let commit = NewCommit {
        branch: "main".to_owned(),
        files,
        message: "Own work".to_owned(),
        author_name: "Team".to_owned(),
        author_email: "team@example.com".to_owned(),
        at: world.slipway.clock.now(),
    };
    world.forge.commit(repository, &commit).await.unwrap();
    slipway_services::repositories::pushed(&world.slipway, repository, "dev").await.unwrap();
}

async fn text(world: &TestWorld, revision: &str, path: &str) -> Option<String> {
    let bytes = world.forge.read(REPOSITORY, revision, path).await.unwrap();
    bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

async fn lock(world: &TestWorld, revision: &str) -> TemplateLock {
    TemplateLock::read(text(world, revision, LOCK_FILE).await.unwrap().as_bytes()).unwrap()
}

async fn pass(world: &TestWorld) {
    reconcile::pass_catalog(world.slipway.clone()).await.unwrap();
    reconcile::pass_upgrades(world.slipway.clone()).await.unwrap();
}

/// Opens the upgrade; gives its id.
async fn open(world: &TestWorld, caller: &Caller) -> String {
    upgrades::open(&world.slipway, caller, NAME, &BTreeMap::new())
        .await
        .unwrap()
        .next
        .trim_start_matches("/upgrades/")
        .to_owned()
}

/// Runs a test on both engines with the template in a folder of its own.
async fn with_template<F>(name: &str, test: impl Fn(TestWorld, std::path::PathBuf) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    let fresh = || {
        std::fs::remove_dir_all(folder.path()).unwrap();
        std::fs::create_dir(folder.path()).unwrap();
        write_template(folder.path());
        folder.path().to_owned()
    };
    on_each_with(name, fresh, |world| test(world, folder.path().to_owned())).await;
}
