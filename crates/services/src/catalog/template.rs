//! A template with all that it fetches, read from where its entity stands.
//!
//! What is good is kept by content, and the entity says which version it is; so whoever runs it needs neither its repository nor
//! its folder.

use crate::create::check_template;
use serde_json::Value;
use slipway_api_types::catalog::RegisterProblem;
use slipway_domain::catalog::Entity;
use slipway_ports::forge::{ForgeError, SourceTree};
use slipway_scaffold::{File, Source, Template, TemplateFolder, Tree, child_path};
use std::collections::BTreeSet;

/// The annotation that says which version of a template the catalogue holds.
const VERSION: &str = "slipway.dev/version";

/// The version of a template that was kept; `None` when there is no good one, or it is no template.
pub(crate) fn template_version(entity: &Entity) -> Option<&str> {
    entity.text(&["metadata", "annotations", VERSION]).filter(|_| is_template(entity.kind()))
}

/// Whether a kind is that of templates.
pub(crate) fn is_template(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("template")
}

/// Writes into a template's document which version it is; what somebody wrote there themselves goes.
pub(super) fn set_version(document: &mut Value, version: Option<&str>) {
    let Some(metadata) = document.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let annotations = metadata.entry("annotations").or_insert_with(|| Value::Object(serde_json::Map::new()));
    if annotations.is_null() {
        *annotations = Value::Object(serde_json::Map::new());
    }
    let Some(annotations) = annotations.as_object_mut() else { return };
    match version {
        Some(version) => annotations.insert(VERSION.to_owned(), version.into()),
        None => annotations.remove(VERSION),
    };
}

/// Reads the folder of a template, and whatever else beside it its steps name.
///
/// # Errors
/// Why it cannot run, with line and field.
pub(super) async fn read(
    tree: &dyn SourceTree,
    file: &str,
    document: usize,
    entity: &Value,
) -> Result<TemplateFolder, RegisterProblem> {
    let problem = |line, field: &str, message: String| RegisterProblem {
        file: file.to_owned(),
        document,
        line,
        field: field.to_owned(),
        message,
    };
    let unreadable = |error: ForgeError| problem(None, "", format!("what stands beside it cannot be read: {error}"));
    let base = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folders = folders(base, entity);
    let root = common(&folders);
    let below = |path: &str| path[root.len()..].trim_start_matches('/').to_owned();
    let mut kept = Tree::default();
    for folder in &folders {
        let files = tree.folder(folder).await.map_err(unreadable)?;
        for (path, found) in files {
            let path = format!("{}/{path}", below(folder));
            let entry = File { bytes: found.bytes.to_vec(), executable: found.executable, link: found.link };
            kept.insert(path.trim_start_matches('/'), entry).map_err(|error| problem(None, "", error.to_string()))?;
        }
    }
    let folder = TemplateFolder::new(&below(file), &kept).map_err(|error| problem(None, "", error.to_string()))?;
    let checked = tokio::task::spawn_blocking(move || match check_template(&folder) {
        Ok(_) => Ok(folder),
        Err(wrong) => Err(wrong),
    });
    match checked.await {
        Ok(checked) => checked.map_err(|wrong| problem(Some(wrong.line), &wrong.field, wrong.message)),
        Err(error) => Err(problem(None, "", error.to_string())),
    }
}

/// The template's own folder, and those outside it that its steps fetch. One that lies in another is read with it.
fn folders(base: &str, entity: &Value) -> BTreeSet<String> {
    let fetched = entity["spec"]["steps"].as_array().into_iter().flatten().filter_map(|step| {
        let (action, url) = (step["action"].as_str()?, step["input"]["url"].as_str()?);
        let place = beside(base, url).filter(|_| action.starts_with("fetch:"))?;
        let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(if action.ends_with(":file") { folder.to_owned() } else { place })
    });
    let all: BTreeSet<String> = fetched.chain([base.to_owned()]).collect();
    let inside = |folder: &str| all.iter().any(|other| other != folder && is_in(folder, other));
    all.iter().filter(|folder| !inside(folder)).cloned().collect()
}

/// Where a relative address leads, when it is known before the run.
fn beside(base: &str, url: &str) -> Option<String> {
    let relative = !url.starts_with('/') && !url.contains("://") && !url.contains("${{");
    relative.then(|| child_path(format!("{base}/{url}").trim_start_matches('/')).ok()).flatten()
}

fn is_in(folder: &str, other: &str) -> bool {
    other.is_empty() || folder.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The deepest folder that has all of them in it.
fn common(folders: &BTreeSet<String>) -> String {
    let mut root = folders.first().cloned().unwrap_or_default();
    while !folders.iter().all(|folder| is_in(folder, &root)) {
        root.truncate(root.rfind('/').unwrap_or(0));
    }
    root
}

/// The first thing that a step fetches and that is not there, as far as it can be known before a run.
pub(crate) fn missing_beside(folder: &TemplateFolder, template: &Template) -> Option<(usize, String)> {
    template.steps.iter().enumerate().find_map(|(index, step)| {
        let url = step.input["url"].as_str().filter(|url| !url.contains("${{"))?;
        let found = match step.action.as_str() {
            "fetch:template" | "fetch:plain" => Source::tree(folder, url).map(drop),
            "fetch:template:file" | "fetch:plain:file" => Source::file(folder, url).map(drop),
            _ => Ok(()),
        };
        found.err().map(|why| (index, why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(base: &str, steps: &Value) -> (Vec<String>, String) {
        let folders = folders(base, &json!({"spec": {"steps": steps}}));
        let root = common(&folders);
        (folders.into_iter().collect(), root)
    }

    #[test]
    fn a_template_is_read_with_what_it_fetches_from_elsewhere() {
        let step = |action: &str, url: &str| json!({"action": action, "input": {"url": url}});
        let own = json!([step("fetch:template", "./skeleton"), step("debug:log", "../x"), {"action": "fetch:plain"}]);
        assert_eq!(of("a/one", &own), (vec!["a/one".to_owned()], "a/one".to_owned()));
        let shared = json!([step("fetch:template", "../../skeletons/x"), step("fetch:plain:file", "../LICENSE")]);
        assert_eq!(of("a/one", &shared).0, ["a", "skeletons/x"], "one that lies in another is read with it");
        assert_eq!(of("a/one", &shared).1, "");
        assert_eq!(of("a/b/one", &json!([step("fetch:plain", "../two")])).1, "a/b");
        let nowhere = json!([
            step("fetch:plain", "../../.."),
            step("fetch:plain", "https://x/y"),
            step("fetch:plain", "../${{ x }}")
        ]);
        assert_eq!(of("a/one", &nowhere).0, ["a/one"], "what leads nowhere, or is not known yet, is not read");
        assert_eq!(of("", &own), (vec![String::new()], String::new()));
    }

    #[test]
    fn only_what_was_read_says_a_version() {
        let mut document = json!({"apiVersion": "x/v1", "kind": "Template", "metadata": {"name": "a", "annotations": {VERSION: "forged"}},
            "spec": {"type": "service", "steps": [{"action": "debug:log"}]}});
        set_version(&mut document, None);
        assert_eq!(template_version(&Entity::new(document.clone()).unwrap()), None);
        set_version(&mut document, Some("abc"));
        assert_eq!(template_version(&Entity::new(document).unwrap()), Some("abc"));
    }
}
