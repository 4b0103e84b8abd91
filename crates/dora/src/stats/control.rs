//! Process limits: is the latest point a signal, or the noise that was always there? (Wheeler, Understanding Variation.)

use crate::real;
use serde::Serialize;

/// Fewest points that limits may rest on.
pub const FEWEST_BASELINE_POINTS: usize = 10;
/// 3 / d2 for moving ranges of two.
const LIMITS: f64 = 2.660;
/// D4 for moving ranges of two.
const RANGE_LIMIT: f64 = 3.268;
/// Points on one side of the mean that make a run.
const RUN: usize = 8;

/// The limits of individual values and moving ranges. In the unit of the points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Xmr {
    pub mean: f64,
    pub mean_range: f64,
    pub lower: f64,
    pub upper: f64,
    pub range_limit: f64,
}

/// What makes a point a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Outside of the limits.
    Outside,
    /// Eight in a row on one side of the mean.
    Run,
    /// Three of four nearer to a limit than to the mean.
    NearLimit,
    /// It differs from the point before by more than the range limit.
    Jump,
}

/// Limits from baseline points; `floor` is the least a value can be (zero for counts). `None` below
/// [`FEWEST_BASELINE_POINTS`].
#[must_use]
pub fn xmr(baseline: &[f64], floor: Option<f64>) -> Option<Xmr> {
    if baseline.len() < FEWEST_BASELINE_POINTS {
        return None;
    }
    let mean = baseline.iter().sum::<f64>() / real(baseline.len());
    let ranges: f64 = baseline.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    let mean_range = ranges / real(baseline.len() - 1);
    let lower = mean - LIMITS * mean_range;
    Some(Xmr {
        mean,
        mean_range,
        lower: floor.map_or(lower, |floor| lower.max(floor)),
        upper: mean + LIMITS * mean_range,
        range_limit: RANGE_LIMIT * mean_range,
    })
}

impl Xmr {
    /// What the last of `points` signals, strongest first; empty for noise.
    #[must_use]
    pub fn signals(&self, points: &[f64]) -> Vec<Signal> {
        let Some(last) = points.last() else { return Vec::new() };
        // Equal points differ in the last bit when their mean is taken.
        let slack = 1e-9 * (1.0 + self.mean.abs());
        let mut out = Vec::new();
        if *last > self.upper + slack || *last < self.lower - slack {
            out.push(Signal::Outside);
        }
        let tail = |n: usize| points.get(points.len().saturating_sub(n)..).filter(|tail| tail.len() == n);
        let one_side =
            |tail: &[f64]| tail.iter().all(|x| *x > self.mean + slack) || tail.iter().all(|x| *x < self.mean - slack);
        if tail(RUN).is_some_and(one_side) {
            out.push(Signal::Run);
        }
        // The halfway lines, from the limits before they were clipped.
        let half = LIMITS * self.mean_range / 2.0;
        let beyond = |tail: &[f64], side: f64| tail.iter().filter(|x| (**x - self.mean) * side > half).count();
        if half > slack
            && tail(4).is_some_and(|t| [1.0, -1.0].iter().any(|s| beyond(t, *s) >= 3 && beyond(&[*last], *s) == 1))
        {
            out.push(Signal::NearLimit);
        }
        if tail(2).is_some_and(|pair| (pair[1] - pair[0]).abs() > self.range_limit + slack) {
            out.push(Signal::Jump);
        }
        out
    }
}

/// The p-chart: mean rate of the baseline `(events, total)` and the limits for a point of `total` cases. Fractions;
/// `None` without cases.
#[must_use]
pub fn p_limits(baseline: &[(u64, u64)], total: u64) -> Option<(f64, [f64; 2])> {
    let (events, cases) = baseline.iter().fold((0, 0), |(k, n), point| (k + point.0, n + point.1));
    if cases == 0 || total == 0 {
        return None;
    }
    let mean = real(events) / real(cases);
    let half = 3.0 * (mean * (1.0 - mean) / real(total)).sqrt();
    Some((mean, [(mean - half).max(0.0), (mean + half).min(1.0)]))
}

/// Whether the counts vary more than chance would make them (variance above twice the mean): then read the process
/// limits and not the Poisson interval.
#[must_use]
pub fn bursty(counts: &[u64]) -> bool {
    if counts.len() < 2 {
        return false;
    }
    let n = real(counts.len());
    let mean = real(counts.iter().sum::<u64>()) / n;
    let variance = counts.iter().map(|c| (real(*c) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    variance > 2.0 * mean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 6e-4, "{a} is not {b}");
    }

    #[test]
    fn the_published_example_comes_out() {
        let points = [5.0, 7.0, 6.0, 8.0, 5.0, 6.0, 7.0, 6.0, 9.0, 6.0, 7.0, 15.0];
        let limits = xmr(&points[..11], Some(0.0)).unwrap();
        near(limits.mean, 6.5455);
        near(limits.mean_range, 1.8);
        near(limits.lower, 1.757);
        near(limits.upper, 11.333);
        near(limits.range_limit, 5.882);
        assert_eq!(limits.signals(&points), [Signal::Outside, Signal::Jump]);
        assert_eq!(limits.signals(&points[..11]), []);
        assert_eq!(xmr(&points[..9], None), None);
    }

    #[test]
    fn runs_and_points_near_a_limit_are_signals() {
        let limits = xmr(&[5.0, 7.0, 5.0, 7.0, 5.0, 7.0, 5.0, 7.0, 5.0, 7.0], None).unwrap();
        assert_eq!(limits.signals(&[6.1; 8]), [Signal::Run]);
        assert_eq!(limits.signals(&[6.1; 7]), []);
        assert_eq!(limits.signals(&[9.0, 6.0, 9.0, 9.0]), [Signal::NearLimit]);
        assert_eq!(limits.signals(&[9.0, 9.0, 9.0, 6.0]), []);
    }

    #[test]
    fn rates_with_few_cases_have_wide_limits() {
        let weeks = [(2, 20), (1, 18), (3, 25), (2, 22), (0, 15), (2, 19)];
        let (mean, [low, high]) = p_limits(&weeks, 21).unwrap();
        near(mean, 0.0840);
        assert!(low == 0.0 && (high - 0.2657).abs() < 1e-3, "{high}");
        assert!(9.0 / 21.0 > high);
        assert_eq!(p_limits(&[], 3), None);
    }

    #[test]
    fn bursts_are_told_from_chance() {
        assert!(!bursty(&[3, 4, 5, 4, 3]));
        assert!(bursty(&[0, 20, 0, 0, 18]));
        assert!(!bursty(&[7]));
    }
}
