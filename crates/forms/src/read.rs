//! From `spec.parameters` (JSON Schema draft-07 with `ui:*`) to a [`Form`].

use crate::field::{Choice, Field, FieldType, Form, Page, Rules, Widget, shown};
use serde_json::{Map, Value};

/// Names of entities, as the catalogue takes them (@backstage/catalog-model, `KubernetesValidatorFunctions.isValidObjectName`).
const ENTITY_NAME: &str = "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";
/// The most characters of one.
const ENTITY_NAME_LENGTH: usize = 63;

/// A part of the schema that cannot be shown as a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct FormError {
    /// Path within the parameters: `0.properties.name.pattern`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

fn wrong<T>(path: impl Into<String>, message: impl Into<String>) -> Result<T, FormError> {
    Err(FormError { path: path.into(), message: message.into() })
}

/// Reads one schema object, or a list of them, one a page. `Null` is a form without pages.
///
/// # Errors
/// The first part that cannot be shown, with its path.
pub fn read_form(parameters: &Value) -> Result<Form, FormError> {
    let pages = match parameters {
        Value::Null => Vec::new(),
        Value::Array(pages) => {
            pages.iter().enumerate().map(|(i, page)| read_page(&i.to_string(), page)).collect::<Result<_, _>>()?
        }
        page => vec![read_page("", page)?],
    };
    let form = Form { pages };
    let mut names = std::collections::BTreeSet::new();
    let twice = form.fields().find(|field| !names.insert(field.name.as_str())).map(|field| field.name.clone());
    match twice {
        Some(name) => {
            wrong(name, "two fields have this name; values of all pages are one object, so names must differ")
        }
        None => Ok(form),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn read_page(path: &str, page: &Value) -> Result<Page, FormError> {
    let Some(schema) = page.as_object() else { return wrong(path, "a page of parameters is a mapping") };
    for key in ["dependencies", "allOf", "anyOf", "oneOf", "if"] {
        if schema.contains_key(key) {
            return wrong(join(path, key), "fields that depend on other fields cannot be shown yet");
        }
    }
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let empty = Map::new();
    let properties = match schema.get("properties") {
        None => &empty,
        Some(Value::Object(properties)) => properties,
        Some(_) => return wrong(join(path, "properties"), "properties is a mapping of fields"),
    };
    if let Some(name) = required.iter().find(|name| !properties.contains_key(**name)) {
        return wrong(join(path, "required"), format!("`{name}` is required, but there is no such field"));
    }
    let fields = properties
        .iter()
        .map(|(name, schema)| {
            read_field(&join(&join(path, "properties"), name), name, schema, required.contains(&name.as_str()))
        })
        .collect::<Result<_, _>>()?;
    Ok(Page { title: text(schema, "title"), description: text(schema, "description"), fields })
}

fn text(schema: &Map<String, Value>, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read_field(path: &str, name: &str, schema: &Value, required: bool) -> Result<Field, FormError> {
    let Some(schema) = schema.as_object() else { return wrong(path, "a field is a mapping") };
    let kind = match schema.get("type").and_then(Value::as_str) {
        Some("string") | None => FieldType::String,
        Some("number") => FieldType::Number,
        Some("integer") => FieldType::Integer,
        Some("boolean") => FieldType::Boolean,
        Some("array") => match schema.get("items").and_then(|items| items.get("type")).and_then(Value::as_str) {
            Some("string") => FieldType::Strings,
            _ => return wrong(join(path, "items"), "only lists of texts can be shown"),
        },
        Some(other) => return wrong(join(path, "type"), format!("fields of type `{other}` cannot be shown")),
    };
    let choices = read_choices(path, schema)?;
    let widget = widget(schema, kind, !choices.is_empty());
    let size = |key: &str| match schema.get(key) {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number) => Ok(usize::try_from(number).ok()),
            None => wrong(join(path, key), format!("{key} is a whole number of at least 0")),
        },
    };
    let number = |key: &str| match schema.get(key) {
        None => Ok(None),
        Some(value) if value.is_number() => Ok(value.as_f64()),
        Some(_) => wrong(join(path, key), format!("{key} is a number")),
    };
    let lengths = if kind == FieldType::Strings { ("minItems", "maxItems") } else { ("minLength", "maxLength") };
    let name_rule = (widget == Widget::EntityName).then_some(ENTITY_NAME);
    let options = schema.get("ui:options").and_then(Value::as_object);
    let title = text(schema, "title");
    let help = if schema.contains_key("ui:help") { text(schema, "ui:help") } else { text(schema, "description") };
    Ok(Field {
        name: name.to_owned(),
        title: if title.is_empty() { name.to_owned() } else { title },
        help,
        placeholder: text(schema, "ui:placeholder"),
        kind,
        widget,
        choices,
        default: schema.get("default").or_else(|| schema.get("const")).cloned(),
        rules: Rules {
            required,
            pattern: schema.get("pattern").and_then(Value::as_str).or(name_rule).map(str::to_owned),
            min_length: size(lengths.0)?,
            max_length: size(lengths.1)?.or(name_rule.map(|_| ENTITY_NAME_LENGTH)),
            minimum: number("minimum")?,
            maximum: number("maximum")?,
        },
        autofocus: schema.get("ui:autofocus").and_then(Value::as_bool).unwrap_or_default(),
        entity_kinds: options.map(entity_kinds).unwrap_or_default(),
    })
}

fn read_choices(path: &str, schema: &Map<String, Value>) -> Result<Vec<Choice>, FormError> {
    let Some(values) = schema.get("enum") else {
        // One value only: a choice of one.
        let only = schema.get("const").map(|value| Choice { value: value.clone(), title: shown(value) });
        return Ok(only.into_iter().collect());
    };
    let Some(values) = values.as_array().filter(|values| !values.is_empty()) else {
        return wrong(join(path, "enum"), "enum is a list of at least one value");
    };
    let names = schema.get("enumNames").and_then(Value::as_array);
    Ok(values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let name = names.and_then(|names| names.get(i)).and_then(Value::as_str);
            Choice { value: value.clone(), title: name.map_or_else(|| shown(value), str::to_owned) }
        })
        .collect())
}

fn widget(schema: &Map<String, Value>, kind: FieldType, has_choices: bool) -> Widget {
    match (schema.get("ui:field").and_then(Value::as_str), schema.get("ui:widget").and_then(Value::as_str)) {
        (Some("OwnerPicker" | "MyGroupsPicker"), _) => Widget::OwnerPicker,
        (Some("EntityPicker" | "OwnedEntityPicker"), _) => Widget::EntityPicker,
        (Some("RepoUrlPicker"), _) => Widget::RepoUrlPicker,
        (Some("EntityNamePicker"), _) => Widget::EntityName,
        (_, Some("hidden")) => Widget::Hidden,
        (_, Some("radio")) if has_choices => Widget::Radio,
        _ if has_choices => Widget::Select,
        (_, Some("textarea")) => Widget::Textarea,
        // A field of its own that we do not know: a plain input of its type, as Backstage falls back.
        _ => match kind {
            FieldType::String => Widget::Text,
            FieldType::Number | FieldType::Integer => Widget::Number,
            FieldType::Boolean => Widget::Checkbox,
            FieldType::Strings => Widget::Textarea,
        },
    }
}

fn entity_kinds(options: &Map<String, Value>) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut collect = |value: Option<&Value>| match value {
        Some(Value::String(kind)) => kinds.push(kind.clone()),
        Some(Value::Array(list)) => kinds.extend(list.iter().filter_map(Value::as_str).map(str::to_owned)),
        _ => {}
    };
    collect(options.get("allowedKinds"));
    match options.get("catalogFilter") {
        Some(Value::Array(filters)) => filters.iter().for_each(|filter| collect(filter.get("kind"))),
        Some(filter) => collect(filter.get("kind")),
        None => {}
    }
    kinds
}
