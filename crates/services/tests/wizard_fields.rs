//! A template with every kind of field, filled in as a person does without a script; and what is shown of it before it runs.

mod common;

use common::{TestWorld, draft_in, typed};
use slipway_api_types::{
    AppError, ErrorCode,
    create::{Preview, WizardPage, WizardStep},
};
use slipway_domain::scaffold::RunState;
use slipway_forms::{SHOWN, Typed, Widget};
use slipway_services::{Caller, create, reconcile};
use std::path::PathBuf;

const TOKEN: &str = "hunter2hunter2";

/// In front of the demanding template.
struct Desk {
    world: TestWorld,
    caller: Caller,
    templates: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let templates = tempfile::tempdir().unwrap();
        let from = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/demanding");
        copy(&from, &templates.path().join("demanding"));
        let world = TestWorld::with_templates(templates.path().to_owned()).await;
        let caller = world.developer().await;
        Self { world, caller, templates }
    }

    async fn send(&self, draft: &str, page: usize, values: &Typed, change: &str) -> Result<String, AppError> {
        let slipway = &self.world.slipway;
        let sent =
            create::send_page(slipway, &self.caller, "default", "demanding", draft, page, values, change).await?;
        Ok(sent.next)
    }

    async fn see(&self, draft: &str, step: &str) -> WizardPage {
        create::wizard(&self.world.slipway, &self.caller, "default", "demanding", draft, step).await.unwrap()
    }

    async fn preview(&self, draft: &str, page: usize, values: &Typed, file: &str) -> Preview {
        let slipway = &self.world.slipway;
        create::preview(slipway, &self.caller, "default", "demanding", draft, page, values, file).await.unwrap()
    }

    /// Both pages filled in.
    async fn filled(&self) -> String {
        let draft = draft_in(&self.send("", 0, &first("api", &[]), "").await.unwrap());
        let page = first("api", &[("public", "true"), ("hosts", "1"), ("hosts/0/name", "a.b"), ("hosts/0/path", "/")]);
        self.send(&draft, 0, &page, "").await.unwrap();
        self.send(&draft, 1, &second(), "").await.unwrap();
        self.choose(&draft).await;
        draft
    }

    async fn start(&self, draft: &str, secrets: &[(&str, &str)]) -> Result<String, AppError> {
        Ok(create::start(&self.world.slipway, &self.caller, draft, &typed(secrets)).await?.next)
    }

    async fn choose(&self, draft: &str) {
        create::choose_runtime(&self.world.slipway, &self.caller, draft, "ecs").await.unwrap();
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn first(kind: &str, more: &[(&str, &str)]) -> Typed {
    let mut values = typed(&[
        ("name", "order-intake"),
        ("owner", "payments"),
        ("kind", kind),
        ("parts", ""),
        ("own", ""),
        ("repoUrl/host", ""),
        ("repoUrl/owner", ""),
        ("repoUrl/repo", ""),
        ("tags", "fast, small"),
    ]);
    values.extend(typed(more));
    values
}

fn second() -> Typed {
    typed(&[
        ("limits/cpu", "2"),
        ("limits/burst/shown", "1"),
        ("checks/shown", "1"),
        ("checks/1", "true"),
        ("notes", ""),
    ])
}

fn fields(page: &WizardPage) -> Vec<String> {
    let shown = page.page.as_ref().unwrap().fields(&page.values, &Never);
    shown.into_iter().filter(|field| field.is_typed()).map(|field| field.name).collect()
}

/// The conditions of the template have no patterns.
struct Never;

impl slipway_forms::PatternMatcher for Never {
    fn is_match(&self, _: &str, _: &str) -> bool {
        true
    }
}

#[tokio::test]
async fn fields_that_now_apply_are_shown_before_the_next_page() {
    let desk = Desk::new().await;
    let start = desk.see("", "").await;
    assert_eq!(fields(&start), ["name", "owner", "kind", "parts", "own", "repoUrl", "tags"]);
    assert_eq!(
        start.suggestions.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
        ["own Component", "Component,API"]
    );

    // Chosen and sent: the page again, now with what the choice brings.
    let next = desk.send("", 0, &first("worker", &[]), "").await.unwrap();
    let draft = draft_in(&next);
    assert!(next.ends_with("step=0"), "{next}");
    let shown = desk.see(&draft, "").await;
    assert_eq!(shown.step, WizardStep::Parameters(0));
    assert!(fields(&shown).contains(&"queue".to_owned()) && !fields(&shown).contains(&"public".to_owned()));
    assert_eq!(
        (&shown.values["tags"], &shown.values["owner"]),
        (&serde_json::json!(["fast", "small"]), &"group:default/payments".into())
    );

    // Now it was there, so it must be right.
    let error = desk.send(&draft, 0, &first("worker", &[("queue", "x")]), "").await.unwrap_err();
    assert_eq!(error.for_field("queue"), Some("Use at least 3 characters; this has 1."));
    let next = desk.send(&draft, 0, &first("worker", &[("queue", "orders")]), "").await.unwrap();
    assert!(next.ends_with("step=1"), "{next}");

    // A condition within: the box brings up the list, with one item to fill in.
    desk.send(&draft, 0, &first("api", &[("public", "true")]), "").await.unwrap();
    let shown = desk.see(&draft, "0").await;
    assert!(fields(&shown).contains(&"hosts/0/name".to_owned()), "{:?}", fields(&shown));
}

#[tokio::test]
async fn items_of_a_list_are_changed_without_a_script() {
    let desk = Desk::new().await;
    let sent = |hosts: &[(&str, &str)]| first("api", &[&[("public", "true")], hosts].concat());
    let next = desk
        .send("", 0, &sent(&[("hosts", "1"), ("hosts/0/name", "a.b"), ("hosts/0/path", "/")]), "add:hosts")
        .await
        .unwrap();
    assert!(next.ends_with("step=0"), "{next}");
    let draft = draft_in(&next);
    let two = [
        ("hosts", "2"),
        ("hosts/0/name", "a.b"),
        ("hosts/0/path", "/"),
        ("hosts/1/name", "c.d"),
        ("hosts/1/path", "/x"),
    ];
    assert_eq!(desk.see(&draft, "0").await.values["hosts"].as_array().unwrap().len(), 2);
    desk.send(&draft, 0, &sent(&two), "up:hosts/1").await.unwrap();
    assert_eq!(desk.see(&draft, "0").await.values["hosts"][0]["name"], "c.d");
    desk.send(&draft, 0, &sent(&two), "remove:hosts/0").await.unwrap();
    assert_eq!(desk.see(&draft, "0").await.values["hosts"], serde_json::json!([{"name": "c.d", "path": "/x"}]));
    let error = desk.send(&draft, 0, &sent(&two), "drop:hosts/0").await.unwrap_err();
    assert!(error.for_field("change").is_some());
    let error = desk
        .send(&draft, 0, &sent(&[("hosts", "1"), ("hosts/0/name", "A"), ("hosts/0/path", "")]), "")
        .await
        .unwrap_err();
    assert_eq!(error.for_field("hosts/0/name"), Some("This does not fit. Lower-case letters and dots."));
}

#[tokio::test]
async fn the_preview_follows_what_is_typed_and_makes_nothing() {
    let desk = Desk::new().await;
    let page = first("api", &[("public", "true"), ("hosts", "1"), ("hosts/0/name", "shop.example")]);
    let seen = desk.preview("", 0, &page, "api/main.sh").await;
    assert_eq!(seen.trouble, None);
    assert_eq!(
        seen.files.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
        ["api/main.sh", "catalog-info.yaml"]
    );
    let open = seen.open.unwrap();
    let text: String = open.spans.iter().flatten().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        (open.path.as_str(), text.contains("# Answers under: shop.example/\n")),
        ("api/main.sh", true),
        "{text}"
    );
    let makes: Vec<&str> = seen.steps.iter().map(|step| step.makes.as_str()).collect();
    assert_eq!(
        [makes[0], makes[3], makes[4]],
        [
            "2 files",
            "Repository payments/order-intake on the built-in forge",
            "Catalogue entity component:default/order-intake"
        ]
    );
    assert!(!seen.steps[2].left_out);

    // Another answer: other files, another plan, and the file that is no more gives way.
    let seen = desk.preview("", 0, &first("worker", &[]), "api/main.sh").await;
    assert!(seen.files.iter().any(|(path, _)| path == "worker/main.sh") && seen.steps[2].left_out);
    assert_eq!(seen.open.unwrap().path, "catalog-info.yaml");
    assert_eq!(create::shelf(&desk.world.slipway, &desk.caller).await.unwrap().drafts, [], "looking keeps nothing");

    // Nothing said yet is no trouble.
    let seen = desk.preview("", 0, &typed(&[]), "").await;
    assert!(seen.steps[3].makes.contains("not said yet"), "{:?}", seen.steps[3]);

    // What cannot be rendered says where.
    let skeleton = desk.templates.path().join("demanding/skeleton/catalog-info.yaml");
    std::fs::write(skeleton, "kind: Component\nname: ${{ values.name | nothing }}\n").unwrap();
    slipway_services::reconcile::pass_catalog(desk.world.slipway.clone()).await.unwrap();
    let trouble = desk.preview("", 0, &page, "").await.trouble.unwrap();
    assert!(trouble.contains("catalog-info.yaml:2"), "{trouble}");
}

#[tokio::test]
async fn a_secret_is_asked_for_with_the_start_and_kept_nowhere() {
    let desk = Desk::new().await;
    let draft = desk.filled().await;
    let review = desk.see(&draft, "review").await;
    assert_eq!(review.step, WizardStep::Review);
    let asked = |index: usize| (review.secrets[index].name.as_str(), review.secrets[index].required);
    assert_eq!((asked(0), asked(1)), (("token", true), ("deployKey", false)), "of a page, and of the template");
    let slipway = &desk.world.slipway;
    assert!(desk.start(&draft, &[]).await.unwrap_err().for_field("token").is_some());
    let error = desk.start(&draft, &[("token", "short")]).await.unwrap_err();
    assert_eq!(
        (error.code, error.for_field("token")),
        (ErrorCode::Invalid, Some("Use at least 8 characters; this has 5."))
    );

    let error = desk.start(&draft, &[("token", TOKEN), ("deployKey", "abc")]).await.unwrap_err();
    assert_eq!(error.for_field("deployKey"), Some("Use at least 4 characters; this has 3."));

    let run = desk.start(&draft, &[("token", TOKEN)]).await.unwrap().trim_start_matches("/runs/").to_owned();
    reconcile::pass_runs(slipway.clone()).await.unwrap();
    let page = create::run_page(slipway, &desk.caller, &run).await.unwrap();
    assert_eq!(page.row.state, RunState::Succeeded, "{:?}", page.error);
    let said: Vec<&str> = page.log.iter().map(|line| line.message.as_str()).collect();
    assert!(said.contains(&"signed in with ***"), "the step had it, the log has not: {said:?}");
    let mut tx = desk.world.store.begin_read().await.unwrap();
    let kept = tx.run(run.parse().unwrap()).await.unwrap().unwrap();
    let steps = tx.run_steps(run.parse().unwrap()).await.unwrap();
    assert!(!format!("{kept:?}{steps:?}{page:?}").contains(TOKEN));
    assert_eq!(kept.parameters["limits"]["cpu"], 2);
    assert!(kept.parameters.get("queue").is_none());
}

#[tokio::test]
async fn a_name_that_no_repository_can_have_is_said_at_once() {
    let desk = Desk::new().await;
    let mut page = first("worker", &[("queue", "orders")]);
    page.insert("name".to_owned(), "order.git".to_owned());
    let error = desk.send("", 0, &page, "").await.unwrap_err();
    assert!(error.for_field("name").is_some_and(|why| why.starts_with("A repository is called so.")), "{error:?}");
}

#[tokio::test]
async fn a_secret_is_no_parameter_and_a_hidden_input_is_one() {
    let desk = Desk::new().await;
    let file = desk.templates.path().join("demanding/template.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("      required: [token]", "        pin: {type: string, ui:widget: password}");
    let told =
        "token of ${{ parameters.token.length }} and ${{ secrets.token.length }}, pin of ${{ parameters.pin.length }}";
    std::fs::write(&file, text.replace("signed in with ${{ secrets.token }}", told)).unwrap();
    slipway_services::reconcile::pass_catalog(desk.world.slipway.clone()).await.unwrap();
    let draft = desk.filled().await;
    let run = desk.start(&draft, &[("token", TOKEN), ("pin", "1234567")]).await.unwrap();
    let slipway = &desk.world.slipway;
    reconcile::pass_runs(slipway.clone()).await.unwrap();
    let page = create::run_page(slipway, &desk.caller, run.trim_start_matches("/runs/")).await.unwrap();
    let said: Vec<&str> = page.log.iter().map(|line| line.message.as_str()).collect();
    assert!(said.contains(&"token of 6 and 14, pin of 7"), "a mark stands for the token: {said:?}");
}

#[tokio::test]
async fn buttons_say_what_the_template_calls_them() {
    let desk = Desk::new().await;
    let draft = desk.filled().await;
    let mut said = Vec::new();
    for step in ["0", "runtime", "review"] {
        let page = desk.see(&draft, step).await;
        said.push((page.back, page.onward));
    }
    let said: Vec<_> = said.iter().map(|(back, onward)| (back.as_str(), onward.as_str())).collect();
    assert_eq!(said, [("Go back", "Continue"), ("Go back", "Look it over"), ("Go back", "Make it")]);
}

#[tokio::test]
async fn a_run_whose_process_ended_says_that_its_secret_is_gone() {
    let desk = Desk::new().await;
    let draft = desk.filled().await;
    let started = create::start(&desk.world.slipway, &desk.caller, &draft, &typed(&[("token", TOKEN)])).await.unwrap();
    let run = started.next.trim_start_matches("/runs/").to_owned();
    let after = desk.world.process("second", desk.world.store.clone(), desk.world.forge.clone());
    reconcile::pass_runs(after.clone()).await.unwrap();
    let page = create::run_page(&after, &desk.caller, &run).await.unwrap();
    assert_eq!(page.row.state, RunState::Failed);
    assert!(page.error.as_ref().unwrap().contains("The secret token is gone"), "{:?}", page.error);
}

#[tokio::test]
async fn a_page_shown_without_a_script_can_be_sent_as_it_stands() {
    let desk = Desk::new().await;
    let draft = desk.filled().await;
    for (step, page) in [("0", 0), ("1", 1)] {
        let shown = desk.see(&draft, step).await;
        let mut sent = Typed::new();
        for field in shown.page.as_ref().unwrap().fields(&shown.values, &Never).iter().filter(|field| field.is_typed())
        {
            sent.extend(slipway_forms::texts_of(field, field.value(&shown.values)));
            if matches!(field.widget, Widget::Checkbox | Widget::Checkboxes | Widget::Radio) {
                sent.insert(format!("{}/{SHOWN}", field.name), "1".to_owned());
            }
        }
        let next = desk.send(&draft, page, &sent, "").await.unwrap();
        assert!(!next.ends_with(&format!("step={step}")), "{next}");
        assert_eq!(desk.see(&draft, step).await.values, shown.values);
    }
}

/// A form whose pickers take only what its filters let through.
const PICKY: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: picky}
spec:
  type: service
  parameters:
    - properties:
        name: {type: string}
        api: {type: string, ui:field: EntityPicker, ui:options: {allowArbitraryValues: false, catalogFilter: {kind: Component, spec.type: library}}}
        near: {type: string, ui:field: EntityPicker, ui:options: {catalogFilter: [{kind: Group, spec.type: team}]}}
        target: {type: string, ui:field: RepoUrlPicker, ui:options: {allowedHosts: [github.com], allowedOwners: [acme]}}
  steps:
    - {id: say, action: "debug:log", input: {message: hello}}
"#;

#[tokio::test]
async fn pickers_take_what_they_offer_from_whoever_goes_around_the_page() {
    let templates = tempfile::tempdir().unwrap();
    std::fs::create_dir(templates.path().join("picky")).unwrap();
    std::fs::write(templates.path().join("picky/template.yaml"), PICKY).unwrap();
    let world = TestWorld::with_templates(templates.path().to_owned()).await;
    let caller = world.developer().await;
    let root = world.person("root", slipway_domain::access::Role::Administrator, None).await;
    let catalog = tempfile::tempdir().unwrap();
    let component = |name: &str, of: &str| {
        format!(
            "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
             spec: {{type: {of}, lifecycle: production, owner: payments}}\n"
        )
    };
    let both = component("lib", "library") + &component("site", "website");
    std::fs::write(catalog.path().join("catalog-info.yaml"), both).unwrap();
    slipway_services::catalog::register(&world.slipway, &root, catalog.path().to_str().unwrap()).await.unwrap();

    let page = create::wizard(&world.slipway, &caller, "default", "picky", "", "").await.unwrap();
    let offered: Vec<&str> =
        page.suggestions.iter().flat_map(|(_, found)| found).map(|(name, _)| name.as_str()).collect();
    assert!(offered.contains(&"component:default/lib") && !offered.contains(&"component:default/site"), "{offered:?}");

    let send = async |api: &str, near: &str, target: &str| {
        let mut page = typed(&[("name", "x"), ("api", api), ("near", near)]);
        for (part, text) in ["host", "owner", "repo"].iter().zip(target.split(' ')) {
            page.insert(format!("target/{part}"), text.to_owned());
        }
        let sent = create::send_page(&world.slipway, &caller, "default", "picky", "", 0, &page, "").await;
        sent.err()
            .map(|error| error.fields.into_iter().map(|field| field.field).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let fine = "github.com acme x";
    assert_eq!(send("lib", "payments", fine).await, [""; 0]);
    assert_eq!(send("component:default/site", "payments", fine).await, ["api"], "it is no library");
    assert_eq!(send("component:default/absent", "payments", fine).await, ["api"], "and that is nowhere");
    assert_eq!(send("lib", "group:default/absent", fine).await, [""; 0], "others may name what is not there yet");
    assert_eq!(send("lib", "component:default/lib", fine).await, ["near"], "but not what is something else");
    assert_eq!(send("lib", "payments", "github.com me x").await, ["target"]);
    assert_eq!(send("lib", "payments", "gitlab.com acme x").await, ["target"]);
}
