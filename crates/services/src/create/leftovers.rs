//! What a failed run left behind, and the ways to be rid of one thing of it.

use super::{
    actions,
    runs::{find, hand_over, may_undo, moved_on, require_failed, team},
};
use crate::{Caller, Result, Slipway, errors::store};
use serde_json::{Value, json};
use slipway_api_types::{AppError, create::LeftBehind};
use slipway_domain::scaffold::{LogLine, Run, RunState, RunStep, StepState};

/// The longest reason, characters.
const REASON: usize = 500;

/// What there may still be of a run, the latest first: that is the order in which it is best taken back.
pub(super) fn list(steps: &[RunStep]) -> Vec<LeftBehind> {
    let left = |step: &RunStep| LeftBehind {
        position: step.position,
        step: step.name.clone(),
        what: what(step),
        error: step.error.clone(),
    };
    steps.iter().rev().filter(|step| !step.undo.is_null()).map(left).collect()
}

/// What a step's record names, each thing once.
fn what(step: &RunStep) -> String {
    let Some(action) = actions::find(&step.action) else { return format!("What {} made", step.action) };
    let plans = step.undo.as_array().into_iter().flatten().filter(|plan| !plan.is_null());
    let mut things: Vec<String> = plans.map(|plan| action.left(plan)).collect();
    things.dedup();
    things.join(", ")
}

/// The step of a failed run whose record is still there.
fn record(run: &Run, steps: Vec<RunStep>, position: i64) -> Result<RunStep> {
    require_failed(run, "undone")?;
    let found = steps.into_iter().find(|step| step.position == position);
    let found = found.ok_or_else(|| AppError::not_found(format!("step {position} of this run")))?;
    if found.undo.is_null() {
        return Err(AppError::conflict("Nothing is left of this step any more."));
    }
    Ok(found)
}

/// Tries once more to take back what one step made, and leaves all else as it is.
pub async fn remove_left(slipway: &Slipway, caller: &Caller, id: &str, position: i64) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut run = find(&mut *tx, id).await?;
    may_undo(caller, &run)?;
    let steps = tx.run_steps(run.id).await.map_err(store)?;
    let step = record(&run, steps, position)?;
    run.state = RunState::Undoing;
    run.undo_only = Some(position);
    let words = format!("{} asked to remove what {} left", caller.display_name, step.name);
    hand_over(slipway, tx, caller, run, "run.remove-left", words).await
}

/// Takes somebody's word that what a step made is gone. The reason stands in the run's log and in the audit log.
pub async fn dismiss_left(slipway: &Slipway, caller: &Caller, id: &str, position: i64, reason: &str) -> Result<()> {
    let mut tx = slipway.write().await?;
    let mut run = find(&mut *tx, id).await?;
    may_undo(caller, &run)?;
    let steps = tx.run_steps(run.id).await.map_err(store)?;
    let others = steps.iter().any(|step| step.position != position && !step.undo.is_null());
    let mut step = record(&run, steps, position)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(AppError::invalid(
            "reason",
            "Say how it was removed in 1 to 500 characters; the run's log keeps it.",
        ));
    }
    let (now, what) = (slipway.clock.now(), what(&step));
    step.state = StepState::Undone;
    step.undo = Value::Null;
    step.output = Value::Null;
    step.error = None;
    tx.set_run_step(&step).await.map_err(store)?;
    let said = format!("{} removed it by hand: {what}. {reason}", caller.display_name);
    let mut lines = vec![LogLine { seq: 0, at: now, step: Some(step.id.clone()), message: said, warning: false }];
    if others {
        run.error = Some("Something of this run is still left.".to_owned());
    } else {
        run.state = RunState::Undone;
        run.error = None;
        run.finished_at = Some(now);
        tx.put_workspace(run.id, &[]).await.map_err(store)?;
        let message = "Nothing of this run is left".to_owned();
        lines.push(LogLine { seq: 0, at: now, step: None, message, warning: false });
    }
    let version = tx.set_run(&run, RunState::Failed).await.map_err(moved_on)?;
    tx.add_log(run.id, &lines).await.map_err(store)?;
    let detail = json!({"title": run.title, "step": step.id, "what": what, "reason": reason});
    let line = caller.audit(&*slipway.entropy, now, "run.removed-by-hand", run.id.to_string(), team(&run), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("run", &run.id.to_string(), version, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    if run.state == RunState::Undone {
        slipway.run_secrets.forget(run.id);
    }
    Ok(())
}
