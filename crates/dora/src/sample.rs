//! How many events a number needs before it may be shown large (specification 6, rule 4). Below: the dots and n.

use serde::Serialize;

use crate::{Metric, Metrics};

/// Changes for a median lead time.
pub const LEAD_TIME: u64 = 6;
/// Failures for a median recovery.
pub const RECOVERY: u64 = 6;
/// Deployments for a band of a rate: with none failed, 22 are what it takes to claim at most 15 %.
pub const RATE: u64 = 22;
/// Complete weeks for a typical week.
pub const WEEKS: u64 = 4;

/// Too few to tell: have so many of what it needs more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TooFew {
    pub have: u64,
    pub need: u64,
    /// What is counted, in the plural: "changes".
    pub what: &'static str,
}

impl TooFew {
    /// As a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("Too few to tell: {} {}, at least {} are needed.", self.have, self.what, self.need)
    }
}

/// What `metric` lacks; `None` when there is enough.
#[must_use]
pub fn too_few(metric: Metric, metrics: &Metrics) -> Option<TooFew> {
    let (have, need, what) = match metric {
        Metric::DeploymentFrequency => (crate::measure::count(metrics.df.weeks.iter()), WEEKS, "complete weeks"),
        Metric::LeadTime => (metrics.lead_time_s.n, LEAD_TIME, "changes"),
        Metric::ChangeFailRate => (metrics.cfr.total, RATE, "deployments"),
        Metric::RecoveryTime => (metrics.fdrt_s.n, RECOVERY, "failed deployments"),
        Metric::ReworkRate => (metrics.rework.total, RATE, "deployments"),
    };
    (have < need).then_some(TooFew { have, need, what })
}
