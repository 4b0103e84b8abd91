//! Filters over lists and objects.

use super::{Call, like};
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::eval::Evaluator;
use crate::parse::is_reserved;
use crate::value::{Text, Value};
use crate::{checks, js, utf16};

pub(super) fn apply(name: &str, input: &Value, call: &Call, evaluator: &Evaluator<'_>) -> Result<Value> {
    let budget = &evaluator.budget;
    Ok(match name {
        "length" => match input {
            Value::Record(record) => Value::Number(record.entries().len() as f64),
            Value::Undefined | Value::Null | Value::Bool(false) => Value::Number(0.0),
            other => js::member(other, "length"),
        },
        "first" | "last" if input.is_nullish() => return Err(needs_list()),
        "first" => js::member(input, "0"),
        "last" => {
            let length = js::number(&js::member(input, "length"), budget)?;
            js::member(input, &crate::number::to_string(length - 1.0))
        }
        "list" => match input {
            Value::List(_) => input.clone(),
            Value::Record(record) => Value::list(
                record
                    .entries()
                    .iter()
                    .map(|(key, value)| {
                        Value::record([("key".into(), Value::String(key.clone())), ("value".into(), value.clone())])
                    })
                    .collect(),
            ),
            _ => Value::list(items(input, budget)?.ok_or_else(needs_list)?),
        },
        "join" => join(input, call, budget)?,
        "sum" => {
            let values = column(input, call.get(0), budget)?;
            let total = values.iter().try_fold(Value::Number(0.0), |sum, value| js::add(&sum, value, budget))?;
            let start = if matches!(call.get(1), Value::Undefined) { Value::Number(0.0) } else { call.get(1).clone() };
            js::add(&start, &total, budget)?
        }
        "reverse" => match input {
            Value::String(text) | Value::Safe(text) => {
                let mut units = utf16::units(text);
                units.reverse();
                like(input, utf16::text(&units))
            }
            _ => Value::list(items(input, budget)?.unwrap_or_default().into_iter().rev().collect()),
        },
        "random" => {
            let mut list = items(input, budget)?.ok_or_else(needs_list)?;
            if list.is_empty() { Value::Undefined } else { list.swap_remove(evaluator.random_below(list.len())) }
        }
        "batch" => batch(input, call, budget)?,
        "slice" => slices(input, call, budget)?,
        "dictsort" => dictsort(input, call, budget)?,
        "sort" => sort(input, call, budget)?,
        "groupby" => groupby(input, call, budget)?,
        "select" | "reject" => select(input, call, name == "select", budget)?,
        _ => {
            let key = js::string(call.get(0), budget)?;
            let mut kept = Vec::new();
            for item in input.as_list().ok_or_else(needs_list)? {
                budget.work(1)?;
                if js::truthy(&attribute(&item, &key)?) == (name == "selectattr") {
                    kept.push(item);
                }
            }
            Value::list(kept)
        }
    })
}

fn needs_list() -> Error {
    Error::value("It needs a list")
}

/// Items of a list, or characters of a text.
fn items(input: &Value, budget: &Budget) -> Result<Option<Vec<Value>>> {
    let items = match input {
        Value::List(list) => list.0.borrow().clone(),
        Value::String(text) | Value::Safe(text) => {
            utf16::units(text).iter().map(|unit| Value::text(utf16::text(&[*unit]))).collect()
        }
        value if value.is_nullish() => return Err(needs_list()),
        _ => return Ok(None),
    };
    budget.work(items.len())?;
    Ok(Some(items))
}

fn attribute(item: &Value, key: &str) -> Result<Value> {
    if is_reserved(key) {
        return Err(Error::value(format!("The name \"{key}\" is reserved")));
    }
    if item.is_nullish() {
        return Err(Error::value(format!("An item is empty and has no \"{key}\"")));
    }
    Ok(js::member(item, key))
}

/// `a.b` followed through; a step that is missing gives undefined.
fn path(item: &Value, path: &Value, budget: &Budget) -> Result<Value> {
    if !js::truthy(path) {
        return Ok(item.clone());
    }
    let mut current = item.clone();
    for key in js::string(path, budget)?.split('.') {
        let next = attribute(&current, key)?;
        if matches!(next, Value::Undefined) {
            return Ok(next);
        }
        current = next;
    }
    Ok(current)
}

/// The items, or one attribute of each.
fn column(input: &Value, key: &Value, budget: &Budget) -> Result<Vec<Value>> {
    if !js::truthy(key) {
        let list = input.as_list().ok_or_else(needs_list)?;
        budget.work(list.len())?;
        return Ok(list);
    }
    let key = js::string(key, budget)?;
    items(input, budget)?.unwrap_or_default().iter().map(|item| attribute(item, &key)).collect()
}

fn join(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let separator: Text = if js::truthy(call.get(0)) { js::string(call.get(0), budget)? } else { "".into() };
    Ok(Value::String(js::join(&column(input, call.get(1), budget)?, &separator, budget)?))
}

fn count(value: &Value, budget: &Budget) -> Result<usize> {
    let count = js::integer(value, budget)?;
    if (1.0..=1e9).contains(&count) { Ok(count as usize) } else { Err(Error::value("It needs a count of at least 1")) }
}

fn batch(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let width = count(call.get(0), budget)?;
    let fill = call.get(1);
    let mut rows: Vec<Vec<Value>> =
        items(input, budget)?.unwrap_or_default().chunks(width).map(<[Value]>::to_vec).collect();
    if let Some(last) = rows.last_mut().filter(|_| js::truthy(fill)) {
        budget.work(width)?;
        last.resize(width, fill.clone());
    }
    Ok(Value::list(rows.into_iter().map(Value::list).collect()))
}

fn slices(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let list = items(input, budget)?.ok_or_else(needs_list)?;
    let count = count(call.get(0), budget)?;
    budget.work(count)?;
    let (size, longer) = (list.len() / count, list.len() % count);
    let fill = call.get(1);
    let is_text = input.as_text().is_some();
    let mut rest = list.as_slice();
    let mut parts = Vec::new();
    for index in 0..count {
        let (part, after) = rest.split_at(size + usize::from(index < longer));
        rest = after;
        let mut part = part.to_vec();
        let short = js::truthy(fill) && index >= longer;
        if is_text && short {
            return Err(Error::value("Text cannot be filled up"));
        }
        part.extend(short.then(|| fill.clone()));
        parts.push(if is_text { Value::String(js::join(&part, "", budget)?) } else { Value::list(part) });
    }
    Ok(Value::list(parts))
}

fn dictsort(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let Value::Record(record) = input else { return Err(Error::value("It needs an object")) };
    let by = match call.get(1) {
        Value::Undefined => "0",
        Value::String(by) if &**by == "key" => "0",
        Value::String(by) if &**by == "value" => "1",
        _ => return Err(Error::value("It sorts by \"key\" or by \"value\"")),
    };
    let case_sensitive = js::truthy(call.get(0));
    let fold = |value: Value| match value.as_text() {
        Some(text) if !case_sensitive => Value::text(text.to_uppercase()),
        _ => value,
    };
    let pairs = record
        .entries()
        .iter()
        .map(|(key, value)| Value::list(vec![Value::String(key.clone()), value.clone()]))
        .collect();
    let sorted = js::sort(pairs, &mut |a, b| {
        budget.work(1)?;
        let (a, b) = (fold(js::member(a, by)), fold(js::member(b, by)));
        Ok(!js::strict_equal(&a, &b) && !js::order(&a, &b, budget)?.is_some_and(|o| o.is_gt()))
    })?;
    Ok(Value::list(sorted))
}

fn sort(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let (reversed, case_sensitive) = (js::truthy(call.get(0)), js::truthy(call.get(1)));
    let key = |item: &Value| -> Result<Value> {
        let value = path(item, call.get(2), budget)?;
        Ok(match value.as_text() {
            Some(text) if !case_sensitive => Value::text(text.to_lowercase()),
            _ => value,
        })
    };
    let list = match input {
        Value::Undefined | Value::Null => return Ok(Value::list(Vec::new())),
        _ => items(input, budget)?.unwrap_or_default(),
    };
    let sorted = js::sort(list, &mut |a, b| {
        budget.work(1)?;
        let order = js::order(&key(a)?, &key(b)?, budget)?;
        Ok(order.is_some_and(|o| if reversed { o.is_gt() } else { o.is_lt() }))
    })?;
    Ok(Value::list(sorted))
}

fn groupby(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let mut groups: Vec<(Text, Vec<Value>)> = Vec::new();
    for item in items(input, budget)?.unwrap_or_default() {
        let key = js::string(&path(&item, call.get(0), budget)?, budget)?;
        if is_reserved(&key) {
            return Err(Error::value(format!("The name \"{key}\" is reserved")));
        }
        budget.work(groups.len())?;
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    Ok(Value::record(groups.into_iter().map(|(key, group)| (key, Value::list(group)))))
}

fn select(input: &Value, call: &Call, keep: bool, budget: &Budget) -> Result<Value> {
    let test: Text =
        if matches!(call.get(0), Value::Undefined) { "truthy".into() } else { js::string(call.get(0), budget)? };
    let args = call.positional.get(1..).unwrap_or_default();
    checks::known(&test, args.len())?;
    let mut kept = Vec::new();
    for item in items(input, budget)?.unwrap_or_default() {
        if checks::check(&test, &item, args, budget)? == keep {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}
