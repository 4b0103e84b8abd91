//! Actions that need nothing but a workspace in memory, and what is known of those that reach outside.

mod catalog;
mod debug;
mod fetch;
mod fs;
mod outside;
mod render;
mod roadie;
mod roadie_merge;
mod zip;

use serde_json::{Value, json};
use slipway_nunjucks::Engine;
use std::collections::BTreeMap;

use crate::action::{ActionRegistry, ActionSpec};
use crate::source::Source;
use crate::tree::{Tree, child_path};

/// What an action works with.
pub struct Bench<'a> {
    /// The files of the run.
    pub workspace: &'a mut Tree,
    /// What can be fetched.
    pub source: &'a dyn Source,
    /// What renders files.
    pub engine: &'a Engine,
    /// The template's reference in the catalogue.
    pub template: &'a str,
    /// Lines for the log.
    pub log: &'a mut Vec<String>,
}

impl Bench<'_> {
    fn say(&mut self, line: impl Into<String>) {
        self.log.push(line.into());
    }
}

/// What an action does with an input that keeps to its schema: the outputs, or a sentence on what is wrong.
type Run = fn(&mut Bench<'_>, &Value) -> Result<Value, String>;

/// How an action is carried out without a portal.
#[derive(Clone, Copy)]
enum Way {
    /// As in the portal.
    Here(Run),
    /// Not at all: its outputs are given, or examples. The portal does it.
    Portal,
    /// Not at all, as above, and the portal cannot do it either.
    Outside,
}

/// How much of an action there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It does the same everywhere.
    Whole,
    /// The portal does it; without one its outputs are given, or examples of its schema.
    Portal,
    /// It reaches outside; its outputs are given, or examples of its schema.
    Outside,
}

/// Every action that is known: what it takes, and how it is done without a portal.
pub struct Actions {
    registry: ActionRegistry,
    ways: BTreeMap<String, Way>,
}

impl Default for Actions {
    fn default() -> Self {
        let mut actions = Self { registry: ActionRegistry::default(), ways: BTreeMap::new() };
        let local = [
            fetch::ACTIONS,
            render::ACTIONS,
            fs::ACTIONS,
            debug::ACTIONS,
            catalog::ACTIONS,
            roadie::ACTIONS,
            zip::ACTIONS,
        ];
        for local in local.into_iter().flatten() {
            actions.add((local.spec)(), Way::Here(local.run));
        }
        outside::specs().for_each(|spec| actions.add(spec, Way::Outside));
        actions
    }
}

impl Actions {
    fn add(&mut self, spec: ActionSpec, way: Way) {
        self.ways.insert(spec.name.clone(), way);
        self.registry.add(spec);
    }

    /// Adds an action of the portal. One that can be done without a portal stays as it is.
    pub fn add_portal(&mut self, spec: ActionSpec) {
        if !matches!(self.ways.get(&spec.name), Some(Way::Here(_))) {
            self.add(spec, Way::Portal);
        }
    }

    /// What each action takes and gives.
    #[must_use]
    pub fn registry(&self) -> &ActionRegistry {
        &self.registry
    }

    /// How much of an action there is; none if it is not known.
    #[must_use]
    pub fn support(&self, name: &str) -> Option<Support> {
        self.ways.get(name).map(|way| match way {
            Way::Here(_) => Support::Whole,
            Way::Portal => Support::Portal,
            Way::Outside => Support::Outside,
        })
    }

    /// Why the portal does not do an action that is known, where that is no matter of a connection to another system: a sentence
    /// without a full stop.
    #[must_use]
    pub fn why_never(&self, name: &str) -> Option<&'static str> {
        outside::why_never(name)
    }

    /// Does an action; `None` when it reaches outside or is not known.
    pub fn run(&self, name: &str, bench: &mut Bench<'_>, input: &Value) -> Option<Result<Value, String>> {
        match self.ways.get(name)? {
            Way::Here(run) => Some(run(bench, input)),
            Way::Portal | Way::Outside => None,
        }
    }
}

/// One action that is done here.
struct Local {
    spec: fn() -> ActionSpec,
    run: Run,
}

/// A spec whose input knows nothing but `properties`.
fn spec(name: &str, description: &str, required: &[&str], properties: Value, outputs: Value) -> ActionSpec {
    ActionSpec {
        name: name.into(),
        description: description.into(),
        input_schema: json!({
            "type": "object", "required": required, "properties": properties, "additionalProperties": false
        }),
        output_schema: json!({ "type": "object", "properties": outputs }),
        has_undo: false,
    }
}

/// A text of an input that keeps to its schema.
fn text<'a>(input: &'a Value, key: &str) -> &'a str {
    input[key].as_str().unwrap_or_default()
}

/// A path of an input, inside the workspace.
fn path(input: &Value, key: &str) -> Result<String, String> {
    child_path(text(input, key)).map_err(|error| format!("{key}: {error}"))
}

/// A path of an input that must not be the workspace itself.
fn file_path(input: &Value, key: &str) -> Result<String, String> {
    match path(input, key)? {
        path if path.is_empty() => Err(format!("{key}: name a file, not the workspace itself")),
        path => Ok(path),
    }
}

/// The text of a file of the workspace.
fn read<'a>(bench: &'a Bench<'_>, path: &str) -> Result<std::borrow::Cow<'a, str>, String> {
    let file = bench.workspace.get(path).filter(|file| !file.link);
    file.map(|file| String::from_utf8_lossy(&file.bytes))
        .ok_or_else(|| format!("there is no file \"{path}\" in the workspace"))
}
