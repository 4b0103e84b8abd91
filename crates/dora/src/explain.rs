//! Why a number is what it is: the rule, the events it counts, and the events it leaves out with the reason.

use serde::{Deserialize, Serialize};

use crate::facts::{Fact, Facts, Fate, Kind, Recovery};
use crate::metrics::DEFINITION;
use crate::view::View;
use crate::{Cause, Id, Status, Tier};

/// One of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    DeploymentFrequency,
    LeadTime,
    ChangeFailRate,
    RecoveryTime,
    ReworkRate,
}

impl Metric {
    /// All five, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::DeploymentFrequency, Self::LeadTime, Self::ChangeFailRate, Self::RecoveryTime, Self::ReworkRate];

    /// The rule in words.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            Self::DeploymentFrequency => {
                "Successful production deployments that are neither restart nor rollback, by the local day they \
                 finished; the typical week is the median of the complete weeks, weeks without deployments included."
            }
            Self::LeadTime => {
                "For each change: from its first commit to the end of the deployment that first delivered it. The \
                 headline is the median of the changes delivered in the window."
            }
            Self::ChangeFailRate => {
                "Failed deployments divided by all deployments that could have failed: change deployments, and failed \
                 attempts that users saw. Failed means a person said so, or an incident is linked, or a rollback \
                 replaced it."
            }
            Self::RecoveryTime => {
                "For each failed deployment: from the first impact to the end of its last incident, or to the rollback. \
                 Open ones count as lasting at least until now; the headline is the Kaplan-Meier median."
            }
            Self::ReworkRate => {
                "Rollbacks and hotfixes divided by all successful production deployments that are not restarts."
            }
        }
    }
}

/// Why an event is left out of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    OutsideWindow,
    NotProduction {
        tier: Tier,
    },
    NotFinished {
        status: Status,
    },
    FailedAttempt,
    NotExposed,
    Noop,
    Rollback,
    NotFailed,
    Acquitted,
    RecoveryUnknown,
    Baseline,
    NotDelivered,
    DuplicatePatch,
    InvalidClock,
    MergeCommit,
    ExternalCause,
    NoDeploymentInReach,
    /// The link names no production deployment of these services.
    LinkedElsewhere,
}

impl Reason {
    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::OutsideWindow => "It finished outside the window.",
            Self::NotProduction { .. } => "It did not go to production.",
            Self::NotFinished { .. } => "It neither succeeded nor failed: it is still going on, or was given up.",
            Self::FailedAttempt => "It failed, so it deployed nothing.",
            Self::NotExposed => "It failed before users saw anything of it.",
            Self::Noop => "It deployed what was live already: a restart or a re-run.",
            Self::Rollback => "It went back to an older version; that is counted as rework.",
            Self::NotFailed => "It did not fail.",
            Self::Acquitted => "A person decided that it did not fail.",
            Self::RecoveryUnknown => "It failed, but nothing says when that was over.",
            Self::Baseline => "It was live before the first deployment known of the service.",
            Self::NotDelivered => "No successful deployment has delivered it yet.",
            Self::DuplicatePatch => "The same patch was delivered before under another commit.",
            Self::InvalidClock => "It ends before it begins: a clock was wrong.",
            Self::MergeCommit => "It only merges changes that are counted themselves.",
            Self::ExternalCause => "Its cause lies outside of any deployment.",
            Self::NoDeploymentInReach => "No deployment happened within the attribution window before it.",
            Self::LinkedElsewhere => "It is linked to nothing that was deployed to production here.",
        }
    }
}

/// An event left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub id: Id,
    pub reason: Reason,
    pub sentence: &'static str,
}

/// A number taken apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    pub metric: Metric,
    pub definition: &'static str,
    pub formula: &'static str,
    /// The events counted: deployments, for lead time changes. Of a rate, its denominator.
    pub ins: Vec<Id>,
    /// Of a rate, the events above the line; otherwise empty.
    pub numerator: Vec<Id>,
    /// Everything else of the same kind, whenever it was; for fail rate and recovery also incidents that count nowhere.
    pub outs: Vec<LeftOut>,
}

pub(crate) fn explain(view: &View<'_>, metric: Metric) -> Explanation {
    let mut out = Explanation {
        metric,
        definition: DEFINITION,
        formula: metric.formula(),
        ins: Vec::new(),
        numerator: Vec::new(),
        outs: Vec::new(),
    };
    for part in &view.parts {
        let facts = part.facts;
        if metric == Metric::LeadTime {
            out.changes(view, facts);
            continue;
        }
        for fact in &facts.deployments {
            match deployment(view, metric, fact) {
                None => out.count(metric, fact),
                Some(reason) => out.leave_out(&fact.attempt.id, reason),
            }
        }
        for (id, finished, reason) in &facts.left_out {
            let inside = finished.is_none_or(|at| view.contains(at));
            out.leave_out(id, if inside { reason.clone() } else { Reason::OutsideWindow });
        }
        if matches!(metric, Metric::ChangeFailRate | Metric::RecoveryTime) {
            out.incidents(view, facts);
        }
    }
    out
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
    fn leave_out(&mut self, id: &Id, reason: Reason) {
        let sentence = reason.sentence();
        self.outs.push(LeftOut { id: id.clone(), reason, sentence });
    }

    fn count(&mut self, metric: Metric, fact: &Fact) {
        let id = &fact.attempt.id;
        self.ins.push(id.clone());
        let above = match metric {
            Metric::ChangeFailRate => fact.failed_by.is_some(),
            Metric::ReworkRate => fact.kind != Some(Kind::Normal),
            _ => false,
        };
        if above {
            self.numerator.push(id.clone());
        }
    }

    fn changes(&mut self, view: &View<'_>, facts: &Facts<'_>) {
        for (change, fate) in facts.changes.iter().zip(&facts.fates) {
            let inside =
                fate.deployment().is_none_or(|d| view.contains(facts.deployments[d as usize].attempt.finished));
            let reason = match fate {
                _ if !inside => Reason::OutsideWindow,
                Fate::Undelivered => Reason::NotDelivered,
                Fate::Baseline => Reason::Baseline,
                Fate::MergeCommit { .. } => Reason::MergeCommit,
                Fate::DuplicatePatch { .. } => Reason::DuplicatePatch,
                Fate::InvalidClock { .. } => Reason::InvalidClock,
                Fate::Sample { .. } => {
                    self.ins.push(change.id.clone());
                    continue;
                }
            };
            self.leave_out(&change.id, reason);
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
            self.leave_out(&incident.id, reason);
        }
    }
}
