//! Golden paths: templates of the format `scaffolder.backstage.io/v1beta3`, and everything about them that needs no
//! network, no database and no clock.
//!
//! - [`Template`] is a `template.yaml`: its form, its steps and its output, with errors that know their line.
//! - [`Tree`] is a folder in memory; [`render_tree`] makes a new one from a skeleton as `fetch:template` does.
//! - [`RunContext`] evaluates a step's `if`, `each` and `input`, and a template's `output`.
//! - [`ActionSpec`] says what an action takes, so that steps are checked before anything runs.
//!
//! Running actions is elsewhere: they reach outside.

mod action;
mod binary;
mod render;
mod schema;
mod steps;
mod template;
mod tree;
mod yaml;

pub use action::{ActionRegistry, ActionSpec, InputProblem};
pub use render::{FetchTemplateOptions, RenderError, fetch_template, render_tree};
pub use steps::{Each, ErrorHabit, RunContext, StepError, calls_status_function, truthy};
pub use template::{API_VERSION, Step, Template, TemplateError};
pub use tree::{File, Tree, TreeError, safe_path};
