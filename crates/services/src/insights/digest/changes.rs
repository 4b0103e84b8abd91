//! Which differences are worth a lead's time: the most certain ones, the worse ones first.

use crate::insights::{compare, window::Window};
use slipway_api_types::{
    digest::DigestChange,
    insights::{Comparison, Verdict},
};
use slipway_dora::{Metric, Metrics, ScopeMetrics, periods};

/// How many are told.
const MOST: usize = 3;

/// Where links lead.
pub(super) struct Place<'a> {
    pub window: &'a Window,
    /// The scope's title.
    pub scope: &'a str,
    pub owner: Option<&'a str>,
}

impl Place<'_> {
    /// The page that takes a metric apart: of a service, or of the scope.
    pub(super) fn href(&self, service: Option<&str>, metric: Option<Metric>) -> String {
        let (from, to) = (self.window.config.from(), self.window.config.to());
        let mut href = format!("/insights?from={from}&to={to}&compare=previous");
        match (service, self.owner) {
            (Some(service), _) => href.push_str(&format!("&service={service}")),
            (None, Some(owner)) => href.push_str(&format!("&owner={owner}")),
            (None, None) => {}
        }
        if let Some(metric) = metric {
            href.push_str(&format!("&explain={}#explain", metric.name().replace('_', "-")));
        }
        href
    }
}

struct Candidate {
    metric: Metric,
    certainty: f64,
    change: DigestChange,
}

/// The most certain differences of the scope and of its services, one a metric; and how many were looked at.
pub(super) fn pick(before: &ScopeMetrics, now: &ScopeMetrics, place: &Place<'_>) -> (Vec<DigestChange>, usize) {
    let mut candidates = Vec::new();
    let mut compared = differences(&before.pooled, &now.pooled, None, place, &mut candidates);
    for ((name, before), (_, now)) in before.by_service.iter().zip(&now.by_service) {
        compared += differences(before, now, Some(name), place, &mut candidates);
    }
    (most_certain(candidates), compared)
}

/// As [`pick`], of the scope alone.
pub(super) fn pick_whole(before: &Metrics, now: &Metrics, place: &Place<'_>) -> (Vec<DigestChange>, usize) {
    let mut candidates = Vec::new();
    let compared = differences(before, now, None, place, &mut candidates);
    (most_certain(candidates), compared)
}

fn most_certain(mut candidates: Vec<Candidate>) -> Vec<DigestChange> {
    // Stable: where two are as certain, the scope comes before its services.
    candidates.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    let mut picked: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if picked.len() < MOST && picked.iter().all(|other| other.metric != candidate.metric) {
            picked.push(candidate);
        }
    }
    picked.sort_by_key(|candidate| candidate.change.verdict != Verdict::Worse);
    picked.into_iter().map(|candidate| candidate.change).collect()
}

/// Adds what can be told from chance; gives how many differences could be looked at.
fn differences(
    before: &Metrics,
    now: &Metrics,
    service: Option<&str>,
    place: &Place<'_>,
    candidates: &mut Vec<Candidate>,
) -> usize {
    let changes = periods::between(before, now);
    let rows = compare::all(before, now);
    let mut compared = 0;
    for (change, row) in changes.into_iter().zip(rows) {
        let Some(difference) = change.difference else { continue };
        compared += 1;
        if difference.distinguishable {
            let [low, high] = difference.interval95;
            // How many half-widths of its interval it is away from none; at least one, as it is distinguishable.
            let certainty = difference.value.abs() / ((high - low) / 2.0).max(f64::MIN_POSITIVE);
            candidates.push(Candidate {
                metric: change.metric,
                certainty,
                change: told(row, service, change.metric, place),
            });
        }
    }
    compared
}

fn told(row: Comparison, service: Option<&str>, metric: Metric, place: &Place<'_>) -> DigestChange {
    DigestChange {
        of: service.unwrap_or(place.scope).to_owned(),
        metric: row.title,
        now: row.now,
        before: row.before,
        difference: row.difference,
        interval: row.interval,
        verdict: row.verdict,
        href: place.href(service, Some(metric)),
    }
}
