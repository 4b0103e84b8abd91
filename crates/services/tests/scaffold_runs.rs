//! Scaffold runs: all the way, failing, retried, undone, and with the worker stopped dead at every point.

mod common;
#[path = "common/gate.rs"]
mod gate;

use common::{TestWorld, draft_in, typed};
use gate::{Gate, GatedForge, GatedStore};
use slipway_api_types::{ErrorCode, create::RunPage};
use slipway_domain::{
    access::Role,
    deployment::DeploymentState,
    ids::RunId,
    scaffold::{RunState, StepState},
    time::SECOND,
};
use slipway_ports::store::{deployments::DeploymentFilter, services::ServiceFilter};
use slipway_services::{Caller, Slipway, create, reconcile};
use std::{path::Path, sync::Arc};
use tokio_util::sync::CancellationToken;

const NAME: &str = "order-intake";
const REPOSITORY: &str = "payments/order-intake";

/// A template of one's own: the usual steps, then one that fails when `reason` is given.
fn write_template(folder: &Path, last: &str) {
    let template = folder.join("small");
    std::fs::create_dir_all(template.join("skeleton")).unwrap();
    let text = format!(
        r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {{name: small, title: Small}}
spec:
  owner: group:default/platform
  type: service
  parameters:
    - title: It
      required: [name, owner]
      properties:
        name: {{type: string}}
        owner: {{type: string, ui:field: OwnerPicker}}
        quiet: {{type: boolean}}
  steps:
    - {{id: render, name: Render, action: "fetch:template", input: {{url: ./skeleton, values: {{name: "${{{{ parameters.name }}}}", owner: "${{{{ parameters.owner }}}}"}}}}}}
    - {{id: hush, name: Hush, action: "debug:log", if: "${{{{ parameters.quiet }}}}", input: {{message: never}}}}
    - {{id: tell, name: Tell, action: "debug:log", each: [one, two], input: {{message: "round ${{{{ each.value }}}} of ${{{{ user.ref }}}}"}}}}
    - {{id: repository, name: Repository, action: "slipway:repository:create", input: {{name: "${{{{ parameters.name }}}}", owner: "${{{{ parameters.owner }}}}"}}}}
    - {{id: register, name: Register, action: "catalog:register", input: {{repoContentsUrl: "${{{{ steps.repository.output.repoContentsUrl }}}}"}}}}
    - {{id: service, name: Service, action: "slipway:service:create", input: {{entityRef: "${{{{ steps.register.output.entityRef }}}}"}}}}
    {last}
  output:
    links: [{{title: Service, entityRef: "${{{{ steps.register.output.entityRef }}}}"}}]
"#
    );
    std::fs::write(template.join("template.yaml"), text).unwrap();
    let files = [
        (
            "catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: \"${{ values.name }}\"}\n\
             spec: {type: service, lifecycle: production, owner: \"${{ values.owner }}\"}\n",
        ),
        (
            "score.yaml",
            "apiVersion: score.dev/v1b1\nmetadata: {name: \"${{ values.name }}\"}\nservice: {ports: {http: {port: 8080}}}\n\
             containers: {app: {image: \".\", resources: {limits: {cpu: 0.25, memory: 512Mi}}}}\n",
        ),
        ("Dockerfile", "FROM scratch\n"),
    ];
    for (name, text) in files {
        std::fs::write(template.join("skeleton").join(name), text).unwrap();
    }
}

const FAILING: &str = r#"- {id: last, name: Last, action: "catalog:register", input: {repoContentsUrl: "https://elsewhere.example/x.git"}}"#;

/// A started run of the small template.
struct Started {
    world: TestWorld,
    caller: Caller,
    run: String,
    _templates: tempfile::TempDir,
}

impl Started {
    async fn new(last: &str) -> Self {
        let templates = tempfile::tempdir().unwrap();
        write_template(templates.path(), last);
        let world = TestWorld::with_templates(templates.path().to_owned()).await;
        let caller = world.developer().await;
        let page = typed(&[("name", NAME), ("owner", "payments")]);
        let sent = create::send_page(&world.slipway, &caller, "default", "small", "", 0, &page, "").await.unwrap();
        let draft = draft_in(&sent.next);
        create::choose_runtime(&world.slipway, &caller, &draft, "ecs").await.unwrap();
        let sent = create::start(&world.slipway, &caller, &draft, &typed(&[])).await.unwrap();
        Self { run: sent.next.trim_start_matches("/runs/").to_owned(), world, caller, _templates: templates }
    }

    async fn pass(&self) {
        reconcile::pass_runs(self.world.slipway.clone()).await.unwrap();
    }

    async fn page(&self) -> RunPage {
        create::run_page(&self.world.slipway, &self.caller, &self.run).await.unwrap()
    }

    /// As another process would see it: behind a gate that stops everybody after some passers.
    fn behind(&self, gate: &Arc<Gate>) -> Arc<Slipway> {
        let store = Arc::new(GatedStore(self.world.store.clone(), gate.clone()));
        let forge = Arc::new(GatedForge { forge: self.world.forge.clone(), gate: gate.clone(), can_delete: true });
        self.world.process("second", store, forge)
    }

    /// Everything there is exactly once, and all of it.
    async fn assert_made_once(&self, when: &str) {
        let page = self.page().await;
        assert_eq!(page.row.state, RunState::Succeeded, "{when}: {:?}", page.error);
        let mut tx = self.world.store.begin_read().await.unwrap();
        let head = self.world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
        let commits = self.world.forge.commits(REPOSITORY, None, &head).await.unwrap();
        assert_eq!(commits.len(), 1, "{when}");
        let services = tx.list_services(&ServiceFilter::default(), None, 10).await.unwrap().items;
        assert_eq!(services.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), [NAME], "{when}");
        assert_eq!(tx.placements_of(&[services[0].id]).await.unwrap().len(), 3, "{when}");
        assert_eq!(tx.builds_of(services[0].id, 10).await.unwrap().len(), 1, "{when}");
        let repositories = tx.repositories().await.unwrap();
        assert_eq!(repositories.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), [REPOSITORY], "{when}");
        assert_eq!(repositories[0].recorded_head.as_ref(), Some(&head), "{when}");
        assert_eq!(tx.entities_of_kind("component").await.unwrap().len(), 1, "{when}");
        let run: RunId = self.run.parse().unwrap();
        assert_eq!(tx.workspace(run).await.unwrap(), [], "{when}: the workspace goes with the run");
    }

    /// Nothing is left but the run itself.
    async fn assert_nothing_left(&self, when: &str) {
        let page = self.page().await;
        assert_eq!(page.row.state, RunState::Undone, "{when}: {:?}", page.error);
        assert!(!page.may_retry && !page.may_undo && page.service.is_none());
        let mut tx = self.world.store.begin_read().await.unwrap();
        assert_eq!(self.world.forge.head(REPOSITORY, "main").await.unwrap(), None, "{when}");
        assert_eq!(tx.count_services().await.unwrap(), 0, "{when}");
        assert_eq!(tx.repositories().await.unwrap(), [], "{when}");
        assert_eq!(tx.entities_of_kind("component").await.unwrap(), [], "{when}");
        let targets: Vec<String> = tx.locations().await.unwrap().into_iter().map(|l| l.target).collect();
        assert!(!targets.iter().any(|target| target.contains(NAME)), "{when}: {targets:?}");
        assert_eq!(tx.active_builds(10).await.unwrap(), [], "{when}");
        assert_eq!(tx.active_deployments(10).await.unwrap(), [], "{when}");
        let history = tx.list_deployments(&DeploymentFilter::default(), None, 10).await.unwrap().items;
        assert_eq!(history, [], "{when}");
        let run: RunId = self.run.parse().unwrap();
        assert_eq!(tx.workspace(run).await.unwrap(), [], "{when}");
        assert_eq!(self.world.ecs.running(), Vec::<String>::new(), "{when}");
    }
}

fn states(page: &RunPage) -> Vec<StepState> {
    page.steps.iter().map(|step| step.state).collect()
}

#[tokio::test]
async fn the_golden_path_ends_in_a_service_that_is_deployed_by_its_first_build() {
    let world = TestWorld::new().await;
    let caller = world.developer().await;
    let run = world.start_golden_path(&caller, NAME, "ecs").await;
    let shutdown = CancellationToken::new();
    let supervisor = reconcile::start(world.slipway.clone(), shutdown.clone());
    let mut feed = world.store.watch();
    let service = loop {
        let mut tx = world.store.begin_read().await.unwrap();
        let service = tx.service_by_name(NAME).await.unwrap();
        let placements = match &service {
            Some(service) => tx.placements_of(&[service.id]).await.unwrap(),
            None => Vec::new(),
        };
        drop(tx);
        if let (Some(service), true) = (service, placements.iter().any(|placement| placement.current.is_some())) {
            break service;
        }
        feed.changed().await.unwrap();
    };
    let page = create::run_page(&world.slipway, &caller, &run).await.unwrap();
    assert_eq!(page.row.state, RunState::Succeeded, "{:?}", page.error);
    assert_eq!(page.service.unwrap().href, format!("/services/{NAME}"));
    assert_eq!(page.links[0].href, format!("/catalog/component/default/{NAME}"));
    assert_eq!(page.links[1].href, format!("http://slipway.test/git/{REPOSITORY}.git"));
    assert!(page.texts[0].1.contains("git clone http://slipway.test/git/"), "{:?}", page.texts);
    assert!(page.log.iter().any(|line| line.message.contains(REPOSITORY)), "{:?}", page.log);
    assert!(!page.log.iter().any(|line| line.warning), "{:?}", page.log);

    let mut tx = world.store.begin_read().await.unwrap();
    let placements = tx.placements_of(&[service.id]).await.unwrap();
    let seen: Vec<(&str, &str)> = placements.iter().map(|p| (p.environment.as_str(), p.runtime.as_str())).collect();
    assert_eq!(seen, [("dev", "ecs"), ("staging", "ecs"), ("production", "ecs")]);
    let workload = &placements[0].workload;
    assert_eq!((workload.port, workload.cpu, workload.memory, workload.replicas), (8080, 256, 512, 2));
    assert_eq!(workload.health_path, "/readyz");
    assert_eq!(world.ecs.running(), [format!("{NAME}-dev")]);
    let head = world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
    let commits = world.forge.commits(REPOSITORY, None, &head).await.unwrap();
    assert_eq!(commits[0].author, "dev of Test");
    let workflow = world.forge.read(REPOSITORY, &head, ".github/workflows/ci.yaml").await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&workflow).contains("${{"), "GitHub's own expressions are left alone");
    shutdown.cancel();
    supervisor.stopped().await;
}

#[tokio::test]
async fn conditions_rounds_and_outputs_are_heeded() {
    let started = Started::new("").await;
    started.pass().await;
    started.assert_made_once("at the end").await;
    let page = started.page().await;
    assert_eq!(page.steps[1].state, StepState::Skipped);
    let said: Vec<&str> = page.log.iter().map(|line| line.message.as_str()).collect();
    assert!(said.contains(&"round one of user:default/dev") && said.contains(&"round two of user:default/dev"));
    assert!(!said.contains(&"never"));
    assert!(page.log.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    let refused = create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
}

#[tokio::test]
async fn undo_leaves_nothing_behind_not_even_what_runs() {
    let started = Started::new(FAILING).await;
    let world = &started.world;
    started.pass().await;
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.error.unwrap().contains("elsewhere.example"));
    assert!(page.may_retry && page.may_undo && page.steps[3].can_undo && !page.steps[0].can_undo);

    // Build and deploy what the failed run made, as the other workers do.
    let shutdown = CancellationToken::new();
    let supervisor = reconcile::start(world.slipway.clone(), shutdown.clone());
    let mut feed = world.store.watch();
    loop {
        let mut tx = world.store.begin_read().await.unwrap();
        let history = tx.list_deployments(&DeploymentFilter::default(), None, 10).await.unwrap().items;
        drop(tx);
        if history.iter().any(|deployment| deployment.state == DeploymentState::Succeeded) {
            break;
        }
        feed.changed().await.unwrap();
    }
    shutdown.cancel();
    supervisor.stopped().await;
    assert_eq!(world.ecs.running(), [format!("{NAME}-dev")]);

    // The runtime cannot be reached: the undo stops with words, and nothing is forgotten.
    world.ecs.set_unreachable(true);
    create::undo(&world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.error.as_ref().unwrap().contains("the credentials have expired"), "{:?}", page.error);
    assert_eq!(world.store.begin_read().await.unwrap().count_services().await.unwrap(), 1);

    world.ecs.set_unreachable(false);
    create::undo(&world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    started.assert_nothing_left("after undo").await;
    assert!(states(&started.page().await).iter().all(|state| *state == StepState::Undone));
    // The name is free again.
    let page = typed(&[("name", NAME), ("owner", "payments")]);
    create::send_page(&world.slipway, &started.caller, "default", "small", "", 0, &page, "").await.unwrap();
}

#[tokio::test]
async fn a_retry_goes_on_from_the_failed_step() {
    let started = Started::new(FAILING).await;
    started.pass().await;
    create::retry(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Failed);
    let attempts: Vec<i64> = page.steps.iter().map(|step| step.attempts).collect();
    assert_eq!(attempts, [1, 0, 1, 1, 1, 1, 2]);

    let viewer = started.world.person("vic", Role::Viewer, None).await;
    let page = create::run_page(&started.world.slipway, &viewer, &started.run).await.unwrap();
    assert!(!page.may_retry && !page.may_undo);
    for refused in [
        create::retry(&started.world.slipway, &viewer, &started.run).await,
        create::undo(&started.world.slipway, &viewer, &started.run).await,
    ] {
        assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
    }
    let colleague = started.world.person("cole", Role::Developer, Some("group:default/payments")).await;
    let page = create::run_page(&started.world.slipway, &colleague, &started.run).await.unwrap();
    assert!(page.may_retry && !page.may_undo, "one's own run, or as a lead");
}

#[tokio::test]
async fn after_a_failure_only_the_steps_that_ask_for_it_run() {
    let last = [
        FAILING,
        r#"- {id: next, name: Next, action: "debug:log", input: {message: "never said"}}"#,
        r#"- {id: sorry, name: Sorry, action: "debug:log", if: "${{ failure() }}", input: {message: "it went wrong"}}"#,
        r#"- {id: end, name: End, action: "debug:log", if: "${{ always() }}", input: {message: "either way"}}"#,
    ];
    let started = Started::new(&last.join("\n    ")).await;
    started.pass().await;
    let page = started.page().await;
    let states = |page: &RunPage| page.steps[6..].iter().map(|step| step.state).collect::<Vec<_>>();
    let after = [StepState::Failed, StepState::Skipped, StepState::Succeeded, StepState::Succeeded];
    assert_eq!((page.row.state, states(&page)), (RunState::Failed, after.to_vec()));
    assert!(page.error.as_ref().unwrap().starts_with("Last failed: "), "{:?}", page.error);
    let said = |page: &RunPage, text: &str| page.log.iter().filter(|line| line.message == text).count();
    assert_eq!(["never said", "it went wrong", "either way"].map(|text| said(&page, text)), [0, 1, 1]);

    // Trying again begins at the step that failed; what was done after it stands.
    create::retry(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    let page = started.page().await;
    let attempts: Vec<i64> = page.steps[6..].iter().map(|step| step.attempts).collect();
    // Nothing that is still to do asks to be done, so the run ends at once.
    let after = [StepState::Failed, StepState::Waiting, StepState::Succeeded, StepState::Succeeded];
    assert_eq!((page.row.state, states(&page), attempts), (RunState::Failed, after.to_vec(), vec![2, 0, 1, 1]));
    create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    started.assert_nothing_left("in the end").await;
}

#[tokio::test]
async fn a_half_undone_run_can_be_tried_again() {
    let started = Started::new(FAILING).await;
    started.pass().await;
    // The host is away when the repository shall go.
    let forge = GatedForge { forge: started.world.forge.clone(), gate: Gate::after(u64::MAX), can_delete: false };
    let broken = started.world.process("first", started.world.store.clone(), Arc::new(forge));
    create::undo(&broken, &started.caller, &started.run).await.unwrap();
    reconcile::pass_runs(broken).await.unwrap();
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.log.iter().any(|line| line.message.contains("Slipway tries again")), "{:?}", page.log);
    assert_eq!(page.steps[3].state, StepState::Failed);
    assert_eq!(page.steps[4].state, StepState::Undone);
    create::retry(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    let mut tx = started.world.store.begin_read().await.unwrap();
    assert_eq!(tx.count_services().await.unwrap(), 1, "what was undone is made again");
    drop(tx);
    create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    started.assert_nothing_left("in the end").await;
}

#[tokio::test]
async fn a_name_that_another_took_meanwhile_fails_and_leaves_the_others_repository() {
    let started = Started::new("").await;
    started.world.forge.create(REPOSITORY, "main", "somebody else").await.unwrap();
    started.pass().await;
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.error.unwrap().contains("already exists"));
    create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    assert_eq!(started.page().await.row.state, RunState::Undone);
    started.world.forge.create(REPOSITORY, "main", "somebody else").await.expect("it is still theirs");
}

/// Lets a worker go as far as the gate and drops it there. `false`: it came to the end.
async fn dies_at(slipway: Arc<Slipway>, gate: &Gate) -> bool {
    let worker = tokio::spawn(reconcile::pass_runs(slipway));
    let abort = worker.abort_handle();
    tokio::select! {
        ended = worker => { ended.unwrap().unwrap(); false }
        () = gate.stopped() => { abort.abort(); true }
    }
}

#[tokio::test]
async fn a_worker_that_dies_anywhere_is_followed_by_another_and_nothing_happens_twice() {
    for passers in 0.. {
        let started = Started::new("").await;
        let gate = Gate::after(passers);
        if !dies_at(started.behind(&gate), &gate).await {
            assert!(passers > 20, "the gate stands in the way of every change");
            return;
        }
        if passers > 0 {
            let before = started.page().await;
            started.pass().await;
            assert_eq!(started.page().await, before, "the lease holds others off");
        }
        started.world.clock.advance(11 * SECOND);
        started.pass().await;
        started.assert_made_once(&format!("died after {passers}")).await;
    }
}

#[tokio::test]
async fn a_worker_that_wakes_up_late_changes_nothing() {
    for passers in (1..24).step_by(3) {
        let started = Started::new("").await;
        let gate = Gate::after(passers);
        let late = tokio::spawn(reconcile::pass_runs(started.behind(&gate)));
        gate.stopped().await;
        started.world.clock.advance(11 * SECOND);
        started.pass().await;
        let before = started.page().await;
        gate.open();
        late.await.unwrap().unwrap();
        started.assert_made_once(&format!("woke up after {passers}")).await;
        assert_eq!(started.page().await, before);
    }
}

#[tokio::test]
async fn an_undo_that_dies_anywhere_is_finished_by_another() {
    for passers in 0.. {
        let started = Started::new(FAILING).await;
        started.pass().await;
        create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap();
        let gate = Gate::after(passers);
        let died = dies_at(started.behind(&gate), &gate).await;
        if died {
            started.world.clock.advance(11 * SECOND);
            started.pass().await;
        }
        started.assert_nothing_left(&format!("died after {passers}")).await;
        if !died {
            assert!(passers > 8, "the gate stands in the way of every change");
            return;
        }
    }
}

#[tokio::test]
async fn a_step_that_takes_its_worker_down_again_and_again_is_not_begun_for_ever() {
    let started = Started::new("").await;
    for time in 0..5 {
        // Taking the lease, beginning the run the first time, beginning the step; then it dies.
        let gate = Gate::after(if time == 0 { 3 } else { 2 });
        assert!(dies_at(started.behind(&gate), &gate).await);
        started.world.clock.advance(11 * SECOND);
    }
    started.pass().await;
    let page = started.page().await;
    assert_eq!((page.row.state, page.steps[0].attempts), (RunState::Failed, 5));
    assert!(page.error.unwrap().contains("never ended"));
    create::retry(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    started.assert_made_once("after a person said so").await;
}
