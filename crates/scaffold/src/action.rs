//! What actions exist and what they take.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema;
use crate::template::{Step, Template};

/// An action as template authors see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionSpec {
    /// `fetch:template`
    pub name: String,
    /// One sentence.
    pub description: String,
    /// JSON Schema (draft 7) of the evaluated input.
    pub input_schema: Value,
    /// JSON Schema (draft 7) of the outputs.
    pub output_schema: Value,
    /// Whether what it did can be undone.
    pub has_undo: bool,
}

/// A part of an input that the action does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The input of {action} is not valid: {}: {message}", if path.is_empty() { "input" } else { path })]
pub struct InputProblem {
    pub action: String,
    /// Path in the input; empty for the whole.
    pub path: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
}

/// The actions that can run here.
#[derive(Clone, Debug, Default)]
pub struct ActionRegistry {
    actions: BTreeMap<String, ActionSpec>,
}

impl ActionRegistry {
    /// Adds an action, or replaces the one of that name.
    pub fn add(&mut self, spec: ActionSpec) {
        self.actions.insert(spec.name.clone(), spec);
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ActionSpec> {
        self.actions.get(name)
    }

    /// Every action, by name.
    pub fn iter(&self) -> impl Iterator<Item = &ActionSpec> {
        self.actions.values()
    }

    /// The steps whose action does not exist here. A template that has one must not start.
    #[must_use]
    pub fn unknown<'a>(&self, template: &'a Template) -> Vec<&'a Step> {
        template.steps.iter().filter(|step| !self.actions.contains_key(&step.action)).collect()
    }

    /// Everything in an evaluated input that the action does not take.
    #[must_use]
    pub fn check_input(&self, action: &str, input: &Value) -> Vec<InputProblem> {
        let problem = |(path, message)| InputProblem { action: action.to_owned(), path, message };
        let Some(spec) = self.actions.get(action) else {
            return vec![problem((String::new(), "There is no such action".into()))];
        };
        let problems = schema::validate(&spec.input_schema, input).into_iter();
        problems.map(|found| problem((found.path, found.message))).collect()
    }
}
