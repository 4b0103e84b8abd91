//! What four tools make of the same events.

use crate::real;
use std::collections::BTreeMap;

use super::{Answer, Definition};
use crate::calendar::Day;
use crate::explain::Fraction;
use crate::facts::{Fact, Fate};
use crate::measure::{count, ratio};
use crate::view::{Part, View};
use crate::{ChangeKind, Deployment, Id, Incident, Instant, Reason, Status, stats};

const MS_A_DAY: i64 = 86_400_000;

/// The day in UTC.
fn utc_day(at: Instant) -> i64 {
    at.ms().div_euclid(MS_A_DAY)
}

/// Deployment days in each week that the window touches, weeks beginning on the day number `first` (mod 7; 1970-01-01
/// was a Thursday), zeros and partial weeks included; ascending.
fn days_per_week(view: &View<'_>, instants: impl Iterator<Item = Instant>, first: i64) -> Vec<i64> {
    let week = |day: i64| (day - first).div_euclid(7);
    let start = utc_day(view.config.start_of(Day::of(view.config.from())));
    let end = utc_day(view.end().plus_seconds(-1));
    let mut days: Vec<i64> = instants.map(utc_day).collect();
    days.sort_unstable();
    days.dedup();
    let mut weeks: BTreeMap<i64, i64> = (week(start)..=week(end)).map(|w| (w, 0)).collect();
    for day in days {
        *weeks.entry(week(day)).or_default() += 1;
    }
    let mut counts: Vec<i64> = weeks.into_values().collect();
    counts.sort_unstable();
    counts
}

/// `max(x) where percent_rank(x) <= 0.5`: of two values in the middle the lower one.
fn lower_median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len().checked_sub(1)? / 2;
    Some(values[middle])
}

fn median(mut values: Vec<i64>) -> Option<f64> {
    values.sort_unstable();
    stats::quantile_of_integers(&values, 0.5)
}

fn mean(values: &[i64]) -> Option<f64> {
    (!values.is_empty()).then(|| real(values.iter().sum::<i64>()) / real(values.len()))
}

/// Incidents of the window with the part they are of.
fn incidents<'v, 'f>(view: &'v View<'f>) -> impl Iterator<Item = (&'f Part<'f>, &'f Incident)> + 'v
where
    'v: 'f,
{
    let all = view.parts.iter().flat_map(|part| part.facts.incidents.iter().map(move |incident| (part, incident)));
    all.filter(|(_, incident)| view.contains(incident.detected_at))
}

/// Changes delivered in the window as everybody but us sees them: a cherry-pick is one more change.
struct Delivered {
    first_commit: Instant,
    merged: Option<Instant>,
    end: Instant,
}

fn delivered(view: &View<'_>) -> Vec<Delivered> {
    let seen = |fate| matches!(fate, Fate::Sample { .. } | Fate::DuplicatePatch { .. } | Fate::InvalidClock { .. });
    view.deliveries()
        .filter(|delivery| seen(delivery.fate))
        .map(|delivery| Delivered {
            first_commit: delivery.change.first_commit_at,
            merged: delivery.change.merged_at,
            end: delivery.deployment.attempt.finished,
        })
        .collect()
}

/// The last deployment of the same service that ended strictly before the incident was created.
fn before<'f>(part: &Part<'f>, incident: &Incident, wanted: impl Fn(&Fact) -> bool) -> Option<&'f Fact> {
    let deployments = &part.facts.deployments;
    let earlier = deployments.partition_point(|fact| fact.attempt.finished < incident.detected_at);
    deployments[..earlier].iter().rev().find(|fact| wanted(fact))
}

/// `queries/deployments.sql`, `changes.sql`, `incidents.sql` and the dashboard's SQL.
pub(super) fn fourkeys(view: &View<'_>, records: &[Deployment]) -> Answer {
    let successes: Vec<(&Deployment, Instant)> = records
        .iter()
        .filter(|record| record.status == Status::Success)
        .filter_map(|record| Some((record, record.finished_at.filter(|at| view.contains(*at))?)))
        .collect();
    let mut minutes = Vec::new();
    let mut blamed = 0;
    let known: Vec<(&Id, &crate::Change)> = view
        .parts
        .iter()
        .flat_map(|part| part.facts.changes.iter().map(|change| (&change.landed, &**change)))
        .collect();
    let mut pushed: BTreeMap<&Id, Vec<&crate::Change>> = BTreeMap::new();
    for (landed, change) in known {
        pushed.entry(landed).or_default().push(change);
    }
    let mut roots: BTreeMap<&Id, u64> = BTreeMap::new();
    for incident in view.parts.iter().flat_map(|part| &part.facts.incidents) {
        if let Some(sha) = &incident.root_cause_sha {
            *roots.entry(sha).or_default() += 1;
        }
    }
    for (record, at) in &successes {
        for change in pushed.get(&record.revision).into_iter().flatten() {
            // A pull request lands as one commit, made when it was merged.
            let committed = match change.kind {
                Some(ChangeKind::Commit) => change.first_commit_at,
                _ => change.merged_at.unwrap_or(change.first_commit_at),
            };
            minutes.push(at.seconds_since(committed).div_euclid(60));
        }
        blamed += roots.get(&record.revision).copied().unwrap_or(0);
    }
    minutes.retain(|m| *m > 0);
    let hours = incidents(view).filter_map(|(part, incident)| {
        let caused = incident.root_cause_sha.as_ref().and_then(|sha| {
            part.facts.deployments.iter().find(|fact| fact.attempt.success && fact.attempt.revision == *sha)
        });
        let start = caused.map_or(incident.detected_at, |fact| fact.attempt.finished.min(incident.detected_at));
        Some(incident.resolved_at?.seconds_since(start).div_euclid(3600))
    });
    let total = count(successes.iter());
    // Sundays: day 3 was the first after 1970-01-01.
    let weeks = days_per_week(view, successes.iter().map(|(_, at)| *at), 3);
    let frequency = match stats::quantile_of_integers(&weeks, 0.5) {
        Some(days) if days >= 3.0 => "Daily",
        Some(days) if days >= 1.0 => "Weekly",
        _ if total > 0 => "Monthly or rarer",
        _ => "Yearly",
    };
    Answer {
        definition: Definition::Fourkeys,
        deployments: total,
        frequency: frequency.to_owned(),
        lead_time_s: median(minutes).map(|m| m * 60.0),
        failures: Fraction { numerator: blamed, denominator: total },
        fail_rate: Some(ratio(blamed, total).unwrap_or(0.0)),
        recovery_s: median(hours.collect()).map(|h| h * 3600.0),
        rework: None,
        differences: Vec::new(),
    }
}

/// `grafana/dashboards/DORA.json` and `incident_deploy_connector.go`.
pub(super) fn devlake(view: &View<'_>) -> Answer {
    let success = |fact: &Fact| fact.attempt.success;
    let deployed: Vec<&Fact> = view.deployments().filter(|fact| success(fact)).collect();
    let whole_minutes = |seconds: i64| -(-seconds).div_euclid(60) * 60;
    let lead =
        delivered(view).into_iter().map(|d| d.end.seconds_since(d.first_commit)).filter(|s| *s >= 0).map(whole_minutes);
    let lead = lower_median(lead.collect());
    let mut failed: Vec<&Id> = Vec::new();
    for (part, incident) in view.parts.iter().flat_map(|p| p.facts.incidents.iter().map(move |i| (p, i))) {
        failed.extend(
            before(part, incident, success).filter(|f| view.contains(f.attempt.finished)).map(|f| &f.attempt.id),
        );
    }
    failed.sort_unstable();
    failed.dedup();
    let spans = incidents(view).filter_map(|(part, incident)| {
        let blamed = before(part, incident, success)?;
        Some(incident.resolved_at?.seconds_since(blamed.attempt.finished))
    });
    let recovery = lower_median(spans.collect());
    // Mondays: day 4 was the first after 1970-01-01.
    let weeks = days_per_week(view, deployed.iter().map(|fact| fact.attempt.finished), 4);
    let frequency = match lower_median(weeks) {
        Some(days) if days >= 5 => "On-demand",
        Some(days) if days >= 1 => "Between once per day and once per week",
        _ => "Rarer than once per week",
    };
    let total = count(deployed.iter());
    let failures = Fraction { numerator: count(failed.iter()), denominator: total };
    Answer {
        definition: Definition::DevLake,
        deployments: total,
        frequency: frequency.to_owned(),
        lead_time_s: lead.map(real),
        fail_rate: ratio(failures.numerator, total),
        failures,
        recovery_s: recovery.map(real),
        rework: None,
        differences: Vec::new(),
    }
}

/// Targets of a group are deployments of their own where there are no groups.
fn targets(fact: &Fact) -> u64 {
    count(fact.attempt.members.iter()).max(1)
}

/// `doc/user/analytics/dora_metrics.md`.
pub(super) fn gitlab(view: &View<'_>) -> Answer {
    let total = view.deployments().filter(|fact| fact.attempt.success).map(targets).sum();
    let lead =
        delivered(view).iter().filter_map(|d| Some(d.end.seconds_since(d.merged?))).filter(|s| *s >= 0).collect();
    let all = count(incidents(view));
    let spans = incidents(view).filter_map(|(_, i)| Some(i.resolved_at?.seconds_since(i.detected_at)));
    let per_day = ratio(total, view.days()).unwrap_or(0.0);
    Answer {
        definition: Definition::GitLab,
        deployments: total,
        frequency: format!("{per_day:.2} per day"),
        lead_time_s: median(lead),
        failures: Fraction { numerator: all, denominator: total },
        fail_rate: ratio(all, total),
        recovery_s: median(spans.collect()),
        rework: None,
        differences: Vec::new(),
    }
}

/// `service/deployments`, `api/incidents.py` and `utils/dict.py`.
pub(super) fn middleware(view: &View<'_>) -> Answer {
    let total = count(view.deployments().filter(|fact| fact.attempt.success));
    let cancelled = view.parts.iter().flat_map(|part| &part.facts.left_out).filter(|(_, finished, reason)| {
        matches!(reason, Reason::NotFinished { status: Status::Cancelled })
            && finished.is_some_and(|at| view.contains(at))
    });
    let runs = count(view.deployments()) + count(cancelled);
    let lead: Vec<i64> = merged_in_window(view);
    let mut failed: Vec<&Id> = incidents(view)
        .filter_map(|(part, incident)| before(part, incident, |_| true))
        .filter(|fact| view.contains(fact.attempt.finished))
        .map(|fact| &fact.attempt.id)
        .collect();
    failed.sort_unstable();
    failed.dedup();
    let spans: Vec<i64> =
        incidents(view).filter_map(|(_, i)| Some(i.resolved_at?.seconds_since(i.detected_at))).collect();
    let failures = Fraction { numerator: count(failed.iter()), denominator: runs };
    let days = view.days().max(1);
    let weeks = days.div_ceil(7);
    Answer {
        definition: Definition::Middleware,
        deployments: total,
        frequency: format!("{} per day, {} per week", total / days, total / weeks),
        lead_time_s: mean(&lead),
        fail_rate: Some(ratio(failures.numerator, runs).unwrap_or(0.0)),
        failures,
        recovery_s: mean(&spans),
        rework: None,
        differences: Vec::new(),
    }
}

/// From first commit to delivery, of changes merged in the window and delivered whenever.
fn merged_in_window(view: &View<'_>) -> Vec<i64> {
    view.deliveries_by(|_| true)
        .filter(|d| !matches!(d.fate, Fate::MergeCommit { .. }))
        .filter(|d| d.change.merged_at.is_some_and(|at| view.contains(at)))
        .map(|d| d.deployment.attempt.finished.seconds_since(d.change.first_commit_at))
        .collect()
}
