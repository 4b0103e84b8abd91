//! Mistakes in a template that can be seen without running it.

mod files;
mod names;

use serde_json::Value;
use slipway_nunjucks::Engine;

use crate::actions::Actions;
use crate::schema::validate;
use crate::source::Source;
use crate::template::{Template, TemplateError};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It cannot work.
    Error,
    /// It may not do what its author means.
    Warning,
}

/// Something to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    /// Where, and what.
    pub problem: TemplateError,
}

impl Finding {
    fn error(problem: TemplateError) -> Self {
        Self { level: Level::Error, problem }
    }

    fn warning(problem: TemplateError) -> Self {
        Self { level: Level::Warning, problem }
    }
}

/// Everything that is wrong with a template and what it fetches. `file` is what findings call it.
#[must_use]
pub fn lint(text: &str, file: &str, source: &dyn Source, actions: &Actions, engine: &Engine) -> Vec<Finding> {
    let (template, limits) = match Template::read(text, file, source) {
        Ok(read) => read,
        Err(error) => return vec![Finding::error(error)],
    };
    let mut findings: Vec<Finding> = limits.into_iter().map(Finding::warning).collect();
    findings.extend(Template::lint_expressions(text, file, engine).into_iter().map(Finding::error));
    for (index, step) in template.steps.iter().enumerate() {
        let field = format!("spec.steps.{index}");
        let Some(spec) = actions.registry().get(&step.action) else {
            let message = format!("There is no action {} here", step.action);
            findings.push(Finding::error(template.error(file, &format!("{field}.action"), message)));
            continue;
        };
        let input = if step.input.is_null() { serde_json::json!({}) } else { step.input.clone() };
        for problem in validate(&spec.input_schema, &input) {
            // What an expression comes to is not known yet.
            let parts = || problem.path.split('.').filter(|part| !part.is_empty());
            let place = parts().try_fold(&input, |value, part| match value {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?),
                value => value.get(part),
            });
            if place.is_none_or(|value| !has_expression(value)) {
                let at = if problem.path.is_empty() {
                    format!("{field}.input")
                } else {
                    format!("{field}.input.{}", problem.path)
                };
                let message = format!("{} does not take this input: {problem}", step.action);
                findings.push(Finding::error(template.error(file, &at, message)));
            }
        }
        if step.input.get("copyWithoutRender").is_some() {
            let message = "copyWithoutRender is passed over and the files are rendered; use copyWithoutTemplating";
            findings.push(Finding::warning(template.error(file, &format!("{field}.input.copyWithoutRender"), message)));
        }
        files::check(&template, index, file, source, engine, &mut findings);
    }
    names::check(&template, file, &mut findings);
    findings.sort_by_key(|finding| (finding.problem.file.clone(), finding.problem.line, finding.problem.column));
    findings
}

fn has_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("${{") || text.contains("{%"),
        Value::Array(items) => items.iter().any(has_expression),
        Value::Object(map) => map.values().any(has_expression),
        _ => false,
    }
}
