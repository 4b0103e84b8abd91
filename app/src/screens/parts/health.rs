use leptos::prelude::*;
use slipway_api_types::services::HealthView;
use slipway_domain::health::HealthState;

use super::states::health_status;
use crate::components::{Now, Status};

/// How a placement is: its health, or that nothing was ever deployed to it.
#[component]
pub fn PlacementHealth(
    health: HealthView,
    /// Whether something runs there, or is on its way.
    used: bool,
) -> impl IntoView {
    if used || !health.evidence.is_empty() {
        return view! { <HealthStatus health/> }.into_any();
    }
    view! { <span class="muted"><span aria-hidden="true">"–"</span><span class="visually-hidden">"Nothing runs here"</span></span> }
        .into_any()
}

/// Health with its age and what it rests on. It turns unknown when it grows stale, without asking anybody.
#[component]
pub fn HealthStatus(health: HealthView) -> impl IntoView {
    let now = use_context::<Now>();
    let HealthView { state, evidence, seen_at, stale_at } = health;
    let stale = Memo::new(move |_| match (now, stale_at) {
        (Some(now), Some(stale_at)) => now.0.get() > stale_at,
        _ => false,
    });
    let facts: Vec<String> =
        evidence.into_iter().map(|evidence| [&evidence.source, ": ", &evidence.message].concat()).collect();
    move || {
        let mut facts = facts.clone();
        let state = if stale.get() { HealthState::Unknown } else { state };
        if state == HealthState::Unknown && !facts.is_empty() {
            facts.insert(0, "Nobody has looked lately; this is what was seen last.".to_owned());
        }
        view! { <Status kind=health_status(state) seen_at evidence=facts/> }
    }
}
