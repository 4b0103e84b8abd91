//! One record per real deployment, change and incident, whatever arrived, how often and in which order
//! (specification 1.2).

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::explain::Reason;
use crate::{Change, Deployment, Id, Incident, Instant, Status, Tier, Verdict};

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
}

pub(crate) fn deployments(records: &[Deployment]) -> Normalised {
    let mut sorted: Vec<&Deployment> = records.iter().collect();
    sorted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let mut out = Normalised::default();
    let mut groups: BTreeMap<Id, Vec<Deployment>> = BTreeMap::new();
    for same in sorted.chunk_by(|a, b| a.id == b.id) {
        let record = merge_repetitions(same);
        let tier = record.effective_tier();
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

/// Records of one provider id: the first success counts; without one, the last word.
fn merge_repetitions(same: &[&Deployment]) -> Deployment {
    let first_success = same
        .iter()
        .filter(|d| d.status == Status::Success && d.finished_at.is_some())
        .min_by(|a, b| (a.finished_at, a).cmp(&(b.finished_at, b)));
    let last_word = || same.iter().max_by(|a, b| (a.finished_at, a).cmp(&(b.finished_at, b)));
    // `chunk_by` never yields an empty slice, so the first record is only a fallback for the type.
    let mut merged = Deployment::clone(first_success.or_else(last_word).unwrap_or(&same[0]));
    if same.len() > 1 {
        merged.started_at = same.iter().filter_map(|d| d.started_at).min();
        merged.group = merged.group.or_else(|| same.iter().filter_map(|d| d.group.clone()).min());
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
    Change {
        id: a.id.clone(),
        landed: a.landed.clone().min(b.landed.clone()),
        first_commit_at: a.first_commit_at.min(b.first_commit_at),
        commits: longest(a).max(longest(b)).1,
        opened_at: earliest(a.opened_at, b.opened_at),
        merged_at: earliest(a.merged_at, b.merged_at),
        patch_id: earliest(a.patch_id.clone(), b.patch_id.clone()),
        services: earliest(a.services.clone(), b.services.clone()),
        kind: earliest(a.kind, b.kind),
    }
}

/// Each incident once, by id.
pub(crate) fn incidents(records: &[Incident]) -> Vec<Incident> {
    let mut out: BTreeMap<&Id, Incident> = BTreeMap::new();
    for record in records {
        out.entry(&record.id)
            .and_modify(|known| *known = merge_incidents(known, record))
            .or_insert_with(|| record.clone());
    }
    out.into_values().collect()
}

fn merge_incidents(a: &Incident, b: &Incident) -> Incident {
    let mut links: Vec<Id> = a.links.iter().chain(&b.links).cloned().collect();
    links.sort_unstable();
    links.dedup();
    Incident {
        id: a.id.clone(),
        detected_at: a.detected_at.min(b.detected_at),
        impact_started_at: earliest(a.impact_started_at, b.impact_started_at),
        // A record without an end is the older news.
        resolved_at: a.resolved_at.max(b.resolved_at),
        cause: a.cause.max(b.cause),
        links,
        manual_links: a.manual_links.clone().max(b.manual_links.clone()),
        root_cause_sha: earliest(a.root_cause_sha.clone(), b.root_cause_sha.clone()),
        services: earliest(a.services.clone(), b.services.clone()),
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
