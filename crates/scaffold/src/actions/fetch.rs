//! `fetch:plain` and `fetch:plain:file`: files as they are.

use serde_json::{Value, json};

use super::{Bench, Local, file_path, path, spec, text};
use crate::tree::{File, Tree};

pub(super) const ACTIONS: &[Local] = &[
    Local {
        spec: || {
            let inputs =
                json!({ "url": {"type": "string"}, "targetPath": {"type": "string"}, "token": {"type": "string"} });
            spec("fetch:plain", "Copies a folder into the workspace, over what is there.", &["url"], inputs, json!({}))
        },
        run: fetch_plain,
    },
    Local {
        spec: || {
            let inputs =
                json!({ "url": {"type": "string"}, "targetPath": {"type": "string"}, "token": {"type": "string"} });
            let required = ["url", "targetPath"];
            spec("fetch:plain:file", "Copies one file into the workspace.", &required, inputs, json!({}))
        },
        run: fetch_plain_file,
    },
];

fn fetch_plain(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let target = path(input, "targetPath")?;
    let source = bench.source.tree(text(input, "url"))?;
    copy(bench.workspace, &source, &target)?;
    bench.say(format!("Copied {} files", source.len()));
    Ok(json!({}))
}

/// Puts a whole tree below a folder, over what is there; all or nothing.
fn copy(workspace: &mut Tree, source: &Tree, target: &str) -> Result<(), String> {
    let place = |path: &str| if target.is_empty() { path.to_owned() } else { format!("{target}/{path}") };
    let mut result = workspace.clone();
    for folder in source.folders() {
        result.insert_folder(&place(folder)).map_err(|error| error.to_string())?;
    }
    for (path, file) in source.iter() {
        result.insert(&place(path), file.clone()).map_err(|error| error.to_string())?;
    }
    *workspace = result;
    Ok(())
}

fn fetch_plain_file(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let target = file_path(input, "targetPath")?;
    let file = bench.source.file(text(input, "url"))?;
    // What comes as one file comes without its mode.
    let file = File { executable: false, link: false, ..file };
    bench.workspace.insert(&target, file).map_err(|error| error.to_string())?;
    Ok(json!({}))
}
