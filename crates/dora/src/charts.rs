//! Trend or noise: the last complete week of each metric against the limits of the weeks before it (specification 6,
//! rule 5). No arrow without a signal.

use crate::real;
use serde::Serialize;

use crate::stats::control::{self, Signal};
use crate::{Metric, WeekPoint};

/// The weekly chart of one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    pub metric: Metric,
    /// One point for each complete week with data: its number among the weeks given, its value (deployments, seconds
    /// or a fraction) and the limits it is held against.
    pub points: Vec<Point>,
    pub trend: Trend,
    /// The counts vary more than chance makes them: read these limits and not the Poisson interval.
    pub bursty: bool,
}

/// A week of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    pub week: usize,
    pub value: f64,
    /// `None` while the baseline is too short.
    pub limits: Option<[f64; 2]>,
}

/// What the last point says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Trend {
    TooFew { have: usize, need: usize },
    Noise,
    Signal { signals: Vec<Signal>, up: bool },
}

impl Trend {
    /// As a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TooFew { have, need } => format!("Too few weeks for limits: {have} of {need}."),
            Self::Noise => "Within its usual limits: not distinguishable from noise.".to_owned(),
            Self::Signal { up: true, .. } => "Higher than its usual limits allow: something changed.".to_owned(),
            Self::Signal { up: false, .. } => "Lower than its usual limits allow: something changed.".to_owned(),
        }
    }
}

/// A chart for each metric. Weeks come oldest first; those that are not complete are left out.
#[must_use]
pub fn charts(weeks: &[WeekPoint]) -> Vec<Chart> {
    Metric::ALL.into_iter().map(|metric| chart(metric, weeks)).collect()
}

fn chart(metric: Metric, weeks: &[WeekPoint]) -> Chart {
    let complete = || weeks.iter().enumerate().filter(|(_, week)| week.complete);
    match metric {
        Metric::DeploymentFrequency => {
            let counts: Vec<(usize, u64)> = complete().filter_map(|(at, week)| Some((at, week.df_count?))).collect();
            let bursty = control::bursty(&counts.iter().map(|(_, n)| *n).collect::<Vec<_>>());
            let points = counts.into_iter().map(|(at, n)| (at, real(n))).collect();
            Chart { bursty, ..individual(metric, points, Scale::Count) }
        }
        Metric::LeadTime => {
            individual(metric, complete().filter_map(|(at, week)| Some((at, week.lead_p50?))).collect(), Scale::Seconds)
        }
        Metric::RecoveryTime => {
            let points = complete().filter_map(|(at, week)| Some((at, week.fdrt_median?))).collect();
            individual(metric, points, Scale::Seconds)
        }
        Metric::ChangeFailRate => {
            rates(metric, complete().map(|(at, week)| (at, (week.cfr_failed, week.cfr_total))).collect())
        }
        Metric::ReworkRate => {
            rates(metric, complete().map(|(at, week)| (at, (week.rework, week.rework_total))).collect())
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Count,
    /// Durations have a long tail: limits are made of their logarithms.
    Seconds,
}

fn individual(metric: Metric, points: Vec<(usize, f64)>, scale: Scale) -> Chart {
    // One second stands for none at all, which has no logarithm.
    let to = |x: f64| if scale == Scale::Seconds { x.max(1.0).ln() } else { x };
    let back = |x: f64| if scale == Scale::Seconds { x.exp() } else { x };
    let scaled: Vec<f64> = points.iter().map(|(_, value)| to(*value)).collect();
    let baseline = scaled.split_last().map_or(&[] as &[f64], |(_, before)| before);
    let limits = control::xmr(baseline, (scale == Scale::Count).then_some(0.0));
    let trend = match (&limits, scaled.last()) {
        (Some(limits), Some(last)) => match limits.signals(&scaled) {
            signals if signals.is_empty() => Trend::Noise,
            signals => Trend::Signal { signals, up: *last > limits.mean },
        },
        _ => Trend::TooFew { have: baseline.len(), need: control::FEWEST_BASELINE_POINTS },
    };
    let limits = limits.map(|l| [back(l.lower), back(l.upper)]);
    let points = points.into_iter().map(|(week, value)| Point { week, value, limits }).collect();
    Chart { metric, points, trend, bursty: false }
}

fn rates(metric: Metric, weeks: Vec<(usize, (u64, u64))>) -> Chart {
    let weeks: Vec<(usize, (u64, u64))> = weeks.into_iter().filter(|(_, (_, total))| *total > 0).collect();
    let counts: Vec<(u64, u64)> = weeks.iter().map(|(_, counts)| *counts).collect();
    let baseline = counts.split_last().map_or(&[] as &[(u64, u64)], |(_, before)| before);
    let enough = baseline.len() >= FEWEST_RATES;
    let limits = |total| if enough { control::p_limits(baseline, total) } else { None };
    let points: Vec<Point> = weeks
        .iter()
        .map(|(week, (k, n))| Point { week: *week, value: real(*k) / real(*n), limits: limits(*n).map(|(_, l)| l) })
        .collect();
    let last = counts.last().and_then(|(_, n)| limits(*n)).zip(points.last());
    let trend = match last {
        None => Trend::TooFew { have: baseline.len(), need: FEWEST_RATES },
        Some(((mean, [low, high]), point)) if point.value > high || point.value < low => {
            Trend::Signal { signals: vec![Signal::Outside], up: point.value > mean }
        }
        Some(_) => Trend::Noise,
    };
    Chart { metric, points, trend, bursty: false }
}

/// Weeks of a p-chart's baseline: its limits rest on the cases in them, so fewer will do than for single values.
const FEWEST_RATES: usize = 6;

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn week(deployments: u64, failed: u64, total: u64) -> WeekPoint {
        WeekPoint {
            week_start: date(2025, 1, 6),
            complete: true,
            df_count: Some(deployments),
            lead_p50: Some(3600.0),
            lead_n: 1,
            cfr_failed: failed,
            cfr_total: total,
            fdrt_median: None,
            fdrt_n: 0,
            rework: 0,
            rework_total: 0,
        }
    }

    #[test]
    fn an_arrow_needs_a_signal() {
        let mut weeks: Vec<WeekPoint> =
            [5, 7, 6, 8, 5, 6, 7, 6, 9, 6, 7, 15].map(|n| week(n, 0, 0)).into_iter().collect();
        let [df, lead, cfr, fdrt, _] = <[Chart; 5]>::try_from(charts(&weeks)).unwrap();
        assert_eq!(df.trend, Trend::Signal { signals: vec![Signal::Outside, Signal::Jump], up: true });
        assert_eq!(lead.trend, Trend::Noise);
        assert_eq!(cfr.trend, Trend::TooFew { have: 0, need: FEWEST_RATES });
        assert_eq!(fdrt.trend, Trend::TooFew { have: 0, need: control::FEWEST_BASELINE_POINTS });
        weeks[11].complete = false;
        assert_eq!(charts(&weeks)[0].trend, Trend::Noise);
    }

    #[test]
    fn a_rate_is_held_against_limits_for_its_own_size() {
        let weeks = [(2, 20), (1, 18), (3, 25), (2, 22), (0, 15), (2, 19), (9, 21)];
        let chart =
            |weeks: &[(u64, u64)]| charts(&weeks.iter().map(|(k, n)| week(1, *k, *n)).collect::<Vec<_>>())[2].clone();
        assert_eq!(chart(&weeks).trend, Trend::Signal { signals: vec![Signal::Outside], up: true });
        let mut calm = weeks;
        calm[6] = (3, 21);
        assert_eq!(chart(&calm).trend, Trend::Noise);
    }
}
