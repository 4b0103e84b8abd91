//! Services move on with the clock: tasks fail and are replaced, deployments complete, the circuit breaker rolls back.

use super::{
    Ecs,
    model::{
        Deployment, Revision, Rollback, Rollout, RolloutState, RolloutStatus, Service, ServiceStatus, Stop, Task,
        TaskDefinition,
    },
    scheduler::{Counts, plan},
};
use crate::{
    cluster::{
        Cluster,
        container::{Container, Phase},
    },
    config::{Millis, millis},
};

/// How long stopped tasks and inactive services can still be described.
const ENDED_KEPT: Millis = 60 * 60 * 1000;
/// Of one service, so that one that crashes for weeks does not fill the memory.
const STOPPED_KEPT: usize = 20;
const HISTORY_KEPT: usize = 50;

type Definitions = std::collections::BTreeMap<String, TaskDefinition>;

impl Ecs {
    /// When a failed task may be replaced or something is forgotten, after `now`.
    pub(crate) fn next_due(&self, now: Millis) -> Option<Millis> {
        let ends = self.services.values().filter_map(|service| service.ended_at).map(|at| at + ENDED_KEPT);
        let stops = self.services.values().flat_map(|service| &service.tasks).filter_map(|task| task.stop.as_ref());
        let retries = self.services.values().map(|service| service.retry_at);
        ends.chain(stops.map(|stop| stop.at + ENDED_KEPT)).chain(retries).filter(|at| *at > now).min()
    }

    /// Works out what is due. Says whether anything changed.
    pub(crate) fn step(&mut self, cluster: &mut Cluster) -> bool {
        let mut changed = false;
        for service in self.services.values_mut() {
            changed |= forget_stopped(service, cluster);
            if service.status != ServiceStatus::Inactive {
                changed |= step_service(service, &self.task_definitions, cluster);
            }
        }
        let before = self.services.len();
        self.services.retain(|_, service| {
            let keep = service.ended_at.is_none_or(|at| at + ENDED_KEPT > cluster.now);
            if !keep {
                service.tasks.iter().for_each(|task| cluster.remove(&task.id));
            }
            keep
        });
        changed || before != self.services.len()
    }
}

/// Starts a deployment of `definition`; the ones before it give way.
pub(super) fn begin(service: &mut Service, definition: &str, cluster: &mut Cluster) {
    let now = cluster.now;
    let suffix = format!("{}/{}/", service.cluster_name, service.name);
    let prefix = service.arn.split(":service/").next().unwrap_or_default().to_owned();
    let revision = format!("{prefix}:service-revision/{suffix}{}", cluster.ids.digits(19));
    let arn = format!("{prefix}:service-deployment/{suffix}{}", cluster.ids.hex(21));
    let sources = service.primary().map(|primary| primary.revision.clone()).into_iter().collect();
    if let Some(unfinished) = service.rollouts.front_mut().filter(|rollout| !rollout.status.is_final()) {
        unfinished.status = RolloutStatus::Stopped;
        unfinished.reason = Some("A newer service deployment superseded this one.".to_owned());
        unfinished.updated_at = now;
        unfinished.finished_at = Some(now);
        unfinished.stopped_at = Some(now);
    }
    for deployment in &mut service.deployments {
        deployment.primary = false;
    }
    let id = format!("ecs-svc/{}", cluster.ids.digits(19));
    let deployment = Deployment {
        reason: format!("ECS deployment {id} in progress."),
        id,
        primary: true,
        task_definition: definition.to_owned(),
        revision: revision.clone(),
        state: RolloutState::InProgress,
        proven: false,
        failed_tasks: 0,
        created_at: now,
        updated_at: now,
    };
    service.deployments.insert(0, deployment);
    service.revisions.push_front(Revision {
        arn: revision.clone(),
        task_definition: definition.to_owned(),
        created_at: now,
    });
    service.revisions.truncate(HISTORY_KEPT);
    service.rollouts.push_front(Rollout {
        arn,
        status: RolloutStatus::InProgress,
        reason: None,
        target: revision,
        sources,
        created_at: now,
        updated_at: now,
        finished_at: None,
        stopped_at: None,
        rollback: None,
        breaker_triggered: false,
        failures: 0,
    });
    service.rollouts.truncate(HISTORY_KEPT);
    service.task_definition = definition.to_owned();
    service.retry_at = 0;
    service.steady = false;
}

/// Stops every task of a service that is being deleted.
pub(super) fn drain(service: &mut Service, cluster: &mut Cluster) {
    let ids: Vec<String> =
        service.tasks.iter().filter(|task| task.stop.is_none()).map(|task| task.id.clone()).collect();
    for id in ids {
        stop_task(service, &id, "ServiceSchedulerInitiated", "Scaling activity initiated by service deletion", cluster);
    }
    if let Some(rollout) = service.rollouts.front_mut().filter(|rollout| !rollout.status.is_final()) {
        rollout.status = RolloutStatus::Stopped;
        rollout.reason = Some("The service was deleted.".to_owned());
        rollout.finished_at = Some(cluster.now);
        rollout.stopped_at = Some(cluster.now);
    }
}

/// Goes back to the last deployment that was steady. Says whether there was one.
pub(super) fn roll_back(service: &mut Service, reason: &str, cluster: &mut Cluster) -> bool {
    let now = cluster.now;
    let Some(good) = service.deployments.iter().position(|deployment| !deployment.primary && deployment.proven) else {
        return false;
    };
    for deployment in service.deployments.iter_mut().filter(|deployment| deployment.primary) {
        deployment.primary = false;
        deployment.state = RolloutState::Failed;
        deployment.reason = reason.to_owned();
        deployment.updated_at = now;
    }
    let mut back = service.deployments.remove(good);
    back.primary = true;
    back.state = RolloutState::InProgress;
    back.reason = format!("ECS deployment circuit breaker: rolling back to deploymentId {}.", back.id);
    back.updated_at = now;
    service.task_definition.clone_from(&back.task_definition);
    let message = format!("(service {}) rolling back to deployment {}.", service.name, back.id);
    if let Some(rollout) = service.rollouts.front_mut() {
        rollout.status = RolloutStatus::RollbackInProgress;
        rollout.updated_at = now;
        rollout.rollback =
            Some(Rollback { reason: reason.to_owned(), started_at: now, revision: back.revision.clone() });
    }
    service.deployments.insert(0, back);
    service.retry_at = 0;
    service.steady = false;
    let id = cluster.ids.uuid();
    service.tell(id, now, message);
    true
}

fn stop_task(service: &mut Service, id: &str, code: &str, reason: &str, cluster: &mut Cluster) {
    if let Some(task) = service.tasks.iter_mut().find(|task| task.id == id && task.stop.is_none()) {
        task.stop = Some(Stop { code: code.to_owned(), reason: reason.to_owned(), at: cluster.now });
        cluster.stop(id);
    }
}

fn forget_stopped(service: &mut Service, cluster: &mut Cluster) -> bool {
    let gone = |task: &Task| cluster.get(&task.id).is_none_or(|container| !container.is_listening());
    let mut stopped: Vec<(Millis, String)> = service
        .tasks
        .iter()
        .filter(|task| gone(task))
        .filter_map(|task| task.stop.as_ref().map(|stop| (stop.at, task.id.clone())))
        .collect();
    stopped.sort_unstable();
    let surplus = stopped.len().saturating_sub(STOPPED_KEPT);
    let old = |(index, (at, _)): &(usize, &(Millis, String))| *index < surplus || *at + ENDED_KEPT <= cluster.now;
    let forgotten: Vec<String> = stopped.iter().enumerate().filter(old).map(|(_, (_, id))| id.clone()).collect();
    for id in &forgotten {
        cluster.remove(id);
    }
    service.tasks.retain(|task| !forgotten.contains(&task.id));
    !forgotten.is_empty()
}

fn step_service(service: &mut Service, definitions: &Definitions, cluster: &mut Cluster) -> bool {
    if service.status == ServiceStatus::Draining {
        return end_if_empty(service, cluster);
    }
    let mut changed = reap(service, definitions, cluster);
    changed |= break_circuit(service, cluster);
    changed |= scale(service, definitions, cluster);
    changed | complete(service, definitions, cluster)
}

fn end_if_empty(service: &mut Service, cluster: &Cluster) -> bool {
    if service.tasks.iter().any(|task| cluster.get(&task.id).is_some_and(Container::is_listening)) {
        return false;
    }
    service.status = ServiceStatus::Inactive;
    service.ended_at = Some(cluster.now);
    service.deployments.clear();
    true
}

/// Whether a failed health check is a reason to replace a task.
fn is_checked(service: &Service, task: &Task, definitions: &Definitions) -> bool {
    service.has_load_balancer() || definitions.get(&task.task_definition).is_some_and(TaskDefinition::has_health_check)
}

/// Takes failed tasks out and counts them.
fn reap(service: &mut Service, definitions: &Definitions, cluster: &mut Cluster) -> bool {
    let mut failed = Vec::new();
    for task in service.tasks.iter().filter(|task| task.stop.is_none()) {
        let Some(container) = cluster.get(&task.id) else { continue };
        let why = match container.phase {
            Phase::PullFailed => Some((
                "TaskFailedToStart",
                format!(
                    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {0}: {0}: not found",
                    container.spec.image
                ),
            )),
            Phase::Exited => Some(("EssentialContainerExited", "Essential container in task exited".to_owned())),
            Phase::Running if container.healthy == Some(false) && is_checked(service, task, definitions) => {
                Some(("ServiceSchedulerInitiated", "Task failed container health checks".to_owned()))
            }
            _ => None,
        };
        if let Some((code, reason)) = why {
            failed.push((task.id.clone(), task.deployment.clone(), code, reason));
        }
    }
    let changed = !failed.is_empty();
    for (id, deployment, code, reason) in failed {
        stop_task(service, &id, code, &reason, cluster);
        service.steady = false;
        service.retry_at = cluster.now + millis(cluster.timings.back_off);
        let message = format!("(service {}) (task {id}) stopped: {reason}.", service.name);
        let event = cluster.ids.uuid();
        service.tell(event, cluster.now, message);
        let deployment = service.deployments.iter_mut().find(|candidate| candidate.id == deployment);
        if let Some(deployment) = deployment.filter(|deployment| deployment.state == RolloutState::InProgress) {
            deployment.failed_tasks += 1;
            deployment.updated_at = cluster.now;
            if deployment.primary
                && let Some(rollout) = service.rollouts.front_mut()
            {
                rollout.failures += 1;
                rollout.updated_at = cluster.now;
            }
        }
    }
    changed
}

fn break_circuit(service: &mut Service, cluster: &mut Cluster) -> bool {
    let (enabled, rolls_back) = service.breaker();
    let threshold = service.breaker_threshold();
    let Some(primary) = service.primary() else { return false };
    if !enabled || primary.state != RolloutState::InProgress || primary.failed_tasks < threshold || primary.proven {
        return false;
    }
    let now = cluster.now;
    let reason = "ECS deployment circuit breaker: tasks failed to start.";
    let message =
        format!("(service {}) (deployment {}) deployment failed: tasks failed to start.", service.name, primary.id);
    let event = cluster.ids.uuid();
    service.tell(event, now, message);
    if let Some(rollout) = service.rollouts.front_mut() {
        rollout.breaker_triggered = true;
        rollout.reason = Some(reason.to_owned());
    }
    if rolls_back && roll_back(service, reason, cluster) {
        return true;
    }
    if let Some(primary) = service.deployments.iter_mut().find(|deployment| deployment.primary) {
        primary.state = RolloutState::Failed;
        primary.reason = reason.to_owned();
        primary.updated_at = now;
    }
    if let Some(rollout) = service.rollouts.front_mut() {
        rollout.status = if rolls_back { RolloutStatus::RollbackFailed } else { RolloutStatus::Stopped };
        if rolls_back {
            rollout.reason = Some(format!("{reason} No rollback candidate was found to run the rollback."));
        }
        rollout.updated_at = now;
        rollout.finished_at = Some(now);
    }
    true
}

/// A task counts once its container has passed, or nobody asks whether it did.
fn is_ready(service: &Service, task: &Task, definitions: &Definitions, cluster: &Cluster) -> bool {
    cluster.get(&task.id).is_some_and(|container| match container.healthy {
        Some(healthy) => container.phase == Phase::Running && (healthy || !is_checked(service, task, definitions)),
        None => false,
    })
}

fn counts(service: &Service, definitions: &Definitions, cluster: &Cluster) -> Counts {
    let primary = service.primary().map(|primary| primary.id.as_str()).unwrap_or_default();
    let (minimum_healthy, maximum) = service.percentages();
    let mut counts = Counts {
        desired: service.desired,
        minimum_healthy,
        maximum,
        new_alive: 0,
        new_ready: 0,
        old_alive: 0,
        old_ready: 0,
    };
    for task in service.tasks.iter().filter(|task| task.stop.is_none()) {
        let ready = u32::from(is_ready(service, task, definitions, cluster));
        if task.deployment == primary {
            counts.new_alive += 1;
            counts.new_ready += ready;
        } else {
            counts.old_alive += 1;
            counts.old_ready += ready;
        }
    }
    counts
}

fn scale(service: &mut Service, definitions: &Definitions, cluster: &mut Cluster) -> bool {
    let Some(primary) = service.primary() else { return false };
    let (primary, definition, failed) =
        (primary.id.clone(), primary.task_definition.clone(), primary.state == RolloutState::Failed);
    let mut moves = plan(counts(service, definitions, cluster));
    if failed || cluster.now < service.retry_at {
        moves.start_new = 0;
    }
    if failed {
        // Nothing is coming, so what still serves must stay.
        moves.stop_old = 0;
    }
    let reason = format!("Scaling activity initiated by (deployment {primary})");
    let stop = |of_primary: bool, count: u32, service: &mut Service, cluster: &mut Cluster| {
        let mut ids: Vec<(bool, String)> = service
            .tasks
            .iter()
            .filter(|task| task.stop.is_none() && (task.deployment == primary) == of_primary)
            .map(|task| (is_ready(service, task, definitions, cluster), task.id.clone()))
            .collect();
        ids.sort_unstable();
        for (_, id) in ids.into_iter().take(count as usize) {
            stop_task(service, &id, "ServiceSchedulerInitiated", &reason, cluster);
        }
    };
    stop(false, moves.stop_old, service, cluster);
    stop(true, moves.stop_new, service, cluster);
    for _ in 0..moves.start_new {
        let Some(definition) = definitions.get(&definition) else { break };
        start_task(service, &primary, definition, cluster, Cluster::launch);
    }
    if moves.start_new > 0 {
        let message = format!("(service {}) has started {} tasks.", service.name, moves.start_new);
        let event = cluster.ids.uuid();
        service.tell(event, cluster.now, message);
    }
    moves.start_new + moves.stop_old + moves.stop_new > 0
}

pub(super) fn start_task(
    service: &mut Service,
    deployment: &str,
    definition: &TaskDefinition,
    cluster: &mut Cluster,
    launch: impl FnOnce(&mut Cluster, &str, crate::cluster::container::Spec),
) {
    let id = cluster.ids.hex(32);
    launch(cluster, &id, definition.spec(&service.name));
    let arn = format!("{}/{id}", service.cluster_arn.replacen(":cluster/", ":task/", 1));
    service.tasks.push(Task {
        id,
        arn,
        deployment: deployment.to_owned(),
        task_definition: definition.arn.clone(),
        created_at: cluster.now,
        stop: None,
    });
}

fn complete(service: &mut Service, definitions: &Definitions, cluster: &mut Cluster) -> bool {
    let counts = counts(service, definitions, cluster);
    let settled = counts.new_ready == counts.desired && counts.new_alive == counts.desired && counts.old_alive == 0;
    let now = cluster.now;
    if !settled || service.steady {
        return false;
    }
    service.steady = true;
    let name = service.name.clone();
    let Some(primary) = service.deployments.iter_mut().find(|deployment| deployment.primary) else { return true };
    if primary.state == RolloutState::InProgress {
        primary.state = RolloutState::Completed;
        primary.reason = format!("ECS deployment {} completed.", primary.id);
        primary.proven = true;
        primary.updated_at = now;
        let message = format!("(service {name}) (deployment {}) deployment completed.", primary.id);
        service.deployments.retain(|deployment| deployment.primary);
        let event = cluster.ids.uuid();
        service.tell(event, now, message);
        if let Some(rollout) = service.rollouts.front_mut().filter(|rollout| !rollout.status.is_final()) {
            rollout.status = match rollout.status {
                RolloutStatus::RollbackInProgress => RolloutStatus::RollbackSuccessful,
                _ => RolloutStatus::Successful,
            };
            rollout.updated_at = now;
            rollout.finished_at = Some(now);
        }
    }
    let event = cluster.ids.uuid();
    service.tell(event, now, format!("(service {name}) has reached a steady state."));
    true
}
