//! Instants as sources write them: RFC 3339, and forms that readers of RFC 3339 break on.

use jiff::Timestamp;
use jiff::fmt::strtime;
use slipway_dora::Instant;

/// Reads an instant: RFC 3339 (`2025-01-03T12:00:00Z`, `…+02:00`, with or without seconds), CloudWatch
/// (`2025-01-03T12:00:00.123+0000`), GitLab (`2025-01-03 12:00:00 +0200`, `2025-01-03 12:00:00 UTC`), or whole seconds,
/// milliseconds, microseconds or nanoseconds since 1970 as digits.
#[must_use]
pub fn parse(text: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    if let Ok(number) = text.parse() {
        return Some(of_epoch(number));
    }
    // "2025-01-03 12:00:00 UTC" as an offset, which is what it means.
    let text = text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest} +0000"));
    ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"]
        .iter()
        .find_map(|form| strtime::parse(form, &text).ok()?.to_timestamp().ok())
        .map(|timestamp: Timestamp| Instant::from_ms(timestamp.as_millisecond()))
}

/// Since 1970 in the unit that its size says: seconds until the year 5138, then milliseconds (1973 to 5138),
/// microseconds, nanoseconds. Opsgenie gives `createdAt` in milliseconds and `updatedAt` in nanoseconds.
#[must_use]
pub fn of_epoch(number: i64) -> Instant {
    Instant::from_ms(match number.unsigned_abs() {
        0..=99_999_999_999 => number.saturating_mul(1000),
        100_000_000_000..=99_999_999_999_999 => number,
        100_000_000_000_000..=99_999_999_999_999_999 => number / 1_000,
        _ => number / 1_000_000,
    })
}

/// Go's zero time (`0001-01-01T00:00:00Z`): not known yet. `None` for that.
#[must_use]
pub fn not_go_zero(instant: Instant) -> Option<Instant> {
    const YEAR_TWO: i64 = -62_104_060_800_000;
    (instant.ms() > YEAR_TWO).then_some(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_sources_is_read() {
        for (text, expected) in [
            ("2021-04-28 21:50:00 +0200", "2021-04-28T19:50:00Z"),
            ("2017-09-15 16:50:55 UTC", "2017-09-15T16:50:55Z"),
            ("2025-05-06T10:00:00Z", "2025-05-06T10:00:00Z"),
            ("2025-05-06T12:00:00.250+02:00", "2025-05-06T10:00:00.25Z"),
            ("2022-08-22T17:04:40.985+0000", "2022-08-22T17:04:40.985Z"),
            ("2025-05-06T10:00Z", "2025-05-06T10:00:00Z"),
            ("1641370620", "2022-01-05T08:17:00Z"),
            ("1641370620123", "2022-01-05T08:17:00.123Z"),
            ("1641370620123456789", "2022-01-05T08:17:00.123Z"),
        ] {
            assert_eq!(parse(text).map(|at| at.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "2025-05-06", "2025-05-06 10:00:00", "2025-13-06T10:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_zero_time_of_go_is_no_time() {
        assert_eq!(not_go_zero(parse("0001-01-01T00:00:00Z").unwrap()), None);
        assert!(not_go_zero(parse("1970-01-01T00:00:00Z").unwrap()).is_some());
    }
}
