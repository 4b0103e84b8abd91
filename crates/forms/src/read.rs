//! From `spec.parameters` (JSON Schema draft-07 with `ui:*`) to a [`Form`].

use crate::{
    field::{FieldType, Form, Page, Widget},
    fields::{field, has_secret},
    resolve::{Given, resolve, tell},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Objects within objects deeper than this are more than a form can show.
const DEEPEST: usize = 6;

/// A part of the schema that cannot be shown as a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct FormError {
    /// Path within the parameters: `0.properties.name.pattern`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

pub(crate) fn wrong<T>(path: impl Into<String>, message: impl Into<String>) -> Result<T, FormError> {
    Err(FormError { path: path.into(), message: message.into() })
}

/// Reads one schema object, or a list of them, one a page. `Null` is a form without pages.
///
/// # Errors
/// The first part that cannot be shown, with its path, also when it only shows for some values.
pub fn read_form(parameters: &Value) -> Result<Form, FormError> {
    let pages = match parameters {
        Value::Null => Vec::new(),
        Value::Array(pages) => {
            pages.iter().enumerate().map(|(i, page)| read_page(&i.to_string(), page)).collect::<Result<_, _>>()?
        }
        page => vec![read_page("", page)?],
    };
    let mut names = BTreeSet::new();
    for page in &pages {
        for name in resolve(&page.schema, &Given::Everything).properties.keys() {
            if !names.insert(name.clone()) {
                let message =
                    "two pages have a field of this name; values of all pages are one object, so names must differ";
                return wrong(name, message);
            }
        }
    }
    Ok(Form { pages, secrets: Page::default() })
}

/// Reads `spec.secrets.schema`: secrets that a run needs and no page asks for. `Null` is none.
///
/// # Errors
/// The first part that cannot be asked for, with its path.
pub fn read_secrets(schema: &Value) -> Result<Page, FormError> {
    if schema.is_null() {
        return Ok(Page::default());
    }
    let mut schema = schema.clone();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        property.insert("ui:field".to_owned(), "Secret".into());
    }
    read_page("", &schema)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn read_page(path: &str, page: &Value) -> Result<Page, FormError> {
    let Some(schema) = page.as_object() else { return wrong(path, "a page of parameters is a mapping") };
    check_object(path, page, DEEPEST)?;
    let whole = resolve(page, &Given::Everything);
    if let Some(name) = whole.required.iter().find(|name| !whole.properties.contains_key(*name)) {
        return wrong(join(path, "required"), format!("`{name}` is required, but there is no such field"));
    }
    Ok(Page { title: text(schema, "title"), description: text(schema, "description"), schema: page.clone() })
}

pub(crate) fn text(schema: &Map<String, Value>, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Looks at every property that an object may ever have, where it is written.
fn check_object(path: &str, schema: &Value, depth: usize) -> Result<(), FormError> {
    let Some(depth) = depth.checked_sub(1) else { return wrong(path, "this is nested too deep to be shown as a form") };
    let Some(rules) = schema.as_object() else { return Ok(()) };
    match rules.get("properties") {
        None => {}
        Some(Value::Object(properties)) => {
            for (name, property) in properties {
                check_field(&join(&join(path, "properties"), name), name, property, depth)?;
            }
        }
        Some(_) => return wrong(join(path, "properties"), "properties is a mapping of fields"),
    }
    for keyword in ["then", "else"] {
        if let Some(part) = rules.get(keyword) {
            check_object(&join(path, keyword), part, depth)?;
        }
    }
    for keyword in ["dependencies", "dependentSchemas"] {
        for (name, dependent) in rules.get(keyword).and_then(Value::as_object).into_iter().flatten() {
            let path = join(&join(path, keyword), name);
            if let Some(options) = ["oneOf", "anyOf"].iter().find_map(|keyword| dependent[*keyword].as_array())
                && tell(options, Some(name)) != Some(name)
            {
                return wrong(path, format!("each option needs `{name}` with a const or an enum: by it one is chosen"));
            }
            check_object(&path, dependent, depth)?;
        }
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let parts = rules.get(keyword).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if keyword != "allOf" && !parts.is_empty() && tell(parts, None).is_none() {
            let message = "options are told apart by a field: give each the same one, with a const of its own";
            return wrong(join(path, keyword), message);
        }
        for (i, part) in parts.iter().enumerate() {
            check_object(&join(&join(path, keyword), &i.to_string()), part, depth)?;
        }
    }
    Ok(())
}

fn check_field(path: &str, name: &str, schema: &Value, depth: usize) -> Result<(), FormError> {
    if name.is_empty() || name.contains(['/', '[', ']']) {
        return wrong(path, "a field's name is not empty and has none of / [ ]");
    }
    // The keyword of a dependency's option says which one it is, not what type it has.
    let field = field(path, name, schema, false)?;
    if field.kind == FieldType::Fields && has_secret(schema) {
        return wrong(path, "a secret stands on a page itself, not within another field: steps call it secrets.<name>");
    }
    match schema["type"].as_str() {
        Some("object") => check_object(path, schema, depth),
        _ if field.widget == Widget::List => {
            let path = join(path, "items");
            match &schema["items"] {
                items if items["type"] == "object" => check_object(&path, items, depth),
                items @ Value::Object(_) => check_field(&path, name, items, depth.saturating_sub(1)),
                _ => wrong(path, "a list says in items what each of its entries is"),
            }
        }
        _ => Ok(()),
    }
}
