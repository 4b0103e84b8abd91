//! `template.yaml`.

use serde_json::Value;
use slipway_forms::{Form, Page, read_form, read_secrets};
use slipway_nunjucks::{Dialect, Engine};

use crate::placeholders;
use crate::source::{NoFiles, Source};
use crate::yaml::{self, Kind, Node, Place};

/// The only format that is read.
pub const API_VERSION: &str = "scaffolder.backstage.io/v1beta3";

/// The annotation that says which engine a template was written for.
const ENGINE: &str = "slipway.dev/template-engine";

/// A golden path.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.title`, or the name.
    pub title: String,
    /// `metadata.description`, maybe empty.
    pub description: String,
    /// `metadata.tags`.
    pub tags: Vec<String>,
    /// `spec.owner`, an entity reference.
    pub owner: Option<String>,
    /// `spec.type`: service, website, library…
    pub kind: String,
    /// `spec.parameters`.
    pub form: Form,
    /// `spec.presentation.buttonLabels`.
    pub labels: ButtonLabels,
    /// The engine it was written for, if it says so: annotation `slipway.dev/template-engine`, `current` or `legacy`.
    pub dialect: Option<Dialect>,
    /// `spec.steps`, in order.
    pub steps: Vec<Step>,
    /// `spec.output`, not evaluated; null if there is none.
    pub output: Value,
    /// The whole document as written, with everything that is not named above.
    pub entity: Value,
    /// Where everything stands.
    root: Node,
}

/// What the wizard's buttons say, where the template has words of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ButtonLabels {
    /// `backButtonText`: to the page before.
    pub back: Option<String>,
    /// `reviewButtonText`: from the last page to the review.
    pub review: Option<String>,
    /// `createButtonText`: starts the run.
    pub create: Option<String>,
}

/// One step, not evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its `id`, or `step-1` and so on.
    pub id: String,
    /// Its `name`, or its action.
    pub name: String,
    /// The action's name.
    pub action: String,
    /// What it is given; null if nothing.
    pub input: Value,
    /// `if`.
    pub condition: Option<Value>,
    /// `each`.
    pub each: Option<Value>,
    /// The line of `template.yaml` it starts on, from 1.
    pub line: u32,
}

/// A template that cannot be used, and where to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}{message}", named(field))]
pub struct TemplateError {
    /// As it was given to [`Template::parse`].
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// Path in the document (`spec.steps.0.action`); empty when it is about the whole.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

fn named(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

/// The document, for reading fields by path.
struct Document<'a> {
    file: &'a str,
    root: &'a Node,
}

impl<'a> Document<'a> {
    fn error(&self, field: &str, message: impl Into<String>) -> TemplateError {
        let (line, column) = self.root.place_of(field);
        TemplateError { file: self.file.into(), line, column, field: field.into(), message: message.into() }
    }

    fn find(&self, field: &str) -> Option<&'a Node> {
        let found = field.split('.').try_fold(self.root, Node::get)?;
        (!matches!(found.kind, Kind::Scalar(Value::Null))).then_some(found)
    }

    fn text(&self, field: &str) -> Result<Option<String>, TemplateError> {
        match self.find(field).map(|node| &node.kind) {
            None => Ok(None),
            Some(Kind::Scalar(Value::String(text))) => Ok(Some(text.clone())),
            Some(_) => Err(self.error(field, "Use a text; put it in quotes if it looks like a number")),
        }
    }

    fn required_text(&self, field: &str) -> Result<String, TemplateError> {
        match self.text(field)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.error(field, "This is missing")),
        }
    }

    fn list(&self, field: &str) -> Result<&'a [Node], TemplateError> {
        match self.find(field).map(|node| &node.kind) {
            None => Ok(&[]),
            Some(Kind::List(items)) => Ok(items),
            Some(_) => Err(self.error(field, "Use a list")),
        }
    }

    fn json(&self, field: &str) -> Value {
        self.find(field).map_or(Value::Null, Node::to_json)
    }

    fn labels(&self) -> Result<ButtonLabels, TemplateError> {
        let label = |name: &str| self.text(&format!("spec.presentation.buttonLabels.{name}ButtonText"));
        Ok(ButtonLabels { back: label("back")?, review: label("review")?, create: label("create")? })
    }

    fn dialect(&self) -> Result<Option<Dialect>, TemplateError> {
        let said = self.find("metadata.annotations").and_then(|annotations| annotations.get(ENGINE)).map(Node::to_json);
        said.map(|said| {
            let known = said.as_str().and_then(Dialect::parse);
            known.ok_or_else(|| self.error("metadata.annotations", format!("{ENGINE} is current or legacy")))
        })
        .transpose()
    }

    fn step(&self, index: usize) -> Result<Step, TemplateError> {
        let field = |name: &str| format!("spec.steps.{index}.{name}");
        let base = format!("spec.steps.{index}");
        if !matches!(self.find(&base).map(|node| &node.kind), Some(Kind::Map(_))) {
            return Err(self.error(&base, "A step is a mapping with an action"));
        }
        let action = self.required_text(&field("action"))?;
        let condition = self.find(&field("if")).map(Node::to_json);
        if condition.as_ref().is_some_and(|value| !value.is_string() && !value.is_boolean()) {
            return Err(self.error(&field("if"), "Use an expression, or true or false"));
        }
        let input = self.json(&field("input"));
        if !input.is_object() && !input.is_null() {
            return Err(self.error(&field("input"), "Use a mapping"));
        }
        Ok(Step {
            id: self.text(&field("id"))?.unwrap_or_else(|| format!("step-{}", index + 1)),
            name: self.text(&field("name"))?.unwrap_or_else(|| action.clone()),
            action,
            input,
            condition,
            each: self.find(&field("each")).map(Node::to_json),
            line: self.root.place_of(&base).0,
        })
    }
}

impl Template {
    /// Reads the text of a `template.yaml`; `file` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self, TemplateError> {
        let (template, limits) = Self::read(text, file, &NoFiles)?;
        limits.into_iter().next().map_or(Ok(template), Err)
    }

    /// As [`Template::parse`], with `$yaml`, `$json` and `$text` read from `source`. What only the portal cannot take stands beside
    /// the template: parameters that cannot be shown as a form (it is empty then), and steps with the same id.
    ///
    /// # Errors
    /// The first other thing that is wrong, with its line.
    pub fn read(text: &str, file: &str, source: &dyn Source) -> Result<(Self, Vec<TemplateError>), TemplateError> {
        let root = yaml::parse_kind(text, "Template").map_err(|error| TemplateError {
            file: file.into(),
            line: error.at.0,
            column: error.at.1,
            field: String::new(),
            message: error.message,
        })?;
        let root = placeholders::fill(root, source).map_err(|(at, message)| TemplateError {
            file: file.into(),
            line: at.0,
            column: at.1,
            field: String::new(),
            message,
        })?;
        let document = Document { file, root: &root };
        if document.required_text("apiVersion")? != API_VERSION {
            return Err(document.error("apiVersion", format!("Only {API_VERSION} is supported")));
        }
        if document.required_text("kind")? != "Template" {
            return Err(document.error("kind", "A template is of the kind Template"));
        }
        let name = document.required_text("metadata.name")?;
        let mut limits = Vec::new();
        let mut form = read_form(&document.json("spec.parameters")).unwrap_or_else(|error| {
            let below = if error.path.is_empty() { String::new() } else { format!(".{}", error.path) };
            limits.push(document.error(&format!("spec.parameters{below}"), error.message));
            Form::default()
        });
        form.secrets = read_secrets(&document.json("spec.secrets.schema")).unwrap_or_else(|error| {
            let below = if error.path.is_empty() { String::new() } else { format!(".{}", error.path) };
            limits.push(document.error(&format!("spec.secrets.schema{below}"), error.message));
            Page::default()
        });
        let steps = document.list("spec.steps")?;
        if steps.is_empty() {
            return Err(document.error("spec.steps", "A template needs at least one step"));
        }
        let steps = (0..steps.len()).map(|index| document.step(index)).collect::<Result<Vec<_>, _>>()?;
        for (index, step) in steps.iter().enumerate() {
            if steps[..index].iter().any(|earlier| earlier.id == step.id) {
                let field = format!("spec.steps.{index}.id");
                limits.push(document.error(&field, format!("Another step is called \"{}\"; ids must differ", step.id)));
            }
        }
        let tags = document.list("metadata.tags")?;
        let template = Self {
            title: document.text("metadata.title")?.unwrap_or_else(|| name.clone()),
            name,
            description: document.text("metadata.description")?.unwrap_or_default(),
            tags: tags.iter().filter_map(|tag| tag.to_json().as_str().map(str::to_owned)).collect(),
            owner: document.text("spec.owner")?,
            kind: document.required_text("spec.type")?,
            form,
            labels: document.labels()?,
            dialect: document.dialect()?,
            steps,
            output: document.json("spec.output"),
            entity: root.to_json(),
            root,
        };
        Ok((template, limits))
    }

    /// The pages of parameters as JSON Schema.
    #[must_use]
    pub fn pages(&self) -> Vec<Value> {
        match &self.entity["spec"]["parameters"] {
            Value::Null => Vec::new(),
            Value::Array(pages) => pages.clone(),
            page => vec![page.clone()],
        }
    }

    /// The template's reference in the catalogue.
    #[must_use]
    pub fn reference(&self) -> String {
        let namespace = self.entity["metadata"]["namespace"].as_str().unwrap_or("default");
        format!("template:{namespace}/{}", self.name).to_lowercase()
    }

    /// The address that relative ones begin at, when the text of a template says where it comes from.
    #[must_use]
    pub fn base_url(text: &str) -> Option<String> {
        let root = yaml::parse_kind(text, "Template").ok()?;
        let annotations = root.get("metadata")?.get("annotations")?;
        let said = ["backstage.io/source-location", "backstage.io/managed-by-location"];
        said.iter().find_map(|name| match &annotations.get(name)?.kind {
            Kind::Scalar(Value::String(place)) => place.strip_prefix("url:").map(str::to_owned),
            _ => None,
        })
    }

    /// Line and column of a field of the document, or of the nearest one above it.
    #[must_use]
    pub fn place_of(&self, field: &str) -> (u32, u32) {
        self.root.place_of(field)
    }

    /// An error about a field of the document.
    #[must_use]
    pub fn error(&self, file: &str, field: &str, message: impl Into<String>) -> TemplateError {
        let (line, column) = self.place_of(field);
        TemplateError { file: file.into(), line, column, field: field.into(), message: message.into() }
    }

    /// Every expression of the steps and the output that is not well formed, or names what does not exist. `text` and `file` as for [`Template::parse`].
    #[must_use]
    pub fn lint_expressions(text: &str, file: &str, engine: &Engine) -> Vec<TemplateError> {
        let Ok(root) = yaml::parse_kind(text, "Template") else { return Vec::new() };
        let mut errors = Vec::new();
        for part in ["steps", "output"] {
            let Some(node) = root.get("spec").and_then(|spec| spec.get(part)) else { continue };
            node.texts(&format!("spec.{part}"), &mut |field, at: Place, text| {
                let wrong = engine.check(text).err().into_iter().chain(engine.unknown_names(text));
                for message in wrong.map(|error| error.to_string()) {
                    errors.push(TemplateError {
                        file: file.into(),
                        line: at.0,
                        column: at.1,
                        field: field.into(),
                        message,
                    });
                }
            });
        }
        errors
    }
}
