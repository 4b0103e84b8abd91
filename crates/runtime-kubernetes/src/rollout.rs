//! Judging a roll-out: by the Deployment's status, and earlier by what its new pods say.

use crate::manifest::{self, DEPLOYMENT};
use k8s_openapi::api::{
    apps::v1::{Deployment, DeploymentCondition, DeploymentStatus},
    core::v1::{ContainerStatus, Event, Pod},
};
use slipway_domain::runtime::{Cause, Rollout};

/// How often a container may end before that counts as a failure: once or twice may be a database that is not up yet.
const RESTARTS: i32 = 3;

pub(crate) fn judge(deployment: &Deployment, pods: &[Pod], events: &[Event]) -> Rollout {
    let status = deployment.status.clone().unwrap_or_default();
    if status.observed_generation < deployment.metadata.generation {
        return Rollout::InProgress { detail: "the cluster has not looked at the new version yet".to_owned() };
    }
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let updated = status.updated_replicas.unwrap_or_default();
    let available = status.available_replicas.unwrap_or_default();
    let all = status.replicas.unwrap_or_default();
    let unavailable = status.unavailable_replicas.unwrap_or_default();
    if updated == wanted && all == wanted && available == wanted && unavailable == 0 {
        return Rollout::Completed;
    }
    let new: Vec<&Pod> = pods.iter().filter(|pod| is_new(deployment, pod)).collect();
    if let Some(cause) = new.iter().find_map(|pod| of_pod(pod, events)) {
        return Rollout::Failed { cause };
    }
    if let Some(condition) = condition(&status, "ReplicaFailure", "True") {
        let message = condition.message.as_deref().unwrap_or("The cluster refuses to make pods.");
        return Rollout::Failed { cause: of_refusal(message) };
    }
    let late = condition(&status, "Progressing", "False");
    if let Some(condition) = late.filter(|c| c.reason.as_deref() == Some("ProgressDeadlineExceeded")) {
        let message = condition.message.as_deref().unwrap_or("The roll-out made no progress in time.");
        return Rollout::Failed { cause: of_lateness(message, &new) };
    }
    let ready = new.iter().filter(|pod| is_ready(pod)).count();
    Rollout::InProgress { detail: format!("{ready} of {wanted} pods run the new version") }
}

/// The newest pod of the wanted version that cannot serve: its events say why.
pub(crate) fn newest_unready<'a>(deployment: &Deployment, pods: &'a [Pod]) -> Option<&'a Pod> {
    let unready = pods.iter().filter(|pod| is_new(deployment, pod) && !is_ready(pod));
    unready.max_by_key(|pod| pod.metadata.creation_timestamp.as_ref().map(|at| at.0))
}

/// Whether a pod can serve: it says so, and is not on its way out.
pub(crate) fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    pod.metadata.deletion_timestamp.is_none() && conditions.iter().any(|c| c.type_ == "Ready" && c.status == "True")
}

/// The state of its one container.
pub(crate) fn container(pod: &Pod) -> Option<&ContainerStatus> {
    pod.status.as_ref()?.container_statuses.as_ref()?.first()
}

/// Why its container waits, and in which words.
pub(crate) fn waiting(pod: &Pod) -> Option<(&str, &str)> {
    let waiting = container(pod)?.state.as_ref()?.waiting.as_ref()?;
    Some((waiting.reason.as_deref()?, waiting.message.as_deref().unwrap_or_default()))
}

/// Whether a pod is of the version that the Deployment wants.
fn is_new(deployment: &Deployment, pod: &Pod) -> bool {
    let wanted = manifest::get(&deployment.metadata.annotations, DEPLOYMENT);
    wanted.is_some() && manifest::get(&pod.metadata.annotations, DEPLOYMENT) == wanted
}

fn condition<'a>(status: &'a DeploymentStatus, kind: &str, value: &str) -> Option<&'a DeploymentCondition> {
    status.conditions.as_deref().unwrap_or_default().iter().find(|c| c.type_ == kind && c.status == value)
}

/// What one pod says that time will not mend.
fn of_pod(pod: &Pod, events: &[Event]) -> Option<Cause> {
    if is_ready(pod) || pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let (reason, message) = waiting(pod).unwrap_or_default();
    let said = if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") };
    match reason {
        // The first failure may be the network's; the second is not waited for when the registry itself says no.
        "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => return Some(image(&said)),
        "ErrImagePull" if ["not found", "unknown", "denied", "unauthorized"].iter().any(|w| message.contains(w)) => {
            return Some(image(&said));
        }
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
            let mend =
                "Check that the secrets the workload names exist, and that the image runs as another user than root.";
            return Some(cause("other", &said, mend));
        }
        _ => {}
    }
    let container = container(pod).filter(|container| container.restart_count >= RESTARTS)?;
    let ended = [&container.last_state, &container.state].into_iter().flatten().find_map(|s| s.terminated.as_ref());
    if ended.is_some_and(|ended| ended.reason.as_deref() == Some("OOMKilled")) {
        let mend = "Give the workload more memory, or find out why it needs that much.";
        return Some(cause("crash", "OOMKilled: the container used more memory than it may.", mend));
    }
    let name = pod.metadata.name.as_deref();
    let of_pod = events.iter().filter(|event| event.involved_object.name.as_deref() == name);
    if let Some(probe) =
        of_pod.filter_map(|event| event.message.as_deref()).find(|m| m.contains("Liveness probe failed"))
    {
        return Some(unhealthy(probe));
    }
    let code = ended.map(|ended| format!(" with code {}", ended.exit_code)).unwrap_or_default();
    let count = container.restart_count;
    let mend = "Read the log of the new version: it ended by itself right after it started.";
    Some(cause("crash", &format!("the container exited{code} and was restarted {count} times."), mend))
}

/// The deadline passed and no pod said anything final.
fn of_lateness(message: &str, new: &[&Pod]) -> Cause {
    let conditions = |pod: &&Pod| pod.status.as_ref().and_then(|s| s.conditions.clone()).unwrap_or_default();
    let unschedulable = new.iter().flat_map(conditions).find(|c| c.reason.as_deref() == Some("Unschedulable"));
    if let Some(condition) = unschedulable {
        return of_refusal(condition.message.as_deref().unwrap_or("No node has room for the new pods."));
    }
    let runs = |pod: &&&Pod| container(pod).and_then(|c| c.state.as_ref()).is_some_and(|s| s.running.is_some());
    match new.iter().find(runs) {
        Some(_) => unhealthy(&format!("The new pods run but never became ready. {message}")),
        None => {
            let said =
                new.iter().find_map(|pod| waiting(pod)).map(|(reason, words)| format!("{message} {reason}: {words}"));
            cause(
                "timeout",
                &said.unwrap_or_else(|| message.to_owned()),
                "Look at the pods' events, then deploy again.",
            )
        }
    }
}

fn of_refusal(message: &str) -> Cause {
    let mend = "Raise the namespace's quota, add nodes, or ask for less CPU and memory; then deploy again.";
    let quota = ["quota", "Insufficient", "nodes are available", "room"].iter().any(|word| message.contains(word));
    let other = "Change what the message says, then deploy again.";
    if quota { cause("quota", message, mend) } else { cause("other", message, other) }
}

fn image(message: &str) -> Cause {
    let mend = "Check that the image was pushed under this digest, and that the cluster may pull it.";
    cause("image-not-found", message, mend)
}

fn unhealthy(message: &str) -> Cause {
    let mend = "Check that the service listens on the workload's port and that its health path answers 2xx.";
    cause("unhealthy", message, mend)
}

fn cause(code: &str, message: &str, mend: &str) -> Cause {
    Cause { code: code.to_owned(), message: message.to_owned(), mend: mend.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn deployment(status: Value) -> Deployment {
        serde_json::from_value(json!({
            "metadata": { "name": "web-dev", "generation": 2, "annotations": { "slipway.dev/deployment": "new" } },
            "spec": { "replicas": 2, "selector": {}, "template": {} },
            "status": status,
        }))
        .unwrap()
    }

    fn pod(version: &str, container: Value) -> Pod {
        serde_json::from_value(json!({
            "metadata": { "name": "web-dev-1", "annotations": { "slipway.dev/deployment": version } },
            "status": { "containerStatuses": [container] },
        }))
        .unwrap()
    }

    fn waits(reason: &str, message: &str, restarts: i32) -> Value {
        json!({
            "name": "web", "image": "", "imageID": "", "ready": false, "restartCount": restarts,
            "state": { "waiting": { "reason": reason, "message": message } },
            "lastState": { "terminated": { "exitCode": 3 } },
        })
    }

    const DONE: &str = r#"{"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}"#;

    #[test]
    fn the_status_of_the_generation_before_says_nothing() {
        let mut status: Value = serde_json::from_str(DONE).unwrap();
        status["observedGeneration"] = json!(1);
        assert!(matches!(judge(&deployment(status.clone()), &[], &[]), Rollout::InProgress { .. }));
        status["observedGeneration"] = json!(2);
        assert_eq!(judge(&deployment(status), &[], &[]), Rollout::Completed);
    }

    #[test]
    fn old_pods_beside_the_new_ones_are_not_the_end() {
        let status = json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 3 });
        assert!(matches!(judge(&deployment(status), &[], &[]), Rollout::InProgress { .. }));
    }

    #[test]
    fn only_a_pod_of_the_new_version_fails_it_and_only_for_good_reason() {
        let status = json!({ "observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "availableReplicas": 2 });
        let code =
            |version: &str, container: Value| match judge(&deployment(status.clone()), &[pod(version, container)], &[])
            {
                Rollout::Failed { cause } => Some(cause.code),
                _ => None,
            };
        assert_eq!(code("old", waits("ImagePullBackOff", "", 0)), None);
        assert_eq!(code("new", waits("ErrImagePull", "dial tcp: i/o timeout", 0)), None);
        assert_eq!(code("new", waits("ErrImagePull", "manifest: not found", 0)).as_deref(), Some("image-not-found"));
        assert_eq!(code("new", waits("ImagePullBackOff", "", 0)).as_deref(), Some("image-not-found"));
        assert_eq!(code("new", waits("CrashLoopBackOff", "", 1)), None);
        assert_eq!(code("new", waits("CrashLoopBackOff", "", 3)).as_deref(), Some("crash"));
        assert_eq!(code("new", waits("ContainerCreating", "", 0)), None);
    }

    #[test]
    fn a_quota_is_said_as_such() {
        let condition = |message: &str| {
            let condition = json!([{ "type": "ReplicaFailure", "status": "True", "message": message }]);
            let status = json!({ "observedGeneration": 2, "conditions": condition });
            match judge(&deployment(status), &[], &[]) {
                Rollout::Failed { cause } => cause.code,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(condition("pods \"web\" is forbidden: exceeded quota: compute"), "quota");
        assert_eq!(condition("violates PodSecurity \"restricted:latest\""), "other");
    }
}
