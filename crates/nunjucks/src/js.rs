//! JavaScript's conversions, comparisons and `+`, over the closed set of values.

use std::rc::Rc;

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::number;
use crate::value::{Text, Value};

pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Undefined | Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => *n != 0.0 && !n.is_nan(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// `String(value)`; undefined is "undefined".
pub(crate) fn string(value: &Value, budget: &Budget) -> Result<Text> {
    Ok(match value {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(b) => if *b { "true" } else { "false" }.into(),
        Value::Number(n) => number::to_string(*n).into(),
        Value::String(text) | Value::Safe(text) => text.clone(),
        Value::List(list) => {
            let items = list.0.borrow();
            join(&items, ",", budget)?
        }
        Value::Record(_) => "[object Object]".into(),
        Value::Regex(regex) => {
            format!("/{}/{}", if regex.pattern.is_empty() { "(?:)" } else { &regex.pattern }, regex.flags).into()
        }
        Value::Callable(_) => return Err(Error::value("A function cannot be used as a value; call it")),
    })
}

/// What `${{ value }}` writes: undefined and null write nothing.
pub(crate) fn output(value: &Value, budget: &Budget) -> Result<Text> {
    if value.is_nullish() { Ok("".into()) } else { string(value, budget) }
}

/// `items.join(separator)`: undefined and null are empty.
pub(crate) fn join(items: &[Value], separator: &str, budget: &Budget) -> Result<Text> {
    budget.deeper(|| {
        let mut text = String::new();
        for (i, item) in items.iter().enumerate() {
            budget.work(1)?;
            let item = output(item, budget)?;
            budget.text(item.len() + separator.len())?;
            if i > 0 {
                text.push_str(separator);
            }
            text.push_str(&item);
        }
        Ok(text.into())
    })
}

/// Numbers, booleans, null and undefined stay; everything else becomes text.
fn primitive(value: &Value, budget: &Budget) -> Result<Value> {
    Ok(match value {
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        other => Value::String(string(other, budget)?),
    })
}

/// `Number(value)`.
pub(crate) fn number(value: &Value, budget: &Budget) -> Result<f64> {
    Ok(match primitive(value, budget)? {
        Value::Null => 0.0,
        Value::Bool(b) => f64::from(u8::from(b)),
        Value::Number(n) => n,
        Value::String(text) => number::from_text(&text),
        _ => f64::NAN,
    })
}

/// A whole number as an index wants it: NaN is 0, infinities stay.
pub(crate) fn integer(value: &Value, budget: &Budget) -> Result<f64> {
    let number = number(value, budget)?;
    Ok(if number.is_nan() { 0.0 } else { number.trunc() })
}

pub(crate) fn strict_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Safe(a), Value::Safe(b)) => Rc::ptr_eq(a, b),
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
        (Value::Record(a), Value::Record(b)) => Rc::ptr_eq(a, b),
        (Value::Regex(a), Value::Regex(b)) => Rc::ptr_eq(a, b),
        (Value::Callable(a), Value::Callable(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

fn is_primitive(value: &Value) -> bool {
    matches!(value, Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))
}

/// `left == right`.
pub(crate) fn loose_equal(left: &Value, right: &Value, budget: &Budget) -> Result<bool> {
    if strict_equal(left, right) {
        return Ok(true);
    }
    if !is_primitive(left) && !is_primitive(right) {
        return Ok(false);
    }
    if left.is_nullish() || right.is_nullish() {
        return Ok(left.is_nullish() && right.is_nullish());
    }
    let (left, right) = (primitive(left, budget)?, primitive(right, budget)?);
    Ok(match (&left, &right) {
        (Value::String(a), Value::String(b)) => a == b,
        _ => number(&left, budget)? == number(&right, budget)?,
    })
}

/// How two values stand in `<`; `None` when neither is less nor equal (NaN).
pub(crate) fn order(left: &Value, right: &Value, budget: &Budget) -> Result<Option<std::cmp::Ordering>> {
    let (left, right) = (primitive(left, budget)?, primitive(right, budget)?);
    if let (Value::String(a), Value::String(b)) = (&left, &right) {
        return Ok(Some(compare_text(a, b)));
    }
    Ok(number(&left, budget)?.partial_cmp(&number(&right, budget)?))
}

/// By code units, as JavaScript compares: it differs from Rust's order only beyond U+FFFF.
pub(crate) fn compare_text(left: &str, right: &str) -> std::cmp::Ordering {
    if left.is_ascii() || right.is_ascii() { left.cmp(right) } else { left.encode_utf16().cmp(right.encode_utf16()) }
}

/// `left + right`.
pub(crate) fn add(left: &Value, right: &Value, budget: &Budget) -> Result<Value> {
    let (left, right) = (primitive(left, budget)?, primitive(right, budget)?);
    if matches!(left, Value::String(_)) || matches!(right, Value::String(_)) {
        return concat(&left, &right, budget);
    }
    Ok(Value::Number(number(&left, budget)? + number(&right, budget)?))
}

/// `left ~ right`.
pub(crate) fn concat(left: &Value, right: &Value, budget: &Budget) -> Result<Value> {
    let (left, right) = (string(left, budget)?, string(right, budget)?);
    budget.text(left.len() + right.len())?;
    Ok(Value::text(format!("{left}{right}")))
}

/// `base ** exponent`, which unlike IEEE 754 has no value for 1 to the infinite.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) { f64::NAN } else { base.powf(exponent) }
}

/// The value's own member, never a method.
pub(crate) fn member(target: &Value, key: &str) -> Value {
    match target {
        Value::Record(record) => record.get(key).cloned().unwrap_or(Value::Undefined),
        Value::List(list) => {
            let items = list.0.borrow();
            match key {
                "length" => Value::Number(items.len() as f64),
                _ => index(key).and_then(|i| items.get(i).cloned()).unwrap_or(Value::Undefined),
            }
        }
        Value::String(text) | Value::Safe(text) => match key {
            "length" => Value::Number(crate::utf16::len(text) as f64),
            "val" if matches!(target, Value::Safe(_)) => Value::String(text.clone()),
            _ => index(key).and_then(|i| crate::utf16::unit(text, i)).map_or(Value::Undefined, Value::text),
        },
        _ => Value::Undefined,
    }
}

fn index(key: &str) -> Option<usize> {
    crate::value::array_index(key).map(|i| i as usize)
}

/// Stable, and at ease with a comparison that is not an order (NaN equals everything), which `slice::sort_by` is not.
pub(crate) fn sort(items: Vec<Value>, less: &mut dyn FnMut(&Value, &Value) -> Result<bool>) -> Result<Vec<Value>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let mut left = sort(left, less)?.into_iter().peekable();
    let mut right = sort(right, less)?.into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if less(b, a)? { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
