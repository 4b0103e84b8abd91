//! `roadiehq:utils:merge` and `roadiehq:utils:json:merge`: new values into a structured file.

use serde_json::{Value, json};

use super::roadie::{documents, parse_yaml, pretty, put};
use super::{Bench, file_path, read, spec};
use crate::action::ActionSpec;
use crate::yaml_text::to_yaml;

pub(super) fn merge_spec() -> ActionSpec {
    let inputs = json!({
        "path": {"type": "string"},
        "content": {"type": ["string", "object"]},
        "mergeArrays": {"type": "boolean"},
        "preserveYamlComments": {"type": "boolean"},
        "useDocumentIncludingField": {
            "type": "object",
            "required": ["key", "value"],
            "properties": { "key": {"type": "string"}, "value": {"type": "string"} },
        },
        "options": {"type": "object"},
    });
    let outputs = json!({ "path": {"type": "string"} });
    spec("roadiehq:utils:merge", "Merges values into a JSON or YAML file.", &["path", "content"], inputs, outputs)
}

pub(super) fn json_merge_spec() -> ActionSpec {
    let inputs = json!({
        "path": {"type": "string"},
        "content": {"type": ["string", "object"]},
        "mergeArrays": {"type": "boolean"},
        "matchFileIndent": {"type": "boolean"},
    });
    let outputs = json!({ "path": {"type": "string"} });
    spec("roadiehq:utils:json:merge", "Merges values into a JSON file.", &["path", "content"], inputs, outputs)
}

fn parse_json(path: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{path} is not JSON: {error}"))
}

/// The new content: a value, or the text of one.
fn content(input: &Value, parse: fn(&str, &str) -> Result<Value, String>) -> Result<Value, String> {
    match &input["content"] {
        Value::String(text) => parse("content", text),
        value => Ok(value.clone()),
    }
}

pub(super) fn merge(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = file_path(input, "path")?;
    let before = read(bench, &path)?.into_owned();
    let arrays = input["mergeArrays"] == true;
    let merged = match path.rsplit('/').next().and_then(|name| name.rsplit_once('.')) {
        Some((_, "json")) => {
            let mut value = parse_yaml(&path, &before)?;
            merge_into(&mut value, content(input, parse_json)?, arrays);
            pretty(&value, "  ")?
        }
        Some((_, "yaml" | "yml")) => {
            if input["preserveYamlComments"] == true {
                bench.say("Comments of the YAML file are not kept here");
            }
            let new = content(input, parse_yaml)?;
            let mut all = documents(&path, &before)?;
            let place = &input["useDocumentIncludingField"];
            match all.as_mut_slice() {
                [] => return Err(format!("{path} has no document")),
                [only] => merge_into(only, new, arrays),
                several if place.is_object() => {
                    let key = place["key"].as_str().unwrap_or_default();
                    let named = |document: &Value| match &document[key] {
                        Value::Number(number) => place["value"] == number.to_string(),
                        value => *value == place["value"],
                    };
                    several.iter_mut().filter(|document| named(document)).for_each(|document| {
                        merge_into(document, new.clone(), arrays);
                    });
                }
                _ => return Err(format!("{path} has several documents; say which with useDocumentIncludingField")),
            }
            all.iter().map(to_yaml).collect::<Vec<_>>().join("---\n")
        }
        // Other files stay as they are.
        _ => return Ok(json!({})),
    };
    put(bench, &path, merged)
}

pub(super) fn json_merge(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = file_path(input, "path")?;
    let before = if bench.workspace.contains(&path) { read(bench, &path)?.into_owned() } else { "{}".into() };
    let mut value = parse_json(&path, &before)?;
    merge_into(&mut value, content(input, parse_json)?, input["mergeArrays"] == true);
    let indent = before.lines().find_map(|line| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        (blanks > 0).then_some(blanks)
    });
    let space = if input["matchFileIndent"] == true { " ".repeat(indent.unwrap_or(2)) } else { "  ".into() };
    put(bench, &path, pretty(&value, &space)?)
}

/// Deep, as lodash merges: lists by place, or one after the other without doubles.
fn merge_into(into: &mut Value, new: Value, arrays: bool) {
    match (into, new) {
        (Value::Object(into), Value::Object(new)) => {
            for (key, value) in new {
                match into.get_mut(&key) {
                    Some(old) => merge_into(old, value, arrays),
                    None => drop(into.insert(key, value)),
                }
            }
        }
        (Value::Array(into), new) if arrays => {
            let new = if let Value::Array(items) = new { items } else { vec![new] };
            for item in new {
                if item.is_object() || item.is_array() || !into.contains(&item) {
                    into.push(item);
                }
            }
        }
        (Value::Array(into), Value::Array(new)) => {
            for (index, item) in new.into_iter().enumerate() {
                match into.get_mut(index) {
                    Some(old) => merge_into(old, item, arrays),
                    None => into.push(item),
                }
            }
        }
        (into, new) => *into = new,
    }
}
