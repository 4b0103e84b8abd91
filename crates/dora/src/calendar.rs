//! Local calendar days, ISO weeks and months as plain numbers.

use jiff::ToSpan;
use jiff::civil::{Date, date};

const EPOCH: Date = date(1970, 1, 1);

/// A local calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(i32);

impl Day {
    pub(crate) fn of(date: Date) -> Self {
        // Civil days have 24 hours; the range of `Date` fits 32 bits many times over.
        Self(i32::try_from(date.duration_since(EPOCH).as_hours() / 24).unwrap_or(0))
    }

    pub(crate) fn numbered(number: i32) -> Self {
        Self(number)
    }

    pub(crate) fn date(self) -> Date {
        EPOCH.saturating_add(self.0.days())
    }

    pub(crate) fn number(self) -> i32 {
        self.0
    }

    pub(crate) fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// Calendar days from here to `end`; zero when that is earlier.
    pub(crate) fn days_until(self, end: Self) -> u64 {
        u64::try_from(i64::from(end.0) - i64::from(self.0)).unwrap_or(0)
    }

    /// Monday of its ISO week. 1970-01-01 was a Thursday.
    pub(crate) fn monday(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    pub(crate) fn month(self) -> Month {
        let date = self.date();
        Month(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }
}

/// A calendar month, counted from January of year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    fn first_day(self) -> Day {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(i16::MAX);
        let month = i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1);
        Day::of(Date::new(year, month, 1).unwrap_or(Date::MAX))
    }
}

/// The complete ISO weeks (Monday to Sunday) of a range of days, `to` excluded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weeks {
    first: Day,
    count: usize,
}

impl Weeks {
    pub(crate) fn complete(from: Day, to: Day) -> Self {
        let first = from.plus(6).monday();
        Self { first, count: usize::try_from(first.days_until(to) / 7).unwrap_or(0) }
    }

    pub(crate) fn len(self) -> usize {
        self.count
    }

    pub(crate) fn index(self, day: Day) -> Option<usize> {
        let index = usize::try_from((day.number() - self.first.number()).div_euclid(7)).ok()?;
        (index < self.count).then_some(index)
    }
}

/// The complete calendar months of a range of days, `to` excluded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Months {
    first: Month,
    count: usize,
}

impl Months {
    pub(crate) fn complete(from: Day, to: Day) -> Self {
        // The first month that starts on or after `from`; the month `to` lies in is not complete.
        let month = from.month();
        let first = if month.first_day() == from { month } else { Month(month.0 + 1) };
        Self { first, count: usize::try_from(to.month().0 - first.0).unwrap_or(0) }
    }

    pub(crate) fn len(self) -> usize {
        self.count
    }

    pub(crate) fn index(self, day: Day) -> Option<usize> {
        let index = usize::try_from(day.month().0 - self.first.0).ok()?;
        (index < self.count).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_weeks_and_months_agree_with_the_calendar() {
        let day = Day::of(date(2025, 3, 12));
        assert_eq!(day.date(), date(2025, 3, 12));
        assert_eq!(day.monday().date(), date(2025, 3, 10));
        assert_eq!(Day::of(date(1969, 12, 28)).monday().date(), date(1969, 12, 22));
        assert_eq!(day.month().first_day().date(), date(2025, 3, 1));
    }

    #[test]
    fn only_complete_weeks_and_months_count() {
        let to = Day::of(date(2025, 4, 21));
        let weeks = Weeks::complete(Day::of(date(2025, 3, 12)), to);
        assert_eq!((weeks.len(), weeks.first.date()), (5, date(2025, 3, 17)));
        assert_eq!(weeks.index(Day::of(date(2025, 3, 16))), None);
        assert_eq!(weeks.index(Day::of(date(2025, 4, 20))), Some(4));
        assert_eq!(weeks.index(to), None);
        assert_eq!(Weeks::complete(to.plus(-3), to).len(), 0);

        assert_eq!(Months::complete(Day::of(date(2025, 1, 1)), Day::of(date(2025, 4, 1))).len(), 3);
        assert_eq!(Months::complete(Day::of(date(2025, 1, 2)), Day::of(date(2025, 3, 31))).len(), 1);
        assert_eq!(Months::complete(Day::of(date(2025, 1, 2)), Day::of(date(2025, 1, 9))).len(), 0);
    }
}
