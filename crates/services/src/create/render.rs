//! Rendering skeletons in memory: for the review, for judging the size of a workload, and for `fetch:template` itself.

use super::{actions, score};
use crate::{Result, Slipway};
use serde_json::{Map, Value, json};
use slipway_api_types::AppError;
use slipway_domain::workload::Workload;
use slipway_nunjucks::{Dialect, Engine, backstage::engine};
use slipway_scaffold::{
    ErrorHabit, FetchTemplateOptions, RunContext, Source, Step, Template, TemplateFolder, Tree, fetch_template,
    safe_path,
};

/// What evaluates a template that says, or does not say, which engine it was written for.
pub(crate) fn templates_engine(slipway: &Slipway, own: Option<Dialect>) -> Engine {
    let scaffolding = &slipway.settings.scaffolding;
    engine(scaffolding.hosts.clone()).with_dialect(own.unwrap_or(scaffolding.engine))
}

/// What the expressions of a run see at its start.
pub(crate) fn context(
    slipway: &Slipway,
    own: Option<Dialect>,
    parameters: &Map<String, Value>,
    login: &str,
    entity: Option<&Value>,
    run: &str,
) -> RunContext {
    let user = json!({"ref": format!("user:default/{login}"), "entity": entity});
    let keeps = slipway.settings.scaffolding.keep_errors;
    let habit = if keeps { ErrorHabit::KeepText } else { ErrorHabit::Fail };
    RunContext::new(templates_engine(slipway, own), parameters, &user, run).with_habit(habit)
}

/// One `fetch:template`, read from a step's input.
#[derive(Clone, Debug)]
pub(super) struct Fetch {
    skeleton: Tree,
    values: Value,
    options: FetchTemplateOptions,
}

impl Fetch {
    /// From an input that keeps to the action's schema. Only folders beside `template.yaml` can be fetched.
    pub(super) fn read(input: &Value, folder: &TemplateFolder) -> Result<Self, String> {
        let skeleton = Source::tree(folder, input["url"].as_str().unwrap_or_default())?;
        let options = FetchTemplateOptions::from_input(input)?;
        Ok(Self { skeleton, values: input["values"].clone(), options })
    }

    /// Renders into a workspace. Computes: not for the threads that answer requests.
    pub(super) fn render(&self, workspace: &mut Tree, engine: &Engine) -> Result<(), String> {
        fetch_template(workspace, &self.skeleton, &self.values, &self.options, engine)
            .map_err(|error| error.to_string())
    }
}

/// What the service of this template would run, when it makes one: read from the rendered files.
pub(super) fn workload(template: &Template, context: &RunContext, files: &Tree) -> Result<Option<Workload>> {
    let Some(step) = template.steps.iter().find(|step| step.action == actions::SERVICE_CREATE) else { return Ok(None) };
    let broken = |why: String| AppError::conflict(format!("The template makes a service that cannot run: {why}"));
    let only_path = Step { input: json!({"workload": step.input["workload"].clone()}), ..step.clone() };
    let input = context.input(&only_path, None).map_err(|error| broken(error.to_string()))?;
    let path = input["workload"].as_str().unwrap_or(actions::SCORE_FILE);
    let file = safe_path(path).ok().and_then(|path| files.get(&path).cloned());
    let file = file.ok_or_else(|| broken(format!("there is no file {path}")))?;
    read_workload(path, &file.bytes).map(Some).map_err(broken)
}

/// A Score file as a workload that keeps to the rules of every runtime; else why not.
pub(super) fn read_workload(path: &str, bytes: &[u8]) -> Result<Workload, String> {
    let text = String::from_utf8_lossy(bytes);
    let documents = crate::catalog::read_documents(path, &text).map_err(|error| error.message)?;
    let [document] = documents.as_slice() else { return Err(format!("{path}: a Score file has one document")) };
    let workload = score::read(document).map_err(|error| format!("{path}: {error}"))?;
    workload.check().map_err(|error| format!("{path}: {error}"))?;
    Ok(workload)
}
