//! Methods of strings, numbers and lists: a closed set, never what the host language happens to have.

mod legacy;
mod list;
mod record;
mod text;

use std::rc::Rc;

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::js;
use crate::number;
use crate::scan::ScanOptions;
use crate::value::{Callable, Value};

/// Least and most arguments of a method, if the value has it.
fn arity(receiver: &Value, name: &str, options: ScanOptions) -> Option<(usize, usize)> {
    own_arity(receiver, name, options)
        .or_else(|| if options.is_legacy() { legacy::arity(receiver, name) } else { None })
}

fn own_arity(receiver: &Value, name: &str, options: ScanOptions) -> Option<(usize, usize)> {
    match receiver {
        Value::String(_) | Value::Safe(_) => text::arity(name),
        Value::Number(_) => matches!(name, "toExponential" | "toFixed" | "toPrecision" | "toString").then_some((0, 1)),
        Value::List(_) => list::arity(name, options.is_cookiecutter()),
        Value::Record(record) if options.is_cookiecutter() && record.get(name).is_none() => record::arity(name),
        Value::Regex(_) => (name == "test").then_some((1, 1)),
        _ => None,
    }
}

pub(crate) fn exists(receiver: &Value, name: &str, options: ScanOptions) -> bool {
    arity(receiver, name, options).is_some()
}

/// Members of what `cycler(…)` gives.
pub(crate) fn of_callable(callable: &Rc<Callable>, name: &str) -> Value {
    match (&**callable, name) {
        (Callable::Cycle { values, index }, "current") => {
            index.borrow().and_then(|i| values.get(i).cloned()).unwrap_or(Value::Null)
        }
        (Callable::Cycle { .. }, "next") => Value::callable(Callable::CycleNext(callable.clone())),
        (Callable::Cycle { .. }, "reset") => Value::callable(Callable::CycleReset(callable.clone())),
        _ => Value::Undefined,
    }
}

pub(crate) fn call(
    receiver: &Value,
    name: &str,
    args: &[Value],
    budget: &Budget,
    options: ScanOptions,
) -> Result<Value> {
    if let Some((least, most)) = arity(receiver, name, options)
        && !(least..=most).contains(&args.len())
    {
        return Err(Error::value(format!("The method \"{name}\" cannot take {} arguments", args.len())));
    }
    if own_arity(receiver, name, options).is_none() && options.is_legacy() {
        return legacy::call(receiver, name, args, budget);
    }
    match receiver {
        Value::String(text) | Value::Safe(text) => text::call(text, name, args, budget),
        Value::Number(n) => number_method(*n, name, args, budget),
        Value::List(items) => list::call(items, name, args, budget),
        Value::Record(entries) => record::call(entries, name, args, budget),
        Value::Regex(regex) => {
            let text = js::string(args.first().unwrap_or(&Value::Undefined), budget)?;
            Ok(Value::Bool(crate::pattern::compile(regex)?.is_match(&text)))
        }
        other => Err(Error::value(format!("{} has no methods", other.kind()))),
    }
}

fn number_method(value: f64, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    let argument = match args.first() {
        None | Some(Value::Undefined) => None,
        Some(argument) => Some(js::integer(argument, budget)?),
    };
    let within = |least: f64, most: f64| match argument {
        Some(n) if n < least || n > most => {
            Err(Error::value(format!("The argument of \"{name}\" must be from {least} to {most}")))
        }
        _ => Ok(argument.map(|n| n as usize)),
    };
    Ok(Value::text(match name {
        "toFixed" => number::to_fixed(value, within(0.0, 100.0)?.unwrap_or(0)),
        "toExponential" => number::to_exponential(value, within(0.0, 100.0)?),
        "toPrecision" => match within(1.0, 100.0)? {
            Some(count) => number::to_precision(value, count),
            None => number::to_string(value),
        },
        _ => number::to_radix(value, within(2.0, 36.0)?.unwrap_or(10) as u32),
    }))
}

/// An index as `slice` takes it: from the end if negative, kept within the length.
fn clamp(argument: Option<&Value>, default: usize, length: usize, budget: &Budget) -> Result<usize> {
    let Some(argument) = argument.filter(|a| !matches!(a, Value::Undefined)) else { return Ok(default) };
    let index = js::integer(argument, budget)?;
    let length = length as f64;
    Ok(if index < 0.0 { (index + length).max(0.0) } else { index.min(length) } as usize)
}
