//! The resources on offer, and the discovery documents that say so.

use serde_json::{Value, json};

/// One kind of object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Empty for the core group.
    pub(super) group: &'static str,
    pub(super) plural: &'static str,
    pub(super) kind: &'static str,
    pub(super) namespaced: bool,
}

const fn core(plural: &'static str, kind: &'static str) -> Resource {
    Resource { group: "", plural, kind, namespaced: true }
}

pub(super) static NAMESPACES: Resource =
    Resource { group: "", plural: "namespaces", kind: "Namespace", namespaced: false };
pub(super) static CONFIG_MAPS: Resource = core("configmaps", "ConfigMap");
pub(super) static SECRETS: Resource = core("secrets", "Secret");
pub(super) static SERVICES: Resource = core("services", "Service");
pub(super) static PODS: Resource = core("pods", "Pod");
pub(super) static EVENTS: Resource = core("events", "Event");
pub(super) static DEPLOYMENTS: Resource =
    Resource { group: "apps", plural: "deployments", kind: "Deployment", namespaced: true };
pub(super) static REPLICA_SETS: Resource =
    Resource { group: "apps", plural: "replicasets", kind: "ReplicaSet", namespaced: true };

static ALL: [&Resource; 8] =
    [&NAMESPACES, &CONFIG_MAPS, &SECRETS, &SERVICES, &PODS, &EVENTS, &DEPLOYMENTS, &REPLICA_SETS];

impl Resource {
    pub(super) fn find(group: &str, plural: &str) -> Option<&'static Self> {
        ALL.iter().find(|resource| resource.group == group && resource.plural == plural).copied()
    }

    pub(super) fn api_version(&self) -> &'static str {
        if self.group.is_empty() { "v1" } else { "apps/v1" }
    }

    /// As in error messages: `deployments.apps`.
    pub(super) fn full_name(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// The key of an object in the store.
    pub(super) fn key(&self, namespace: &str, name: &str) -> String {
        format!("{}/{namespace}/{name}", self.plural)
    }
}

/// The document at a path that belongs to no object, if there is one.
pub(super) fn discovery(path: &str) -> Option<Value> {
    let document = match path {
        "/version" => {
            json!({ "major": "1", "minor": "33", "gitVersion": "v1.33.0+sandbox", "gitCommit": "", "gitTreeState": "clean",
            "buildDate": "2025-04-23T00:00:00Z", "goVersion": "", "compiler": "", "platform": "linux/amd64" })
        }
        "/api" => json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] }),
        "/apis" => json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": [apps()] }),
        "/apis/apps" => apps(),
        "/api/v1" => resource_list("", "v1"),
        "/apis/apps/v1" => resource_list("apps", "apps/v1"),
        _ => return None,
    };
    Some(document)
}

fn apps() -> Value {
    let version = json!({ "groupVersion": "apps/v1", "version": "v1" });
    json!({ "kind": "APIGroup", "apiVersion": "v1", "name": "apps", "versions": [version], "preferredVersion": version })
}

fn resource_list(group: &str, version: &str) -> Value {
    let resources: Vec<Value> = ALL
        .iter()
        .filter(|resource| resource.group == group)
        .map(|resource| {
            json!({ "name": resource.plural, "singularName": resource.kind.to_lowercase(), "namespaced": resource.namespaced, "kind": resource.kind,
                "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"] })
        })
        .collect();
    json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources })
}
