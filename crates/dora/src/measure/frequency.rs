//! Deployment frequency (specification 1.4).

use crate::calendar::Day;
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

pub(crate) fn frequency(view: &View<'_>) -> Frequency {
    let days = view.days();
    let (all_weeks, all_months) = (view.weeks(), view.months());
    let mut weeks = vec![0; all_weeks.len()];
    let mut deploy_days = vec![0; all_weeks.len()];
    let mut months = vec![0; all_months.len()];
    let mut dates: Vec<Day> = Vec::new();
    let mut instants = Vec::new();
    for fact in view.deployments().filter(|fact| fact.is_change()) {
        dates.push(fact.day);
        instants.push(fact.attempt.finished);
        if let Some(week) = all_weeks.index(fact.day) {
            weeks[week] += 1;
        }
        if let Some(month) = all_months.index(fact.day) {
            months[month] += 1;
        }
    }
    let total = count(dates.iter());
    dates.sort_unstable();
    dates.dedup();
    for week in dates.iter().filter_map(|day| all_weeks.index(*day)) {
        deploy_days[week] += 1;
    }
    instants.sort_unstable();
    let mut gaps: Vec<i64> = instants.windows(2).map(|pair| pair[1].seconds_since(pair[0])).collect();
    gaps.sort_unstable();

    let connected = view.deployments_connected();
    let median_per_week = median_count(&weeks).filter(|_| connected);
    let per_day = ratio(total, days).filter(|_| connected);
    Frequency {
        count: connected.then_some(total),
        days,
        per_day,
        garwood95: per_day.map(|_| stats::garwood(total).map(|n| n / real(days))),
        bucket: median_per_week.map(|f| bucket(view, f, &months, total, days)),
        median_per_week,
        weeks,
        deploy_days,
        months,
        noop: count(view.deployments().filter(|fact| fact.kind == Some(Kind::Noop))),
        rollbacks: count(view.deployments().filter(|fact| fact.kind == Some(Kind::Rollback))),
        median_hours_between: stats::quantile_of_integers(&gaps, 0.5).map(|seconds| seconds / 3600.0),
    }
}

fn bucket(view: &View<'_>, per_week: f64, months: &[u64], total: u64, days: u64) -> Bucket {
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
    let since = view.config.start_of(Day::of(view.config.to()).plus(-HALF_YEAR_DAYS));
    let recent = |finished| since <= finished && finished < view.end();
    if view.all().any(|fact| fact.is_change() && recent(fact.attempt.finished)) {
        Bucket::MonthToSixMonths
    } else {
        Bucket::LessThanSixMonths
    }
}

fn median_count(counts: &[u64]) -> Option<f64> {
    let mut ascending: Vec<f64> = counts.iter().map(|n| real(*n)).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    stats::quantile(&ascending, 0.5)
}
