//! Python's dictionary methods, which cookiecutter templates use.

use crate::budget::Budget;
use crate::error::Result;
use crate::js;
use crate::value::{Record, Value};

pub(super) fn arity(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "get" => (1, 2),
        "has_key" => (1, 1),
        "items" | "keys" | "values" => (0, 0),
        _ => return None,
    })
}

pub(super) fn call(record: &Record, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    let key = || js::string(args.first().unwrap_or(&Value::Undefined), budget);
    let entries = record.entries().iter();
    Ok(match name {
        "get" => record.get(&key()?).or(args.get(1)).cloned().unwrap_or(Value::Undefined),
        "has_key" => Value::Bool(record.get(&key()?).is_some()),
        "keys" => Value::list(entries.map(|(key, _)| Value::String(key.clone())).collect()),
        "values" => Value::list(entries.map(|(_, value)| value.clone()).collect()),
        _ => Value::list(
            entries.map(|(key, value)| Value::list(vec![Value::String(key.clone()), value.clone()])).collect(),
        ),
    })
}
