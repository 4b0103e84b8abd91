//! The question: which window, in whose calendar, as of when.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::Instant;
use crate::calendar::Day;

/// Default attribution window: how long after a deployment an incident is blamed on it.
pub const DEFAULT_ATTRIBUTION_WINDOW_S: i64 = 86_400;
/// What may be configured: one hour to seven days.
pub const ATTRIBUTION_WINDOW_RANGE_S: std::ops::RangeInclusive<i64> = 3_600..=604_800;

/// A checked question. Local dates; the window is half-open, `from` in and `to` out.
#[derive(Clone, Debug)]
pub struct Config {
    zone_name: String,
    zone: TimeZone,
    from: Date,
    to: Date,
    observed_from: Option<Date>,
    as_of: Option<Instant>,
    attribution_window_s: i64,
    without_bots: bool,
}

/// A question that cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("\"{0}\" is not a known IANA time zone")]
    UnknownZone(String),
    #[error("the window ends on {to}, which is not after its start {from}")]
    EmptyWindow { from: Date, to: Date },
    #[error("{day} lies beyond the calendar; use a day of the years 0000 to 9999 but their last two")]
    BeyondCalendar { field: &'static str, day: Date },
    #[error("an attribution window of {0} s is outside 3600 (one hour) to 604800 (seven days)")]
    AttributionWindow(i64),
}

impl ConfigError {
    /// The field of the JSON form that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::UnknownZone(_) => "tz",
            Self::EmptyWindow { .. } => "to",
            Self::BeyondCalendar { field, .. } => field,
            Self::AttributionWindow(_) => "attribution_window_s",
        }
    }
}

impl Config {
    /// A window of local calendar days in an IANA time zone ("UTC", "Europe/Berlin").
    ///
    /// # Errors
    /// When the zone is unknown, the window is empty, or one of its ends is no instant any more.
    pub fn new(zone: &str, from: Date, to: Date) -> Result<Self, ConfigError> {
        let tz = if zone == "UTC" {
            TimeZone::UTC
        } else {
            TimeZone::get(zone).map_err(|_| ConfigError::UnknownZone(zone.to_owned()))?
        };
        if from >= to {
            return Err(ConfigError::EmptyWindow { from, to });
        }
        for (field, day) in [("from", from), ("to", to)] {
            if tz.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().is_err() {
                return Err(ConfigError::BeyondCalendar { field, day });
            }
        }
        Ok(Self {
            zone_name: zone.to_owned(),
            zone: tz,
            from,
            to,
            observed_from: None,
            as_of: None,
            attribution_window_s: DEFAULT_ATTRIBUTION_WINDOW_S,
            without_bots: false,
        })
    }

    /// The service's first day in the catalogue. Without it: the day of its first production deployment.
    #[must_use]
    pub fn observed_from(mut self, day: Option<Date>) -> Self {
        self.observed_from = day;
        self
    }

    /// The instant that open failures are measured to, and at which the running week is judged incomplete. What was
    /// resolved after it counts as open. Without it: the end of the window, and all that is known counts.
    #[must_use]
    pub fn as_of(mut self, instant: Option<Instant>) -> Self {
        self.as_of = instant;
        self
    }

    /// How long after a deployment an incident is blamed on it.
    ///
    /// # Errors
    /// When it is outside [`ATTRIBUTION_WINDOW_RANGE_S`].
    pub fn attribution_window_s(mut self, seconds: i64) -> Result<Self, ConfigError> {
        if !ATTRIBUTION_WINDOW_RANGE_S.contains(&seconds) {
            return Err(ConfigError::AttributionWindow(seconds));
        }
        self.attribution_window_s = seconds;
        Ok(self)
    }

    /// Whether changes that a program made give no lead times. They do, unless this is asked for.
    #[must_use]
    pub fn without_bots(mut self, without: bool) -> Self {
        self.without_bots = without;
        self
    }

    pub(crate) fn leaves_out_bots(&self) -> bool {
        self.without_bots
    }

    /// The same question for another window.
    ///
    /// # Errors
    /// When the window is empty.
    pub fn with_window(&self, from: Date, to: Date) -> Result<Self, ConfigError> {
        if from >= to {
            return Err(ConfigError::EmptyWindow { from, to });
        }
        Ok(Self { from, to, ..self.clone() })
    }

    /// The same question for the window of equal length that ends where this one begins.
    pub(crate) fn window_before(&self) -> Self {
        let days = i32::try_from(Day::of(self.from).days_until(Day::of(self.to))).unwrap_or(i32::MAX);
        Self { from: Day::of(self.from).plus(-days).date(), to: self.from, ..self.clone() }
    }

    /// Names the question, for what is drawn at random.
    pub(crate) fn seed(&self, service: &str) -> String {
        format!("{service} {}/{} {}", self.from, self.to, self.zone_name)
    }

    /// Name of the reporting time zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// First day of the window.
    #[must_use]
    pub fn from(&self) -> Date {
        self.from
    }

    /// Day after the window.
    #[must_use]
    pub fn to(&self) -> Date {
        self.to
    }

    pub(crate) fn observed(&self) -> Option<Day> {
        self.observed_from.map(Day::of)
    }

    pub(crate) fn explicit_as_of(&self) -> Option<Instant> {
        self.as_of
    }

    /// See [`Self::as_of`].
    #[must_use]
    pub fn as_of_instant(&self) -> Instant {
        self.as_of.unwrap_or_else(|| self.start_of(Day::of(self.to)))
    }

    pub(crate) fn attribution_s(&self) -> i64 {
        self.attribution_window_s
    }

    /// The local day an instant falls on.
    pub(crate) fn day_of(&self, instant: Instant) -> Day {
        Day::of(self.zone.to_datetime(instant.timestamp()).date())
    }

    /// First day that counts: of the window, or the first that was observed.
    pub(crate) fn first_day(&self, observed: Option<Day>) -> Day {
        let from = Day::of(self.from);
        observed.map_or(from, |observed| observed.max(from))
    }

    /// Days up to here are over, as far as the question knows.
    pub(crate) fn last_day(&self) -> Day {
        let to = Day::of(self.to);
        self.as_of.map_or(to, |as_of| to.min(self.day_of(as_of)))
    }

    /// The first instant of a local day; after a gap at midnight, the instant after the gap.
    pub(crate) fn start_of(&self, day: Day) -> Instant {
        let midnight = day.date().at(0, 0, 0, 0);
        let timestamp = self.zone.to_ambiguous_timestamp(midnight).compatible();
        // Out of range only at the very ends of jiff's calendar.
        let fallback = if day.number() < 0 { i64::MIN } else { i64::MAX };
        Instant::from_ms(timestamp.map_or(fallback, |t| t.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn questions_that_cannot_be_asked_name_the_field() {
        let (from, to) = (date(2025, 1, 6), date(2025, 1, 20));
        let field = |result: Result<Config, ConfigError>| result.unwrap_err().field();
        assert_eq!(field(Config::new("Mars/Olympus", from, to)), "tz");
        assert_eq!(field(Config::new("UTC", to, from)), "to");
        assert_eq!(field(Config::new("UTC", from, to).unwrap().attribution_window_s(60)), "attribution_window_s");
    }

    #[test]
    fn local_days_follow_daylight_saving() {
        let config = Config::new("Europe/Berlin", date(2025, 3, 10), date(2025, 4, 21)).unwrap();
        let at = |text: &str| config.day_of(text.parse().unwrap()).date();
        assert_eq!(at("2025-03-23T22:30Z"), date(2025, 3, 23));
        assert_eq!(at("2025-03-23T23:30Z"), date(2025, 3, 24));
        assert_eq!(at("2025-03-30T22:00Z"), date(2025, 3, 31));
        let length = |d| config.start_of(Day::of(d).plus(1)).seconds_since(config.start_of(Day::of(d)));
        assert_eq!(length(date(2025, 3, 30)), 23 * 3600);
        assert_eq!(length(date(2025, 10, 26)), 25 * 3600);
    }

    #[test]
    fn a_day_without_midnight_starts_after_the_gap() {
        // Clocks in Cairo jumped from 00:00 to 01:00 on 2024-04-26.
        let config = Config::new("Africa/Cairo", date(2024, 4, 1), date(2024, 5, 1)).unwrap();
        assert_eq!(config.start_of(Day::of(date(2024, 4, 26))).to_string(), "2024-04-25T22:00:00Z");
    }
}
