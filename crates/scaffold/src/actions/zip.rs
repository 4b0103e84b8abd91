//! `roadiehq:utils:zip`: a file or a folder of the workspace as an archive in it.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use super::{Bench, Local, file_path, path, spec, text};
use crate::action::ActionSpec;
use crate::tree::File;

pub(super) const ACTIONS: &[Local] = &[Local { spec: zip_spec, run: zip }];

fn zip_spec() -> ActionSpec {
    let inputs = json!({ "path": {"type": "string"}, "outputPath": {"type": "string"} });
    let outputs = json!({ "outputPath": {"type": "string"} });
    spec("roadiehq:utils:zip", "Packs a file or a folder of the workspace.", &["path", "outputPath"], inputs, outputs)
}

fn zip(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let (from, to) = (path(input, "path")?, file_path(input, "outputPath")?);
    let under = if from.is_empty() { String::new() } else { format!("{from}/") };
    let name = |path: &'_ str| match path.strip_prefix(&under) {
        // The archive is no part of itself, also when the step is done again.
        Some(inside) => (path != to).then(|| inside.to_owned()),
        None => (path == from).then(|| path.rsplit('/').next().unwrap_or(path).to_owned()),
    };
    let files = bench.workspace.iter().filter(|(_, file)| !file.link);
    let files: Vec<(String, &File)> = files.filter_map(|(path, file)| Some((name(path)?, file))).collect();
    if files.is_empty() && !bench.workspace.is_folder(&from) {
        return Err(format!("path: there is no file or folder \"{}\" in the workspace", text(input, "path")));
    }
    let bytes = pack(&files).map_err(|error| format!("{} cannot be packed: {error}", text(input, "path")))?;
    bench.workspace.insert(&to, File { bytes, ..File::default() }).map_err(|error| format!("outputPath: {error}"))?;
    Ok(json!({ "outputPath": text(input, "outputPath") }))
}

/// The same files are the same bytes: each has the oldest instant that the format knows.
fn pack(files: &[(String, &File)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, file) in files {
        let mode = if file.executable { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(mode);
        writer.start_file(name.as_str(), options)?;
        writer.write_all(&file.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
