//! What a failed run left behind: removed one by one, or by hand, on both databases.

mod common;
#[expect(dead_code, reason = "only the forge is of use here")]
#[path = "common/gate.rs"]
mod gate;

use common::{TestWorld, draft_in, engines::on_each_with, typed};
use gate::{Gate, GatedForge};
use slipway_api_types::{ErrorCode, create::RunPage};
use slipway_domain::{access::Role, scaffold::RunState};
use slipway_services::{Caller, audit, create, reconcile};
use std::{future::Future, path::Path, sync::Arc};

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
      properties: {name: {type: string}, owner: {type: string, ui:field: OwnerPicker}}
  steps:
    - {id: render, name: Render, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}}
    - {id: repository, name: Make the repository, action: "slipway:repository:create", input: {name: "${{ parameters.name }}", owner: "${{ parameters.owner }}"}}
    - {id: register, name: Register it, action: "catalog:register", input: {repoContentsUrl: "${{ steps.repository.output.repoContentsUrl }}"}}
    - {id: last, name: Last, action: "catalog:register", input: {repoContentsUrl: "https://elsewhere.example/x.git"}}
"#;

const COMPONENT: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: \"${{ values.name }}\"}\n\
                         spec: {type: service, lifecycle: production, owner: payments}\n";

fn write_template(folder: &Path) {
    let skeleton = folder.join("small/skeleton");
    std::fs::create_dir_all(&skeleton).unwrap();
    std::fs::write(folder.join("small/template.yaml"), TEMPLATE).unwrap();
    std::fs::write(skeleton.join("catalog-info.yaml"), COMPONENT).unwrap();
}

/// A run that failed at its last step, on each engine.
async fn with_failed_run<F>(name: &str, test: impl Fn(TestWorld, Caller, String) -> F + Clone + Send + Sync + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    let fresh = || {
        write_template(folder.path());
        folder.path().to_owned()
    };
    on_each_with(name, fresh, |world| {
        let test = test.clone();
        async move {
            let caller = world.developer().await;
            let page = typed(&[("name", "order-intake"), ("owner", "payments")]);
            let sent = create::send_page(&world.slipway, &caller, "default", "small", "", 0, &page, "").await.unwrap();
            let draft = draft_in(&sent.next);
            create::choose_runtime(&world.slipway, &caller, &draft, "ecs").await.unwrap();
            let run = create::start(&world.slipway, &caller, &draft, &typed(&[])).await.unwrap().next;
            reconcile::pass_runs(world.slipway.clone()).await.unwrap();
            test(world, caller, run.trim_start_matches("/runs/").to_owned()).await;
        }
    })
    .await;
}

async fn page(world: &TestWorld, caller: &Caller, run: &str) -> RunPage {
    create::run_page(&world.slipway, caller, run).await.unwrap()
}

fn left(page: &RunPage) -> Vec<(i64, &str)> {
    page.left.iter().map(|thing| (thing.position, thing.what.as_str())).collect()
}

#[tokio::test]
async fn one_thing_after_the_other_is_removed_until_nothing_is_left() {
    with_failed_run("left_one_by_one", |world, caller, run| async move {
        let seen = page(&world, &caller, &run).await;
        let entries = "Entries in the catalogue";
        assert_eq!(left(&seen), [(3, entries), (2, entries), (1, "Repository payments/order-intake")]);
        assert!(seen.left[0].error.is_some() && seen.left[1].error.is_none());

        // The host is away: it stays, with the reason.
        let forge = GatedForge { forge: world.forge.clone(), gate: Gate::after(u64::MAX), can_delete: false };
        let broken = world.process("first", world.store.clone(), Arc::new(forge));
        create::remove_left(&broken, &caller, &run, 1).await.unwrap();
        reconcile::pass_runs(broken).await.unwrap();
        let seen = page(&world, &caller, &run).await;
        assert_eq!((seen.row.state, seen.left.len()), (RunState::Failed, 3));
        assert!(seen.left[2].error.as_ref().unwrap().contains("the disk is full"), "{:?}", seen.left[2]);

        create::remove_left(&world.slipway, &caller, &run, 1).await.unwrap();
        let refused = create::remove_left(&world.slipway, &caller, &run, 2).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict, "it is under way");
        reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        let seen = page(&world, &caller, &run).await;
        assert_eq!((seen.row.state, left(&seen)), (RunState::Failed, vec![(3, entries), (2, entries)]));
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), None);
        let mut tx = world.store.begin_read().await.unwrap();
        assert_eq!(tx.entities_of_kind("component").await.unwrap().len(), 1, "nobody asked for that");
        drop(tx);
        let refused = create::remove_left(&world.slipway, &caller, &run, 1).await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains("Nothing is left"), "{refused}");

        for position in [2, 3] {
            create::remove_left(&world.slipway, &caller, &run, position).await.unwrap();
            reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        }
        let seen = page(&world, &caller, &run).await;
        assert_eq!((seen.row.state, seen.left.len(), seen.may_undo), (RunState::Undone, 0, false));
        let mut tx = world.store.begin_read().await.unwrap();
        assert_eq!(tx.entities_of_kind("component").await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_removed_by_hand_is_left_no_more_and_the_reason_is_kept() {
    with_failed_run("left_by_hand", |world, caller, run| async move {
        let refused = create::dismiss_left(&world.slipway, &caller, &run, 1, " ").await.unwrap_err();
        assert!(refused.for_field("reason").is_some());
        let stranger = world.person("eve", Role::Developer, Some("group:default/platform")).await;
        for refused in [
            create::dismiss_left(&world.slipway, &stranger, &run, 1, "mine").await.unwrap_err(),
            create::remove_left(&world.slipway, &stranger, &run, 1).await.unwrap_err(),
        ] {
            assert_eq!(refused.code, ErrorCode::Forbidden);
        }
        assert_eq!(page(&world, &caller, &run).await.left.len(), 3, "nothing of that changed anything");

        for position in [1, 2, 3] {
            create::dismiss_left(&world.slipway, &caller, &run, position, "gone with the host").await.unwrap();
        }
        let seen = page(&world, &caller, &run).await;
        assert_eq!((seen.row.state, seen.left.len()), (RunState::Undone, 0));
        assert!(
            seen.log.iter().any(|line| line.message.ends_with("Repository payments/order-intake. gone with the host"))
        );
        let root = world.person("root", Role::Administrator, None).await;
        let lines = audit::page(&world.slipway, &root, "").await.unwrap().items;
        let told = lines.iter().find(|line| line.action == "run.removed-by-hand").unwrap();
        assert!(told.actor == "dev" && told.detail.contains("gone with the host"), "{told:?}");
        assert!(world.forge.head(REPOSITORY, "main").await.unwrap().is_some(), "it was only somebody's word");
    })
    .await;
}
