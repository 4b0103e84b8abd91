//! A value that a schema describes, for actions that are not really done.

use serde_json::{Map, Value};

/// The schema's own example, else one made of its types, as Backstage's dry run makes it: `<example>`, 0, false.
#[must_use]
pub fn example(schema: &Value) -> Value {
    if let Some(first) = schema["examples"].as_array().and_then(|examples| examples.first()) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            Value::Object(properties.map(|(name, property)| (name.clone(), example(property))).collect::<Map<_, _>>())
        }
        Some("array") => match &schema["items"] {
            Value::Null => Value::Array(Vec::new()),
            Value::Array(items) => items.first().map(example).into_iter().collect(),
            item => Value::Array(vec![example(item)]),
        },
        Some("string") => "<example>".into(),
        Some("number" | "integer") => 0.into(),
        Some("boolean") => false.into(),
        _ => "<unknown>".into(),
    }
}
