//! Facts of one or several services seen through one window: what every metric is computed from.

use crate::calendar::Day;
use crate::facts::{Fact, Facts, Fate};
use crate::{Config, DayRange, Instant};

/// The facts of one service, and the days on which they count for this roll-up (always, when `owned` is `None`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'f> {
    pub facts: &'f Facts<'f>,
    pub owned: Option<&'f [DayRange]>,
}

impl Part<'_> {
    pub(crate) fn owns(&self, day: Day) -> bool {
        self.owned.is_none_or(|ranges| ranges.iter().any(|range| range.contains(day)))
    }
}

#[derive(Debug)]
pub(crate) struct View<'f> {
    pub config: &'f Config,
    pub parts: Vec<Part<'f>>,
    start: Instant,
    end: Instant,
}

impl<'f> View<'f> {
    pub(crate) fn new(config: &'f Config, parts: Vec<Part<'f>>) -> Self {
        let start = config.start_of(Day::of(config.from()));
        let end = config.start_of(Day::of(config.to()));
        Self { config, parts, start, end }
    }

    /// Half-open: the first instant is in, the last is out.
    pub(crate) fn contains(&self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    pub(crate) fn end(&self) -> Instant {
        self.end
    }

    /// First day that was observed at all: of the service, or of the earliest of several.
    pub(crate) fn observed(&self) -> Option<Day> {
        self.parts.iter().filter_map(|part| part.facts.observed_from).min()
    }

    /// First day that counts: of the window, or the first that was observed.
    pub(crate) fn first_day(&self) -> Day {
        self.config.first_day(self.observed())
    }

    /// See [`Config::last_day`].
    pub(crate) fn last_day(&self) -> Day {
        self.config.last_day()
    }

    /// Calendar days observed in the window.
    pub(crate) fn days(&self) -> u64 {
        self.first_day().days_until(Day::of(self.config.to()))
    }

    /// Deployments that count for this roll-up, whenever they were; parts in order, each by finish.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'f Fact> {
        self.parts.iter().flat_map(|part| part.facts.deployments.iter().filter(|fact| part.owns(fact.day)))
    }

    /// Deployments that count and finished within the window.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &'f Fact> {
        self.all().filter(|fact| self.contains(fact.attempt.finished))
    }

    /// Changes first delivered (not by a baseline) within the window, with the delivering deployment.
    pub(crate) fn deliveries(&self) -> impl Iterator<Item = Delivery<'f>> {
        self.deliveries_by(|fact| self.contains(fact.attempt.finished))
    }

    /// Changes first delivered by a deployment that counts and that `wanted` accepts.
    pub(crate) fn deliveries_by(&self, wanted: impl Fn(&Fact) -> bool) -> impl Iterator<Item = Delivery<'f>> {
        self.parts.iter().flat_map(move |part| {
            let facts = part.facts;
            let counts: Vec<bool> = facts.deployments.iter().map(|fact| part.owns(fact.day) && wanted(fact)).collect();
            facts.changes.iter().zip(&facts.fates).filter_map(move |(change, fate)| {
                let number = fate.deployment()? as usize;
                let deployment = &facts.deployments[number];
                counts[number].then_some(Delivery { change, deployment, fate: *fate })
            })
        })
    }

    /// Whether any service has a source of deployments: without one nothing can be counted.
    pub(crate) fn deployments_connected(&self) -> bool {
        self.parts.iter().any(|part| part.facts.sources.deployments)
    }

    pub(crate) fn incidents_connected(&self) -> bool {
        self.parts.iter().any(|part| part.facts.sources.incidents)
    }
}

/// A change with what first delivered it.
pub(crate) struct Delivery<'f> {
    pub change: &'f crate::Change,
    pub deployment: &'f Fact,
    pub fate: Fate,
}
