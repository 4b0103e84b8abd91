//! Secrets of runs: given with the start, held in this process's memory until the run is over, and nowhere else.
//!
//! In a run's stored parameters a mark stands in their place. A run whose process ended while it was under way has lost them, which
//! its next step that needs one says. Expressions find them at `secrets`; `parameters` keeps the mark, as in Backstage, so that what
//! writes down all parameters writes no secret. Only what an input merely hides while it is typed (`ui:widget: password`) is a
//! parameter there like any other.

use super::values::Patterns;
use crate::Result;
use serde_json::{Map, Value};
use slipway_api_types::{AppError, create::SecretAsked, error::FieldError};
use slipway_domain::{ids::RunId, scaffold::Run};
use slipway_forms::{Field, Form, Typed, parse_input, validate_field};
use slipway_scaffold::{Redactor, Step, Template};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
};

/// What stands for a secret wherever it is stored or shown.
pub(crate) const MASK: &str = "••••••";

/// The secrets that one run was given.
#[derive(Clone, Default)]
pub(crate) struct Given {
    /// By name.
    pub all: Map<String, Value>,
    /// Those that expressions find among the parameters too.
    pub typed: Map<String, Value>,
}

/// The secrets of the runs that this process started and that are not over.
#[derive(Default)]
pub struct RunSecrets(Mutex<BTreeMap<RunId, Given>>);

impl fmt::Debug for RunSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunSecrets")
    }
}

impl RunSecrets {
    pub(crate) fn keep(&self, run: RunId, secrets: Given) {
        if !secrets.all.is_empty() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run, secrets);
        }
    }

    pub(crate) fn of(&self, run: RunId) -> Given {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned().unwrap_or_default()
    }

    pub(crate) fn forget(&self, run: RunId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&run);
    }
}

/// What the review asks for.
pub(super) fn asked(form: &Form, values: &Map<String, Value>) -> Vec<SecretAsked> {
    let asked = |field: Field| SecretAsked {
        name: field.name,
        title: field.title,
        help: field.help,
        required: field.rules.required,
    };
    form.secret_fields(values, &Patterns).into_iter().map(asked).collect()
}

/// The secrets that were given, judged by the rules of their fields and of the template's `spec.secrets.schema`.
pub(super) fn read(template: &Template, values: &Map<String, Value>, given: &Typed) -> Result<Given> {
    let mut secrets = Given::default();
    let mut wrong = Vec::new();
    for field in template.form.secret_fields(values, &Patterns) {
        let text = given.get(&field.name).map_or("", String::as_str);
        let read = parse_input(&field, text).and_then(|value| {
            validate_field(&field, value.as_ref(), &Patterns)?;
            Ok(value)
        });
        match read {
            Ok(Some(value)) => {
                if field.schema["ui:field"] != "Secret" {
                    secrets.typed.insert(field.name.clone(), value.clone());
                }
                secrets.all.insert(field.name, value);
            }
            Ok(None) => {}
            Err(message) => wrong.push(FieldError { field: field.name, message }),
        }
    }
    if !wrong.is_empty() {
        return Err(AppError::invalid_fields(wrong));
    }
    match template.check_secrets(&secrets.all, "template.yaml") {
        Ok(()) => Ok(secrets),
        Err(errors) => {
            let said: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            Err(AppError::invalid("secrets", format!("{}.", said.join("; "))))
        }
    }
}

/// Puts marks where secrets apply.
pub(super) fn mask(form: &Form, values: &Map<String, Value>, parameters: &mut Map<String, Value>) {
    for field in form.secret_fields(values, &Patterns) {
        parameters.insert(field.name, MASK.into());
    }
}

/// What expressions see as secrets where there are none yet: the marks.
pub(super) fn masked(parameters: &Map<String, Value>) -> Map<String, Value> {
    let masked = parameters.iter().filter(|(_, value)| *value == MASK);
    masked.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The secret that a step needs and that is lost, by name.
pub(crate) fn lost(run: &Run, secrets: &Map<String, Value>, step: &Step) -> Option<String> {
    let empty = Map::new();
    let names = masked(run.parameters.as_object().unwrap_or(&empty));
    if names.is_empty() || !secrets.is_empty() {
        return None;
    }
    let text = serde_json::json!([step.input, step.condition, step.each]).to_string();
    let needs =
        |name: &String| text.contains(&format!("secrets.{name}")) || text.contains(&format!("parameters.{name}"));
    names.keys().find(|name| needs(name)).cloned()
}

/// Hides a run's secrets in whatever is written down.
pub(crate) fn redactor(secrets: &Map<String, Value>) -> Redactor {
    Redactor::new(&Value::Object(secrets.clone()))
}
