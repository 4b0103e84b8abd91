//! The controllers for Deployments and ReplicaSets: rolling updates, progress, and what the status says.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Kubernetes,
    pods::is_ready,
    resources::{DEPLOYMENTS, PODS, REPLICA_SETS},
    stamp,
    store::text,
};
use crate::{
    cluster::{
        Cluster,
        ids::{digest_hex, suffix_of},
    },
    config::Millis,
};

const REVISION: &str = "deployment.kubernetes.io/revision";

/// How far a roll-out has come and since when it has been standing there.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    fingerprint: String,
    since: Millis,
    pub(super) deadline: Option<Millis>,
}

/// The pods of one ReplicaSet in numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    wanted: i64,
    total: i64,
    ready: i64,
}

fn number(value: &Value, default: i64) -> i64 {
    value.as_i64().unwrap_or(default)
}

/// `25%` of `whole`, or a plain number.
fn share(value: &Value, whole: i64, round_up: bool) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|percent| percent.parse::<i64>().ok()) {
        Some(percent) if round_up => (whole * percent + 99) / 100,
        Some(percent) => whole * percent / 100,
        None => number(value, 1),
    }
}

impl Kubernetes {
    pub(super) fn step_deployments(&mut self, cluster: &mut Cluster) {
        let deployments = self.store.all(&DEPLOYMENTS);
        self.progress.retain(|uid, _| deployments.iter().any(|deployment| text(deployment, "/metadata/uid") == uid));
        for deployment in deployments {
            self.step_deployment(&deployment, cluster);
        }
    }

    fn step_deployment(&mut self, deployment: &Arc<Value>, cluster: &mut Cluster) {
        let hash = suffix_of(&digest_hex(&deployment["spec"]["template"].to_string()), 10);
        let name = format!("{}-{hash}", text(deployment, "/metadata/name"));
        let namespace = text(deployment, "/metadata/namespace").to_owned();
        let revision = self.ensure_replica_set(deployment, &name, &hash, cluster);
        let owned = self.owned(&REPLICA_SETS, deployment);
        let (current, old): (Vec<_>, Vec<_>) = owned.into_iter().partition(|set| text(set, "/metadata/name") == name);
        let Some(current) = current.into_iter().next() else { return };
        let new = self.tally(&current);
        let olds: Vec<(Arc<Value>, Tally)> = old.into_iter().map(|set| (Arc::clone(&set), self.tally(&set))).collect();
        self.roll(deployment, &current, new, &olds, cluster);
        self.forget_old_sets(deployment, &olds);
        self.write_deployment_status(deployment, &name, &namespace, revision, cluster);
    }

    /// Finds or creates the ReplicaSet for the present template, and returns its revision.
    fn ensure_replica_set(&mut self, deployment: &Value, name: &str, hash: &str, cluster: &mut Cluster) -> i64 {
        let revision_of = |set: &Value| {
            set["metadata"]["annotations"][REVISION].as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0)
        };
        let owned = self.owned(&REPLICA_SETS, deployment);
        let newest = owned.iter().map(|set| revision_of(set)).max().unwrap_or(0);
        if let Some(set) = owned.iter().find(|set| text(set, "/metadata/name") == name) {
            let revision = revision_of(set);
            if revision == newest {
                return revision;
            }
            // Back to an earlier template: its ReplicaSet becomes the newest revision.
            let mut set = (**set).clone();
            set["metadata"]["annotations"][REVISION] = json!((newest + 1).to_string());
            self.store.put(&REPLICA_SETS, set);
            return newest + 1;
        }
        let mut template = deployment["spec"]["template"].clone();
        template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
        let mut selector = deployment["spec"]["selector"].clone();
        selector["matchLabels"]["pod-template-hash"] = json!(hash);
        let set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": name, "namespace": deployment["metadata"]["namespace"], "uid": cluster.ids.uuid(), "generation": 1,
                "creationTimestamp": stamp(cluster.now), "labels": template["metadata"]["labels"],
                "annotations": { REVISION: (newest + 1).to_string() }, "ownerReferences": [owner(deployment)],
            },
            "spec": { "replicas": 0, "selector": selector, "template": template },
            "status": { "replicas": 0 },
        });
        self.store.put(&REPLICA_SETS, set);
        newest + 1
    }

    fn roll(
        &mut self,
        deployment: &Value,
        current: &Value,
        new: Tally,
        olds: &[(Arc<Value>, Tally)],
        cluster: &mut Cluster,
    ) {
        let spec = &deployment["spec"];
        let replicas = number(&spec["replicas"], 1);
        let old_wanted: i64 = olds.iter().map(|(_, tally)| tally.wanted).sum();
        let old_pods: i64 = olds.iter().map(|(_, tally)| tally.total).sum();
        if spec["paused"] == true {
            return;
        }
        let recreate = spec["strategy"]["type"] == "Recreate";
        let rolling = &spec["strategy"]["rollingUpdate"];
        let surge = share(&rolling["maxSurge"], replicas, true);
        let unavailable = share(&rolling["maxUnavailable"], replicas, false);
        // Both may round to nothing; then one pod may be missing, or nothing would ever move.
        let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
        let target = if recreate {
            if old_pods == 0 { replicas } else { new.wanted }
        } else {
            let room = (replicas + surge - old_wanted - new.wanted).max(0);
            if new.wanted > replicas || olds.is_empty() { replicas } else { (new.wanted + room).min(replicas) }
        };
        if target != new.wanted {
            self.scale_set(deployment, current, target, cluster);
        }
        let least = replicas - unavailable;
        let ready: i64 = new.ready + olds.iter().map(|(_, tally)| tally.ready).sum::<i64>();
        let mut spare = if recreate { i64::MAX } else { (ready - least).max(0) };
        for (set, tally) in olds.iter().filter(|(_, tally)| tally.wanted > 0) {
            // Pods that are not ready are no loss; ready ones go as far as the strategy allows.
            let idle = (tally.wanted - tally.ready).max(0);
            let ready_to_go = (tally.wanted - idle).min(spare);
            spare -= ready_to_go;
            if idle + ready_to_go > 0 {
                self.scale_set(deployment, set, tally.wanted - idle - ready_to_go, cluster);
            }
        }
    }

    fn scale_set(&mut self, deployment: &Value, set: &Value, replicas: i64, cluster: &mut Cluster) {
        let mut next = set.clone();
        let before = number(&set["spec"]["replicas"], 0);
        next["spec"]["replicas"] = json!(replicas);
        next["metadata"]["generation"] = json!(number(&set["metadata"]["generation"], 1) + 1);
        self.store.put(&REPLICA_SETS, next);
        let direction = if replicas > before { "up" } else { "down" };
        let message =
            format!("Scaled {direction} replica set {} from {before} to {replicas}", text(set, "/metadata/name"));
        self.tell(deployment, "Normal", "ScalingReplicaSet", &message, cluster);
    }

    fn forget_old_sets(&mut self, deployment: &Value, olds: &[(Arc<Value>, Tally)]) {
        let kept = usize::try_from(number(&deployment["spec"]["revisionHistoryLimit"], 10)).unwrap_or(10);
        let mut empty: Vec<&Arc<Value>> =
            olds.iter().filter(|(_, tally)| tally.wanted == 0 && tally.total == 0).map(|(set, _)| set).collect();
        empty.sort_by_key(|set| {
            set["metadata"]["annotations"][REVISION].as_str().and_then(|text| text.parse::<i64>().ok())
        });
        let surplus = empty.len().saturating_sub(kept);
        for set in empty.into_iter().take(surplus) {
            self.store.remove(&REPLICA_SETS, text(set, "/metadata/namespace"), text(set, "/metadata/name"));
        }
    }

    /// Creates and deletes pods until each ReplicaSet has as many as it wants.
    pub(super) fn step_replica_sets(&mut self, cluster: &mut Cluster) {
        for set in self.store.all(&REPLICA_SETS) {
            let mut pods = self.owned(&PODS, &set);
            let wanted = usize::try_from(number(&set["spec"]["replicas"], 1)).unwrap_or(0);
            for _ in pods.len()..wanted {
                let pod = new_pod(&set, cluster);
                self.store.put(&PODS, pod);
            }
            // Pods that are not ready go first.
            pods.sort_by_key(|pod| is_ready(pod));
            let surplus = pods.len().saturating_sub(wanted);
            for pod in pods.iter().take(surplus) {
                self.delete_pod(text(pod, "/metadata/namespace"), text(pod, "/metadata/name"), cluster);
            }
            let tally = self.tally(&set);
            let mut next = (*set).clone();
            next["status"] = json!({
                "replicas": tally.total, "fullyLabeledReplicas": tally.total, "readyReplicas": tally.ready, "availableReplicas": tally.ready,
                "observedGeneration": set["metadata"]["generation"],
            });
            self.store.put(&REPLICA_SETS, next);
        }
    }

    fn tally(&self, set: &Value) -> Tally {
        let pods = self.owned(&PODS, set);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Tally {
            wanted: number(&set["spec"]["replicas"], 1),
            total: count(pods.len()),
            ready: count(pods.iter().filter(|pod| is_ready(pod)).count()),
        }
    }

    /// The objects of a kind that `parent` controls.
    pub(super) fn owned(&self, resource: &super::resources::Resource, parent: &Value) -> Vec<Arc<Value>> {
        let uid = text(parent, "/metadata/uid");
        let is_owned = |object: &Value| {
            let owners = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
            owners.into_iter().any(|owner| owner["uid"] == uid)
        };
        let inside = self.store.list(resource, Some(text(parent, "/metadata/namespace")));
        inside.filter(|(_, object)| is_owned(object)).map(|(_, object)| Arc::clone(object)).collect()
    }

    fn write_deployment_status(
        &mut self,
        deployment: &Value,
        current: &str,
        namespace: &str,
        revision: i64,
        cluster: &mut Cluster,
    ) {
        let now = cluster.now;
        let sets = self.owned(&REPLICA_SETS, deployment);
        let tallies: Vec<(bool, Tally)> =
            sets.iter().map(|set| (text(set, "/metadata/name") == current, self.tally(set))).collect();
        let replicas = number(&deployment["spec"]["replicas"], 1);
        let total: i64 = tallies.iter().map(|(_, tally)| tally.total).sum();
        let ready: i64 = tallies.iter().map(|(_, tally)| tally.ready).sum();
        let new = tallies.iter().find(|(is_current, _)| *is_current).map(|(_, tally)| *tally).unwrap_or_default();
        let complete = new.total == replicas && new.ready == replicas && total == replicas;
        let uid = text(deployment, "/metadata/uid").to_owned();
        let generation = &deployment["metadata"]["generation"];
        let fingerprint = format!("{current}/{replicas}/{total}/{ready}/{}/{}", new.total, new.ready);
        let progress = self.progress.entry(uid).or_default();
        // Falling back is no progress: a crash loop must not hold off the deadline for ever.
        let was_complete = progress.deadline.is_none();
        if progress.fingerprint != fingerprint {
            if was_complete || advanced(&progress.fingerprint, &fingerprint) {
                progress.since = now;
            }
            progress.fingerprint = fingerprint;
        }
        let deadline =
            progress.since + number(&deployment["spec"]["progressDeadlineSeconds"], 600).saturating_mul(1000);
        let before = deployment["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let reason_before = before
            .iter()
            .find(|condition| condition["type"] == "Progressing")
            .map(|condition| condition["reason"].clone());
        let same_template =
            deployment["metadata"]["annotations"][REVISION].as_str() == Some(revision.to_string().as_str());
        // Once a roll-out is complete a pod that fails later does not undo that.
        let complete = complete
            || (same_template && reason_before == Some(json!("NewReplicaSetAvailable")) && new.total == replicas);
        progress.deadline = (!complete).then_some(deadline);
        let (holds, reason, message) = if complete {
            ("True", "NewReplicaSetAvailable", format!("ReplicaSet \"{current}\" has successfully progressed."))
        } else if now >= deadline {
            ("False", "ProgressDeadlineExceeded", format!("ReplicaSet \"{current}\" has timed out progressing."))
        } else {
            ("True", "ReplicaSetUpdated", format!("ReplicaSet \"{current}\" is progressing."))
        };
        let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
        let available = ready >= replicas - share(&rolling["maxUnavailable"], replicas, false);
        let (availability, available_reason, available_message) = if available {
            ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        let condition = |kind: &str, status: &str, reason: &str, message: &str| {
            let same = before.iter().find(|condition| condition["type"] == kind);
            if let Some(same) =
                same.filter(|same| same["status"] == status && same["reason"] == reason && same["message"] == message)
            {
                return same.clone();
            }
            let since = same
                .filter(|same| same["status"] == status)
                .map_or(json!(stamp(now)), |same| same["lastTransitionTime"].clone());
            json!({ "type": kind, "status": status, "reason": reason, "message": message, "lastUpdateTime": stamp(now), "lastTransitionTime": since })
        };
        let mut status = json!({
            "observedGeneration": generation, "replicas": total, "updatedReplicas": new.total, "readyReplicas": ready, "availableReplicas": ready,
            "conditions": [
                condition("Available", availability, available_reason, available_message),
                condition("Progressing", holds, reason, &message),
            ],
        });
        let missing = (replicas.max(total) - ready).max(0);
        if missing > 0 {
            status["unavailableReplicas"] = json!(missing);
        }
        if let Some(live) = self.store.get(&DEPLOYMENTS, namespace, text(deployment, "/metadata/name")) {
            let mut next = (**live).clone();
            next["status"] = status;
            next["metadata"]["annotations"][REVISION] = json!(revision.to_string());
            self.store.put(&DEPLOYMENTS, next);
        }
    }
}

/// Whether the second state of a roll-out is further than the first: another template or size, more new pods, more
/// ready ones, fewer old ones.
fn advanced(before: &str, after: &str) -> bool {
    let parts = |text: &str| -> (String, Vec<i64>) {
        let mut parts = text.split('/');
        let template = parts.next().unwrap_or_default().to_owned();
        (template, parts.filter_map(|part| part.parse().ok()).collect())
    };
    let ((template, old), (new_template, new)) = (parts(before), parts(after));
    let ([replicas, total, _, pods, ready], [new_replicas, new_total, _, new_pods, new_ready]) =
        (old.as_slice(), new.as_slice())
    else {
        return true;
    };
    template != new_template
        || replicas != new_replicas
        || new_pods > pods
        || new_ready > ready
        || (new_total - new_pods) < (total - pods)
}

fn owner(parent: &Value) -> Value {
    json!({ "apiVersion": parent["apiVersion"], "kind": parent["kind"], "name": parent["metadata"]["name"], "uid": parent["metadata"]["uid"],
            "controller": true, "blockOwnerDeletion": true })
}

/// A pod of a ReplicaSet, not yet started.
pub(super) fn new_pod(set: &Value, cluster: &mut Cluster) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": set["spec"]["template"]["metadata"], "spec": set["spec"]["template"]["spec"],
        "status": { "phase": "Pending" },
    });
    pod["metadata"]["name"] = json!(format!("{}-{}", text(set, "/metadata/name"), cluster.ids.suffix(5)));
    pod["metadata"]["namespace"] = set["metadata"]["namespace"].clone();
    pod["metadata"]["uid"] = json!(cluster.ids.uuid());
    pod["metadata"]["creationTimestamp"] = json!(stamp(cluster.now));
    pod["metadata"]["ownerReferences"] = json!([owner(set)]);
    pod["spec"]["nodeName"] = json!("sandbox");
    pod
}
