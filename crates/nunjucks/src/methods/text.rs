//! Methods of strings. Indexes and lengths are in UTF-16 code units.

use super::clamp;
use crate::budget::Budget;
use crate::error::Result;
use crate::scan::is_space;
use crate::value::{Text, Value};
use crate::{js, pattern, utf16};

pub(super) fn arity(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "replace" => (2, 2),
        "split" => (0, 2),
        "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" => (1, 2),
        "slice" | "substring" => (0, 2),
        "charAt" | "charCodeAt" => (0, 1),
        "concat" => (0, usize::MAX),
        "toLowerCase" | "toUpperCase" | "trim" | "trimEnd" | "trimStart" => (0, 0),
        _ => return None,
    })
}

pub(super) fn call(text: &Text, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    budget.text(text.len())?;
    let string = |i: usize| js::string(args.get(i).unwrap_or(&Value::Undefined), budget);
    let length = utf16::len(text);
    // Like `clamp`, but a negative index is 0.
    let position = |i: usize, default: usize| -> Result<usize> {
        match args.get(i) {
            None | Some(Value::Undefined) => Ok(default),
            Some(value) => Ok(js::integer(value, budget)?.clamp(0.0, length as f64) as usize),
        }
    };
    Ok(match name {
        "replace" => return replace(text, args, budget),
        "split" => return split(text, args, budget),
        "includes" => Value::Bool(find(text, &string(0)?, position(1, 0)?).is_some()),
        "indexOf" => index(find(text, &string(0)?, position(1, 0)?)),
        "startsWith" => Value::Bool(utf16::slice(text, position(1, 0)?, length).starts_with(&*string(0)?)),
        "endsWith" => Value::Bool(utf16::slice(text, 0, position(1, length)?).ends_with(&*string(0)?)),
        "lastIndexOf" => {
            let from = match args.get(1) {
                Some(value) if !js::number(value, budget)?.is_nan() => position(1, length)?,
                _ => length,
            };
            let (needle, units) = (utf16::units(&string(0)?), utf16::units(text));
            let last = (0..=from.min(length)).rev().find(|start| units[*start..].starts_with(&needle));
            index(last)
        }
        "slice" => {
            let (start, end) = (clamp(args.first(), 0, length, budget)?, clamp(args.get(1), length, length, budget)?);
            Value::text(utf16::slice(text, start, end.max(start)))
        }
        "substring" => {
            let (a, b) = (position(0, 0)?, position(1, length)?);
            Value::text(utf16::slice(text, a.min(b), a.max(b)))
        }
        "charAt" | "charCodeAt" => {
            let at = args.first().map_or(Ok(0.0), |value| js::integer(value, budget))?;
            let unit = if at >= 0.0 { utf16::unit(text, at as usize) } else { None };
            match (name, unit) {
                ("charAt", unit) => Value::text(unit.unwrap_or_default()),
                (_, Some(unit)) => Value::Number(utf16::units(&unit).first().map_or(f64::NAN, |u| f64::from(*u))),
                (_, None) => Value::Number(f64::NAN),
            }
        }
        "concat" => {
            let mut all = text.to_string();
            for value in args {
                let part = js::string(value, budget)?;
                budget.text(part.len())?;
                all.push_str(&part);
            }
            Value::text(all)
        }
        "toLowerCase" => Value::text(text.to_lowercase()),
        "toUpperCase" => Value::text(text.to_uppercase()),
        "trimStart" => Value::text(text.trim_start_matches(is_space)),
        "trimEnd" => Value::text(text.trim_end_matches(is_space)),
        _ => Value::text(text.trim_matches(is_space)),
    })
}

fn index(found: Option<usize>) -> Value {
    Value::Number(found.map_or(-1.0, |i| i as f64))
}

/// Where `needle` starts at or after `from`, in code units.
fn find(text: &str, needle: &str, from: usize) -> Option<usize> {
    let tail = utf16::slice(text, from, utf16::len(text));
    tail.find(needle).map(|byte| from + utf16::len(&tail[..byte]))
}

fn replace(text: &Text, args: &[Value], budget: &Budget) -> Result<Value> {
    let replacement = js::string(args.get(1).unwrap_or(&Value::Undefined), budget)?;
    if let Some(Value::Regex(regex)) = args.first() {
        return pattern::replace(text, regex, &replacement, budget).map(Value::text);
    }
    let needle = js::string(args.first().unwrap_or(&Value::Undefined), budget)?;
    let Some(at) = text.find(&*needle) else { return Ok(Value::String(text.clone())) };
    let (before, after) = (&text[..at], &text[at + needle.len()..]);
    let mut out = before.to_owned();
    pattern::expand(&replacement, &pattern::Found { before, whole: &needle, after, groups: None }, &mut out, budget)?;
    out.push_str(after);
    Ok(Value::text(out))
}

fn split(text: &Text, args: &[Value], budget: &Budget) -> Result<Value> {
    let limit = match args.get(1) {
        None | Some(Value::Undefined) => usize::MAX,
        // JavaScript's ToUint32: a negative limit wraps round and is as good as none.
        Some(value) => (js::integer(value, budget)? as i64 & 0xFFFF_FFFF) as usize,
    };
    let parts: Vec<Value> = match args.first() {
        None | Some(Value::Undefined) => vec![Value::String(text.clone())],
        Some(Value::Regex(regex)) => {
            pattern::split(text, regex)?.into_iter().map(|part| part.map_or(Value::Undefined, Value::text)).collect()
        }
        Some(separator) => match &*js::string(separator, budget)? {
            "" => utf16::units(text).iter().map(|unit| Value::text(utf16::text(&[*unit]))).collect(),
            separator => text.split(separator).map(Value::text).collect(),
        },
    };
    budget.work(parts.len())?;
    Ok(Value::list(parts.into_iter().take(limit).collect()))
}
