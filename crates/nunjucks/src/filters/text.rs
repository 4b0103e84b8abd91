//! Filters over text.

use super::{Call, lenient, like, strict};
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::scan::is_space;
use crate::value::{Text, Value};
use crate::{js, pattern, utf16};

pub(super) fn apply(name: &str, input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    Ok(match name {
        "capitalize" => like(input, capitalize(&lenient(input)?)),
        "title" => like(input, lenient(input)?.split(' ').map(capitalize).collect::<Vec<_>>().join(" ")),
        "lower" => Value::text(lenient(input)?.to_lowercase()),
        "upper" => Value::text(lenient(input)?.to_uppercase()),
        "trim" => like(input, strict(input)?.trim_matches(is_space)),
        "string" if input.is_nullish() => return Err(Error::value("It needs a value")),
        "string" => like(input, js::output(input, budget)?),
        "center" => center(input, call, budget)?,
        "indent" => indent(input, call, budget)?,
        "replace" => replace(input, call, budget)?,
        "truncate" => truncate(input, call, budget)?,
        _ => {
            let text = lenient(input)?;
            let words =
                text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).count();
            if words == 0 { Value::Null } else { Value::Number(words as f64) }
        }
    })
}

fn capitalize(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn spaces(count: f64, budget: &Budget) -> Result<String> {
    let count = if count > 0.0 { count.ceil() as usize } else { 0 };
    budget.text(count)?;
    Ok(" ".repeat(count))
}

fn or_default(value: &Value, default: f64, budget: &Budget) -> Result<f64> {
    if js::truthy(value) { js::number(value, budget) } else { Ok(default) }
}

fn center(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let text = lenient(input)?;
    let missing = or_default(call.get(0), 80.0, budget)? - utf16::len(&text) as f64;
    if missing <= 0.0 {
        return Ok(like(input, text));
    }
    let (left, right) = (spaces(missing / 2.0 - missing % 2.0, budget)?, spaces(missing / 2.0, budget)?);
    Ok(like(input, format!("{left}{text}{right}")))
}

fn indent(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let text = lenient(input)?;
    let lines = text.matches('\n').count() + 1;
    let margin = spaces(or_default(call.get(0), 4.0, budget)?, budget)?;
    budget.text(margin.len().saturating_mul(lines) + text.len())?;
    let first = if js::truthy(call.get(1)) && !text.is_empty() { margin.as_str() } else { "" };
    Ok(like(input, format!("{first}{}", text.replace('\n', &format!("\n{margin}")))))
}

fn truncate(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let text = lenient(input)?;
    let length = or_default(call.get(0), 255.0, budget)?;
    let size = utf16::len(&text);
    if size as f64 <= length {
        return Ok(like(input, text));
    }
    let cut = length.max(0.0) as usize;
    let kept = utf16::slice(&text, 0, cut.min(size));
    let kept = if js::truthy(call.get(1)) {
        kept
    } else {
        // The last space may stand right after what fits.
        let reach = utf16::slice(&text, 0, (cut + 1).min(size));
        reach.rfind(' ').map_or(kept, |space| reach[..space].to_owned())
    };
    let end: Text = if call.get(2).is_nullish() { "...".into() } else { js::string(call.get(2), budget)? };
    budget.text(end.len())?;
    Ok(like(input, format!("{kept}{end}")))
}

fn replace(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let replacement = || js::string(call.get(1), budget);
    let needle = match call.get(0) {
        Value::Regex(regex) => {
            return pattern::replace(&strict(input)?, regex, &replacement()?, budget).map(Value::text);
        }
        Value::String(text) => text.clone(),
        Value::Number(_) => js::string(call.get(0), budget)?,
        _ => return Ok(input.clone()),
    };
    let text = match input {
        Value::Number(_) => js::string(input, budget)?,
        Value::String(text) | Value::Safe(text) => text.clone(),
        other => return Ok(other.clone()),
    };
    if needle.is_empty() {
        let new = replacement()?;
        let separator = if matches!(call.get(1), Value::Undefined) { ",".into() } else { new.clone() };
        let items: Vec<Value> = utf16::units(&text).iter().map(|unit| Value::text(utf16::text(&[*unit]))).collect();
        let joined = js::join(&items, &separator, budget)?;
        return Ok(like(input, format!("{new}{joined}{new}")));
    }
    let most = match call.get(2) {
        Value::Undefined => usize::MAX,
        value => match js::number(value, budget)? {
            -1.0 => usize::MAX,
            count if count > 0.0 => count.ceil() as usize,
            _ => 0,
        },
    };
    let found = text.matches(&*needle).count().min(most);
    if found == 0 {
        return Ok(like(input, text));
    }
    let new = replacement()?;
    budget.text(text.len() + found.saturating_mul(new.len()))?;
    Ok(like(input, text.replacen(&*needle, &new, most)))
}
