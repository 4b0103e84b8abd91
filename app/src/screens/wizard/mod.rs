//! `/create/{namespace}/{name}?draft=&step=`: the wizard, a step at a time. Works as plain forms before the script arrives.

mod answers;
mod check;
pub(super) mod field;
mod heads;
pub(super) mod parameters;
mod preview;
mod review;
mod runtime;
mod several;
mod typed;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::create::{StepSummary, WizardPage, WizardStep};

pub use typed::Typed;

use super::parts::{anew, load, page_data, param, query};
use crate::{
    api::{ChooseRuntime, SendPage, StartRun, read_wizard},
    components::{Crumb, PageHeader, Shape, Step, StepState, Steps},
};

/// What the wizard's forms do. They live as long as the screen, longer than any one step.
#[derive(Clone, Copy)]
struct Actions {
    send: ServerAction<SendPage>,
    choose: ServerAction<ChooseRuntime>,
    start: ServerAction<StartRun>,
}

#[component]
pub fn Wizard() -> impl IntoView {
    let (namespace, name, draft, step) = (param("namespace"), param("name"), query("draft"), query("step"));
    let actions = Actions { send: ServerAction::new(), choose: ServerAction::new(), start: ServerAction::new() };
    // What an action said belongs to the step it was sent from.
    Effect::watch(
        move || (step.get(), draft.get()),
        move |_, _, _| {
            actions.send.clear();
            actions.choose.clear();
            actions.start.clear();
        },
        false,
    );
    let data = page_data(move || read_wizard(namespace.get(), name.get(), draft.get(), step.get()));
    load(data, Shape::Text, move |page| content(page, namespace.get_untracked(), name.get_untracked(), actions))
}

fn content(page: WizardPage, namespace: String, name: String, actions: Actions) -> AnyView {
    let title = page.template.title.clone();
    let current = match page.step {
        WizardStep::Parameters(index) => index,
        WizardStep::Runtime => page.pages,
        WizardStep::Review => page.pages + 1,
    };
    let back = current.checked_sub(1).and_then(|before| page.steps.get(before)).map(|step| step.href.clone());
    let here = page.steps.get(current).map(|step| step.title.clone()).unwrap_or_default();
    let steps = page.steps.iter().enumerate().map(|(at, summary)| step(summary, at == current)).collect();
    let crumbs = vec![Crumb::link("Create", "/create"), Crumb::here(title.clone())];
    let key = current.to_string();
    let body = match page.step {
        WizardStep::Parameters(index) => parameters::view(page, index, namespace, name, back, actions.send),
        WizardStep::Runtime => runtime::view(page, back, actions.choose),
        WizardStep::Review => review::view(page, back, actions.start),
    };
    view! {
        <Title text=[&here, " · ", &title].concat()/>
        <PageHeader title crumbs/>
        <div class="wizard">
            <Steps label="Steps to what you create" steps/>
            {anew(key, body)}
        </div>
    }
    .into_any()
}

fn step(summary: &StepSummary, current: bool) -> Step {
    let state = match (current, summary.done) {
        (true, _) => StepState::Current,
        (false, true) => StepState::Done,
        (false, false) => StepState::Ahead,
    };
    Step {
        name: summary.title.clone(),
        state,
        chosen: Some(summary.chosen.clone()).filter(|chosen| !chosen.is_empty()),
        href: Some(summary.href.clone()).filter(|href| !current && !href.is_empty()),
    }
}
