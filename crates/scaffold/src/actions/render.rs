//! `fetch:template`, `workspace:template` and both for one file.

use serde_json::{Map, Value, json};

use super::{Bench, Local, file_path, path, spec, text};
use crate::action::ActionSpec;
use crate::render::{FetchTemplateOptions, fetch_template, render_file};
use crate::tree::{File, Tree};

pub(super) const ACTIONS: &[Local] = &[
    Local { spec: fetch_template_spec, run: fetch },
    Local { spec: || file_spec("fetch:template:file", "url"), run: fetch_file },
    Local { spec: workspace_template_spec, run: workspace },
    Local { spec: || file_spec("workspace:template:file", "sourcePath"), run: workspace_file },
];

fn options() -> Map<String, Value> {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let flag = json!({"type": "boolean"});
    let options = json!({
        "targetPath": {"type": "string"},
        "values": {"type": "object"},
        "copyWithoutTemplating": texts,
        "cookiecutterCompat": flag,
        "templateFileExtension": {"type": ["string", "boolean"]},
        "replace": flag,
        "trimBlocks": flag,
        "lstripBlocks": flag,
    });
    options.as_object().cloned().unwrap_or_default()
}

fn with(mut properties: Map<String, Value>, more: Value) -> Value {
    properties.extend(more.as_object().cloned().unwrap_or_default());
    properties.into()
}

fn fetch_template_spec() -> ActionSpec {
    // `copyWithoutRender` is taken and passed over, as in Backstage.
    let more = json!({
        "url": {"type": "string"},
        "copyWithoutRender": {"type": "array", "items": {"type": "string"}},
        "token": {"type": "string"},
    });
    let words = "Renders a folder into the workspace: file names and contents.";
    spec("fetch:template", words, &["url"], with(options(), more), json!({}))
}

fn workspace_template_spec() -> ActionSpec {
    let words = "Renders a folder of the workspace into another one.";
    let inputs = with(options(), json!({ "sourcePath": {"type": "string"} }));
    spec("workspace:template", words, &["sourcePath", "targetPath"], inputs, json!({}))
}

fn file_spec(name: &str, from: &str) -> ActionSpec {
    let flag = json!({"type": "boolean"});
    let mut inputs = json!({
        "targetPath": {"type": "string"},
        "values": {"type": "object"},
        "cookiecutterCompat": flag,
        "replace": flag,
        "trimBlocks": flag,
        "lstripBlocks": flag,
        "token": {"type": "string"},
    });
    inputs[from] = json!({"type": "string"});
    spec(name, "Renders one file into the workspace.", &[from, "targetPath"], inputs, json!({}))
}

fn fetch(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let options = FetchTemplateOptions::from_input(input)?;
    // A target that leads outside is refused before anything is read.
    options.target().map_err(|error| format!("targetPath: {error}"))?;
    if !input["copyWithoutRender"].is_null() {
        bench.say("copyWithoutRender is passed over; use copyWithoutTemplating");
    }
    let source = bench.source.tree(text(input, "url"))?;
    render(bench, &source, input, &options)
}

fn workspace(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let options = FetchTemplateOptions::from_input(input)?;
    let source = path(input, "sourcePath")?;
    let target = options.target().map_err(|error| format!("targetPath: {error}"))?;
    if source.is_empty() || target == source || target.starts_with(&format!("{source}/")) {
        return Err("targetPath must not be within sourcePath".into());
    }
    if !bench.workspace.is_folder(&source) {
        return Err(format!("there is no folder \"{source}\" in the workspace"));
    }
    let tree = bench.workspace.subtree(&source);
    render(bench, &tree, input, &options)
}

fn render(
    bench: &mut Bench<'_>,
    source: &Tree,
    input: &Value,
    options: &FetchTemplateOptions,
) -> Result<Value, String> {
    let before = bench.workspace.len();
    fetch_template(bench.workspace, source, &input["values"], options, bench.engine)
        .map_err(|error| error.to_string())?;
    let written = bench.workspace.len() - before;
    bench.say(format!("Rendered {} files; {written} are new", source.len()));
    Ok(json!({}))
}

fn fetch_file(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let address = text(input, "url");
    let source = bench.source;
    one_file(bench, input, address, |_| source.file(address))
}

fn workspace_file(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let source = file_path(input, "sourcePath")?;
    one_file(bench, input, &source, |workspace| {
        workspace.get(&source).cloned().ok_or_else(|| format!("there is no file \"{source}\" in the workspace"))
    })
}

fn one_file(
    bench: &mut Bench<'_>,
    input: &Value,
    name: &str,
    read: impl FnOnce(&Tree) -> Result<File, String>,
) -> Result<Value, String> {
    let options = FetchTemplateOptions::from_input(input)?;
    let target = file_path(input, "targetPath")?;
    if bench.workspace.contains(&target) && !options.replace {
        bench.say(format!("{target} is there already and stays"));
        return Ok(json!({}));
    }
    let file = read(bench.workspace)?;
    let rendered = render_file(&file, name, &input["values"], &options, bench.engine);
    let rendered = rendered.map_err(|error| error.to_string())?;
    bench.workspace.insert(&target, rendered).map_err(|error| error.to_string())?;
    Ok(json!({}))
}
