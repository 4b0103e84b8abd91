//! `/runs/{id}`: one run of a golden path, its log in view, its result the largest thing.

mod approval;
mod left;

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::create::{RunPage, StepView};
use slipway_domain::scaffold::{RunState, StepState as Done};

use super::parts::{FormTrouble, Words, changes, error_of, failure, page_data, param, run_status};
use crate::{
    api::{DecideApproval, DismissLeft, RemoveLeft, RetryRun, UndoRun, WithdrawApproval, read_run},
    components::{
        Button, ButtonLink, Crumb, Glyph, LogLevel, LogLine, LogView, Notice, PageHeader, Progress, Shape, Skeleton,
        Status, Step, StepState, Steps, Tone, Variant, time,
    },
};

#[component]
pub fn Run() -> impl IntoView {
    let id = param("id");
    let changed = changes(&["run"]);
    let retry = ServerAction::<RetryRun>::new();
    let undo = ServerAction::<UndoRun>::new();
    let words = approval::Words {
        decide: ServerAction::<DecideApproval>::new(),
        withdraw: ServerAction::<WithdrawApproval>::new(),
    };
    words.count_down();
    let ways = left::Ways { remove: ServerAction::<RemoveLeft>::new(), dismiss: ServerAction::<DismissLeft>::new() };
    let data = page_data(move || {
        changed.track();
        retry.version().track();
        undo.version().track();
        words.decide.version().track();
        words.withdraw.version().track();
        ways.remove.version().track();
        ways.dismiss.version().track();
        read_run(id.get())
    });
    // The first answer makes the page; later ones move only what changed in it, so that the log keeps its place.
    let first = move || {
        id.track();
        Suspend::new(async move {
            match data.first().await {
                Ok(page) => {
                    let page = Memo::new(move |before: Option<&RunPage>| {
                        let newest = data.get().and_then(Result::ok);
                        newest.or_else(|| before.cloned()).unwrap_or_else(|| page.clone())
                    });
                    content(page, retry, undo, words, ways)
                }
                Err(error) => failure(error),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton shape=Shape::Text count=6/> }>{first}</Transition> }
}

fn content(
    page: Memo<RunPage>,
    retry: ServerAction<RetryRun>,
    undo: ServerAction<UndoRun>,
    words: approval::Words,
    ways: left::Ways,
) -> AnyView {
    let row = page.read_untracked().row.clone();
    let crumbs = vec![Crumb::link("Create", "/create"), Crumb::here(row.title.clone())];
    let sub = [&row.template, ", started by ", &row.requested_by].concat();
    let state = Memo::new(move |_| page.read().row.state);
    let beside = move || {
        move || {
            let ended = page.read().row.finished_at;
            view! { <Status kind=run_status(state.get()) seen_at=ended/> }
        }
    };
    let lines = Signal::derive(move || page.read().log.iter().map(line).collect::<Vec<_>>());
    let steps = move || {
        let steps = page.read().steps.iter().map(step).collect();
        view! { <Steps label="Steps of the run" steps/> }
    };
    // Only what is asked, so that a line in the log leaves what was typed alone.
    let asked = Memo::new(move |_| page.read().approval.clone());
    let left = Memo::new(move |_| page.with(|page| if page.may_undo { page.left.clone() } else { Vec::new() }));
    let run = row.id.clone();
    let left_view = move || left.with(|left| (!left.is_empty()).then(|| left::view(&run, left.clone(), ways)));
    let live = state.get_untracked().is_active();
    view! {
        <Title text=row.title.clone()/>
        <PageHeader title=row.title crumbs sub beside/>
        <div class="stack stack--page">
            <div class="result" aria-live="polite">{move || result(page, state.get(), retry, undo)}</div>
            {move || asked.get().map(|asked| approval::view(&asked, words))}
            <FormTrouble error=error_of(retry)/>
            <FormTrouble error=error_of(undo)/>
            {left_view}
            <div class="run">
                {steps}
                <LogView title="Log" lines live/>
            </div>
        </div>
    }
    .into_any()
}

/// What came of it, and the way on.
fn result(page: Memo<RunPage>, state: RunState, retry: ServerAction<RetryRun>, undo: ServerAction<UndoRun>) -> AnyView {
    match state {
        RunState::Queued | RunState::Running | RunState::Undoing => {
            let label = if state == RunState::Undoing { "Taking back what was made" } else { "Creating" };
            let over = |step: &StepView| matches!(step.state, Done::Succeeded | Done::Skipped);
            let done = Signal::derive(move || count(page.read().steps.iter().filter(|step| over(step)).count()));
            let total = (state != RunState::Undoing).then(|| count(page.read_untracked().steps.len()));
            match total {
                Some(total) => view! { <Progress label done total/> }.into_any(),
                None => view! { <Progress label done/> }.into_any(),
            }
        }
        RunState::Succeeded => succeeded(&page.get_untracked()),
        RunState::Failed => failed(&page.get(), retry, undo),
        RunState::Undone => view! {
            <Notice tone=Tone::Neutral title="Nothing of it is left">
                <p>"Everything that the run made was taken back. Your answers are kept in the run's parameters; begin again whenever you like."</p>
                <p><a href="/create">"Create something else"</a></p>
            </Notice>
        }
        .into_any(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn succeeded(page: &RunPage) -> AnyView {
    let service = page.service.clone().map(|service| {
        view! { <ButtonLink href=service.href variant=Variant::Primary glyph=Glyph::ArrowRight>{["Open ", &service.title].concat()}</ButtonLink> }
    });
    let links =
        page.links.iter().cloned().map(|link| view! { <li><a href=link.href>{link.title}</a></li> }).collect_view();
    let texts = page
        .texts
        .iter()
        .cloned()
        .map(|(title, text)| view! { <section class="result__text"><h3>{title}</h3><Words text/></section> })
        .collect_view();
    view! {
        <section class="result__done">
            <h2 class="result__title">{[&page.row.title, " is there"].concat()}</h2>
            <div class="cluster">{service}</div>
            <ul class="result__links">{links}</ul>
            {texts}
        </section>
    }
    .into_any()
}

fn failed(page: &RunPage, retry: ServerAction<RetryRun>, undo: ServerAction<UndoRun>) -> AnyView {
    let broken = page.steps.iter().find(|step| step.state == Done::Failed);
    let title = broken.map_or_else(|| "The run failed".to_owned(), |step| [&step.name, " failed"].concat());
    let why = broken.and_then(|step| step.error.clone()).or_else(|| page.error.clone()).unwrap_or_default();
    let left = match page.left.len() {
        0 => "It left nothing behind.".to_owned(),
        1 => "One step left something that can be taken back.".to_owned(),
        left => left.to_string() + " steps left something that can be taken back.",
    };
    let (id, again) = (page.row.id.clone(), page.row.id.clone());
    let retry_form = page.may_retry.then(|| {
        view! {
            <ActionForm action=retry>
                <input type="hidden" name="id" value=again/>
                <Button variant=Variant::Primary submit=true busy=retry.pending()>"Retry from this step"</Button>
            </ActionForm>
        }
    });
    let undo_form = page.may_undo.then(|| {
        view! {
            <ActionForm action=undo>
                <input type="hidden" name="id" value=id/>
                <Button variant=Variant::Danger submit=true busy=undo.pending() glyph=Glyph::Undo>"Undo the run"</Button>
            </ActionForm>
        }
    });
    view! {
        <section class="result__failed">
            <Notice tone=Tone::Danger title>
                <p>{why}</p>
                <p class="muted">{left}</p>
            </Notice>
            <div class="cluster">{retry_form}{undo_form}</div>
        </section>
    }
    .into_any()
}

fn step(step: &StepView) -> Step {
    let state = match step.state {
        Done::Succeeded | Done::Skipped => StepState::Done,
        Done::Running => StepState::Current,
        Done::Waiting | Done::Undone => StepState::Ahead,
        Done::Failed => StepState::Failed,
    };
    let took = step.started_at.zip(step.finished_at).map(|(from, to)| time::span(to - from));
    let said = match step.state {
        Done::Skipped => Some("Not needed".to_owned()),
        Done::Undone => Some("Taken back".to_owned()),
        Done::Running if step.attempts > 1 => Some(["Attempt ", &step.attempts.to_string()].concat()),
        Done::Waiting => None,
        Done::Running | Done::Succeeded | Done::Failed => took,
    };
    Step { name: step.name.clone(), state, chosen: said, href: None }
}

fn line(line: &slipway_domain::scaffold::LogLine) -> LogLine {
    let text = match &line.step {
        Some(step) => ["\u{1b}[2m", step, "\u{1b}[0m ", &line.message].concat(),
        None => line.message.clone(),
    };
    LogLine {
        number: u64::try_from(line.seq).unwrap_or_default(),
        at: Some(line.at.as_millis()),
        level: if line.warning { LogLevel::Error } else { LogLevel::Plain },
        text,
    }
}
