//! `fs:delete`, `fs:rename` and `fs:readdir`.

use serde_json::{Value, json};

use super::{Bench, Local, spec, text};
use crate::glob::Globs;
use crate::tree::child_path;

pub(super) const ACTIONS: &[Local] = &[
    Local {
        spec: || {
            let inputs = json!({ "files": {"type": "array", "items": {"type": "string"}} });
            spec("fs:delete", "Takes files out of the workspace, by name or pattern.", &["files"], inputs, json!({}))
        },
        run: delete,
    },
    Local {
        spec: || {
            let item = json!({
                "type": "object",
                "required": ["from", "to"],
                "properties": {
                    "from": {"type": "string"}, "to": {"type": "string"}, "overwrite": {"type": "boolean"}
                },
                "additionalProperties": false,
            });
            let inputs = json!({ "files": {"type": "array", "items": item} });
            spec("fs:rename", "Renames files and folders of the workspace.", &["files"], inputs, json!({}))
        },
        run: rename,
    },
    Local {
        spec: || {
            let inputs = json!({
                "paths": {"type": "array", "items": {"type": "string", "minLength": 1}}, "recursive": {"type": "boolean"}
            });
            let entry = json!({"type": "object", "properties": {
                "name": {"type": "string"}, "path": {"type": "string"}, "fullPath": {"type": "string"}
            }});
            let list = json!({"type": "array", "items": entry});
            let outputs = json!({ "files": list, "folders": list });
            spec("fs:readdir", "Lists files and folders of the workspace.", &["paths"], inputs, outputs)
        },
        run: readdir,
    },
];

fn delete(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let patterns: Vec<&str> = input["files"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for pattern in patterns {
        let path = child_path(pattern).map_err(|error| format!("files: {error}"))?;
        let globs = if path.is_empty() {
            Globs::new(&["**"], bench.workspace, false)
        } else {
            Globs::new(&[&path], bench.workspace, false)
        };
        let globs = globs.map_err(|error| format!("files: {error}"))?;
        // Folders stay, even empty ones: the pattern's way finds files.
        let found: Vec<String> = bench
            .workspace
            .iter()
            .map(|(path, _)| path)
            .filter(|path| globs.matches(path))
            .map(str::to_owned)
            .collect();
        for path in found {
            bench.workspace.remove(&path);
            bench.say(format!("Deleted {path}"));
        }
    }
    Ok(json!({}))
}

fn rename(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    for file in input["files"].as_array().into_iter().flatten() {
        let (from, to) = (text(file, "from"), text(file, "to"));
        if from.is_empty() || to.is_empty() {
            return Err("files: each needs a from and a to".into());
        }
        let place = |path: &str| child_path(path).map_err(|error| format!("files: {error}"));
        let overwrite = file["overwrite"] == true;
        bench.workspace.rename(&place(from)?, &place(to)?, overwrite).map_err(|error| match overwrite {
            false => format!("{from} cannot be renamed to {to}: {error}; set overwrite to replace what is there"),
            true => format!("{from} cannot be renamed to {to}: {error}"),
        })?;
        bench.say(format!("Renamed {from} to {to}"));
    }
    Ok(json!({}))
}

fn readdir(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let recursive = input["recursive"] == true;
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for folder in input["paths"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let folder = child_path(folder).map_err(|error| format!("paths: {error}"))?;
        if !bench.workspace.is_folder(&folder) {
            return Err(format!("paths: there is no folder \"{folder}\" in the workspace"));
        }
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let listed = |path: &&str| {
            path.strip_prefix(&below).is_some_and(|rest| !rest.is_empty() && (recursive || !rest.contains('/')))
        };
        let entry = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            json!({ "name": name, "path": path, "fullPath": path })
        };
        files.extend(bench.workspace.iter().map(|(path, _)| path).filter(listed).map(entry));
        folders.extend(bench.workspace.folders().filter(listed).map(entry));
    }
    Ok(json!({ "files": files, "folders": folders }))
}
