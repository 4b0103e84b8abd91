//! Reading a location: from its files to documents that are right, and what is wrong with the others.

use super::{documents, hosted, template};
use crate::{Result, Slipway};
use serde_json::Value;
use slipway_api_types::catalog::RegisterProblem;
use slipway_domain::{
    catalog::{Entity, Location, LocationKind},
    time::Timestamp,
};
use slipway_ports::forge::{ForgeError, SourceTree};
use slipway_scaffold::{TemplateFolder, file_hash};
use std::{
    collections::{BTreeSet, VecDeque},
    path::Path,
};

/// The file a folder or repository is read from.
const CATALOG_FILE: &str = "catalog-info.yaml";
/// The one it is read from when there is no [`CATALOG_FILE`].
const TEMPLATE_FILE: &str = "template.yaml";
/// How many files one location may lead to.
const MOST_FILES: usize = 2_000;
/// The largest file that is read, bytes.
const LARGEST_FILE: usize = 8 << 20;

/// A document that was read: where it stands and what it says.
pub(super) struct Found {
    pub file: String,
    pub document: usize,
    pub entity: Entity,
    /// Of a template: what it fetches, or why it cannot run.
    pub template: Option<Result<TemplateFolder, RegisterProblem>>,
}

/// What one reading of a location found.
pub(super) struct Reading {
    pub began_at: Timestamp,
    pub found: Vec<Found>,
    pub problems: Vec<RegisterProblem>,
    /// Stands for all of it; see [`Location::digest`].
    pub digest: String,
}

/// Opens the place; the inner error is why that cannot be.
pub(super) async fn open(slipway: &Slipway, location: &Location) -> Result<Result<Box<dyn SourceTree>, ForgeError>> {
    Ok(match (location.kind, location.repository) {
        (LocationKind::Git, Some(repository)) => hosted::open(slipway, repository).await?,
        (LocationKind::Git, None) => slipway.source.open_git(&location.target).await,
        (LocationKind::BuiltIn, _) => slipway.source.open_path(&slipway.settings.templates).await,
        (LocationKind::Path, _) => slipway.source.open_path(Path::new(&location.target)).await,
    })
}

/// What stands for a commit. Another Slipway may find other things right, so it is part of that.
pub(super) fn digest_of_revision(slipway: &Slipway, revision: &str) -> String {
    format!("{} {revision}", slipway.settings.version)
}

/// Where reading begins.
pub(super) async fn entry(location: &Location, tree: &dyn SourceTree) -> String {
    if let Some(entry) = location.entry.as_deref().or_else(|| tree.entry()) {
        return entry.to_owned();
    }
    let is_there = async |file| matches!(tree.read(file).await, Ok(Some(_)));
    if !is_there(CATALOG_FILE).await && is_there(TEMPLATE_FILE).await { TEMPLATE_FILE } else { CATALOG_FILE }.to_owned()
}

/// Reads `files` and those that Location entities within lead to.
pub(super) async fn read(slipway: &Slipway, tree: &dyn SourceTree, mut files: VecDeque<String>) -> Reading {
    let mut reading =
        Reading { began_at: slipway.clock.now(), found: Vec::new(), problems: Vec::new(), digest: String::new() };
    let mut seen: BTreeSet<String> = files.iter().cloned().collect();
    let mut content = String::new();
    while let Some(file) = files.pop_front() {
        let bytes = match tree.read(&file).await {
            Ok(Some(bytes)) if bytes.len() <= LARGEST_FILE => Ok(bytes),
            Ok(Some(_)) => Err("the file is larger than 8 MiB".to_owned()),
            Ok(None) if file == CATALOG_FILE => Err(format!(
                "there is no such file, nor {TEMPLATE_FILE}; write one, of the kind Location for instance, that names what is further down"
            )),
            Ok(None) => Err("there is no such file".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(message) => {
                reading.problems.push(RegisterProblem { file, document: 1, line: None, field: String::new(), message });
                continue;
            }
        };
        content.push_str(&format!("{file} {}\n", file_hash(&bytes)));
        for found in documents_of(tree, &file, &String::from_utf8_lossy(&bytes)).await {
            match found {
                Ok(found) => {
                    for target in location_targets(&found.entity) {
                        let target = beside(&file, &target);
                        if seen.len() < MOST_FILES && seen.insert(target.clone()) {
                            files.push_back(target);
                        }
                    }
                    match &found.template {
                        Some(Ok(folder)) => content.push_str(&format!("{}\n", folder.version())),
                        Some(Err(problem)) => content.push_str(&format!("{}\n", problem.message)),
                        None => {}
                    }
                    reading.found.push(found);
                }
                Err(problem) => reading.problems.push(problem),
            }
        }
    }
    let revision = tree.revision().map_or_else(|| file_hash(content.as_bytes()), str::to_owned);
    reading.digest = digest_of_revision(slipway, &revision);
    reading
}

/// The documents of a file, each taken or refused.
async fn documents_of(tree: &dyn SourceTree, file: &str, text: &str) -> Vec<Result<Found, RegisterProblem>> {
    let problem = |document, line, field: &str, message: String| RegisterProblem {
        file: file.to_owned(),
        document,
        line,
        field: field.to_owned(),
        message,
    };
    let documents = documents::read(text);
    if documents.is_empty() {
        return vec![Err(problem(1, None, "", "the file has no entity in it".to_owned()))];
    }
    let mut all = Vec::with_capacity(documents.len());
    for document in documents {
        let number = document.number;
        let mut value = match &document.value {
            Ok(value) => value.clone(),
            Err(wrong) => {
                all.push(Err(problem(number, wrong.line, "", wrong.message.clone())));
                continue;
            }
        };
        let is_template = value["kind"].as_str().is_some_and(template::is_template);
        let read = match Entity::new(value.clone()) {
            Ok(_) if is_template => Some(template::read(tree, file, number, &value).await),
            _ => None,
        };
        if is_template {
            let version = read.as_ref().and_then(|read| read.as_ref().ok()).map(TemplateFolder::version);
            template::set_version(&mut value, version.as_deref());
        }
        all.push(match Entity::new(value) {
            Ok(entity) => Ok(Found { file: file.to_owned(), document: number, entity, template: read }),
            Err(wrong) => Err(problem(number, document.line_of(&wrong.field), &wrong.field, wrong.message)),
        });
    }
    all
}

/// `spec.target` and `spec.targets` of a Location entity.
fn location_targets(entity: &Entity) -> Vec<String> {
    if !entity.kind().eq_ignore_ascii_case("location") {
        return Vec::new();
    }
    let one = entity.text(&["spec", "target"]).map(str::to_owned);
    one.into_iter().chain(entity.list(&["spec", "targets"]).filter_map(Value::as_str).map(str::to_owned)).collect()
}

/// A path relative to the folder of `file`.
fn beside(file: &str, target: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn targets_are_relative_to_their_file() {
        assert_eq!(beside("catalog-info.yaml", "./a/b.yaml"), "a/b.yaml");
        assert_eq!(beside("x/all.yaml", "../y/one.yaml"), "y/one.yaml");
        assert_eq!(beside("all.yaml", "../../etc/passwd"), "etc/passwd");
    }
}
