//! Every action of the portal, done undisturbed, done with the worker stopped dead at every point and done again by another, and
//! failed after and undone. An action without a case here fails the test.

mod common;
#[expect(dead_code, reason = "this one needs a part of it")]
#[path = "common/gate.rs"]
mod gate;

use common::{TestWorld, draft_in, typed};
use gate::{Gate, GatedForge, GatedStore};
use regex::Regex;
use slipway_api_types::create::RunPage;
use slipway_domain::{
    access::Role,
    artifact::{Artifact, Digest},
    catalog::EntityRef,
    deployment::{DeploymentState, Placement},
    health::Health,
    ids::{ArtifactId, PlacementId, RunId, ServiceId},
    scaffold::{RunState, StepState},
    time::SECOND,
    workload::Workload,
};
use slipway_ports::{
    Clock as _, Entropy as _,
    store::{
        deployments::DeploymentFilter,
        services::{Service, ServiceFilter},
    },
};
use slipway_services::{Caller, create, reconcile};
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// One use of an action, and the steps it needs before it.
struct Case {
    action: &'static str,
    /// Steps, YAML flow maps.
    before: &'static [&'static str],
    /// The action's input, a YAML flow map.
    input: &'static str,
    /// What it gives and the files it leaves, as one line each must be in the record.
    leaves: &'static [&'static str],
}

const fn case(action: &'static str, input: &'static str, leaves: &'static [&'static str]) -> Case {
    Case { action, before: &[], input, leaves }
}

const REPOSITORY: &str = r#"{id: repository, action: "slipway:repository:create", input: {name: "${{ parameters.name }}", owner: payments}}"#;
const REGISTER: &str = r#"{id: register, action: "catalog:register", input: {repoContentsUrl: "${{ steps.repository.output.repoContentsUrl }}"}}"#;
const HOSTED: &str = r#"{repoUrl: "github.com?owner=acme&repo=order-intake"}"#;

fn cases() -> Vec<Case> {
    let publish = |action| case(action, HOSTED, &["repository payments/order-intake", "remoteUrl"]);
    let publish_with = |action, input| case(action, input, &["repository payments/order-intake"]);
    vec![
        case("catalog:fetch", "{entityRef: \"group:default/payments\"}", &["\"title\":\"Payments\""]),
        Case {
            before: &[REPOSITORY],
            ..case(
                "catalog:register",
                "{repoContentsUrl: \"${{ steps.repository.output.repoContentsUrl }}\"}",
                &["component:default/order-intake"],
            )
        },
        case(
            "catalog:write",
            "{entity: {kind: Component, metadata: {name: x}}}",
            &["catalog-info.yaml=", "source-template"],
        ),
        case("debug:log", "{message: hello, listWorkspace: true}", &["said hello"]),
        case("debug:wait", "{milliseconds: 1}", &["said Waiting for 0.001 seconds"]),
        case("fetch:plain", "{url: ./skeleton, targetPath: plain}", &["plain/notes.txt=one"]),
        case("fetch:plain:file", "{url: skeleton/notes.txt, targetPath: copy.txt}", &["copy.txt=one"]),
        case("fetch:template", "{url: ./skeleton, targetPath: again, values: {name: x}}", &["again/notes.txt=one"]),
        case("fetch:template:file", "{url: skeleton/notes.txt, targetPath: copy.txt, values: {}}", &["copy.txt=one"]),
        case("fs:delete", "{files: [notes.txt]}", &["-notes.txt="]),
        case(
            "http:backstage:request",
            "{method: POST, path: /api/proxy/builds/jobs, params: {branch: a b}, body: {x: 1}}",
            &["https://builds.example/api/jobs?branch=a%20b", "\"token\":\"***\"", "said proxy/builds answered 200"],
        ),
        case("fs:readdir", "{paths: [.], recursive: true}", &["\"name\":\"notes.txt\""]),
        case("fs:rename", "{files: [{from: notes.txt, to: later.txt}]}", &["later.txt=one", "-notes.txt="]),
        publish_with("publish:azure", r#"{repoUrl: "dev.azure.com?organization=o&project=p&repo=order-intake"}"#),
        publish("publish:bitbucket"),
        publish_with("publish:bitbucketCloud", r#"{repoUrl: "bitbucket.org?workspace=w&project=p&repo=order-intake"}"#),
        publish("publish:bitbucketServer"),
        publish("publish:gerrit"),
        publish("publish:gitea"),
        publish("publish:github"),
        publish_with("publish:gitlab", r#"{repoUrl: "gitlab.com?owner=acme&repo=order-intake"}"#),
        case("roadiehq:utils:fs:append", "{path: notes.txt, content: \", two\"}", &["notes.txt=one, two"]),
        case("roadiehq:utils:fs:parse", "{path: settings.json, parser: json}", &["\"content\":{\"a\":1}"]),
        case(
            "roadiehq:utils:fs:replace",
            "{files: [{file: notes.txt, find: one, replaceWith: oneone}]}",
            &["notes.txt=oneone"],
        ),
        case("roadiehq:utils:fs:write", "{path: new.txt, content: new}", &["new.txt=new"]),
        case(
            "roadiehq:utils:json:merge",
            "{path: settings.json, content: {b: [2]}, mergeArrays: true}",
            &["settings.json=", "\"b\""],
        ),
        case(
            "roadiehq:utils:merge",
            "{path: settings.json, content: {b: [2]}, mergeArrays: true}",
            &["settings.json=", "\"b\""],
        ),
        case("roadiehq:utils:serialize:json", "{data: {a: 1}}", &["serialized"]),
        case("roadiehq:utils:serialize:yaml", "{data: {a: 1}}", &["serialized"]),
        case("roadiehq:utils:sleep", "{amount: 0.001}", &["said Waiting for 0.001 seconds"]),
        case("roadiehq:utils:zip", "{path: parts, outputPath: parts.zip}", &["parts.zip=", "outputPath"]),
        case(
            "slipway:repository:create",
            "{name: \"${{ parameters.name }}\", owner: payments}",
            &["repository payments/order-intake"],
        ),
        case("slipway:approval", "{message: Go on?}", &["\"approvedBy\":\"lea\""]),
        case("slipway:deploy", "{service: shop, environment: dev}", &["deployment to dev: pending"]),
        case("slipway:environment", "{service: shop, environment: staging}", &["\"added\":true", "placement staging"]),
        case(
            "slipway:secret",
            "{service: shop, variable: KEY, secret: shop/key}",
            &["{\"KEY\": \"shop/key\"}", "Secrets Manager"],
        ),
        Case {
            before: &[REPOSITORY, REGISTER],
            ..case(
                "slipway:service:create",
                "{entityRef: \"${{ steps.register.output.entityRef }}\"}",
                &["service order-intake", "placement production"],
            )
        },
        case(
            "workspace:template",
            "{sourcePath: parts, targetPath: made, values: {name: x}}",
            &["made/part.txt=x", "parts/part.txt=${{ values.name }}"],
        ),
        case(
            "workspace:template:file",
            "{sourcePath: parts/part.txt, targetPath: made.txt, values: {name: x}}",
            &["made.txt=x"],
        ),
    ]
}

/// Writes a template whose steps are those of a case, and one at the end that fails unless its input is fine.
fn write_template(folder: &Path, case: &Case, last: &str) {
    let template = folder.join("small");
    std::fs::create_dir_all(template.join("skeleton/parts")).unwrap();
    let render = r#"{id: render, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}", owner: "${{ parameters.owner }}"}, copyWithoutTemplating: [parts]}}"#;
    let tested = format!(r#"{{id: tested, action: "{}", input: {}}}"#, case.action, case.input);
    let show = r#"{id: show, action: "debug:log", input: {listWorkspace: with-contents}}"#;
    let steps: Vec<String> = [&[render], case.before, &[&tested, show, last]]
        .concat()
        .iter()
        .map(|step| format!("    - {step}\n"))
        .collect();
    let text = format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{name: small, title: Small}}\nspec:\n  \
         owner: group:default/platform\n  type: service\n  parameters:\n    - title: It\n      required: [name, owner]\n      \
         properties:\n        name: {{type: string}}\n        owner: {{type: string, ui:field: OwnerPicker}}\n  steps:\n{}",
        steps.concat()
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
        ("notes.txt", "one"),
        ("settings.json", "{\"a\":1}"),
        ("parts/part.txt", "${{ values.name }}"),
    ];
    for (name, text) in files {
        std::fs::write(template.join("skeleton").join(name), text).unwrap();
    }
}

const FINE: &str = r#"{id: last, action: "debug:log", input: {message: "the end"}}"#;
const FAILS: &str =
    r#"{id: last, action: "catalog:register", input: {repoContentsUrl: "https://elsewhere.example/x.git"}}"#;

/// A started run of a case.
struct Started {
    world: TestWorld,
    caller: Caller,
    lead: Caller,
    run: String,
    _templates: tempfile::TempDir,
}

impl Started {
    async fn new(case: &Case, last: &str) -> Self {
        let templates = tempfile::tempdir().unwrap();
        write_template(templates.path(), case, last);
        let world = TestWorld::with_templates(templates.path().to_owned()).await;
        let caller = world.developer().await;
        let lead = world.person("lea", Role::TeamLead, Some("group:default/payments")).await;
        if case.input.contains("service: shop") {
            add_shop(&world).await;
        }
        let page = typed(&[("name", "order-intake"), ("owner", "payments")]);
        let sent = create::send_page(&world.slipway, &caller, "default", "small", "", 0, &page, "").await.unwrap();
        let draft = draft_in(&sent.next);
        create::choose_runtime(&world.slipway, &caller, &draft, "ecs").await.unwrap();
        let sent = create::start(&world.slipway, &caller, &draft, &Default::default()).await.unwrap();
        Self { run: sent.next.trim_start_matches("/runs/").to_owned(), world, caller, lead, _templates: templates }
    }

    /// As far as it goes; the lead approves what is asked.
    async fn pass(&self) {
        reconcile::pass_runs(self.world.slipway.clone()).await.unwrap();
        if let Some(approval) = self.page().await.approval {
            create::decide(&self.world.slipway, &self.lead, &approval.id, "approve", "").await.unwrap();
            reconcile::pass_runs(self.world.slipway.clone()).await.unwrap();
        }
    }

    async fn page(&self) -> RunPage {
        create::run_page(&self.world.slipway, &self.caller, &self.run).await.unwrap()
    }

    /// Everything there is in the world besides the run and the log of deeds, one line each, without ids.
    async fn world(&self) -> Vec<String> {
        let mut tx = self.world.store.begin_read().await.unwrap();
        let mut lines = Vec::new();
        for repository in tx.repositories().await.unwrap() {
            let head = self.world.forge.head(&repository.name, "main").await.unwrap();
            let commits = match &head {
                Some(head) => self.world.forge.commits(&repository.name, None, head).await.unwrap().len(),
                None => 0,
            };
            lines.push(format!("repository {} of {} with {commits} commit", repository.name, repository.owner));
        }
        for entity in tx.entities_of_kind("component").await.unwrap() {
            lines.push(entity.entity.reference().to_string());
        }
        for service in tx.list_services(&ServiceFilter::default(), None, 10).await.unwrap().items {
            lines.push(format!("service {}", service.name));
            for placement in tx.placements_of(&[service.id]).await.unwrap() {
                lines.push(format!("placement {} {:?}", placement.environment, placement.workload));
            }
            lines.push(format!("{} builds", tx.builds_of(service.id, 10).await.unwrap().len()));
        }
        let history = tx.list_deployments(&DeploymentFilter::default(), None, 10).await.unwrap().items;
        for deployment in history.iter().filter(|deployment| deployment.state != DeploymentState::Cancelled) {
            lines.push(format!("deployment to {}: {}", deployment.environment, deployment.state.as_str()));
        }
        for environment in tx.environments().await.unwrap() {
            lines.push(format!("environment {} {:?}", environment.name, environment.tier));
        }
        for location in tx.locations().await.unwrap() {
            lines.push(format!("location {}", location.target));
        }
        lines
    }

    /// What the tested step gave and left: its outputs, what it said, every file, and the world.
    async fn record(&self) -> Vec<String> {
        let page = self.page().await;
        assert_eq!(page.row.state, RunState::Succeeded, "{:?}", page.error);
        let run: RunId = self.run.parse().unwrap();
        let steps = self.world.store.begin_read().await.unwrap().run_steps(run).await.unwrap();
        let tested = steps.iter().find(|step| step.id == "tested").unwrap();
        let mut lines = vec![format!("output {}", tested.output)];
        let of = |id: &'static str| {
            page.log.iter().filter(move |line| line.step.as_deref() == Some(id)).map(|line| &line.message)
        };
        lines.extend(of("tested").filter(|line| !line.contains("once more")).map(|line| format!("said {line}")));
        let shown: Vec<&String> = of("show").filter(|line| !line.contains("once more")).collect();
        lines.extend(
            shown[1..shown.len() - 1]
                .chunks(2)
                .map(|pair| format!("{}={}", pair[0].trim_start_matches("  - "), pair[1])),
        );
        lines.extend(self.world().await);
        let id = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}").unwrap();
        lines.iter().map(|line| id.replace_all(line, "<id>").into_owned()).collect()
    }
}

/// A service that is there before, in dev, with something to deploy.
async fn add_shop(world: &TestWorld) {
    let (id, now) = (world.entropy.uuid(), world.clock.now());
    let service = Service {
        id: ServiceId::from_uuid(id),
        name: "shop".to_owned(),
        entity: EntityRef::new("component", "default", "shop"),
        owner: "group:default/payments".to_owned(),
        repository: None,
        created_at: now,
        demo: false,
    };
    let placement = Placement {
        id: PlacementId::from_uuid(id),
        service: service.id,
        environment: "dev".to_owned(),
        runtime: "ecs".to_owned(),
        workload: Workload::default(),
        current: None,
        observed: None,
        health: Health::default(),
        observe_at: now,
        version: 1,
    };
    let artifact = Artifact {
        id: ArtifactId::from_uuid(id),
        service: service.id,
        image: "registry.example.com/shop".to_owned(),
        digest: Digest::of(b"shop"),
        revision: "1".repeat(40),
        version: None,
        built_at: now,
        source: "test".to_owned(),
    };
    let mut tx = world.store.begin_write().await.unwrap();
    tx.add_service(&service).await.unwrap();
    tx.add_placement(&placement).await.unwrap();
    tx.put_artifact(&artifact).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a case leaves when nothing disturbs it.
async fn undisturbed(case: &Case) -> Vec<String> {
    let started = Started::new(case, FINE).await;
    started.pass().await;
    let record = started.record().await;
    for line in case.leaves {
        match line.strip_prefix('-') {
            Some(gone) => assert!(!record.iter().any(|have| have.starts_with(gone)), "{}: {record:#?}", case.action),
            None => assert!(record.iter().any(|have| have.contains(line)), "{}: no {line} in {record:#?}", case.action),
        }
    }
    record
}

/// The worker dies at every point; another goes on; what is left is the same.
async fn done_twice(case: &Case, expected: &[String]) {
    for passers in 0.. {
        let started = Started::new(case, FINE).await;
        let gate = Gate::after(passers);
        let store = Arc::new(GatedStore(started.world.store.clone(), gate.clone()));
        let forge = Arc::new(GatedForge { forge: started.world.forge.clone(), gate: gate.clone(), can_delete: true });
        let worker = tokio::spawn(reconcile::pass_runs(started.world.process("second", store, forge)));
        let abort = worker.abort_handle();
        tokio::select! {
            ended = worker => {
                ended.unwrap().unwrap();
                assert!(passers > 6, "the gate stands in the way of every change");
                return;
            }
            () = gate.stopped() => abort.abort(),
        }
        started.world.clock.advance(11 * SECOND);
        started.pass().await;
        assert_eq!(started.record().await, expected, "{} died after {passers}", case.action);
    }
}

/// A later step fails, and everything is taken back.
async fn failed_once(case: &Case) {
    let started = Started::new(case, FAILS).await;
    let before = started.world().await;
    started.pass().await;
    let page = started.page().await;
    let tested = page.steps.iter().find(|step| step.id == "tested").unwrap();
    assert_eq!(
        (page.row.state, tested.state),
        (RunState::Failed, StepState::Succeeded),
        "{}: {:?}",
        case.action,
        page.error
    );
    let spec = create::action_specs().find(|spec| spec.name == case.action).unwrap();
    assert_eq!(tested.can_undo, spec.has_undo, "{} says whether it can be undone", case.action);
    create::undo(&started.world.slipway, &started.caller, &started.run).await.unwrap();
    started.pass().await;
    let page = started.page().await;
    assert_eq!(page.row.state, RunState::Undone, "{}: {:?}", case.action, page.error);
    assert_eq!(started.world().await, before, "{}", case.action);
    let run: RunId = started.run.parse().unwrap();
    assert_eq!(started.world.store.begin_read().await.unwrap().workspace(run).await.unwrap(), []);
}

#[test]
fn every_action_has_a_case() {
    let known: BTreeSet<String> = create::action_specs().map(|spec| spec.name).collect();
    let tested: BTreeSet<String> = cases().iter().map(|case| case.action.to_owned()).collect();
    assert_eq!(known, tested);
}

/// One part of the cases, so that they run side by side.
async fn part(index: usize) {
    for case in cases().iter().skip(index).step_by(4) {
        let expected = undisturbed(case).await;
        done_twice(case, &expected).await;
        failed_once(case).await;
    }
}

#[tokio::test]
async fn done_twice_is_done_once_and_undone_is_gone_1() {
    part(0).await;
}

#[tokio::test]
async fn done_twice_is_done_once_and_undone_is_gone_2() {
    part(1).await;
}

#[tokio::test]
async fn done_twice_is_done_once_and_undone_is_gone_3() {
    part(2).await;
}

#[tokio::test]
async fn done_twice_is_done_once_and_undone_is_gone_4() {
    part(3).await;
}
