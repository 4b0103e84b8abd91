use leptos::prelude::*;
use slipway_api_types::create::WaitingRun;

use crate::{
    components::{Card, RelativeTime},
    frame::Waiting,
};

/// Runs that wait for the viewer's word; nothing when there are none.
pub fn waiting_runs(runs: Vec<WaitingRun>) -> Option<AnyView> {
    // The rail and the tab's title carry the count from here on.
    if let Some(Waiting(count)) = use_context::<Waiting>() {
        let waiting = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        Effect::new(move || count.set(waiting));
    }
    if runs.is_empty() {
        return None;
    }
    let rows = runs.into_iter().map(row).collect_view();
    Some(view! { <Card title="Waiting for your word"><ul class="waiting">{rows}</ul></Card> }.into_any())
}

fn row(run: WaitingRun) -> AnyView {
    let message = (!run.message.is_empty()).then(|| view! { <span>{run.message}</span> });
    view! {
        <li class="waiting__run"><a href=run.href>{run.title}</a>{message}<span class="muted">"Asked "<RelativeTime at=run.asked_at/></span></li>
    }
    .into_any()
}
