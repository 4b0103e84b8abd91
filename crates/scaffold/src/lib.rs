//! Golden paths: templates of the format `scaffolder.backstage.io/v1beta3`, and everything about them that needs no
//! network, no database and no clock.
//!
//! - [`Template`] is a `template.yaml`: its form, its steps and its output, with errors that know their line.
//! - [`Tree`] is a folder in memory; [`render_tree`] makes a new one from a skeleton as `fetch:template` does.
//! - [`RunContext`] evaluates a step's `if`, `each` and `input`, and a template's `output`.
//! - [`ActionSpec`] says what an action takes, so that steps are checked before anything runs.
//!
//! - [`TemplateLock`] says what a repository was made of, and [`TemplateFolder`] makes it again.
//! - [`Runner`] runs a whole template in memory, with the [`Actions`] that need nothing else; those that reach outside are the
//!   portal's, and here their outputs are given.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod action;
mod actions;
mod address;
mod binary;
mod folder;
mod glob;
mod import;
mod lint;
mod lock;
mod placeholders;
mod plan;
mod redact;
mod render;
mod run;
mod schema;
mod source;
mod steps;
mod template;
mod tree;
mod yaml;
mod yaml_text;

pub use action::{ActionRegistry, ActionSpec, InputProblem};
pub use actions::{Actions, Bench, Support};
pub use address::{is_absolute, normal, resolve};
pub use folder::{FolderError, TemplateFolder};
pub use glob::{GlobError, Globs};
pub use import::{ActionVerdict, ImportReport, Verdict, import_report};
pub use lint::{Finding, Level, lint};
pub use lock::{LOCK_FILE, LockError, TemplateLock, file_hash};
pub use plan::{PlanError, Round};
pub use redact::Redactor;
pub use render::{FetchTemplateOptions, RenderError, fetch_template, render_file, render_tree};
pub use run::{Report, Runner, Status, StepReport};
pub use schema::{SchemaProblem, example, validate, with_defaults};
pub use source::{NoFiles, Source};
pub use steps::{Each, ErrorHabit, RunContext, StepError, calls_status_function, truthy};
pub use template::{API_VERSION, ButtonLabels, Step, Template, TemplateError};
pub use tree::{File, Tree, TreeError, child_path, safe_path};
pub use yaml::{Document, DocumentError};
pub use yaml_text::to_yaml;
