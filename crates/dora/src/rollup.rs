//! Metrics from what is kept of each local day, without the events behind it (specification 5.2).
//!
//! [`Rollup::of`] adds up the events of one service by day. Days of several services joined are the day of the team, and
//! what is asked of a window is asked of its days: counts are summed, medians taken over all samples together. The
//! numbers are those of [`crate::ScopeAnalysis`] on the same events, but for what days cannot tell: which events they were
//! (lists of names are empty), the time between two deployments, the variants of lead time, and all but the first of its
//! stages. Where a day holds more than [`EXACT`] samples, quantiles are off by at most [`RELATIVE_ERROR`].
//!
//! Tallies depend on events, time zone, attribution window and whether bots count; never on the window or on the instant
//! asked for. Ownership that changed (`ServiceInput::owned`) is not looked at.

mod answer;
mod code;
mod roll;
mod samples;
mod sketch;
mod tally;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::{Config, Id, Instant, ServiceInput};

pub use code::TallyError;
pub use roll::stopped;
pub(crate) use samples::counted;
pub use samples::{EXACT, Samples};
pub use sketch::RELATIVE_ERROR;
pub use tally::{Count, Tally};

/// What is known of a service apart from its days. Joined: of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// First day that was observed.
    pub observed_from: Option<Date>,
    /// Whether a source of deployments is connected.
    pub deployments_connected: bool,
    /// Whether a source of incidents is connected, or something else speaks of failures.
    pub incidents_connected: bool,
    /// Whether somebody told of an incident or decided on a deployment.
    pub incidents_told: bool,
    /// Changes that no deployment has delivered.
    pub undelivered_changes: u64,
    /// First commit of the oldest of them.
    pub oldest_undelivered_at: Option<Instant>,
    /// When the last production deployment finished.
    pub last_deployment_at: Option<Instant>,
    /// When the last incident was detected.
    pub last_incident_at: Option<Instant>,
    /// Environments that are production in some records and not in others.
    pub retiered: Vec<Id>,
}

impl Standing {
    /// Joins another service to this one.
    pub fn add(&mut self, other: &Self) {
        self.observed_from = self.observed_from.into_iter().chain(other.observed_from).min();
        self.deployments_connected |= other.deployments_connected;
        self.incidents_connected |= other.incidents_connected;
        self.incidents_told |= other.incidents_told;
        self.undelivered_changes += other.undelivered_changes;
        self.oldest_undelivered_at = self.oldest_undelivered_at.into_iter().chain(other.oldest_undelivered_at).min();
        self.last_deployment_at = self.last_deployment_at.max(other.last_deployment_at);
        self.last_incident_at = self.last_incident_at.max(other.last_incident_at);
        self.retiered.extend(other.retiered.iter().cloned());
        self.retiered.sort_unstable();
        self.retiered.dedup();
    }
}

/// The days of a service, or of several together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// What is known apart from them.
    pub standing: Standing,
    /// Ascending, each day once; days on which nothing happened may be left out.
    days: Vec<(Day, Tally)>,
}

impl Rollup {
    /// Adds up the events of one service, whenever they were. Of the question only the zone, the attribution window and
    /// whether bots count matter.
    #[must_use]
    pub fn of(config: &Config, service: &ServiceInput) -> Self {
        roll::roll(config, service)
    }

    /// From what was kept, in any order; each day once.
    #[must_use]
    pub fn new(standing: Standing, days: impl IntoIterator<Item = (i32, Tally)>) -> Self {
        let mut days: Vec<(Day, Tally)> = days.into_iter().map(|(day, tally)| (Day::numbered(day), tally)).collect();
        days.sort_unstable_by_key(|(day, _)| *day);
        Self { standing, days }
    }

    /// Each day on which something happened, as its number since 1970-01-01.
    pub fn days(&self) -> impl Iterator<Item = (i32, &Tally)> {
        self.days.iter().map(|(day, tally)| (day.number(), tally))
    }

    /// Several services together.
    #[must_use]
    pub fn pooled<'r>(services: impl IntoIterator<Item = &'r Self>) -> Self {
        let mut standing = Standing::default();
        let mut days: std::collections::BTreeMap<Day, Tally> = std::collections::BTreeMap::new();
        for service in services {
            standing.add(&service.standing);
            for (day, tally) in &service.days {
                days.entry(*day).or_default().add(tally);
            }
        }
        Self { standing, days: days.into_iter().collect() }
    }
}

/// The number of a day since 1970-01-01, as rollups are kept by.
#[must_use]
pub fn day_number(date: Date) -> i32 {
    Day::of(date).number()
}

/// The day of a [`day_number`].
#[must_use]
pub fn day_of_number(number: i32) -> Date {
    Day::numbered(number).date()
}

/// The days before the window that a bucket of deployment frequency looks back to, as [`day_number`].
#[must_use]
pub fn looks_back_to(config: &Config) -> i32 {
    Day::of(config.from()).min(crate::measure::half_year_before(config)).number()
}
