//! One service's year: merges, releases, failures and how they ended. Pure; the rows made of it are `rows`' business.

use super::{
    calendar::{at, at_work, day_of, pace},
    company::{Team, team},
    fleet::{Plan, Story},
    random::Random,
};
use slipway_domain::time::{DAY, HOUR, MINUTE, Timestamp};

/// Days that the history goes back: a year, and a week so that the year is whole.
const YEAR: i64 = 372;
/// Days that a young service exists, and one that is not yet live.
const YOUNG: i64 = 96;
const TRIAL: i64 = 45;
/// Days for which the degrading service has been getting worse.
const DECLINE: i64 = 56;
/// Share of releases that mend a bug without there having been an incident.
const BUGS: f64 = 0.015;
/// Share of failures that a runtime catches during the roll-out, before anybody sees them.
const CAUGHT: f64 = 0.18;

/// A pull request that landed on the main branch, as one commit.
#[derive(Clone, Debug)]
pub(super) struct Merge {
    pub sha: String,
    pub commits: Vec<Timestamp>,
    pub opened_at: Timestamp,
    pub merged_at: Timestamp,
}

/// Why a release was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Planned,
    /// Mends the incident of that number, or a bug that nobody wrote one for.
    Hotfix(Option<usize>),
    /// Back to the release of that number; mends the incident, when there was one.
    Rollback(usize, Option<usize>),
}

/// One deployment to production.
#[derive(Clone, Debug)]
pub(super) struct Release {
    pub kind: Kind,
    /// The merge that is deployed, by number.
    pub head: usize,
    pub requested_at: Timestamp,
    pub finished_at: Timestamp,
    /// Whether it ran in the end; a roll-out that the runtime took back did not.
    pub succeeded: bool,
}

/// A failure in production.
#[derive(Clone, Debug)]
pub(super) struct Incident {
    pub detected_at: Timestamp,
    pub resolved_at: Timestamp,
    /// The release that caused it, by number; none for what came from outside.
    pub cause: Option<usize>,
}

/// Everything that happened to a service.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub created_at: Timestamp,
    /// In the order in which they landed.
    pub merges: Vec<Merge>,
    /// In the order in which they finished.
    pub releases: Vec<Release>,
    pub incidents: Vec<Incident>,
}

/// How a service works on one day.
struct Habits {
    per_week: f64,
    coding: i64,
    review: i64,
    waiting: i64,
    fails: f64,
    recovery: i64,
}

impl Habits {
    #[expect(clippy::cast_possible_truncation, reason = "a few hours in milliseconds")]
    fn of(team: &Team, plan: &Plan, own: f64, days_ago: i64) -> Self {
        let hours = |hours: f64| (hours * HOUR as f64) as i64;
        let per_week = match plan.story {
            Story::Quiet => 0.4,
            // Busy enough that its decline is more than chance.
            Story::Degrading => team.per_week * own * 1.6,
            _ => team.per_week * own,
        };
        let usual = Self {
            per_week,
            coding: hours(team.coding_hours / own),
            review: hours(team.review_hours / own),
            // Who deploys often does not wait long.
            waiting: hours(14.0 / per_week.max(0.8)),
            fails: team.fails * (0.7 + 0.6 / (1.0 + own)),
            recovery: hours(team.recovery_minutes / 60.0 / own),
        };
        if plan.story != Story::Degrading || days_ago > DECLINE {
            return usual;
        }
        Self {
            per_week: usual.per_week * 0.85,
            coding: usual.coding * 2,
            waiting: usual.waiting * 3,
            fails: 0.45,
            recovery: usual.recovery * 2,
            ..usual
        }
    }
}

/// What the simulation keeps in mind.
struct Year<'p> {
    plan: &'p Plan,
    random: Random,
    history: History,
    /// The release that runs now.
    live: Option<usize>,
    /// Until here everything is settled; the next thing comes after it.
    settled: Timestamp,
    now: Timestamp,
}

/// Makes up the year that ended at `now`. Equal plans and instants give equal histories.
pub(super) fn of(plan: &Plan, now: Timestamp) -> History {
    let mut random = Random::of(plan.name);
    let days = match plan.story {
        Story::Young => YOUNG,
        Story::NotYetLive => TRIAL,
        _ => YEAR,
    };
    let today = day_of(now);
    let own = 0.65 + 0.8 * random.unit();
    let created_at = at(today - days, 9 * HOUR + random.between(0, 6 * HOUR));
    let mut year = Year {
        plan,
        random,
        history: History { created_at, ..History::default() },
        live: None,
        settled: created_at,
        now,
    };
    for day in today - days + 1..=today {
        let habits = Habits::of(team(plan.team), plan, own, today - day);
        year.day(day, &habits);
    }
    let habits = Habits::of(team(plan.team), plan, own, 0);
    year.unreleased(&habits);
    year.add_outages(days);
    year.history
}

impl Year<'_> {
    fn day(&mut self, day: i64, habits: &Habits) {
        if self.plan.story == Story::NotYetLive {
            return;
        }
        let first = self.history.releases.is_empty() && pace(day) > 0.5;
        let count = self.random.poisson(habits.per_week / 5.0 * pace(day)).max(u32::from(first));
        let mut times: Vec<i64> =
            (0..count).map(|_| self.random.between(8 * HOUR + 30 * MINUTE, 16 * HOUR + 30 * MINUTE)).collect();
        times.sort_unstable();
        for time in times {
            let requested_at = at(day, time).max(self.settled.plus(self.random.between(25 * MINUTE, 55 * MINUTE)));
            // After closing time one waits for the next day; and the present is not to be overtaken.
            if day_of(requested_at) == day && requested_at.plus(30 * MINUTE) < self.now {
                self.release(requested_at, habits);
            }
        }
    }

    fn release(&mut self, requested_at: Timestamp, habits: &Habits) {
        let changes = 1 + self.random.poisson(0.75);
        self.land(changes, requested_at, habits);
        let before = self.live;
        // What is fresh cannot have failed and been mended yet.
        let old_enough = self.now.since(requested_at) > 2 * DAY;
        let fails = before.is_some() && old_enough && self.random.chance(habits.fails / (1.0 - CAUGHT));
        let caught = fails && self.random.chance(CAUGHT);
        let kind = if before.is_some() && self.random.chance(BUGS) { Kind::Hotfix(None) } else { Kind::Planned };
        let number = self.deploy(kind, requested_at, !caught);
        if let (true, false, Some(before)) = (fails, caught, before) {
            self.fail(number, before, habits);
        }
    }

    /// Pull requests land, the last of them some time before `until`.
    fn land(&mut self, count: u32, until: Timestamp, habits: &Habits) {
        let latest = until.plus(-18 * MINUTE);
        let mut merged: Vec<Timestamp> = (0..count)
            .map(|_| {
                let wished = at_work(latest.plus(-self.random.duration(habits.waiting, 0.8)));
                let earliest = self.settled.plus(2 * MINUTE);
                if wished > earliest {
                    wished
                } else {
                    earliest.plus(self.random.between(0, latest.since(earliest).max(1)))
                }
            })
            .collect();
        merged.sort_unstable();
        for merged_at in merged {
            self.merge(merged_at, habits.coding, habits.review);
        }
    }

    fn merge(&mut self, merged_at: Timestamp, coding: i64, review: i64) {
        let random = &mut self.random;
        let opened_at = at_work(merged_at.plus(-random.duration(review, 0.9).max(2 * MINUTE)));
        let first = at_work(opened_at.plus(-random.duration(coding, 0.9).max(4 * MINUTE)));
        let mut commits = vec![first];
        for _ in 0..random.poisson(1.1) {
            commits.push(first.plus(random.between(0, opened_at.since(first).max(1))));
        }
        commits.sort_unstable();
        let sha = random.sha();
        self.history.merges.push(Merge { sha, commits, opened_at, merged_at });
    }

    /// Deploys what landed last.
    fn deploy(&mut self, kind: Kind, requested_at: Timestamp, succeeded: bool) -> usize {
        let head = match kind {
            Kind::Rollback(to, _) => self.history.releases[to].head,
            Kind::Planned | Kind::Hotfix(_) => self.history.merges.len() - 1,
        };
        let finished_at = requested_at.plus(self.random.between(3 * MINUTE, 9 * MINUTE));
        self.history.releases.push(Release { kind, head, requested_at, finished_at, succeeded });
        let number = self.history.releases.len() - 1;
        if succeeded {
            self.live = Some(number);
        }
        self.settled = finished_at;
        number
    }

    /// A release that ran and made trouble: noticed by a monitor and taken back or mended, or taken back by somebody who looked.
    fn fail(&mut self, number: usize, before: usize, habits: &Habits) {
        let finished = self.history.releases[number].finished_at;
        let path = self.random.unit();
        if path < 0.18 {
            let requested_at = finished.plus(self.random.duration(habits.recovery, 0.5).clamp(4 * MINUTE, 10 * HOUR));
            self.deploy(Kind::Rollback(before, None), requested_at, true);
            self.live = Some(before);
            return;
        }
        let detected_at = finished.plus(self.random.duration(9 * MINUTE, 0.8).min(5 * HOUR));
        let incident = self.history.incidents.len();
        let cause = Some(number);
        if path < 0.32 {
            // Switched off by a flag: nothing was deployed to recover.
            let resolved_at = detected_at.plus(self.random.duration(habits.recovery, 0.6).clamp(3 * MINUTE, 20 * HOUR));
            self.settled = self.settled.max(resolved_at);
            self.history.incidents.push(Incident { detected_at, resolved_at, cause });
            return;
        }
        let (kind, recovery) = if path < 0.72 {
            (Kind::Rollback(before, Some(incident)), habits.recovery)
        } else {
            (Kind::Hotfix(Some(incident)), habits.recovery * 8 / 5)
        };
        let requested_at = detected_at.plus(self.random.duration(recovery, 0.6).clamp(5 * MINUTE, 20 * HOUR));
        if matches!(kind, Kind::Hotfix(_)) {
            let merged_at = requested_at.plus(-3 * MINUTE);
            let half = merged_at.since(detected_at) / 3;
            let opened_at = merged_at.plus(-half);
            let sha = self.random.sha();
            self.history.merges.push(Merge { sha, commits: vec![opened_at.plus(-half)], opened_at, merged_at });
        }
        let cure = self.deploy(kind, requested_at, true);
        if let Kind::Rollback(to, _) = kind {
            self.live = Some(to);
        }
        let resolved_at = self.history.releases[cure].finished_at.plus(self.random.between(MINUTE, 4 * MINUTE));
        self.settled = resolved_at;
        self.history.incidents.push(Incident { detected_at, resolved_at, cause });
    }

    /// What landed since the last release and is not in production yet.
    fn unreleased(&mut self, habits: &Habits) {
        let count = if self.plan.story == Story::NotYetLive { 14 } else { self.random.poisson(0.9) };
        let begin = self.settled.max(self.now.plus(-TRIAL * DAY)).plus(5 * MINUTE);
        let end = self.now.plus(-40 * MINUTE);
        if end <= begin {
            return;
        }
        let mut merged: Vec<Timestamp> = (0..count)
            .map(|_| begin.plus(self.random.between(0, end.since(begin))))
            .map(|merged_at| at_work(merged_at).max(begin))
            .collect();
        merged.sort_unstable();
        for merged_at in merged {
            self.merge(merged_at, habits.coding, habits.review);
        }
    }

    /// A provider that was down: an incident that no deployment caused.
    fn add_outages(&mut self, days: i64) {
        if self.history.releases.is_empty() {
            return;
        }
        for _ in 0..self.random.poisson(0.6) {
            let detected_at = self.now.plus(-self.random.between(3 * DAY, days * DAY));
            let resolved_at = detected_at.plus(self.random.duration(50 * MINUTE, 0.6).min(DAY));
            self.history.incidents.push(Incident { detected_at, resolved_at, cause: None });
        }
    }
}
