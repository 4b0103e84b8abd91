//! Checking what was typed against a page's rules.

use crate::{
    field::{Field, FieldType, Page, Rules, Widget, shown},
    fields::options,
    holds::{holds, same},
    repository,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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
        FieldType::Strings | FieldType::Several | FieldType::Fields => Ok(Some(
            trimmed
                .split(|letter| letter == '\n' || (field.widget == Widget::Tags && matches!(letter, ',' | ' ')))
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| Value::String(line.to_owned()))
                .collect(),
        )),
    }
}

/// Everything that is wrong on one page, in the order of its fields; at most one error a field. Secrets are judged where they are
/// given.
pub fn validate_page(page: &Page, values: &Map<String, Value>, patterns: &dyn PatternMatcher) -> Vec<FieldError> {
    page.fields(values, patterns)
        .iter()
        .filter(|field| field.widget != Widget::Secret)
        .filter_map(|field| {
            let message = validate_field(field, field.value(values), patterns).err()?;
            Some(FieldError { field: field.name.clone(), message })
        })
        .collect()
}

/// Says what is wrong with a field's value, if anything. Heads of objects and of items are never wrong themselves.
///
/// # Errors
/// A sentence that says what is wrong and how to mend it.
pub fn validate_field(field: &Field, value: Option<&Value>, patterns: &dyn PatternMatcher) -> Result<(), String> {
    let rules = &field.rules;
    if matches!(field.widget, Widget::Group | Widget::Item | Widget::Add) {
        return Ok(());
    }
    let value = match value {
        None | Some(Value::Null) if rules.required => return Err(missing(field)),
        None | Some(Value::Null) => return Ok(()),
        Some(value) => value,
    };
    let chosen = |value: &Value| field.choices.iter().any(|choice| same(&choice.value, value));
    let among = match (field.kind, value) {
        (FieldType::Several, Value::Array(items)) => items.iter().all(chosen),
        (_, value) => chosen(value),
    };
    if !field.choices.is_empty() && !among {
        let names: Vec<&str> = field.choices.iter().map(|choice| choice.title.as_str()).collect();
        return Err(["Choose one of: ", &names.join(", "), "."].concat());
    }
    if field.choices.is_empty() && !fits_options(field, value, patterns) {
        return Err(no_option(field));
    }
    match (field.kind, value) {
        (FieldType::String, Value::String(text)) => {
            if text.is_empty() && rules.required {
                return Err(missing(field));
            }
            if field.widget == Widget::RepoUrlPicker {
                repository::check(text)?;
                repository::allowed(text, &field.schema["ui:options"])?;
            }
            check_text(field, rules, text, patterns)
        }
        (FieldType::Integer, Value::Number(number)) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => {
            range(rules, number.as_f64())
        }
        (FieldType::Number, Value::Number(number)) => range(rules, number.as_f64()),
        (FieldType::Boolean, Value::Bool(_)) => Ok(()),
        (FieldType::Fields, Value::Array(items)) => length(rules, items.len(), "entries"),
        (FieldType::Strings | FieldType::Several, Value::Array(items))
            if items.iter().all(Value::is_string) || !field.choices.is_empty() =>
        {
            if items.is_empty() && rules.required {
                return Err(missing(field));
            }
            if let Some(entry) = &field.entry {
                for text in items.iter().filter_map(Value::as_str) {
                    check_text(field, entry, text, patterns).map_err(|why| ["`", text, "`: ", &why].concat())?;
                }
            }
            length(rules, items.len(), "entries")
        }
        (FieldType::String, _) => Err("This is a text.".to_owned()),
        (FieldType::Integer, _) => Err("Use a whole number.".to_owned()),
        (FieldType::Number, _) => Err("Use a number.".to_owned()),
        (FieldType::Boolean, _) => Err("This is yes or no.".to_owned()),
        (FieldType::Strings | FieldType::Several, _) => Err("This is a list of texts, one a line.".to_owned()),
        (FieldType::Fields, _) => Err("This is a list.".to_owned()),
    }
}

/// Whether a value is as one of the options of its field wants it.
fn fits_options(field: &Field, value: &Value, patterns: &dyn PatternMatcher) -> bool {
    let Some((keyword, options)) = field.schema.as_object().and_then(options) else { return true };
    field.kind == FieldType::Fields || holds(&json!({ keyword: options }), value, patterns)
}

fn no_option(field: &Field) -> String {
    let options = field.schema.as_object().and_then(options).map(|(_, options)| options.as_slice()).unwrap_or_default();
    let titles: Vec<&str> = options.iter().filter_map(|option| option["title"].as_str()).collect();
    match (titles.as_slice(), field.help.as_str()) {
        ([], "") => "This is none of what may stand here.".to_owned(),
        ([], help) => ["This does not fit. ", help].concat(),
        (titles, _) => ["This is none of: ", &titles.join(", "), "."].concat(),
    }
}

fn check_text(field: &Field, rules: &Rules, text: &str, patterns: &dyn PatternMatcher) -> Result<(), String> {
    length(rules, text.chars().count(), "characters")?;
    match &rules.pattern {
        Some(pattern) if !patterns.is_match(pattern, text) => Err(pattern_message(field, pattern)),
        _ => Ok(()),
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
    match (field.widget, field.help.as_str()) {
        (Widget::EntityName, "") => {
            "Use letters, digits, dashes, dots and underscores, with a letter or digit at both ends.".to_owned()
        }
        (Widget::Tags, _) => {
            "A tag has lower-case letters, digits and `:+#`, with single dashes between them.".to_owned()
        }
        (_, "") => ["This must match ", pattern].concat(),
        (_, help) => ["This does not fit. ", help].concat(),
    }
}

fn length(rules: &Rules, actual: usize, what: &str) -> Result<(), String> {
    let (min, max) = (rules.min_length, rules.max_length);
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

fn range(rules: &Rules, number: Option<f64>) -> Result<(), String> {
    let Some(number) = number else { return Err("Use a number.".to_owned()) };
    if let Some(step) = rules.multiple_of.filter(|step| *step > 0.0 && ((number / step).fract()).abs() > f64::EPSILON) {
        return Err(format!("Use a multiple of {step}; this is {number}."));
    }
    let (min, max) = (rules.minimum, rules.maximum);
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
