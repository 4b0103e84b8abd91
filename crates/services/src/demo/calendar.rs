//! When people work: weekdays, holidays, the quiet of August and the freeze at the end of the year. All in UTC.

use slipway_domain::time::{DAY, HOUR, MINUTE, Timestamp};

/// Working hours, from and up to, in hours of the day.
const OPENS: i64 = 8;
const CLOSES: i64 = 19;

/// Days since the epoch.
pub(super) fn day_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY)
}

/// An instant of a day.
pub(super) fn at(day: i64, millis: i64) -> Timestamp {
    Timestamp::from_millis(day * DAY + millis)
}

/// Monday is 0.
fn weekday(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7)
}

/// How much is deployed on a day, as a share of an ordinary working day. Nothing from 20 December to 1 January: the freeze.
pub(super) fn pace(day: i64) -> f64 {
    let weekday = match weekday(day) {
        0 => 0.9,
        1 | 2 => 1.2,
        3 => 1.1,
        4 => 0.55,
        _ => 0.03,
    };
    weekday * season(day)
}

fn season(day: i64) -> f64 {
    let date = jiff::Timestamp::from_millisecond(day * DAY).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let date = date.to_zoned(jiff::tz::TimeZone::UTC).date();
    match (date.month(), date.day()) {
        (12, 20..) | (1, 1) => 0.0,
        (5, 1) | (1, 6) => 0.05,
        (1, 2..=5) => 0.4,
        (8, 1..=21) => 0.6,
        // The weeks before the busiest ones of a shop: everybody wants to be done.
        (11, 1..=18) => 1.15,
        _ => 1.0,
    }
}

/// The latest working moment that is not after `at`: nobody's first commit is at three in the morning of a Sunday.
pub(super) fn at_work(at: Timestamp) -> Timestamp {
    let (mut day, time) = (day_of(at), at.as_millis().rem_euclid(DAY));
    let close = CLOSES * HOUR - MINUTE;
    let mut time = if time < OPENS * HOUR {
        day -= 1;
        close
    } else {
        time.min(close)
    };
    while weekday(day) > 4 {
        day -= 1;
        time = close;
    }
    self::at(day, time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn nights_and_weekends_go_back_to_the_last_working_hour() {
        // 2026-11-16 is a Monday.
        for (at, expected) in [
            ("2026-11-16T10:00:00Z", "2026-11-16T10:00:00Z"),
            ("2026-11-16T22:00:00Z", "2026-11-16T18:59:00Z"),
            ("2026-11-16T03:00:00Z", "2026-11-13T18:59:00Z"),
            ("2026-11-15T12:00:00Z", "2026-11-13T18:59:00Z"),
        ] {
            assert_eq!(at_work(instant(at)), instant(expected), "{at}");
        }
    }

    #[test]
    fn the_freeze_is_a_freeze() {
        let pace_on = |text: &str| pace(day_of(instant(text)));
        assert_eq!(pace_on("2025-12-23T12:00:00Z"), 0.0);
        assert!(pace_on("2025-12-17T12:00:00Z") > 1.0);
        assert!(pace_on("2026-11-15T12:00:00Z") < 0.1);
    }
}
