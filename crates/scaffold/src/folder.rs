//! A template as it was at one moment: `template.yaml` and everything beside it, so that what it made can be made again when the
//! template itself has moved on.

use serde_json::{Map, Value};

use crate::actions::Actions;
use crate::run::{Runner, Status};
use crate::source::Source;
use crate::steps::RunContext;
use crate::template::{Template, TemplateError};
use crate::tree::{File, Tree, TreeError, child_path};
use slipway_nunjucks::Engine;

/// Most bytes of a template that is kept.
const MAX_BYTES: usize = 32 << 20;

/// The folder of a template, in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFolder {
    /// Path of the template's file in it. Where the template fetches from beside its own folder, that is not at the top.
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
        let tests = format!("{}tests/", beside(file));
        let has_tests = tree.contains(&format!("{tests}cases.yaml"));
        let mut kept = Tree::default();
        for (path, entry) in tree.iter() {
            if !(path.starts_with(".git/") || has_tests && path.starts_with(&tests)) {
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

    /// Path of the template's file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its files.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The template itself, with what it takes from files beside it (`$yaml`, `$json`, `$text`).
    ///
    /// # Errors
    /// It is no template, or none that can run here.
    pub fn template(&self) -> Result<Template, TemplateError> {
        let text = self.tree.get(&self.file).map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
        let (template, limits) = Template::read(&text, &self.file, self)?;
        limits.into_iter().next().map_or(Ok(template), Err)
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

impl TemplateFolder {
    /// The name of the template's file alone.
    fn name(&self) -> &str {
        &self.file[beside(&self.file).len()..]
    }

    /// Where an address that the template writes leads, seen from the top.
    fn inside(&self, address: &str) -> Result<String, String> {
        if address.contains("://") {
            return Err(format!("`{address}` is not beside {}; only what is can be fetched", self.name()));
        }
        if address.starts_with('/') {
            return Err(TreeError::Unsafe(address.to_owned()).to_string());
        }
        child_path(&format!("{}{address}", beside(&self.file)))
            .map_err(|_| TreeError::Unsafe(address.to_owned()).to_string())
    }
}

impl Source for TemplateFolder {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        let path = self.inside(address)?;
        if self.tree.is_folder(&path) {
            return Ok(if path.is_empty() { self.tree.clone() } else { self.tree.subtree(&path) });
        }
        Err(format!("there is no folder `{address}` beside {}", self.name()))
    }

    fn file(&self, address: &str) -> Result<File, String> {
        let found = self.tree.get(&self.inside(address)?);
        if found.is_some_and(|file| file.link) {
            return Err(format!("`{address}` is a symbolic link; name the file itself"));
        }
        found.cloned().ok_or_else(|| format!("there is no file `{address}` beside {}", self.name()))
    }
}

/// The folder of a file, with a `/` at its end; empty at the top.
fn beside(file: &str) -> &str {
    file.rfind('/').map_or("", |end| &file[..=end])
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
    fn what_is_fetched_from_beside_its_own_folder_is_found() {
        let mut tree = Tree::default();
        for (path, text) in [
            ("templates/one/template.yaml", TEMPLATE),
            ("templates/one/tests/cases.yaml", "left out"),
            ("skeletons/rust/Cargo.toml", "shared"),
        ] {
            tree.insert(path, File::text(text)).unwrap();
        }
        let folder = TemplateFolder::new("templates/one/template.yaml", &tree).unwrap();
        assert_eq!(folder.tree().len(), 2);
        let fetched = Source::tree(&folder, "../../skeletons/rust").unwrap();
        assert_eq!(fetched.get("Cargo.toml").unwrap().bytes, b"shared");
        assert_eq!(Source::file(&folder, "./template.yaml").unwrap().bytes, TEMPLATE.as_bytes());
        for (address, why) in [
            ("../../../etc", "\"../../../etc\" is not a path inside the folder"),
            ("/etc", "\"/etc\" is not a path inside the folder"),
            ("./absent", "there is no folder `./absent` beside template.yaml"),
            ("https://host/x", "`https://host/x` is not beside template.yaml; only what is can be fetched"),
        ] {
            assert_eq!(Source::tree(&folder, address).unwrap_err(), why);
        }
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
