//! Warnings where a number may be better than what it stands for: games people play, and data that is not what it
//! seems (specification 6, rule 8). They speak of events, never of people.

use crate::real;
use serde::Serialize;

use crate::facts::{Fact, FailedBy, Fate, Kind};
use crate::measure::{count, ratio};
use crate::view::View;
use crate::{Id, Metric, Metrics};

/// A warning, with the numbers that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hint {
    pub code: Code,
    /// The metric that it concerns most.
    pub metric: Metric,
    /// One sentence with the numbers.
    pub text: String,
    /// What it names, if anything: environments, incidents.
    pub names: Vec<Id>,
}

/// Which rule raised it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    ManyRestarts,
    EmptyDeployments,
    Splitting,
    HiddenFailures,
    UndecidedIncidents,
    SquashedHistory,
    ManyAcquittals,
    EnvironmentRetiered,
    IncidentsReopened,
    FailuresNotMeasured,
}

/// Restarts among all successes.
const MOST_RESTARTS: f64 = 0.2;
/// Deployments that bring no change.
const MOST_EMPTY: f64 = 0.3;
/// Incidents without a decision.
const MOST_UNDECIDED: f64 = 0.3;
/// Verdicts "not failed" among failures that the data shows.
const MOST_ACQUITTED: f64 = 0.2;
/// Fewest events of which a share is worth a warning.
const FEWEST: u64 = 5;
/// Seconds from first commit to opening below which there was no coding to see; and what it must have been before.
const NO_CODING_S: f64 = 60.0;
const REAL_CODING_S: f64 = 600.0;

/// What a window looks like to the rules.
pub(crate) struct Profile {
    successes: u64,
    restarts: u64,
    deployments: u64,
    empty: u64,
    changes: u64,
    days: f64,
    failed: u64,
    population: u64,
    incidents: u64,
    unlinked: u64,
    undecided: u64,
    acquitted: u64,
    shown_failures: u64,
    coding_p50: Option<f64>,
    incidents_connected: bool,
}

/// What is counted of a window beside its metrics.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extra {
    pub successes: u64,
    pub restarts: u64,
    pub deployments: u64,
    /// Deployments that bring no change that is known.
    pub empty: u64,
    pub acquitted: u64,
    pub shown_failures: u64,
}

impl Profile {
    fn of(view: &View<'_>) -> Self {
        let metrics = crate::measure::measure(view);
        let mut extra = Extra::default();
        for fact in view.deployments() {
            extra.successes += u64::from(fact.kind.is_some());
            extra.restarts += u64::from(fact.kind == Some(Kind::Noop));
            extra.deployments += u64::from(fact.is_change());
            extra.acquitted += u64::from(fact.acquitted);
            let shown = fact.acquitted || fact.failed_by.is_some_and(|by| by != FailedBy::Verdict);
            extra.shown_failures += u64::from(shown);
        }
        // By place in memory: two services may name a deployment alike.
        let mut bringing: Vec<*const Fact> = view
            .deliveries()
            .filter(|d| d.deployment.is_change() && matches!(d.fate, Fate::Sample { .. } | Fate::InvalidClock { .. }))
            .map(|d| std::ptr::from_ref(d.deployment))
            .collect();
        bringing.sort_unstable();
        bringing.dedup();
        extra.empty = extra.deployments.saturating_sub(count(bringing.iter()));
        Self::new(&metrics, extra)
    }

    pub(crate) fn new(metrics: &Metrics, extra: Extra) -> Self {
        let c = &metrics.coverage;
        let Extra { successes, restarts, deployments, empty, acquitted, shown_failures } = extra;
        Self {
            successes,
            restarts,
            deployments,
            empty,
            changes: metrics.lead_time_s.n,
            days: real(metrics.df.days),
            failed: metrics.cfr.failed,
            population: metrics.cfr.total,
            incidents: c.incidents,
            unlinked: c.undecided + c.external,
            undecided: c.undecided,
            acquitted,
            shown_failures,
            coding_p50: metrics.lead_time_s.stages.coding_p50,
            incidents_connected: c.incidents_connected,
        }
    }

    fn per_week(&self, n: u64) -> f64 {
        if self.days > 0.0 { real(n) * 7.0 / self.days } else { 0.0 }
    }
}

/// Warnings on the window of `now`, some of them against the window `before` it. In the order of the rules.
pub(crate) fn of_views(now: &View<'_>, before: &View<'_>) -> Vec<Hint> {
    let retiered = now.parts.iter().flat_map(|part| part.facts.retiered.iter().cloned());
    let incidents = now.parts.iter().flat_map(|part| &part.facts.incidents);
    let reopened = incidents.filter(|i| i.reopened && now.contains(i.impact_started_at.unwrap_or(i.detected_at)));
    let reopened = reopened.map(|incident| incident.id.clone()).collect();
    of_profiles(&Profile::of(now), &Profile::of(before), retiered.collect(), reopened)
}

/// As [`of_views`]. `retiered` and `reopened` are what the last two warnings name, in any order.
pub(crate) fn of_profiles(n: &Profile, b: &Profile, retiered: Vec<Id>, reopened: Vec<Id>) -> Vec<Hint> {
    let mut hints = Vec::new();
    let mut hint = |code, metric, text| hints.push(Hint { code, metric, text, names: Vec::new() });
    let above = |part, whole, most| whole >= FEWEST && ratio(part, whole).is_some_and(|share| share > most);
    if above(n.restarts, n.successes, MOST_RESTARTS) {
        let text = format!("{} of {} deployments put out what was live already.", n.restarts, n.successes);
        hint(Code::ManyRestarts, Metric::DeploymentFrequency, text);
    }
    // Where nobody tells of changes, no deployment has any.
    if n.changes > 0 && above(n.empty, n.deployments, MOST_EMPTY) {
        let text = format!("{} of {} deployments brought no change that is known.", n.empty, n.deployments);
        hint(Code::EmptyDeployments, Metric::DeploymentFrequency, text);
    }
    if split(n, b) {
        let text = format!(
            "More deployments with fewer changes each ({:.1} after {:.1}), and no more changes in all: the same work in \
             more pieces.",
            real(n.changes) / real(n.deployments),
            real(b.changes) / real(b.deployments),
        );
        hint(Code::Splitting, Metric::DeploymentFrequency, text);
    }
    let rate = |p: &Profile| ratio(p.failed, p.population);
    let falls = rate(n).zip(rate(b)).is_some_and(|(now, before)| now < before);
    if falls && n.per_week(n.unlinked) > b.per_week(b.unlinked) && n.unlinked >= 2 {
        let text = format!(
            "The fail rate fell while incidents that no deployment is blamed for rose to {} (from {}).",
            n.unlinked, b.unlinked
        );
        hint(Code::HiddenFailures, Metric::ChangeFailRate, text);
    }
    if above(n.undecided, n.incidents, MOST_UNDECIDED) {
        let text = format!("{} of {} incidents have no decision on what caused them.", n.undecided, n.incidents);
        hint(Code::UndecidedIncidents, Metric::ChangeFailRate, text);
    }
    if let (Some(now), Some(before)) = (n.coding_p50, b.coding_p50)
        && now < NO_CODING_S
        && before >= REAL_CODING_S
    {
        let text = "Changes are opened as soon as they are first committed, which they were not before: their history \
                    may be squashed before it is pushed.";
        hint(Code::SquashedHistory, Metric::LeadTime, text.to_owned());
    }
    if above(n.acquitted, n.shown_failures, MOST_ACQUITTED) {
        let text = format!("{} of {} failures that the data shows were overruled.", n.acquitted, n.shown_failures);
        hint(Code::ManyAcquittals, Metric::ChangeFailRate, text);
    }
    if n.failed == 0 && n.population > 0 && !n.incidents_connected {
        let text = "No failures, but no source of incidents is connected either: not measured.".to_owned();
        hint(Code::FailuresNotMeasured, Metric::ChangeFailRate, text);
    }
    hints.extend(named(retiered, reopened));
    hints.sort_by_key(|hint| hint.code);
    hints
}

/// More deployments, fewer changes in each, as many changes in all.
fn split(n: &Profile, b: &Profile) -> bool {
    if n.deployments < FEWEST || b.deployments < FEWEST || n.changes == 0 || b.changes == 0 {
        return false;
    }
    let (each, each_before) = (real(n.changes) / real(n.deployments), real(b.changes) / real(b.deployments));
    let flat = n.per_week(n.changes) / b.per_week(b.changes);
    let more = n.per_week(n.deployments) / b.per_week(b.deployments);
    each <= 0.8 * each_before && more >= 1.25 && (0.9..=1.1).contains(&flat)
}

/// Warnings that name what they are about.
fn named(mut retiered: Vec<Id>, mut reopened: Vec<Id>) -> Vec<Hint> {
    for names in [&mut retiered, &mut reopened] {
        names.sort_unstable();
        names.dedup();
    }
    let mut out = Vec::new();
    if !retiered.is_empty() {
        let text = "Some of its deployments count as production and some do not.".to_owned();
        out.push(Hint { code: Code::EnvironmentRetiered, metric: Metric::DeploymentFrequency, text, names: retiered });
    }
    if !reopened.is_empty() {
        let text = "Closed and opened again: the recovery they first showed was too short.".to_owned();
        out.push(Hint { code: Code::IncidentsReopened, metric: Metric::RecoveryTime, text, names: reopened });
    }
    out
}
