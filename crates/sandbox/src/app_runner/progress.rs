//! Operations move on with the clock: new instances come up, take over, or fail and are rolled back.

use super::{
    AppRunner,
    model::{OperationStatus, OperationType, Service, Status},
};
use crate::{
    cluster::{Cluster, container::Phase},
    config::{Millis, millis},
};

/// How long a deleted service can still be described.
const DELETED_KEPT: Millis = 60 * 60 * 1000;

impl AppRunner {
    /// When an operation may end or a deleted service is forgotten, after `now`.
    pub(crate) fn next_due(&self, now: Millis) -> Option<Millis> {
        let due = |service: &Service| match service.status {
            Status::Deleted => service.deleted_at.map(|at| at + DELETED_KEPT),
            _ => service.pending.as_ref().map(|pending| pending.not_before),
        };
        self.services.values().filter_map(due).filter(|at| *at > now).min()
    }

    /// Works out what is due. Says whether anything changed.
    pub(crate) fn step(&mut self, cluster: &mut Cluster) -> bool {
        let now = cluster.now;
        let mut changed = false;
        for service in self.services.values_mut() {
            changed |= step_service(service, cluster);
        }
        let before = self.services.len();
        self.services.retain(|_, service| service.deleted_at.is_none_or(|at| at + DELETED_KEPT > now));
        changed || self.services.len() != before
    }

    /// After a start from kept state: the stable addresses are there again.
    pub(crate) fn reopen(&mut self, cluster: &mut Cluster) {
        for service in self.services.values_mut().filter(|service| service.status != Status::Deleted) {
            service.port = cluster.open_front(&service.arn, service.port);
            cluster.put_behind(&service.arn, service.instances.iter().map(String::as_str));
        }
    }
}

/// Takes the live instances out of service.
pub(super) fn retire(service: &mut Service, cluster: &mut Cluster) {
    for id in service.instances.drain(..) {
        cluster.retire(&id);
    }
    cluster.put_behind(&service.arn, std::iter::empty());
}

fn step_service(service: &mut Service, cluster: &mut Cluster) -> bool {
    let revived = revive(service, cluster);
    let Some(pending) = &service.pending else { return revived };
    let rolling_back =
        service.operations.front().is_some_and(|operation| operation.status == OperationStatus::RollbackInProgress);
    let due = cluster.now >= pending.not_before;
    let checks_http = service.configuration.checks_http();
    let candidates = || pending.candidates.iter().filter_map(|id| cluster.get(id));
    if rolling_back {
        if due {
            finish(service, cluster, OperationStatus::RollbackSucceeded, None);
        }
        return due || revived;
    }
    let broken = |container: &&crate::cluster::container::Container| {
        matches!(container.phase, Phase::PullFailed | Phase::Exited) || (checks_http && container.has_failed())
    };
    if let Some(container) = candidates().find(broken) {
        let reason = match container.phase {
            Phase::PullFailed => format!(
                "Failed to pull your application image {}. Be sure it exists and that the access role may read it.",
                container.spec.image
            ),
            Phase::Exited => {
                "Your application stopped or failed to start. See logs for more information. Container exit code: 1"
                    .to_owned()
            }
            _ => format!(
                "Health check failed on protocol `HTTP`[Path: '{}'], [Port: '{}'].",
                container.spec.health_path, container.spec.container_port
            ),
        };
        fail(service, cluster, &reason);
        return true;
    }
    let up = candidates().all(|container| container.phase == Phase::Running && container.healthy.is_some());
    if due && up {
        let status = match pending.kind {
            OperationType::PauseService => Some(Status::Paused),
            OperationType::DeleteService => Some(Status::Deleted),
            // An update of a paused service leaves it paused.
            OperationType::UpdateService if pending.candidates.is_empty() => Some(Status::Paused),
            _ => Some(Status::Running),
        };
        finish(service, cluster, OperationStatus::Succeeded, status);
        return true;
    }
    revived
}

/// Live instances that crashed are started again.
fn revive(service: &Service, cluster: &mut Cluster) -> bool {
    let ended = |id: &&String| cluster.get(id).is_some_and(|container| container.phase == Phase::Exited);
    let ended: Vec<&String> = service.instances.iter().filter(ended).collect();
    for id in &ended {
        cluster.restart(id);
    }
    // A restarted instance answers as a new process: the stable address must learn of it.
    cluster.put_behind(&service.arn, service.instances.iter().map(String::as_str));
    !ended.is_empty()
}

fn fail(service: &mut Service, cluster: &mut Cluster, reason: &str) {
    let now = cluster.now;
    service.tell(cluster.ids.uuid(), now, reason);
    let Some(pending) = &mut service.pending else { return };
    for id in pending.candidates.drain(..) {
        cluster.remove(&id);
    }
    match pending.previous.take() {
        Some((configuration, status @ (Status::Running | Status::Paused))) => {
            service.configuration = configuration;
            pending.previous = Some((service.configuration.clone(), status));
            pending.not_before = now + millis(cluster.timings.operation);
            service.mark(OperationStatus::RollbackInProgress, now);
            service.tell(cluster.ids.uuid(), now, "Deployment failed. Rolling back to the last working version.");
        }
        _ => finish(service, cluster, OperationStatus::Failed, Some(Status::CreateFailed)),
    }
}

fn finish(service: &mut Service, cluster: &mut Cluster, outcome: OperationStatus, status: Option<Status>) {
    let now = cluster.now;
    let Some(pending) = service.pending.take() else { return };
    service.status = status.or(pending.previous.map(|(_, status)| status)).unwrap_or(Status::Running);
    service.mark(outcome, now);
    if outcome == OperationStatus::Succeeded && service.status == Status::Running {
        for id in std::mem::replace(&mut service.instances, pending.candidates) {
            cluster.retire(&id);
        }
    }
    if service.status == Status::Deleted {
        service.deleted_at = Some(now);
        cluster.close_front(&service.arn);
    } else {
        cluster.put_behind(&service.arn, service.instances.iter().map(String::as_str));
    }
    let title = super::model::title(pending.kind);
    let ending = match outcome {
        OperationStatus::Succeeded => "succeeded",
        OperationStatus::RollbackSucceeded => "failed and was rolled back",
        _ => "failed",
    };
    service.tell(cluster.ids.uuid(), now, format!("{title} {ending}"));
}
