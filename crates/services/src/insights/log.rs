//! The event log, parsed: small structs instead of JSON, and every name held once.

use super::{events::instant, once::Once};
use crate::{Result, errors::store};
use serde::Deserialize;
use slipway_domain::{ids::ServiceId, time::Timestamp};
use slipway_dora::{Change, CommitGraphBuilder, Deployment, Events, Id, Incident, ServiceInput, Sources, Verdict};
use slipway_ports::{
    Tx,
    store::{
        delivery::{DeliveryEvent, DeliveryKind},
        services::Service,
    },
};
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

/// What metrics need of a service.
#[derive(Clone, Debug, Hash)]
pub(super) struct Member {
    pub id: ServiceId,
    pub name: String,
    pub owner: String,
    pub demo: bool,
    pub created_at: Timestamp,
}

impl From<Service> for Member {
    fn from(service: Service) -> Self {
        let Service { id, name, owner, demo, created_at, .. } = service;
        Self { id, name, owner, demo, created_at }
    }
}

/// The services of a team, or all, by name. One query.
pub(super) async fn members(tx: &mut dyn Tx, owner: Option<&str>) -> Result<Vec<Member>> {
    Ok(tx.all_services(owner).await.map_err(store)?.into_iter().map(Member::from).collect())
}

/// Equal for equal services with equal names and owners, within one process.
pub(super) fn fingerprint(members: &[Member]) -> u64 {
    let mut hasher = DefaultHasher::new();
    members.hash(&mut hasher);
    hasher.finish()
}

/// The events of every service that was ever deployed to production.
#[derive(Debug)]
pub(super) struct Log {
    pub version: i64,
    /// The fingerprint of the services it was read for.
    pub members: u64,
    /// By owner, then name.
    inputs: Vec<ServiceInput>,
    /// One for each input.
    owners: Vec<String>,
}

impl Log {
    /// Reads the events of `members`, which are all services there are, in the snapshot that `tx` sees. As JSON they take ten times the
    /// memory they take when parsed, so each is parsed as it comes.
    pub(super) async fn load(tx: &mut dyn Tx, version: i64, members: Vec<Member>) -> Result<Self> {
        Self::read(tx, version, members, None).await
    }

    /// As [`Self::load`], of some services alone.
    pub(super) async fn load_some(tx: &mut dyn Tx, version: i64, members: Vec<Member>) -> Result<Self> {
        let ids: Vec<ServiceId> = members.iter().map(|member| member.id).collect();
        Self::read(tx, version, members, Some(&ids)).await
    }

    async fn read(tx: &mut dyn Tx, version: i64, mut members: Vec<Member>, ids: Option<&[ServiceId]>) -> Result<Self> {
        let fingerprint = fingerprint(&members);
        let mut open: HashMap<ServiceId, Reading> = HashMap::new();
        let mut done: HashMap<ServiceId, ServiceInput> = HashMap::new();
        let of: HashMap<ServiceId, &Member> = members.iter().map(|member| (member.id, member)).collect();
        let mut end = |open: &mut HashMap<ServiceId, Reading>| {
            for (id, reading) in open.drain() {
                if let Some(input) = of.get(&id).and_then(|member| reading.end(member)) {
                    done.insert(id, input);
                }
            }
        };
        tx.each_delivery_event(ids, &mut |event| {
            // They come service by service: the one before is complete.
            if !open.contains_key(&event.service) {
                end(&mut open);
            }
            if of.contains_key(&event.service) {
                open.entry(event.service).or_default().add(event);
            }
        })
        .await
        .map_err(store)?;
        end(&mut open);
        members.sort_by(|a, b| (&a.owner, &a.name).cmp(&(&b.owner, &b.name)));
        let mut log = Self { version, members: fingerprint, inputs: Vec::new(), owners: Vec::new() };
        for member in members {
            if let Some(input) = done.remove(&member.id) {
                log.inputs.push(input);
                log.owners.push(member.owner);
            }
        }
        log.inputs.shrink_to_fit();
        Ok(log)
    }

    /// What belongs to a team, or everything.
    pub(super) fn of(&self, owner: Option<&str>) -> (&[ServiceInput], &[String]) {
        let range = match owner {
            None => 0..self.owners.len(),
            Some(owner) => {
                let start = self.owners.partition_point(|other| other.as_str() < owner);
                start..self.owners.partition_point(|other| other.as_str() <= owner)
            }
        };
        (&self.inputs[range.clone()], &self.owners[range])
    }
}

#[derive(Deserialize)]
struct CommitPayload {
    sha: Id,
    parents: Vec<Id>,
}

#[derive(Deserialize)]
struct VerdictPayload {
    deployment: Id,
    failed: bool,
}

/// The events of one service; `None` when it was never deployed to production.
pub(super) fn read(member: &Member, events: Vec<DeliveryEvent>) -> Option<ServiceInput> {
    let mut reading = Reading::default();
    events.into_iter().for_each(|event| reading.add(event));
    reading.end(member)
}

/// As [`read`], with every alert as an incident of its own: as people see them.
pub(super) fn read_each(member: &Member, events: Vec<DeliveryEvent>) -> Option<ServiceInput> {
    let mut reading = Reading::default();
    events.into_iter().for_each(|event| reading.add(event));
    reading.once.keep_alerts();
    reading.end(member)
}

/// As [`read`], and where alerts were made one incident also as [`read_each`].
pub(super) fn read_both(member: &Member, events: Vec<DeliveryEvent>) -> Option<(ServiceInput, Option<ServiceInput>)> {
    let mut reading = Reading::default();
    events.into_iter().for_each(|event| reading.add(event));
    let apart = reading.once.tells_alerts().then(|| reading.out.incidents.clone());
    let input = reading.end(member)?;
    let each = apart.map(|incidents| {
        let mut each = input.clone();
        each.events.incidents = incidents;
        each
    });
    Some((input, each))
}

/// The events of one service, as far as they are read.
#[derive(Default)]
struct Reading {
    out: Events,
    commits: CommitGraphBuilder,
    names: Names,
    once: Once,
}

impl Reading {
    /// An event that cannot be read is left out and logged.
    fn add(&mut self, event: DeliveryEvent) {
        let Self { out, commits, names, once } = self;
        once.note(&event);
        let (at, payload) = (event.at, event.payload);
        let read = match event.kind {
            // What a push says of its head is weighed when all is read.
            DeliveryKind::Commit if payload.get("brought").is_some() => Ok(()),
            DeliveryKind::Commit => serde_json::from_value::<CommitPayload>(payload).map(|commit| {
                let sha = names.share(commit.sha);
                once.knows_parents_of(sha.clone());
                let child = commits.commit(sha);
                for parent in commit.parents {
                    let parent = commits.commit(names.share(parent));
                    commits.edge(parent, child);
                }
            }),
            DeliveryKind::Change => serde_json::from_value::<Change>(payload).map(|mut change| {
                change.id = names.share(change.id);
                change.landed = names.share(change.landed);
                change.commits.shrink_to_fit();
                out.changes.push(change);
            }),
            DeliveryKind::Deployment => serde_json::from_value::<Deployment>(payload).map(|mut deployment| {
                deployment.revision = names.share(deployment.revision);
                deployment.version = deployment.version.map(|version| names.share(version));
                deployment.environment = deployment.environment.map(|environment| names.share(environment));
                out.deployments.push(deployment);
            }),
            DeliveryKind::Incident => serde_json::from_value::<Incident>(payload).map(|mut incident| {
                // The latest word on an incident counts: one that was reopened is open.
                incident.updated_at = incident.updated_at.or(Some(instant(at)));
                out.incidents.push(incident);
            }),
            DeliveryKind::Verdict => serde_json::from_value::<VerdictPayload>(payload).map(|verdict| {
                let at = Some(instant(at));
                out.verdicts.push(Verdict { deployment: verdict.deployment, at, failed: verdict.failed });
            }),
        };
        if let Err(error) = read {
            tracing::warn!(service.id = %event.service, event.key = %event.key, error.cause = %error, "a delivery event cannot be read");
        }
    }

    fn end(self, member: &Member) -> Option<ServiceInput> {
        let Self { mut out, mut commits, once, .. } = self;
        once.link(&mut commits);
        once.settle(&mut out);
        let first = out.deployments.iter().filter_map(|deployment| deployment.finished_at).min()?;
        match commits.build() {
            Ok(history) => out.history = Arc::new(history),
            Err(error) => {
                tracing::warn!(service.name = %member.name, error.cause = %error, "a history cannot be followed");
            }
        }
        out.sources = Sources { deployments: true, incidents: member.demo || knows_failures(&out) };
        out.changes.shrink_to_fit();
        out.deployments.shrink_to_fit();
        let mut input = ServiceInput::new(member.name.as_str(), out);
        // A history that was imported begins before Slipway knew of the service.
        input.observed_since = Some(instant(member.created_at).min(first));
        Some(input)
    }
}

/// Whether anybody ever told of a failure. Until then, no failures would only mean that nobody tells.
fn knows_failures(events: &Events) -> bool {
    let told = |deployment: &Deployment| deployment.rollback || deployment.hotfix;
    !events.incidents.is_empty() || !events.verdicts.is_empty() || events.deployments.iter().any(told)
}

/// A revision is named by its commit, its change and its deployments: one text for all of them.
#[derive(Default)]
struct Names(HashSet<Id>);

impl Names {
    fn share(&mut self, name: Id) -> Id {
        if let Some(known) = self.0.get(&*name) {
            return known.clone();
        }
        self.0.insert(name.clone());
        name
    }
}
