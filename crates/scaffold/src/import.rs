//! What of a template works here.

use serde::Serialize;
use slipway_nunjucks::Engine;

use crate::actions::{Actions, Support};
use crate::source::Source;
use crate::template::Template;

/// What becomes of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does what it does in Backstage.
    Supported,
    /// Its input is checked; its outputs are given, or examples.
    Emulated,
    /// A template that has it does not run.
    Refused,
}

/// One action of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionVerdict {
    pub action: String,
    /// How many steps have it.
    pub steps: usize,
    pub verdict: Verdict,
    /// In a sentence.
    pub why: String,
}

/// One template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub file: String,
    /// Empty when the template cannot be read.
    pub name: String,
    /// The worst of its actions; refused when it cannot be read.
    pub verdict: Verdict,
    /// Why it cannot be read, what of it the portal cannot take, and expressions that cannot be evaluated.
    pub problems: Vec<String>,
    pub actions: Vec<ActionVerdict>,
}

/// Looks at one template.
#[must_use]
pub fn import_report(text: &str, file: &str, source: &dyn Source, actions: &Actions, engine: &Engine) -> ImportReport {
    let (template, limits) = match Template::read(text, file, source) {
        Ok(read) => read,
        Err(error) => {
            return ImportReport {
                file: file.into(),
                name: String::new(),
                verdict: Verdict::Refused,
                problems: vec![error.to_string()],
                actions: Vec::new(),
            };
        }
    };
    let mut list: Vec<ActionVerdict> = Vec::new();
    for step in &template.steps {
        match list.iter_mut().find(|known| known.action == step.action) {
            Some(known) => known.steps += 1,
            None => {
                let (verdict, why) = judge(actions, &step.action);
                list.push(ActionVerdict { action: step.action.clone(), steps: 1, verdict, why: why.into() });
            }
        }
    }
    let expressions = Template::lint_expressions(text, file, engine);
    ImportReport {
        file: file.into(),
        verdict: list.iter().map(|action| action.verdict).max().unwrap_or(Verdict::Supported),
        name: template.name,
        problems: limits.iter().chain(&expressions).map(ToString::to_string).collect(),
        actions: list,
    }
}

fn judge(actions: &Actions, name: &str) -> (Verdict, &'static str) {
    match actions.support(name) {
        Some(Support::Whole) if name == "catalog:fetch" => (
            Verdict::Supported,
            "The portal reads its catalogue; without one, entities are given or no more than a reference",
        ),
        Some(Support::Whole) => (Verdict::Supported, "It does the same as in Backstage"),
        Some(Support::Portal) if name.starts_with("publish:") => (
            Verdict::Emulated,
            "The portal's own Git host takes the other's place; without a portal outputs are given or examples",
        ),
        Some(Support::Portal) if name == "http:backstage:request" => (
            Verdict::Supported,
            "The portal asks the systems that its configuration names in [templates.endpoints]; without a portal outputs are given or examples",
        ),
        Some(Support::Portal) => {
            (Verdict::Supported, "The portal does it; without one its outputs are given or examples")
        }
        Some(Support::Outside) if actions.why_never(name).is_some() => {
            (Verdict::Refused, actions.why_never(name).unwrap_or_default())
        }
        Some(Support::Outside) => (
            Verdict::Emulated,
            "Without a portal its input is checked, and its outputs are given or examples; the portal has no connection for it \
             and refuses to begin",
        ),
        None => (Verdict::Refused, "No action of this name is known; a template that has it does not run"),
    }
}
