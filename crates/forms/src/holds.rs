//! Whether a value keeps to a JSON Schema, yes or no: for the conditions that decide which fields there are. What a person is
//! told of a wrong field is said in `check`.

use crate::check::PatternMatcher;
use serde_json::{Map, Value};

/// Deeper conditions than any template's hold.
const DEEPEST: usize = 24;

/// Equal as JSON Schema means it: 1 is 1.0.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => one == other,
    }
}

/// Whether something was said for a property: null is an answer that was left empty.
pub(crate) fn present(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).is_some_and(|value| !value.is_null())
}

/// Keywords of draft-07 that conditions use; others say nothing.
pub(crate) fn holds(schema: &Value, value: &Value, patterns: &dyn PatternMatcher) -> bool {
    at_depth(schema, value, patterns, DEEPEST)
}

fn at_depth(schema: &Value, value: &Value, patterns: &dyn PatternMatcher, depth: usize) -> bool {
    let Some(rules) = schema.as_object() else { return schema != &Value::Bool(false) };
    let Some(depth) = depth.checked_sub(1) else { return true };
    let hold = |schema: &Value, value: &Value| at_depth(schema, value, patterns, depth);
    let list = |rule: &Value| rule.as_array().cloned().unwrap_or_default();
    let size = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    let at_least = |rule: &Value| rule.as_u64().is_none_or(|least| size as u64 >= least);
    let at_most = |rule: &Value| rule.as_u64().is_none_or(|most| size as u64 <= most);
    let number = |fits: fn(f64, f64) -> bool, rule: &Value| match (value.as_f64(), rule.as_f64()) {
        (Some(number), Some(bound)) => fits(number, bound),
        _ => true,
    };
    rules.iter().all(|(keyword, rule)| match (keyword.as_str(), value) {
        ("const", _) => same(rule, value),
        ("enum", _) => list(rule).iter().any(|allowed| same(allowed, value)),
        ("type", _) => match rule {
            Value::Array(types) => types.iter().any(|one| is_of_type(one, value)),
            one => is_of_type(one, value),
        },
        ("not", _) => !hold(rule, value),
        ("allOf", _) => list(rule).iter().all(|schema| hold(schema, value)),
        ("anyOf", _) => list(rule).iter().any(|schema| hold(schema, value)),
        ("oneOf", _) => list(rule).iter().filter(|schema| hold(schema, value)).count() == 1,
        ("properties", Value::Object(object)) => {
            rule.as_object().into_iter().flatten().all(|(name, schema)| {
                !present(object, name) || object.get(name).is_none_or(|value| hold(schema, value))
            })
        }
        ("required", Value::Object(object)) => {
            list(rule).iter().filter_map(Value::as_str).all(|name| present(object, name))
        }
        ("items", Value::Array(items)) => items.iter().all(|item| hold(rule, item)),
        ("contains", Value::Array(items)) => items.iter().any(|item| hold(rule, item)),
        ("pattern", Value::String(text)) => rule.as_str().is_none_or(|pattern| patterns.is_match(pattern, text)),
        ("minLength", Value::String(_)) | ("minItems", Value::Array(_)) => at_least(rule),
        ("maxLength", Value::String(_)) | ("maxItems", Value::Array(_)) => at_most(rule),
        ("minimum", _) => number(|number, bound| number >= bound, rule),
        ("maximum", _) => number(|number, bound| number <= bound, rule),
        ("exclusiveMinimum", _) => number(|number, bound| number > bound, rule),
        ("exclusiveMaximum", _) => number(|number, bound| number < bound, rule),
        _ => true,
    })
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str() {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    }
}
