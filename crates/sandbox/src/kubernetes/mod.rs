//! Kubernetes: an API server in miniature and the controllers for Deployments, ReplicaSets, Pods and Services.

mod deployments;
mod fields;
pub(crate) mod http;
mod managers;
mod pods;
mod resources;
mod seed;
mod select;
mod services;
mod status;
mod store;
mod validate;
mod watch;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{
    deployments::Progress,
    pods::PodState,
    resources::{DEPLOYMENTS, EVENTS, PODS},
    store::{Store, text},
};
use crate::{cluster::Cluster, config::Millis};

/// The objects and what the controllers remember beside them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kubernetes {
    store: Store,
    /// By the pod's uid, which is also its container's id.
    pods: BTreeMap<String, PodState>,
    /// By the Deployment's uid.
    progress: BTreeMap<String, Progress>,
}

impl Kubernetes {
    /// The newest resource version.
    pub(crate) fn version(&self) -> u64 {
        self.store.version()
    }

    /// When a controller has something to do without anything else happening, after `now`.
    pub(crate) fn next_due(&self, now: Millis) -> Option<Millis> {
        let retries = self.pods.values().filter_map(|pod| pod.retry_at);
        let deadlines = self.progress.values().filter_map(|progress| progress.deadline);
        retries.chain(deadlines).filter(|at| *at > now).min()
    }

    /// Runs every controller once. Says whether anything changed.
    pub(crate) fn step(&mut self, cluster: &mut Cluster) -> bool {
        let before = self.store.version();
        let moved = self.step_pods(cluster);
        self.step_deployments(cluster);
        self.step_replica_sets(cluster);
        self.step_services(cluster);
        moved || self.store.version() != before
    }

    /// Creates what the API server itself provides, and opens the Services' addresses after a start.
    pub(crate) fn reopen(&mut self, cluster: &mut Cluster) {
        for namespace in ["default", "kube-system"] {
            self.add_namespace(namespace, cluster);
        }
        self.step_services(cluster);
    }

    pub(crate) fn summary(&self) -> Value {
        let deployments = self.store.list(&DEPLOYMENTS, None).map(|(_, deployment)| {
            json!({ "name": text(deployment, "/metadata/name"), "namespace": text(deployment, "/metadata/namespace"),
                    "replicas": deployment["spec"]["replicas"], "ready": deployment["status"]["readyReplicas"] })
        });
        json!({ "deployments": deployments.collect::<Vec<_>>(), "pods": self.store.list(&PODS, None).count() })
    }

    /// Writes an Event about an object.
    fn tell(&mut self, about: &Value, kind: &str, reason: &str, message: &str, cluster: &mut Cluster) {
        let (name, namespace) = (text(about, "/metadata/name"), text(about, "/metadata/namespace"));
        let now = stamp(cluster.now);
        let event = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": { "name": format!("{name}.{}", cluster.ids.hex(16)), "namespace": namespace, "uid": cluster.ids.uuid(), "creationTimestamp": now },
            "involvedObject": { "apiVersion": about["apiVersion"], "kind": about["kind"], "name": name, "namespace": namespace, "uid": about["metadata"]["uid"] },
            "type": kind, "reason": reason, "message": message, "count": 1, "firstTimestamp": now, "lastTimestamp": now,
            "source": { "component": "slipway-sandbox" },
        });
        self.store.put(&EVENTS, event);
    }
}

/// An instant as the API writes it: RFC 3339 with whole seconds.
fn stamp(at: Millis) -> String {
    let at = jiff::Timestamp::from_second(at.div_euclid(1000)).unwrap_or_default();
    at.to_string()
}
