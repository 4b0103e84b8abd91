//! Pods: each has one container in the engine, whose state its status tells, and which is restarted when it ends.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Kubernetes, resources::PODS, stamp, store::text};
use crate::{
    cluster::{
        Cluster,
        behaviour::{BEHAVIOUR_VARIABLE, Behaviour},
        container::{Container, Phase, Spec},
        ids::digest_hex,
    },
    config::{Millis, millis},
};

/// What the kubelet remembers of a pod.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PodState {
    restarts: u32,
    failed_pulls: u32,
    pub(super) retry_at: Option<Millis>,
    back_off: Millis,
    /// When the last process ended.
    last_end: Option<Millis>,
    told_unhealthy: bool,
}

/// The engine's view of a pod: its first container with a port, or its first.
pub(super) fn spec(pod: &Value) -> Spec {
    static NONE: Value = Value::Null;
    let main = main_container(pod).unwrap_or(&NONE);
    let image = text(main, "/image");
    let variables = main["env"].as_array().into_iter().flatten();
    let variable = variables.filter(|pair| pair["name"] == BEHAVIOUR_VARIABLE).find_map(|pair| pair["value"].as_str());
    let probe = ["readinessProbe", "livenessProbe", "startupProbe"]
        .iter()
        .find_map(|probe| main[*probe]["httpGet"]["path"].as_str());
    let port = main["ports"][0]["containerPort"].as_u64().and_then(|port| u16::try_from(port).ok());
    let app = pod["metadata"]["labels"]["app.kubernetes.io/name"]
        .as_str()
        .or_else(|| pod["metadata"]["labels"]["app"].as_str());
    Spec {
        service: app.unwrap_or_else(|| text(pod, "/metadata/name")).to_owned(),
        image: image.to_owned(),
        revision: text(pod, "/metadata/labels/pod-template-hash").to_owned(),
        container_port: port.unwrap_or(80),
        health_path: probe.unwrap_or("/healthz").to_owned(),
        behaviour: Behaviour::of(image, variable),
    }
}

fn main_container(pod: &Value) -> Option<&Value> {
    let containers = pod["spec"]["containers"].as_array()?;
    let with_port = |container: &&Value| container["ports"].as_array().is_some_and(|ports| !ports.is_empty());
    containers.iter().find(with_port).or_else(|| containers.first())
}

/// Whether the pod is Ready as its status says.
pub(super) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

impl Kubernetes {
    /// Starts containers of new pods, restarts ended ones, and writes every pod's status.
    pub(super) fn step_pods(&mut self, cluster: &mut Cluster) -> bool {
        let mut moved = false;
        for pod in self.store.all(&PODS) {
            let uid = text(&pod, "/metadata/uid").to_owned();
            if cluster.get(&uid).is_none() {
                cluster.launch(&uid, spec(&pod));
                self.pods.insert(uid.clone(), PodState::default());
                moved = true;
            }
            moved |= self.look_after(&pod, &uid, cluster);
            let state = self.pods.entry(uid.clone()).or_default();
            if let Some(container) = cluster.get(&uid) {
                let mut next = (*pod).clone();
                write_status(&mut next, container, state, cluster.port(&uid), cluster.now);
                self.store.put(&PODS, next);
            }
        }
        moved
    }

    fn look_after(&mut self, pod: &Value, uid: &str, cluster: &mut Cluster) -> bool {
        let now = cluster.now;
        let Some(container) = cluster.get(uid) else { return false };
        let (phase, healthy, image) = (container.phase, container.healthy, container.spec.image.clone());
        let state = self.pods.entry(uid.to_owned()).or_default();
        if !matches!(phase, Phase::PullFailed | Phase::Exited) {
            let unhealthy = phase == Phase::Running && healthy == Some(false) && !state.told_unhealthy;
            if unhealthy {
                state.told_unhealthy = true;
                self.tell(
                    pod,
                    "Warning",
                    "Unhealthy",
                    "Readiness probe failed: HTTP probe failed with statuscode: 503",
                    cluster,
                );
            }
            return unhealthy;
        }
        match state.retry_at {
            None => {
                let most = millis(cluster.timings.back_off_max);
                state.back_off = (state.back_off * 2).clamp(millis(cluster.timings.back_off), most);
                state.retry_at = Some(now + state.back_off);
                if phase == Phase::PullFailed {
                    state.failed_pulls += 1;
                    let message = format!(
                        "Failed to pull image \"{image}\": rpc error: code = NotFound desc = failed to pull and unpack image: {image}: not found"
                    );
                    self.tell(pod, "Warning", "Failed", &message, cluster);
                } else {
                    state.last_end = Some(now);
                    self.tell(pod, "Warning", "BackOff", "Back-off restarting failed container", cluster);
                }
                true
            }
            Some(at) if at <= now => {
                state.retry_at = None;
                if phase == Phase::Exited {
                    state.restarts += 1;
                }
                cluster.restart(uid);
                true
            }
            Some(_) => false,
        }
    }

    /// Takes a pod out of the store and stops its container.
    pub(super) fn delete_pod(&mut self, namespace: &str, name: &str, cluster: &mut Cluster) {
        if let Some(pod) = self.store.remove(&PODS, namespace, name) {
            let uid = text(&pod, "/metadata/uid");
            self.pods.remove(uid);
            cluster.retire(uid);
        }
    }
}

fn write_status(pod: &mut Value, container: &Container, state: &PodState, port: Option<u16>, now: Millis) {
    let main = main_container(pod).map(|container| text(container, "/name").to_owned()).unwrap_or_default();
    let probed = main_container(pod).is_some_and(|container| container["readinessProbe"].is_object());
    let running = container.phase == Phase::Running;
    let ready = running && container.healthy.is_some_and(|healthy| healthy || !probed);
    let image = &container.spec.image;
    let waiting = |reason: &str, message: String| json!({ "waiting": { "reason": reason, "message": message } });
    let current = match container.phase {
        Phase::Running | Phase::Draining => json!({ "running": { "startedAt": container.started_at.map(stamp) } }),
        Phase::PullFailed if state.failed_pulls <= 1 => {
            waiting("ErrImagePull", format!("failed to pull and unpack image \"{image}\": not found"))
        }
        Phase::PullFailed | Phase::Pulling if state.failed_pulls > 0 => {
            waiting("ImagePullBackOff", format!("Back-off pulling image \"{image}\": ErrImagePull: not found"))
        }
        Phase::Exited => {
            waiting("CrashLoopBackOff", format!("back-off {}ms restarting failed container={main}", state.back_off))
        }
        _ => waiting("ContainerCreating", String::new()),
    };
    let mut last = json!({});
    if let Some(ended) = state.last_end {
        last = json!({ "terminated": { "exitCode": 1, "reason": "Error", "finishedAt": stamp(ended) } });
    }
    let digest =
        image.split_once('@').map_or_else(|| format!("sha256:{}", digest_hex(image)), |(_, digest)| digest.to_owned());
    let repository = image.split('@').next().unwrap_or(image);
    let image_id = if container.pulled_at.is_some() { format!("{repository}@{digest}") } else { String::new() };
    let statuses: Vec<Value> = pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|described| {
            json!({ "name": described["name"], "image": described["image"], "imageID": image_id, "ready": ready, "started": running,
                    "restartCount": state.restarts, "state": current, "lastState": last })
        })
        .collect();
    let before = pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let condition = |kind: &str, holds: bool| {
        let status = if holds { "True" } else { "False" };
        let same = before.iter().find(|condition| condition["type"] == kind && condition["status"] == status);
        let since = same.map_or(json!(stamp(now)), |condition| condition["lastTransitionTime"].clone());
        let mut condition = json!({ "type": kind, "status": status, "lastTransitionTime": since });
        if !holds {
            condition["reason"] = json!("ContainersNotReady");
            condition["message"] = json!(format!("containers with unready status: [{main}]"));
        }
        condition
    };
    let phase = if running || state.restarts > 0 || container.phase == Phase::Exited { "Running" } else { "Pending" };
    pod["status"] = json!({
        "phase": phase, "hostIP": "127.0.0.1", "podIP": "127.0.0.1", "podIPs": [{ "ip": "127.0.0.1" }], "qosClass": "Burstable",
        "startTime": stamp(container.created_at), "containerStatuses": statuses,
        "conditions": [condition("PodScheduled", true), condition("Initialized", true), condition("ContainersReady", ready), condition("Ready", ready)],
    });
    let served =
        pod["spec"]["containers"].as_array_mut().into_iter().flatten().find(|container| container["name"] == main);
    if let Some(first) = served.and_then(|container| container["ports"].get_mut(0)) {
        match port {
            Some(port) => first["hostPort"] = json!(port),
            None => {
                first.as_object_mut().and_then(|port| port.remove("hostPort"));
            }
        }
    }
}
