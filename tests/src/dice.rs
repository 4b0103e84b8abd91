//! Chance that can be thrown again: the seed is printed, and taken from `SLIPWAY_TEST_SEED` when that is set.

use std::{
    env,
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

/// The variable that sets the seed.
const SEED: &str = "SLIPWAY_TEST_SEED";

/// A small generator (SplitMix64, Steele et al. 2014).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// A generator whose seed stands in the test's output.
    ///
    /// # Panics
    /// When `SLIPWAY_TEST_SEED` is not a number.
    pub fn announced(what: &str) -> Self {
        let seed = match env::var(SEED) {
            Ok(text) => text.parse().expect("SLIPWAY_TEST_SEED is a number"),
            Err(_) => RandomState::new().hash_one(what) % 1_000_000,
        };
        println!("{what}: {SEED}={seed} throws the same again");
        Self(seed)
    }

    /// Anything.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A time shorter than `most`.
    pub fn time(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(self.throw() % most)
    }
}
