//! What several sources tell of one thing counts once.
//!
//! Statements under one id are the engine's business (`slipway_dora`'s normalisation). Here is what only the log knows: which names of
//! different sources mean the same.
//!
//! - A commit that landed with a pull request is a part of it, whether a push, a clone or the repository itself told of the commit.
//! - An imported deployment gives way to what a source told of the same revision: a tag (`import:…`) at any time, a row of a file
//!   (`csv:…`) or a job of an export (`gitlab-export:…`) when both ended within a day, and both in production or neither.
//! - Alerts that overlap or follow each other closely are one incident.

use crate::ingest::HOTFIX;
use serde_json::Value;
use slipway_domain::time::DAY;
use slipway_dora::{Change, ChangeKind, CommitGraphBuilder, Deployment, Events, Id, Incident, Status, Tier};
use slipway_ports::store::delivery::{DeliveryEvent, DeliveryKind};
use slipway_webhooks::alerts;
use std::collections::{HashMap, HashSet};

/// Sources whose incidents are alerts.
const ALERTS: [&str; 4] = ["webhook:alertmanager", "webhook:grafana", "webhook:eventbridge", "webhook:opsgenie"];
/// What stands before the source of a history that was imported from tags, and from files.
const TAGS: &str = "import:";
const FILES: [&str; 2] = ["csv:", "gitlab-export:"];

/// What the events of a service say of each other.
#[derive(Default)]
pub(super) struct Once {
    /// Commits that a push brought besides its head, by the head.
    brought: HashMap<Id, Vec<Id>>,
    /// What the head of a push reaches besides these: where its branch was.
    before: HashMap<Id, Vec<Id>>,
    /// Commits whose parents git told.
    known: HashSet<Id>,
    /// Commits whose first deployment mends something.
    hotfixes: HashSet<Id>,
    /// Ids of deployments that were imported, and whether from tags.
    imported: HashMap<Id, bool>,
    /// Ids of incidents that alerts told, and of those that others told too.
    alerts: HashSet<Id>,
    others: HashSet<Id>,
}

impl Once {
    /// Notes what an event says beside its record.
    pub(super) fn note(&mut self, event: &DeliveryEvent) {
        let id = |name: &str| event.payload.get(name).and_then(Value::as_str).map(Id::from);
        match event.kind {
            DeliveryKind::Commit => {
                let count = event.payload.get("brought").and_then(Value::as_u64);
                let Some((sha, count)) = id("sha").zip(count) else { return };
                let parents = event.payload.get("parents").and_then(Value::as_array);
                let mut names: Vec<Id> =
                    parents.into_iter().flatten().filter_map(Value::as_str).map(Id::from).collect();
                let brought = names.split_off(names.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX)));
                self.before.entry(sha.clone()).or_default().extend(names);
                self.brought.entry(sha).or_default().extend(brought);
            }
            DeliveryKind::Change if event.payload.get(HOTFIX).is_some() => self.hotfixes.extend(id("landed")),
            DeliveryKind::Deployment => {
                let tags = event.source.starts_with(TAGS);
                let file = FILES.iter().any(|prefix| event.source.starts_with(prefix));
                if let (true, Some(id)) = (tags || file, id("id")) {
                    self.imported.insert(id, tags);
                }
            }
            DeliveryKind::Incident => {
                let known = if ALERTS.contains(&event.source.as_str()) { &mut self.alerts } else { &mut self.others };
                known.extend(id("id"));
            }
            DeliveryKind::Change | DeliveryKind::Verdict => {}
        }
    }

    /// Adds to a history what pushes say of it, where git did not: the head reaches everything that it brought and what was there before.
    /// Not as its parents, or a commit would look like a merge, which is no change.
    pub(super) fn link(&self, commits: &mut CommitGraphBuilder) {
        for (head, brought) in self.brought.iter().filter(|(head, _)| !self.known.contains(*head)) {
            let child = commits.commit(head.clone());
            let push = commits.commit(Id::from(format!("push {head}")));
            commits.edge(push, child);
            for parent in brought.iter().chain(self.before.get(head).into_iter().flatten()) {
                let parent = commits.commit(parent.clone());
                commits.edge(parent, push);
            }
        }
    }

    /// Git told the parents of a commit.
    pub(super) fn knows_parents_of(&mut self, commit: Id) {
        self.known.insert(commit);
    }

    /// Whether there are alerts.
    pub(super) fn tells_alerts(&self) -> bool {
        !self.alerts.is_empty()
    }

    /// Alerts stay what they are, each an incident.
    pub(super) fn keep_alerts(&mut self) {
        self.alerts.clear();
    }

    /// Leaves each thing once.
    pub(super) fn settle(self, events: &mut Events) {
        self.changes(&mut events.changes);
        self.deployments(&mut events.deployments);
        self.incidents(&mut events.incidents);
    }

    fn changes(&self, changes: &mut Vec<Change>) {
        // Commits of pull requests, and which of them each belongs to.
        let mut of: HashMap<Id, Id> = HashMap::new();
        for pull in changes.iter().filter(|change| change.kind == Some(ChangeKind::Pr) && !change.landed.is_empty()) {
            let brought = self.brought.get(&pull.landed).into_iter().flatten();
            for commit in brought.chain([&pull.landed]) {
                of.entry(commit.clone()).or_insert_with(|| pull.landed.clone());
            }
        }
        if of.is_empty() {
            return;
        }
        let mut dates: HashMap<Id, Vec<_>> = HashMap::new();
        changes.retain(|change| match of.get(&change.landed) {
            Some(landed) if change.kind == Some(ChangeKind::Commit) => {
                dates.entry(landed.clone()).or_default().push(change.first_commit_at);
                false
            }
            _ => true,
        });
        // When it was begun is known by its commits; the host only says when it was opened.
        for pull in changes.iter_mut().filter(|change| change.kind == Some(ChangeKind::Pr)) {
            if let Some(first) = dates.get(&pull.landed).and_then(|dates| dates.iter().min()) {
                pull.first_commit_at = pull.first_commit_at.min(*first);
            }
        }
    }

    fn deployments(&self, deployments: &mut Vec<Deployment>) {
        // What ended, by revision: whether in production, whether well, and when.
        let mut ends: HashMap<Id, Vec<(bool, bool, i64)>> = HashMap::new();
        let production = |deployment: &Deployment| deployment.effective_tier() == Tier::Production;
        let well = |deployment: &Deployment| deployment.status == Status::Success;
        if !self.imported.is_empty() {
            let told = deployments.iter().filter(|deployment| {
                let ended = well(deployment) || matches!(deployment.status, Status::Failure | Status::Error);
                ended && !deployment.revision.is_empty() && !self.imported.contains_key(&deployment.id)
            });
            for deployment in told {
                let end = deployment.finished_at.map(|at| (production(deployment), well(deployment), at.ms()));
                ends.entry(deployment.revision.clone()).or_default().extend(end);
            }
        }
        deployments.retain(|deployment| {
            let Some(tag) = self.imported.get(&deployment.id) else { return true };
            let own = deployment.finished_at.map_or(0, |at| at.ms());
            let mut ends = ends.get(&deployment.revision).into_iter().flatten();
            // A failure stands beside a failure or the success that it became; a success only beside a success.
            !ends.any(|(tier, ended_well, end)| {
                let near = *tag || end.abs_diff(own) <= DAY.unsigned_abs();
                near && *tier == production(deployment) && (*ended_well || !well(deployment))
            })
        });
        for deployment in deployments.iter_mut() {
            deployment.hotfix |= self.hotfixes.contains(&deployment.revision);
        }
    }

    fn incidents(&self, incidents: &mut Vec<Incident>) {
        // Where a person decided something of an alert, it stands for itself.
        let merges = |incident: &Incident| self.alerts.contains(&incident.id) && !self.others.contains(&incident.id);
        let (told, mut rest): (Vec<Incident>, Vec<Incident>) = incidents.drain(..).partition(merges);
        let mut latest: HashMap<Id, Incident> = HashMap::new();
        for alert in told {
            match latest.get_mut(&alert.id) {
                Some(known) if (known.updated_at, known.resolved_at) >= (alert.updated_at, alert.resolved_at) => {}
                Some(known) => *known = alert,
                None => {
                    latest.insert(alert.id.clone(), alert);
                }
            }
        }
        rest.extend(alerts::merge(latest.into_values().collect(), alerts::DEFAULT_GAP_S));
        *incidents = rest;
    }
}
