//! Services: a stable address on this machine for each, with the ready pods behind it.

use serde_json::json;

use super::{
    Kubernetes,
    pods::is_ready,
    resources::{PODS, SERVICES},
    select::matches_labels,
    store::text,
};
use crate::cluster::Cluster;

/// The annotation that tells where a Service is reached.
const ENDPOINT: &str = "sandbox.slipway.dev/endpoint";

impl Kubernetes {
    pub(super) fn step_services(&mut self, cluster: &mut Cluster) {
        for service in self.store.all(&SERVICES) {
            let namespace = text(&service, "/metadata/namespace");
            let front = front_id(text(&service, "/metadata/uid"));
            // A restart keeps the port where it can: the annotation remembers it.
            let known = service["metadata"]["annotations"][ENDPOINT]
                .as_str()
                .and_then(|url| url.rsplit(':').next()?.parse().ok());
            let port = cluster.open_front(&front, known.unwrap_or(0));
            let ready: Vec<String> = self
                .store
                .list(&PODS, Some(namespace))
                .filter(|(_, pod)| matches_labels(&service["spec"]["selector"], pod) && is_ready(pod))
                .map(|(_, pod)| text(pod, "/metadata/uid").to_owned())
                .collect();
            cluster.put_behind(&front, ready.iter().map(String::as_str));
            let mut next = (*service).clone();
            next["metadata"]["annotations"][ENDPOINT] = json!(format!("http://127.0.0.1:{port}"));
            self.store.put(&SERVICES, next);
        }
    }
}

/// The id of a Service's address in the engine.
pub(super) fn front_id(uid: &str) -> String {
    format!("kubernetes-service/{uid}")
}
