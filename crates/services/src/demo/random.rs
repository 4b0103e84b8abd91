//! Numbers that look random and are the same every time: splitmix64 (Steele, Lea, Flood 2014).

use slipway_domain::time::Timestamp;
use uuid::Uuid;

/// A generator. Equal seeds give equal numbers, on every machine.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A generator of its own for each name, so that changing one service leaves the others as they are.
    pub(super) fn of(name: &str) -> Self {
        // FNV-1a, only to spread names.
        let seed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to and without 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True this often.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From `low` up to and without `high`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "milliseconds of a year stay below 2^53"
    )]
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + ((high - low).max(0) as f64 * self.unit()) as i64
    }

    /// One of several.
    pub(super) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        let last = items.len() - 1;
        let at = self.between(0, i64::try_from(items.len()).unwrap_or(1));
        &items[usize::try_from(at).unwrap_or(0).min(last)]
    }

    /// How often something happens that happens `mean` times on average (Knuth; fine for small means).
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let (mut count, mut product) = (0, self.unit());
        while product > limit {
            count += 1;
            product *= self.unit();
        }
        count
    }

    /// A duration with this median and a long tail, milliseconds; `spread` 0.5 is mild, 1 wild.
    #[expect(clippy::cast_possible_truncation, reason = "a duration, far below 2^63")]
    pub(super) fn duration(&mut self, median: i64, spread: f64) -> i64 {
        // Twelve uniform numbers less six are close enough to a normal one.
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        #[expect(clippy::cast_precision_loss, reason = "a duration of hours")]
        let median = median as f64;
        (median * (normal * spread).exp()) as i64
    }

    /// So many bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// A commit's name.
    pub(super) fn sha(&mut self) -> String {
        hex::encode(self.bytes::<20>())
    }

    /// A UUIDv7 of an instant, so that what happened earlier sorts earlier.
    pub(super) fn uuid(&mut self, at: Timestamp) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(at.as_millis().unsigned_abs(), &self.bytes::<10>()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_and_names_differ() {
        let draw = |name| {
            let mut random = Random::of(name);
            [random.between(0, 1_000_000), random.between(0, 1_000_000), random.between(0, 1_000_000)]
        };
        assert_eq!(draw("checkout-api"), draw("checkout-api"));
        assert_ne!(draw("checkout-api"), draw("ledger"));
    }

    #[test]
    fn means_and_medians_are_those_asked_for() {
        let mut random = Random::of("means");
        let sum: u32 = (0..10_000).map(|_| random.poisson(1.5)).sum();
        assert!((14_500..15_500).contains(&sum), "{sum}");
        let mut durations: Vec<i64> = (0..9_999).map(|_| random.duration(1_000, 0.8)).collect();
        durations.sort_unstable();
        assert!((950..1_050).contains(&durations[5_000]), "{}", durations[5_000]);
    }
}
