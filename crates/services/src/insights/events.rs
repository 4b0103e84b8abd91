//! What Slipway itself tells the event log: finished deployments to production, and commits with the changes they are.
//!
//! Keys follow from what happened, so that telling it twice writes it once.

use serde::Serialize;
use serde_json::{Value, json};
use slipway_domain::{
    artifact::Artifact,
    deployment::{Deployment, Intent},
    ids::ServiceId,
    time::Timestamp,
    workload::spec_hash,
};
use slipway_dora::{Change, ChangeKind, Id, Instant, Status, Tier};
use slipway_ports::{
    forge::Commit,
    store::delivery::{DeliveryEvent, DeliveryKind},
};

pub(crate) use slipway_ports::store::delivery::SLIPWAY;

pub(crate) fn instant(at: Timestamp) -> Instant {
    Instant::from_ms(at.as_millis())
}

/// A deployment to production that ended, one way or the other.
pub(crate) fn deployment_event(deployment: &Deployment, artifact: &Artifact, succeeded: bool) -> DeliveryEvent {
    deployment_told(SLIPWAY, deployment.service, &record(deployment, artifact, succeeded))
}

/// A deployment in the words of the metrics.
pub(crate) fn record(deployment: &Deployment, artifact: &Artifact, succeeded: bool) -> slipway_dora::Deployment {
    let finished = deployment.finished_at.unwrap_or(deployment.state_since);
    let status = if succeeded { Status::Success } else { Status::Failure };
    let id = deployment.id.to_string();
    slipway_dora::Deployment {
        // The same image with another workload is another version: not a restart of what runs.
        version: Some(Id::from(spec_hash(&artifact.reference(), &deployment.workload))),
        environment: Some(Id::from(deployment.environment.as_str())),
        tier: Some(Tier::Production),
        started_at: deployment.started_at.map(instant),
        rollback: deployment.intent == Intent::Rollback,
        hotfix: deployment.intent == Intent::Hotfix,
        ..slipway_dora::Deployment::new(id, artifact.revision.as_str(), instant(finished), status)
    }
}

/// What `source` says of a deployment.
pub(crate) fn deployment_told(source: &str, service: ServiceId, record: &slipway_dora::Deployment) -> DeliveryEvent {
    let at = record.finished_at.or(record.started_at).map_or(0, Instant::ms);
    let key = format!("deployment:{}", record.id);
    event(source, service, DeliveryKind::Deployment, Timestamp::from_millis(at), key, record)
}

/// Commits and, for those that are no merges, the change each of them is.
pub(crate) fn commit_events(service: ServiceId, commits: &[Commit]) -> Vec<DeliveryEvent> {
    commits_told(SLIPWAY, service, commits)
}

/// What `source` says of commits.
pub(crate) fn commits_told(source: &str, service: ServiceId, commits: &[Commit]) -> Vec<DeliveryEvent> {
    let mut events = Vec::with_capacity(commits.len() * 2);
    for commit in commits {
        events.push(commit_told(source, service, &commit.sha, &commit.parents, commit.committed_at));
        if commit.parents.len() < 2 {
            events.push(change_event(source, service, commit));
        }
    }
    events
}

/// A commit and its parents, first parent first.
pub(crate) fn commit_told(
    source: &str,
    service: ServiceId,
    sha: &str,
    parents: &[String],
    at: Timestamp,
) -> DeliveryEvent {
    let payload = json!({ "sha": sha, "parents": parents, "at": instant(at) });
    let key = format!("commit:{service}:{sha}");
    DeliveryEvent { service, kind: DeliveryKind::Commit, at, source: source.to_owned(), key, payload }
}

/// A commit that belongs to no pull request is a change of its own.
fn change_event(source: &str, service: ServiceId, commit: &Commit) -> DeliveryEvent {
    let authored = instant(commit.authored_at);
    let change = Change {
        commits: vec![authored],
        kind: Some(ChangeKind::Commit),
        ..Change::new(commit.sha.as_str(), commit.sha.as_str(), authored)
    };
    change_told(source, service, &change, commit.committed_at)
}

/// What `source` says of a change that landed at `at`.
pub(crate) fn change_told(source: &str, service: ServiceId, change: &Change, at: Timestamp) -> DeliveryEvent {
    event(source, service, DeliveryKind::Change, at, format!("change:{service}:{}", change.landed), change)
}

/// An event whose payload is `record` in the form `slipway-dora` reads.
pub(crate) fn event(
    source: &str,
    service: ServiceId,
    kind: DeliveryKind,
    at: Timestamp,
    key: String,
    record: &impl Serialize,
) -> DeliveryEvent {
    // Instants, texts and lists of them: nothing that JSON could not hold.
    let mut payload = serde_json::to_value(record).unwrap_or_default();
    if let Value::Object(fields) = &mut payload {
        // What is not known need not be kept a hundred thousand times.
        fields.retain(|_, value| {
            !matches!(value, Value::Null | Value::Bool(false)) && value.as_array().is_none_or(|list| !list.is_empty())
        });
    }
    DeliveryEvent { service, kind, at, source: source.to_owned(), key, payload }
}
