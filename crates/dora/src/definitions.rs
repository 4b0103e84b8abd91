//! The same events as other tools compute them, side by side, with the difference in words (specification 1.12).
//!
//! Transcribed from their sources: fourkeys `6cc642e`, Apache DevLake `420e494` (main dashboard), GitLab's DORA
//! documentation, Middleware `5471e35`. What they read of an event that we do not keep (the commits of a push, the DB
//! session's zone) is said in the words.

mod peers;

use serde::Serialize;

use crate::explain::{Fraction, Metric};
use crate::measure::measure;
use crate::view::View;
use crate::{Bucket, Deployment};

/// One definition's answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    pub definition: Definition,
    /// Deployments that it counts.
    pub deployments: u64,
    /// Its frequency, in its own words and statistic.
    pub frequency: String,
    /// Seconds.
    #[serde(serialize_with = "crate::metrics::number")]
    pub lead_time_s: Option<f64>,
    /// What it divides by what; the numerator may exceed the denominator, where incidents are counted.
    pub failures: Fraction,
    /// Fraction; some give 0 where nothing could have failed.
    pub fail_rate: Option<f64>,
    /// Seconds.
    #[serde(serialize_with = "crate::metrics::number")]
    pub recovery_s: Option<f64>,
    /// Only ours has it.
    pub rework: Option<Fraction>,
    /// Why its numbers differ from ours, or might.
    pub differences: Vec<Difference>,
}

/// Whose definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    Ours,
    Fourkeys,
    DevLake,
    GitLab,
    Middleware,
}

impl Definition {
    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "Slipway (dora-idp/1)",
            Self::Fourkeys => "Four Keys",
            Self::DevLake => "Apache DevLake",
            Self::GitLab => "GitLab",
            Self::Middleware => "Middleware",
        }
    }
}

/// Why one number of a definition differs from ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub metric: Metric,
    /// Whether it does for these events; otherwise the rule differs and the number happens to be the same.
    pub differs: bool,
    pub words: &'static str,
}

/// Ours first, then the others. `records` are the raw ones: what repeats counts twice for some.
pub(crate) fn compare(view: &View<'_>, records: &[Deployment]) -> Vec<Answer> {
    let ours = ours(view);
    let mut answers =
        vec![peers::fourkeys(view, records), peers::devlake(view), peers::gitlab(view), peers::middleware(view)];
    for answer in &mut answers {
        answer.differences = differences(&ours, answer);
    }
    answers.insert(0, ours);
    answers
}

fn ours(view: &View<'_>) -> Answer {
    let m = measure(view);
    let frequency = m.df.bucket.map_or("less than one complete week", |bucket| match bucket {
        Bucket::OnDemand => "on demand",
        Bucket::HourToDay => "between hourly and daily",
        Bucket::DayToWeek => "between daily and weekly",
        Bucket::WeekToMonth => "between weekly and monthly",
        Bucket::MonthToSixMonths => "between monthly and every six months",
        Bucket::LessThanSixMonths => "rarer than every six months",
    });
    Answer {
        definition: Definition::Ours,
        deployments: m.df.count.unwrap_or(0),
        frequency: frequency.to_owned(),
        lead_time_s: m.lead_time_s.p50,
        failures: Fraction { numerator: m.cfr.failed, denominator: m.cfr.total },
        fail_rate: m.cfr.rate,
        recovery_s: m.fdrt_s.median,
        rework: Some(Fraction { numerator: m.rework.rework, denominator: m.rework.total }),
        differences: Vec::new(),
    }
}

fn differences(ours: &Answer, theirs: &Answer) -> Vec<Difference> {
    let far = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() > 1e-9,
        (a, b) => a.is_some() != b.is_some(),
    };
    let differs = [
        ours.deployments != theirs.deployments,
        far(ours.lead_time_s, theirs.lead_time_s),
        ours.failures != theirs.failures || far(ours.fail_rate, theirs.fail_rate),
        far(ours.recovery_s, theirs.recovery_s),
        true,
    ];
    let words = words(theirs.definition);
    Metric::ALL
        .into_iter()
        .zip(differs)
        .zip(words)
        .map(|((metric, differs), words)| Difference { metric, differs, words })
        .collect()
}

/// In the order of [`Metric::ALL`].
fn words(definition: Definition) -> [&'static str; 5] {
    const NO_REWORK: &str = "It has no rework rate.";
    match definition {
        Definition::Ours => [""; 5],
        Definition::Fourkeys => [
            "Every success in any environment counts, staging, rollbacks, restarts and repeated statuses too; the step is \
             the median of deployment days per week (Sunday weeks, UTC, partial weeks included).",
            "Only the commits of the push whose head was deployed, from the commit's time (after a squash: the merge): \
             other changes in the deployment are lost, and a rollback or a second environment samples again.",
            "Incidents that name a root cause, divided by deployments: two incidents count twice, so it can exceed 100 %; \
             incidents without a named commit count nowhere, and with nothing to divide it says 0.",
            "Every closed incident, outages without a deployment too, in whole hours rounded down; open ones are dropped.",
            NO_REWORK,
        ],
        Definition::DevLake => [
            "Rollbacks and restarts count; the step is the lower median of deployment days per week, partial weeks \
             included.",
            "The lower median, not the middle, of changes delivered; parts are rounded up to whole minutes.",
            "An incident is blamed on the last successful deployment before it, however long ago and whatever its cause; \
             rollbacks are in the denominator. Its details page counts incidents instead.",
            "One sample for each incident, from the end of the blamed deployment, without limit in time; open ones are \
             dropped.",
            NO_REWORK,
        ],
        Definition::GitLab => [
            "Rollbacks and restarts count, and every target of one release by itself; shown as a mean per day.",
            "From the merge on: the time to write and review a change is left out.",
            "Incidents divided by deployments: every incident counts, whatever caused it, so it can exceed 100 %.",
            "Every closed incident from its creation on, not from the deployment; open ones are dropped.",
            NO_REWORK,
        ],
        Definition::Middleware => [
            "Rollbacks and restarts count; the mean per day, week or month is rounded down to a whole number.",
            "The mean, which a few slow changes dominate; only changes merged in the window and already deployed, so the \
             slow ones of its end are missing.",
            "All runs are in the denominator, failed and cancelled ones too; an incident is blamed on the run before it, \
             without limit in time.",
            "The mean over closed incidents from their creation on; open ones are dropped.",
            NO_REWORK,
        ],
    }
}
