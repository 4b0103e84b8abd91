//! `${{ … }}`, `{% … %}` and `{# … #}` as Backstage's scaffolder evaluates them: Nunjucks' language with JavaScript's
//! meaning, over JSON values and `undefined`.
//!
//! The interpreter is closed: a template reaches the context it is given, the built-in filters, tests and methods, and
//! the functions the host registers, and nothing else. It reads no files, includes no other templates, and every
//! evaluation has [`Limits`]. It never panics, whatever the text.
//!
//! ```
//! let engine = slipway_nunjucks::Engine::default();
//! let context = serde_json::json!({ "values": { "name": "shop", "ports": [80, 443] } });
//! let context = context.as_object().unwrap();
//! assert_eq!(engine.render("name: ${{ values.name | upper }}", context).unwrap(), "name: SHOP");
//! // A text that is one expression and nothing else keeps the type of its value.
//! assert_eq!(engine.evaluate("${{ values.ports }}", context).unwrap(), Some(serde_json::json!([80, 443])));
//! assert_eq!(engine.evaluate("${{ values.nothing }}", context).unwrap(), None);
//! ```
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod ast;
pub mod backstage;
mod budget;
mod checks;
mod dump;
mod error;
mod eval;
mod filters;
mod js;
mod legacy;
mod methods;
mod names;
mod number;
mod parse;
mod pattern;
mod scan;
mod scope;
mod token;
mod utf16;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

pub use budget::Limits;
pub use error::{Error, ErrorKind, Position};

use ast::NodeKind;
use eval::Evaluator;
use scan::ScanOptions;

/// The names a template sees.
pub type Context = Map<String, Value>;
/// A filter of the host: input and arguments to result. `None` is `undefined`; an `Err` is a sentence for the author.
pub type Filter = Arc<dyn Fn(Option<&Value>, &[Option<Value>]) -> Result<Option<Value>, String> + Send + Sync>;
/// A function of the host: arguments to result, as in [`Filter`].
pub type Function = Arc<dyn Fn(&[Option<Value>]) -> Result<Option<Value>, String> + Send + Sync>;

/// Which delimiters and habits a template uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Syntax {
    /// `${{ … }}`
    #[default]
    Backstage,
    /// `{{ … }}`, with Python's `True`, `False`, `None`, `dict.items()` and `list.append()`.
    Cookiecutter,
}

/// Which of Backstage's two engines a template was written for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The closed interpreter of scaffolder-backend 4.0.3 and later.
    #[default]
    Current,
    /// Nunjucks 3.2, up to 4.0.2: further methods of texts (`replaceAll`, `padEnd`…), `ifAsync` and `asyncEach`, no slices; as a value, a
    /// text that is one tag is read as JSON (`{% if x %}true{% endif %}`), and an empty text is `undefined`.
    Legacy,
}

impl Dialect {
    /// As it is written in a configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Legacy => "legacy",
        }
    }

    /// Reads the written form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Current, Self::Legacy].into_iter().find(|dialect| dialect.as_str() == text)
    }
}

/// A configured interpreter. It holds no state: one engine serves any number of threads.
#[derive(Clone, Default)]
pub struct Engine {
    filters: BTreeMap<String, Filter>,
    functions: BTreeMap<String, Function>,
    limits: Limits,
    seed: u64,
    scan: ScanOptions,
}

impl Engine {
    /// Adds a filter, or replaces a built-in one. The name may have dots.
    #[must_use]
    pub fn with_filter(
        mut self,
        name: &str,
        filter: impl Fn(Option<&Value>, &[Option<Value>]) -> Result<Option<Value>, String> + Send + Sync + 'static,
    ) -> Self {
        self.filters.insert(name.into(), Arc::new(filter));
        self
    }

    /// Adds a function that templates call by name.
    #[must_use]
    pub fn with_function(
        mut self,
        name: &str,
        function: impl Fn(&[Option<Value>]) -> Result<Option<Value>, String> + Send + Sync + 'static,
    ) -> Self {
        self.functions.insert(name.into(), Arc::new(function));
        self
    }

    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the filter `random` picks by; the same seed picks the same.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    #[must_use]
    pub fn with_syntax(mut self, syntax: Syntax) -> Self {
        self.scan.syntax = syntax;
        self
    }

    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.scan.dialect = dialect;
        self
    }

    /// Which of the two engines this one is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.scan.dialect
    }

    /// `trim_blocks` drops the line break after a `{% tag %}`; `lstrip_blocks` drops the blanks before one that starts its line.
    #[must_use]
    pub fn with_blocks(mut self, trim_blocks: bool, lstrip_blocks: bool) -> Self {
        self.scan.trim_blocks = trim_blocks;
        self.scan.lstrip_blocks = lstrip_blocks;
        self
    }

    fn is_cookiecutter(&self) -> bool {
        self.scan.is_cookiecutter()
    }

    fn parse(&self, source: &str) -> Result<Vec<ast::Node>, Error> {
        if source.len() > self.limits.source_bytes {
            return Err(Error::limit(format!("The template is longer than {} bytes", self.limits.source_bytes)));
        }
        parse::parse(&utf16::admit(source), self.scan)
    }

    /// Whether the text is a well-formed template, without evaluating it.
    ///
    /// # Errors
    /// A syntax error or a limit, with its place.
    pub fn check(&self, source: &str) -> Result<(), Error> {
        self.parse(source).map(drop)
    }

    /// Filters and tests the text names that are not known: it fails when it comes to them. Empty for a text that is no template.
    #[must_use]
    pub fn unknown_names(&self, source: &str) -> Vec<Error> {
        self.parse(source).map_or_else(|_| Vec::new(), |nodes| names::unknown(self, &nodes))
    }

    /// Renders a template to text.
    ///
    /// # Errors
    /// Syntax, evaluation and limit errors, with line and column.
    pub fn render(&self, source: &str, context: &Context) -> Result<String, Error> {
        Evaluator::new(self, context).render(&self.parse(source)?)
    }

    /// The value of a text: if it is one `${{ expression }}` and nothing else (comments aside), the expression's own
    /// value, `None` meaning `undefined`; else the rendered text.
    ///
    /// # Errors
    /// Syntax, evaluation and limit errors, with line and column.
    pub fn evaluate(&self, source: &str, context: &Context) -> Result<Option<Value>, Error> {
        let nodes = self.parse(source)?;
        let evaluator = Evaluator::new(self, context);
        if self.scan.is_legacy() {
            return legacy::evaluate(source, &nodes, &evaluator);
        }
        match nodes.as_slice() {
            [ast::Node { kind: NodeKind::Output(expr), .. }] => evaluator.value(expr),
            _ => evaluator.render(&nodes).map(|text| Some(text.into())),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("filters", &self.filters.keys())
            .field("scan", &self.scan)
            .finish_non_exhaustive()
    }
}
