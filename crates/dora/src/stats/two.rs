//! Two samples: how far apart they are, and whether that can be told from chance.

use super::{Z95, wilson};
use crate::real;
use serde::Serialize;

/// A difference with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub value: f64,
    pub interval95: [f64; 2],
    /// Whether the interval leaves out zero. If not, say "not distinguishable" and draw no arrow.
    pub distinguishable: bool,
}

impl Difference {
    fn new(value: f64, low: f64, high: f64) -> Self {
        Self { value, interval95: [low, high], distinguishable: low > 0.0 || high < 0.0 }
    }
}

/// Newcombe's hybrid score interval of `a - b` for two rates `(successes, total)` (Statistics in Medicine 17, 1998,
/// method 10). A fraction, -1 to 1; `None` when either total is zero.
#[must_use]
pub fn newcombe(a: (u64, u64), b: (u64, u64)) -> Option<Difference> {
    let ([l1, u1], [l2, u2]) = (wilson(a.0, a.1)?, wilson(b.0, b.1)?);
    let (p1, p2) = (real(a.0) / real(a.1), real(b.0) / real(b.1));
    let d = p1 - p2;
    Some(Difference::new(d, d - (p1 - l1).hypot(u2 - p2), d + (u1 - p1).hypot(p2 - l2)))
}

/// Fewest values on either side for [`hodges_lehmann`]: below, the normal approximation of its interval is no good.
pub const FEWEST_FOR_SHIFT: usize = 6;

/// The Hodges-Lehmann shift of `a` against `b`: the median of all differences between them, with the interval of the
/// Mann-Whitney test (normal approximation). Both ascending, seconds; `None` below [`FEWEST_FOR_SHIFT`] values.
#[must_use]
pub fn hodges_lehmann(a: &[i64], b: &[i64]) -> Option<Difference> {
    let once = |values: &[i64]| values.iter().map(|value| (*value, 1)).collect::<Vec<_>>();
    hodges_lehmann_counted(&once(a), &once(b))
}

/// As [`hodges_lehmann`], of values with how many there are of each.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sample sizes and seconds stay far below 2^53"
)]
pub fn hodges_lehmann_counted(a: &[(i64, u64)], b: &[(i64, u64)]) -> Option<Difference> {
    let count = |values: &[(i64, u64)]| values.iter().map(|(_, count)| count).sum::<u64>();
    let (in_a, in_b) = (count(a), count(b));
    if in_a.min(in_b) < FEWEST_FOR_SHIFT as u64 {
        return None;
    }
    let pairs = in_a * in_b;
    let middle = real(kth_difference(a, b, pairs.div_ceil(2)));
    let middle =
        if pairs.is_multiple_of(2) { f64::midpoint(middle, real(kth_difference(a, b, pairs / 2 + 1))) } else { middle };
    let (n, m) = (real(in_a), real(in_b));
    let half = Z95 * (n * m * (n + m + 1.0) / 12.0).sqrt();
    let rank = ((n * m / 2.0 - half).floor().max(1.0)) as u64;
    let (low, high) = (kth_difference(a, b, rank), kth_difference(a, b, pairs + 1 - rank));
    Some(Difference::new(middle, real(low), real(high)))
}

/// The k-th smallest (from 1) of all `a[i] - b[j]`, by bisection over the value: no list of pairs is made.
fn kth_difference(a: &[(i64, u64)], b: &[(i64, u64)], k: u64) -> i64 {
    let mut low = a[0].0 - b[b.len() - 1].0;
    let mut high = a[a.len() - 1].0 - b[0].0;
    while low < high {
        let middle = low + (high - low) / 2;
        if pairs_up_to(a, b, middle) >= k {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// How many pairs differ by at most `limit`.
fn pairs_up_to(a: &[(i64, u64)], b: &[(i64, u64)], limit: i64) -> u64 {
    let mut left: u64 = b.iter().map(|(_, count)| count).sum();
    let mut skipped = 0;
    let mut pairs = 0;
    for (x, count) in a {
        while skipped < b.len() && x - b[skipped].0 > limit {
            left -= b[skipped].1;
            skipped += 1;
        }
        pairs += count * left;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombe_tells_a_real_drop_from_chance() {
        let d = newcombe((6, 40), (2, 45)).unwrap();
        let points = |x: f64| (x * 1000.0).round() / 10.0;
        assert_eq!((points(d.value), d.interval95.map(points)), (10.6, [-2.5, 25.0]));
        assert!(!d.distinguishable);
        let d = newcombe((12, 80), (4, 90)).unwrap();
        // 20.35 points: the specification prints 20.4.
        assert_eq!(d.interval95.map(points), [1.6, 20.3]);
        assert!(d.distinguishable);
        assert_eq!(newcombe((0, 0), (1, 2)), None);
    }

    #[test]
    fn the_shift_is_the_median_of_all_differences() {
        let a = [10, 20, 30, 40, 50, 60];
        let b = [1, 2, 3, 4, 5, 6, 7];
        let mut all: Vec<i64> = a.iter().flat_map(|x| b.iter().map(move |y| x - y)).collect();
        all.sort_unstable();
        let once = |values: &[i64]| values.iter().map(|value| (*value, 1)).collect::<Vec<_>>();
        for (k, expected) in (1u64..).zip(&all) {
            assert_eq!(kth_difference(&once(&a), &once(&b), k), *expected);
        }
        let twice = [10, 10, 20, 20, 30, 30];
        assert_eq!(hodges_lehmann(&twice, &b), hodges_lehmann_counted(&[(10, 2), (20, 2), (30, 2)], &once(&b)));
        let shift = hodges_lehmann(&a, &b).unwrap();
        assert!((shift.value - real(all[20] + all[21]) / 2.0).abs() < 1e-9);
        assert!(shift.distinguishable);
        assert!(!hodges_lehmann(&a, &a).unwrap().distinguishable);
        assert_eq!(hodges_lehmann(&a[..5], &b), None);
    }
}
