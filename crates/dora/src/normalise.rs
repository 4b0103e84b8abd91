//! One record per real deployment, change and incident, whatever arrived, how often and in which order
//! (specification 1.2).

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::explain::Reason;
use crate::{Cause, Change, Deployment, Id, Incident, Instant, Status, Tier, Verdict};

/// A production deployment after merging repetitions, retries and groups: success or failure, never in between.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The group's name where there is one.
    pub id: Id,
    /// Provider ids of a group's members; empty for a deployment that stands alone.
    pub members: Vec<Id>,
    pub revision: Id,
    pub version: Option<Id>,
    pub started: Instant,
    pub finished: Instant,
    pub success: bool,
    pub rollback: bool,
    pub hotfix: bool,
    pub exposed: bool,
    pub remediates: Vec<Id>,
}

/// Attempts in order `(finished, started, id)`, and what was left out with its end, if it had one.
#[derive(Debug, Default)]
pub(crate) struct Normalised {
    pub attempts: Vec<Attempt>,
    pub left_out: Vec<(Id, Option<Instant>, Reason)>,
    /// Environments of which some records say production and others do not, by name.
    pub retiered: Vec<Id>,
}

pub(crate) fn deployments(records: &[Deployment]) -> Normalised {
    let mut sorted: Vec<&Deployment> = records.iter().collect();
    sorted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let mut out = Normalised::default();
    let mut groups: BTreeMap<Id, Vec<Deployment>> = BTreeMap::new();
    let mut tiers: HashMap<Id, (bool, bool)> = HashMap::new();
    for same in sorted.chunk_by(|a, b| a.id == b.id) {
        let record = merge_repetitions(same);
        let tier = record.effective_tier();
        if let Some(environment) = &record.environment {
            let (production, other) = tiers.entry(environment.clone()).or_default();
            *production |= tier == Tier::Production;
            *other |= tier != Tier::Production;
        }
        if tier != Tier::Production {
            out.left_out.push((record.id, record.finished_at, Reason::NotProduction { tier }));
            continue;
        }
        match &record.group {
            Some(group) => groups.entry(group.clone()).or_default().push(record),
            None => out.push(record, Vec::new()),
        }
    }
    for (group, members) in groups {
        let ids = members.iter().map(|m| m.id.clone()).collect();
        if let Some(record) = merge_group(group, members) {
            out.push(record, ids);
        }
    }
    out.retiered =
        tiers.into_iter().filter(|(_, (production, other))| *production && *other).map(|(id, _)| id).collect();
    out.retiered.sort_unstable();
    out.attempts.sort_unstable_by(|a, b| (a.finished, a.started, &a.id).cmp(&(b.finished, b.started, &b.id)));
    out
}

impl Normalised {
    fn push(&mut self, record: Deployment, members: Vec<Id>) {
        let success = match record.status {
            Status::Success => true,
            Status::Failure | Status::Error => false,
            status => {
                self.left_out.push((record.id, record.finished_at, Reason::NotFinished { status }));
                return;
            }
        };
        let Some(finished) = record.finished_at else {
            self.left_out.push((record.id, None, Reason::NotFinished { status: record.status }));
            return;
        };
        self.attempts.push(Attempt {
            id: record.id,
            members,
            revision: record.revision,
            version: record.version,
            started: record.started_at.unwrap_or(finished).min(finished),
            finished,
            success,
            rollback: record.rollback,
            hotfix: record.hotfix,
            exposed: record.exposed,
            remediates: record.remediates,
        });
    }
}

/// Records of one provider id. The last outcome counts; a success is dated by the first one, because a second success
/// deploys nothing. Without any outcome: the last word.
fn merge_repetitions(same: &[&Deployment]) -> Deployment {
    let success = |d: &&&Deployment| d.status == Status::Success && d.finished_at.is_some();
    let outcome = |d: &&&Deployment| success(d) || matches!(d.status, Status::Failure | Status::Error);
    let order = |a: &&&Deployment, b: &&&Deployment| {
        let key = |d: &&&Deployment| (d.finished_at, d.status == Status::Success);
        key(a).cmp(&key(b)).then_with(|| a.cmp(b))
    };
    let last_outcome = same.iter().filter(outcome).max_by(order);
    let chosen = match last_outcome {
        Some(last) if last.status == Status::Success => same.iter().filter(success).min_by(order),
        // A retry that was cancelled, or still runs, is news after a failure.
        _ => same.iter().max_by(order),
    };
    // `chunk_by` never yields an empty slice, so the first record is only a fallback for the type.
    let mut merged = Deployment::clone(chosen.unwrap_or(&same[0]));
    if same.len() > 1 {
        merged.started_at = same.iter().filter_map(|d| d.started_at).min();
        // What the chosen record does not say, another may: a source tells the revision late, or the environment once.
        let said = |field: fn(&Deployment) -> Option<&Id>| same.iter().filter_map(|d| field(d)).min().cloned();
        merged.group = merged.group.or_else(|| said(|d| d.group.as_ref()));
        merged.version = merged.version.or_else(|| said(|d| d.version.as_ref()));
        merged.environment = merged.environment.or_else(|| said(|d| d.environment.as_ref()));
        merged.tier = merged.tier.or_else(|| same.iter().filter_map(|d| d.tier).min());
        if merged.revision.is_empty() {
            let known = said(|d| Some(&d.revision).filter(|revision| !revision.is_empty()));
            merged.revision = known.unwrap_or(merged.revision);
        }
        flags(&mut merged, same.iter().copied());
    }
    merged
}

/// Several targets of one release: done when the last is done, failed when any failed.
fn merge_group(group: Id, members: Vec<Deployment>) -> Option<Deployment> {
    let last = members.iter().max_by(|a, b| (a.finished_at, &a.id).cmp(&(b.finished_at, &b.id)))?;
    let mut merged = last.clone();
    merged.id = group;
    let failed = members.iter().any(|m| matches!(m.status, Status::Failure | Status::Error));
    merged.status = if failed {
        Status::Failure
    } else {
        // Success only if all members succeed; otherwise the state that is left.
        members.iter().map(|m| m.status).find(|s| *s != Status::Success).unwrap_or(Status::Success)
    };
    merged.started_at = members.iter().filter_map(|m| m.started_at.or(m.finished_at)).min();
    flags(&mut merged, members.iter());
    Some(merged)
}

fn flags<'d>(merged: &mut Deployment, all: impl Iterator<Item = &'d Deployment>) {
    for record in all {
        merged.rollback |= record.rollback;
        merged.hotfix |= record.hotfix;
        merged.exposed |= record.exposed;
        merged.remediates.extend(record.remediates.iter().cloned());
    }
    merged.remediates.sort_unstable();
    merged.remediates.dedup();
}

/// A change as given, or merged from several records of it.
#[derive(Debug)]
pub(crate) enum ChangeRef<'e> {
    Given(&'e Change),
    Merged(Box<Change>),
}

impl std::ops::Deref for ChangeRef<'_> {
    type Target = Change;
    fn deref(&self) -> &Change {
        match self {
            Self::Given(change) => change,
            Self::Merged(change) => change,
        }
    }
}

/// Each change once, by `(first commit, id)`.
pub(crate) fn changes(records: &[Change]) -> Vec<ChangeRef<'_>> {
    let mut at: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    // The key beside the reference: a million changes are sorted without touching each of them at every comparison.
    let mut out: Vec<(Instant, ChangeRef<'_>)> = Vec::with_capacity(records.len());
    for record in records {
        let index = *at.entry(&record.id).or_insert(out.len());
        match out.get_mut(index) {
            None => out.push((record.first_commit_at, ChangeRef::Given(record))),
            Some((_, known)) if **known == *record => {}
            Some((first, known)) => {
                let merged = merge_changes(known, record);
                *first = merged.first_commit_at;
                *known = ChangeRef::Merged(Box::new(merged));
            }
        }
    }
    out.sort_unstable_by(|(a_first, a), (b_first, b)| a_first.cmp(b_first).then_with(|| a.id.cmp(&b.id)));
    out.into_iter().map(|(_, change)| change).collect()
}

/// Each field by its own rule, none of which depends on the order.
fn merge_changes(a: &Change, b: &Change) -> Change {
    let longest = |c: &Change| (c.commits.len(), c.commits.clone());
    // Empty is what a source writes that does not know the commit yet.
    let landed = [&a.landed, &b.landed].into_iter().filter(|sha| !sha.is_empty()).min().unwrap_or(&a.landed);
    Change {
        id: a.id.clone(),
        landed: landed.clone(),
        first_commit_at: a.first_commit_at.min(b.first_commit_at),
        commits: longest(a).max(longest(b)).1,
        opened_at: earliest(a.opened_at, b.opened_at),
        merged_at: earliest(a.merged_at, b.merged_at),
        patch_id: earliest(a.patch_id.clone(), b.patch_id.clone()),
        services: earliest(a.services.clone(), b.services.clone()),
        kind: earliest(a.kind, b.kind),
        bot: a.bot || b.bot,
    }
}

/// Each incident once, by id; and the names of those that their source took back.
pub(crate) fn incidents(records: &[Incident]) -> (Vec<Incident>, Vec<Id>) {
    let merged = by_id(records).into_values().map(|same| merge_incidents(&same));
    let (retracted, kept): (Vec<Incident>, Vec<Incident>) = merged.partition(|incident| incident.retracted);
    (kept, retracted.into_iter().map(|incident| incident.id).collect())
}

/// Records by id, each list by `(updated, record)`, so that what follows does not depend on the order of arrival.
fn by_id(records: &[Incident]) -> BTreeMap<&Id, Vec<&Incident>> {
    let mut out: BTreeMap<&Id, Vec<&Incident>> = BTreeMap::new();
    for record in records {
        out.entry(&record.id).or_default().push(record);
    }
    for same in out.values_mut() {
        same.sort_unstable_by(|a, b| a.updated_at.cmp(&b.updated_at).then_with(|| a.cmp(b)));
        same.dedup();
    }
    out
}

/// Each field by its own rule. What can change its mind goes by the latest record; without dates a record that knows
/// more is the newer one. The list is never empty.
fn merge_incidents(same: &[&Incident]) -> Incident {
    let mut merged = same[0].clone();
    let mut links: Vec<Id> = Vec::new();
    let mut end = (None, None);
    let mut cause = (None, Cause::Unknown);
    let mut manual = (None, None);
    let mut retracted = (None, false);
    for record in same {
        let at = record.updated_at;
        merged.detected_at = merged.detected_at.min(record.detected_at);
        merged.impact_started_at = earliest(merged.impact_started_at, record.impact_started_at);
        merged.root_cause_sha = earliest(merged.root_cause_sha, record.root_cause_sha.clone());
        merged.root_cause_artifact = earliest(merged.root_cause_artifact, record.root_cause_artifact.clone());
        merged.services = earliest(merged.services, record.services.clone());
        merged.updated_at = merged.updated_at.max(at);
        merged.reopened |= record.reopened;
        links.extend(record.links.iter().cloned());
        // Reopened: the latest record has no end, so there is none.
        end = end.max((at, record.resolved_at));
        retracted = retracted.max((at, record.retracted));
        if record.cause != Cause::Unknown || record.undecided {
            cause = cause.max((at, record.cause));
        }
        if record.manual_links.is_some() || record.undecided {
            manual = manual.max((at, record.manual_links.clone()));
        }
    }
    links.sort_unstable();
    links.dedup();
    let reopened = same.windows(2).any(|pair| pair[0].resolved_at.is_some() && pair[1].resolved_at.is_none());
    // Without dates the order says nothing about what came first.
    merged.reopened |= reopened && same.iter().all(|record| record.updated_at.is_some());
    Incident {
        links,
        resolved_at: end.1,
        cause: cause.1,
        manual_links: manual.1,
        undecided: false,
        retracted: retracted.1,
        ..merged
    }
}

fn earliest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The latest verdict on each deployment.
pub(crate) fn verdicts(records: &[Verdict]) -> HashMap<&str, bool> {
    let mut latest: HashMap<&str, (Option<Instant>, bool)> = HashMap::new();
    for verdict in records {
        let this = (verdict.at, verdict.failed);
        latest.entry(&verdict.deployment).and_modify(|known| *known = (*known).max(this)).or_insert(this);
    }
    latest.into_iter().map(|(id, (_, failed))| (id, failed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, minute: i64, status: Status) -> Deployment {
        Deployment::new(id, "sha", Instant::from_ms(minute * 60_000), status)
    }

    fn outcome(records: &[Deployment]) -> Vec<(String, i64, bool)> {
        let out = deployments(records).attempts;
        out.iter().map(|a| (a.id.to_string(), a.finished.ms() / 60_000, a.success)).collect()
    }

    #[test]
    fn the_first_success_of_an_id_counts_and_a_retry_is_the_same_deployment() {
        let records =
            [record("a", 12, Status::Success), record("a", 5, Status::Failure), record("a", 10, Status::Success)];
        assert_eq!(outcome(&records), [("a".to_owned(), 10, true)]);
        let failed = [record("a", 5, Status::Error), record("a", 7, Status::Failure)];
        assert_eq!(outcome(&failed), [("a".to_owned(), 7, false)]);
        // Found to be broken after all; and mended by a further try.
        let broken = [record("a", 5, Status::Success), record("a", 9, Status::Failure)];
        assert_eq!(outcome(&broken), [("a".to_owned(), 9, false)]);
        let mended = [broken[0].clone(), broken[1].clone(), record("a", 11, Status::Success)];
        assert_eq!(outcome(&mended), [("a".to_owned(), 5, true)]);
        // Neither a late "in progress" nor a cancelled re-run takes a success back.
        let late = [
            record("a", 5, Status::Success),
            Deployment { finished_at: None, ..record("a", 0, Status::InProgress) },
            record("a", 8, Status::Cancelled),
        ];
        assert_eq!(outcome(&late), [("a".to_owned(), 5, true)]);
    }

    #[test]
    fn what_one_record_leaves_out_another_may_say() {
        let unknown = Deployment { revision: "".into(), ..record("a", 10, Status::Success) };
        let told = Deployment {
            environment: Some("prod".into()),
            version: Some("v1".into()),
            ..Deployment::new("a", "sha", Instant::from_ms(0), Status::InProgress)
        };
        let records = [unknown, told];
        let out = &deployments(&records).attempts[0];
        assert_eq!((out.revision.as_str(), out.version.as_deref(), out.success), ("sha", Some("v1"), true));
        let change = |landed: &str| Change::new("c", landed, Instant::from_ms(0));
        let records = [change(""), change("sha")];
        assert_eq!(changes(&records)[0].landed.as_str(), "sha");
    }

    #[test]
    fn a_group_ends_with_its_last_member_and_fails_with_any() {
        let grouped = |id: &str, minute, status| Deployment { group: Some("g".into()), ..record(id, minute, status) };
        let good = [grouped("a", 1, Status::Success), grouped("b", 3, Status::Success)];
        assert_eq!(outcome(&good), [("g".to_owned(), 3, true)]);
        let bad = [grouped("a", 1, Status::Error), grouped("b", 3, Status::Success)];
        assert_eq!(outcome(&bad), [("g".to_owned(), 3, false)]);
        let running = [grouped("a", 1, Status::Success), grouped("b", 3, Status::InProgress)];
        assert_eq!(outcome(&running), []);
    }

    #[test]
    fn what_is_left_out_says_why() {
        let staging = Deployment { tier: Some(Tier::Staging), ..record("s", 1, Status::Success) };
        let out = deployments(&[staging, record("c", 2, Status::Cancelled)]);
        let reasons: Vec<_> = out.left_out.iter().map(|(id, _, reason)| (id.as_str(), reason.clone())).collect();
        assert_eq!(
            reasons,
            [
                ("c", Reason::NotFinished { status: Status::Cancelled }),
                ("s", Reason::NotProduction { tier: Tier::Staging }),
            ]
        );
    }
}
