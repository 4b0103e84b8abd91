//! What the events of one service say, before any window is chosen: kinds, deliveries, links, failures, recoveries.
//!
//! A fact about a past deployment depends on events, never on the window asked for; that is why a wider window leaves
//! every past week as it was.

use hashbrown::HashMap;
use serde::Serialize;

use crate::calendar::Day;
use crate::explain::Reason;
use crate::normalise::{self, Attempt, ChangeRef};
use crate::reach::Reach;
use crate::{ChangeKind, Config, Events, Id, Incident, Instant, Sources, link};

/// What a successful production deployment was (specification 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Restart or re-run of what is live already.
    Noop,
    /// Back to something older.
    Rollback,
    /// Unplanned, to mend something.
    Hotfix,
    Normal,
}

impl Kind {
    /// Whether it brings change: neither restart nor rollback.
    #[must_use]
    pub fn is_change(self) -> bool {
        matches!(self, Self::Normal | Self::Hotfix)
    }
}

/// Why a deployment counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedBy {
    Verdict,
    Incident,
    Rollback,
    /// A failed attempt of which the source says that users saw it.
    Exposed,
}

/// How long a failed deployment took to recover from, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recovery {
    After(i64),
    /// Not yet, at the instant asked for.
    StillOpen(i64),
    Unknown,
    /// The end was recorded before the beginning.
    InvalidClock,
}

/// What is known of the way back from a failed deployment, before anybody asks as of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    Unknown,
    /// A rollback took its place.
    Undone {
        from: Instant,
        to: Instant,
    },
    /// Its incidents began, and all of them ended or not.
    Incident {
        onset: Instant,
        end: Option<Instant>,
    },
}

impl Course {
    /// How long it took, at the instant that is asked for.
    pub(crate) fn recovery(self, config: &Config) -> Recovery {
        let known = |end: &Instant| config.explicit_as_of().is_none_or(|as_of| *end <= as_of);
        match self {
            Self::Unknown => Recovery::Unknown,
            Self::Undone { from, to } => Recovery::After(to.seconds_since(from)),
            Self::Incident { onset, end } => match end.filter(known) {
                None => Recovery::StillOpen(config.as_of_instant().seconds_since(onset).max(0)),
                Some(end) if end < onset => Recovery::InvalidClock,
                Some(end) => Recovery::After(end.seconds_since(onset)),
            },
        }
    }
}

/// A production deployment with everything decided about it.
#[derive(Debug)]
pub(crate) struct Fact {
    pub attempt: Attempt,
    pub day: Day,
    /// None for failed attempts.
    pub kind: Option<Kind>,
    pub commit: Option<u32>,
    /// The rollback that took its place, by number.
    pub replaced_by: Option<u32>,
    /// Linked incidents, by number.
    pub incidents: Vec<u32>,
    pub failed_by: Option<FailedBy>,
    pub course: Option<Course>,
    pub recovery: Option<Recovery>,
    /// A person said it did not fail although something else says so.
    pub acquitted: bool,
}

impl Fact {
    /// In set D: brings change.
    pub(crate) fn is_change(&self) -> bool {
        self.kind.is_some_and(Kind::is_change)
    }

    /// In set A: a success that is not a restart.
    pub(crate) fn is_active(&self) -> bool {
        self.kind.is_some_and(|kind| kind != Kind::Noop)
    }

    /// In set F: a failed attempt that users saw.
    pub(crate) fn is_exposed_failure(&self) -> bool {
        self.kind.is_none() && (self.attempt.exposed || !self.incidents.is_empty())
    }

    /// In set P: may fail a change.
    pub(crate) fn is_in_population(&self) -> bool {
        self.is_change() || self.is_exposed_failure()
    }
}

/// What became of a change, with the number of the deployment that first delivered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Undelivered,
    Baseline,
    MergeCommit {
        deployment: u32,
    },
    DuplicatePatch {
        deployment: u32,
    },
    /// Made by a program, and the question leaves these out.
    Bot {
        deployment: u32,
    },
    InvalidClock {
        deployment: u32,
    },
    Sample {
        deployment: u32,
        seconds: i64,
    },
}

impl Fate {
    /// The delivering deployment, unless there is none or it is the baseline.
    pub(crate) fn deployment(self) -> Option<u32> {
        match self {
            Self::Undelivered | Self::Baseline => None,
            Self::MergeCommit { deployment }
            | Self::DuplicatePatch { deployment }
            | Self::Bot { deployment }
            | Self::InvalidClock { deployment }
            | Self::Sample { deployment, .. } => Some(deployment),
        }
    }
}

/// All facts of one service.
#[derive(Debug)]
pub(crate) struct Facts<'e> {
    pub deployments: Vec<Fact>,
    pub left_out: Vec<(Id, Option<Instant>, Reason)>,
    /// Environments that are production in some records and not in others.
    pub retiered: Vec<Id>,
    /// Incidents that their source took back.
    pub retracted: Vec<Id>,
    pub changes: Vec<ChangeRef<'e>>,
    /// One for each change.
    pub fates: Vec<Fate>,
    pub incidents: Vec<Incident>,
    /// One for each incident.
    pub links: Vec<link::Link>,
    pub with_known_revision: Vec<bool>,
    /// First day of the service: configured, or that of its first production deployment.
    pub observed_from: Option<Day>,
    pub sources: Sources,
}

impl<'e> Facts<'e> {
    pub(crate) fn derive(config: &Config, events: &'e Events) -> Self {
        let normalise::Normalised { attempts, left_out, retiered } = normalise::deployments(&events.deployments);
        let mut reach = Reach::new(&events.history);
        let mut deployments = classify(config, attempts, &mut reach);
        let changes = normalise::changes(&events.changes);
        let fates = fates(config, &changes, &deployments, &reach);
        let (incidents, retracted) = normalise::incidents(&events.incidents);
        let links = link::link(config, &incidents, &deployments, &reach);
        for (number, link) in (0u32..).zip(&links) {
            for deployment in &link.deployments {
                deployments[*deployment as usize].incidents.push(number);
            }
        }
        judge(config, &mut deployments, &incidents, &links, &normalise::verdicts(&events.verdicts));
        let with_known_revision = deployments.iter().map(|d| reach.knows(&d.attempt.revision)).collect();
        let first_day = deployments.first().map(|d| d.day);
        Self {
            deployments,
            left_out,
            retiered,
            retracted,
            changes,
            fates,
            incidents,
            links,
            with_known_revision,
            observed_from: config.observed().or(first_day),
            sources: events.sources,
        }
    }
}

/// Walks the successes in order, deciding kinds and delivering commits.
fn classify(config: &Config, attempts: Vec<Attempt>, reach: &mut Reach<'_>) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::with_capacity(attempts.len());
    let mut live: Option<usize> = None;
    for (number, attempt) in (0u32..).zip(attempts) {
        let commit = reach.revision(&attempt.revision);
        let day = config.day_of(attempt.finished);
        let kind = attempt.success.then(|| kind(&attempt, commit, live.map(|l| &facts[l]), reach));
        if let (Some(Kind::Rollback), Some(live)) = (kind, live) {
            facts[live].replaced_by = Some(number);
        }
        if let (true, Some(commit)) = (attempt.success, commit) {
            reach.deliver(commit, number);
        }
        if kind.is_some_and(|kind| kind != Kind::Noop) {
            live = Some(facts.len());
        }
        facts.push(Fact {
            attempt,
            day,
            kind,
            commit,
            replaced_by: None,
            incidents: Vec::new(),
            failed_by: None,
            course: None,
            recovery: None,
            acquitted: false,
        });
    }
    facts
}

fn kind(attempt: &Attempt, commit: Option<u32>, live: Option<&Fact>, reach: &mut Reach<'_>) -> Kind {
    let version = &attempt.version;
    // Two deployments of which neither revision nor version is known are not known to be the same.
    let same = live.is_some_and(|live| {
        commit == live.commit && *version == live.attempt.version && (commit.is_some() || version.is_some())
    });
    if same && !attempt.rollback {
        return Kind::Noop;
    }
    let goes_back = match (commit, live.and_then(|live| live.commit)) {
        (Some(commit), Some(live)) => reach.goes_back(commit, live),
        _ => false,
    };
    if attempt.rollback || goes_back {
        Kind::Rollback
    } else if attempt.hotfix || !attempt.remediates.is_empty() {
        Kind::Hotfix
    } else {
        Kind::Normal
    }
}

/// What became of each change; changes come by `(first commit, id)`.
fn fates(config: &Config, changes: &[ChangeRef<'_>], deployments: &[Fact], reach: &Reach<'_>) -> Vec<Fate> {
    let baseline = (0u32..).zip(deployments).find(|(_, d)| d.attempt.success).map(|(number, _)| number);
    let delivered: Vec<Option<u32>> = changes.iter().map(|change| reach.first_delivery(&change.landed)).collect();
    let originals = first_of_each_patch(changes, &delivered);
    let fate = |(index, change): (usize, &ChangeRef<'_>)| {
        let Some(deployment) = delivered[index] else { return Fate::Undelivered };
        if Some(deployment) == baseline {
            return Fate::Baseline;
        }
        if change.kind == Some(ChangeKind::Commit) && reach.is_merge(&change.landed) {
            return Fate::MergeCommit { deployment };
        }
        if change.bot && config.leaves_out_bots() {
            return Fate::Bot { deployment };
        }
        if change.patch_id.as_ref().is_some_and(|patch| originals.get(patch.as_str()) != Some(&index)) {
            return Fate::DuplicatePatch { deployment };
        }
        let end = deployments[deployment as usize].attempt.finished;
        let seconds = end.seconds_since(change.first_commit_at);
        if seconds < 0 { Fate::InvalidClock { deployment } } else { Fate::Sample { deployment, seconds } }
    };
    changes.iter().enumerate().map(fate).collect()
}

/// Of the changes with one patch id, the one delivered first; of those delivered together, the oldest.
fn first_of_each_patch<'c>(changes: &'c [ChangeRef<'_>], delivered: &[Option<u32>]) -> HashMap<&'c str, usize> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        if let (Some(patch), Some(deployment)) = (&change.patch_id, delivered[index]) {
            first
                .entry(patch)
                .and_modify(|known| {
                    if delivered[*known].is_some_and(|other| deployment < other) {
                        *known = index;
                    }
                })
                .or_insert(index);
        }
    }
    first
}

/// Decides which deployments failed and how long recovery took (specification 1.7, 1.8).
fn judge(
    config: &Config,
    deployments: &mut [Fact],
    incidents: &[Incident],
    links: &[link::Link],
    verdicts: &HashMap<&str, bool>,
) {
    let by_id: HashMap<&str, usize> =
        incidents.iter().enumerate().map(|(i, incident)| (incident.id.as_str(), i)).collect();
    for number in 0..deployments.len() {
        let fact = &deployments[number];
        if !fact.is_in_population() {
            continue;
        }
        let undone_at = fact.replaced_by.and_then(|by| {
            let rollback = &deployments[by as usize].attempt;
            let this = u32::try_from(number).ok()?;
            let cures_another = rollback.remediates.iter().filter_map(|id| by_id.get(id.as_str())).any(|incident| {
                let blamed = &links[*incident].deployments;
                !blamed.is_empty() && !blamed.contains(&this)
            });
            (!cures_another).then_some(rollback.finished)
        });
        let evidence = if !fact.incidents.is_empty() {
            Some(FailedBy::Incident)
        } else if undone_at.is_some() {
            Some(FailedBy::Rollback)
        } else if fact.is_exposed_failure() {
            Some(FailedBy::Exposed)
        } else {
            None
        };
        let verdict = std::iter::once(&fact.attempt.id)
            .chain(&fact.attempt.members)
            .filter_map(|id| verdicts.get(id.as_str()).copied())
            .reduce(|a, b| a || b);
        let failed_by = match verdict {
            Some(true) => Some(evidence.unwrap_or(FailedBy::Verdict)),
            Some(false) => None,
            None => evidence,
        };
        let course = failed_by.map(|_| course(fact, incidents, undone_at));
        let acquitted = verdict == Some(false) && evidence.is_some();
        let fact = &mut deployments[number];
        (fact.failed_by, fact.course, fact.acquitted) = (failed_by, course, acquitted);
        fact.recovery = course.map(|course| course.recovery(config));
    }
}

fn course(fact: &Fact, incidents: &[Incident], undone_at: Option<Instant>) -> Course {
    let finished = fact.attempt.finished;
    let linked = || fact.incidents.iter().map(|i| &incidents[*i as usize]);
    let onset = linked().map(|i| i.impact_started_at.unwrap_or_else(|| finished.min(i.detected_at))).min();
    let Some(onset) = onset else {
        return undone_at.map_or(Course::Unknown, |to| Course::Undone { from: finished, to });
    };
    // Over when the last of them is.
    let ends: Option<Vec<Instant>> = linked().map(|incident| incident.resolved_at).collect();
    Course::Incident { onset, end: ends.and_then(|ends| ends.into_iter().max()) }
}
