//! Methods that only the older engine reaches: JavaScript's own. Those that templates use, still a closed set.

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::js;
use crate::pattern;
use crate::utf16;
use crate::value::Value;

pub(super) fn arity(receiver: &Value, name: &str) -> Option<(usize, usize)> {
    match (receiver, name) {
        (Value::String(_) | Value::Safe(_), "replaceAll") => Some((2, 2)),
        (Value::String(_) | Value::Safe(_), "substr") => Some((0, 2)),
        (Value::String(_) | Value::Safe(_), "padStart" | "padEnd") => Some((1, 2)),
        (Value::String(_) | Value::Safe(_), "match" | "search" | "repeat") => Some((1, 1)),
        (Value::Record(record), "hasOwnProperty") if record.get(name).is_none() => Some((1, 1)),
        (Value::String(_) | Value::Safe(_) | Value::Bool(_) | Value::List(_), "toString") => Some((0, 0)),
        _ => None,
    }
}

pub(super) fn call(receiver: &Value, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    let argument = |i: usize| args.get(i).unwrap_or(&Value::Undefined);
    if let Value::Record(record) = receiver {
        return Ok(Value::Bool(record.get(&js::string(argument(0), budget)?).is_some()));
    }
    let text = js::string(receiver, budget)?;
    budget.text(text.len())?;
    let length = utf16::len(&text);
    Ok(match name {
        "replaceAll" => Value::text(replace_all(&text, argument(0), &js::string(argument(1), budget)?, budget)?),
        "substr" => {
            let from = super::clamp(args.first(), 0, length, budget)?;
            let count = match args.get(1) {
                None | Some(Value::Undefined) => length,
                Some(count) => js::integer(count, budget)?.clamp(0.0, length as f64) as usize,
            };
            Value::text(utf16::slice(&text, from, (from + count).min(length).max(from)))
        }
        "padStart" | "padEnd" => {
            let fill = match args.get(1) {
                None | Some(Value::Undefined) => " ".into(),
                Some(fill) => js::string(fill, budget)?,
            };
            let padding = padding(&fill, js::integer(argument(0), budget)? - length as f64, budget)?;
            Value::text(if name == "padStart" { padding + &text } else { text.to_string() + &padding })
        }
        "repeat" => {
            let times = js::integer(argument(0), budget)?;
            if !(0.0..=f64::from(u32::MAX)).contains(&times) {
                return Err(Error::value("A text is repeated 0 times or more"));
            }
            budget.text(text.len().saturating_mul(times as usize))?;
            Value::text(text.repeat(times as usize))
        }
        "match" => found(&text, argument(0), budget)?,
        "search" => match argument(0) {
            Value::Regex(regex) => {
                let at = pattern::compile(regex)?.find(&text).map(|found| utf16::len(&text[..found.start()]));
                Value::Number(at.map_or(-1.0, |at| at as f64))
            }
            other => {
                let needle = js::string(other, budget)?;
                Value::Number(text.find(&*needle).map_or(-1.0, |at| utf16::len(&text[..at]) as f64))
            }
        },
        _ => Value::text(text.to_string()),
    })
}

fn replace_all(text: &str, needle: &Value, replacement: &str, budget: &Budget) -> Result<String> {
    if let Value::Regex(regex) = needle {
        if !regex.flags.contains('g') {
            return Err(Error::value("replaceAll needs a regular expression with the flag g"));
        }
        return pattern::replace(text, regex, replacement, budget);
    }
    let needle = js::string(needle, budget)?;
    let (mut out, mut end) = (String::new(), 0);
    for (at, whole) in text.match_indices(&*needle) {
        budget.work(1)?;
        out.push_str(&text[end..at]);
        let (before, after) = (&text[..at], &text[at + whole.len()..]);
        pattern::expand(replacement, &pattern::Found { before, whole, after, groups: None }, &mut out, budget)?;
        end = at + whole.len();
    }
    out.push_str(&text[end..]);
    Ok(out)
}

/// As many code units of `fill` as are missing.
fn padding(fill: &str, missing: f64, budget: &Budget) -> Result<String> {
    let units = utf16::units(fill);
    if missing <= 0.0 || units.is_empty() {
        return Ok(String::new());
    }
    let missing = missing.min(f64::from(u32::MAX)) as usize;
    budget.text(missing)?;
    Ok(utf16::text(&units.iter().copied().cycle().take(missing).collect::<Vec<_>>()))
}

/// `text.match(regex)`: with the flag g every match, else the first one and its groups; null if there is none.
fn found(text: &str, regex: &Value, budget: &Budget) -> Result<Value> {
    let Value::Regex(regex) = regex else { return Err(Error::value("match needs a regular expression")) };
    let compiled = pattern::compile(regex)?;
    let matches: Vec<Value> = if regex.flags.contains('g') {
        compiled.find_iter(text).map(|found| Value::text(found.as_str())).collect()
    } else {
        let group =
            |group: Option<regex::Match<'_>>| group.map_or(Value::Undefined, |group| Value::text(group.as_str()));
        compiled.captures(text).map(|groups| groups.iter().map(group).collect()).unwrap_or_default()
    };
    budget.work(matches.len())?;
    Ok(if matches.is_empty() { Value::Null } else { Value::list(matches) })
}
