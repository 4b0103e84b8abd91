//! A period against the one of equal length before it, in words.

use super::{tiles, value, words};
use slipway_api_types::insights::{Comparison, Verdict};
use slipway_dora::{
    Metric, Metrics,
    periods::{self, PeriodChange},
    stats::Difference,
};

/// The five, throughput first.
pub(super) fn all(before: &Metrics, now: &Metrics) -> Vec<Comparison> {
    periods::between(before, now).into_iter().map(|change| row(&change, before, now)).collect()
}

fn row(change: &PeriodChange, before: &Metrics, now: &Metrics) -> Comparison {
    let metric = change.metric;
    let (difference, interval) = change.difference.map_or_else(Default::default, |d| difference(metric, &d));
    Comparison {
        metric: tiles::metric(metric),
        title: tiles::title(metric).to_owned(),
        now: value::of(metric, now),
        before: value::of(metric, before),
        difference,
        interval,
        verdict: match change.verdict {
            periods::Verdict::Better => Verdict::Better,
            periods::Verdict::Worse => Verdict::Worse,
            periods::Verdict::NotDistinguishable => Verdict::NotDistinguishable,
            periods::Verdict::TooFew => Verdict::TooFew,
            periods::Verdict::NotMeasured => Verdict::NotMeasured,
        },
        sentence: change.verdict.sentence().to_owned(),
    }
}

/// The difference and its interval, in the unit that people use.
fn difference(metric: Metric, difference: &Difference) -> (String, String) {
    let [low, high] = difference.interval95;
    let words = |seconds_or_share: f64| match metric {
        Metric::DeploymentFrequency => words::signed(seconds_or_share * 7.0, words::figure),
        Metric::LeadTime | Metric::RecoveryTime => words::signed(seconds_or_share, words::duration),
        Metric::ChangeFailRate | Metric::ReworkRate => words::signed(seconds_or_share * 100.0, words::figure),
    };
    let unit = match metric {
        Metric::DeploymentFrequency => " per week",
        Metric::LeadTime | Metric::RecoveryTime => "",
        Metric::ChangeFailRate | Metric::ReworkRate => " points",
    };
    (format!("{}{unit}", words(difference.value)), format!("95 %: {} to {}{unit}", words(low), words(high)))
}
