//! Runs as people see them: reading one, retrying it, taking it back.

use super::{actions, approvals, leftovers};
use crate::{Caller, Result, Slipway, errors::store, views::service_link};
use serde_json::{Value, json};
use slipway_api_types::{
    AppError,
    catalog::Link,
    create::{RunPage, RunRow, StepView},
};
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    ids::RunId,
    scaffold::{LogLine, Run, RunState, RunStep, StepState},
    time::Timestamp,
};
use slipway_nunjucks::Dialect;
use slipway_ports::{StoreError, Tx};
use slipway_scaffold::Step;

/// How many lines of a log a page shows.
const LOG_LINES: u32 = 2_000;

/// A run in a list.
pub(crate) fn run_row(run: &Run) -> RunRow {
    let template = run.template.parse::<EntityRef>();
    RunRow {
        id: run.id.to_string(),
        href: format!("/runs/{}", run.id),
        title: run.title.clone(),
        template: template.map_or_else(|_| run.template.clone(), |template| template.name().to_owned()),
        state: run.state,
        requested_by: run.requested_by.clone(),
        created_at: run.created_at.as_millis(),
        finished_at: run.finished_at.map(Timestamp::as_millis),
    }
}

/// A template's step as a run keeps it.
pub(super) fn write_step(step: &Step, dialect: Option<Dialect>) -> Value {
    let mut kept =
        json!({"id": step.id, "name": step.name, "action": step.action, "input": step.input, "line": step.line});
    if let Some(dialect) = dialect {
        kept["engine"] = dialect.as_str().into();
    }
    for (key, value) in [("if", &step.condition), ("each", &step.each)] {
        if let Some(value) = value {
            kept[key] = value.clone();
        }
    }
    kept
}

/// The engine that the template of a run said it was written for.
pub(crate) fn read_dialect(run: &Run) -> Option<Dialect> {
    run.steps.get(0)?.get("engine")?.as_str().and_then(Dialect::parse)
}

/// The step of a run at a position, as the template had it when the run began.
pub(crate) fn read_step(run: &Run, step: &RunStep) -> Step {
    let place = usize::try_from(step.position).unwrap_or_default();
    let kept = run.steps.get(place).cloned().unwrap_or_default();
    Step {
        id: step.id.clone(),
        name: step.name.clone(),
        action: step.action.clone(),
        input: kept["input"].clone(),
        condition: kept.get("if").cloned(),
        each: kept.get("each").cloned(),
        line: kept["line"].as_u64().and_then(|line| u32::try_from(line).ok()).unwrap_or_default(),
    }
}

pub(super) async fn find(tx: &mut dyn Tx, id: &str) -> Result<Run> {
    let missing = || AppError::not_found(format!("run with the id `{id}`"));
    let id: RunId = id.parse().map_err(|_| missing())?;
    tx.run(id).await.map_err(store)?.ok_or_else(missing)
}

/// Whoever may create for the team may go on with a run of it.
fn may_retry(caller: &Caller, run: &Run) -> Result<()> {
    caller.require(Permission::Create, team(run))
}

/// One's own run, or as a lead of the team.
pub(super) fn may_undo(caller: &Caller, run: &Run) -> Result<()> {
    let permission = if caller.user == run.user { Permission::Create } else { Permission::Manage };
    caller.require(permission, team(run))
}

pub(super) fn team(run: &Run) -> Option<&str> {
    Some(run.owner.as_str()).filter(|owner| !owner.is_empty())
}

/// `/runs/{id}`.
pub async fn run_page(slipway: &Slipway, caller: &Caller, id: &str) -> Result<RunPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let run = find(&mut *tx, id).await?;
    let steps = tx.run_steps(run.id).await.map_err(store)?;
    let log = latest_lines(&mut *tx, run.id).await?;
    let made = |step: &&RunStep| step.action == actions::SERVICE_CREATE && step.state == StepState::Succeeded;
    let service = steps.iter().find(made).and_then(|step| step.output["service"].as_str());
    let service = match service {
        Some(name) => tx.service_by_name(name).await.map_err(store)?.map(|service| service_link(&service.name)),
        None => None,
    };
    let failed = run.state == RunState::Failed;
    let now = slipway.clock.now();
    let approval = match run.state {
        RunState::Running => approvals::view(&mut *tx, caller, &run, now).await?,
        _ => None,
    };
    Ok(RunPage {
        now: now.as_millis(),
        row: run_row(&run),
        error: run.error.clone(),
        steps: steps.iter().map(step_view).collect(),
        left: if failed { leftovers::list(&steps) } else { Vec::new() },
        log,
        links: links(&run.result),
        texts: texts(&run.result),
        service,
        approval,
        may_retry: failed && may_retry(caller, &run).is_ok(),
        may_undo: failed && may_undo(caller, &run).is_ok(),
    })
}

/// The end of a log. Runs are short: one query in practice, one more for every two thousand lines.
async fn latest_lines(tx: &mut dyn Tx, run: RunId) -> Result<Vec<LogLine>> {
    let mut lines: Vec<LogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.seq);
        let part = tx.log_after(run, after, LOG_LINES).await.map_err(store)?;
        let is_last = part.len() < LOG_LINES as usize;
        lines.extend(part);
        let surplus = lines.len().saturating_sub(LOG_LINES as usize);
        lines.drain(..surplus);
        if is_last {
            return Ok(lines);
        }
    }
}

fn step_view(step: &RunStep) -> StepView {
    StepView {
        id: step.id.clone(),
        name: step.name.clone(),
        action: step.action.clone(),
        state: step.state,
        attempts: step.attempts,
        started_at: step.started_at.map(Timestamp::as_millis),
        finished_at: step.finished_at.map(Timestamp::as_millis),
        error: step.error.clone(),
        can_undo: !step.undo.is_null(),
    }
}

/// `output.links`: to an entity's page, or to a web address; anything else is left out.
fn links(output: &Value) -> Vec<Link> {
    let link = |item: &Value| {
        let url = item["url"].as_str().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        let entity = || Some(item["entityRef"].as_str()?.parse::<EntityRef>().ok()?.path());
        let href = url.map(str::to_owned).or_else(entity)?;
        Some(Link { title: item["title"].as_str().unwrap_or(&href).to_owned(), href })
    };
    output["links"].as_array().into_iter().flatten().filter_map(link).collect()
}

/// `output.text`: title and content.
fn texts(output: &Value) -> Vec<(String, String)> {
    let text = |item: &Value| {
        Some((item["title"].as_str().unwrap_or_default().to_owned(), item["content"].as_str()?.to_owned()))
    };
    output["text"].as_array().into_iter().flatten().filter_map(text).collect()
}

/// Goes on with a failed run from the step that failed.
pub async fn retry(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut run = find(&mut *tx, id).await?;
    may_retry(caller, &run)?;
    require_failed(&run, "tried again")?;
    let mut failed = false;
    for mut step in tx.run_steps(run.id).await.map_err(store)? {
        failed |= step.state == StepState::Failed;
        let stands = match step.state {
            StepState::Waiting | StepState::Succeeded => true,
            // What was left out after the failure is asked again.
            StepState::Skipped => !failed,
            StepState::Running | StepState::Failed | StepState::Undone => false,
        };
        if stands {
            continue;
        }
        step.state = StepState::Waiting;
        step.finished_at = None;
        step.error = None;
        tx.set_run_step(&step).await.map_err(store)?;
    }
    tx.reopen_approvals(run.id).await.map_err(store)?;
    run.state = RunState::Queued;
    hand_over(slipway, tx, caller, run, "run.retry", format!("{} tried it again", caller.display_name)).await
}

/// Takes back everything that a failed run did.
pub async fn undo(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut run = find(&mut *tx, id).await?;
    may_undo(caller, &run)?;
    require_failed(&run, "undone")?;
    run.state = RunState::Undoing;
    hand_over(slipway, tx, caller, run, "run.undo", format!("{} asked to undo it", caller.display_name)).await
}

pub(super) fn require_failed(run: &Run, what: &str) -> Result<()> {
    let why = match run.state {
        RunState::Failed => return Ok(()),
        RunState::Queued | RunState::Running => "it is still under way",
        RunState::Undoing => "it is being undone",
        RunState::Undone => "nothing of it is left; start anew from the template",
        RunState::Succeeded => "it succeeded; remove the service on its own page",
    };
    Err(AppError::conflict(format!("This run cannot be {what}: {why}.")))
}

/// The error of a change that was decided on a run as it is no more.
pub(super) fn moved_on(error: StoreError) -> AppError {
    match error {
        StoreError::Conflict(_) => {
            AppError::conflict("Somebody else changed this run in this moment; look at it again.")
        }
        error => store(error),
    }
}

/// Leaves the rest of what is done with a failed run to the worker.
pub(super) async fn hand_over(
    slipway: &Slipway,
    mut tx: Box<dyn Tx>,
    caller: &Caller,
    mut run: Run,
    action: &str,
    words: String,
) -> Result<()> {
    let now = slipway.clock.now();
    run.error = None;
    run.finished_at = None;
    let version = tx.set_run(&run, RunState::Failed).await.map_err(moved_on)?;
    tx.add_log(run.id, &[LogLine { seq: 0, at: now, step: None, message: words, warning: false }])
        .await
        .map_err(store)?;
    let detail = json!({"title": run.title});
    let line = caller.audit(&*slipway.entropy, now, action, run.id.to_string(), team(&run), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("run", &run.id.to_string(), version, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.runs.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_entities_and_web_addresses_become_links() {
        let output = json!({"links": [
            {"title": "Service", "entityRef": "component:default/orders"},
            {"title": "Repository", "url": "https://example.com/x"},
            {"title": "Trick", "url": "javascript:alert(1)"},
            {"title": "Nothing"},
        ]});
        let hrefs: Vec<String> = links(&output).into_iter().map(|link| link.href).collect();
        assert_eq!(hrefs, ["/catalog/component/default/orders", "https://example.com/x"]);
    }
}
