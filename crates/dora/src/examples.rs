//! The file form: `{"examples": [{id, config, histories, deployments, ...}]}`, as `slipway dora compute` reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    Analysis, Change, CommitGraphBuilder, Config, Deployment, Events, Id, Incident, Instant, ScopeAnalysis,
    ServiceInput, Sources, Status, Verdict,
};

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {message}")]
pub struct InputError {
    /// As `examples[0].deployments[2].finished_at`; `.` for the file itself.
    pub path: String,
    pub message: String,
}

impl InputError {
    fn new(path: String, message: impl ToString) -> Self {
        Self { path, message: message.to_string() }
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an object with `examples`")]
struct File {
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Example {
    id: String,
    config: RawConfig,
    #[serde(default)]
    histories: Vec<Vec<Id>>,
    /// `null` says that no source is connected; an empty list that nothing was deployed.
    #[serde(default = "nothing")]
    deployments: Option<Vec<Deployment>>,
    #[serde(default)]
    changes: Vec<Change>,
    /// `null` as above.
    #[serde(default = "nothing")]
    incidents: Option<Vec<Incident>>,
    #[serde(default)]
    verdicts: BTreeMap<Id, bool>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct RawConfig {
    tz: String,
    #[serde(deserialize_with = "day")]
    from: Date,
    #[serde(deserialize_with = "day")]
    to: Date,
    #[serde(default, deserialize_with = "maybe_day")]
    observed_from: Option<Date>,
    #[serde(default)]
    as_of: Option<Instant>,
    #[serde(default)]
    attribution_window_s: Option<i64>,
    #[serde(default)]
    without_bots: Option<bool>,
}

/// jiff would also take a date with a time and drop the time; here that is a mistake worth telling.
fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    let plain = text.len() == 10 && text.is_ascii();
    let date = plain.then(|| text.parse().ok()).flatten();
    date.ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not a day such as 2025-01-06")))
}

fn maybe_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    #[derive(Deserialize)]
    struct Day(#[serde(deserialize_with = "day")] Date);
    Ok(Option::<Day>::deserialize(deserializer)?.map(|Day(date)| date))
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's own type")]
fn nothing<T>() -> Option<Vec<T>> {
    Some(Vec::new())
}

/// Computes every example of a file: `{"examples": [{"id", "result"}]}`. Where deployments name services, a result is
/// the pooled one and also holds `by_service`, `pooled` and `spread`.
///
/// # Errors
/// When the text is not JSON of the expected form; the path names the field.
pub fn compute_examples(json: &str) -> Result<Value, InputError> {
    // A byte order mark is what some editors begin a file with; it is no part of JSON.
    let mut reader = serde_json::Deserializer::from_str(json.strip_prefix('\u{feff}').unwrap_or(json));
    let file: File = serde_path_to_error::deserialize(&mut reader).map_err(|error| field_error(&error))?;
    reader.end().map_err(|error| InputError::new(".".to_owned(), error))?;
    let results: Result<Vec<Value>, InputError> = file
        .examples
        .into_iter()
        .enumerate()
        .map(|(index, example)| {
            let id = example.id.clone();
            let result = example.compute(&format!("examples[{index}]"))?;
            Ok(json!({ "id": id, "result": result }))
        })
        .collect();
    let mut answer = json!({ "examples": results? });
    round(&mut answer);
    Ok(answer)
}

/// To six places, as the worked examples write rates and intervals; finer differences are artefacts of binary fractions.
fn round(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(fields) => fields.values_mut().for_each(round),
        Value::Number(number) if number.is_f64() => {
            if let Some(exact) = number.as_f64() {
                let rounded = (exact * 1e6).round() / 1e6;
                *value = serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number);
            }
        }
        _ => {}
    }
}

/// serde reports a missing field at its parent; the reader wants the field.
fn field_error(error: &serde_path_to_error::Error<serde_json::Error>) -> InputError {
    let message = error.inner().to_string();
    let full = error.path().to_string();
    // "?" stands for a place that the text broke off at.
    let parent = match full.trim_end_matches('?').trim_end_matches('.') {
        "" => ".".to_owned(),
        known => known.to_owned(),
    };
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let path = match missing {
        Some(field) if parent == "." => field.to_owned(),
        Some(field) => format!("{parent}.{field}"),
        None => parent,
    };
    InputError { path, message }
}

impl Example {
    fn compute(self, path: &str) -> Result<Value, InputError> {
        let config = self.config.check().map_err(|(field, e)| InputError::new(format!("{path}.config.{field}"), e))?;
        let mut builder = CommitGraphBuilder::with_capacity(self.histories.iter().map(Vec::len).sum());
        for line in &self.histories {
            builder.add_line(line);
        }
        let history =
            builder.build().map_err(|e| InputError::new(format!("{path}.{}", self.place_of(&e.commit)), e))?;
        let sources = Sources { deployments: self.deployments.is_some(), incidents: self.incidents.is_some() };
        let (deployments, incidents) = (self.deployments.unwrap_or_default(), self.incidents.unwrap_or_default());
        check_deployments(&deployments, path)?;
        check_names(&format!("{path}.changes"), self.changes.iter().map(|change| &change.id))?;
        check_names(&format!("{path}.incidents"), incidents.iter().map(|incident| &incident.id))?;
        let services: BTreeSet<Id> = deployments.iter().filter_map(|d| d.service.clone()).collect();
        let verdicts =
            self.verdicts.into_iter().map(|(deployment, failed)| Verdict { deployment, at: None, failed }).collect();
        let events =
            Events { history: Arc::new(history), deployments, changes: self.changes, incidents, verdicts, sources };
        let value = |metrics| serde_json::to_value(metrics).map_err(|e| InputError::new(path.to_owned(), e));
        if services.is_empty() {
            return value(Analysis::new(&config, &events).metrics());
        }
        let services: Vec<ServiceInput> = services.into_iter().map(|name| of_service(name, &events)).collect();
        let scope = ScopeAnalysis::new(&config, &services).metrics();
        let mut result = value(scope.pooled.clone())?;
        let parts = serde_json::to_value(scope).map_err(|e| InputError::new(path.to_owned(), e))?;
        if let (Value::Object(result), Value::Object(parts)) = (&mut result, parts) {
            result.extend(parts);
        }
        Ok(result)
    }
}

impl Example {
    /// The last place that names a commit: where a history closes on itself.
    fn place_of(&self, commit: &Id) -> String {
        let place = |(line, commits): (usize, &Vec<Id>)| {
            commits.iter().rposition(|sha| sha == commit).map(|at| format!("histories[{line}][{at}]"))
        };
        self.histories.iter().enumerate().rev().find_map(place).unwrap_or_else(|| "histories".to_owned())
    }
}

impl RawConfig {
    fn check(&self) -> Result<Config, (&'static str, crate::ConfigError)> {
        let mut config = Config::new(&self.tz, self.from, self.to).map_err(|e| (e.field(), e))?;
        if let Some(seconds) = self.attribution_window_s {
            config = config.attribution_window_s(seconds).map_err(|e| (e.field(), e))?;
        }
        let config = config.observed_from(self.observed_from).as_of(self.as_of);
        Ok(config.without_bots(self.without_bots.unwrap_or_default()))
    }
}

/// What the types alone do not say.
fn check_deployments(deployments: &[Deployment], path: &str) -> Result<(), InputError> {
    check_names(&format!("{path}.deployments"), deployments.iter().map(|deployment| &deployment.id))?;
    let some_named = deployments.iter().any(|d| d.service.is_some());
    for (index, deployment) in deployments.iter().enumerate() {
        let field = |name: &str| format!("{path}.deployments[{index}].{name}");
        let ended = matches!(deployment.status, Status::Success | Status::Failure | Status::Error);
        if ended && deployment.finished_at.is_none() {
            return Err(InputError::new(field("finished_at"), "missing although the deployment has ended"));
        }
        for (name, value) in [("service", &deployment.service), ("group", &deployment.group)] {
            if value.as_ref().is_some_and(|value| value.is_empty()) {
                return Err(InputError::new(field(name), "empty; leave it out where there is none"));
            }
        }
        if some_named && deployment.service.is_none() {
            return Err(InputError::new(field("service"), "missing although other deployments name theirs"));
        }
    }
    Ok(())
}

/// What has no name cannot be told from others without one.
fn check_names<'i>(list: &str, mut ids: impl Iterator<Item = &'i Id>) -> Result<(), InputError> {
    match ids.position(|id| id.is_empty()) {
        Some(index) => Err(InputError::new(format!("{list}[{index}].id"), "empty; each needs a name of its own")),
        None => Ok(()),
    }
}

fn of_service(name: Id, all: &Events) -> ServiceInput {
    let affects = |services: &Option<Vec<Id>>| services.as_ref().is_none_or(|names| names.contains(&name));
    let events = Events {
        history: Arc::clone(&all.history),
        deployments: all.deployments.iter().filter(|d| d.service.as_ref() == Some(&name)).cloned().collect(),
        changes: all.changes.iter().filter(|c| affects(&c.services)).cloned().collect(),
        incidents: all.incidents.iter().filter(|i| affects(&i.services)).cloned().collect(),
        verdicts: all.verdicts.clone(),
        sources: all.sources,
    };
    ServiceInput::new(name, events)
}
