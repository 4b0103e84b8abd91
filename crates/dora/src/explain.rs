//! Why a number is what it is: the rule, the events it counts, and the events it leaves out with the reason.

mod metric;
mod reason;

use crate::real;
use jiff::civil::Date;
use serde::Serialize;

pub use metric::Metric;
pub use reason::Reason;

use crate::facts::{Fact, Facts, FailedBy, Fate, Kind, Recovery};
use crate::grade::{self, Quality};
use crate::measure::measure;
use crate::metrics::{Coverage, DEFINITION};
use crate::sample::{self, TooFew};
use crate::view::{Part, View};
use crate::{Cause, Id, Instant, Metrics, Tier};

/// An event left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub id: Id,
    /// When it finished, or for a change, when it was first committed; `None` where that is not known.
    pub at: Option<Instant>,
    pub reason: Reason,
    pub sentence: &'static str,
}

/// An event counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub id: Id,
    /// When the deployment that counts for it finished.
    pub at: Instant,
    /// What it adds to a duration; `None` for a count or a rate.
    pub seconds: Option<i64>,
    /// The deployment that delivered a change.
    pub deployment: Option<Id>,
    /// Why it counts as it does.
    pub because: &'static str,
}

/// What is above the line and what below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fraction {
    pub numerator: u64,
    pub denominator: u64,
}

/// A number taken apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    pub metric: Metric,
    pub definition: &'static str,
    pub formula: &'static str,
    pub tier: Tier,
    pub from: Date,
    pub to: Date,
    pub tz: String,
    pub as_of: Instant,
    /// The headline, in `unit`; `None` where there is none.
    #[serde(serialize_with = "crate::metrics::number")]
    pub value: Option<f64>,
    pub unit: &'static str,
    /// Its 95 % interval, where one can be said.
    pub interval95: Option<[f64; 2]>,
    /// Of a rate: events above and below the line. Of the frequency: deployments and days. `None` for durations.
    pub fraction: Option<Fraction>,
    /// Whether value and interval are from a sketch: at most [`crate::rollup::RELATIVE_ERROR`] off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sketched: bool,
    /// Set where the value must not be shown large.
    pub too_few: Option<TooFew>,
    /// The events counted: deployments, for lead time changes. Of a rate, its denominator.
    pub ins: Vec<Counted>,
    /// Of a rate, the events above the line; otherwise empty.
    pub numerator: Vec<Id>,
    /// Everything else of the same kind, whenever it was; for fail rate and recovery also incidents that count nowhere.
    pub outs: Vec<LeftOut>,
    pub coverage: Coverage,
    pub quality: Quality,
}

pub(crate) fn explain(view: &View<'_>, metric: Metric) -> Explanation {
    let mut out = Explanation::without_events(metric, &measure(view));
    for part in &view.parts {
        let facts = part.facts;
        if metric == Metric::LeadTime {
            out.changes(view, part);
            continue;
        }
        for fact in facts.deployments.iter().filter(|fact| part.owns(fact.day)) {
            match deployment(view, metric, fact) {
                None => out.count(metric, fact),
                Some(reason) => out.leave_out(&fact.attempt.id, Some(fact.attempt.finished), reason),
            }
        }
        for (id, finished, reason) in &facts.left_out {
            let inside = finished.is_none_or(|at| view.contains(at));
            out.leave_out(id, *finished, if inside { reason.clone() } else { Reason::OutsideWindow });
        }
        if matches!(metric, Metric::ChangeFailRate | Metric::RecoveryTime) {
            out.incidents(view, facts);
        }
    }
    out
}

/// Value, interval and fraction of a metric.
fn headline(metric: Metric, m: &Metrics) -> (Option<f64>, Option<[f64; 2]>, Option<Fraction>) {
    let fraction = |numerator, denominator| Some(Fraction { numerator, denominator });
    let seconds = |interval: [i64; 2]| interval.map(real);
    match metric {
        Metric::DeploymentFrequency => {
            (m.df.per_day, m.df.garwood95, m.df.count.and_then(|count| fraction(count, m.df.days)))
        }
        Metric::LeadTime => (m.lead_time_s.p50, m.lead_time_s.median95.map(seconds), None),
        Metric::ChangeFailRate => (m.cfr.rate, m.cfr.wilson95, fraction(m.cfr.failed, m.cfr.total)),
        Metric::RecoveryTime => (m.fdrt_s.median, None, None),
        Metric::ReworkRate => (m.rework.rate, m.rework.wilson95, fraction(m.rework.rework, m.rework.total)),
    }
}

/// Why a deployment is left out of a metric; `None` when it is in.
fn deployment(view: &View<'_>, metric: Metric, fact: &Fact) -> Option<Reason> {
    if !view.contains(fact.attempt.finished) {
        return Some(Reason::OutsideWindow);
    }
    match (metric, fact.kind) {
        (_, Some(Kind::Noop)) => Some(Reason::Noop),
        (Metric::ReworkRate, Some(_)) => None,
        (_, Some(Kind::Rollback)) => Some(Reason::Rollback),
        (Metric::DeploymentFrequency | Metric::ReworkRate, None) => Some(Reason::FailedAttempt),
        (_, None) if !fact.is_exposed_failure() => Some(Reason::NotExposed),
        (Metric::RecoveryTime, _) => match fact.recovery {
            Some(Recovery::After(_) | Recovery::StillOpen(_)) => None,
            Some(Recovery::Unknown) => Some(Reason::RecoveryUnknown),
            Some(Recovery::InvalidClock) => Some(Reason::InvalidClock),
            None if fact.acquitted => Some(Reason::Acquitted),
            None => Some(Reason::NotFailed),
        },
        _ => None,
    }
}

impl Explanation {
    /// What can be said of a number from the metrics alone, such as those of days that are kept: its lists of events are empty.
    #[must_use]
    pub fn without_events(metric: Metric, metrics: &Metrics) -> Self {
        let (value, interval95, fraction) = headline(metric, metrics);
        Self {
            metric,
            definition: DEFINITION,
            formula: metric.formula(),
            tier: metrics.tier,
            from: metrics.from,
            to: metrics.to,
            tz: metrics.tz.clone(),
            as_of: metrics.as_of,
            value,
            unit: metric.unit(),
            interval95,
            fraction,
            sketched: metric == Metric::LeadTime && metrics.lead_time_s.sketched,
            too_few: sample::too_few(metric, metrics),
            ins: Vec::new(),
            numerator: Vec::new(),
            outs: Vec::new(),
            quality: grade::quality(metric, metrics),
            coverage: metrics.coverage.clone(),
        }
    }

    fn leave_out(&mut self, id: &Id, at: Option<Instant>, reason: Reason) {
        let sentence = reason.sentence();
        self.outs.push(LeftOut { id: id.clone(), at, reason, sentence });
    }

    fn count(&mut self, metric: Metric, fact: &Fact) {
        let id = &fact.attempt.id;
        let (because, seconds) = because(metric, fact);
        self.ins.push(Counted { id: id.clone(), at: fact.attempt.finished, seconds, deployment: None, because });
        let above = match metric {
            Metric::ChangeFailRate => fact.failed_by.is_some(),
            Metric::ReworkRate => fact.kind != Some(Kind::Normal),
            _ => false,
        };
        if above {
            self.numerator.push(id.clone());
        }
    }

    fn changes(&mut self, view: &View<'_>, part: &Part<'_>) {
        let facts = part.facts;
        for (change, fate) in facts.changes.iter().zip(&facts.fates) {
            let delivered = fate.deployment().map(|d| &facts.deployments[d as usize]);
            if delivered.is_some_and(|fact| !part.owns(fact.day)) {
                continue;
            }
            let inside = delivered.is_none_or(|fact| view.contains(fact.attempt.finished));
            let reason = match (fate, delivered) {
                _ if !inside => Reason::OutsideWindow,
                (Fate::Sample { seconds, .. }, Some(fact)) => {
                    self.ins.push(Counted {
                        id: change.id.clone(),
                        at: fact.attempt.finished,
                        seconds: Some(*seconds),
                        deployment: Some(fact.attempt.id.clone()),
                        because: "First delivered by this deployment.",
                    });
                    continue;
                }
                (Fate::Baseline, _) => Reason::Baseline,
                (Fate::MergeCommit { .. }, _) => Reason::MergeCommit,
                (Fate::DuplicatePatch { .. }, _) => Reason::DuplicatePatch,
                (Fate::Bot { .. }, _) => Reason::Bot,
                (Fate::InvalidClock { .. }, _) => Reason::InvalidClock,
                (Fate::Undelivered | Fate::Sample { .. }, _) => Reason::NotDelivered,
            };
            self.leave_out(&change.id, Some(change.first_commit_at), reason);
        }
    }

    /// Incidents of the window that no deployment is blamed for.
    fn incidents(&mut self, view: &View<'_>, facts: &Facts<'_>) {
        for (incident, link) in facts.incidents.iter().zip(&facts.links) {
            let at = incident.impact_started_at.unwrap_or(incident.detected_at);
            if !link.deployments.is_empty() || !view.contains(at) {
                continue;
            }
            let reason = match link.trust {
                Some(_) => Reason::LinkedElsewhere,
                None if incident.cause == Cause::External => Reason::ExternalCause,
                None => Reason::NoDeploymentInReach,
            };
            self.leave_out(&incident.id, Some(at), reason);
        }
        for id in &facts.retracted {
            self.leave_out(id, None, Reason::Retracted);
        }
    }
}

/// Why a deployment counts as it does, and what it adds to a duration.
fn because(metric: Metric, fact: &Fact) -> (&'static str, Option<i64>) {
    match metric {
        Metric::DeploymentFrequency if fact.kind == Some(Kind::Hotfix) => {
            ("A hotfix brought change to production.", None)
        }
        Metric::DeploymentFrequency | Metric::LeadTime => ("It brought change to production.", None),
        Metric::ReworkRate => match fact.kind {
            Some(Kind::Rollback) => ("A rollback: unplanned.", None),
            Some(Kind::Hotfix) => ("A hotfix: unplanned.", None),
            _ => ("Planned.", None),
        },
        Metric::ChangeFailRate => match fact.failed_by {
            Some(FailedBy::Verdict) => ("A person decided that it failed.", None),
            Some(FailedBy::Incident) => ("An incident is linked to it.", None),
            Some(FailedBy::Rollback) => ("A rollback replaced it.", None),
            Some(FailedBy::Exposed) => ("It failed, and users saw it.", None),
            None if fact.acquitted => ("A person decided that it did not fail.", None),
            None => ("Nothing says that it failed.", None),
        },
        Metric::RecoveryTime => match fact.recovery {
            Some(Recovery::StillOpen(seconds)) => {
                ("Not recovered from yet; counts as at least this long.", Some(seconds))
            }
            Some(Recovery::After(seconds)) if fact.incidents.is_empty() => ("Ended by the rollback.", Some(seconds)),
            Some(Recovery::After(seconds)) => ("Ended with its last incident.", Some(seconds)),
            _ => ("It failed.", None),
        },
    }
}
