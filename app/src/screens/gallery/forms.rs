use leptos::prelude::*;
use slipway_api_types::create::Colour;

use super::Part;
use crate::components::{
    Button, Checkbox, Choice, Combobox, ErrorSummary, FieldError, FileTree, RadioCard, RadioCards, Select, Step,
    StepState, Steps, TextArea, TextInput, TreeFile, Variant,
};

#[component]
pub fn Forms() -> impl IntoView {
    let step = |name: &str, state: StepState, chosen: Option<&str>, href: Option<&str>| Step {
        name: name.to_owned(),
        state,
        chosen: chosen.map(str::to_owned),
        href: href.map(str::to_owned),
    };
    let steps = vec![
        step("Template", StepState::Done, Some("Rust HTTP service"), Some("/create")),
        step("About the service", StepState::Current, None, None),
        step("Where it runs", StepState::Ahead, None, None),
        step("Review", StepState::Ahead, Some("37 files, 1 repository, 3 environments"), None),
    ];
    let teams = ["payments", "storefront", "growth", "discovery"].map(|team| Choice::new(team, "")).to_vec();
    let stages = vec![
        Choice::new("experimental", "Experimental"),
        Choice::new("production", "Production"),
        Choice::new("deprecated", "Deprecated"),
    ];
    let errors = vec![FieldError {
        id: "component_id".to_owned(),
        message: "Name: use lower-case letters, digits and dashes, such as payments-api".to_owned(),
    }];
    view! {
        <Part title="Forms and the wizard" words="Label above, help under it, the error in words that say the mend. Nothing typed is lost, and every form works before a script has arrived.">
            <div class="wizard">
                <Steps label="Steps to a new service" steps/>
                <form class="stack" method="post" action="/design" novalidate>
                    <ErrorSummary errors=errors/>
                    <div>
                        <TextInput
                            name="component_id"
                            label="Name"
                            value="Payments API"
                            help="Also the name of its repository and its address."
                            error="Use lower-case letters, digits and dashes, such as payments-api."
                            required=true
                            prefix="git.example.com/"
                            mono=true
                        />
                        <Combobox name="owner" label="Owner" choices=teams value="payments" help="The team that is called when it breaks." required=true/>
                        <Select name="lifecycle" label="Lifecycle" choices=stages value="production" required=true/>
                        <TextArea name="description" label="What it does" value="Takes card payments and books them.\nRetries what the bank declines <once>." rows=3/>
                    </div>
                    <RadioCards name="runtime" legend="Where it runs" value="ecs-express" cards=runtimes()/>
                    <Checkbox name="metrics" label="Watch it from the start" checked=true help="An HTTP probe every 15 s and alarms on errors and latency."/>
                    <div class="form-actions">
                        <Button variant=Variant::Primary submit=true>"Continue to review"</Button>
                        <Button variant=Variant::Ghost>"Back"</Button>
                    </div>
                    <FileTree files=files()/>
                </form>
            </div>
        </Part>
    }
}

fn runtimes() -> Vec<RadioCard> {
    let card = |value: &str, title: &str, text: &str, points: &[&str]| RadioCard {
        value: value.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        points: points.iter().map(|point| (*point).to_owned()).collect(),
        ..RadioCard::default()
    };
    vec![
        RadioCard {
            badge: Some("Recommended".to_owned()),
            ..card(
                "ecs-express",
                "ECS Express Mode",
                "An address with TLS and scaling from one setting.",
                &["Canary deployments", "No cluster to run"],
            )
        },
        card("ecs", "Amazon ECS", "Your own load balancer, network and task definition.", &["Sidecars", "Blue-green"]),
        card(
            "kubernetes",
            "Kubernetes",
            "A cluster that is there already: EKS or any other.",
            &["Server-side apply", "Any cloud"],
        ),
        RadioCard {
            disabled: true,
            note: Some("Closed to new customers since 30 April 2026; this account has none.".to_owned()),
            ..card("app-runner", "App Runner", "For services that run there already.", &[])
        },
    ]
}

fn files() -> Vec<TreeFile> {
    let file = |path: &str, contents: &str| TreeFile {
        path: path.to_owned(),
        bytes: contents.len(),
        contents: Some(vec![(Colour::Plain, contents.to_owned())]),
    };
    vec![
        file(
            "src/main.rs",
            "#[tokio::main]\nasync fn main() -> anyhow::Result<()> {\n    payments_api::serve().await\n}\n",
        ),
        file("src/health.rs", "pub async fn healthz() -> &'static str {\n    \"ok\"\n}\n"),
        file(".github/workflows/ci.yaml", "name: ci\non: [push]\n"),
        file("Dockerfile", "FROM rust:1.95 AS build\n"),
        file("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\n"),
        file("score.yaml", "apiVersion: score.dev/v1b1\n"),
    ]
}
