//! Templates that come from repositories and folders: versions by content, and a broken one beside its last good version.

mod common;

use common::{TestWorld, draft_in, engines::on_each, typed};
use slipway_api_types::{
    ErrorCode,
    create::TemplateCard,
    settings::AuditRow,
    upgrades::{FleetQuery, StandingView},
};
use slipway_domain::{
    access::Role,
    ids::RepositoryId,
    time::{MINUTE, SECOND},
};
use slipway_ports::{
    Entropy as _,
    forge::{CommitFile, NewCommit},
    store::repositories::Repository,
};
use slipway_services::{Caller, audit, catalog, create, reconcile, repositories, upgrades};
use std::{collections::BTreeMap, path::Path};

const REPOSITORY: &str = "platform/paths";
const URL: &str = "http://slipway.test/git/platform/paths.git";

/// A golden path of that name, which renders `skeleton`.
fn template(name: &str, skeleton: &str) -> String {
    format!(
        r#"apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {{name: {name}, title: The {name} path}}
spec:
  owner: group:default/platform
  type: service
  parameters:
    - title: It
      required: [name, owner]
      properties:
        name: {{type: string}}
        owner: {{type: string, ui:field: OwnerPicker}}
  steps:
    - {{id: render, name: Render, action: "fetch:template", input: {{url: {skeleton}, values: {{name: "${{{{ parameters.name }}}}", owner: "${{{{ parameters.owner }}}}"}}}}}}
    - {{id: repository, name: Repository, action: "slipway:repository:create", input: {{name: "${{{{ parameters.name }}}}", owner: "${{{{ parameters.owner }}}}"}}}}
    - {{id: register, name: Register, action: "catalog:register", input: {{repoContentsUrl: "${{{{ steps.repository.output.repoContentsUrl }}}}"}}}}
    - {{id: service, name: Service, action: "slipway:service:create", input: {{entityRef: "${{{{ steps.register.output.entityRef }}}}"}}}}
"#
    )
}

const COMPONENT: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: \"${{ values.name }}\"}\n\
                         spec: {type: service, lifecycle: production, owner: \"${{ values.owner }}\"}\n";
const SCORE: &str = "apiVersion: score.dev/v1b1\nmetadata: {name: \"${{ values.name }}\"}\nservice: {ports: {http: {port: 8080}}}\n\
                     containers: {app: {image: \".\", resources: {limits: {cpu: 0.25, memory: 512Mi}}}}\n";
const ALL: &str = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: paths}\n\
                   spec: {targets: [./one/template.yaml, ./deep/two/template.yaml]}\n";

type Files = BTreeMap<String, CommitFile>;

fn file(text: &str) -> CommitFile {
    CommitFile { bytes: text.to_owned().into(), ..CommitFile::default() }
}

/// Two golden paths of one repository; the second fetches what lies outside its own folder.
fn files() -> Files {
    let mut files = Files::new();
    let mut put = |path: &str, text: &str| drop(files.insert(path.to_owned(), file(text)));
    put("catalog-info.yaml", ALL);
    put("one/template.yaml", &template("one", "./skeleton"));
    put("deep/two/template.yaml", &template("two", "../../skeletons/shared"));
    for skeleton in ["one/skeleton", "skeletons/shared"] {
        put(&format!("{skeleton}/catalog-info.yaml"), COMPONENT);
        put(&format!("{skeleton}/score.yaml"), SCORE);
        put(&format!("{skeleton}/Dockerfile"), "FROM scratch\n");
        put(&format!("{skeleton}/main.txt"), "first\n");
    }
    let link = CommitFile { bytes: "main.txt".into(), executable: false, link: true };
    files.insert("one/skeleton/link.txt".to_owned(), link);
    files
}

/// What somebody pushes to the repository of golden paths; the catalogue reads it at once.
async fn push(world: &TestWorld, files: &Files) {
    // Nothing happens twice in one millisecond.
    world.clock.advance(SECOND);
    let commit = NewCommit {
        branch: "main".to_owned(),
        files: files.clone(),
        message: "Change".to_owned(),
        author_name: "Platform".to_owned(),
        author_email: "platform@example.com".to_owned(),
        at: world.slipway.clock.now(),
    };
    world.forge.commit(REPOSITORY, &commit).await.unwrap();
    repositories::pushed(&world.slipway, REPOSITORY, "ada").await.unwrap();
    reconcile::pass_catalog(world.slipway.clone()).await.unwrap();
}

/// The repository of golden paths, registered.
async fn registered(world: &TestWorld, caller: &Caller) {
    world.forge.create(REPOSITORY, "main", "test").await.unwrap();
    let repository = Repository {
        id: RepositoryId::from_uuid(world.entropy.uuid()),
        name: REPOSITORY.to_owned(),
        owner: "group:default/platform".to_owned(),
        default_branch: "main".to_owned(),
        recorded_head: None,
        created_at: world.slipway.clock.now(),
    };
    let mut tx = world.store.begin_write().await.unwrap();
    tx.add_repository(&repository).await.unwrap();
    tx.commit().await.unwrap();
    push(world, &files()).await;
    let report = catalog::register(&world.slipway, caller, URL).await.unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(report.registered.len(), 3);
}

async fn cards(world: &TestWorld, caller: &Caller) -> BTreeMap<String, TemplateCard> {
    let shelf = create::shelf(&world.slipway, caller).await.unwrap();
    shelf.templates.into_iter().map(|card| (card.reference.replace("template:default/", ""), card)).collect()
}

async fn version(world: &TestWorld, caller: &Caller, name: &str) -> String {
    let page = catalog::page(&world.slipway, caller, "template", "default", name).await.unwrap();
    page.annotations.into_iter().find(|(key, _)| key == "slipway.dev/version").unwrap().1
}

/// Creates a service of a template.
async fn create_service(world: &TestWorld, caller: &Caller, template: &str, name: &str) {
    let page = typed(&[("name", name), ("owner", "payments")]);
    let sent = create::send_page(&world.slipway, caller, "default", template, "", 0, &page, "").await.unwrap();
    let draft = draft_in(&sent.next);
    create::choose_runtime(&world.slipway, caller, &draft, "ecs").await.unwrap();
    let run = create::start(&world.slipway, caller, &draft, &BTreeMap::new()).await.unwrap().next;
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    let page = create::run_page(&world.slipway, caller, run.trim_start_matches("/runs/")).await.unwrap();
    assert_eq!(page.error, None, "{:?}", page.log);
}

async fn text(world: &TestWorld, repository: &str, path: &str) -> String {
    let bytes = world.forge.read(repository, "main", path).await.unwrap().unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the audit log says of the repository of golden paths.
async fn audited(world: &TestWorld, action: &str) -> Vec<AuditRow> {
    let root = world.person(&format!("root-{action}-{}", world.entropy.uuid()), Role::Administrator, None).await;
    let page = audit::page(&world.slipway, &root, "").await.unwrap();
    page.items.into_iter().filter(|line| line.action == action && line.target == URL).collect()
}

#[tokio::test]
async fn templates_of_a_repository_are_used_versioned_and_upgraded_like_any_other() {
    on_each("repository", |world| async move {
        let caller = world.developer().await;
        registered(&world, &caller).await;
        let shelf = cards(&world, &caller).await;
        assert_eq!((shelf["one"].title.as_str(), &shelf["one"].trouble), ("The one path", &None));
        for template in ["one", "two"] {
            create_service(&world, &caller, template, &format!("made-of-{template}")).await;
        }
        assert_eq!(text(&world, "payments/made-of-two", "main.txt").await, "first\n");
        let made = world.forge.files("payments/made-of-one", "main").await.unwrap();
        assert!(made["link.txt"].link && made["link.txt"].bytes == "main.txt", "a link stays one");

        let before = [version(&world, &caller, "one").await, version(&world, &caller, "two").await];
        let mut changed = files();
        changed.insert("one/skeleton/main.txt".to_owned(), file("second\n"));
        push(&world, &changed).await;
        let after = [version(&world, &caller, "one").await, version(&world, &caller, "two").await];
        assert_ne!(after[0], before[0]);
        assert_eq!(after[1], before[1], "nothing that it is made of changed");

        let asked = FleetQuery { state: "behind".to_owned(), ..FleetQuery::default() };
        let behind = upgrades::fleet(&world.slipway, &caller, &asked).await.unwrap().items;
        assert_eq!(behind.len(), 1);
        assert_eq!(behind[0].standing.standing, StandingView::Behind(Some(1)));
        let opened = upgrades::open(&world.slipway, &caller, "made-of-one", &BTreeMap::new()).await.unwrap();
        upgrades::merge(&world.slipway, &caller, opened.next.trim_start_matches("/upgrades/")).await.unwrap();
        assert_eq!(text(&world, "payments/made-of-one", "main.txt").await, "second\n");
    })
    .await;
}

#[tokio::test]
async fn a_broken_template_says_where_and_its_last_good_version_still_works() {
    on_each("broken", |world| async move {
        let caller = world.developer().await;
        let lead = world.person("lead", Role::TeamLead, Some("group:default/platform")).await;
        registered(&world, &caller).await;
        let good = version(&world, &caller, "one").await;
        let unknown = template("one", "./skeleton").replace("slipway:service:create", "acme:unheard");
        let no_yaml = template("one", "./skeleton").replace("  type: service", "  type: [service");
        let no_skeleton = template("one", "./gone");
        for (broken, line, words) in [
            (&unknown, "17", "there is no action `acme:unheard` here"),
            (&no_yaml, "", "one/template.yaml"),
            (&no_skeleton, "14", "there is no folder `./gone` beside template.yaml"),
        ] {
            let mut changed = files();
            changed.insert("one/template.yaml".to_owned(), file(broken));
            push(&world, &changed).await;
            let trouble = cards(&world, &caller).await["one"].trouble.clone().unwrap();
            assert!(trouble.why.starts_with(&format!("one/template.yaml:{line}")), "{}", trouble.why);
            assert!(trouble.why.contains(words) && trouble.has_good && trouble.checked_at.is_some(), "{}", trouble.why);
            assert!(!trouble.may_refresh, "the developer is of another team");
            assert!(cards(&world, &lead).await["one"].trouble.as_ref().unwrap().may_refresh);
            let page = catalog::page(&world.slipway, &caller, "template", "default", "one").await.unwrap();
            assert_eq!(page.item.error.as_ref(), Some(&trouble.why));
            assert!(page.create.is_some());
            assert_eq!(version(&world, &caller, "one").await, good);
            assert_eq!(cards(&world, &caller).await["two"].trouble, None, "the other is not concerned");
        }
        create_service(&world, &caller, "one", "made-meanwhile").await;

        // The repository is gone altogether: both are still there, and say so.
        let mut tx = world.store.begin_write().await.unwrap();
        let id = tx.repository_by_name(REPOSITORY).await.unwrap().unwrap().id;
        tx.delete_repository(id).await.unwrap();
        tx.commit().await.unwrap();
        let refused = catalog::refresh(&world.slipway, &caller, "template", "default", "two").await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        let refused = catalog::refresh(&world.slipway, &lead, "template", "default", "two").await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Invalid);
        let trouble = cards(&world, &caller).await["two"].trouble.clone().unwrap();
        assert!(trouble.why.contains("could not be read") && trouble.has_good, "{}", trouble.why);
        create_service(&world, &caller, "two", "made-afterwards").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_mended_is_good_again_and_every_reading_is_audited() {
    on_each("mended", |world| async move {
        let caller = world.developer().await;
        let lead = world.person("lead", Role::TeamLead, Some("group:default/platform")).await;
        registered(&world, &caller).await;
        let mut broken = files();
        broken.insert("one/template.yaml".to_owned(), file(&template("one", "./gone")));
        push(&world, &broken).await;
        assert!(cards(&world, &caller).await["one"].trouble.is_some());
        let seen = audited(&world, "catalog.refresh").await;
        assert_eq!((seen.len(), seen[0].actor.as_str(), seen[0].target.as_str()), (1, "slipway", URL));
        // Looking again and finding the same is worth no word.
        world.clock.advance(2 * MINUTE);
        reconcile::pass_catalog(world.slipway.clone()).await.unwrap();
        assert_eq!(audited(&world, "catalog.refresh").await.len(), 1);

        push(&world, &files()).await;
        assert_eq!(cards(&world, &caller).await["one"].trouble, None);
        world.clock.advance(SECOND);
        let report = catalog::refresh(&world.slipway, &lead, "template", "default", "one").await.unwrap();
        assert!(report.problems.is_empty());
        let seen = audited(&world, "catalog.refresh").await;
        assert_eq!((seen.len(), seen[0].actor.as_str()), (3, "lead"));
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_a_template_of_elsewhere_a_version() {
    on_each("foreign", |world| async move {
        let caller = world.developer().await;
        registered(&world, &caller).await;
        let shipped = version(&world, &caller, "go-service").await;
        let mut foreign = files();
        foreign.insert("one/template.yaml".to_owned(), file(&template("go-service", "./skeleton")));
        push(&world, &foreign).await;
        assert_eq!(version(&world, &caller, "go-service").await, shipped);
        let mut tx = world.store.begin_read().await.unwrap();
        let marks = tx.version_marks().await.unwrap();
        assert_eq!(marks.iter().filter(|mark| mark.template == "template:default/go-service").count(), 1);
    })
    .await;
}

fn write(folder: &Path, files: &Files) {
    for (path, file) in files.iter().filter(|(_, file)| !file.link) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.bytes).unwrap();
    }
}

#[tokio::test]
async fn a_folder_is_read_again_when_its_time_has_come_and_one_that_never_was_good_says_why() {
    on_each("folder", |world| async move {
        let root = world.person("root", Role::Administrator, None).await;
        let folder = tempfile::tempdir().unwrap();
        let mut broken = files();
        broken.insert("one/template.yaml".to_owned(), file(&template("one", "./gone")));
        write(folder.path(), &broken);
        let target = folder.path().to_str().unwrap();
        let report = catalog::register(&world.slipway, &root, target).await.unwrap();
        let problem = &report.problems[0];
        let place = (problem.file.as_str(), problem.line, problem.field.as_str());
        assert_eq!(place, ("one/template.yaml", Some(14), "spec.steps.0.input.url"));
        let trouble = cards(&world, &root).await["one"].trouble.clone().unwrap();
        assert!(!trouble.has_good && trouble.may_refresh);
        let refused = create::wizard(&world.slipway, &root, "default", "one", "", "").await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains("./gone"), "{refused}");

        write(folder.path(), &files());
        world.clock.advance(30 * SECOND);
        reconcile::pass_catalog(world.slipway.clone()).await.unwrap();
        assert!(cards(&world, &root).await["one"].trouble.is_some(), "not yet");
        world.clock.advance(MINUTE);
        reconcile::pass_catalog(world.slipway.clone()).await.unwrap();
        assert_eq!(cards(&world, &root).await["one"].trouble, None);
        create::wizard(&world.slipway, &root, "default", "one", "", "").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_run_keeps_the_version_it_began_with() {
    on_each("began", |world| async move {
        let caller = world.developer().await;
        registered(&world, &caller).await;
        let page = typed(&[("name", "early"), ("owner", "payments")]);
        let sent = create::send_page(&world.slipway, &caller, "default", "one", "", 0, &page, "").await.unwrap();
        let draft = draft_in(&sent.next);
        create::choose_runtime(&world.slipway, &caller, &draft, "ecs").await.unwrap();
        let began_with = version(&world, &caller, "one").await;
        create::start(&world.slipway, &caller, &draft, &BTreeMap::new()).await.unwrap();
        let mut changed = files();
        changed.insert("one/skeleton/main.txt".to_owned(), file("second\n"));
        push(&world, &changed).await;
        reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        assert_eq!(text(&world, "payments/early", "main.txt").await, "first\n");
        let lock = text(&world, "payments/early", slipway_scaffold::LOCK_FILE).await;
        assert!(lock.contains(&began_with), "{lock}");
    })
    .await;
}
