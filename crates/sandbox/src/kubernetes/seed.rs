//! Deployments and Services that are there from the start, and what a namespace holds.

use serde_json::json;

use super::{
    Kubernetes,
    pods::{self, PodState},
    resources::{CONFIG_MAPS, DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS, Resource, SECRETS, SERVICES},
    status::ApiError,
    store::{Store, text},
    write::Options,
};
use crate::{cluster::Cluster, preload::Placement};

impl Kubernetes {
    /// Adds a Deployment in its steady state and a Service; a Deployment of that name that exists stays as it is.
    pub(crate) fn preload(&mut self, placement: &Placement, cluster: &mut Cluster) -> Result<(), ApiError> {
        let namespace = placement.namespace();
        self.add_namespace(namespace, cluster);
        if self.store.get(&DEPLOYMENTS, namespace, &placement.name).is_some() {
            return Ok(());
        }
        let mut labels = placement.labels.clone();
        labels.insert("app.kubernetes.io/name".to_owned(), placement.name.clone());
        let variables: Vec<_> =
            placement.variables.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let selector = json!({ "app.kubernetes.io/name": placement.name });
        let metadata = json!({ "name": placement.name, "labels": labels, "annotations": placement.tags });
        let deployment = json!({
            "metadata": metadata,
            "spec": {
                "replicas": placement.replicas,
                "selector": { "matchLabels": selector },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{
                        "name": placement.name, "image": placement.image, "env": variables,
                        "ports": [{ "containerPort": placement.port }],
                        "readinessProbe": { "httpGet": { "path": placement.health_path, "port": placement.port } },
                    }] },
                },
            },
        });
        let service =
            json!({ "metadata": metadata, "spec": { "selector": selector, "ports": [{ "port": placement.port }] } });
        let options = Options { manager: "sandbox-preload".to_owned(), ..Options::default() };
        self.create(&DEPLOYMENTS, namespace, deployment, &options, cluster)?;
        if self.store.get(&SERVICES, namespace, &placement.name).is_none() {
            self.create(&SERVICES, namespace, service, &options, cluster)?;
        }
        // The controllers make the ReplicaSet and the pods; their containers are put in their steady state at once.
        self.step_deployments(cluster);
        self.step_replica_sets(cluster);
        for pod in self.store.all(&PODS) {
            let uid = text(&pod, "/metadata/uid");
            if cluster.get(uid).is_none() {
                cluster.launch_settled(uid, pods::spec(&pod));
                self.pods.insert(uid.to_owned(), PodState::default());
            }
        }
        Ok(())
    }
}

/// Everything in a namespace, parents before children.
pub(super) fn contents(store: &Store, namespace: &str) -> Vec<(&'static Resource, String)> {
    let kinds: [&'static Resource; 7] =
        [&DEPLOYMENTS, &REPLICA_SETS, &PODS, &SERVICES, &CONFIG_MAPS, &SECRETS, &EVENTS];
    let names = |kind: &'static Resource| {
        store.list(kind, Some(namespace)).map(move |(_, object)| (kind, text(object, "/metadata/name").to_owned()))
    };
    kinds.into_iter().flat_map(names).collect()
}
