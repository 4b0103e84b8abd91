//! `fetch:template`: a skeleton and values to files.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use slipway_nunjucks::{Context, Engine, Syntax};

use crate::binary::is_binary;
use crate::glob::Globs;
use crate::tree::{File, Tree, TreeError, child_path, safe_path};

/// The options of `fetch:template`, as a step writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FetchTemplateOptions {
    /// Files whose content stays as it is (their paths are still rendered): globs over the paths as the skeleton has
    /// them; a folder's name means all of it, `!` takes out again.
    pub copy_without_templating: Vec<String>,
    /// Whether files that are already in the workspace are replaced; else they stay.
    pub replace: bool,
    /// Only files with this extension are rendered, and lose it: `.njk`.
    pub template_file_extension: Option<String>,
    /// Drop the line break after a block tag.
    pub trim_blocks: bool,
    /// Drop the blanks before a block tag.
    pub lstrip_blocks: bool,
    /// `{{ cookiecutter.name }}` in place of `${{ values.name }}`.
    pub cookiecutter_compat: bool,
    /// The folder of the workspace that the files go to; empty is the workspace itself.
    pub target_path: String,
}

/// A skeleton that cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(file, *line, *column))]
pub struct RenderError {
    /// The path in the skeleton; empty when it is about the options.
    pub file: String,
    /// Line in the file, from 1; 0 when it is about the whole file or its name.
    pub line: u32,
    /// Column in the file, from 1; 0 as for `line`.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

fn place(file: &str, line: u32, column: u32) -> String {
    match (file, line) {
        ("", _) => String::new(),
        (file, 0) => format!("{file}: "),
        (file, line) => format!("{file}:{line}:{column}: "),
    }
}

impl FetchTemplateOptions {
    /// The options in the input of a step; what is not one of them is passed over.
    ///
    /// # Errors
    /// A sentence, when an option is not of its type or two cannot go together.
    pub fn from_input(input: &Value) -> Result<Self, String> {
        let mut known = input.clone();
        if let Some(map) = known.as_object_mut() {
            map.retain(|_, value| !value.is_null());
            let extension = match map.get("templateFileExtension") {
                Some(Value::Bool(true)) => Some(Value::from("njk")),
                Some(Value::Bool(false)) => None,
                other => other.filter(|value| **value != "").cloned(),
            };
            map.shift_remove("templateFileExtension");
            map.extend(extension.map(|extension| ("templateFileExtension".to_owned(), extension)));
            let copied = map.get("copyWithoutTemplating").is_some_and(|copied| !copied.is_null());
            if map.contains_key("templateFileExtension")
                && (copied || map.get("cookiecutterCompat") == Some(&true.into()))
            {
                return Err(TOGETHER.to_owned());
            }
        }
        serde_json::from_value(known).map_err(|error| error.to_string())
    }

    /// The engine as these options set it.
    pub(crate) fn engine(&self, engine: &Engine) -> Engine {
        let syntax = if self.cookiecutter_compat { Syntax::Cookiecutter } else { Syntax::Backstage };
        engine.clone().with_blocks(self.trim_blocks, self.lstrip_blocks).with_syntax(syntax)
    }

    /// What files see: nothing but `values`, by the name these options give it.
    pub(crate) fn context(&self, values: &Value) -> Context {
        let mut context = Map::new();
        if !values.is_null() {
            let name = if self.cookiecutter_compat { "cookiecutter" } else { "values" };
            context.insert(name.into(), values.clone());
        }
        context
    }

    /// The folder of the workspace that the files go to; empty is the workspace itself.
    pub(crate) fn target(&self) -> Result<String, TreeError> {
        child_path(&self.target_path)
    }
}

const TOGETHER: &str =
    "templateFileExtension cannot go together with copyWithoutTemplating or cookiecutterCompat; leave one out";

impl RenderError {
    fn whole(file: &str, message: impl ToString) -> Self {
        Self { file: file.into(), line: 0, column: 0, message: message.to_string() }
    }

    fn inside(file: &str, error: slipway_nunjucks::Error) -> Self {
        let (line, column) = error.position.map_or((0, 0), |at| (at.line, at.column));
        Self { file: file.into(), line, column, message: error.message }
    }
}

/// Everything that stays the same from file to file.
struct Renderer {
    engine: Engine,
    context: Context,
    copied: Globs,
    extension: Option<String>,
}

impl Renderer {
    fn new(
        source: &Tree,
        values: &Value,
        options: &FetchTemplateOptions,
        engine: &Engine,
    ) -> Result<Self, RenderError> {
        if options.template_file_extension.is_some()
            && (!options.copy_without_templating.is_empty() || options.cookiecutter_compat)
        {
            return Err(RenderError::whole("", TOGETHER));
        }
        let extension = options.template_file_extension.as_deref().map(|e| format!(".{}", e.trim_start_matches('.')));
        Ok(Self {
            engine: options.engine(engine),
            context: options.context(values),
            copied: Globs::new(&options.copy_without_templating, source, true)
                .map_err(|error| RenderError::whole("", format!("copyWithoutTemplating: {error}")))?,
            extension: extension.filter(|e| e.len() > 1),
        })
    }

    /// The path in the result, or none if it is left out, and whether its content is rendered. Folders end in `/`.
    fn path(&self, path: &str) -> Result<Option<(String, bool)>, RenderError> {
        let (bare, renders) = match &self.extension {
            Some(extension) => match without_extension(path, extension) {
                Some(bare) => (bare, true),
                None => (path, false),
            },
            None => (path, !self.copied.matches(path)),
        };
        let rendered = self.engine.render(bare, &self.context).map_err(|error| RenderError {
            message: format!("The file's name cannot be rendered: {}", error.message),
            ..RenderError::whole(path, "")
        })?;
        // An empty part in the path is how a template leaves out a file or a folder.
        if rendered.is_empty() || rendered.starts_with('/') || rendered.contains("//") {
            return Ok(None);
        }
        Ok(Some((rendered, renders)))
    }

    fn content(&self, path: &str, file: &File, renders: bool) -> Result<File, RenderError> {
        if file.link || is_binary(&file.bytes) {
            return Ok(file.clone());
        }
        // Also what is only copied is read as text, as Backstage reads it: bytes that are none become U+FFFD.
        let text = String::from_utf8_lossy(&file.bytes);
        if !renders {
            return Ok(File { bytes: text.into_owned().into_bytes(), ..*file });
        }
        let rendered = self.engine.render(&text, &self.context).map_err(|error| {
            let whole = error.position.is_none();
            let error = RenderError::inside(path, error);
            // A limit on the text itself: what is that large has rarely anything to be rendered.
            if whole {
                RenderError { message: error.message + "; name it in copyWithoutTemplating", ..error }
            } else {
                error
            }
        })?;
        Ok(File { bytes: rendered.into_bytes(), ..*file })
    }
}

/// `name.txt.njk` without `.njk`; a name that is nothing but the extension has none.
fn without_extension<'a>(path: &'a str, extension: &str) -> Option<&'a str> {
    let bare = path.strip_suffix(extension)?;
    // The extension is what follows the last dot, so `.tpl.njk` fits no file.
    let whole = extension.rfind('.') == Some(0);
    (whole && !bare.is_empty() && !bare.ends_with('/')).then_some(bare)
}

/// Renders a skeleton. `values` is what templates see as `values`. Of several files that come out at one path, the
/// first stays, unless `replace` is set.
///
/// # Errors
/// The first file that cannot be rendered, or whose rendered path leads outside.
pub fn render_tree(
    source: &Tree,
    values: &Value,
    options: &FetchTemplateOptions,
    engine: &Engine,
) -> Result<Tree, RenderError> {
    let mut result = Tree::default();
    render_into(&mut result, source, values, options, engine)?;
    Ok(result)
}

/// Renders a skeleton into a workspace. Files that are already there stay, unless `replace` is set. After an error the
/// workspace is as it was.
///
/// # Errors
/// As [`render_tree`].
pub fn fetch_template(
    workspace: &mut Tree,
    source: &Tree,
    values: &Value,
    options: &FetchTemplateOptions,
    engine: &Engine,
) -> Result<(), RenderError> {
    let mut result = workspace.clone();
    render_into(&mut result, source, values, options, engine)?;
    *workspace = result;
    Ok(())
}

/// Renders one file's text, as `fetch:template:file` does.
///
/// # Errors
/// It cannot be rendered; the error calls it `name`.
pub fn render_file(
    file: &File,
    name: &str,
    values: &Value,
    options: &FetchTemplateOptions,
    engine: &Engine,
) -> Result<File, RenderError> {
    let text = String::from_utf8_lossy(&file.bytes);
    let rendered = options.engine(engine).render(&text, &options.context(values));
    rendered.map(File::text).map_err(|error| RenderError::inside(name, error))
}

fn render_into(
    result: &mut Tree,
    source: &Tree,
    values: &Value,
    options: &FetchTemplateOptions,
    engine: &Engine,
) -> Result<(), RenderError> {
    let target = options.target().map_err(|e| RenderError::whole("", format!("targetPath: {e}")))?;
    let renderer = Renderer::new(source, values, options, engine)?;
    let place = |path: &str, rendered: &str| {
        let rendered = safe_path(rendered).map_err(|e| RenderError::whole(path, e))?;
        Ok(if target.is_empty() { rendered } else { format!("{target}/{rendered}") })
    };
    for folder in source.folders() {
        let Some((rendered, _)) = renderer.path(&format!("{folder}/"))? else { continue };
        let destination = place(folder, &rendered)?;
        if !result.contains(&destination) {
            result.insert_folder(&destination).map_err(|e| RenderError::whole(folder, e))?;
        }
    }
    for (path, file) in source.iter() {
        let Some((rendered, renders)) = renderer.path(path)? else { continue };
        let destination = place(path, &rendered)?;
        if result.contains(&destination) && !options.replace {
            continue;
        }
        let file = renderer.content(path, file, renders)?;
        result.insert(&destination, file).map_err(|e: TreeError| RenderError::whole(path, e))?;
    }
    Ok(())
}
