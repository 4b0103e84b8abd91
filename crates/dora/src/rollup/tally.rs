//! What the events of one local day add up to, for one service or for several together.

use std::collections::BTreeMap;

use super::samples::Samples;
use crate::facts::Course;
use crate::{Config, Id, Instant};

/// What is counted of a day. The order is that of the stored form: new ones go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// Deployments that bring change: set D of the specification.
    Changes,
    /// Of these, hotfixes.
    Hotfixes,
    Rollbacks,
    /// Restarts and re-runs of what was live.
    Restarts,
    /// Deployments that may fail a change: set P.
    Population,
    Failed,
    /// Deployments that a person cleared although something else says that they failed.
    Acquitted,
    /// Failures that the data shows, whatever people said of them.
    ShownFailures,
    /// Successes with a revision that the history knows.
    KnownRevisions,
    /// Deployments that bring change, but none that is known.
    Empty,
    /// Attempts that failed before users saw anything: no deployments to the definition.
    Stopped,
    /// Changes first delivered.
    Delivered,
    FromPullRequests,
    FromBots,
    DuplicatePatches,
    InvalidClocks,
    /// Failed deployments of which the recovery is not known, whatever the instant asked for.
    UnknownRecoveries,
    Incidents,
    LinkedManual,
    LinkedExplicit,
    LinkedInferred,
    External,
    Undecided,
    WithoutRemediation,
}

/// How many there are of [`Count`].
pub(super) const COUNTS: usize = Count::WithoutRemediation as usize + 1;

/// One failed deployment's way back: how it ends may depend on the instant asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recovery {
    pub onset: Instant,
    /// `None` while an incident is open.
    pub end: Option<Instant>,
    /// A rollback ended it: that is known whatever the instant asked for.
    pub undone: bool,
}

impl Recovery {
    pub(super) fn course(self) -> Course {
        if self.undone {
            return Course::Undone { from: self.onset, to: self.end.unwrap_or(self.onset) };
        }
        Course::Incident { onset: self.onset, end: self.end }
    }
}

/// When deployments that may fail a change finished: which of them are still provisional is a question of the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finishes {
    /// Ascending, at most [`super::EXACT`].
    Exact(Vec<Instant>),
    /// How many by the hour, counted in UTC from 1970.
    Hours(BTreeMap<i64, u64>),
}

const HOUR_MS: i64 = 3_600_000;

impl Default for Finishes {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Finishes {
    pub(super) fn of(mut instants: Vec<Instant>) -> Self {
        if instants.len() > super::EXACT {
            return Self::Hours(hours(&instants));
        }
        instants.sort_unstable();
        Self::Exact(instants)
    }

    fn len(&self) -> u64 {
        match self {
            Self::Exact(instants) => instants.len() as u64,
            Self::Hours(hours) => hours.values().sum(),
        }
    }

    fn add(&mut self, other: &Self) {
        *self = match (std::mem::take(self), other) {
            (Self::Exact(mine), Self::Exact(theirs)) => Self::of([mine, theirs.clone()].concat()),
            (mine, theirs) => {
                let mut sum = mine.into_hours();
                for (hour, count) in theirs.clone().into_hours() {
                    *sum.entry(hour).or_default() += count;
                }
                if sum.is_empty() { Self::default() } else { Self::Hours(sum) }
            }
        };
    }

    /// As [`Samples::take_away`].
    fn take_away(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(mine), Self::Exact(theirs)) => take_away(mine, theirs),
            (Self::Exact(_), Self::Hours(_)) => false,
            (mine @ Self::Hours(_), theirs) => {
                let mut left = std::mem::take(mine).into_hours();
                for (hour, count) in theirs.clone().into_hours() {
                    match left.get(&hour).map(|held| held.checked_sub(count)) {
                        Some(Some(0)) => drop(left.remove(&hour)),
                        Some(Some(rest)) => drop(left.insert(hour, rest)),
                        _ => return false,
                    }
                }
                *mine = Self::Hours(left);
                mine.len() > super::EXACT as u64
            }
        }
    }

    fn into_hours(self) -> BTreeMap<i64, u64> {
        match self {
            Self::Exact(instants) => hours(&instants),
            Self::Hours(hours) => hours,
        }
    }

    /// How many finished after `instant`; of hours, also those of the hour that it lies in.
    pub(super) fn after(&self, instant: Instant) -> u64 {
        match self {
            Self::Exact(instants) => (instants.len() - instants.partition_point(|at| *at <= instant)) as u64,
            Self::Hours(hours) => hours.range(instant.ms().div_euclid(HOUR_MS)..).map(|(_, count)| count).sum(),
        }
    }
}

fn hours(instants: &[Instant]) -> BTreeMap<i64, u64> {
    let mut hours = BTreeMap::new();
    for instant in instants {
        *hours.entry(instant.ms().div_euclid(HOUR_MS)).or_default() += 1;
    }
    hours
}

/// What the events of one day add up to. Whatever is asked of a window is asked of the tallies of its days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub(super) counts: [u64; COUNTS],
    /// Lead times of the changes delivered, seconds.
    pub(super) lead: Samples,
    /// Of those for which all stages are known: from the first commit to the opening, seconds.
    pub(super) coding: Samples,
    /// Ascending.
    pub(super) recoveries: Vec<Recovery>,
    pub(super) finishes: Finishes,
    /// Incidents that were closed and opened again. Ascending.
    pub(super) reopened: Vec<Id>,
}

impl Tally {
    /// One of its counts.
    #[must_use]
    pub fn count(&self, of: Count) -> u64 {
        self.counts[of as usize]
    }

    pub(super) fn more(&mut self, of: Count, count: u64) {
        self.counts[of as usize] += count;
    }

    /// Lead times of the changes delivered, seconds.
    #[must_use]
    pub fn lead(&self) -> &Samples {
        &self.lead
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Joins another service's day to this one.
    pub fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(mine, theirs)| *mine += theirs);
        self.lead.add(&other.lead);
        self.coding.add(&other.coding);
        self.finishes.add(&other.finishes);
        self.recoveries.extend(&other.recoveries);
        self.recoveries.sort_unstable();
        self.reopened.extend(other.reopened.iter().cloned());
        self.reopened.sort_unstable();
    }

    /// Takes a service's day away that was added before. False when that cannot be done from what is kept (see
    /// [`Samples::take_away`]): then the day has to be put together anew, and this tally is of no use any more.
    #[must_use]
    pub fn take_away(&mut self, other: &Self) -> bool {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            let Some(left) = mine.checked_sub(theirs) else { return false };
            *mine = left;
        }
        self.lead.take_away(&other.lead)
            && self.coding.take_away(&other.coding)
            && self.finishes.take_away(&other.finishes)
            && take_away(&mut self.recoveries, &other.recoveries)
            && take_away(&mut self.reopened, &other.reopened)
    }

    /// How many deployments were still younger than the attribution window at the instant asked for. Of days with more
    /// than [`super::EXACT`] deployments, to the hour and rather too many.
    pub(super) fn provisional(&self, config: &Config) -> u64 {
        self.finishes.after(config.as_of_instant().plus_seconds(-config.attribution_s()))
    }
}

/// Both ascending. False when not all of them were there.
pub(super) fn take_away<T: PartialEq>(mine: &mut Vec<T>, theirs: &[T]) -> bool {
    let mut gone = theirs.iter().peekable();
    mine.retain(|value| gone.next_if(|next| *next == value).is_none());
    gone.peek().is_none()
}
