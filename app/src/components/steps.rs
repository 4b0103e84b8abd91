use leptos::prelude::*;

use super::icon::{Glyph, Icon};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    #[default]
    Ahead,
    Failed,
}

/// A step of a wizard or of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub name: String,
    pub state: StepState,
    /// What was chosen, or how long it took.
    pub chosen: Option<String>,
    /// The way back to it.
    pub href: Option<String>,
}

/// Where one is, and what was chosen on the way.
#[component]
pub fn Steps(
    /// "Steps to a new service".
    #[prop(into)]
    label: String,
    steps: Vec<Step>,
) -> impl IntoView {
    let steps = steps.into_iter().enumerate().map(|(index, step)| step_view(index + 1, step)).collect_view();
    view! { <nav class="steps" aria-label=label><ol class="steps__list">{steps}</ol></nav> }
}

fn step_view(number: usize, step: Step) -> impl IntoView {
    let (class, spoken) = match step.state {
        StepState::Done => ("steps__step steps__step--done", "done"),
        StepState::Current => ("steps__step steps__step--current", ""),
        StepState::Ahead => ("steps__step", "not yet"),
        StepState::Failed => ("steps__step steps__step--failed", "failed"),
    };
    let mark = match step.state {
        StepState::Done => view! { <Icon glyph=Glyph::Check/> }.into_any(),
        StepState::Failed => view! { <Icon glyph=Glyph::Close/> }.into_any(),
        StepState::Current | StepState::Ahead => number.to_string().into_any(),
    };
    let name = match step.href {
        Some(href) => view! { <a class="steps__name" href=href>{step.name}</a> }.into_any(),
        None => view! { <span class="steps__name">{step.name}</span> }.into_any(),
    };
    view! {
        <li class=class aria-current=(step.state == StepState::Current).then_some("step")>
            <span class="steps__mark" aria-hidden="true">{mark}</span>
            <span>{name}<span class="visually-hidden">{spoken}</span></span>
            {step.chosen.map(|chosen| view! { <span class="steps__chosen">{chosen}</span> })}
        </li>
    }
}
