//! Roadie's `roadiehq:utils:*`, those that work on files and values.

use fancy_regex::Regex;
use serde_json::{Value, json};

use super::roadie_merge::{json_merge, json_merge_spec, merge, merge_spec};
use super::{Bench, Local, file_path, read, spec, text};
use crate::action::ActionSpec;
use crate::glob::Globs;
use crate::tree::File;
use crate::yaml;
use crate::yaml_text::to_yaml;

pub(super) const ACTIONS: &[Local] = &[
    Local { spec: || file_spec("write", "Writes a file."), run: write },
    Local { spec: || file_spec("append", "Writes at the end of a file."), run: append },
    Local { spec: parse_spec, run: parse },
    Local { spec: replace_spec, run: replace },
    Local { spec: merge_spec, run: merge },
    Local { spec: json_merge_spec, run: json_merge },
    Local { spec: serialize_json_spec, run: serialize_json },
    Local { spec: serialize_yaml_spec, run: serialize_yaml },
    Local { spec: sleep_spec, run: sleep },
];

fn file_spec(verb: &str, words: &str) -> ActionSpec {
    let mut inputs = json!({ "path": {"type": "string"}, "content": {"type": "string"} });
    if verb == "write" {
        inputs["preserveFormatting"] = json!({"type": "boolean"});
    }
    let outputs = json!({ "path": {"type": "string"} });
    spec(&format!("roadiehq:utils:fs:{verb}"), words, &["path", "content"], inputs, outputs)
}

fn parse_spec() -> ActionSpec {
    let inputs = json!({ "path": {"type": "string"}, "parser": {"enum": ["yaml", "json", "multiyaml"]} });
    spec("roadiehq:utils:fs:parse", "Reads a file.", &["path"], inputs, json!({ "content": {} }))
}

fn replace_spec() -> ActionSpec {
    let item = json!({
        "type": "object",
        "properties": {
            "file": {"type": "string"}, "find": {"type": "string"}, "matchRegex": {"type": "boolean"},
            "replaceWith": {"type": "string"}, "includeDotFiles": {"type": "boolean"},
        },
        "additionalProperties": false,
    });
    let inputs = json!({ "files": {"type": "array", "items": item} });
    spec("roadiehq:utils:fs:replace", "Replaces text in files.", &["files"], inputs, json!({}))
}

fn serialize_json_spec() -> ActionSpec {
    let inputs = json!({
        "data": {"type": "object"}, "replacer": {"type": "array", "items": {"type": "string"}}, "space": {"type": "string"}
    });
    let outputs = json!({ "serialized": {"type": "string"} });
    spec("roadiehq:utils:serialize:json", "A value as JSON.", &["data"], inputs, outputs)
}

fn serialize_yaml_spec() -> ActionSpec {
    let inputs = json!({
        "data": {"type": "object"}, "replacer": {"type": "array", "items": {"type": "string"}}, "options": {"type": "object"}
    });
    let outputs = json!({ "serialized": {"type": "string"} });
    spec("roadiehq:utils:serialize:yaml", "A value as YAML.", &["data"], inputs, outputs)
}

fn sleep_spec() -> ActionSpec {
    let inputs = json!({ "amount": {"type": "number"} });
    spec("roadiehq:utils:sleep", "Waits for some seconds.", &["amount"], inputs, json!({}))
}

fn write(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = file_path(input, "path")?;
    let mut content = text(input, "content").to_owned();
    if input["preserveFormatting"] == true
        && let Ok(value) = serde_json::from_str::<Value>(&content)
    {
        content = format!("{value:#}");
    }
    put(bench, &path, content)
}

/// Writes a file in place of the one that is there, keeping its mode.
pub(super) fn put(bench: &mut Bench<'_>, path: &str, content: String) -> Result<Value, String> {
    let executable = bench.workspace.get(path).is_some_and(|file| file.executable);
    let file = File { executable, ..File::text(content) };
    bench.workspace.insert(path, file).map_err(|error| format!("path: {error}"))?;
    Ok(json!({ "path": path }))
}

fn append(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = file_path(input, "path")?;
    let before = if bench.workspace.contains(&path) { read(bench, &path)?.into_owned() } else { String::new() };
    put(bench, &path, before + text(input, "content"))
}

fn parse(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = file_path(input, "path")?;
    let content = read(bench, &path)?;
    let content = match text(input, "parser") {
        "json" => serde_json::from_str(&content).map_err(|error| format!("{path} is not JSON: {error}"))?,
        "yaml" => parse_yaml(&path, &content)?,
        "multiyaml" => documents(&path, &content)?.into(),
        _ => content.into_owned().into(),
    };
    Ok(json!({ "content": content }))
}

pub(super) fn parse_yaml(path: &str, text: &str) -> Result<Value, String> {
    yaml::parse(text)
        .map(|node| node.to_json())
        .map_err(|error| format!("{path}:{}:{}: {}", error.at.0, error.at.1, error.message))
}

/// Every document of a YAML file.
pub(super) fn documents(path: &str, text: &str) -> Result<Vec<Value>, String> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        match line.strip_prefix("---") {
            Some(rest) if rest.trim().is_empty() => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| {
                part.push_str(line);
                part.push('\n');
            }),
        }
    }
    parts.iter().filter(|part| !part.trim().is_empty()).map(|part| parse_yaml(path, part)).collect()
}

fn replace(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    for item in input["files"].as_array().into_iter().flatten() {
        let path = file_path(item, "file")?;
        let (find, with) = (text(item, "find"), text(item, "replaceWith"));
        if find.is_empty() || with.is_empty() {
            return Err("files: each needs a find and a replaceWith".into());
        }
        let globs = Globs::new(&[&path], bench.workspace, item["includeDotFiles"] == true);
        let globs = globs.map_err(|error| format!("file: {error}"))?;
        let paths = bench.workspace.iter().filter(|(path, file)| !file.link && globs.matches(path));
        let paths: Vec<String> = paths.map(|(path, _)| path.to_owned()).collect();
        for path in paths {
            let content = read(bench, &path)?;
            let replaced = if item["matchRegex"] == true {
                let regex = Regex::new(find).map_err(|error| format!("find: {error}"))?;
                let with = to_template(with);
                regex.try_replacen(&content, 0, with.as_str()).map_err(|error| format!("find: {error}"))?.into_owned()
            } else {
                content.replace(find, with)
            };
            put(bench, &path, replaced)?;
        }
    }
    Ok(json!({}))
}

/// JavaScript's `$1` and `$&` as the regular expression crate writes them.
fn to_template(with: &str) -> String {
    let mut out = String::new();
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('$', Some('&')) => {
                chars.next();
                out.push_str("${0}");
            }
            ('$', Some('$')) => {
                chars.next();
                out.push_str("$$");
            }
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                chars.next();
                out.push_str(&format!("${{{digit}}}"));
            }
            ('$', _) => out.push_str("$$"),
            (c, _) => out.push(c),
        }
    }
    out
}

fn serialize_json(_: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let mut data = input["data"].clone();
    if let Some(keys) = input["replacer"].as_array() {
        keep(&mut data, keys);
    }
    let space: String = text(input, "space").chars().take(10).collect();
    let serialized = if space.is_empty() { data.to_string() } else { pretty(&data, &space)? };
    Ok(json!({ "serialized": serialized }))
}

/// JSON with each level indented by `space`, as `JSON.stringify` writes it.
pub(super) fn pretty(value: &Value, space: &str) -> Result<String, String> {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(space.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    serde::Serialize::serialize(value, &mut serializer).map_err(|error| error.to_string())?;
    String::from_utf8(out).map_err(|error| error.to_string())
}

fn keep(value: &mut Value, keys: &[Value]) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| keys.iter().any(|known| known == key));
            map.values_mut().for_each(|value| keep(value, keys));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| keep(item, keys)),
        _ => {}
    }
}

fn serialize_yaml(_: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    Ok(json!({ "serialized": to_yaml(&input["data"]) }))
}

fn sleep(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    bench.say(format!("Would wait for {} seconds", input["amount"]));
    Ok(json!({}))
}
