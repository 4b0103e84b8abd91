//! `fetch:template`: a skeleton and values to files.

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use slipway_nunjucks::{Context, Engine, Syntax};

use crate::binary::is_binary;
use crate::tree::{File, Tree, TreeError, safe_path};

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

impl RenderError {
    fn whole(file: &str, message: impl ToString) -> Self {
        Self { file: file.into(), line: 0, column: 0, message: message.to_string() }
    }

    fn inside(file: &str, error: slipway_nunjucks::Error) -> Self {
        let (line, column) = error.position.map_or((0, 0), |at| (at.line, at.column));
        Self { file: file.into(), line, column, message: error.message }
    }
}

/// Patterns in order; a later one that starts with `!` takes out what earlier ones took in.
struct Patterns(Vec<(bool, GlobMatcher)>);

impl Patterns {
    fn new(patterns: &[String]) -> Result<Self, RenderError> {
        let mut list = Vec::new();
        for pattern in patterns {
            let (takes_in, glob) = pattern.strip_prefix('!').map_or((true, pattern.as_str()), |rest| (false, rest));
            let glob = glob.trim_start_matches("./").trim_end_matches('/');
            if glob.is_empty() {
                continue;
            }
            for glob in [glob.to_owned(), format!("{glob}/**")] {
                let built = GlobBuilder::new(&glob).literal_separator(true).build();
                let message =
                    |e| format!("copyWithoutTemplating has the pattern \"{pattern}\", which is not valid: {e}");
                list.push((takes_in, built.map_err(|e| RenderError::whole("", message(e)))?.compile_matcher()));
            }
        }
        Ok(Self(list))
    }

    fn matches(&self, path: &str) -> bool {
        self.0.iter().fold(false, |taken, (takes_in, glob)| if glob.is_match(path) { *takes_in } else { taken })
    }
}

/// Everything that stays the same from file to file.
struct Renderer {
    engine: Engine,
    context: Context,
    copied: Patterns,
    extension: Option<String>,
}

impl Renderer {
    fn new(values: &Value, options: &FetchTemplateOptions, engine: &Engine) -> Result<Self, RenderError> {
        if options.template_file_extension.is_some()
            && (!options.copy_without_templating.is_empty() || options.cookiecutter_compat)
        {
            return Err(RenderError::whole(
                "",
                "templateFileExtension cannot go together with copyWithoutTemplating or cookiecutterCompat; leave one out",
            ));
        }
        let (name, syntax) = if options.cookiecutter_compat {
            ("cookiecutter", Syntax::Cookiecutter)
        } else {
            ("values", Syntax::Backstage)
        };
        let mut context = Map::new();
        if !values.is_null() {
            context.insert(name.into(), values.clone());
        }
        let extension = options.template_file_extension.as_deref().map(|e| format!(".{}", e.trim_start_matches('.')));
        Ok(Self {
            engine: engine.clone().with_blocks(options.trim_blocks, options.lstrip_blocks).with_syntax(syntax),
            context,
            copied: Patterns::new(&options.copy_without_templating)?,
            extension: extension.filter(|e| e.len() > 1),
        })
    }

    /// The path in the result, or none if the file is left out, and whether its content is rendered.
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

    fn content(&self, path: &str, file: &File) -> Result<File, RenderError> {
        if file.link || is_binary(&file.bytes) {
            return Ok(file.clone());
        }
        let text = String::from_utf8_lossy(&file.bytes);
        let rendered = self.engine.render(&text, &self.context).map_err(|error| RenderError::inside(path, error))?;
        Ok(File { bytes: rendered.into_bytes(), ..*file })
    }
}

/// `name.txt.njk` without `.njk`; a name that is nothing but the extension keeps it.
fn without_extension<'a>(path: &'a str, extension: &str) -> Option<&'a str> {
    let bare = path.strip_suffix(extension)?;
    (!bare.is_empty() && !bare.ends_with('/')).then_some(bare)
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

fn render_into(
    result: &mut Tree,
    source: &Tree,
    values: &Value,
    options: &FetchTemplateOptions,
    engine: &Engine,
) -> Result<(), RenderError> {
    let target = match options.target_path.trim_end_matches('/') {
        "" | "." => String::new(),
        path => safe_path(path).map_err(|e| RenderError::whole("", format!("targetPath: {e}")))?,
    };
    let renderer = Renderer::new(values, options, engine)?;
    for (path, file) in source.iter() {
        let Some((rendered, renders)) = renderer.path(path)? else { continue };
        let refuse = |e: TreeError| RenderError::whole(path, e);
        let rendered = safe_path(&rendered).map_err(refuse)?;
        let destination = if target.is_empty() { rendered } else { format!("{target}/{rendered}") };
        if result.get(&destination).is_some() && !options.replace {
            continue;
        }
        let file = if renders { renderer.content(path, file)? } else { file.clone() };
        result.insert(&destination, file).map_err(refuse)?;
    }
    Ok(())
}
