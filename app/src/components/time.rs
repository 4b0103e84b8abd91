//! Instants as words. Instants are epoch milliseconds, UTC.

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// "12 s ago", "3 min ago", "in 2 h"; from thirty days on the date itself, which says more than "47 d ago".
#[must_use]
pub fn relative(now: i64, at: i64) -> String {
    let distance = now - at;
    let size = distance.abs();
    if size < 2 * SECOND {
        return "just now".to_owned();
    }
    if size >= 30 * DAY {
        return date(at);
    }
    let span = coarse(size);
    if distance > 0 { span + " ago" } else { String::from("in ") + &span }
}

/// A span by its largest unit: "12 s", "3 min", "2 h", "5 d".
fn coarse(ms: i64) -> String {
    let (count, unit) = match ms {
        ..MINUTE => (ms / SECOND, " s"),
        MINUTE..HOUR => (ms / MINUTE, " min"),
        HOUR..DAY => (ms / HOUR, " h"),
        _ => (ms / DAY, " d"),
    };
    count.to_string() + unit
}

/// A span by its two largest units: "48 s", "4 min 12 s", "3 h 5 min", "2 d 4 h".
#[must_use]
pub fn span(ms: i64) -> String {
    let (large, large_unit, small, small_unit) = match ms.max(0) {
        ms @ ..SECOND => return ms.to_string() + " ms",
        ms @ SECOND..MINUTE => return (ms / SECOND).to_string() + " s",
        ms @ MINUTE..HOUR => (ms / MINUTE, " min", ms % MINUTE / SECOND, " s"),
        ms @ HOUR..DAY => (ms / HOUR, " h", ms % HOUR / MINUTE, " min"),
        ms => (ms / DAY, " d", ms % DAY / HOUR, " h"),
    };
    let mut text = large.to_string() + large_unit;
    if small > 0 {
        text.push(' ');
        text.push_str(&small.to_string());
        text.push_str(small_unit);
    }
    text
}

/// Year, month (1 to 12), day. Howard Hinnant's `civil_from_days`.
fn civil(at: i64) -> (i64, usize, i64) {
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, usize::try_from(month).unwrap_or(1), day)
}

fn two(number: i64) -> String {
    let digits = number.to_string();
    if number < 10 { String::from("0") + &digits } else { digits }
}

/// "12 Oct 2026".
#[must_use]
pub fn date(at: i64) -> String {
    let (year, month, day) = civil(at);
    [&day.to_string(), MONTHS[month - 1], &year.to_string()].join(" ")
}

/// "12:04:09".
#[must_use]
pub fn clock(at: i64) -> String {
    let in_day = at.rem_euclid(DAY);
    [two(in_day / HOUR), two(in_day % HOUR / MINUTE), two(in_day % MINUTE / SECOND)].join(":")
}

/// "12 Oct 2026, 12:04:09 UTC".
#[must_use]
pub fn absolute(at: i64) -> String {
    [&date(at), ", ", &clock(at), " UTC"].concat()
}

/// RFC 3339 in UTC with milliseconds, for `datetime` attributes.
#[must_use]
pub fn rfc3339(at: i64) -> String {
    let (year, month, day) = civil(at);
    let millis = (at.rem_euclid(SECOND) + 1_000).to_string();
    let month = i64::try_from(month).unwrap_or(1);
    [&year.to_string(), "-", &two(month), "-", &two(day), "T", &clock(at), ".", &millis[1..], "Z"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_792_411_449_007; // 2026-10-19T12:04:09.007Z

    #[test]
    fn an_instant_is_written_in_full() {
        assert_eq!(rfc3339(NOON), "2026-10-19T12:04:09.007Z");
        assert_eq!(absolute(NOON), "19 Oct 2026, 12:04:09 UTC");
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn ages_grow_coarser_and_end_in_a_date() {
        let said: Vec<_> = [0, 12 * SECOND, 3 * MINUTE, 2 * HOUR, 5 * DAY, 40 * DAY, -3 * MINUTE]
            .map(|age| relative(NOON, NOON - age))
            .into();
        assert_eq!(said, ["just now", "12 s ago", "3 min ago", "2 h ago", "5 d ago", "9 Sep 2026", "in 3 min"]);
    }

    #[test]
    fn spans_show_two_units_at_most() {
        let said: Vec<_> = [480, 48 * SECOND, 252 * SECOND, HOUR, 52 * HOUR].map(span).into();
        assert_eq!(said, ["480 ms", "48 s", "4 min 12 s", "1 h", "2 d 4 h"]);
    }
}
