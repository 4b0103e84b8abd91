//! Golden paths: the shelf, the wizard and scaffold runs.
//!
//! A draft is what a person has typed so far. Starting it makes a run, with the template's steps as they are at that moment;
//! the worker in `reconcile::runs` does them, each through an [`actions::Action`].

pub(crate) mod actions;
mod advice;
mod approvals;
mod colour;
mod fit;
mod leftovers;
mod pickers;
mod preview;
mod render;
mod runs;
mod score;
pub(crate) mod secrets;
mod send;
mod shelf;
mod start;
mod templates;
mod values;
mod wizard;

pub(crate) use approvals::waiting;
pub use approvals::{decide, withdraw};
pub use leftovers::{dismiss_left, remove_left};
pub use preview::preview;
pub(crate) use render::{context, templates_engine};
pub(crate) use runs::{read_dialect, read_step, run_row};
pub use runs::{retry, run_page, undo};
pub use secrets::RunSecrets;
pub use send::{choose_runtime, send_page};
pub use shelf::shelf;
pub use start::start;
pub use templates::TemplateCache;
pub(crate) use templates::{check_template, of_run as template_of_run};
pub use values::Patterns;
pub(crate) use values::{field_problems, parameters};
pub use wizard::wizard;

/// What each action of the portal takes and gives.
pub fn action_specs() -> impl Iterator<Item = slipway_scaffold::ActionSpec> {
    actions::specs().iter().cloned()
}
