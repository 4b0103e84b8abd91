//! The wizard, from the shelf to a started run.

mod common;

use common::{TestWorld, draft_in, typed};
use slipway_api_types::{
    AppError, ErrorCode,
    create::{PreviewFile, WizardPage, WizardStep},
};
use slipway_domain::{access::Role, ids::UserId};
use slipway_services::{Caller, create};
use std::collections::BTreeMap;

const PAYMENTS: &str = "group:default/payments";

fn first_page(name: &str, owner: &str) -> BTreeMap<String, String> {
    typed(&[("name", name), ("description", "Takes orders and hands them on."), ("owner", owner), ("system", "")])
}

fn second_page(cpu: &str, memory: &str) -> BTreeMap<String, String> {
    typed(&[
        ("port", "8080"),
        ("cpu", cpu),
        ("memory", memory),
        ("replicas", "2"),
        ("logLevel", "info"),
        ("ci", "github"),
    ])
}

/// What one reads in a file.
fn text_of(file: &PreviewFile) -> String {
    file.spans.iter().flatten().map(|(_, text)| text.as_str()).collect()
}

/// A person in front of the golden path.
struct Desk {
    world: TestWorld,
    caller: Caller,
}

impl Desk {
    async fn new() -> Self {
        let world = TestWorld::new().await;
        let caller = world.developer().await;
        Self { world, caller }
    }

    async fn send(&self, draft: &str, page: usize, values: &BTreeMap<String, String>) -> Result<String, AppError> {
        let slipway = &self.world.slipway;
        let sent =
            create::send_page(slipway, &self.caller, "default", "rust-axum-service", draft, page, values, "").await?;
        Ok(sent.next)
    }

    async fn see(&self, draft: &str, step: &str) -> WizardPage {
        create::wizard(&self.world.slipway, &self.caller, "default", "rust-axum-service", draft, step).await.unwrap()
    }

    /// Both pages sent with these sizes.
    async fn filled(&self, name: &str, cpu: &str, memory: &str) -> String {
        let draft = draft_in(&self.send("", 0, &first_page(name, PAYMENTS)).await.unwrap());
        self.send(&draft, 1, &second_page(cpu, memory)).await.unwrap();
        draft
    }

    async fn choose(&self, draft: &str, runtime: &str) -> Result<String, AppError> {
        Ok(create::choose_runtime(&self.world.slipway, &self.caller, draft, runtime).await?.next)
    }
}

#[tokio::test]
async fn the_shelf_leads_through_every_page_to_a_run() {
    let desk = Desk::new().await;
    let shelf = create::shelf(&desk.world.slipway, &desk.caller).await.unwrap();
    assert!(shelf.may_create);
    let card = shelf.templates.iter().find(|card| card.href == "/create/default/rust-axum-service").unwrap();
    assert_eq!(card.title, "HTTP service in Rust");

    let start = desk.see("", "").await;
    assert_eq!(start.step, WizardStep::Parameters(0));
    assert_eq!(start.values["port"], 8080, "defaults are filled in");
    assert_eq!(start.values["owner"], PAYMENTS, "somebody with one team need not say which");
    let titles: Vec<&str> = start.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles, ["The service", "How it runs", "Runtime", "Review"]);

    let next = desk.send("", 0, &first_page("order-intake", "payments")).await.unwrap();
    let draft = draft_in(&next);
    assert_eq!(next, format!("/create/default/rust-axum-service?draft={draft}&step=1"));
    let second = desk.see(&draft, "").await;
    assert_eq!(second.step, WizardStep::Parameters(1), "it goes on where it was left");
    assert_eq!(second.steps[0].chosen, "order-intake · Takes orders and hands them on. · Payments");
    assert!(second.steps[0].done && !second.steps[1].done);
    assert_eq!(desk.see(&draft, "review").await.step, WizardStep::Parameters(1), "no review before all is done");

    let next = desk.send(&draft, 1, &second_page("256", "512")).await.unwrap();
    assert!(next.ends_with("step=runtime"), "{next}");
    let runtimes = desk.see(&draft, "runtime").await.runtimes;
    assert_eq!(runtimes.iter().filter(|choice| choice.suggested).map(|c| c.name.as_str()).collect::<Vec<_>>(), ["ecs"]);
    let app_runner = runtimes.iter().find(|choice| choice.name == "app-runner").unwrap();
    assert!(app_runner.caution.as_ref().unwrap().contains("closed to new AWS customers since 30 April 2026"));

    assert!(desk.choose(&draft, "ecs").await.unwrap().ends_with("step=review"));
    let review = desk.see(&draft, "review").await;
    assert_eq!(review.step, WizardStep::Review);
    let score = review.files.iter().find(|file| file.path == "score.yaml").unwrap();
    assert!(text_of(score).contains("name: \"order-intake\""));
    assert_eq!(review.will_make[0], format!("{} files", review.files.len()));
    assert_eq!(
        review.will_make[1..],
        [
            "1 repository: payments/order-intake",
            "1 component in the catalogue",
            "3 environments: dev, staging, production on ecs"
        ]
    );
    assert_eq!(review.run_steps.len(), 4);

    let started = create::start(&desk.world.slipway, &desk.caller, &draft, &BTreeMap::new()).await.unwrap();
    let again = create::start(&desk.world.slipway, &desk.caller, &draft, &BTreeMap::new()).await.unwrap();
    assert_eq!(started, again, "pressing twice starts once");
    let shelf = create::shelf(&desk.world.slipway, &desk.caller).await.unwrap();
    assert_eq!(shelf.drafts, []);
    assert_eq!(shelf.runs.len(), 1);
    assert_eq!((shelf.runs[0].title.as_str(), &shelf.runs[0].href), ("order-intake", &started.next));
}

#[tokio::test]
async fn what_was_typed_is_kept_and_what_is_wrong_is_named() {
    let desk = Desk::new().await;
    let error = desk.send("", 0, &first_page("No Name!", "a b")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.for_field("name").is_some() && error.for_field("owner").is_some(), "{error:?}");
    assert!(error.message.ends_with("What you typed is kept."));

    let shelf = create::shelf(&desk.world.slipway, &desk.caller).await.unwrap();
    assert_eq!(shelf.drafts.len(), 1);
    assert_eq!(shelf.drafts[0].name, "No Name!");
    let draft = draft_in(&shelf.drafts[0].href);
    assert_eq!(desk.see(&draft, "").await.values["name"], "No Name!");

    // Sent anew without the draft's id, which a refusal does not tell: the same draft.
    assert_eq!(draft_in(&desk.send("", 0, &first_page("order-intake", PAYMENTS)).await.unwrap()), draft);
    // A good one is not taken over by the next.
    assert_ne!(draft_in(&desk.send("", 0, &first_page("other-thing", PAYMENTS)).await.unwrap()), draft);

    let mut page = second_page("256", "512");
    page.insert("port".into(), "eighty".into());
    let error = desk.send(&draft, 1, &page).await.unwrap_err();
    assert!(error.for_field("port").is_some(), "{error:?}");
    let shown = desk.see(&draft, "1").await;
    assert_eq!((&shown.values["port"], &shown.values["replicas"]), (&"eighty".into(), &2.into()));
    let error = create::start(&desk.world.slipway, &desk.caller, &draft, &BTreeMap::new()).await.unwrap_err();
    assert!(error.for_field("runtime").is_some());
    desk.choose(&draft, "ecs").await.unwrap();
    let error = create::start(&desk.world.slipway, &desk.caller, &draft, &BTreeMap::new()).await.unwrap_err();
    assert!(error.for_field("port").is_some(), "{error:?}");
}

#[tokio::test]
async fn a_size_that_the_runtime_does_not_sell_is_refused_before_anything_is_made() {
    let desk = Desk::new().await;
    let draft = desk.filled("order-intake", "256", "4096").await;
    let error = desk.choose(&draft, "ecs").await.unwrap_err();
    assert!(error.for_field("runtime").unwrap().contains("0.25 vCPU with 512 MB, 1 GB or 2 GB"), "{error:?}");
    let shown = desk.see(&draft, "runtime").await;
    assert!(
        shown.runtimes.iter().find(|c| c.name == "ecs").unwrap().caution.as_ref().unwrap().contains("Does not fit")
    );
    assert!(shown.runtimes.iter().find(|c| c.name == "kubernetes").unwrap().suggested);
    desk.choose(&draft, "kubernetes").await.unwrap();
    let error = desk.choose(&draft, "elsewhere").await.unwrap_err();
    assert!(error.for_field("runtime").unwrap().contains("app-runner, ecs, kubernetes"));

    // Chosen while it fitted, changed afterwards: the start looks again.
    let draft = desk.filled("stock-count", "512", "1024").await;
    desk.choose(&draft, "app-runner").await.unwrap();
    desk.send(&draft, 1, &second_page("512", "4096")).await.unwrap();
    let error = create::start(&desk.world.slipway, &desk.caller, &draft, &BTreeMap::new()).await.unwrap_err();
    assert!(error.for_field("runtime").is_some(), "{error:?}");
}

#[tokio::test]
async fn only_a_team_of_ones_own_and_a_name_that_is_free() {
    let desk = Desk::new().await;
    let error = desk.send("", 0, &first_page("order-intake", "group:default/platform")).await.unwrap_err();
    assert!(error.for_field("owner").unwrap().contains("group:default/platform"), "{error:?}");
    let error = desk.send("", 0, &first_page("order-intake", "user:default/dev")).await.unwrap_err();
    assert!(error.for_field("owner").is_some(), "{error:?}");

    desk.world.start_golden_path(&desk.caller, "order-intake", "ecs").await;
    slipway_services::reconcile::pass_runs(desk.world.slipway.clone()).await.unwrap();
    let error = desk.send("", 0, &first_page("order-intake", PAYMENTS)).await.unwrap_err();
    assert!(error.for_field("name").unwrap().contains("already"), "{error:?}");

    let viewer = desk.world.person("vic", Role::Viewer, None).await;
    assert!(!create::shelf(&desk.world.slipway, &viewer).await.unwrap().may_create);
    let page = first_page("order-intake", PAYMENTS);
    let refused =
        create::send_page(&desk.world.slipway, &viewer, "default", "rust-axum-service", "", 0, &page, "").await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn drafts_are_their_owners_alone() {
    let desk = Desk::new().await;
    let draft = desk.filled("order-intake", "256", "512").await;
    let other = desk.world.person("lena", Role::TeamLead, Some(PAYMENTS)).await;
    let slipway = &desk.world.slipway;
    let seen = create::wizard(slipway, &other, "default", "rust-axum-service", &draft, "").await;
    assert_eq!(seen.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(create::choose_runtime(slipway, &other, &draft, "ecs").await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(create::start(slipway, &other, &draft, &BTreeMap::new()).await.unwrap_err().code, ErrorCode::NotFound);
    let nobody = UserId::from_uuid(uuid::Uuid::nil()).to_string();
    assert_eq!(create::start(slipway, &other, &nobody, &BTreeMap::new()).await.unwrap_err().code, ErrorCode::NotFound);
}
