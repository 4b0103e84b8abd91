//! Carries scaffold runs through their steps, and back when they are undone. What a step does is its action's; here is only
//! the order, and writing down before and after.

mod write;

use super::{acquire, pool::Pool, release, slipway_caller};
use crate::{
    Caller, Door, Result, Slipway,
    create::{
        actions::{self, Action, ActionContext, ActionError},
        context, read_dialect, read_step, secrets,
    },
    errors::store,
};
use serde_json::{Map, Value};
use slipway_domain::{
    catalog::EntityRef,
    ids::RunId,
    scaffold::{Run, RunState, RunStep, StepState},
};
use slipway_ports::store::leases::Lease;
use slipway_scaffold::RunContext;
use std::{sync::Arc, time::Duration};
use write::{Write, renewing};

/// How often a step that may work later is begun again before a person is asked.
const TRIES: u32 = 3;
/// How long to wait before the first of those; twice as long before each next one, milliseconds.
const PAUSE: u64 = 200;
/// A step that was begun this often and never ended takes its worker down with it; it is not begun again by itself.
const MOST_CRASHES: i64 = 5;

/// Works on every run that has something to do and that nobody else works on.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let due = || async {
        let mut tx = slipway.read().await?;
        tx.active_runs(slipway.clock.now(), 200).await.map_err(store)
    };
    let at_once = slipway.settings.scaffolding.runs_at_once;
    Pool::new(&slipway.wake.runs, at_once).work_on_all(due, |id| work_on(&slipway, id)).await
}

/// What is known of a run while working on it.
struct Case {
    run: Run,
    steps: Vec<RunStep>,
    person: Caller,
    /// The person as the catalogue knows them.
    entity: Option<Value>,
    /// What the run was given and nobody else may see.
    secrets: secrets::Given,
}

enum Next {
    Again,
    /// Again, after a pause that grows.
    Later,
    Over,
    Overtaken,
}

/// Takes steps until the run waits for a person or is over. `false`: somebody else works on it.
async fn work_on(slipway: &Slipway, id: RunId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("run:{id}")).await? else { return Ok(false) };
    let mut tries = 1;
    loop {
        match advance(slipway, &lease, id, tries).await? {
            Next::Again => tries = 1,
            Next::Later => {
                tokio::time::sleep(Duration::from_millis(PAUSE << tries)).await;
                tries += 1;
            }
            Next::Over => break,
            Next::Overtaken => return Ok(false),
        }
    }
    release(slipway, &lease).await?;
    Ok(true)
}

async fn load(slipway: &Slipway, id: RunId) -> Result<Option<Case>> {
    let mut tx = slipway.read().await?;
    let Some(run) = tx.run(id).await.map_err(store)? else { return Ok(None) };
    let steps = tx.run_steps(id).await.map_err(store)?;
    let user = tx.user(run.user).await.map_err(store)?;
    // A run outlives nobody: people are never deleted. Should one be, the run may do nothing on their behalf.
    let person =
        user.map_or_else(|| Caller { grants: Vec::new(), ..slipway_caller() }, |user| Caller::of(&user, Door::System));
    let entity = tx.entity(&EntityRef::new("user", "default", person.login())).await.map_err(store)?;
    let entity = entity.map(|entity| entity.entity.body().clone());
    let secrets = slipway.run_secrets.of(id);
    Ok(Some(Case { run, steps, person, entity, secrets }))
}

async fn advance(slipway: &Slipway, lease: &Lease, id: RunId, tries: u32) -> Result<Next> {
    let Some(case) = load(slipway, id).await? else { return Ok(Next::Over) };
    match case.run.state {
        RunState::Queued => {
            let mut write = Write::of(&case);
            write.run.state = RunState::Running;
            write.commit(slipway, lease).await
        }
        RunState::Running => {
            // After a failure the steps that ask for it still run.
            let over = [StepState::Succeeded, StepState::Skipped, StepState::Failed];
            let open = |step: &&RunStep| !over.contains(&step.state);
            match case.steps.iter().find(open) {
                Some(step) => forwards(slipway, lease, &case, step, tries).await,
                None => finish(slipway, lease, &case).await,
            }
        }
        RunState::Undoing => {
            let left = |step: &&RunStep| match (case.run.undo_only, step.state) {
                (_, StepState::Undone) => false,
                (Some(only), _) => step.position == only,
                (None, StepState::Waiting) => !step.undo.is_null(),
                (None, _) => true,
            };
            match case.steps.iter().rev().find(left) {
                Some(step) => backwards(slipway, lease, &case, step, tries).await,
                None => undone(slipway, lease, &case).await,
            }
        }
        RunState::Succeeded | RunState::Failed | RunState::Undone => Ok(Next::Over),
    }
}

/// What the run's expressions see now.
fn seen(slipway: &Slipway, case: &Case) -> RunContext {
    let empty = Map::new();
    let mut parameters = case.run.parameters.as_object().unwrap_or(&empty).clone();
    parameters.extend(case.secrets.typed.clone());
    let (id, own) = (case.run.id.to_string(), read_dialect(&case.run));
    let mut context = context(slipway, own, &parameters, case.person.login(), case.entity.as_ref(), &id)
        .with_secrets(case.secrets.all.clone());
    for step in case.steps.iter().filter(|step| step.state == StepState::Succeeded) {
        context.record_output(&step.id, step.output.clone());
    }
    if first_failed(case).is_some() {
        context.record_failure();
    }
    context
}

/// The step that the run failed at.
fn first_failed(case: &Case) -> Option<&RunStep> {
    case.steps.iter().find(|step| step.state == StepState::Failed)
}

async fn forwards(slipway: &Slipway, lease: &Lease, case: &Case, row: &RunStep, tries: u32) -> Result<Next> {
    let step = read_step(&case.run, row);
    let mend_template = |why: String| {
        ActionError::refused(format!("{why}."), "Mend the template; this run keeps the steps it began with.")
    };
    if let Some(name) = secrets::lost(&case.run, &case.secrets.all, &step) {
        let message = format!(
            "The secret {name} is gone: it was kept only in the memory of the process that the run was started in."
        );
        let error = ActionError::refused(message, "Undo this run and start again.");
        return fail(slipway, lease, case, row, &error, Vec::new()).await;
    }
    let inputs: Vec<Value> = match seen(slipway, case).plan(&step, actions::specs()) {
        Ok(Some(rounds)) => rounds.into_iter().map(|round| round.input).collect(),
        Ok(None) => {
            let mut write = Write::of(case);
            write.step(RunStep { state: StepState::Skipped, finished_at: Some(slipway.clock.now()), ..row.clone() });
            let why = if first_failed(case).is_some() { "after the failure" } else { "as its condition says" };
            write.say(slipway, Some(row), &format!("{}: left out, {why}", row.name), false);
            return write.commit(slipway, lease).await;
        }
        Err(why) => return fail(slipway, lease, case, row, &mend_template(why.to_string()), Vec::new()).await,
    };
    let Some(action) = actions::find(&row.action) else {
        let error = mend_template(actions::why_not(&row.action));
        return fail(slipway, lease, case, row, &error, Vec::new()).await;
    };
    if row.state == StepState::Running && tries == 1 && row.attempts >= MOST_CRASHES {
        let message = format!("This step was begun {} times and never ended.", row.attempts);
        let error = ActionError::refused(message, "Look into Slipway's log, then try again or undo.");
        return fail(slipway, lease, case, row, &error, Vec::new()).await;
    }
    let ctx = ActionContext::new(slipway, &case.run, &case.person, &row.id, lease);
    let plans = match plans(action, &ctx, &inputs, row).await {
        Ok(plans) => plans,
        Err(error @ ActionError::Later { .. }) if tries < TRIES => {
            return later(slipway, lease, case, row, &error, ctx.said()).await;
        }
        Err(error) => return fail(slipway, lease, case, row, &error, ctx.said()).await,
    };
    let begun = begun(slipway, row, plans);
    let mut write = Write::of(case);
    // A step that waited for a person was begun before, and goes on.
    if row.attempts > 0 || row.started_at.is_none() {
        let words = if row.attempts == 0 { format!("{}…", row.name) } else { format!("{}, once more…", row.name) };
        write.say(slipway, Some(row), &words, false);
    }
    write.step(begun.clone());
    match write.commit(slipway, lease).await? {
        Next::Again => {}
        next => return Ok(next),
    }
    let done = renewing(slipway, lease, run_all(action, &ctx, &inputs, &begun)).await?;
    match done {
        Ok(outputs) => {
            let mut write = Write::of(case);
            write.workspace = ctx.changed_files();
            write.say_all(slipway, &begun, ctx.said());
            write.say(slipway, Some(&begun), &format!("{}: done", begun.name), false);
            let output = step.collect(outputs);
            let finished_at = Some(slipway.clock.now());
            write.step(RunStep { state: StepState::Succeeded, output, finished_at, ..begun.clone() });
            write.commit(slipway, lease).await
        }
        Err(ActionError::Overtaken) => Ok(Next::Overtaken),
        Err(ActionError::Waits) => {
            let mut write = Write::of(case);
            write.say_all(slipway, &begun, ctx.said());
            // It waits as long as it takes; that is no attempt.
            write.step(RunStep { state: StepState::Waiting, attempts: row.attempts, ..begun });
            Ok(match write.commit(slipway, lease).await? {
                Next::Again => Next::Over,
                next => next,
            })
        }
        Err(error @ ActionError::Later { .. }) if tries < TRIES => {
            later(slipway, lease, case, &begun, &error, ctx.said()).await
        }
        Err(error) => fail(slipway, lease, case, &begun, &error, ctx.said()).await,
    }
}

/// What each round is going to make. What an earlier attempt wrote down stands.
async fn plans(
    action: &dyn Action,
    ctx: &ActionContext<'_>,
    inputs: &[Value],
    row: &RunStep,
) -> std::result::Result<Value, ActionError> {
    if !row.undo.is_null() {
        return Ok(row.undo.clone());
    }
    let mut plans = Vec::with_capacity(inputs.len());
    for input in inputs {
        plans.push(action.plan(ctx, input).await?);
    }
    Ok(if plans.iter().all(Value::is_null) { Value::Null } else { Value::Array(plans) })
}

/// A step as it stands while it is being done, with how to take it back: written down before it changes anything.
fn begun(slipway: &Slipway, row: &RunStep, undo: Value) -> RunStep {
    RunStep {
        state: StepState::Running,
        attempts: row.attempts + 1,
        undo,
        error: None,
        started_at: row.started_at.or(Some(slipway.clock.now())),
        ..row.clone()
    }
}

async fn run_all(
    action: &dyn Action,
    ctx: &ActionContext<'_>,
    inputs: &[Value],
    step: &RunStep,
) -> std::result::Result<Vec<Value>, ActionError> {
    let mut outputs = Vec::with_capacity(inputs.len());
    for (round, input) in inputs.iter().enumerate() {
        outputs.push(action.run(ctx, input, &step.undo[round]).await?);
    }
    Ok(outputs)
}

/// No step is left: the output, and the end.
async fn finish(slipway: &Slipway, lease: &Lease, case: &Case) -> Result<Next> {
    let mut write = Write::of(case);
    if let Some(step) = first_failed(case) {
        write.end(slipway, RunState::Failed, Some(failure(step, step.error.as_deref().unwrap_or_default())));
        return write.commit(slipway, lease).await;
    }
    match seen(slipway, case).output(&case.run.output) {
        Ok(output) => write.run.result = output,
        // Everything is made; a broken link in the closing words is no reason to call that a failure.
        Err(error) => write.say(slipway, None, &format!("The template's closing words cannot be shown: {error}"), true),
    }
    write.end(slipway, RunState::Succeeded, None);
    write.say(slipway, None, "Done", false);
    write.commit(slipway, lease).await
}

async fn backwards(slipway: &Slipway, lease: &Lease, case: &Case, row: &RunStep, tries: u32) -> Result<Next> {
    let plans = row.undo.as_array().cloned().unwrap_or_default();
    let ctx = ActionContext::new(slipway, &case.run, &case.person, &row.id, lease);
    let work = async {
        let Some(action) = actions::find(&row.action) else {
            return Err(ActionError::refused(format!("There is no action `{}` here any more.", row.action), ""));
        };
        for plan in plans.iter().rev().filter(|plan| !plan.is_null()) {
            action.undo(&ctx, plan).await?;
        }
        Ok(())
    };
    // A step that made nothing needs no action to be taken back.
    let undone = if plans.is_empty() { Ok(()) } else { renewing(slipway, lease, work).await? };
    let mut write = Write::of(case);
    write.say_all(slipway, row, ctx.said());
    match undone {
        Ok(()) => {
            if !plans.is_empty() {
                write.say(slipway, Some(row), &format!("{}: taken back", row.name), false);
            }
            write.step(RunStep {
                state: StepState::Undone,
                output: Value::Null,
                undo: Value::Null,
                error: None,
                ..row.clone()
            });
            write.commit(slipway, lease).await
        }
        Err(ActionError::Overtaken) => Ok(Next::Overtaken),
        Err(error @ ActionError::Later { .. }) if tries < TRIES => {
            later(slipway, lease, case, row, &error, Vec::new()).await
        }
        Err(error) => {
            let words = format!("{} could not be taken back: {}", row.name, error.words());
            write.say(slipway, Some(row), &words, true);
            write.step(RunStep { state: StepState::Failed, error: Some(error.words()), ..row.clone() });
            write.end(slipway, RunState::Failed, Some(words));
            write.commit(slipway, lease).await
        }
    }
}

/// Everything that was to be taken back is: nothing is left, or what nobody asked for.
async fn undone(slipway: &Slipway, lease: &Lease, case: &Case) -> Result<Next> {
    let mut write = Write::of(case);
    if case.run.undo_only.is_some() && case.steps.iter().any(|step| !step.undo.is_null()) {
        write.end(slipway, RunState::Failed, Some("Something of this run is still left.".to_owned()));
    } else {
        write.end(slipway, RunState::Undone, None);
        write.say(slipway, None, "Nothing of this run is left", false);
    }
    write.commit(slipway, lease).await
}

/// Says that a step will be tried again by itself.
async fn later(
    slipway: &Slipway,
    lease: &Lease,
    case: &Case,
    step: &RunStep,
    error: &ActionError,
    said: Vec<String>,
) -> Result<Next> {
    let mut write = Write::of(case);
    write.say_all(slipway, step, said);
    write.say(slipway, Some(step), &format!("{} Slipway tries again.", error.words()), true);
    Ok(match write.commit(slipway, lease).await? {
        Next::Again => Next::Later,
        next => next,
    })
}

async fn fail(
    slipway: &Slipway,
    lease: &Lease,
    case: &Case,
    step: &RunStep,
    error: &ActionError,
    said: Vec<String>,
) -> Result<Next> {
    let mut write = Write::of(case);
    write.say_all(slipway, step, said);
    write.say(slipway, Some(step), &error.words(), true);
    let finished_at = Some(slipway.clock.now());
    write.step(RunStep { state: StepState::Failed, error: Some(error.words()), finished_at, ..step.clone() });
    if !goes_on(slipway, case, step) {
        let first = first_failed(case).map_or_else(
            || failure(step, &error.words()),
            |first| failure(first, first.error.as_deref().unwrap_or_default()),
        );
        write.end(slipway, RunState::Failed, Some(first));
    }
    write.commit(slipway, lease).await
}

fn failure(step: &RunStep, words: &str) -> String {
    format!("{} failed: {words}", step.name)
}

/// Whether a step after this one asks to be done after a failure.
fn goes_on(slipway: &Slipway, case: &Case, failed: &RunStep) -> bool {
    let context = seen(slipway, case);
    let later = case.steps.iter().filter(|step| step.position > failed.position && step.state == StepState::Waiting);
    later
        .map(|step| read_step(&case.run, step))
        .any(|step| step.asks_after_failure() && context.goes_on_after_failure())
}
