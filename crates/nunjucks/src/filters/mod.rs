//! The built-in filters.

mod html;
mod list;
mod text;

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::eval::Evaluator;
use crate::js;
use crate::value::{Text, Value};

pub(crate) const NAMES: [&str; 43] = [
    "abs",
    "batch",
    "capitalize",
    "center",
    "d",
    "default",
    "dictsort",
    "dump",
    "e",
    "escape",
    "first",
    "float",
    "forceescape",
    "groupby",
    "indent",
    "int",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "nl2br",
    "random",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "striptags",
    "sum",
    "title",
    "trim",
    "truncate",
    "upper",
    "urlencode",
    "urlize",
    "wordcount",
];

/// The arguments of one call, evaluated.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub positional: Vec<Value>,
    pub keyword: Vec<(Text, Value)>,
}

impl Call {
    fn get(&self, index: usize) -> &Value {
        self.positional.get(index).unwrap_or(&Value::Undefined)
    }

    /// `int` and `sort` know their parameters by name; to every other filter, named arguments come as one object at the end.
    fn lowered(mut self, name: &str) -> Self {
        let names: &[&str] = match name {
            "int" => &["default", "base"],
            "sort" => &["reverse", "case_sensitive", "attribute"],
            _ if self.keyword.is_empty() => return self,
            _ => {
                self.positional.push(Value::record(self.keyword.drain(..)));
                return self;
            }
        };
        for name in names.iter().skip(self.positional.len()) {
            let value = self.keyword.iter().find(|(known, _)| **known == **name).map(|(_, value)| value.clone());
            self.positional.push(value.unwrap_or(Value::Undefined));
        }
        self
    }
}

pub(crate) fn apply(name: &str, input: &Value, call: Call, evaluator: &Evaluator<'_>) -> Result<Value> {
    let budget = &evaluator.budget;
    let call = call.lowered(name);
    if let Some(text) = input.as_text() {
        budget.text(text.len())?;
    }
    Ok(match name {
        "default" | "d" => {
            let replace = if js::truthy(call.get(1)) { !js::truthy(input) } else { matches!(input, Value::Undefined) };
            if replace { call.get(0).clone() } else { input.clone() }
        }
        "dump" => crate::dump::dump(input, call.get(0), budget)?.map_or(Value::Undefined, Value::text),
        "abs" => Value::Number(js::number(input, budget)?.abs()),
        "float" => {
            let number = crate::number::parse_float(&js::string(input, budget)?);
            if number.is_nan() { call.get(0).clone() } else { Value::Number(number) }
        }
        "int" => {
            let base = if matches!(call.get(1), Value::Undefined) { 10.0 } else { js::integer(call.get(1), budget)? };
            let number = crate::number::parse_int(&js::string(input, budget)?, base);
            if number.is_nan() { call.get(0).clone() } else { Value::Number(number) }
        }
        "round" => round(input, &call, budget)?,
        "escape" | "e" | "safe" if matches!(input, Value::Safe(_)) => input.clone(),
        "escape" | "e" | "forceescape" => html::escape(input, budget)?,
        "safe" => Value::Safe(js::output(input, budget)?),
        "striptags" => html::strip_tags(input, &call, budget)?,
        "nl2br" => html::line_breaks(input, budget)?,
        "urlencode" => html::urlencode(input, budget)?,
        "urlize" => html::urlize(input, &call, budget)?,
        "batch" | "dictsort" | "first" | "last" | "groupby" | "join" | "list" | "reject" | "rejectattr" | "select"
        | "selectattr" | "slice" | "sort" | "sum" | "reverse" | "length" | "random" => {
            list::apply(name, input, &call, evaluator)?
        }
        _ => text::apply(name, input, &call, budget)?,
    })
}

fn round(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let places = if js::truthy(call.get(0)) { js::number(call.get(0), budget)? } else { 0.0 };
    let factor = js::power(10.0, places);
    let scaled = js::number(input, budget)? * factor;
    let rounded = match call.get(1).as_text().map(|method| &**method) {
        Some("ceil") => scaled.ceil(),
        Some("floor") => scaled.floor(),
        _ => (scaled + 0.5).floor(),
    };
    Ok(Value::Number(rounded / factor))
}

/// Text, or an empty one for undefined, null and false; anything else is refused.
fn lenient(input: &Value) -> Result<Text> {
    match input {
        Value::Undefined | Value::Null | Value::Bool(false) => Ok("".into()),
        other => strict(other),
    }
}

fn strict(input: &Value) -> Result<Text> {
    input.as_text().cloned().ok_or_else(|| Error::value("It needs a string"))
}

/// What is made of safe text is safe.
fn like(input: &Value, text: impl Into<Text>) -> Value {
    if matches!(input, Value::Safe(_)) { Value::Safe(text.into()) } else { Value::String(text.into()) }
}
