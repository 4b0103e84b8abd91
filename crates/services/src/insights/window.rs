//! Which days are asked about, in whose calendar, as of when.

use super::{
    cache::{Extent, Key, Period, Scope},
    events::instant,
    log::{Member, fingerprint},
};
use crate::{Result, Slipway, errors::internal, zone};
use jiff::{Span, civil::Date, tz::TimeZone};
use slipway_api_types::{AppError, insights::InsightsQuery};
use slipway_domain::time::HOUR;
use slipway_dora::{Config, rollup};

/// Days that a panel speaks of when nothing else is asked.
pub(super) const USUAL_DAYS: i64 = 90;
/// The most days that may be asked about: three years.
const MOST_DAYS: i64 = 1_096;
/// The most ISO weeks a trend shows.
const MOST_WEEKS: usize = 26;

/// The question.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub config: Config,
    pub zone: TimeZone,
    /// The running day, where the window goes up to it: it is shown beside the numbers and never in them.
    pub today: Option<Date>,
    /// ISO weeks of the trend.
    pub weeks: usize,
    hour: i64,
}

impl Window {
    /// The last days up to yesterday in the organisation's zone.
    pub(super) fn usual(slipway: &Slipway) -> Result<Self> {
        Self::asked(slipway, &InsightsQuery::default())
    }

    /// The days that an address names: `from` up to and without `to`, or so many `days` up to yesterday. Today is not over and would
    /// only look worse.
    ///
    /// # Errors
    /// Naming the field that is no day, no zone, or asks for more than there can be.
    pub(super) fn asked(slipway: &Slipway, query: &InsightsQuery) -> Result<Self> {
        let now = slipway.clock.now();
        let name = match query.zone.trim() {
            "" => slipway.settings.zone.as_str(),
            asked => asked,
        };
        let zone = TimeZone::get(name).map_err(|_| {
            AppError::invalid("zone", format!("`{name}` is not a time zone; use a name such as Europe/Berlin or UTC."))
        })?;
        let today = zone::day(now, &zone);
        let days = days(query)?;
        let to = day("to", &query.to)?.unwrap_or(today);
        let from = match day("from", &query.from)? {
            Some(from) => from,
            None => to.checked_sub(Span::new().days(days)).map_err(|error| internal(&error))?,
        };
        if to > today {
            let message = format!("Only days that are over can be measured; use {today} or an earlier day.");
            return Err(AppError::invalid("to", message));
        }
        if from >= to {
            return Err(AppError::invalid("to", format!("Use a day after {from}, the first day.")));
        }
        if length(from, to) > MOST_DAYS {
            return Err(AppError::invalid("from", format!("Ask for at most {MOST_DAYS} days at a time.")));
        }
        let config = Config::new(name, from, to).map_err(|error| internal(&error))?.as_of(Some(instant(now)));
        let today = (to == today).then_some(today);
        // The trend goes on to today.
        let end = if today.is_some() { to.saturating_add(Span::new().days(1)) } else { to };
        Ok(Self { config, zone, today, weeks: weeks_of(from, end), hour: now.as_millis().div_euclid(HOUR) })
    }

    /// The day after the last that charts show: the running one is on them.
    pub(super) fn end(&self) -> Date {
        self.today.map_or(self.config.to(), |today| today.saturating_add(Span::new().days(1)))
    }

    /// The days of equal number before the window.
    pub(super) fn before(&self) -> (Date, Date) {
        let (from, to) = (self.config.from(), self.config.to());
        (from.saturating_sub(Span::new().days(length(from, to))), from)
    }

    /// The year that ends with the window, from the Monday of its first week: fifty-three weeks.
    pub(super) fn year(&self) -> (Date, Date) {
        let to = self.config.to();
        let back = 52 * 7 + i64::from(to.saturating_sub(Span::new().days(1)).weekday().to_monday_zero_offset()) + 1;
        (to.saturating_sub(Span::new().days(back)), to)
    }

    /// What the metrics of one service depend on beside its days.
    pub(super) fn period(&self) -> Period {
        (self.config.from(), self.config.to(), self.config.zone_name().to_owned(), self.hour)
    }

    /// The first day that anything on a page looks at, and the day after the last: by their numbers. A panel has nothing to say of the
    /// window before, nor a calendar of the year.
    pub(super) fn reach(&self, extent: Extent) -> (i32, i32) {
        let looks_back = |config: &Config| rollup::looks_back_to(config);
        let weeks = i32::try_from(self.weeks).unwrap_or(0) * 7;
        let end = rollup::day_number(self.end());
        let mut first = looks_back(&self.config).min(end - weeks - 7);
        if extent > Extent::Panel {
            let before = self.config.with_window(self.before().0, self.before().1);
            first = first.min(before.as_ref().map_or(first, looks_back)).min(rollup::day_number(self.year().0));
        }
        (first, end)
    }

    /// What is open grows older while nothing happens; an hour is fine enough to show it.
    pub(super) fn key(&self, version: i64, scope: Scope, members: &[Member], extent: Extent) -> Key {
        let (from, to) = (self.config.from(), self.config.to());
        let zone = self.config.zone_name().to_owned();
        Key { version, scope, members: fingerprint(members), from, to, zone, hour: self.hour, extent }
    }
}

fn days(query: &InsightsQuery) -> Result<i64> {
    match query.days.trim() {
        "" | "90" => Ok(USUAL_DAYS),
        "30" => Ok(30),
        "365" => Ok(365),
        other => {
            let message = format!("`{other}` is not a window; use 30, 90 or 365 days, or `from` and `to`.");
            Err(AppError::invalid("days", message))
        }
    }
}

/// A day that may be left out.
fn day(field: &'static str, text: &str) -> Result<Option<Date>> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| AppError::invalid(field, format!("`{text}` is not a day; write it as 2026-11-20."))),
    }
}

/// Calendar days from `from` up to and without `to`.
pub(super) fn length(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// ISO weeks that the days from `from` up to and without `to` touch, at most [`MOST_WEEKS`].
fn weeks_of(from: Date, to: Date) -> usize {
    let days_before = i64::from(from.weekday().to_monday_zero_offset());
    usize::try_from((days_before + length(from, to) + 6) / 7).unwrap_or(0).clamp(1, MOST_WEEKS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_are_those_that_the_window_touches() {
        // 2026-11-16 is a Monday.
        assert_eq!(weeks_of(date(2026, 11, 16), date(2026, 11, 23)), 1);
        assert_eq!(weeks_of(date(2026, 11, 15), date(2026, 11, 23)), 2);
        assert_eq!(weeks_of(date(2026, 11, 16), date(2026, 11, 24)), 2);
        assert_eq!(weeks_of(date(2025, 11, 16), date(2026, 11, 16)), MOST_WEEKS);
    }
}
