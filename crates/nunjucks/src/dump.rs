//! `JSON.stringify`.

use std::fmt::Write as _;

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::value::Value;
use crate::{js, number, utf16};

/// JSON text; undefined has none. `indent` is a number of spaces or the text to indent with, at most ten characters.
pub(crate) fn dump(value: &Value, indent: &Value, budget: &Budget) -> Result<Option<String>> {
    if matches!(value, Value::Undefined) {
        return Ok(None);
    }
    let indent = match indent {
        Value::String(text) => utf16::slice(text, 0, utf16::len(text).min(10)),
        Value::Number(_) => " ".repeat(js::integer(indent, budget)?.clamp(0.0, 10.0) as usize),
        _ => String::new(),
    };
    let mut out = String::new();
    write(value, &indent, 0, &mut out, budget)?;
    Ok(Some(out))
}

fn write(value: &Value, indent: &str, level: usize, out: &mut String, budget: &Budget) -> Result<()> {
    budget.work(1)?;
    match value {
        Value::Undefined | Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) if n.is_finite() => out.push_str(&number::to_string(*n)),
        Value::Number(_) => out.push_str("null"),
        Value::String(text) | Value::Safe(text) => quote(text, out, budget)?,
        Value::List(list) => {
            let items = list.0.borrow();
            budget.deeper(|| {
                block(out, ['[', ']'], items.iter(), indent, level, budget, |item, out| {
                    write(item, indent, level + 1, out, budget)
                })
            })?;
        }
        Value::Record(record) => {
            let entries = record.entries().iter().filter(|(_, value)| !matches!(value, Value::Undefined));
            budget.deeper(|| {
                block(out, ['{', '}'], entries, indent, level, budget, |(key, value), out| {
                    quote(key, out, budget)?;
                    out.push_str(if indent.is_empty() { ":" } else { ": " });
                    write(value, indent, level + 1, out, budget)
                })
            })?;
        }
        Value::Regex(_) => out.push_str("{}"),
        Value::Callable(_) => return Err(Error::value("A function has no JSON")),
    }
    Ok(())
}

fn block<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    indent: &str,
    level: usize,
    budget: &Budget,
    mut write: impl FnMut(T, &mut String) -> Result<()>,
) -> Result<()> {
    let line = |level: usize, out: &mut String| {
        if !indent.is_empty() {
            out.push('\n');
            out.extend(std::iter::repeat_n(indent, level));
        }
    };
    out.push(open);
    let mut any = false;
    for item in items {
        if any {
            out.push(',');
        }
        any = true;
        budget.text(indent.len() * (level + 1) + 2)?;
        line(level + 1, out);
        write(item, out)?;
    }
    if any {
        line(level, out);
    }
    out.push(close);
    Ok(())
}

fn quote(text: &str, out: &mut String, budget: &Budget) -> Result<()> {
    budget.text(text.len() + 2)?;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(())
}
