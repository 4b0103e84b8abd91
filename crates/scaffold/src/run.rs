//! A whole template, run without a portal.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::actions::{Actions, Bench, Support};
use crate::plan::PlanError;
use crate::redact::Redactor;
use crate::schema::{example, validate, with_defaults};
use crate::source::Source;
use crate::steps::{ErrorHabit, RunContext, StepError};
use crate::template::{Step, Template, TemplateError};
use crate::tree::Tree;
use slipway_nunjucks::Engine;

/// What a run works with.
pub struct Runner<'a> {
    /// What steps may do.
    pub actions: &'a Actions,
    /// What they may fetch.
    pub source: &'a dyn Source,
    /// What renders files.
    pub engine: &'a Engine,
    /// By step, the outputs of actions that are not really done; a step that is named here needs no known action.
    pub stubs: &'a Map<String, Value>,
    /// What errors call the template.
    pub file: &'a str,
}

/// How a step or a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Completed,
    Failed,
    Skipped,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepReport {
    pub id: String,
    pub action: String,
    pub status: Status,
    /// Empty unless it completed.
    pub outputs: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The inputs it was done with, one a round. May hold secrets, so they are not printed.
    #[serde(skip)]
    pub inputs: Vec<Value>,
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub status: Status,
    pub steps: Vec<StepReport>,
    /// The template's output; null when the run failed.
    pub output: Value,
    /// Why it failed, with the place.
    #[serde(skip)]
    pub errors: Vec<TemplateError>,
    /// What was said on the way, without secrets.
    #[serde(skip)]
    pub log: Vec<String>,
}

impl Runner<'_> {
    /// Everything that is wrong before anything runs: steps whose action is not known.
    #[must_use]
    pub fn unknown(&self, template: &Template) -> Vec<TemplateError> {
        let steps = template.steps.iter().enumerate();
        steps
            .filter(|(_, step)| self.actions.support(&step.action).is_none() && !self.stubs.contains_key(&step.id))
            .map(|(index, step)| {
                let message = format!(
                    "There is no action {}; use a known one, or give the step's outputs as a stub for \"{}\"",
                    step.action, step.id
                );
                template.error(self.file, &format!("spec.steps.{index}.action"), message)
            })
            .collect()
    }

    /// Runs every step in a workspace. Nothing runs when an action is not known.
    pub fn run(&self, template: &Template, mut context: RunContext, workspace: &mut Tree) -> Report {
        let mut report = Report {
            status: Status::Completed,
            steps: Vec::new(),
            output: Value::Null,
            errors: self.unknown(template),
            log: Vec::new(),
        };
        if !report.errors.is_empty() {
            report.status = Status::Failed;
            return report;
        }
        let mut redactor = Redactor::new(context.secrets());
        for (index, step) in template.steps.iter().enumerate() {
            let (mut done, error) =
                self.step(template, index, step, &context, workspace, &mut redactor, &mut report.log);
            match done.status {
                Status::Completed => context.record_output(&step.id, done.outputs.clone()),
                Status::Failed => context.record_failure(),
                Status::Skipped => {}
            }
            if let Some(mut error) = error {
                error.message = redactor.text(&error.message);
                done.error = Some(error.message.clone());
                report.errors.push(error);
            }
            done.outputs = redactor.value(&done.outputs);
            report.steps.push(done);
        }
        if context.has_failed() {
            report.status = Status::Failed;
            return report;
        }
        match context.output(&template.output) {
            Ok(output) => report.output = redactor.value(&output),
            Err(error) => {
                report.errors.push(self.step_error(template, "spec.output", &error));
                report.status = Status::Failed;
            }
        }
        report
    }

    #[expect(clippy::too_many_arguments, reason = "what one step sees and changes, and nothing more")]
    fn step(
        &self,
        template: &Template,
        index: usize,
        step: &Step,
        context: &RunContext,
        workspace: &mut Tree,
        redactor: &mut Redactor,
        log: &mut Vec<String>,
    ) -> (StepReport, Option<TemplateError>) {
        let mut report = StepReport {
            id: step.id.clone(),
            action: step.action.clone(),
            status: Status::Failed,
            outputs: Map::new().into(),
            error: None,
            inputs: Vec::new(),
        };
        let field = format!("spec.steps.{index}");
        let rounds = match context.plan(step, self.actions.registry()) {
            // What is given by a stub alone has no schema to keep to.
            Ok(rounds) => rounds,
            Err(error) => return (report, Some(self.plan_error(template, &field, error))),
        };
        let Some(rounds) = rounds else {
            log.push(format!("{}: left out", step.name));
            report.status = Status::Skipped;
            return (report, None);
        };
        log.push(step.name.clone());
        let reference = template.reference();
        let mut outputs = Vec::new();
        for round in &rounds {
            // What cannot be evaluated without secrets stays its text, so that only what secrets made is hidden.
            let bare = context.clone().with_secrets(Map::new()).with_habit(ErrorHabit::KeepText);
            let without = bare.input(step, round.each.as_ref());
            redactor.add_difference(&round.input, &without.unwrap_or_default());
            report.inputs.push(round.input.clone());
            let mut said = Vec::new();
            let mut bench =
                Bench { workspace, source: self.source, engine: self.engine, template: &reference, log: &mut said };
            let stub = self.stubs.get(&step.id);
            let done = match (self.actions.support(&step.action), stub) {
                (Some(Support::Portal | Support::Outside) | None, Some(stub)) => Ok(stub.clone()),
                // A catalogue that is not there can be given too.
                (Some(Support::Whole), Some(stub)) if step.action == "catalog:fetch" => Ok(stub.clone()),
                _ => self.actions.run(&step.action, &mut bench, &round.input).unwrap_or_else(|| Ok(self.example(step))),
            };
            log.extend(said.iter().map(|line| format!("  {}", redactor.text(line))));
            match done {
                Ok(output) => outputs.push(output),
                Err(message) => {
                    let message = format!("{}: {message}", step.action);
                    return (report, Some(template.error(self.file, &field, message)));
                }
            }
        }
        report.status = Status::Completed;
        report.outputs = step.collect(outputs);
        (report, None)
    }

    /// What an action that is not really done gives.
    fn example(&self, step: &Step) -> Value {
        let spec = self.actions.registry().get(&step.action);
        spec.map_or_else(|| Map::new().into(), |spec| example(&spec.output_schema))
    }

    fn plan_error(&self, template: &Template, field: &str, error: PlanError) -> TemplateError {
        match error {
            PlanError::Step(error) => self.step_error(template, field, &error),
            PlanError::Input(problem) => {
                let at = if problem.path.is_empty() { "input".to_owned() } else { format!("input.{}", problem.path) };
                let message = format!("{} does not take this input: {}", problem.action, problem.message);
                template.error(self.file, &format!("{field}.{at}"), message)
            }
        }
    }

    fn step_error(&self, template: &Template, field: &str, error: &StepError) -> TemplateError {
        let inside = match error.line {
            0 => String::new(),
            line => format!("line {line}, column {} of the text: ", error.column),
        };
        let field = format!("{field}.{}", error.field);
        template.error(self.file, &field, format!("{inside}{}", error.message))
    }
}

impl Template {
    /// What a run is given: defaults filled in, every page checked by itself against all values.
    ///
    /// # Errors
    /// Everything that is wrong, each at the field of the template that says so.
    pub fn parameters(
        &self,
        values: &Map<String, Value>,
        file: &str,
    ) -> Result<Map<String, Value>, Vec<TemplateError>> {
        let pages = self.pages();
        let filled = with_defaults(&pages, values);
        let several = self.entity["spec"]["parameters"].is_array();
        let whole = Value::Object(filled.clone());
        let mut errors = Vec::new();
        for (index, page) in pages.iter().enumerate() {
            let page_field = if several { format!("spec.parameters.{index}") } else { "spec.parameters".to_owned() };
            for problem in validate(page, &whole) {
                let field = match problem.path.split('.').next() {
                    Some(name) if !page["properties"][name].is_null() => format!("{page_field}.properties.{name}"),
                    _ => page_field.clone(),
                };
                let message = format!("value of {problem}");
                errors.push(self.error(file, &field, message));
            }
        }
        if errors.is_empty() { Ok(filled) } else { Err(errors) }
    }

    /// Checks the secrets of a run against `spec.secrets.schema`.
    ///
    /// # Errors
    /// Everything that is wrong. No secret is in it.
    pub fn check_secrets(&self, secrets: &Map<String, Value>, file: &str) -> Result<(), Vec<TemplateError>> {
        let schema = &self.entity["spec"]["secrets"]["schema"];
        let problems = validate(schema, &Value::Object(secrets.clone()));
        let redactor = Redactor::new(&Value::Object(secrets.clone()));
        let error = |problem: &crate::schema::SchemaProblem| {
            self.error(file, "spec.secrets.schema", format!("secret {}", redactor.text(&problem.to_string())))
        };
        if problems.is_empty() { Ok(()) } else { Err(problems.iter().map(error).collect()) }
    }
}
