//! DDSketch (Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch", arXiv 1908.10693): how many
//! values fell into each of the buckets whose bounds grow by the same factor. No bucket is ever collapsed, so that
//! adding and taking away are exact and the same values make the same sketch in whatever order.

/// How far a quantile may be off, relative to its value.
pub const RELATIVE_ERROR: f64 = 0.005;
/// Each bound is this times the one before.
const GAMMA: f64 = (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR);

/// Counts by bucket: bucket i holds the values above γ^(i - 1) up to γ^i; [`ZERO`] holds zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// Ascending, none of them empty.
    pub buckets: Vec<(i32, u64)>,
}

/// The bucket of zero, which has no logarithm: below those of all seconds, which begin at 0 (for one second).
const ZERO: i32 = -1;
/// Those that a 64-bit number can fall into.
pub(crate) const BUCKETS: std::ops::RangeInclusive<i64> = -1..=4_400;

impl Sketch {
    pub(crate) fn of(values: &[i64]) -> Self {
        let mut sorted: Vec<i32> = values.iter().map(|value| bucket(*value)).collect();
        sorted.sort_unstable();
        let buckets = sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64));
        Self { buckets: buckets.collect() }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let mut mine = std::mem::take(&mut self.buckets).into_iter().peekable();
        let mut sum = Vec::with_capacity(mine.len() + other.buckets.len());
        for (bucket, count) in &other.buckets {
            while let Some(before) = mine.next_if(|(next, _)| next < bucket) {
                sum.push(before);
            }
            let held = mine.next_if(|(next, _)| next == bucket).map_or(0, |(_, held)| held);
            sum.push((*bucket, held + count));
        }
        sum.extend(mine);
        self.buckets = sum;
    }

    /// False when there was less than is taken away.
    #[must_use]
    pub(crate) fn take_away(&mut self, other: &Self) -> bool {
        let mut gone = other.buckets.iter().peekable();
        let mut enough = true;
        self.buckets.retain_mut(|(bucket, held)| {
            if let Some((_, count)) = gone.next_if(|(next, _)| next == bucket) {
                enough &= *held >= *count;
                *held = held.saturating_sub(*count);
            }
            *held > 0
        });
        enough && gone.peek().is_none()
    }

    pub(crate) fn len(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }

    /// The value that stands for each bucket, ascending, with how many there are: at most [`RELATIVE_ERROR`] from each.
    pub(crate) fn values(&self) -> impl Iterator<Item = (f64, u64)> {
        self.buckets.iter().map(|(bucket, count)| (value(*bucket), *count))
    }
}

/// Sketches of many days put together, with a place for every bucket: adding one looks at no other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum(Vec<u64>);

impl Sum {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add(&mut self, sketch: &Sketch) {
        for (bucket, count) in &sketch.buckets {
            let Ok(place) = usize::try_from(bucket - ZERO) else { continue };
            if place >= self.0.len() {
                self.0.resize(place + 1, 0);
            }
            self.0[place] += count;
        }
    }

    pub(crate) fn finish(self) -> Sketch {
        Sketch { buckets: (ZERO..).zip(self.0).filter(|(_, count)| *count > 0).collect() }
    }
}

/// Of a whole number of seconds that is not negative.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a 64-bit number is at most 4,400 buckets")]
fn bucket(value: i64) -> i32 {
    if value <= 0 { ZERO } else { (crate::real(value).ln() / GAMMA.ln()).ceil() as i32 }
}

fn value(bucket: i32) -> f64 {
    if bucket == ZERO { 0.0 } else { 2.0 * GAMMA.powi(bucket) / (GAMMA + 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bucket_stands_for_every_value_in_it(value_s in 0..200_000_000i64) {
            let [(seen, 1)] = Sketch::of(&[value_s]).values().collect::<Vec<_>>()[..] else { panic!("one value") };
            // A part in a billion for the rounding of logarithms.
            prop_assert!((seen - crate::real(value_s)).abs() <= crate::real(value_s) * (RELATIVE_ERROR + 1e-9));
        }

        #[test]
        fn what_was_added_can_be_taken_away(
            a in proptest::collection::vec(0..1_000_000i64, 0..50),
            b in proptest::collection::vec(0..1_000_000i64, 0..50),
        ) {
            let mut both = Sketch::of(&a);
            both.add(&Sketch::of(&b));
            prop_assert_eq!(&both, &Sketch::of(&[a.clone(), b.clone()].concat()));
            prop_assert_eq!(both.len(), (a.len() + b.len()) as u64);
            prop_assert!(both.take_away(&Sketch::of(&b)));
            prop_assert_eq!(both, Sketch::of(&a));
            let more = [a.clone(), vec![7]].concat();
            prop_assert!(!Sketch::of(&a).take_away(&Sketch::of(&more)));
        }
    }
}
