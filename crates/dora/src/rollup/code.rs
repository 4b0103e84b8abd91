//! The stored form of a tally: a version, then numbers of seven bits a byte (LEB128), each as the difference to the one
//! before where they ascend. A day of a service has some forty bytes.

use std::collections::BTreeMap;

use thiserror::Error;

use super::samples::{Form, Samples};
use super::sketch::{BUCKETS, Sketch};
use super::tally::{COUNTS, Finishes, Recovery, Tally};
use crate::{Id, Instant};

/// Grows with every change of the form. An older form is not read: the tallies are made anew.
const VERSION: u8 = 1;

/// A stored tally that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a stored tally cannot be read: {0}")]
pub struct TallyError(&'static str);

impl Tally {
    /// The form that is stored. Equal tallies have equal forms.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(vec![VERSION]);
        let counted = || (0u32..).zip(self.counts).filter(|(_, count)| *count > 0);
        out.number(counted().fold(0, |mask, (at, _)| mask | 1 << at));
        counted().for_each(|(_, count)| out.number(count));
        out.samples(&self.lead);
        out.samples(&self.coding);
        out.number(self.recoveries.len() as u64);
        let mut before = 0;
        for recovery in &self.recoveries {
            out.signed(recovery.onset.ms() - before);
            before = recovery.onset.ms();
            match recovery.end {
                None => out.number(0),
                Some(end) => {
                    out.number(1 + u64::from(recovery.undone));
                    out.signed(end.ms() - before);
                }
            }
        }
        match &self.finishes {
            Finishes::Exact(instants) => {
                out.number(instants.len() as u64 * 2);
                out.ascending(instants.iter().map(|at| at.ms()));
            }
            Finishes::Hours(hours) => {
                out.number(hours.len() as u64 * 2 + 1);
                out.ascending(hours.keys().copied());
                hours.values().for_each(|count| out.number(*count));
            }
        }
        out.number(self.reopened.len() as u64);
        for id in &self.reopened {
            out.number(id.len() as u64);
            out.0.extend(id.as_bytes());
        }
        out.0
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TallyError> {
        let [VERSION, rest @ ..] = bytes else { return Err(TallyError("another version")) };
        let mut read = Reader(rest);
        let mut tally = Self::default();
        let mask = read.number()?;
        if mask >> COUNTS != 0 {
            return Err(TallyError("counts that are not known"));
        }
        for (at, count) in tally.counts.iter_mut().enumerate() {
            if mask >> at & 1 == 1 {
                *count = read.number()?;
            }
        }
        tally.lead = read.samples()?;
        tally.coding = read.samples()?;
        let mut before = 0_i64;
        for _ in 0..read.number()? {
            before = sum(before, read.signed()?)?;
            let (undone, ended) = match read.number()? {
                0 => (false, false),
                1 => (false, true),
                2 => (true, true),
                _ => return Err(TallyError("a recovery of no kind")),
            };
            let end = if ended { Some(Instant::from_ms(sum(before, read.signed()?)?)) } else { None };
            tally.recoveries.push(Recovery { onset: Instant::from_ms(before), end, undone });
        }
        let length = read.number()?;
        let instants = read.ascending(length / 2)?;
        tally.finishes = if length.is_multiple_of(2) {
            Finishes::Exact(instants.into_iter().map(Instant::from_ms).collect())
        } else {
            let count = |hour| Ok((hour, read.number()?));
            Finishes::Hours(instants.into_iter().map(count).collect::<Result<BTreeMap<_, _>, _>>()?)
        };
        for _ in 0..read.number()? {
            tally.reopened.push(Id::from(read.text()?));
        }
        if read.0.is_empty() { Ok(tally) } else { Err(TallyError("more than a tally")) }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    #[expect(clippy::cast_possible_truncation, reason = "seven bits are wanted at a time")]
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Small numbers of either sign in few bytes: 0, -1, 1, -2 become 0, 1, 2, 3.
    fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn ascending(&mut self, numbers: impl Iterator<Item = i64>) {
        let mut before = 0;
        for number in numbers {
            self.signed(number - before);
            before = number;
        }
    }

    fn samples(&mut self, samples: &Samples) {
        match samples.form() {
            Form::Exact(seconds) => {
                self.number(seconds.len() as u64 * 2);
                self.ascending(seconds.iter().copied());
            }
            Form::Sketch(Sketch { buckets }) => {
                self.number(buckets.len() as u64 * 2 + 1);
                self.ascending(buckets.iter().map(|(bucket, _)| i64::from(*bucket)));
                buckets.iter().for_each(|(_, count)| self.number(*count));
            }
        }
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Result<u8, TallyError> {
        let (first, rest) = self.0.split_first().ok_or(TallyError("it ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, TallyError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(TallyError("a number without an end"))
    }

    fn signed(&mut self) -> Result<i64, TallyError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn ascending(&mut self, length: u64) -> Result<Vec<i64>, TallyError> {
        let mut numbers = Vec::new();
        let mut before = 0_i64;
        for _ in 0..length {
            before = sum(before, self.signed()?)?;
            numbers.push(before);
        }
        Ok(numbers)
    }

    fn samples(&mut self) -> Result<Samples, TallyError> {
        let length = self.number()?;
        let numbers = self.ascending(length / 2)?;
        if length.is_multiple_of(2) {
            return Ok(Samples::of(numbers));
        }
        if !numbers.is_sorted() || numbers.iter().any(|bucket| !BUCKETS.contains(bucket)) {
            return Err(TallyError("a bucket out of range"));
        }
        let mut buckets = Vec::with_capacity(numbers.len());
        for bucket in numbers {
            let bucket = i32::try_from(bucket).map_err(|_| TallyError("a bucket out of range"))?;
            buckets.push((bucket, self.number()?));
        }
        Ok(Samples::sketched(Sketch { buckets }))
    }

    fn text(&mut self) -> Result<&'b str, TallyError> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let (text, rest) = self.0.split_at_checked(length).ok_or(TallyError("it ends too early"))?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| TallyError("a name that is no text"))
    }
}

fn sum(a: i64, b: i64) -> Result<i64, TallyError> {
    a.checked_add(b).ok_or(TallyError("a number out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::Count;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_tally_is_read_as_it_was_written(
            lead in proptest::collection::vec(0..90_000_000i64, 0..700),
            recoveries in proptest::collection::vec((any::<i32>(), proptest::option::of(any::<i32>()), any::<bool>()), 0..9),
            finishes in proptest::collection::vec(any::<i32>(), 0..700),
            reopened in proptest::collection::vec("[a-zé-]{0,9}", 0..3),
            failed in any::<u64>(),
        ) {
            let instant = |seconds: i32| Instant::from_ms(i64::from(seconds) * 1000);
            let mut tally = Tally { lead: Samples::of(lead), ..Tally::default() };
            tally.more(Count::Failed, failed);
            tally.recoveries = recoveries
                .into_iter()
                .map(|(onset, end, undone)| Recovery {
                    onset: instant(onset),
                    end: end.map(instant),
                    undone: undone && end.is_some(),
                })
                .collect();
            tally.recoveries.sort_unstable();
            tally.finishes = Finishes::of(finishes.into_iter().map(instant).collect());
            tally.reopened = reopened.into_iter().map(Id::from).collect();
            let bytes = tally.to_bytes();
            prop_assert_eq!(Tally::from_bytes(&bytes), Ok(tally));
            for end in 0..bytes.len().min(200) {
                prop_assert!(Tally::from_bytes(&bytes[..end]).is_err());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Tally::from_bytes(&[&[VERSION], &bytes[..]].concat());
        }
    }
}
