//! Checking what was typed against a page's rules.

use crate::field::{Field, FieldType, Form, Page, Widget, shown};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Matches regular expressions, in the place the check runs in.
pub trait PatternMatcher {
    /// Whether `pattern` matches somewhere in `text`. A pattern that cannot be read matches nothing.
    fn is_match(&self, pattern: &str, text: &str) -> bool;
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Reads what was typed into a field. Empty text is "nothing" (`None`), also for a required field: that is for [`validate_page`] to say.
///
/// # Errors
/// A sentence, when the text is not of the field's type.
pub fn parse_input(field: &Field, text: &str) -> Result<Option<Value>, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok((field.kind == FieldType::Boolean).then_some(Value::Bool(false)));
    }
    if let Some(choice) = field.choices.iter().find(|choice| shown(&choice.value) == trimmed) {
        return Ok(Some(choice.value.clone()));
    }
    match field.kind {
        FieldType::String => Ok(Some(Value::String(trimmed.to_owned()))),
        FieldType::Boolean => Ok(Some(Value::Bool(matches!(trimmed, "true" | "on" | "yes" | "1")))),
        FieldType::Integer => match trimmed.parse::<i64>() {
            Ok(number) => Ok(Some(number.into())),
            Err(_) => Err(format!("Use a whole number; `{trimmed}` is none.")),
        },
        FieldType::Number => match trimmed.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
            Some(number) => Ok(Some(Value::Number(number))),
            None => Err(format!("Use a number; `{trimmed}` is none.")),
        },
        FieldType::Strings => Ok(Some(
            trimmed
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| Value::String(line.to_owned()))
                .collect(),
        )),
    }
}

/// `values` with defaults where nothing was said.
pub fn with_defaults(form: &Form, values: &Map<String, Value>) -> Map<String, Value> {
    let mut filled = values.clone();
    for field in form.fields() {
        if let (Some(default), false) = (&field.default, filled.contains_key(&field.name)) {
            filled.insert(field.name.clone(), default.clone());
        }
    }
    filled
}

/// Everything that is wrong on one page, in the order of its fields; at most one error a field.
pub fn validate_page(page: &Page, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Vec<FieldError> {
    page.fields
        .iter()
        .filter_map(|field| {
            let message = validate_field(field, values.get(&field.name), patterns).err()?;
            Some(FieldError { field: field.name.clone(), message })
        })
        .collect()
}

fn validate_field(field: &Field, value: Option<&Value>, patterns: &dyn PatternMatcher) -> Result<(), String> {
    let rules = &field.rules;
    let value = match value {
        None | Some(Value::Null) if rules.required => return Err(missing(field)),
        None | Some(Value::Null) => return Ok(()),
        Some(value) => value,
    };
    if !field.choices.is_empty() && !field.choices.iter().any(|choice| choice.value == *value) {
        let names: Vec<&str> = field.choices.iter().map(|choice| choice.title.as_str()).collect();
        return Err(format!("Choose one of: {}.", names.join(", ")));
    }
    match (field.kind, value) {
        (FieldType::String, Value::String(text)) => {
            if text.is_empty() && rules.required {
                return Err(missing(field));
            }
            length(rules.min_length, rules.max_length, text.chars().count(), "characters")?;
            match &rules.pattern {
                Some(pattern) if !patterns.is_match(pattern, text) => Err(pattern_message(field, pattern)),
                _ => Ok(()),
            }
        }
        (FieldType::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
            range(field, number.as_f64())
        }
        (FieldType::Number, Value::Number(number)) => range(field, number.as_f64()),
        (FieldType::Boolean, Value::Bool(_)) => Ok(()),
        (FieldType::Strings, Value::Array(items)) if items.iter().all(Value::is_string) => {
            if items.is_empty() && rules.required {
                return Err(missing(field));
            }
            length(rules.min_length, rules.max_length, items.len(), "entries")
        }
        (FieldType::String, _) => Err("This is a text.".to_owned()),
        (FieldType::Integer, _) => Err("Use a whole number.".to_owned()),
        (FieldType::Number, _) => Err("Use a number.".to_owned()),
        (FieldType::Boolean, _) => Err("This is yes or no.".to_owned()),
        (FieldType::Strings, _) => Err("This is a list of texts, one a line.".to_owned()),
    }
}

fn missing(field: &Field) -> String {
    match field.widget {
        Widget::Select | Widget::Radio | Widget::EntityPicker | Widget::OwnerPicker => {
            "Choose one; it is needed.".to_owned()
        }
        _ => "Fill this in; it is needed.".to_owned(),
    }
}

fn pattern_message(field: &Field, pattern: &str) -> String {
    if field.help.is_empty() && field.widget == Widget::EntityName {
        "Use letters, digits, dashes, dots and underscores, with a letter or digit at both ends.".to_owned()
    } else if field.help.is_empty() {
        format!("This must match {pattern}")
    } else {
        format!("This does not fit. {}", field.help)
    }
}

fn length(min: Option<usize>, max: Option<usize>, actual: usize, what: &str) -> Result<(), String> {
    if min.is_none_or(|min| actual >= min) && max.is_none_or(|max| actual <= max) {
        return Ok(());
    }
    Err(match (min, max) {
        (Some(min), Some(max)) => format!("Use {min} to {max} {what}; this has {actual}."),
        (Some(min), None) => format!("Use at least {min} {what}; this has {actual}."),
        (_, Some(max)) => format!("Use at most {max} {what}; this has {actual}."),
        (None, None) => return Ok(()),
    })
}

fn range(field: &Field, number: Option<f64>) -> Result<(), String> {
    let Some(number) = number else { return Err("Use a number.".to_owned()) };
    let (min, max) = (field.rules.minimum, field.rules.maximum);
    if min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max) {
        return Ok(());
    }
    Err(match (min, max) {
        (Some(min), Some(max)) => format!("Use a number from {min} to {max}; this is {number}."),
        (Some(min), None) => format!("Use a number of at least {min}; this is {number}."),
        (_, Some(max)) => format!("Use a number of at most {max}; this is {number}."),
        (None, None) => return Ok(()),
    })
}
