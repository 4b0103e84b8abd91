//! Runs that wait for a person's word: who may give it, what it does, and what happens when nobody does.

mod common;

use common::{TestWorld, draft_in, typed};
use serde_json::{Value, json};
use slipway_api_types::ErrorCode;
use slipway_domain::{
    access::Role,
    scaffold::{RunState, StepState},
    time::MINUTE,
};
use slipway_services::{Caller, create, reconcile, subscriptions};
use std::sync::Arc;

const TEAM: Option<&str> = Some("group:default/payments");

struct Asked {
    world: TestWorld,
    caller: Caller,
    run: String,
    _templates: tempfile::TempDir,
}

impl Asked {
    /// A run that has come to a step that asks, with this input.
    async fn with(input: &str) -> Self {
        let templates = tempfile::tempdir().unwrap();
        let folder = templates.path().join("small");
        std::fs::create_dir(&folder).unwrap();
        let text = format!(
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{name: small, title: Small}}\nspec:\n  \
             type: service\n  parameters:\n    required: [name, owner]\n    properties: {{name: {{type: string}}, owner: \
             {{type: string, ui:field: OwnerPicker}}}}\n  steps:\n    - {{id: ask, name: Ask, action: \"slipway:approval\", \
             input: {input}}}\n    - {{id: end, action: \"debug:log\", input: {{message: \"thanks to ${{{{ \
             steps.ask.output.approvedBy }}}}\"}}}}\n"
        );
        std::fs::write(folder.join("template.yaml"), text).unwrap();
        let world = TestWorld::with_templates(templates.path().to_owned()).await;
        let caller = world.developer().await;
        let run = start(&world, &caller).await;
        reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        Self { world, caller, run, _templates: templates }
    }

    async fn page(&self, caller: &Caller) -> slipway_api_types::create::RunPage {
        create::run_page(&self.world.slipway, caller, &self.run).await.unwrap()
    }

    async fn decide(&self, caller: &Caller, verdict: &str, reason: &str) -> Result<(), slipway_api_types::AppError> {
        let id = self.page(caller).await.approval.unwrap().id;
        create::decide(&self.world.slipway, caller, &id, verdict, reason).await
    }
}

async fn start(world: &TestWorld, caller: &Caller) -> String {
    let page = typed(&[("name", "order-intake"), ("owner", "payments")]);
    let sent = create::send_page(&world.slipway, caller, "default", "small", "", 0, &page, "").await.unwrap();
    let draft = draft_in(&sent.next);
    create::choose_runtime(&world.slipway, caller, &draft, "ecs").await.unwrap();
    let sent = create::start(&world.slipway, caller, &draft, &Default::default()).await.unwrap();
    sent.next.trim_start_matches("/runs/").to_owned()
}

#[tokio::test]
async fn a_run_waits_for_a_lead_and_goes_on_with_their_word() {
    let asked = Asked::with("{message: May it be?}").await;
    let (world, dev) = (&asked.world, &asked.caller);
    let lead = world.person("lea", Role::TeamLead, TEAM).await;
    let other = world.person("ott", Role::TeamLead, Some("group:default/platform")).await;
    let page = asked.page(dev).await;
    let approval = page.approval.unwrap();
    assert_eq!(approval.waits_for, "Waiting for approval by a team lead of payments");
    assert_eq!((approval.message.as_str(), approval.may_decide), ("May it be?", false));
    assert_eq!((page.row.state, page.steps[0].state), (RunState::Running, StepState::Waiting));
    assert_eq!(page.log.iter().filter(|line| line.message == approval.waits_for).count(), 1);

    // Nothing happens by itself, here or in a process that starts later.
    let later = world.process("later", world.store.clone(), world.forge.clone());
    assert_eq!(reconcile::pass_runs(later).await.unwrap(), 0);
    let waiting = async |caller: &Caller| create::shelf(&world.slipway, caller).await.unwrap().waiting;
    assert_eq!(waiting(&lead).await[0].href, format!("/runs/{}", asked.run));
    assert_eq!((waiting(dev).await, waiting(&other).await), (vec![], vec![]));

    for nobody in [dev, &other] {
        assert_eq!(asked.decide(nobody, "approve", "").await.unwrap_err().code, ErrorCode::Forbidden);
    }
    assert_eq!(asked.decide(&lead, "perhaps", "").await.unwrap_err().fields[0].field, "verdict");
    assert_eq!(asked.decide(&lead, "refuse", " ").await.unwrap_err().fields[0].field, "reason");
    assert!(asked.page(&lead).await.approval.unwrap().may_decide);
    asked.decide(&lead, "approve", "fine").await.unwrap();
    let again = create::decide(&world.slipway, &lead, &approval.id, "refuse", "no").await.unwrap_err();
    assert_eq!((again.code, again.message.as_str()), (ErrorCode::Conflict, "lea has decided already."));
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    let page = asked.page(dev).await;
    assert_eq!((page.row.state, page.approval, page.steps[0].attempts), (RunState::Succeeded, None, 1));
    let said: Vec<&str> = page.log.iter().map(|line| line.message.as_str()).collect();
    assert!(said.contains(&"lea of Test approved: fine") && said.contains(&"thanks to lea"), "{said:?}");
    let audit = world.store.begin_read().await.unwrap().audit(None, 10).await.unwrap().items;
    let line = audit.iter().find(|line| line.action == "run.approve").unwrap();
    assert_eq!(
        (line.actor.as_str(), line.target.as_str(), line.detail["reason"].as_str()),
        ("lea", &*asked.run, Some("fine"))
    );
}

#[tokio::test]
async fn a_refusal_fails_the_step_and_trying_again_asks_again() {
    let asked = Asked::with("{otherPerson: true, role: developer}").await;
    let world = &asked.world;
    let mine = asked.decide(&asked.caller, "approve", "").await.unwrap_err();
    assert!(mine.message.contains("somebody else"), "{}", mine.message);
    let colleague = world.person("cole", Role::Developer, TEAM).await;
    asked.decide(&colleague, "refuse", "too early").await.unwrap();
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    let page = asked.page(&asked.caller).await;
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.error.unwrap().contains("cole refused: too early"));
    create::retry(&world.slipway, &asked.caller, &asked.run).await.unwrap();
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    asked.decide(&colleague, "approve", "").await.unwrap();
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    assert_eq!(asked.page(&asked.caller).await.row.state, RunState::Succeeded);
}

#[tokio::test]
async fn whoever_asked_can_withdraw_and_undo() {
    let asked = Asked::with("{}").await;
    let (world, dev) = (&asked.world, &asked.caller);
    let lead = world.person("lea", Role::TeamLead, TEAM).await;
    let home = slipway_services::home::page(&world.slipway, &lead).await.unwrap();
    assert_eq!(home.waiting[0].href, format!("/runs/{}", asked.run));
    let found = slipway_services::search::find(&world.slipway, &lead, "approv").await.unwrap();
    assert_eq!((found[0].group.as_str(), &found[0].href), ("Approval", &home.waiting[0].href));
    let approval = asked.page(dev).await.approval.unwrap();
    assert!(approval.may_withdraw && !asked.page(&lead).await.approval.unwrap().may_withdraw);
    let refused = create::withdraw(&world.slipway, &lead, &approval.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    create::withdraw(&world.slipway, dev, &approval.id).await.unwrap();
    let late = create::decide(&world.slipway, &lead, &approval.id, "approve", "").await.unwrap_err();
    assert_eq!(late.code, ErrorCode::Conflict);
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    let page = asked.page(dev).await;
    assert_eq!((page.row.state, page.approval, page.may_undo), (RunState::Failed, None, true));
    assert!(page.error.unwrap().contains("dev withdrew the question"));
    assert!(page.log.iter().any(|line| line.message == "dev of Test withdrew it"));
    let audit = world.store.begin_read().await.unwrap().audit(None, 10).await.unwrap().items;
    assert!(audit.iter().any(|line| line.action == "run.withdraw" && line.actor == "dev"));
    assert_eq!(slipway_services::home::page(&world.slipway, &lead).await.unwrap().waiting, []);
}

/// What subscribers got, as CDEvents, oldest first.
async fn told(world: &TestWorld) -> Vec<Value> {
    reconcile::pass_notices(world.slipway.clone()).await.unwrap();
    let sent = world.courier.sent.lock().unwrap();
    sent.iter().map(|(.., body)| serde_json::from_str::<Value>(body).unwrap()).collect()
}

#[tokio::test]
async fn subscribers_are_told_of_every_word_once() {
    let asked = Asked::with("{message: May it be?}").await;
    let (world, dev) = (&asked.world, &asked.caller);
    let lead = world.person("lea", Role::TeamLead, TEAM).await;
    let admin = world.person("ada", Role::Administrator, None).await;
    subscriptions::make(&world.slipway, &admin, "Bus", "https://events.example.com/x").await.unwrap();
    let id = asked.page(&lead).await.approval.unwrap().id;
    // Who may not decide is not heard of, nor is a second word.
    asked.decide(dev, "approve", "").await.unwrap_err();
    asked.decide(&lead, "refuse", "too early").await.unwrap();
    create::withdraw(&world.slipway, dev, &id).await.unwrap_err();
    let sent = told(world).await;
    assert_eq!(sent.len(), 1);
    let (kind, data) = (&sent[0]["type"], &sent[0]["data"]);
    assert_eq!(kind, "dev.cdeventsx.slipway-approval.refused.0.1.0");
    assert_eq!((&data["context"]["type"], &sent[0]["subject"]), (kind, &json!(id)));
    let subject = &data["subject"];
    let run = format!("http://slipway.test/runs/{}", asked.run);
    assert_eq!((&subject["id"], &subject["source"]), (&json!(id), &json!(run)));
    assert_eq!(
        subject["content"],
        json!({"run": {"id": asked.run, "source": run}, "title": "order-intake", "step": "ask", "question": "May it be?",
            "team": "group:default/payments", "decidedBy": "lea", "reason": "too early"})
    );
    // The same words as the specification's schema of custom events allows, and no others.
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(data), ["context", "subject"]);
    assert_eq!(keys(subject), ["id", "source", "content"]);

    let next = async || {
        reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        create::retry(&world.slipway, dev, &asked.run).await.unwrap();
        reconcile::pass_runs(world.slipway.clone()).await.unwrap();
        asked.page(dev).await.approval.unwrap().id
    };
    let again = next().await;
    create::withdraw(&world.slipway, dev, &again).await.unwrap();
    next().await;
    asked.decide(&lead, "approve", "").await.unwrap();
    let kinds: Vec<Value> = told(world).await.iter().map(|event| event["type"].clone()).collect();
    assert_eq!(
        kinds,
        [
            "dev.cdeventsx.slipway-approval.refused.0.1.0",
            "dev.cdeventsx.slipway-approval.withdrawn.0.1.0",
            "dev.cdeventsx.slipway-approval.approved.0.1.0"
        ]
    );
}

#[tokio::test]
async fn nobody_in_time_is_a_refusal() {
    let asked = Asked::with("{timeoutMinutes: 60}").await;
    let world = &asked.world;
    let lead = world.person("lea", Role::TeamLead, TEAM).await;
    let admin = world.person("ada", Role::Administrator, None).await;
    subscriptions::make(&world.slipway, &admin, "Bus", "https://events.example.com/x").await.unwrap();
    let id = asked.page(&lead).await.approval.unwrap().id;
    world.clock.advance(59 * MINUTE);
    assert_eq!(reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap(), 0);
    world.clock.advance(MINUTE);
    let late = create::decide(&world.slipway, &lead, &id, "approve", "").await.unwrap_err();
    assert!(late.message.contains("The time for this is over"), "{}", late.message);
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    let page = asked.page(&lead).await;
    assert_eq!((page.row.state, page.approval), (RunState::Failed, None));
    assert!(page.error.unwrap().contains("Nobody decided in time; it waited for a team lead of payments."));
    let late = create::decide(&world.slipway, &lead, &id, "approve", "").await.unwrap_err();
    assert!(late.message.contains("The time for this is over"), "{}", late.message);
    // Told once, also when the run is looked at again.
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    let sent = told(world).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["type"], "dev.cdeventsx.slipway-approval.expired.0.1.0");
    assert_eq!(sent[0]["data"]["subject"]["content"]["decidedBy"], Value::Null);
    // Asked again, and again in vain.
    create::retry(&world.slipway, &lead, &asked.run).await.unwrap();
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    world.clock.advance(60 * MINUTE);
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    assert_eq!(asked.page(&lead).await.row.state, RunState::Failed);
    assert_eq!(told(world).await.len(), 2);
    create::undo(&world.slipway, &lead, &asked.run).await.unwrap();
    reconcile::pass_runs(Arc::clone(&world.slipway)).await.unwrap();
    assert_eq!(asked.page(&lead).await.row.state, RunState::Undone);
    let run = asked.run.parse().unwrap();
    assert_eq!(world.store.begin_read().await.unwrap().approvals_of(run).await.unwrap(), []);
}
