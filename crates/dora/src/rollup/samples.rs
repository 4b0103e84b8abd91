//! Many durations in little room: each of them while they are few, a sketch of them above that.

use super::sketch::{Sketch, Sum};
use super::tally::take_away;
use crate::stats;

/// How many durations are kept as they are.
pub const EXACT: usize = 512;

/// Durations in seconds, none negative. What form they have follows from how many there are, so that the same durations
/// are always kept the same way, however they came together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Ascending, at most [`EXACT`].
    Exact(Vec<i64>),
    /// More than [`EXACT`].
    Sketch(Sketch),
}

impl Default for Samples {
    fn default() -> Self {
        Self(Form::Exact(Vec::new()))
    }
}

impl Samples {
    /// Of durations in any order.
    #[must_use]
    pub fn of(mut seconds: Vec<i64>) -> Self {
        if seconds.len() > EXACT {
            return Self(Form::Sketch(Sketch::of(&seconds)));
        }
        seconds.sort_unstable();
        Self(Form::Exact(seconds))
    }

    pub(super) fn sketched(sketch: Sketch) -> Self {
        Self(Form::Sketch(sketch))
    }

    pub(super) fn form(&self) -> &Form {
        &self.0
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.0 {
            Form::Exact(seconds) => seconds.len() as u64,
            Form::Sketch(sketch) => sketch.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Joins others to these.
    pub fn add(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        self.0 = match (std::mem::take(self).0, &other.0) {
            (Form::Exact(mut mine), Form::Exact(theirs)) => {
                mine.extend(theirs);
                return *self = Self::of(mine);
            }
            (Form::Exact(mine), Form::Sketch(theirs)) => joined(theirs.clone(), &Sketch::of(&mine)),
            (Form::Sketch(mine), Form::Exact(theirs)) => joined(mine, &Sketch::of(theirs)),
            (Form::Sketch(mine), Form::Sketch(theirs)) => joined(mine, theirs),
        };
    }

    /// Takes others away that were added before. False when that cannot be done from what is kept: they were not all in
    /// it, or so few are left that they have to be known one by one again.
    #[must_use]
    pub fn take_away(&mut self, other: &Self) -> bool {
        if other.is_empty() {
            return true;
        }
        match (&mut self.0, &other.0) {
            (Form::Exact(mine), Form::Exact(theirs)) => take_away(mine, theirs),
            (Form::Exact(_), Form::Sketch(_)) => false,
            (Form::Sketch(mine), theirs) => {
                let taken = match theirs {
                    Form::Exact(theirs) => mine.take_away(&Sketch::of(theirs)),
                    Form::Sketch(theirs) => mine.take_away(theirs),
                };
                taken && mine.len() > EXACT as u64
            }
        }
    }
}

fn joined(mut sketch: Sketch, other: &Sketch) -> Form {
    sketch.add(other);
    Form::Sketch(sketch)
}

/// Samples of several days put together, ready to be asked: every value while all are known, values that stand for
/// buckets otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    exact: Vec<i64>,
    sketch: Sum,
}

impl Pool {
    /// As many values are looked at one by one, as long as every part of them is known so.
    pub(super) fn add(&mut self, samples: &Samples) {
        match &samples.0 {
            Form::Exact(seconds) => self.exact.extend(seconds),
            Form::Sketch(sketch) => self.sketch.add(sketch),
        }
    }

    /// The answer to every question about them.
    pub(super) fn finish(mut self) -> Counted {
        if self.sketch.is_empty() {
            self.exact.sort_unstable();
            return Counted { exact: self.exact, buckets: Vec::new() };
        }
        self.sketch.add(&Sketch::of(&self.exact));
        let mut below = 0;
        let sketch = self.sketch.finish();
        let buckets = sketch.values().map(|(value, count)| {
            below += count;
            (value, below)
        });
        Counted { buckets: buckets.collect(), exact: Vec::new() }
    }
}

/// Values in order.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// Ascending; empty when only buckets are known.
    pub exact: Vec<i64>,
    /// The value of each bucket and how many values are up to it.
    buckets: Vec<(f64, u64)>,
}

impl Counted {
    pub(super) fn len(&self) -> u64 {
        self.buckets.last().map_or(self.exact.len() as u64, |(_, up_to)| *up_to)
    }

    /// Each bucket's value in whole seconds, with how many there are; empty when every value is known.
    pub(super) fn is_sketched(&self) -> bool {
        !self.buckets.is_empty()
    }

    pub(super) fn buckets(&self) -> Vec<(i64, u64)> {
        let mut below = 0;
        let bucket = |(value, up_to): &(f64, u64)| {
            let count = up_to - below;
            below = *up_to;
            (whole(*value), count)
        };
        self.buckets.iter().map(bucket).collect()
    }

    /// Type 7; of buckets at most [`super::RELATIVE_ERROR`] off, since it lies between two values that are.
    pub(super) fn quantile(&self, p: f64) -> Option<f64> {
        if self.buckets.is_empty() {
            return stats::quantile_of_integers(&self.exact, p);
        }
        stats::interpolate(usize::try_from(self.len()).ok()?, p, |rank| self.at(rank))
    }

    pub(super) fn median_interval(&self) -> Option<[i64; 2]> {
        if self.buckets.is_empty() {
            return stats::median_interval(&self.exact);
        }
        let (low, high) = stats::median_ranks(usize::try_from(self.len()).ok()?)?;
        Some([whole(self.at(low - 1)), whole(self.at(high - 1))])
    }

    /// The value of a rank, counted from 0.
    fn at(&self, rank: usize) -> f64 {
        let at = self.buckets.partition_point(|(_, up_to)| *up_to <= rank as u64);
        self.buckets.get(at).map_or(0.0, |(value, _)| *value)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of centuries stay far below 2^53")]
fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}

/// The whole numbers of seconds that `exact` and `buckets` of a metric give: with how many there are of each.
pub(crate) fn counted(exact: &[i64], buckets: &[(i64, u64)]) -> Vec<(i64, u64)> {
    if buckets.is_empty() { exact.iter().map(|seconds| (*seconds, 1)).collect() } else { buckets.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::super::RELATIVE_ERROR;
    use super::*;
    use crate::real;
    use proptest::prelude::*;

    fn pooled(parts: &[&Samples]) -> Counted {
        let mut pool = Pool::default();
        parts.iter().for_each(|part| pool.add(part));
        pool.finish()
    }

    proptest! {
        #[test]
        fn the_form_follows_from_the_values(
            a in proptest::collection::vec(0..9_000_000i64, 0..700),
            b in proptest::collection::vec(0..9_000_000i64, 0..700),
        ) {
            let all = Samples::of([a.clone(), b.clone()].concat());
            let (first, second) = (Samples::of(a), Samples::of(b));
            let mut joined = first.clone();
            joined.add(&second);
            prop_assert_eq!(&joined, &all);
            let mut other_way = second.clone();
            other_way.add(&first);
            prop_assert_eq!(&other_way, &all);
            // Taken away again it is what it was, or says that it cannot know.
            if joined.take_away(&second) {
                prop_assert_eq!(&joined, &first);
            } else {
                prop_assert!(all.len() > EXACT as u64 && first.len() <= EXACT as u64);
            }
        }

        #[test]
        fn quantiles_are_exact_or_as_near_as_promised(
            values in proptest::collection::vec(0..9_000_000i64, 1..1_500),
            p in 0.0..=1.0f64,
        ) {
            let mut ascending = values.clone();
            ascending.sort_unstable();
            let exact = stats::quantile_of_integers(&ascending, p).unwrap();
            let seen = pooled(&[&Samples::of(values)]);
            let off = (seen.quantile(p).unwrap() - exact).abs();
            let allowed = if seen.exact.is_empty() { exact * (RELATIVE_ERROR + 1e-9) } else { 0.0 };
            prop_assert!(off <= allowed, "{off} from {exact}");
            prop_assert_eq!(seen.len(), ascending.len() as u64);
            if let (Some(seen), Some(exact)) = (seen.median_interval(), stats::median_interval(&ascending)) {
                for (seen, exact) in seen.into_iter().zip(exact) {
                    prop_assert!(real(seen - exact).abs() <= real(exact) * RELATIVE_ERROR + 0.5);
                }
            }
        }
    }

    #[test]
    fn days_that_are_known_one_by_one_stay_so_together() {
        let day = Samples::of((0..500).collect());
        let together = pooled(&[&day, &day, &day]);
        assert_eq!((together.exact.len(), together.quantile(0.5)), (1_500, Some(249.5)));
    }
}
