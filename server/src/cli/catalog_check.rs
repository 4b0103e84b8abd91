//! `slipway catalog check`: the rules of the catalogue, on files.

use super::{counted, print, template::Places};
use serde::Serialize;
use serde_json::{Value, json};
use slipway_domain::catalog::{Entity, relations};
use slipway_scaffold::Document;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `slipway catalog check`
#[derive(clap::Args)]
pub struct Options {
    /// Catalogue files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the entities as the catalogue would keep them, and the problems, as JSON.
    #[arg(long)]
    json: bool,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Problem {
    file: String,
    /// The document in the file, from 1.
    document: usize,
    line: u32,
    column: u32,
    /// Path of the field; empty when it is about the whole document.
    field: String,
    message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = if self.field.is_empty() { String::new() } else { format!("{}: ", self.field) };
        write!(f, "{}:{}:{}: {field}{}", self.file, self.line, self.column, self.message)
    }
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut check = Check::default();
        self.files.iter().for_each(|file| check.file(file));
        if self.json {
            print(&format!("{:#}", json!({ "entities": check.entities, "problems": check.problems })));
        }
        for problem in &check.problems {
            eprintln!("{problem}");
        }
        if !self.json {
            for reference in check.seen.keys() {
                print(reference);
            }
        }
        let (good, bad) = (check.entities.len(), check.problems.len());
        let entities = if good == 1 { "1 entity".to_owned() } else { format!("{good} entities") };
        eprintln!("{entities}, {}", counted(bad, "problem"));
        Ok(if bad > 0 || good == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

#[derive(Default)]
struct Check {
    entities: Vec<Value>,
    problems: Vec<Problem>,
    /// Where each entity stands.
    seen: BTreeMap<String, String>,
}

impl Check {
    fn file(&mut self, path: &Path) {
        let file = path.display().to_string();
        let mut problem = |document, line, column, field: &str, message: String| {
            self.problems.push(Problem {
                file: file.clone(),
                document,
                line,
                column,
                field: field.to_owned(),
                message,
            });
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return problem(1, 1, 1, "", format!("the file cannot be read: {error}")),
        };
        let places = match Places::new(path, &[]) {
            Ok(places) => places,
            Err(error) => return problem(1, 1, 1, "", error.to_string()),
        };
        let documents = Document::read_all(&text, &places);
        if documents.is_empty() {
            problem(1, 1, 1, "", "the file has no entity in it".to_owned());
        }
        for document in documents {
            let document = match document {
                Ok(document) => document,
                Err(error) => {
                    problem(error.document, error.line, error.column, "", error.message);
                    continue;
                }
            };
            match Entity::new(document.value()) {
                Ok(entity) => {
                    let (line, column) = document.place_of("metadata.name");
                    let reference = entity.reference().to_string();
                    if let Some(other) = self.seen.get(&reference) {
                        let message = format!("{reference} is at {other} already; names must differ");
                        problem(document.number, line, column, "metadata.name", message);
                        continue;
                    }
                    self.seen.insert(reference, format!("{file}:{line}"));
                    self.entities.push(normal(&entity));
                }
                Err(_) => {
                    for wrong in Entity::problems(&document.value()) {
                        let (line, column) = document.place_of(&wrong.field);
                        problem(document.number, line, column, &wrong.field, wrong.message);
                    }
                }
            }
        }
    }
}

/// An entity as the catalogue keeps it: with its namespace, and the relations that follow from it.
fn normal(entity: &Entity) -> Value {
    let mut body = entity.body().clone();
    if let Some(metadata) = body["metadata"].as_object_mut()
        && metadata.get("namespace").is_none_or(Value::is_null)
    {
        metadata.insert("namespace".into(), entity.namespace().into());
    }
    let own = entity.reference();
    let relations = relations(entity).into_iter().filter(|relation| relation.source == own);
    let relations =
        relations.map(|relation| json!({ "type": relation.kind, "targetRef": relation.target.to_string() }));
    body["relations"] = relations.collect();
    body
}
