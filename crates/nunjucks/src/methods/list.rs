//! Methods of lists. Those that change the list change it for everybody who holds it, as in JavaScript.

use std::rc::Rc;

use super::clamp;
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::js;
use crate::value::{List, Value};

/// How deep a value may nest that is put into a list.
const MAX_DEPTH: u32 = 64;

pub(super) fn arity(name: &str, cookiecutter: bool) -> Option<(usize, usize)> {
    Some(match name {
        "at" => (1, 1),
        "includes" | "indexOf" | "lastIndexOf" => (1, 2),
        "copyWithin" | "fill" => (1, 3),
        "flat" | "join" => (0, 1),
        "slice" => (0, 2),
        "pop" => (0, usize::from(cookiecutter)),
        "shift" | "sort" | "reverse" => (0, 0),
        "concat" | "push" | "splice" | "unshift" => (0, usize::MAX),
        "append" | "count" | "find" | "index" | "remove" if cookiecutter => (1, 1),
        "insert" if cookiecutter => (2, 2),
        _ => return None,
    })
}

pub(super) fn call(list: &Rc<List>, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    let items = list.0.borrow().clone();
    let length = items.len();
    budget.work(length + args.len())?;
    let first = args.first().unwrap_or(&Value::Undefined);
    let bound = |i: usize, default: usize| clamp(args.get(i), default, length, budget);
    let position = |found: Option<usize>| Value::Number(found.map_or(-1.0, |i| i as f64));
    let same = |item: &Value| js::strict_equal(item, first);
    Ok(match name {
        "at" => {
            let at = js::integer(first, budget)?;
            let at = if at < 0.0 { at + length as f64 } else { at };
            if at >= 0.0 { items.get(at as usize).cloned().unwrap_or(Value::Undefined) } else { Value::Undefined }
        }
        "includes" => {
            let is_nan = |v: &Value| matches!(v, Value::Number(n) if n.is_nan());
            let tail = &items[bound(1, 0)?..];
            Value::Bool(tail.iter().any(|item| same(item) || (is_nan(item) && is_nan(first))))
        }
        "indexOf" | "index" | "find" => {
            let start = bound(1, 0)?;
            position(items[start..].iter().position(same).map(|i| i + start))
        }
        "lastIndexOf" => {
            let end = match args.get(1) {
                Some(value) if js::integer(value, budget)? < -(length as f64) => 0,
                Some(_) => (bound(1, length)? + 1).min(length),
                None => length,
            };
            position(items[..end].iter().rposition(same))
        }
        "count" => Value::Number(items.iter().filter(|item| same(item)).count() as f64),
        "join" => {
            let separator = if matches!(first, Value::Undefined) { ",".into() } else { js::string(first, budget)? };
            Value::String(js::join(&items, &separator, budget)?)
        }
        "slice" => {
            let (start, end) = (bound(0, 0)?, bound(1, length)?);
            Value::list(items[start..end.max(start)].to_vec())
        }
        "concat" => {
            let mut all = items;
            for value in args {
                match value.as_list() {
                    Some(more) => {
                        budget.work(more.len())?;
                        all.extend(more);
                    }
                    None => all.push(value.clone()),
                }
            }
            Value::list(all)
        }
        "flat" => {
            let depth = if matches!(first, Value::Undefined) { 1.0 } else { js::integer(first, budget)?.max(0.0) };
            let mut all = Vec::new();
            flatten(&items, depth, &mut all, budget)?;
            Value::list(all)
        }
        _ => return change(list, items, name, args, budget),
    })
}

fn flatten(items: &[Value], depth: f64, all: &mut Vec<Value>, budget: &Budget) -> Result<()> {
    for item in items {
        budget.work(1)?;
        match item.as_list() {
            Some(inner) if depth > 0.0 => budget.deeper(|| flatten(&inner, depth - 1.0, all, budget))?,
            _ => all.push(item.clone()),
        }
    }
    Ok(())
}

/// The methods that change the list itself.
fn change(list: &Rc<List>, mut items: Vec<Value>, name: &str, args: &[Value], budget: &Budget) -> Result<Value> {
    for value in args {
        may_hold(list, value, MAX_DEPTH, budget)?;
    }
    let length = items.len();
    let first = args.first().unwrap_or(&Value::Undefined);
    let bound = |i: usize, default: usize| clamp(args.get(i), default, length, budget);
    let itself = Value::List(list.clone());
    let result = match name {
        "push" | "append" => {
            items.extend_from_slice(args);
            Value::Number(items.len() as f64)
        }
        "unshift" => {
            items.splice(0..0, args.iter().cloned());
            Value::Number(items.len() as f64)
        }
        "pop" if !args.is_empty() => {
            let at = js::integer(first, budget)?;
            let at = if at < 0.0 { at + length as f64 } else { at };
            if at >= 0.0 && (at as usize) < length { items.remove(at as usize) } else { Value::Undefined }
        }
        "pop" => items.pop().unwrap_or(Value::Undefined),
        "shift" if length == 0 => Value::Undefined,
        "shift" => items.remove(0),
        "splice" => {
            let start = bound(0, length)?;
            let count = match args.get(1) {
                None => length - start,
                Some(count) => js::integer(count, budget)?.clamp(0.0, (length - start) as f64) as usize,
            };
            Value::list(items.splice(start..start + count, args.iter().skip(2).cloned()).collect())
        }
        "sort" => {
            let mut keyed =
                items.iter().map(|item| Ok((js::string(item, budget)?, item.clone()))).collect::<Result<Vec<_>>>()?;
            keyed.sort_by(|(a, _), (b, _)| js::compare_text(a, b));
            items = keyed.into_iter().map(|(_, item)| item).collect();
            itself
        }
        "reverse" => {
            items.reverse();
            itself
        }
        "fill" => {
            let (start, end) = (bound(1, 0)?, bound(2, length)?);
            items[start..end.max(start)].fill(first.clone());
            itself
        }
        "copyWithin" => {
            let (to, start, end) = (bound(0, 0)?, bound(1, 0)?, bound(2, length)?);
            let moved: Vec<Value> = items[start..end.max(start)].iter().take(length - to).cloned().collect();
            items[to..to + moved.len()].clone_from_slice(&moved);
            itself
        }
        "insert" => {
            let at = bound(0, length)?;
            items.insert(at, args.get(1).cloned().unwrap_or(Value::Undefined));
            Value::list(Vec::new())
        }
        _ => {
            let at = items.iter().position(|item| js::strict_equal(item, first));
            Value::list(at.map(|at| items.remove(at)).into_iter().collect())
        }
    };
    *list.0.borrow_mut() = items;
    Ok(result)
}

/// Refuses a list inside itself: it could never be written out.
fn may_hold(list: &Rc<List>, value: &Value, depth: u32, budget: &Budget) -> Result<()> {
    budget.work(1)?;
    let inner: Vec<Value> = match value {
        Value::List(inner) if Rc::ptr_eq(inner, list) => return Err(Error::value("A list cannot be put into itself")),
        Value::List(inner) => inner.0.borrow().clone(),
        Value::Record(record) => record.entries().iter().map(|(_, value)| value.clone()).collect(),
        Value::Callable(_) => return Err(Error::value("A function cannot be put into a list")),
        _ => return Ok(()),
    };
    if depth == 0 {
        return Err(Error::limit("This value nests too deep to be put into a list"));
    }
    inner.iter().try_for_each(|value| may_hold(list, value, depth - 1, budget))
}
