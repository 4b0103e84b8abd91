//! Charts that are drawn here, where their numbers are: each with a question, the answer in words, and a table behind it.

mod calendar;
mod heat;
mod hours;
mod lead;
mod scatter;

pub(super) use calendar::calendar;

use super::window::Window;
use slipway_api_types::insights::{Distribution, Drawing, Sheet};
use slipway_domain::time::Timestamp;
use slipway_dora::{Id, Instant, Judged, ScopeAnalysis};
use std::collections::HashMap;

/// When each revision of a service was built, as far as that is known: the service's name, the revision, the instant.
pub(super) type Built = HashMap<(Id, Id), Instant>;

/// What is drawn of the window's own days.
pub(super) fn of_window(analysis: &ScopeAnalysis<'_>, window: &Window, built: &Built) -> (Distribution, Vec<Drawing>) {
    let (deployments, delivered) = (analysis.deployments(), analysis.delivered());
    let drawings =
        vec![hours::hours(&deployments, window), lead::stages(&delivered, built), scatter::sizes(&delivered)];
    (lead::distribution(&delivered), drawings)
}

/// The part of lead time that takes longest in the middle of the changes, and how long: of what is known without builds.
pub(super) fn slowest_stage(analysis: &ScopeAnalysis<'_>) -> Option<(&'static str, f64)> {
    lead::slowest(&analysis.delivered(), &Built::new())
}

/// Whether a deployment brought change, and whether it failed: what calendars count.
fn counts(deployment: &Judged<'_>) -> (bool, bool) {
    (deployment.kind.is_some_and(slipway_dora::Kind::is_change), deployment.failed_by.is_some())
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millis(at.ms())
}

fn sheet(name: &str, caption: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Sheet {
    let heads = heads.iter().map(|head| (*head).to_owned()).collect();
    Sheet { name: name.to_owned(), caption: caption.to_owned(), heads, rows }
}
