//! From a complete draft to a run.

use super::{
    actions, secrets,
    send::{require_fit, template_of},
    templates::Loaded,
    values::{Patterns, answered, name_in, owner_in, parameters, problems, stored, with_defaults},
    wizard::find_draft,
};
use crate::{Caller, Result, Slipway, errors::store};
use serde_json::{Map, Value, json};
use slipway_api_types::{
    AppError,
    create::{WizardSent, WizardStep},
};
use slipway_domain::{
    access::Permission,
    ids::{DraftId, RunId},
    scaffold::{Draft, Run, RunState, RunStep, StepState},
};
use slipway_forms::{Page, Typed, validate_page};
use slipway_ports::Tx;
use slipway_scaffold::Step;

/// Whether a page was sent and keeps to its schema.
pub(super) fn page_is_done(page: &Page, values: &Map<String, Value>) -> bool {
    answered(page, values) && validate_page(page, values, &Patterns).is_empty()
}

/// The first step of the wizard that is not done; the review when all are.
pub(super) fn first_open(slipway: &Slipway, loaded: &Loaded, draft: Option<&Draft>) -> WizardStep {
    let Some(draft) = draft else { return WizardStep::Parameters(0) };
    let values = stored(&draft.values);
    match loaded.template.form.pages.iter().position(|page| !page_is_done(page, &values)) {
        Some(page) => WizardStep::Parameters(page),
        None if draft.runtime.as_ref().is_some_and(|name| slipway.runtimes.get(name).is_some()) => WizardStep::Review,
        None => WizardStep::Runtime,
    }
}

/// Starts what a draft describes. Starting the same draft twice is starting it once. `given` are the secrets that its form asks for.
pub async fn start(slipway: &Slipway, caller: &Caller, draft: &str, given: &Typed) -> Result<WizardSent> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    if let Some(run) = started(&mut *tx, caller, draft).await? {
        return Ok(sent(run));
    }
    let draft = find_draft(&mut *tx, caller, draft).await?;
    let loaded = template_of(slipway, &mut *tx, &draft).await?;
    drop(tx);
    require_published_here(slipway, &loaded)?;
    require_endpoints(slipway, &loaded)?;
    let Some(runtime) = draft.runtime.clone() else {
        return Err(AppError::invalid("runtime", "Choose where it shall run."));
    };

    let mut tx = slipway.read().await?;
    let values = with_defaults(&loaded.template.form, &stored(&draft.values));
    let mut found = Vec::new();
    for page in &loaded.template.form.pages {
        found.extend(problems(&mut *tx, caller, &loaded, page, &values).await?);
    }
    drop(tx);
    if !found.is_empty() {
        return Err(AppError::invalid_fields(found));
    }
    let secrets = secrets::read(&loaded.template, &values, given)?;
    require_fit(slipway, caller, &loaded, &draft, &runtime).await?;

    let owner = owner_in(&loaded, &values).map(|owner| owner.to_string());
    caller.require(Permission::Create, owner.as_deref())?;
    let run = new_run(slipway, caller, &loaded, &draft, runtime, owner.clone().unwrap_or_default());
    let mut tx = slipway.write().await?;
    // Asked again with nobody else writing: of two that press the button, one finds the run of the other.
    if let Some(run) = started(&mut *tx, caller, &draft.id.to_string()).await? {
        return Ok(sent(run));
    }
    tx.add_run(&run, &run_steps(&run, &loaded.template.steps)).await.map_err(store)?;
    tx.delete_draft(draft.id).await.map_err(store)?;
    let detail = json!({"template": run.template, "title": run.title, "runtime": run.runtime});
    let line =
        caller.audit(&*slipway.entropy, run.created_at, "run.start", run.id.to_string(), owner.as_deref(), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("run", &run.id.to_string(), run.version, run.created_at).await.map_err(store)?;
    // Before anybody can take the run up.
    slipway.run_secrets.keep(run.id, secrets);
    if let Err(error) = tx.commit().await {
        slipway.run_secrets.forget(run.id);
        return Err(store(error));
    }
    slipway.wake.runs.notify_one();
    Ok(sent(run.id))
}

/// Refuses a template that asks other systems where this instance is told of none.
fn require_endpoints(slipway: &Slipway, loaded: &Loaded) -> Result<()> {
    let asks = loaded.template.steps.iter().find(|step| step.action == actions::HTTP_REQUEST);
    match asks.filter(|_| slipway.settings.scaffolding.endpoints.is_empty()) {
        None => Ok(()),
        Some(step) => Err(AppError::conflict(format!(
            "The template {} cannot be run: {}. Name what it may reach in [templates.endpoints] of the configuration.",
            loaded.reference.name(),
            actions::not_connected(&step.action)
        ))),
    }
}

/// Refuses a template that publishes elsewhere where that is not to be done here.
fn require_published_here(slipway: &Slipway, loaded: &Loaded) -> Result<()> {
    let elsewhere = loaded.template.steps.iter().find(|step| actions::publishes(&step.action));
    match elsewhere.filter(|_| !slipway.settings.scaffolding.publish_here) {
        None => Ok(()),
        Some(step) => Err(AppError::conflict(format!(
            "The template {} cannot be run: {}. Use slipway:repository:create in it, or set publish_here in [templates] of the \
             configuration.",
            loaded.reference.name(),
            actions::not_connected(&step.action)
        ))),
    }
}

fn sent(run: RunId) -> WizardSent {
    WizardSent { next: format!("/runs/{run}") }
}

/// The run that a draft became: it carries the draft's id on.
async fn started(tx: &mut dyn Tx, caller: &Caller, draft: &str) -> Result<Option<RunId>> {
    let Ok(draft) = draft.parse::<DraftId>() else { return Ok(None) };
    let run = tx.run(RunId::from_uuid(draft.as_uuid())).await.map_err(store)?;
    Ok(run.filter(|run| run.user == caller.user).map(|run| run.id))
}

fn new_run(slipway: &Slipway, caller: &Caller, loaded: &Loaded, draft: &Draft, runtime: String, owner: String) -> Run {
    let template = &loaded.template;
    let parameters = parameters(&template.form, &stored(&draft.values));
    Run {
        id: RunId::from_uuid(draft.id.as_uuid()),
        template: loaded.reference.to_string(),
        template_version: Some(loaded.version.clone()),
        title: name_in(&parameters).unwrap_or(&template.title).to_owned(),
        parameters: parameters.into(),
        steps: template.steps.iter().map(|step| super::runs::write_step(step, template.dialect)).collect(),
        output: template.output.clone(),
        runtime,
        owner,
        state: RunState::Queued,
        undo_only: None,
        error: None,
        result: Value::Null,
        user: caller.user,
        requested_by: caller.display_name.clone(),
        created_at: slipway.clock.now(),
        finished_at: None,
        version: 1,
    }
}

fn run_steps(run: &Run, steps: &[Step]) -> Vec<RunStep> {
    (0..)
        .zip(steps)
        .map(|(position, step)| RunStep {
            run: run.id,
            position,
            id: step.id.clone(),
            name: step.name.clone(),
            action: step.action.clone(),
            state: StepState::Waiting,
            attempts: 0,
            output: Value::Null,
            undo: Value::Null,
            error: None,
            started_at: None,
            finished_at: None,
        })
        .collect()
}
