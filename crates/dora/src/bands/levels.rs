//! The clusters of 2021 to 2024 and the rule that assigns a level: the best one whose worse bound is met.

use serde::Serialize;

use super::{DAY, HOUR, Level, MONTH, Measure, WEEK};
use crate::Bucket;

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Year {
    pub year: u16,
    pub source: &'static str,
    /// Whether the values were read in the report itself.
    pub read_in_report: bool,
    /// Until 2022 the survey asked for the time to restore service; from 2023 for failed deployment recovery time.
    pub recovery: &'static str,
    pub rows: &'static [Row],
}

/// One cluster, in the report's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub level: Level,
    pub deployment_frequency: &'static str,
    pub lead_time: &'static str,
    pub change_fail_rate: &'static str,
    pub recovery: &'static str,
    /// Share of respondents, per cent.
    pub share: u8,
}

const fn row(level: Level, texts: [&'static str; 4], share: u8) -> Row {
    let [deployment_frequency, lead_time, change_fail_rate, recovery] = texts;
    Row { level, deployment_frequency, lead_time, change_fail_rate, recovery, share }
}

const RESTORE: &str = "time to restore service";
const FDRT: &str = "failed deployment recovery time";
const ON_DEMAND: &str = "on demand (multiple per day)";

/// The reports that grouped respondents into levels.
pub const YEARS: [Year; 4] = [
    Year {
        year: 2021,
        source: "Accelerate State of DevOps 2021, pages 9 and 11",
        read_in_report: true,
        recovery: RESTORE,
        rows: &[
            row(Level::Elite, [ON_DEMAND, "less than 1 hour", "0-15 %", "less than 1 hour"], 26),
            row(Level::High, ["once a week to once a month", "1 day to 1 week", "16-30 %", "less than 1 day"], 40),
            row(Level::Medium, ["once a month to once in 6 months", "1 to 6 months", "16-30 %", "1 day to 1 week"], 28),
            row(Level::Low, ["less than once in 6 months", "more than 6 months", "16-30 %", "more than 6 months"], 7),
        ],
    },
    Year {
        year: 2022,
        source: "Accelerate State of DevOps 2022, as transcribed by Octopus Deploy",
        read_in_report: false,
        recovery: RESTORE,
        rows: &[
            row(Level::High, [ON_DEMAND, "1 day to 1 week", "0-15 %", "less than 1 day"], 11),
            row(Level::Medium, ["once a week to once a month", "1 week to 1 month", "16-30 %", "1 day to 1 week"], 69),
            row(Level::Low, ["once a month to once in 6 months", "1 to 6 months", "46-60 %", "1 week to 1 month"], 19),
        ],
    },
    Year {
        year: 2023,
        source: "Accelerate State of DevOps 2023, as transcribed by Octopus Deploy",
        read_in_report: false,
        recovery: FDRT,
        rows: &[
            row(Level::Elite, ["on demand", "less than 1 day", "5 %", "less than 1 hour"], 18),
            row(Level::High, ["once a day to once a week", "1 day to 1 week", "10 %", "less than 1 day"], 31),
            row(Level::Medium, ["once a week to once a month", "1 week to 1 month", "15 %", "1 day to 1 week"], 33),
            row(Level::Low, ["once a week to once a month", "1 week to 1 month", "64 %", "1 to 6 months"], 17),
        ],
    },
    Year {
        year: 2024,
        source: "Accelerate State of DevOps 2024, as transcribed by Octopus Deploy",
        read_in_report: false,
        recovery: FDRT,
        rows: &[
            row(Level::Elite, ["on demand", "less than 1 day", "5 %", "less than 1 hour"], 19),
            row(Level::High, ["once a day to once a week", "1 day to 1 week", "20 %", "less than 1 day"], 22),
            row(Level::Medium, ["once a week to once a month", "1 week to 1 month", "10 %", "less than 1 day"], 35),
            row(Level::Low, ["once a month to once in 6 months", "1 to 6 months", "40 %", "1 week to 1 month"], 25),
        ],
    },
];

/// The report of a year, if it has levels.
#[must_use]
pub fn year(year: u16) -> Option<&'static Year> {
    YEARS.iter().find(|y| y.year == year)
}

/// A level, or the levels that the report does not tell apart at this value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LevelRange {
    pub best: Level,
    pub worst: Level,
}

impl LevelRange {
    /// Whether it is one level: show a label only then, else "best to worst".
    #[must_use]
    pub fn is_single(self) -> bool {
        self.best == self.worst
    }
}

const fn range(best: Level, worst: Level) -> LevelRange {
    LevelRange { best, worst }
}

/// The level of one value by the report of a year; `None` for years without levels.
#[must_use]
pub fn level(year: u16, measure: Measure) -> Option<LevelRange> {
    use Level::{Elite, High, Low, Medium};
    const ELITE: LevelRange = range(Elite, Elite);
    const HIGH: LevelRange = range(High, High);
    const MEDIUM: LevelRange = range(Medium, Medium);
    const LOW: LevelRange = range(Low, Low);
    // (value, is the bound included, level); the first bound met decides.
    let first = |value: f64, steps: &[(f64, bool, LevelRange)], rest: LevelRange| {
        let met = |(bound, included, _): &&(f64, bool, LevelRange)| value < *bound || (*included && value <= *bound);
        steps.iter().find(met).map_or(rest, |(_, _, level)| *level)
    };
    let best = if year == 2022 { HIGH } else { ELITE };
    Some(match (measure, year) {
        (_, ..=2020 | 2025..) => return None,
        (Measure::DeploymentFrequency(bucket), _) => match bucket {
            Bucket::OnDemand => best,
            Bucket::HourToDay | Bucket::DayToWeek => HIGH,
            Bucket::WeekToMonth => MEDIUM,
            Bucket::MonthToSixMonths | Bucket::LessThanSixMonths => LOW,
        },
        (Measure::LeadTime(s), 2021) => {
            first(s, &[(HOUR, false, ELITE), (WEEK, true, HIGH), (6.0 * MONTH, true, MEDIUM)], LOW)
        }
        (Measure::LeadTime(s), 2022) => first(s, &[(WEEK, true, HIGH), (MONTH, true, MEDIUM)], LOW),
        // Medium and low are the same there; beyond a month only the worse one is left.
        (Measure::LeadTime(s), 2023) => {
            first(s, &[(DAY, false, ELITE), (WEEK, true, HIGH), (MONTH, true, range(Medium, Low))], LOW)
        }
        (Measure::LeadTime(s), _) => first(s, &[(DAY, false, ELITE), (WEEK, true, HIGH), (MONTH, true, MEDIUM)], LOW),
        (Measure::ChangeFailRate(r), 2021) => first(r, &[(0.15, true, ELITE)], range(High, Low)),
        (Measure::ChangeFailRate(r), 2022) => first(r, &[(0.15, true, HIGH), (0.30, true, MEDIUM)], LOW),
        (Measure::ChangeFailRate(r), 2023) => {
            first(r, &[(0.05, true, ELITE), (0.10, true, HIGH), (0.15, true, MEDIUM)], LOW)
        }
        // Not monotone in the report: high 20 %, medium 10 %.
        (Measure::ChangeFailRate(r), _) => first(r, &[(0.05, true, ELITE), (0.20, true, HIGH)], LOW),
        (Measure::Recovery(s), 2022) => first(s, &[(DAY, false, HIGH), (WEEK, true, MEDIUM)], LOW),
        // High and medium are the same there.
        (Measure::Recovery(s), 2024) => first(s, &[(HOUR, false, ELITE), (DAY, false, range(High, Medium))], LOW),
        (Measure::Recovery(s), _) => first(s, &[(HOUR, false, ELITE), (DAY, false, HIGH), (WEEK, true, MEDIUM)], LOW),
    })
}

/// The levels that an interval of values spans, from its better to its worse end.
#[must_use]
pub fn level_of_interval(year: u16, better: Measure, worse: Measure) -> Option<LevelRange> {
    Some(LevelRange { best: level(year, better)?.best, worst: level(year, worse)?.worst })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Elite, High, Low, Medium};

    fn of(year: u16, measure: Measure) -> (Level, Level) {
        let range = level(year, measure).unwrap();
        (range.best, range.worst)
    }

    #[test]
    fn the_best_level_whose_worse_bound_is_met() {
        assert_eq!(of(2021, Measure::LeadTime(HOUR)), (High, High));
        assert_eq!(of(2021, Measure::LeadTime(2.0 * MONTH)), (Medium, Medium));
        assert_eq!(of(2023, Measure::LeadTime(WEEK)), (High, High));
        assert_eq!(of(2023, Measure::LeadTime(2.0 * WEEK)), (Medium, Low));
        assert_eq!(of(2021, Measure::ChangeFailRate(0.2)), (High, Low));
        assert_eq!(of(2023, Measure::ChangeFailRate(0.2)), (Low, Low));
        assert_eq!(of(2024, Measure::ChangeFailRate(0.2)), (High, High));
        assert_eq!(of(2024, Measure::Recovery(2.0 * HOUR)), (High, Medium));
        assert_eq!(of(2022, Measure::DeploymentFrequency(Bucket::OnDemand)), (High, High));
        assert_eq!(of(2024, Measure::DeploymentFrequency(Bucket::WeekToMonth)), (Medium, Medium));
    }

    #[test]
    fn no_levels_from_2025_on() {
        assert_eq!(level(2025, Measure::LeadTime(HOUR)), None);
        assert_eq!(year(2025), None);
    }

    #[test]
    fn an_interval_over_a_bound_spans_levels() {
        let span = level_of_interval(2023, Measure::ChangeFailRate(0.02), Measure::ChangeFailRate(0.11)).unwrap();
        assert_eq!((span.best, span.worst), (Elite, Medium));
        assert!(!span.is_single());
    }

    #[test]
    fn shares_are_of_all_respondents() {
        for year in YEARS {
            let sum: u32 = year.rows.iter().map(|r| u32::from(r.share)).sum();
            assert!((99..=101).contains(&sum), "{}: {sum}", year.year);
        }
    }
}
