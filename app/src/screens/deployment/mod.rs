//! `/deployments/{id}`: one deployment as a flight recorder.

mod facts;
mod roll_back;
mod verdict;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::deployments::{DeploymentPage, TimelineLine};
use slipway_domain::deployment::Lane as Speaker;

use super::parts::{FormTrouble, address, changes, deployment_status, error_of, load, page_data, param, query};
use crate::{
    api::{CancelDeployment, JudgeDeployment, RollBack, read_deployment},
    components::{
        Button, Card, Cause, Crumb, DialogLink, EmptyState, Glyph, Lane, Notice, PageHeader, Shape, Status, Timeline,
        TimelineEntry, Tone,
    },
};

/// What can be done here. Lives as long as the screen, so that news from elsewhere closes no dialog.
#[derive(Clone, Copy)]
struct Doing {
    roll_back: ServerAction<RollBack>,
    cancel: ServerAction<CancelDeployment>,
    judge: ServerAction<JudgeDeployment>,
    open: RwSignal<bool>,
    inline: bool,
}

#[component]
pub fn Deployment() -> impl IntoView {
    let (id, asked) = (param("id"), query("do"));
    let changed = changes(&["deployment", "placement", "delivery"]);
    let (roll_back, cancel) = (ServerAction::<RollBack>::new(), ServerAction::<CancelDeployment>::new());
    let judge = ServerAction::<JudgeDeployment>::new();
    let open = RwSignal::new(false);
    // Rolling back leads to the new deployment's page, where nothing is asked any more.
    Effect::watch(move || id.get(), move |_, _, _| open.set(false), false);
    let data = page_data(move || {
        changed.track();
        cancel.version().track();
        judge.version().track();
        read_deployment(id.get())
    });
    load(data, Shape::Rows, move |page| {
        content(page, Doing { roll_back, cancel, judge, open, inline: asked.get() == "roll-back" })
    })
}

fn content(page: DeploymentPage, doing: Doing) -> AnyView {
    let row = page.row.clone();
    let ended = row.state.is_final();
    let number = String::from("v") + &row.number.to_string();
    let title = [&row.service.title, " ", &number].concat();
    let crumbs = vec![
        Crumb::link("Deployments", "/deployments"),
        Crumb::link(row.service.title.clone(), row.service.href.clone()),
        Crumb::here(number.clone()),
    ];
    let beside = move || view! { <Status kind=deployment_status(row.state) seen_at=Some(row.state_since)/> };
    let sub = match &row.reason {
        Some(reason) => ["To ", &row.environment, ", asked for by ", &row.requested_by, ": ", reason].concat(),
        None => ["To ", &row.environment, ", asked for by ", &row.requested_by].concat(),
    };
    let id = row.id.clone();
    let (may_roll_back, may_cancel, inline) = (page.may_roll_back_to, page.may_cancel, doing.inline);
    let words = String::from("Roll back to ") + &number;
    let actions = {
        let (id, words) = (id.clone(), words.clone());
        move || {
            let href = address(&["/deployments/", &id].concat(), &[("do", "roll-back")]);
            let roll_back = (may_roll_back && !inline)
                .then(|| view! { <DialogLink href open=doing.open>{words.clone()}</DialogLink> });
            let cancel = may_cancel.then(|| cancel_form(id.clone(), doing.cancel));
            view! { {cancel}{roll_back} }
        }
    };
    let ask = may_roll_back.then(|| roll_back::view(id, words, doing));
    let cause = page.cause.clone().map(|cause| Cause { sentence: cause.message, mend: cause.mend, action: None });
    let entries: Vec<TimelineEntry> = page.timeline.iter().map(entry).collect();
    let timeline = match (entries.is_empty(), cause) {
        (false, cause) => view! { <Timeline entries cause/> }.into_any(),
        (true, Some(cause)) => view! {
            <Notice tone=Tone::Danger title=cause.sentence><p>{cause.mend}</p></Notice>
            <EmptyState text="How it came to that was not recorded."/>
        }
        .into_any(),
        (true, None) if ended => view! { <EmptyState text="What happened was not recorded."/> }.into_any(),
        (true, None) => view! { <EmptyState text="Nothing was seen yet. It begins within seconds."/> }.into_any(),
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub beside actions/>
        <div class="stack stack--page">
            <FormTrouble error=error_of(doing.cancel)/>
            {ask}
            <div class="split">
                <div class="stack stack--page">
                    <Card title="What happened" sub="Portal, runtime and probes in one column of time">{timeline}</Card>
                    {facts::delivered(&page)}
                    {facts::changes(&page)}
                    {facts::instances(&page)}
                </div>
                <div class="stack stack--page">
                    {facts::about(&page)}
                    {verdict::view(&page, doing.judge)}
                    {facts::workload(&page.workload)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn cancel_form(id: String, cancel: ServerAction<CancelDeployment>) -> impl IntoView {
    view! {
        <ActionForm action=cancel>
            <input type="hidden" name="id" value=id/>
            <Button submit=true busy=cancel.pending() glyph=Glyph::Ban>"Cancel deployment"</Button>
        </ActionForm>
    }
}

fn entry(line: &TimelineLine) -> TimelineEntry {
    let lane = match line.lane {
        Speaker::Portal => Lane::Portal,
        Speaker::Runtime => Lane::Runtime,
        Speaker::Probe => Lane::Probe,
    };
    let tone = match (line.warning, line.lane) {
        (true, _) => Tone::Danger,
        (false, Speaker::Portal) => Tone::Accent,
        (false, Speaker::Runtime | Speaker::Probe) => Tone::Neutral,
    };
    TimelineEntry { at: line.at, lane, tone, title: line.message.clone(), detail: None, href: None }
}
