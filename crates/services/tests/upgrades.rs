//! Created services stay on their path: lock files, versions, and upgrades that are planned, opened, merged and closed.

mod common;
#[path = "common/gate.rs"]
mod gate;

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

#[tokio::test]
async fn a_created_repository_says_what_it_was_made_of() {
    with_template("lock", |world, _| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        let lock = lock(&world, "main").await;
        assert_eq!((lock.template.as_str(), lock.user.as_str()), ("template:default/small", "user:default/dev"));
        assert_eq!(lock.inputs["name"], NAME);
        let paths: Vec<&str> = lock.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["Dockerfile", "catalog-info.yaml", "main.txt", "old.txt", "score.yaml"]);
        assert!(lock.is_untouched("main.txt", SOURCE.as_bytes()));
        pass(&world).await;
        let page = upgrades::fleet(&world.slipway, &caller, &FleetQuery::default()).await.unwrap();
        assert_eq!(page.items[0].standing.standing, StandingView::Current);
        assert_eq!((page.templates[0].current, page.templates[0].services), (1, 1));
        let page = fleet::page(&world.slipway, &caller, NAME).await.unwrap();
        assert_eq!(page.golden_path.unwrap().version, lock.version[..8]);
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_brings_what_the_template_changed_and_keeps_what_the_team_did() {
    with_template("clean", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        let own = SOURCE.replace("eight", "EIGHT");
        push(&world, REPOSITORY, &[("main.txt", Some(&own)), ("own.txt", Some("own\n"))]).await;
        let first = lock(&world, "main").await;
        write_second_version(&templates);
        pass(&world).await;
        let asked = FleetQuery { state: "behind".to_owned(), ..FleetQuery::default() };
        let behind = upgrades::fleet(&world.slipway, &caller, &asked).await.unwrap();
        assert_eq!(behind.items[0].standing.standing, StandingView::Behind(Some(1)));
        assert_eq!((behind.templates[0].current, behind.templates[0].services), (0, 1));

        let before = world.forge.head(REPOSITORY, "main").await.unwrap();
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        let changes: Vec<_> = plan.files.iter().map(|file| (file.path.as_str(), file.change)).collect();
        let (added, changed, deleted) = (FileChange::Added, FileChange::Changed, FileChange::Deleted);
        assert_eq!(changes, [("docs/new.md", added), ("main.txt", changed), ("old.txt", deleted)]);
        assert_eq!((plan.conflicts.len(), plan.nothing, plan.may_open, plan.open.is_some()), (0, false, true, false));
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before, "looking changes nothing");

        let id = open(&world, &caller).await;
        assert_eq!(open(&world, &caller).await, id, "opening twice is opening once");
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(page.files, plan.files);
        assert_eq!((page.state, page.undecided.len(), page.may_act), (UpgradeState::Open, 0, true));
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before, "only the branch");

        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), own.replace("one", "ONE"));
        assert_eq!(text(&world, "main", "docs/new.md").await.unwrap(), "# order-intake\n");
        assert_eq!(text(&world, "main", "old.txt").await, None);
        assert_eq!(text(&world, "main", "own.txt").await.unwrap(), "own\n");
        let second = lock(&world, "main").await;
        assert_ne!(second.version, first.version);
        assert_eq!(second.inputs, first.inputs);
        assert_eq!(world.forge.head(REPOSITORY, &page.branch).await.unwrap(), None, "the branch has done its duty");
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!((page.state, page.may_act), (UpgradeState::Merged, false));

        // The merge is a push: it is recorded and built.
        let head = world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
        let mut tx = world.store.begin_read().await.unwrap();
        let service = tx.service_by_name(NAME).await.unwrap().unwrap();
        let build = tx.builds_of(service.id, 1).await.unwrap().remove(0);
        assert_eq!((build.revision, build.state), (head, BuildState::Queued));
        drop(tx);
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        assert!(plan.nothing && plan.files.is_empty(), "applied again it changes nothing: {:?}", plan.files);
        let refused = upgrades::open(&world.slipway, &caller, NAME, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
    })
    .await;
}

#[tokio::test]
async fn what_both_changed_waits_for_hands_and_is_never_merged_before() {
    with_template("conflict", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        push(&world, REPOSITORY, &[("main.txt", Some(&SOURCE.replace("one", "uno")))]).await;
        write_second_version(&templates);
        pass(&world).await;
        let id = open(&world, &caller).await;
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(page.undecided, ["main.txt"]);
        let main = page.files.iter().find(|file| file.path == "main.txt").unwrap();
        assert!(main.conflict && main.lines.iter().any(|line| line.kind == LineKind::Conflict), "{main:?}");
        let before = world.forge.head(REPOSITORY, "main").await.unwrap();
        let refused = upgrades::merge(&world.slipway, &caller, &id).await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains("main.txt"), "{refused}");

        // Another push that leaves the markers is no decision; one that takes them out is.
        let branch = world.forge.head(REPOSITORY, &page.branch).await.unwrap().unwrap();
        let marked = text(&world, &branch, "main.txt").await.unwrap();
        for (path, text, undecided) in [("x.txt", "x\n".to_owned(), 1), ("main.txt", SOURCE.replace("one", "UNO"), 0)] {
            let parent = world.forge.head(REPOSITORY, &page.branch).await.unwrap().unwrap();
            let new = NewBranch {
                branch: page.branch.clone(),
                parent,
                changes: [(path.to_owned(), Some(file(&text)))].into(),
                saying: Saying {
                    message: "Decide".to_owned(),
                    author_name: "Team".to_owned(),
                    author_email: "team@example.com".to_owned(),
                    at: world.slipway.clock.now(),
                },
            };
            world.forge.put_branch(REPOSITORY, &new).await.unwrap();
            let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
            assert_eq!(page.undecided.len(), undecided, "{marked}");
            if undecided > 0 {
                assert!(upgrades::merge(&world.slipway, &caller, &id).await.is_err());
            }
        }
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before);
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert!(text(&world, "main", "main.txt").await.unwrap().starts_with("UNO\n"));
    })
    .await;
}

#[tokio::test]
async fn a_closed_upgrade_leaves_nothing_and_can_be_opened_anew() {
    with_template("closed", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let id = open(&world, &caller).await;
        let branch = upgrades::page(&world.slipway, &caller, &id).await.unwrap().branch;
        upgrades::close(&world.slipway, &caller, &id).await.unwrap();
        upgrades::close(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(world.forge.head(REPOSITORY, &branch).await.unwrap(), None);
        assert!(upgrades::merge(&world.slipway, &caller, &id).await.is_err());
        let next = open(&world, &caller).await;
        assert_ne!(next, id);

        // Somebody merges the branch with git: Slipway notices.
        let head = world.forge.head(REPOSITORY, &branch).await.unwrap().unwrap();
        let saying = Saying {
            message: "By hand".to_owned(),
            author_name: "Team".to_owned(),
            author_email: "team@example.com".to_owned(),
            at: world.slipway.clock.now(),
        };
        world.forge.join(REPOSITORY, &head, "main", &saying).await.unwrap();
        slipway_services::repositories::pushed(&world.slipway, REPOSITORY, "dev").await.unwrap();
        pass(&world).await;
        let page = upgrades::page(&world.slipway, &caller, &next).await.unwrap();
        assert_eq!(page.state, UpgradeState::Merged);
    })
    .await;
}

#[tokio::test]
async fn a_new_version_may_ask_for_what_nobody_said_yet() {
    with_template("asks", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        let asks = TEMPLATE.replace("required: [name, owner]", "required: [name, owner, size]").replace(
            "        # more",
            "        size: {type: integer, title: Size, minimum: 2}\n        colour: {type: string, default: red}",
        );
        write(&templates, "template.yaml", &asks);
        write(&templates, "skeleton/size.txt", "${{ values.size }}\n");
        pass(&world).await;
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        let asked: Vec<&str> = plan.asks.iter().map(|(field, _)| field.name.as_str()).collect();
        assert_eq!((asked, plan.nothing), (vec!["size"], false));
        for (typed, ok) in [("", false), ("1", false), ("two", false), ("3", true)] {
            let answers: BTreeMap<String, String> = [("size".to_owned(), typed.to_owned())].into();
            let opened = upgrades::open(&world.slipway, &caller, NAME, &answers).await;
            assert_eq!(opened.as_ref().err().and_then(|error| error.for_field("size")).is_none(), ok, "{opened:?}");
        }
        let id = open(&world, &caller).await;
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "size.txt").await.unwrap(), "3\n");
        let inputs = lock(&world, "main").await.inputs;
        assert_eq!((&inputs["size"], &inputs["colour"]), (&serde_json::json!(3), &serde_json::json!("red")));
    })
    .await;
}

#[tokio::test]
async fn only_the_team_opens_merges_and_closes() {
    with_template("access", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let stranger = world.person("other", Role::Developer, Some("group:default/platform")).await;
        let refused = upgrades::open(&world.slipway, &stranger, NAME, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        let id = open(&world, &caller).await;
        for refused in [
            upgrades::merge(&world.slipway, &stranger, &id).await,
            upgrades::close(&world.slipway, &stranger, &id).await,
        ] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
        }
        let page = upgrades::page(&world.slipway, &stranger, &id).await.unwrap();
        assert_eq!((page.state, page.may_act), (UpgradeState::Open, false));
        let missing = upgrades::page(&world.slipway, &caller, "no-id").await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::NotFound);
    })
    .await;
}

/// Opening and merging stopped dead at every point, and done again: one branch, one upgrade, one merge.
#[tokio::test]
async fn a_process_may_die_at_any_point_of_an_upgrade() {
    with_template("dies", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let first = world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
        for passers in 0.. {
            let gate = Gate::after(passers);
            let store = Arc::new(GatedStore(world.store.clone(), gate.clone()));
            let forge = Arc::new(GatedForge { forge: world.forge.clone(), gate: gate.clone(), can_delete: true });
            let process = world.process("second", store, forge);
            let work = async {
                let opened = upgrades::open(&process, &caller, NAME, &BTreeMap::new()).await.unwrap();
                upgrades::merge(&process, &caller, opened.next.trim_start_matches("/upgrades/")).await.unwrap();
            };
            let died = tokio::select! {
                () = work => false,
                () = gate.stopped() => true,
            };
            gate.open();
            if died {
                pass(&world).await;
                let mut tx = world.store.begin_read().await.unwrap();
                let repository = tx.repository_by_name(REPOSITORY).await.unwrap().unwrap();
                let stands = tx.open_upgrade(repository.id).await.unwrap();
                drop(tx);
                if world.forge.head(REPOSITORY, "main").await.unwrap().unwrap() == first {
                    let id = open(&world, &caller).await;
                    assert!(stands.is_none_or(|stands| stands.id.to_string() == id), "after {passers}");
                    upgrades::close(&world.slipway, &caller, &id).await.unwrap();
                    continue;
                }
                assert_eq!(stands, None, "after {passers}: what the default branch has is merged");
            }
            break;
        }
        let commits = world.forge.commits(REPOSITORY, Some(&first), "main").await.unwrap();
        assert_eq!(commits.len(), 2, "the upgrade and its merge");
        assert!(upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap().nothing);
        let entity: EntityRef = "component:default/order-intake".parse().unwrap();
        assert!(world.store.begin_read().await.unwrap().entity(&entity).await.unwrap().is_some());
    })
    .await;
}

/// Three services that are behind, whose builds are all there is to wait for.
async fn three_services(world: &TestWorld, templates: &Path) -> Caller {
    let developer = world.developer().await;
    let mut tx = world.store.begin_write().await.unwrap();
    for environment in tx.environments().await.unwrap() {
        tx.put_environment(&Environment { auto_deploy: false, ..environment }).await.unwrap();
    }
    tx.commit().await.unwrap();
    for name in ["one", "two", "three"] {
        create_service(world, &developer, name).await;
    }
    reconcile::pass_builds(world.slipway.clone()).await.unwrap();
    write_second_version(templates);
    pass(world).await;
    world.person("lead", Role::TeamLead, Some("group:default/payments")).await
}

fn order(waves: &str, merges: bool) -> NewCampaign {
    NewCampaign {
        template: "template:default/small".to_owned(),
        owner: String::new(),
        waves: waves.to_owned(),
        merges: merges.then(|| "yes".to_owned()),
    }
}

/// Begins a campaign; gives its id.
async fn start(world: &TestWorld, caller: &Caller, order: &NewCampaign) -> String {
    let opened = upgrades::start(&world.slipway, caller, order).await.unwrap();
    opened.next.trim_start_matches("/upgrades/campaigns/").to_owned()
}

/// Where its services are, by wave.
async fn members(world: &TestWorld, caller: &Caller, id: &str) -> (CampaignState, Vec<Vec<MemberState>>) {
    let page = upgrades::campaign(&world.slipway, caller, id).await.unwrap();
    let states = page.waves.iter().map(|wave| wave.iter().map(|member| member.state).collect()).collect();
    (page.row.state, states)
}

#[tokio::test]
async fn a_wave_begins_when_everything_of_the_one_before_is_built() {
    with_template("waves", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("1, rest", true)).await;
        pass(&world).await;
        let (running, done) = (CampaignState::Running, CampaignState::Done);
        let (waiting, merged, through) = (MemberState::Waiting, MemberState::Merged, MemberState::Through);
        assert_eq!(members(&world, &lead, &id).await, (running, vec![vec![merged], vec![waiting, waiting]]));
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1[0], [merged], "its build has not ended");
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await, (running, vec![vec![through], vec![merged, merged]]));
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await, (done, vec![vec![through], vec![through, through]]));
        let page = upgrades::fleet(&world.slipway, &lead, &FleetQuery::default()).await.unwrap();
        assert_eq!((page.templates[0].current, page.templates[0].services), (3, 3));
        assert_eq!((page.campaigns[0].through, page.may_start), (3, true));
        let nothing = upgrades::start(&world.slipway, &lead, &order("1", true)).await.unwrap_err();
        assert!(nothing.for_field("template").is_some(), "{nothing}");
    })
    .await;
}

#[tokio::test]
async fn a_campaign_is_told_once_what_its_services_do_not_say() {
    with_template("campaign_asks", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let asks = TEMPLATE
            .replace("required: [name, owner]", "required: [name, owner, size]")
            .replace("        # more", "        size: {type: integer, title: Size, minimum: 2}");
        write(&templates, "template.yaml", &asks);
        write(&templates, "skeleton/size.txt", "${{ values.size }}\n");
        pass(&world).await;
        let order = order("rest", true);
        let form = upgrades::campaign_form(&world.slipway, &lead, &order).await.unwrap();
        let asked: Vec<&str> = form.asks.iter().map(|(field, _)| field.name.as_str()).collect();
        assert_eq!((asked, form.services), (vec!["size"], 3));
        for (answers, wrong) in [(vec![], true), (vec![("size", "1")], true), (vec![("size", "3")], false)] {
            let answers = typed(&answers);
            match upgrades::start_with(&world.slipway, &lead, &order, &answers).await {
                Ok(_) => assert!(!wrong, "{answers:?}"),
                Err(refused) => assert!(wrong && refused.for_field("size").is_some(), "{answers:?}: {refused}"),
            }
        }
        for _ in 0..8 {
            pass(&world).await;
        }
        for name in ["one", "two", "three"] {
            let file = world.forge.read(&format!("payments/{name}"), "main", "size.txt").await.unwrap().unwrap();
            assert_eq!(file, "3\n", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_failure_stops_a_campaign_and_says_why() {
    with_template("stops", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        // By name: one, three, two. The first cannot be built any more, the second conflicts.
        push(&world, "payments/one", &[("Dockerfile", None)]).await;
        push(&world, "payments/three", &[("main.txt", Some(&SOURCE.replace("one", "uno")))]).await;
        let id = start(&world, &lead, &order("1, 1, rest", true)).await;
        pass(&world).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        let (stopped, failed, waiting) = (CampaignState::Stopped, MemberState::Failed, MemberState::Waiting);
        assert_eq!(members(&world, &lead, &id).await, (stopped, vec![vec![failed], vec![waiting], vec![waiting]]));
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        assert!(page.reason.unwrap().contains("build of one failed"));
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.0, stopped, "it waits for a person");

        upgrades::resume(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        assert!(page.reason.unwrap().contains("three needs hands"), "{:?}", page.waves);
        assert_eq!(page.waves[1][0].state, failed);
        assert!(page.waves[1][0].upgrade.is_some(), "it waits on its branch");
        assert_eq!(page.waves[2][0].state, waiting);
        let stranger = world.person("other", Role::TeamLead, Some("group:default/platform")).await;
        for refused in [
            upgrades::resume(&world.slipway, &stranger, &id).await.unwrap_err(),
            upgrades::stop(&world.slipway, &stranger, &id).await.unwrap_err(),
        ] {
            assert_eq!(refused.code, ErrorCode::Forbidden);
        }
        let developer = world.person("dev2", Role::Developer, Some("group:default/payments")).await;
        let refused = upgrades::start(&world.slipway, &developer, &order("1", true)).await.unwrap_err();
        assert!(refused.for_field("template").is_some(), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn without_leave_to_merge_a_campaign_waits_for_people_and_can_be_stopped() {
    with_template("by_hand", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("1, rest", false)).await;
        pass(&world).await;
        let (open, waiting) = (MemberState::Open, MemberState::Waiting);
        assert_eq!(members(&world, &lead, &id).await.1, [vec![open], vec![waiting, waiting]]);
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        let upgrade = page.waves[0][0].upgrade.clone().unwrap();
        upgrades::merge(&world.slipway, &lead, upgrade.trim_start_matches("/upgrades/")).await.unwrap();
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        upgrades::stop(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1[1], [waiting, waiting], "no step after a stop");
        upgrades::resume(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1, [vec![MemberState::Through], vec![open, open]]);
    })
    .await;
}

#[tokio::test]
async fn a_repository_made_elsewhere_is_put_on_its_path_and_upgraded_from_there() {
    with_template("adopts", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        push(&world, REPOSITORY, &[(LOCK_FILE, None), ("old.txt", None), ("main.txt", Some("ours\n"))]).await;
        pass(&world).await;
        let asked = FleetQuery { state: "apart".to_owned(), ..FleetQuery::default() };
        let page = upgrades::fleet(&world.slipway, &caller, &asked).await.unwrap();
        assert_eq!(page.items[0].standing.standing, StandingView::Apart);
        assert!(upgrades::open(&world.slipway, &caller, NAME, &BTreeMap::new()).await.is_err());

        let template = "template:default/small";
        let page = upgrades::adopt_page(&world.slipway, &caller, NAME, template).await.unwrap();
        let fields: BTreeMap<String, String> =
            page.fields.iter().map(|(field, text)| (field.name.clone(), text.clone())).collect();
        assert_eq!((fields["name"].as_str(), fields["owner"].as_str()), (NAME, "group:default/payments"));
        let version = page.versions[0].0.clone();
        let none = upgrades::adopt(&world.slipway, &caller, NAME, template, "none", &fields).await.unwrap_err();
        assert!(none.for_field("version").is_some());
        let nothing = BTreeMap::new();
        let empty = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &nothing).await.unwrap_err();
        assert!(empty.for_field("name").is_some());
        let opened = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &fields).await.unwrap();
        let id = opened.next.trim_start_matches("/upgrades/");
        let page = upgrades::page(&world.slipway, &caller, id).await.unwrap();
        let likeness = page.likeness.unwrap();
        assert_eq!((likeness.same, likeness.own), (3, 0));
        assert_eq!((likeness.differing, likeness.missing), (vec!["main.txt".to_owned()], vec!["old.txt".to_owned()]));
        upgrades::merge(&world.slipway, &caller, id).await.unwrap();
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), "ours\n", "its files stay as they are");
        let twice = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &fields).await;
        assert_eq!(twice.unwrap_err().code, ErrorCode::Conflict, "it is on one already");

        // The next version: what it adds comes, what the team has of its own stays.
        write(&templates, "skeleton/more.txt", "more\n");
        pass(&world).await;
        let id = open(&world, &caller).await;
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "more.txt").await.unwrap(), "more\n");
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), "ours\n");
        assert_eq!(text(&world, "main", "old.txt").await, None);
    })
    .await;
}

/// A worker stopped dead at every point of a wave, and followed by another: one upgrade and one merge for each service.
#[tokio::test]
async fn a_worker_may_die_at_any_point_of_a_wave() {
    with_template("wave_dies", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("rest", true)).await;
        for passers in 0.. {
            let gate = Gate::after(passers);
            let store = Arc::new(GatedStore(world.store.clone(), gate.clone()));
            let forge = Arc::new(GatedForge { forge: world.forge.clone(), gate: gate.clone(), can_delete: true });
            let process = world.process(&format!("worker-{passers}"), store, forge);
            let died = tokio::select! {
                done = reconcile::pass_upgrades(process) => done.is_err(),
                () = gate.stopped() => true,
            };
            gate.open();
            // Its lease runs out.
            world.clock.advance(11 * SECOND);
            if !died {
                break;
            }
        }
        pass(&world).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        let (state, waves) = members(&world, &lead, &id).await;
        assert_eq!((state, waves), (CampaignState::Done, vec![vec![MemberState::Through; 3]]));
        for name in ["one", "two", "three"] {
            let commits = world.forge.commits(&format!("payments/{name}"), None, "main").await.unwrap();
            assert_eq!(commits.len(), 3, "{name}: its creation, the upgrade and its merge");
        }
    })
    .await;
}
