//! Trend or noise, and the limits that the weeks of a chart are held against.

use slipway_api_types::insights as view;
use slipway_dora::{
    Metric, WeekPoint,
    charts::{Chart, Trend},
};

/// In words, and whether a change would be for the better.
pub(super) fn words(chart: &Chart) -> view::Trend {
    let more_is_better = chart.metric == Metric::DeploymentFrequency;
    let (words, up) = match &chart.trend {
        Trend::TooFew { have, need } => (format!("Too few weeks to tell a trend: {have} of {need}"), None),
        Trend::Noise => ("Within its usual limits".to_owned(), None),
        Trend::Signal { up, .. } => {
            let words = if *up { "Higher than usual, more than noise" } else { "Lower than usual, more than noise" };
            (words.to_owned(), Some(*up))
        }
    };
    view::Trend { words, up, better: up == Some(more_is_better) }
}

/// One entry for each week; empty while there are too few of them for limits. Durations in hours, rates in per cent.
pub(super) fn limits(chart: &Chart, weeks: &[WeekPoint]) -> Vec<Option<[f64; 2]>> {
    let unit = match chart.metric {
        Metric::DeploymentFrequency => 1.0,
        Metric::LeadTime | Metric::RecoveryTime => 1.0 / 3_600.0,
        Metric::ChangeFailRate | Metric::ReworkRate => 100.0,
    };
    let mut limits = vec![None; weeks.len()];
    for point in &chart.points {
        if let Some(slot) = limits.get_mut(point.week) {
            *slot = point.limits.map(|limits| limits.map(|limit| limit * unit));
        }
    }
    if limits.iter().all(Option::is_none) { Vec::new() } else { limits }
}

/// Lower and upper limit of one week.
pub(super) fn at(limits: &[Option<[f64; 2]>], week: usize) -> [Option<f64>; 2] {
    limits.get(week).copied().flatten().map_or([None, None], |[low, high]| [Some(low), Some(high)])
}
