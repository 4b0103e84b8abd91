//! The five metrics of a view (specification 1.4 to 1.9).

mod fail;
mod frequency;
mod lead;

use crate::real;
use hashbrown::HashSet;

use crate::facts::{Fate, Kind};
use crate::link::Trust;
use crate::metrics::{Coverage, DEFINITION, Metrics, Rework};
use crate::view::View;
use crate::{Cause, ChangeKind, Id, Tier, stats};

pub(crate) use fail::{kaplan_meier_median, sort};
pub(crate) use frequency::{Tallied, half_year_before, of_days};
pub(crate) use lead::{p90_interval, stages};

/// All five, with what they rest on.
pub(crate) fn measure(view: &View<'_>) -> Metrics {
    let config = view.config;
    Metrics {
        definition: DEFINITION,
        tier: Tier::Production,
        from: config.from(),
        to: config.to(),
        tz: config.zone_name().to_owned(),
        as_of: config.as_of_instant(),
        kinds: kinds(view),
        links: links(view),
        df: frequency::frequency(view),
        lead_time_s: lead::lead_time(view),
        cfr: fail::fail_rate(view),
        fdrt_s: fail::recovery(view),
        rework: rework(view),
        coverage: coverage(view),
    }
}

fn kinds(view: &View<'_>) -> Vec<(Id, Kind)> {
    view.all().filter_map(|fact| fact.kind.map(|kind| (fact.attempt.id.clone(), kind))).collect()
}

fn links(view: &View<'_>) -> Vec<(Id, Vec<Id>)> {
    let of_part = |part: &crate::view::Part<'_>| {
        let facts = part.facts;
        let linked = facts.deployments.iter().filter(|fact| !fact.incidents.is_empty());
        linked
            .map(|fact| {
                let ids = fact.incidents.iter().map(|i| facts.incidents[*i as usize].id.clone()).collect();
                (fact.attempt.id.clone(), ids)
            })
            .collect::<Vec<_>>()
    };
    view.parts.iter().flat_map(of_part).collect()
}

/// Rollbacks and hotfixes among all that went live: both are unplanned (specification 1.9).
pub(crate) fn rework(view: &View<'_>) -> Rework {
    let (mut rework, mut total) = (0, 0);
    for fact in view.deployments().filter(|fact| fact.is_active()) {
        total += 1;
        rework += u64::from(matches!(fact.kind, Some(Kind::Rollback | Kind::Hotfix)));
    }
    Rework { rework, total, rate: ratio(rework, total), wilson95: stats::wilson(rework, total) }
}

fn coverage(view: &View<'_>) -> Coverage {
    let mut coverage = Coverage {
        deployments_connected: view.deployments_connected(),
        incidents_connected: view.incidents_connected(),
        deployments: 0,
        with_known_revision: 0,
        changes: 0,
        from_pull_requests: 0,
        from_bots: 0,
        undelivered_changes: 0,
        oldest_undelivered_at: None,
        incidents: 0,
        linked_manual: 0,
        linked_explicit: 0,
        linked_inferred: 0,
        external: 0,
        undecided: 0,
        without_remediation: 0,
        last_deployment_at: None,
        last_incident_at: None,
    };
    for delivery in view.deliveries() {
        coverage.changes += 1;
        coverage.from_bots += u64::from(delivery.change.bot);
        coverage.from_pull_requests += u64::from(delivery.change.kind == Some(ChangeKind::Pr));
    }
    for part in &view.parts {
        let facts = part.facts;
        let successes = facts.deployments.iter().zip(&facts.with_known_revision);
        for (_, known) in successes.filter(|(d, _)| d.attempt.success && view.contains(d.attempt.finished)) {
            coverage.deployments += 1;
            coverage.with_known_revision += u64::from(*known);
        }
        for (change, fate) in facts.changes.iter().zip(&facts.fates) {
            if *fate == Fate::Undelivered {
                coverage.undelivered_changes += 1;
                let first = change.first_commit_at;
                coverage.oldest_undelivered_at = Some(coverage.oldest_undelivered_at.map_or(first, |o| o.min(first)));
            }
        }
        let last = facts.deployments.last().map(|d| d.attempt.finished);
        coverage.last_deployment_at = coverage.last_deployment_at.max(last);
        coverage.last_incident_at = coverage.last_incident_at.max(facts.incidents.iter().map(|i| i.detected_at).max());
        let mended: HashSet<&Id> = facts.deployments.iter().flat_map(|d| &d.attempt.remediates).collect();
        for (incident, link) in facts.incidents.iter().zip(&facts.links) {
            if !view.contains(incident.impact_started_at.unwrap_or(incident.detected_at)) {
                continue;
            }
            coverage.incidents += 1;
            coverage.without_remediation += u64::from(!mended.contains(&incident.id));
            match link.trust {
                Some(Trust::Manual) => coverage.linked_manual += 1,
                Some(Trust::Explicit) => coverage.linked_explicit += 1,
                Some(Trust::Inferred) => coverage.linked_inferred += 1,
                None if incident.cause == Cause::External => coverage.external += 1,
                None => coverage.undecided += 1,
            }
        }
    }
    coverage
}

/// `None` when there is nothing to divide by: unknown is not zero.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| real(part) / real(whole))
}

pub(crate) fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |n, _| n + 1)
}
