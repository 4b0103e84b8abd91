//! JSON Schema (draft 7), as inputs of actions and parameters of templates use it. Nothing is coerced: "3" is not a number.

mod defaults;
mod example;
mod format;
mod members;

pub use defaults::with_defaults;
pub use example::example;

use fancy_regex::Regex;
use serde_json::Value;

/// How far schemas may lead into each other; more is a circle.
const MOST_DEPTH: u32 = 100;

/// A part of a value that its schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", if path.is_empty() { "value" } else { path })]
pub struct SchemaProblem {
    /// Path in the value: `ports.0.name`; empty for the whole.
    pub path: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
}

/// Everything in `value` that the schema does not allow.
#[must_use]
pub fn validate(schema: &Value, value: &Value) -> Vec<SchemaProblem> {
    let check = Check { root: schema, depth: 0 };
    let mut problems = Vec::new();
    check.value(schema, value, "", &mut problems);
    problems
}

/// One look at a value. Copied when it goes deeper.
#[derive(Clone, Copy)]
struct Check<'a> {
    /// Where `#/definitions/…` begins.
    root: &'a Value,
    depth: u32,
}

impl<'a> Check<'a> {
    fn fits(self, schema: &'a Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.value(schema, value, "", &mut found);
        found.is_empty()
    }

    fn value(self, schema: &'a Value, value: &Value, path: &str, problems: &mut Vec<SchemaProblem>) {
        let mut problem = |message: String| problems.push(SchemaProblem { path: path.to_owned(), message });
        match schema {
            Value::Bool(false) => return problem("This is not allowed here".into()),
            Value::Object(_) => {}
            _ => return,
        }
        if self.depth >= MOST_DEPTH {
            return problem("The schema leads in a circle".into());
        }
        let deeper = Self { depth: self.depth + 1, ..self };
        if let Some(reference) = schema["$ref"].as_str() {
            return match reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
                Some(target) => deeper.value(target, value, path, problems),
                None => problem(format!("The schema refers to {reference}, which does not exist")),
            };
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|name| is_type(name, value)) {
            return problem(format!("This must be of the type {}, not {}", types.join(" or "), type_of(value)));
        }
        if let Some(constant) = schema.get("const")
            && !same(constant, value)
        {
            problem(format!("This must be {constant}"));
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.iter().any(|item| same(item, value))
        {
            let names: Vec<String> = allowed.iter().map(Value::to_string).collect();
            problem(format!("This must be one of {}", names.join(", ")));
        }
        numbers(schema, value, &mut problem);
        texts(schema, value, &mut problem);
        deeper.combined(schema, value, path, problems);
        deeper.items(schema, value, path, problems);
        deeper.properties(schema, value, path, problems);
    }

    fn combined(self, schema: &'a Value, value: &Value, path: &str, problems: &mut Vec<SchemaProblem>) {
        let mut problem =
            |message: &str| problems.push(SchemaProblem { path: path.to_owned(), message: message.into() });
        for name in ["anyOf", "oneOf"] {
            if let Some(ways) = schema[name].as_array() {
                match ways.iter().filter(|way| self.fits(way, value)).count() {
                    1 => {}
                    0 => problem("This has none of the forms that are allowed here"),
                    _ if name == "oneOf" => problem("This has several forms of which only one is allowed here"),
                    _ => {}
                }
            }
        }
        if schema.get("not").is_some_and(|not| self.fits(not, value)) {
            problem("This has a form that is not allowed here");
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(part, value, path, problems);
        }
        if let Some(condition) = schema.get("if") {
            let branch = if self.fits(condition, value) { "then" } else { "else" };
            self.value(&schema[branch], value, path, problems);
        }
    }
}

fn numbers(schema: &Value, value: &Value, problem: &mut dyn FnMut(String)) {
    let Some(number) = value.as_f64() else { return };
    let bound = |name: &str| schema[name].as_f64();
    if bound("minimum").is_some_and(|least| number < least) {
        problem(format!("This must be at least {}", schema["minimum"]));
    }
    if bound("maximum").is_some_and(|most| number > most) {
        problem(format!("This must be at most {}", schema["maximum"]));
    }
    if bound("exclusiveMinimum").is_some_and(|least| number <= least) {
        problem(format!("This must be more than {}", schema["exclusiveMinimum"]));
    }
    if bound("exclusiveMaximum").is_some_and(|most| number >= most) {
        problem(format!("This must be less than {}", schema["exclusiveMaximum"]));
    }
    if let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) {
        let times = number / step;
        if (times - times.round()).abs() > 1e-9 {
            problem(format!("This must be a multiple of {}", schema["multipleOf"]));
        }
    }
}

fn texts(schema: &Value, value: &Value, problem: &mut dyn FnMut(String)) {
    let Some(text) = value.as_str() else { return };
    let length = text.chars().count() as u64;
    if schema["minLength"].as_u64().is_some_and(|least| length < least) {
        problem(format!("This needs at least {} characters", schema["minLength"]));
    }
    if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
        problem(format!("This may have at most {} characters", schema["maxLength"]));
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        match matches(pattern, text) {
            Some(true) => {}
            Some(false) => problem(format!("This must match {pattern}")),
            None => problem(format!("The pattern {pattern} cannot be read")),
        }
    }
    if let Some(name) = schema["format"].as_str()
        && !format::fits(name, text)
    {
        problem(format!("This is no valid {name}"));
    }
}

/// Whether a pattern matches somewhere in a text; none if it is not a pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    Regex::new(pattern).ok()?.is_match(text).ok()
}

/// Equality of JSON values: 1 and 1.0 are the same number.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "any" => true,
        other => other == type_of(value),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
