//! A moment in time: whole milliseconds since 1970-01-01T00:00:00Z.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// UTC, in epoch milliseconds. Always within the years -9999 to 9999, so differences cannot overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Text that is not an RFC 3339 instant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not an RFC 3339 instant such as 2025-01-03T12:00Z")]
pub struct InstantError(String);

impl Instant {
    /// From epoch milliseconds; values outside the years -9999 to 9999 are clamped.
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond()))
    }

    /// Epoch milliseconds.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds from `start` to here, rounded down; negative where `start` is later.
    #[must_use]
    pub fn seconds_since(self, start: Self) -> i64 {
        (self.0 - start.0).div_euclid(1000)
    }

    /// This many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_ms(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    pub(crate) fn timestamp(self) -> Timestamp {
        // In range by construction; the fallback keeps this total without a panic.
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    /// RFC 3339; the seconds may be left out ("2025-01-03T12:00Z").
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        // jiff also reads looser forms of ISO 8601 (no minutes, no dashes); those are not RFC 3339.
        let shape = [(4, b"-" as &[u8]), (7, b"-"), (10, b"Tt "), (13, b":")]
            .iter()
            .all(|(at, allowed)| bytes.get(*at).is_some_and(|b| allowed.contains(b)));
        if !shape || text.contains('[') {
            return Err(InstantError(text.to_owned()));
        }
        text.parse::<Timestamp>().map(|t| Self(t.as_millisecond())).map_err(|_| InstantError(text.to_owned()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_optional_and_offsets_are_applied() {
        let at = |text: &str| text.parse::<Instant>().unwrap().ms();
        assert_eq!(at("1970-01-01T00:01Z"), 60_000);
        assert_eq!(at("1970-01-01T01:00:00.250+01:00"), 250);
        assert_eq!(at("2025-01-03T12:00Z"), at("2025-01-03T12:00:00Z"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "yesterday", "2025-01-03", "2025-01-03T12:00", "2025-01-03T12Z", "2025-13-03T12:00Z"] {
            assert!(text.parse::<Instant>().is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_round_down() {
        let at = Instant::from_ms;
        assert_eq!(at(1999).seconds_since(at(0)), 1);
        assert_eq!(at(0).seconds_since(at(1)), -1);
    }
}
