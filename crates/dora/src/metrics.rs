//! What comes out: the names, units and shapes of specification 1.11. Durations are seconds, rates are fractions.

use jiff::civil::Date;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::{Id, Instant, Kind, Tier};

/// Named with every number, so that a reader knows which rules made it.
pub const DEFINITION: &str = "dora-idp/1";

/// The five metrics of one service, or of several together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metrics {
    pub definition: &'static str,
    pub tier: Tier,
    pub from: Date,
    pub to: Date,
    pub tz: String,
    pub as_of: Instant,
    /// Every production success ever seen, by finish.
    #[serde(serialize_with = "as_map")]
    pub kinds: Vec<(Id, Kind)>,
    /// Deployments with incidents, by finish, each with its incidents by id.
    #[serde(serialize_with = "as_map")]
    pub links: Vec<(Id, Vec<Id>)>,
    pub df: Frequency,
    pub lead_time_s: LeadTime,
    pub cfr: FailRate,
    pub fdrt_s: Recovery,
    pub rework: Rework,
    pub coverage: Coverage,
}

/// Deployment frequency. `None` where no source of deployments is connected: unknown is not zero.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frequency {
    pub count: Option<u64>,
    /// Calendar days observed in the window.
    pub days: u64,
    pub per_day: Option<f64>,
    /// Exact 95 % Poisson interval of `per_day`.
    pub garwood95: Option<[f64; 2]>,
    /// Deployments in each complete ISO week, zeros included.
    pub weeks: Vec<u64>,
    /// Days with a deployment in each complete ISO week.
    pub deploy_days: Vec<u64>,
    #[serde(serialize_with = "number")]
    pub median_per_week: Option<f64>,
    /// Deployments in each complete calendar month, zeros included.
    pub months: Vec<u64>,
    /// `None` without one complete week.
    pub bucket: Option<Bucket>,
    pub noop: u64,
    pub rollbacks: u64,
    #[serde(serialize_with = "number")]
    pub median_hours_between: Option<f64>,
}

/// The survey's six steps of deployment frequency, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    OnDemand,
    HourToDay,
    DayToWeek,
    WeekToMonth,
    MonthToSixMonths,
    LessThanSixMonths,
}

/// Change lead time, in seconds from first commit to first delivery; one sample a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeadTime {
    pub n: u64,
    /// Ascending.
    pub samples: Vec<i64>,
    /// Instead of samples, where a roll-up keeps only a sketch of them: values that stand for buckets, at most
    /// [`crate::rollup::RELATIVE_ERROR`] off, with how many there are of each. The quantiles are as near then.
    #[serde(skip)]
    pub buckets: Vec<(i64, u64)>,
    /// Whether it was so: the quantiles are then as far off as [`crate::rollup::RELATIVE_ERROR`] says, and no further.
    #[serde(skip)]
    pub sketched: bool,
    #[serde(serialize_with = "number")]
    pub p50: Option<f64>,
    #[serde(serialize_with = "number")]
    pub p75: Option<f64>,
    #[serde(serialize_with = "number")]
    pub p90: Option<f64>,
    /// 95 % interval of the median, from six samples on.
    pub median95: Option<[i64; 2]>,
    /// Variant: one sample for each commit.
    #[serde(serialize_with = "number")]
    pub per_commit_p50: Option<f64>,
    /// Variant: from the merge on.
    #[serde(serialize_with = "number")]
    pub merge_to_deploy_p50: Option<f64>,
    pub stages: Stages,
    /// Change to the deployment that first brought its landed commit, over all time, baselines left out. Also of changes
    /// that give no sample (a second commit of a patch, a wrong clock).
    #[serde(serialize_with = "as_map")]
    pub first_deployed_by: Vec<(Id, Id)>,
    /// Changes left out because they were delivered before under another commit.
    pub duplicate_patch: Vec<Id>,
    /// Changes left out because they were delivered before their first commit.
    pub invalid_clock: Vec<Id>,
    /// How many these are: a roll-up does not keep their names.
    #[serde(skip)]
    pub invalid: u64,
}

/// Medians of the parts of lead time, over the changes for which all four instants are known and in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stages {
    pub n: u64,
    /// First commit to opened.
    #[serde(serialize_with = "number")]
    pub coding_p50: Option<f64>,
    /// Opened to merged.
    #[serde(serialize_with = "number")]
    pub review_p50: Option<f64>,
    /// Merged to deployed.
    #[serde(serialize_with = "number")]
    pub waiting_p50: Option<f64>,
}

/// Change fail rate. `rate` is `None` when nothing could have failed, and when nothing failed but nobody could have told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailRate {
    pub failed: u64,
    pub total: u64,
    pub rate: Option<f64>,
    pub wilson95: Option<[f64; 2]>,
    pub failed_ids: Vec<Id>,
    /// Deployments still younger than the attribution window at `as_of`.
    pub provisional: u64,
    /// False without a source of incidents: show "not measured" then, never 0 %.
    pub measured: bool,
}

/// Failed deployment recovery time, in seconds; one sample a failed deployment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    pub n: u64,
    /// Of these, not yet recovered from.
    pub open: u64,
    /// Ascending; `false` marks an open one, measured to `as_of`.
    pub samples: Vec<(i64, bool)>,
    /// Kaplan-Meier; `None` also when it is not reached.
    #[serde(serialize_with = "number")]
    pub median: Option<f64>,
    /// Failed deployments of which the recovery is not known.
    pub unknown_recovery: Vec<Id>,
    /// How many these are: a roll-up does not keep their names.
    #[serde(skip)]
    pub unknown: u64,
}

/// Deployment rework rate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rework {
    pub rework: u64,
    pub total: u64,
    pub rate: Option<f64>,
    pub wilson95: Option<[f64; 2]>,
}

/// What the numbers rest on, within the window where not said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    pub deployments_connected: bool,
    pub incidents_connected: bool,
    /// Successful production deployments.
    pub deployments: u64,
    /// Of these, with a revision that the history knows.
    pub with_known_revision: u64,
    /// Changes first delivered in the window.
    pub changes: u64,
    /// Of these, known to be pull requests; the others are commits, or nobody said.
    pub from_pull_requests: u64,
    /// Of these, made by programs, whether they are counted or not.
    pub from_bots: u64,
    /// Changes that no deployment has delivered, over all time: they wait, and the median of the delivered ones looks
    /// best when deployment is stuck.
    pub undelivered_changes: u64,
    /// First commit of the oldest of them.
    pub oldest_undelivered_at: Option<Instant>,
    pub incidents: u64,
    pub linked_manual: u64,
    pub linked_explicit: u64,
    pub linked_inferred: u64,
    pub external: u64,
    /// Incidents that nobody and nothing decided on.
    pub undecided: u64,
    /// Incidents that no deployment says it mends.
    pub without_remediation: u64,
    /// The latest deployment to production that is known, over all time: how long ago its source was heard.
    pub last_deployment_at: Option<Instant>,
    pub last_incident_at: Option<Instant>,
}

/// Pairs as a JSON object.
pub(crate) fn as_map<V: Serialize, S: Serializer>(pairs: &[(Id, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

/// Whole numbers without ".0": seconds mostly are.
pub(crate) fn number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_none(),
        #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53 by the guard")]
        Some(x) if x.fract() == 0.0 && x.abs() < 9e15 => serializer.serialize_i64(*x as i64),
        Some(x) => serializer.serialize_f64(*x),
    }
}
