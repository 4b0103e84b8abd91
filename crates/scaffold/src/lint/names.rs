//! Names that expressions use: parameters that no page has, steps that come later or not at all, secrets where none are seen.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Finding;
use crate::template::Template;

static PARAMETER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bparameters\.([A-Za-z_$][\w$]*)").ok());
static STEP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bsteps(?:\.([\w$-]+)|\[\s*['"]([^'"]+)['"]\s*\])"#).ok());
static EXPRESSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)\$\{\{.*?\}\}|\{%.*?%\}").ok());
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[^.\w])secrets\.").ok());

pub(super) fn check(template: &Template, file: &str, findings: &mut Vec<Finding>) {
    let mut parameters = BTreeSet::new();
    template.pages().iter().for_each(|page| properties(page, &mut parameters));
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for (index, step) in template.steps.iter().enumerate() {
        let document = &template.entity["spec"]["steps"][index];
        for part in ["if", "each", "input"] {
            let sees_secrets = part != "if";
            let look = Look { template, file, parameters: &parameters, steps: &known, sees_secrets };
            look.texts(&document[part], &format!("spec.steps.{index}.{part}"), findings);
        }
        known.insert(&step.id);
    }
    let look = Look { template, file, parameters: &parameters, steps: &known, sees_secrets: false };
    look.texts(&template.output, "spec.output", findings);
}

/// Every property of a page, in whatever branch.
fn properties(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            names.extend(
                map.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()),
            );
            map.values().for_each(|value| properties(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, names)),
        _ => {}
    }
}

struct Look<'a> {
    template: &'a Template,
    file: &'a str,
    parameters: &'a BTreeSet<String>,
    steps: &'a BTreeSet<&'a str>,
    sees_secrets: bool,
}

impl Look<'_> {
    fn texts(&self, value: &Value, field: &str, findings: &mut Vec<Finding>) {
        match value {
            Value::String(text) => self.text(text, field, findings),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, item)| self.texts(item, &format!("{field}.{i}"), findings));
            }
            Value::Object(map) => {
                map.iter().for_each(|(key, item)| self.texts(item, &format!("{field}.{key}"), findings))
            }
            _ => {}
        }
    }

    fn text(&self, text: &str, field: &str, findings: &mut Vec<Finding>) {
        let (Some(expression), Some(parameter), Some(step), Some(secret)) =
            (&*EXPRESSION, &*PARAMETER, &*STEP, &*SECRET)
        else {
            return;
        };
        let mut warn = |message: String| {
            findings.push(Finding::warning(self.template.error(self.file, field, message)));
        };
        for code in expression.find_iter(text).map(|found| found.as_str()) {
            for name in parameter.captures_iter(code).filter_map(|found| found.get(1)) {
                if !self.parameters.contains(name.as_str()) {
                    warn(format!("No page has the parameter \"{}\", so this is undefined", name.as_str()));
                }
            }
            for found in step.captures_iter(code) {
                let dotted = found.get(1).map(|name| name.as_str());
                let name = dotted.or(found.get(2).map(|name| name.as_str())).unwrap_or_default();
                if dotted.is_some_and(|name| name.contains('-')) {
                    warn(format!("steps.{name} is read as a subtraction; write steps['{name}']"));
                } else if !self.steps.contains(name) {
                    warn(format!("No earlier step has the id \"{name}\", so this is undefined"));
                }
            }
            if !self.sees_secrets && secret.is_match(code) {
                warn("Secrets are seen only by each and input, so this is undefined".into());
            }
        }
    }
}
