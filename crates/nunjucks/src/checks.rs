//! The tests after `is`.

use crate::budget::Budget;
use crate::error::{Error, Result, unknown_name};
use crate::js;
use crate::value::{Text, Value};

/// Name and number of arguments.
const TESTS: [(&str, usize); 26] = [
    ("callable", 0),
    ("defined", 0),
    ("divisibleby", 1),
    ("escaped", 0),
    ("eq", 1),
    ("equalto", 1),
    ("even", 0),
    ("falsy", 0),
    ("ge", 1),
    ("greaterthan", 1),
    ("gt", 1),
    ("iterable", 0),
    ("le", 1),
    ("lessthan", 1),
    ("lower", 0),
    ("lt", 1),
    ("mapping", 0),
    ("ne", 1),
    ("null", 0),
    ("number", 0),
    ("odd", 0),
    ("sameas", 1),
    ("string", 0),
    ("truthy", 0),
    ("undefined", 0),
    ("upper", 0),
];

/// Refuses an unknown test, and a known one with the wrong number of arguments.
pub(crate) fn known(name: &str, args: usize) -> Result<()> {
    match TESTS.iter().find(|(known, _)| *known == name) {
        None => Err(Error::value(unknown_name("test", name, TESTS.iter().map(|(known, _)| *known)))),
        Some((_, wanted)) if *wanted != args => Err(Error::value(format!(
            "The test \"{name}\" takes {wanted} argument{}",
            if *wanted == 1 { "" } else { "s" }
        ))),
        Some(_) => Ok(()),
    }
}

/// Whether `value` passes a test that is [`known`].
pub(crate) fn check(name: &str, value: &Value, args: &[Value], budget: &Budget) -> Result<bool> {
    let other = args.first().unwrap_or(&Value::Undefined);
    let order = || js::order(value, other, budget);
    Ok(match name {
        "callable" => matches!(value, Value::Callable(_)),
        "defined" => !matches!(value, Value::Undefined),
        "divisibleby" => js::number(value, budget)? % js::number(other, budget)? == 0.0,
        "escaped" => matches!(value, Value::Safe(_)),
        "eq" | "equalto" | "sameas" => js::strict_equal(value, other),
        "even" => js::number(value, budget)? % 2.0 == 0.0,
        "falsy" => !js::truthy(value),
        "ge" => order()?.is_some_and(|o| o.is_ge()),
        "greaterthan" | "gt" => order()?.is_some_and(|o| o.is_gt()),
        "iterable" if value.is_nullish() => return Err(wants("iterable", "a value", value)),
        "iterable" => matches!(value, Value::String(_) | Value::Safe(_) | Value::List(_)),
        "le" => order()?.is_some_and(|o| o.is_le()),
        "lessthan" | "lt" => order()?.is_some_and(|o| o.is_lt()),
        "lower" => text(name, value)?.is_some_and(|text| text.to_lowercase() == **text),
        "mapping" => matches!(value, Value::Record(_) | Value::Safe(_) | Value::Regex(_)),
        "ne" => !js::strict_equal(value, other),
        "null" => matches!(value, Value::Null),
        "number" => matches!(value, Value::Number(_)),
        "odd" => js::number(value, budget)? % 2.0 == 1.0,
        "string" => matches!(value, Value::String(_)),
        "truthy" => js::truthy(value),
        "upper" => text(name, value)?.is_some_and(|text| text.to_uppercase() == **text),
        _ => matches!(value, Value::Undefined),
    })
}

/// The text of a plain string; escaped text is neither upper nor lower.
fn text<'a>(test: &str, value: &'a Value) -> Result<Option<&'a Text>> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Safe(_) => Ok(None),
        other => Err(wants(test, "a string", other)),
    }
}

fn wants(test: &str, wanted: &str, value: &Value) -> Error {
    Error::value(format!("The test \"{test}\" needs {wanted}, not {}", value.kind()))
}
