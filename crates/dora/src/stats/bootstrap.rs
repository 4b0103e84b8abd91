//! Intervals of percentiles other than the median, by resampling deployments: the changes of one are correlated.

use super::quantile_of_integers;

/// Resamples drawn.
const DRAWS: usize = 2_000;

/// The 95 % interval of the `p`-quantile over the samples of all groups; each group (a deployment's changes) is drawn
/// as a whole. `seed` names the question (service and window), so that the same question has the same answer. Seconds;
/// `None` below two groups with samples.
#[must_use]
pub fn interval(groups: &[Vec<i64>], p: f64, seed: &str) -> Option<[f64; 2]> {
    let groups: Vec<&Vec<i64>> = groups.iter().filter(|group| !group.is_empty()).collect();
    if groups.len() < 2 {
        return None;
    }
    let mut random = SplitMix::of(seed);
    let mut drawn = Vec::new();
    let mut estimates: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            drawn.clear();
            for _ in 0..groups.len() {
                drawn.extend_from_slice(groups[random.below(groups.len())]);
            }
            drawn.sort_unstable();
            quantile_of_integers(&drawn, p)
        })
        .collect();
    estimates.sort_unstable_by(f64::total_cmp);
    Some([super::quantile(&estimates, 0.025)?, super::quantile(&estimates, 0.975)?])
}

/// Steele, Lea and Flood's SplitMix64: enough to draw with, and the same on every machine.
struct SplitMix(u64);

impl SplitMix {
    /// FNV-1a of the text.
    fn of(seed: &str) -> Self {
        Self(
            seed.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    #[expect(clippy::cast_possible_truncation, reason = "below `bound`, which is an index into memory")]
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The high half of the product is even enough for bounds far below 2^64 (Lemire).
        ((u128::from(z) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer() {
        let groups: Vec<Vec<i64>> = (0..40).map(|n| vec![n * 60, n * 90]).collect();
        let [low, high] = interval(&groups, 0.9, "checkout 2025-01-06/2025-01-20").unwrap();
        assert_eq!(interval(&groups, 0.9, "checkout 2025-01-06/2025-01-20"), Some([low, high]));
        let mut all: Vec<i64> = groups.concat();
        all.sort_unstable();
        let p90 = quantile_of_integers(&all, 0.9).unwrap();
        assert!(low < p90 && p90 < high, "{low} {p90} {high}");
        assert_eq!(interval(&groups[..1], 0.9, "x"), None);
    }
}
