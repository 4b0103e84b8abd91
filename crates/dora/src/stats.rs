//! Small exact statistics: quantiles and intervals that say how sure a number is.

use crate::real;

pub mod bootstrap;
pub mod control;
mod two;

pub use two::{Difference, FEWEST_FOR_SHIFT, hodges_lehmann, hodges_lehmann_counted, newcombe};

/// The standard normal quantile of 0.975, for two-sided 95 % intervals.
pub const Z95: f64 = 1.959_964;

/// Hyndman-Fan type 7 quantile (linear interpolation; SQL `PERCENTILE_CONT`, NumPy's default) of ascending values.
/// `None` when there are none. `p` is clamped to 0..=1.
#[must_use]
pub fn quantile(ascending: &[f64], p: f64) -> Option<f64> {
    interpolate(ascending.len(), p, |i| ascending[i])
}

/// [`quantile`] of ascending whole numbers (seconds, counts).
#[must_use]
pub fn quantile_of_integers(ascending: &[i64], p: f64) -> Option<f64> {
    interpolate(ascending.len(), p, |i| real(ascending[i]))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into memory, never negative, far below 2^53"
)]
pub(crate) fn interpolate(len: usize, p: f64, value: impl Fn(usize) -> f64) -> Option<f64> {
    let last = len.checked_sub(1)?;
    let h = p.clamp(0.0, 1.0) * real(last);
    let low = (h.floor() as usize).min(last);
    let high = (low + 1).min(last);
    let (a, b) = (value(low), value(high));
    Some(a + (h - real(low)) * (b - a))
}

/// Wilson's 95 % interval of `successes` out of `total`; `None` when the total is zero.
#[must_use]
pub fn wilson(successes: u64, total: u64) -> Option<[f64; 2]> {
    if total == 0 {
        return None;
    }
    let n = real(total);
    let p = real(successes.min(total)) / n;
    let z2 = Z95 * Z95;
    let scale = 1.0 + z2 / n;
    let centre = (p + z2 / (2.0 * n)) / scale;
    let half = Z95 / scale * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // At 0 and n the limits are exactly 0 and 1; rounding would leave -1e-17.
    let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if successes >= total { 1.0 } else { (centre + half).min(1.0) };
    Some([low, high])
}

/// The ranks (counted from 1) of the order statistics that enclose the median with at least 95 % confidence,
/// whatever the distribution: the largest k with 1 - 2 * sum over i < k of C(n, i) / 2^n >= 0.95, and n - k + 1.
/// `None` below six values, where no such pair exists.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sample size, far below 2^53")]
pub fn median_ranks(n: usize) -> Option<(usize, usize)> {
    let size = real(n);
    // Ten standard deviations below the middle the tail is below 1e-22: start there instead of at 0.
    let start = (size / 2.0 - 5.0 * size.sqrt()).floor().max(0.0) as usize;
    let first = real(start);
    let mut log_term =
        ln_gamma(size + 1.0) - ln_gamma(first + 1.0) - ln_gamma(size - first + 1.0) - size * std::f64::consts::LN_2;
    let mut tail = 0.0;
    let mut k = start;
    while k < n {
        tail += log_term.exp();
        if 1.0 - 2.0 * tail < 0.95 {
            break;
        }
        log_term += ((size - real(k)) / (real(k) + 1.0)).ln();
        k += 1;
    }
    (k >= 1).then(|| (k, n + 1 - k))
}

/// The 95 % interval of the median of ascending values, by [`median_ranks`].
#[must_use]
pub fn median_interval(ascending: &[i64]) -> Option<[i64; 2]> {
    let (low, high) = median_ranks(ascending.len())?;
    Some([ascending[low - 1], ascending[high - 1]])
}

/// Garwood's exact 95 % interval of a Poisson count: how often it might have happened in the same time.
#[must_use]
pub fn garwood(count: u64) -> [f64; 2] {
    let n = real(count);
    // chi-square quantile with 2a degrees of freedom, halved, is the gamma quantile with shape a.
    let low = if count == 0 { 0.0 } else { gamma_quantile(n, 0.025) };
    [low, gamma_quantile(n + 1.0, 0.975)]
}

/// The x with P(a, x) = p, by bisection: P grows with x, and a + 10 sqrt(a) + 20 lies beyond every p used here.
fn gamma_quantile(a: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, a + 10.0 * a.sqrt() + 20.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if lower_gamma(a, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularised lower incomplete gamma function P(a, x): series below a + 1, Lentz's continued fraction above
/// (Numerical Recipes, 6.2).
fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let scale = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return sum * scale;
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    let mut i = 1.0;
    // Converges in about sqrt(a) steps; the bound only guards against a limit cycle in the last bit.
    while i < 100_000.0 {
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / non_zero(an * d + b, tiny);
        c = non_zero(b + an / c, tiny);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
        i += 1.0;
    }
    1.0 - scale * h
}

fn non_zero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

/// ln of the gamma function for x > 0, by Stirling's series after shifting x above 10 (error below 1e-14).
fn ln_gamma(x: f64) -> f64 {
    let (mut y, mut shift) = (x, 1.0);
    while y < 10.0 {
        shift *= y;
        y += 1.0;
    }
    let inverse = 1.0 / y;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (y - 0.5) * y.ln() - y + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not {b}");
    }

    #[test]
    fn type_7_interpolates_as_numpy_does() {
        let values = [3600.0, 12600.0, 86400.0, 90000.0, 151_200.0];
        near(quantile(&values, 0.9).unwrap(), 126_720.0, 1e-9);
        near(quantile(&[1.0, 2.0, 3.0, 4.0], 0.25).unwrap(), 1.75, 1e-12);
        near(quantile_of_integers(&[1, 2], 0.5).unwrap(), 1.5, 1e-12);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
    }

    #[test]
    fn wilson_matches_published_values() {
        for (k, n, low, high) in [
            (0, 12, 0.0, 0.242),
            (1, 4, 0.045_587, 0.699_358),
            (5, 100, 0.022, 0.112),
            (4, 6, 0.299_993, 0.903_229),
            (7, 7, 1.0 - 0.354_330, 1.0),
        ] {
            let [l, h] = wilson(k, n).unwrap();
            near(l, low, 6e-4);
            near(h, high, 6e-4);
        }
        near(wilson(0, 7).unwrap()[1], 0.354_330, 1e-6);
        assert_eq!(wilson(0, 0), None);
        // What it takes to claim "at most 5 %" without a single failure.
        assert!(wilson(0, 73).unwrap()[1] <= 0.05 && wilson(0, 72).unwrap()[1] > 0.05);
    }

    #[test]
    fn median_ranks_match_the_binomial_tables() {
        for (n, ranks) in [
            (0, None),
            (5, None),
            (6, Some((1, 6))),
            (10, Some((2, 9))),
            (20, Some((6, 15))),
            (30, Some((10, 21))),
            (100, Some((40, 61))),
        ] {
            assert_eq!(median_ranks(n), ranks, "n = {n}");
        }
        // For large samples the normal approximation: n/2 -+ 0.98 sqrt(n).
        let (low, high) = median_ranks(1_000_000).unwrap();
        assert!((499_019..=499_022).contains(&low), "{low}");
        assert_eq!(low + high, 1_000_001);
    }

    #[test]
    fn garwood_matches_the_chi_square_tables() {
        for (n, low, high) in [(0, 0.0, 3.689), (4, 1.090, 10.242), (10, 4.795, 18.390), (30, 20.24, 42.83)] {
            let [l, h] = garwood(n);
            near(l, low, 6e-3);
            near(h, high, 6e-3);
        }
        let [low, high] = garwood(100_000);
        near(low, 100_000.0 - 1.96 * 316.2, 3.0);
        near(high, 100_000.0 + 1.96 * 316.2, 4.0);
    }
}
