//! The metrics week by week, in one pass over the facts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::facts::{Fact, Fate, Kind, Recovery};
use crate::measure::{count, kaplan_meier_median};
use crate::view::View;
use crate::{Analysis, Config, Input, ScopeAnalysis, ServiceInput, stats};

/// One ISO week. Durations are seconds. Numbers are what [`crate::compute`] gives for a window of that week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeekPoint {
    /// Its Monday.
    pub week_start: Date,
    /// Observed from its first day, and over.
    pub complete: bool,
    /// `None` before the service was observed, or without a source of deployments.
    pub df_count: Option<u64>,
    pub lead_p50: Option<f64>,
    pub lead_n: u64,
    pub cfr_failed: u64,
    pub cfr_total: u64,
    pub fdrt_median: Option<f64>,
    pub fdrt_n: u64,
    pub rework: u64,
    pub rework_total: u64,
}

/// The last `weeks` ISO weeks of one service up to the end of the window (its start does not matter), oldest first.
#[must_use]
pub fn weekly(input: &Input, weeks: usize) -> Vec<WeekPoint> {
    Analysis::new(&input.config, &input.events).weekly(weeks)
}

/// As [`weekly`], pooled over several services.
#[must_use]
pub fn weekly_pooled(config: &Config, services: &[ServiceInput], weeks: usize) -> Vec<WeekPoint> {
    ScopeAnalysis::new(config, services).weekly(weeks)
}

#[derive(Clone, Default)]
struct Week {
    deployments: u64,
    leads: Vec<i64>,
    failed: u64,
    population: u64,
    recoveries: Vec<(i64, bool)>,
    rework: u64,
    active: u64,
}

pub(crate) fn of_view(view: &View<'_>, weeks: usize) -> Vec<WeekPoint> {
    let first = first_monday(view.config, weeks);
    let index = |fact: &Fact| {
        let at = usize::try_from((fact.day.number() - first.number()).div_euclid(7)).ok()?;
        (at < weeks && fact.attempt.finished < view.end()).then_some(at)
    };
    let mut buckets = vec![Week::default(); weeks];
    for fact in view.all() {
        if let Some(at) = index(fact) {
            buckets[at].add(fact);
        }
    }
    for delivery in view.deliveries_by(|fact| index(fact).is_some()) {
        if let (Fate::Sample { seconds, .. }, Some(at)) = (delivery.fate, index(delivery.deployment)) {
            buckets[at].leads.push(seconds);
        }
    }
    let frame = Frame { observed: view.observed(), over: view.last_day(), connected: view.deployments_connected() };
    let mut monday = first;
    let mut points = Vec::with_capacity(weeks);
    for week in buckets {
        points.push(week.point(&frame, monday));
        monday = monday.plus(7);
    }
    points
}

/// The Monday of the first of so many weeks up to the end of the window.
pub(crate) fn first_monday(config: &Config, weeks: usize) -> Day {
    let back = i32::try_from(weeks.saturating_sub(1)).unwrap_or(i32::MAX / 14).min(i32::MAX / 14);
    Day::of(config.to()).plus(-1).monday().plus(-7 * back)
}

/// What a week is seen against.
pub(crate) struct Frame {
    /// First day that was observed.
    pub observed: Option<Day>,
    /// Days before this are over.
    pub over: Day,
    pub connected: bool,
}

impl Frame {
    /// Whether a week was observed from its first day and is over.
    pub(crate) fn complete(&self, monday: Day) -> bool {
        self.observed.is_none_or(|day| day <= monday) && monday.plus(7) <= self.over
    }

    /// Whether anything can be known of a week.
    pub(crate) fn seen(&self, monday: Day) -> bool {
        self.connected && self.observed.is_none_or(|day| day < monday.plus(7))
    }
}

impl Week {
    fn add(&mut self, fact: &Fact) {
        self.deployments += u64::from(fact.is_change());
        self.population += u64::from(fact.is_in_population());
        self.failed += u64::from(fact.failed_by.is_some());
        self.active += u64::from(fact.is_active());
        self.rework += u64::from(matches!(fact.kind, Some(Kind::Rollback | Kind::Hotfix)));
        match fact.recovery {
            Some(Recovery::After(seconds)) => self.recoveries.push((seconds, true)),
            Some(Recovery::StillOpen(seconds)) => self.recoveries.push((seconds, false)),
            Some(Recovery::Unknown | Recovery::InvalidClock) | None => {}
        }
    }

    fn point(mut self, frame: &Frame, monday: Day) -> WeekPoint {
        self.leads.sort_unstable();
        WeekPoint {
            week_start: monday.date(),
            complete: frame.complete(monday),
            df_count: frame.seen(monday).then_some(self.deployments),
            lead_p50: stats::quantile_of_integers(&self.leads, 0.5),
            lead_n: count(self.leads.iter()),
            cfr_failed: self.failed,
            cfr_total: self.population,
            fdrt_median: kaplan_meier_median(&self.recoveries),
            fdrt_n: count(self.recoveries.iter()),
            rework: self.rework,
            rework_total: self.active,
        }
    }
}
