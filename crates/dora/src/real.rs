//! Counts and durations as real numbers: the one place where precision could be lost.

/// A whole number that statistics count with.
pub trait Whole: Copy {
    /// The number as a real one.
    fn as_real(self) -> f64;
}

macro_rules! whole {
    ($($kind:ty),+) => {$(
        impl Whole for $kind {
            #[expect(clippy::cast_precision_loss, reason = "counts of events and seconds of centuries stay far below 2^53")]
            fn as_real(self) -> f64 {
                self as f64
            }
        }
    )+};
}
whole!(u64, i64, usize);

/// A count or a number of seconds as a real number; exact below 2^53.
#[must_use]
pub fn real(number: impl Whole) -> f64 {
    number.as_real()
}
