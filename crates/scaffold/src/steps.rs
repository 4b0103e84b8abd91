//! What a step is given: its `if`, `each` and `input`, and a template's `output`.

use serde_json::{Map, Value};
use slipway_nunjucks::{Context, Dialect, Engine};

use crate::template::Step;

/// What to do with a text that cannot be evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorHabit {
    /// It is an error.
    #[default]
    Fail,
    /// It stays as it is, as Backstage has it: a mistake in an `if` then makes the step run.
    KeepText,
}

/// A text of a step that cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Step \"{step}\", {field}: {}{message}", place(*line, *column))]
pub struct StepError {
    /// The step's id; `output` for the template's output.
    pub step: String,
    /// Path in the step: `input.values.name`, `if`.
    pub field: String,
    /// Line in the text, from 1; 0 when it is about the whole value.
    pub line: u32,
    /// Column in the text, from 1; 0 as for `line`.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

fn place(line: u32, column: u32) -> String {
    if line == 0 { String::new() } else { format!("line {line}, column {column}: ") }
}

/// One round of a step with `each`.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// Place in the list, as a text, or key in the object.
    pub key: String,
    /// The item.
    pub value: Value,
}

/// What the expressions of a run see, and how they are evaluated. Secrets are seen only by [`RunContext::input`] and
/// [`RunContext::each`].
#[derive(Clone, Debug)]
pub struct RunContext {
    engine: Engine,
    habit: ErrorHabit,
    seen: Context,
    secrets: Value,
    failed: bool,
}

impl RunContext {
    /// A run at its start, before any step. `user` has `ref` and `entity`; `run_id` is `context.task.id`.
    #[must_use]
    pub fn new(engine: Engine, parameters: &Map<String, Value>, user: &Value, run_id: &str) -> Self {
        let mut seen = Map::new();
        seen.insert("parameters".into(), parameters.clone().into());
        seen.insert("steps".into(), Map::new().into());
        seen.insert("user".into(), user.clone());
        seen.insert("context".into(), serde_json::json!({ "task": { "id": run_id } }));
        seen.insert("environment".into(), serde_json::json!({ "parameters": {}, "secrets": {} }));
        Self { engine, habit: ErrorHabit::default(), seen, secrets: Map::new().into(), failed: false }
    }

    #[must_use]
    pub fn with_secrets(mut self, secrets: Map<String, Value>) -> Self {
        self.secrets = secrets.into();
        self
    }

    #[must_use]
    pub fn with_habit(mut self, habit: ErrorHabit) -> Self {
        self.habit = habit;
        self
    }

    /// What later steps see as `steps.<id>.output`.
    pub fn record_output(&mut self, step: &str, output: Value) {
        let steps = self.seen.entry("steps").or_insert_with(|| Map::new().into());
        if let Some(steps) = steps.as_object_mut() {
            steps.insert(step.into(), serde_json::json!({ "output": output }));
        }
    }

    /// What the run's files are rendered with too.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether any step can run after a failure: the older engine knows neither `always()` nor `failure()`, and stops at once.
    #[must_use]
    pub fn goes_on_after_failure(&self) -> bool {
        self.engine.dialect() == Dialect::Current
    }

    /// Whether a step has failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// The values of the secrets.
    pub(crate) fn secrets(&self) -> &Value {
        &self.secrets
    }

    /// From now on `failure()` is true, and steps run only if their `if` asks for it ([`RunContext::runs`]).
    pub fn record_failure(&mut self) {
        self.failed = true;
    }

    /// Whether the step is to run now: its `if` is true, and after a failure it also asks for `always()` or `failure()`.
    ///
    /// # Errors
    /// The `if` cannot be evaluated.
    pub fn runs(&self, step: &Step, each: Option<&Each>) -> Result<bool, StepError> {
        if self.failed && !(step.asks_after_failure() && self.goes_on_after_failure()) {
            return Ok(false);
        }
        self.condition(step.condition.as_ref(), &step.id, each)
    }

    /// An `if`: absent is true; false, undefined, null, "", 0 and [] are not.
    ///
    /// # Errors
    /// It cannot be evaluated.
    pub fn condition(&self, condition: Option<&Value>, step: &str, each: Option<&Each>) -> Result<bool, StepError> {
        let Some(condition) = condition else { return Ok(true) };
        let value = self.scope(step, false, each).value(condition, "if")?;
        Ok(value.is_some_and(|value| truthy(&value)))
    }

    /// The rounds of a step with `each`, `None` if it has none.
    ///
    /// # Errors
    /// It cannot be evaluated, or is neither a list nor an object.
    pub fn each(&self, step: &Step) -> Result<Option<Vec<Each>>, StepError> {
        let Some(each) = &step.each else { return Ok(None) };
        match self.scope(&step.id, true, None).value(each, "each")? {
            Some(Value::Array(items)) => {
                let round = |(index, value): (usize, Value)| Each { key: index.to_string(), value };
                Ok(Some(items.into_iter().enumerate().map(round).collect()))
            }
            Some(Value::Object(map)) => {
                let mut rounds: Vec<Each> = map.into_iter().map(|(key, value)| Each { key, value }).collect();
                // JavaScript lists whole numbers first, in their order.
                rounds.sort_by_key(|each| each.key.parse::<u32>().map_or(u64::MAX, u64::from));
                Ok(Some(rounds))
            }
            // The older engine goes through the characters of a text.
            Some(Value::String(text)) if self.engine.dialect() == Dialect::Legacy => {
                let round = |(index, c): (usize, char)| Each { key: index.to_string(), value: c.to_string().into() };
                Ok(Some(text.chars().enumerate().map(round).collect()))
            }
            _ => Err(StepError {
                step: step.id.clone(),
                field: "each".into(),
                line: 0,
                column: 0,
                message: "This must come to a list or an object".into(),
            }),
        }
    }

    /// A step's input with every text in it evaluated; keys are never. What comes to undefined is left out of objects
    /// and null in lists. The result may hold secrets.
    ///
    /// # Errors
    /// The first text that cannot be evaluated.
    pub fn input(&self, step: &Step, each: Option<&Each>) -> Result<Value, StepError> {
        let value = self.scope(&step.id, true, each).value(&step.input, "input")?;
        Ok(value.filter(|value| !value.is_null()).unwrap_or_else(|| Map::new().into()))
    }

    /// The template's output: links and texts whose `if` is false are left out, and the others lose it.
    ///
    /// # Errors
    /// The first text that cannot be evaluated.
    pub fn output(&self, output: &Value) -> Result<Value, StepError> {
        let scope = self.scope("output", false, None);
        let mut result = scope.value(output, "")?.unwrap_or_default();
        let Some(map) = result.as_object_mut() else { return Ok(Map::new().into()) };
        for name in ["links", "text"] {
            let (Some(Value::Array(items)), Some(written)) = (map.get_mut(name), output[name].as_array()) else {
                continue;
            };
            // An `if` that comes to undefined is gone by now, but it was written and is false.
            let kept = std::mem::take(items)
                .into_iter()
                .zip(written)
                .filter(|(item, written)| written.get("if").is_none() || item.get("if").is_some_and(truthy));
            *items = kept.map(|(item, _)| without_if(item)).collect();
        }
        Ok(result)
    }

    fn scope<'a>(&'a self, step: &'a str, secrets: bool, each: Option<&Each>) -> Scope<'a> {
        let mut seen = self.seen.clone();
        if secrets {
            seen.insert("secrets".into(), self.secrets.clone());
        }
        if let Some(each) = each {
            seen.insert("each".into(), serde_json::json!({ "key": each.key, "value": each.value }));
        }
        let failed = self.failed;
        let mut engine = self.engine.clone();
        if self.goes_on_after_failure() {
            engine = engine.with_function("always", |_| Ok(Some(true.into())));
            engine = engine.with_function("failure", move |_| Ok(Some(failed.into())));
        }
        Scope { engine, seen, step, habit: self.habit }
    }
}

fn without_if(mut item: Value) -> Value {
    if let Some(map) = item.as_object_mut() {
        map.shift_remove("if");
    }
    item
}

/// An engine and what it sees, for the texts of one step.
struct Scope<'a> {
    engine: Engine,
    seen: Context,
    step: &'a str,
    habit: ErrorHabit,
}

impl Scope<'_> {
    fn value(&self, value: &Value, field: &str) -> Result<Option<Value>, StepError> {
        let below = |key: &str| if field.is_empty() { key.to_owned() } else { format!("{field}.{key}") };
        Ok(Some(match value {
            Value::String(text) => return self.text(text, field),
            Value::Array(items) => {
                let item = |(index, item): (usize, &Value)| {
                    Ok(self.value(item, &below(&index.to_string()))?.unwrap_or_default())
                };
                Value::Array(items.iter().enumerate().map(item).collect::<Result<_, StepError>>()?)
            }
            Value::Object(map) => {
                let mut result = Map::new();
                for (key, value) in map {
                    if let Some(value) = self.value(value, &below(key))? {
                        result.insert(key.clone(), value);
                    }
                }
                result.into()
            }
            other => other.clone(),
        }))
    }

    fn text(&self, text: &str, field: &str) -> Result<Option<Value>, StepError> {
        match self.engine.evaluate(text, &self.seen) {
            Ok(value) => Ok(value),
            Err(_) if self.habit == ErrorHabit::KeepText => Ok(Some(text.into())),
            Err(error) => {
                let (line, column) = error.position.map_or((0, 0), |at| (at.line, at.column));
                Err(StepError { step: self.step.into(), field: field.into(), line, column, message: error.message })
            }
        }
    }
}

/// Whether a step with this value as its `if` runs: `{}` and "false" do, `[]` does not.
#[must_use]
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

/// Whether an `if` calls `always()` or `failure()`.
#[must_use]
pub fn calls_status_function(condition: &str) -> bool {
    ["always", "failure"].into_iter().any(|name| {
        condition.match_indices(name).any(|(at, _)| {
            let before = condition[..at].chars().next_back();
            let starts = !before.is_some_and(|c| c == '_' || c == '.' || c.is_ascii_alphanumeric());
            starts && condition[at + name.len()..].trim_start().starts_with('(')
        })
    })
}
