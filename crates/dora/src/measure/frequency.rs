//! Deployment frequency (specification 1.4).

use std::collections::BTreeMap;

use crate::Config;
use crate::calendar::{Day, Months, Weeks};
use crate::facts::Kind;
use crate::measure::{count, ratio};
use crate::metrics::{Bucket, Frequency};
use crate::real;
use crate::stats;
use crate::view::View;

/// Days of an average month, for windows too short for calendar months.
const DAYS_A_MONTH: f64 = 30.4375;
/// Half a year: how far back one deployment still counts for the fifth step.
const HALF_YEAR_DAYS: i32 = 183;

/// What deployment frequency needs to know of a window.
pub(crate) struct Tallied<'a> {
    pub config: &'a Config,
    /// First day that counts, see [`View::first_day`].
    pub first_day: Day,
    /// See [`View::last_day`].
    pub last_day: Day,
    pub connected: bool,
    /// Ascending days in the window with a deployment that brings change, and how many.
    pub changes: &'a [(Day, u64)],
    /// Whether there was one in the half year before the end of the window.
    pub lately: bool,
    pub noop: u64,
    pub rollbacks: u64,
}

/// How far back one deployment counts as lately.
pub(crate) fn half_year_before(config: &Config) -> Day {
    Day::of(config.to()).plus(-HALF_YEAR_DAYS)
}

pub(crate) fn frequency(view: &View<'_>) -> Frequency {
    let mut instants = Vec::new();
    let mut days: BTreeMap<Day, u64> = BTreeMap::new();
    for fact in view.deployments().filter(|fact| fact.is_change()) {
        instants.push(fact.attempt.finished);
        *days.entry(fact.day).or_default() += 1;
    }
    instants.sort_unstable();
    let mut gaps: Vec<i64> = instants.windows(2).map(|pair| pair[1].seconds_since(pair[0])).collect();
    gaps.sort_unstable();
    let since = view.config.start_of(half_year_before(view.config));
    let recent = |finished| since <= finished && finished < view.end();
    let frequency = of_days(&Tallied {
        config: view.config,
        first_day: view.first_day(),
        last_day: view.last_day(),
        connected: view.deployments_connected(),
        changes: &days.into_iter().collect::<Vec<_>>(),
        lately: view.all().any(|fact| fact.is_change() && recent(fact.attempt.finished)),
        noop: count(view.deployments().filter(|fact| fact.kind == Some(Kind::Noop))),
        rollbacks: count(view.deployments().filter(|fact| fact.kind == Some(Kind::Rollback))),
    });
    let median_hours_between = stats::quantile_of_integers(&gaps, 0.5).map(|seconds| seconds / 3600.0);
    Frequency { median_hours_between, ..frequency }
}

/// Everything but the time between deployments, for which days are too coarse.
pub(crate) fn of_days(tallied: &Tallied<'_>) -> Frequency {
    let Tallied { config, first_day, last_day, connected, changes, .. } = *tallied;
    let days = first_day.days_until(Day::of(config.to()));
    let (all_weeks, all_months) = (Weeks::complete(first_day, last_day), Months::complete(first_day, last_day));
    let mut weeks = vec![0; all_weeks.len()];
    let mut deploy_days = vec![0; all_weeks.len()];
    let mut months = vec![0; all_months.len()];
    for (day, count) in changes {
        if let Some(week) = all_weeks.index(*day) {
            weeks[week] += count;
            deploy_days[week] += 1;
        }
        if let Some(month) = all_months.index(*day) {
            months[month] += count;
        }
    }
    let total = changes.iter().map(|(_, count)| count).sum();
    let median_per_week = median_count(&weeks).filter(|_| connected);
    let per_day = ratio(total, days).filter(|_| connected);
    Frequency {
        count: connected.then_some(total),
        days,
        per_day,
        garwood95: per_day.map(|_| stats::garwood(total).map(|n| n / real(days))),
        bucket: median_per_week.map(|f| bucket(f, &months, total, days, tallied.lately)),
        median_per_week,
        weeks,
        deploy_days,
        months,
        noop: tallied.noop,
        rollbacks: tallied.rollbacks,
        median_hours_between: None,
    }
}

fn bucket(per_week: f64, months: &[u64], total: u64, days: u64, lately: bool) -> Bucket {
    if per_week >= 10.0 {
        return Bucket::OnDemand;
    }
    if per_week >= 5.0 {
        return Bucket::HourToDay;
    }
    if per_week >= 1.0 {
        return Bucket::DayToWeek;
    }
    let per_month = match median_count(months) {
        Some(median) if months.len() >= 3 => median,
        _ => real(total) * DAYS_A_MONTH / real(days),
    };
    if per_month >= 1.0 {
        return Bucket::WeekToMonth;
    }
    if lately { Bucket::MonthToSixMonths } else { Bucket::LessThanSixMonths }
}

fn median_count(counts: &[u64]) -> Option<f64> {
    let mut ascending: Vec<f64> = counts.iter().map(|n| real(*n)).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    stats::quantile(&ascending, 0.5)
}
