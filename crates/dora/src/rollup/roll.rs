//! From the facts of one service to the tallies of its days.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::samples::Samples;
use super::tally::{Count, Finishes, Recovery, Tally};
use super::{Rollup, Standing};
use crate::calendar::Day;
use crate::facts::{Course, Fact, Facts, Fate, Kind};
use crate::link::Trust;
use crate::{Cause, ChangeKind, Config, Deployment, Events, FailedBy, Id, Instant, ServiceInput, Status, Tier};

/// One day while it is put together.
#[derive(Default)]
struct Open {
    tally: Tally,
    lead: Vec<i64>,
    coding: Vec<i64>,
    finishes: Vec<Instant>,
}

#[derive(Default)]
struct Days(BTreeMap<Day, Open>);

impl Days {
    fn at(&mut self, day: Day) -> &mut Open {
        self.0.entry(day).or_default()
    }
}

pub(super) fn roll(config: &Config, service: &ServiceInput) -> Rollup {
    let facts = crate::scope::facts(config, service);
    let mut days = Days::default();
    for (fact, known) in facts.deployments.iter().zip(&facts.with_known_revision) {
        days.at(fact.day).deployment(fact, *known);
    }
    deliveries(&facts, &mut days);
    incidents(config, &facts, &mut days);
    for at in stopped(&service.events) {
        days.at(config.day_of(at)).tally.more(Count::Stopped, 1);
    }
    Rollup { standing: standing(&facts, &service.events), days: days.0.into_iter().map(close).collect() }
}

fn close((day, open): (Day, Open)) -> (Day, Tally) {
    let Open { mut tally, lead, coding, finishes } = open;
    tally.lead = Samples::of(lead);
    tally.coding = Samples::of(coding);
    tally.finishes = Finishes::of(finishes);
    tally.recoveries.sort_unstable();
    tally.reopened.sort_unstable();
    (day, tally)
}

impl Open {
    fn deployment(&mut self, fact: &Fact, known_revision: bool) {
        let mut note = |of, is: bool| self.tally.more(of, u64::from(is));
        note(Count::Changes, fact.is_change());
        note(Count::Hotfixes, fact.kind == Some(Kind::Hotfix));
        note(Count::Rollbacks, fact.kind == Some(Kind::Rollback));
        note(Count::Restarts, fact.kind == Some(Kind::Noop));
        note(Count::Population, fact.is_in_population());
        note(Count::Failed, fact.failed_by.is_some());
        note(Count::Acquitted, fact.acquitted);
        note(Count::ShownFailures, fact.acquitted || fact.failed_by.is_some_and(|by| by != FailedBy::Verdict));
        note(Count::KnownRevisions, known_revision && fact.attempt.success);
        note(Count::UnknownRecoveries, fact.course == Some(Course::Unknown));
        if fact.is_in_population() {
            self.finishes.push(fact.attempt.finished);
        }
        match fact.course {
            None | Some(Course::Unknown) => {}
            Some(Course::Undone { from, to }) => {
                self.tally.recoveries.push(Recovery { onset: from, end: Some(to), undone: true });
            }
            Some(Course::Incident { onset, end }) => {
                self.tally.recoveries.push(Recovery { onset, end, undone: false });
            }
        }
    }
}

fn deliveries(facts: &Facts<'_>, days: &mut Days) {
    let mut brings = vec![false; facts.deployments.len()];
    for (change, fate) in facts.changes.iter().zip(&facts.fates) {
        let Some(number) = fate.deployment() else { continue };
        let fact = &facts.deployments[number as usize];
        brings[number as usize] |= matches!(fate, Fate::Sample { .. } | Fate::InvalidClock { .. });
        let day = days.at(fact.day);
        let mut note = |of, is: bool| day.tally.more(of, u64::from(is));
        note(Count::Delivered, true);
        note(Count::FromBots, change.bot);
        note(Count::FromPullRequests, change.kind == Some(ChangeKind::Pr));
        note(Count::DuplicatePatches, matches!(fate, Fate::DuplicatePatch { .. }));
        note(Count::InvalidClocks, matches!(fate, Fate::InvalidClock { .. }));
        if let Fate::Sample { seconds, .. } = fate {
            day.lead.push(*seconds);
            day.coding.extend(crate::measure::stages(change, fact.attempt.finished).map(|[coding, ..]| coding));
        }
    }
    for (fact, brings) in facts.deployments.iter().zip(brings) {
        if fact.is_change() && !brings {
            days.at(fact.day).tally.more(Count::Empty, 1);
        }
    }
}

fn incidents(config: &Config, facts: &Facts<'_>, days: &mut Days) {
    let mended: HashSet<&Id> = facts.deployments.iter().flat_map(|d| &d.attempt.remediates).collect();
    for (incident, link) in facts.incidents.iter().zip(&facts.links) {
        let day = days.at(config.day_of(incident.impact_started_at.unwrap_or(incident.detected_at)));
        day.tally.more(Count::Incidents, 1);
        day.tally.more(Count::WithoutRemediation, u64::from(!mended.contains(&incident.id)));
        let decided = match link.trust {
            Some(Trust::Manual) => Count::LinkedManual,
            Some(Trust::Explicit) => Count::LinkedExplicit,
            Some(Trust::Inferred) => Count::LinkedInferred,
            None if incident.cause == Cause::External => Count::External,
            None => Count::Undecided,
        };
        day.tally.more(decided, 1);
        if incident.reopened {
            day.tally.reopened.push(incident.id.clone());
        }
    }
}

fn standing(facts: &Facts<'_>, events: &Events) -> Standing {
    let waiting = || facts.changes.iter().zip(&facts.fates).filter(|(_, fate)| **fate == Fate::Undelivered);
    Standing {
        observed_from: facts.observed_from.map(Day::date),
        deployments_connected: facts.sources.deployments,
        incidents_connected: facts.sources.incidents,
        incidents_told: !events.incidents.is_empty() || !events.verdicts.is_empty(),
        undelivered_changes: crate::measure::count(waiting()),
        oldest_undelivered_at: waiting().map(|(change, _)| change.first_commit_at).min(),
        last_deployment_at: facts.deployments.last().map(|fact| fact.attempt.finished),
        last_incident_at: facts.incidents.iter().map(|incident| incident.detected_at).max(),
        retiered: facts.retiered.clone(),
    }
}

/// When roll-outs failed before users saw them. They are no deployments to the definition, but people look for them.
pub fn stopped(events: &Events) -> Vec<Instant> {
    let failed = |deployment: &&Deployment| {
        matches!(deployment.status, Status::Failure | Status::Error)
            && deployment.tier == Some(Tier::Production)
            && !deployment.exposed
    };
    // One that was tried again under its id and succeeded then has succeeded.
    let succeeded = events.deployments.iter().filter(|deployment| deployment.status == Status::Success);
    let mended: HashSet<&str> = succeeded.map(|deployment| &*deployment.id).collect();
    let stopped = events.deployments.iter().filter(failed).filter(|deployment| !mended.contains(&*deployment.id));
    stopped.filter_map(|deployment| deployment.finished_at).collect()
}
