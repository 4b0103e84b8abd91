//! Numbers in words. A narrow no-break space would be right before `%`, but search and screen readers prefer the plain one.

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// How far quantiles of sketches are off at most: `slipway_dora::rollup::RELATIVE_ERROR`.
pub(super) const ACCURACY: &str = "±0.5 %";

/// A number and its unit.
fn parts(seconds: f64) -> (String, &'static str) {
    if seconds < 59.5 {
        (format!("{seconds:.0}"), "s")
    } else if seconds < 90.0 * MINUTE {
        (format!("{:.0}", seconds / MINUTE), "min")
    } else if seconds < 36.0 * HOUR {
        (figure(seconds / HOUR), "h")
    } else {
        (figure(seconds / DAY), "d")
    }
}

/// `35 min`, `2.4 h`, `18 h`, `2.4 d`.
pub(super) fn duration(seconds: f64) -> String {
    let (number, unit) = parts(seconds);
    format!("{number} {unit}")
}

/// `14–22 h`, or `14 h–1.6 d` where the ends have different units.
pub(super) fn durations(low: f64, high: f64) -> String {
    let ((a, unit_a), (b, unit_b)) = (parts(low), parts(high));
    if unit_a == unit_b { format!("{a}–{b} {unit_b}") } else { format!("{a} {unit_a}–{b} {unit_b}") }
}

/// One decimal below ten, none from there on; no `.0`.
pub(super) fn figure(value: f64) -> String {
    let text = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn percent_figure(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent > 0.0 && percent < 1.0 { figure(percent) } else { format!("{percent:.0}") }
}

/// `8 %`; below one per cent `0.4 %`.
pub(super) fn percent(fraction: f64) -> String {
    format!("{} %", percent_figure(fraction))
}

/// `2–9 %`.
pub(super) fn percents(low: f64, high: f64) -> String {
    format!("{}–{} %", percent_figure(low), percent_figure(high))
}

/// A difference with its sign, zero without one: `+1.2`, `−35 min`.
pub(super) fn signed(value: f64, words: impl Fn(f64) -> String) -> String {
    let size = words(value.abs());
    let zero = size.chars().filter(char::is_ascii_digit).all(|digit| digit == '0');
    match value {
        _ if zero => size,
        value if value < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// `1 deployment`, `3 deployments`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What is left out of a page because the scope has too many events, and what to do about it.
pub(super) fn not_read(what: &str, roll_up: bool) -> String {
    let then = if roll_up { " Choose a team or a service." } else { "" };
    format!("{what} where there are {} events or more.{then}", super::MOST_READ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_people_would_use() {
        for (seconds, words) in [
            (0.0, "0 s"),
            (42.0, "42 s"),
            (35.0 * MINUTE, "35 min"),
            (89.0 * MINUTE, "89 min"),
            (2.44 * HOUR, "2.4 h"),
            (18.2 * HOUR, "18 h"),
            (2.0 * DAY, "2 d"),
            (2.4 * DAY, "2.4 d"),
            (12.3 * DAY, "12 d"),
        ] {
            assert_eq!(duration(seconds), words);
        }
        assert_eq!(durations(14.0 * HOUR, 22.0 * HOUR), "14–22 h");
        assert_eq!(durations(14.0 * HOUR, 2.6 * DAY), "14 h–2.6 d");
    }

    #[test]
    fn sketches_are_as_near_as_pages_say() {
        assert_eq!(format!("±{}", percent(slipway_dora::rollup::RELATIVE_ERROR)), ACCURACY);
    }

    #[test]
    fn rates_and_counts() {
        assert_eq!(percent(0.08), "8 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percents(0.022, 0.112), "2–11 %");
        assert_eq!(figure(3.46), "3.5");
        assert_eq!(figure(4.0), "4");
        assert_eq!(figure(12.4), "12");
        assert_eq!([1.24, -2100.0, 0.01].map(|n| signed(n, figure)), ["+1.2", "−2100", "0"]);
        assert_eq!(count(1, "deployment", "deployments"), "1 deployment");
        assert_eq!(count(0, "deployment", "deployments"), "0 deployments");
    }
}
