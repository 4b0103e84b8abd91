//! Two periods side by side: a difference is only called one where chance would not make it (specification 6, rule 6).

use crate::real;
use serde::Serialize;

use crate::stats::{self, Difference};
use crate::{Metric, Metrics, rollup};

/// What became of one metric from an earlier period to a later one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodChange {
    pub metric: Metric,
    /// Later minus earlier: deployments a day, seconds, or a fraction. `None` where it cannot be said.
    pub difference: Option<Difference>,
    pub verdict: Verdict,
}

/// What may be said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Better,
    Worse,
    /// Chance alone may have made the difference.
    NotDistinguishable,
    TooFew,
    /// A source is missing, in one of the periods at least.
    NotMeasured,
}

impl Verdict {
    /// As a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Better => "Better, by more than chance would make it.",
            Self::Worse => "Worse, by more than chance would make it.",
            Self::NotDistinguishable => "Not distinguishable: chance alone may have made the difference.",
            Self::TooFew => "Too few events to tell.",
            Self::NotMeasured => "Not measured.",
        }
    }
}

/// The five metrics of `later` against `earlier`.
#[must_use]
pub fn between(earlier: &Metrics, later: &Metrics) -> Vec<PeriodChange> {
    Metric::ALL.into_iter().map(|metric| change(metric, earlier, later)).collect()
}

fn change(metric: Metric, earlier: &Metrics, later: &Metrics) -> PeriodChange {
    let measured = match metric {
        Metric::DeploymentFrequency | Metric::LeadTime | Metric::ReworkRate => {
            earlier.coverage.deployments_connected && later.coverage.deployments_connected
        }
        Metric::ChangeFailRate | Metric::RecoveryTime => earlier.cfr.measured && later.cfr.measured,
    };
    if !measured {
        return PeriodChange { metric, difference: None, verdict: Verdict::NotMeasured };
    }
    let difference = match metric {
        Metric::DeploymentFrequency => frequency(earlier, later),
        Metric::LeadTime => {
            let all = |m: &Metrics| rollup::counted(&m.lead_time_s.samples, &m.lead_time_s.buckets);
            stats::hodges_lehmann_counted(&all(later), &all(earlier))
        }
        Metric::ChangeFailRate => {
            stats::newcombe((later.cfr.failed, later.cfr.total), (earlier.cfr.failed, earlier.cfr.total))
        }
        Metric::RecoveryTime => recovery(earlier, later),
        Metric::ReworkRate => {
            let (a, b) = (&later.rework, &earlier.rework);
            stats::newcombe((a.rework, a.total), (b.rework, b.total))
        }
    };
    let more_is_better = metric == Metric::DeploymentFrequency;
    let verdict = match difference {
        None => Verdict::TooFew,
        Some(d) if !d.distinguishable => Verdict::NotDistinguishable,
        Some(d) if (d.value > 0.0) == more_is_better => Verdict::Better,
        Some(_) => Verdict::Worse,
    };
    PeriodChange { metric, difference, verdict }
}

/// Two Poisson counts: given their sum, the later is binomial, and its share has Wilson's interval. That interval,
/// as deployments a day.
fn frequency(earlier: &Metrics, later: &Metrics) -> Option<Difference> {
    let (a, b) = (later.df.count?, earlier.df.count?);
    let (days_a, days_b) = (real(later.df.days), real(earlier.df.days));
    let [low, high] = stats::wilson(a, a + b).filter(|_| days_a > 0.0 && days_b > 0.0)?;
    let sum = real(a + b);
    let difference = |share: f64| share * sum / days_a - (1.0 - share) * sum / days_b;
    let interval95 = [difference(low), difference(high)];
    let distinguishable = interval95[0] > 0.0 || interval95[1] < 0.0;
    Some(Difference { value: real(a) / days_a - real(b) / days_b, interval95, distinguishable })
}

/// Only where everything ended: what is still open has no length to compare.
fn recovery(earlier: &Metrics, later: &Metrics) -> Option<Difference> {
    let ended =
        |m: &Metrics| (m.fdrt_s.open == 0).then(|| m.fdrt_s.samples.iter().map(|(s, _)| *s).collect::<Vec<_>>());
    stats::hodges_lehmann(&ended(later)?, &ended(earlier)?)
}
