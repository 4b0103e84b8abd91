//! The part of JSON Schema (draft 7) that describes the inputs of actions. Nothing is coerced: "3" is not a number.

use serde_json::Value;

/// Adds to `problems` a path and a sentence for everything in `value` that the schema does not allow.
pub(crate) fn check(schema: &Value, value: &Value, path: &str, problems: &mut Vec<(String, String)>) {
    let mut problem = |message: String| problems.push((path.to_owned(), message));
    match schema {
        Value::Bool(false) => return problem("This is not allowed here".into()),
        Value::Object(_) => {}
        _ => return,
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| is_type(name, value)) {
        return problem(format!("This must be of the type {}, not {}", types.join(" or "), type_of(value)));
    }
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        problem(format!("This must be {constant}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let names: Vec<String> = allowed.iter().map(Value::to_string).collect();
        problem(format!("This must be one of {}", names.join(", ")));
    }
    if let Some(number) = value.as_f64() {
        if schema["minimum"].as_f64().is_some_and(|least| number < least) {
            problem(format!("This must be at least {}", schema["minimum"]));
        }
        if schema["maximum"].as_f64().is_some_and(|most| number > most) {
            problem(format!("This must be at most {}", schema["maximum"]));
        }
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if schema["minLength"].as_u64().is_some_and(|least| length < least) {
            problem(format!("This needs at least {} characters", schema["minLength"]));
        }
        if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
            problem(format!("This may have at most {} characters", schema["maxLength"]));
        }
    }
    for name in ["anyOf", "oneOf"] {
        if let Some(ways) = schema[name].as_array() {
            let fits = |way: &Value| {
                let mut found = Vec::new();
                check(way, value, path, &mut found);
                found.is_empty()
            };
            let count = ways.iter().filter(|way| fits(way)).count();
            if count == 0 || (name == "oneOf" && count > 1) {
                problem("This has none of the forms that are allowed here".into());
            }
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(part, value, path, problems);
    }
    members(schema, value, path, problems);
}

fn members(schema: &Value, value: &Value, path: &str, problems: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            check(&schema["items"], item, &below(&index.to_string()), problems);
        }
    }
    let Some(map) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !map.contains_key(name) {
            problems.push((below(name), "This is missing".into()));
        }
    }
    for (key, item) in map {
        match schema["properties"].get(key) {
            Some(property) => check(property, item, &below(key), problems),
            None if schema["additionalProperties"] == false => {
                problems.push((below(key), "The action does not know this".into()));
            }
            None => check(&schema["additionalProperties"], item, &below(key), problems),
        }
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        other => other == type_of(value),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
