//! A template as it was at one moment: `template.yaml` and everything beside it, so that what it made can be made again when the
//! template itself has moved on.

use serde_json::{Map, Value};

use crate::actions::Actions;
use crate::run::{Runner, Status};
use crate::source::Source;
use crate::steps::RunContext;
use crate::template::{Template, TemplateError};
use crate::tree::{File, Tree, TreeError, child_path, safe_path};
use slipway_nunjucks::Engine;

/// Most bytes of a template that is kept.
const MAX_BYTES: usize = 32 << 20;

/// The folder of a template, in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFolder {
    /// Name of the template's file in it.
    file: String,
    tree: Tree,
}

/// Why a folder cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// It is larger than any template's should be.
    #[error("the template's folder has more than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// There is no template in it.
    #[error("there is no file `{0}`")]
    Missing(String),
}

impl TemplateFolder {
    /// Of a tree with the template's file in it. What no created repository can come from is left out: the repository's own
    /// `.git`, and the template's tests.
    ///
    /// # Errors
    /// The file is not in the tree, or there is too much.
    pub fn new(file: &str, tree: &Tree) -> Result<Self, FolderError> {
        let has_tests = tree.contains("tests/cases.yaml");
        let mut kept = Tree::default();
        for (path, entry) in tree.iter() {
            if !(path.starts_with(".git/") || has_tests && path.starts_with("tests/")) {
                kept.insert(path, entry.clone())?;
            }
        }
        if kept.get(file).is_none() {
            return Err(FolderError::Missing(file.to_owned()));
        }
        if kept.bytes() > MAX_BYTES {
            return Err(FolderError::TooLarge);
        }
        Ok(Self { file: file.to_owned(), tree: kept })
    }

    /// The version: a hash over every path, mode and content. The same folder has the same version anywhere.
    #[must_use]
    pub fn version(&self) -> String {
        self.tree.hash()
    }

    /// Name of the template's file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its files.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The template itself.
    ///
    /// # Errors
    /// It is no template.
    pub fn template(&self) -> Result<Template, TemplateError> {
        let text = self.tree.get(&self.file).map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
        Template::parse(&text, &self.file)
    }

    /// What a run puts into the workspace before the step that makes the repository, or by all steps when there is none. Actions
    /// that reach outside are not done.
    ///
    /// # Errors
    /// Why it cannot be rendered, in words.
    pub fn render(&self, actions: &Actions, engine: &Engine, context: RunContext, until: &str) -> Result<Tree, String> {
        let mut template = self.template().map_err(|error| error.to_string())?;
        let end = template.steps.iter().position(|step| step.action == until).unwrap_or(template.steps.len());
        template.steps.truncate(end);
        template.output = Value::Null;
        let runner = Runner { actions, source: self, engine, stubs: &Map::new(), file: &self.file };
        let mut workspace = Tree::default();
        let report = runner.run(&template, context, &mut workspace);
        if report.status == Status::Completed {
            return Ok(workspace);
        }
        let errors: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
        Err(errors.join("; "))
    }
}

impl Source for TemplateFolder {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        let path = inside(address)?;
        if self.tree.is_folder(&path) {
            return Ok(if path.is_empty() { self.tree.clone() } else { self.tree.subtree(&path) });
        }
        Err(format!("there is no folder `{address}` beside {}", self.file))
    }

    fn file(&self, address: &str) -> Result<File, String> {
        let found = safe_path(address).ok().and_then(|path| self.tree.get(&path).cloned());
        found.ok_or_else(|| format!("there is no file `{address}` beside {}", self.file))
    }
}

fn inside(address: &str) -> Result<String, String> {
    if address.contains("://") {
        return Err(format!("`{address}` is not a folder beside the template; only those can be fetched"));
    }
    child_path(address).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use slipway_nunjucks::backstage::{engine, public_hosts};

    const TEMPLATE: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: small}
spec:
  type: service
  parameters: {properties: {name: {type: string}}}
  steps:
    - {id: render, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}}
    - {id: publish, action: "publish:github", input: {repoUrl: "${{ parameters.name }}"}}
    - {id: after, action: "fetch:plain", input: {url: ./late}}
  output: {links: [{url: "${{ steps.publish.output.remoteUrl.nothing.there }}"}]}
"#;

    fn folder(skeleton: &str) -> TemplateFolder {
        let mut tree = Tree::default();
        for (path, text) in [
            ("template.yaml", TEMPLATE),
            ("skeleton/README.md", skeleton),
            ("late/x", "too late"),
            ("tests/cases.yaml", skeleton),
            (".git/HEAD", skeleton),
        ] {
            tree.insert(path, File::text(text)).unwrap();
        }
        TemplateFolder::new("template.yaml", &tree).unwrap()
    }

    #[test]
    fn a_version_is_what_repositories_can_come_from() {
        assert_eq!(folder("a").version(), folder("a").version());
        assert_ne!(folder("a").version(), folder("b").version());
        assert_eq!(folder("a").tree().len(), 3, "neither tests nor git's own files");
        assert!(matches!(TemplateFolder::new("x.yaml", &Tree::default()), Err(FolderError::Missing(_))));
    }

    #[test]
    fn it_renders_what_the_repository_was_made_of() {
        let engine = engine(public_hosts());
        let parameters = json!({"name": "orders"}).as_object().cloned().unwrap();
        let context = RunContext::new(engine.clone(), &parameters, &Value::Null, "r");
        let rendered = folder("# ${{ values.name }}").render(&Actions::default(), &engine, context, "publish:github");
        let rendered = rendered.unwrap();
        assert_eq!(rendered.len(), 1);
        assert_eq!(rendered.get("README.md").unwrap().bytes, b"# orders");
    }
}
