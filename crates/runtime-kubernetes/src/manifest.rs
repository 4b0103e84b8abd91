//! What Slipway's words are in Kubernetes' words.

use crate::config::KubernetesConfig;
use serde_json::{Value, json};
use slipway_domain::{
    ids::DeploymentId,
    runtime::{Desired, Target},
};
use slipway_ports::runtime::RuntimeError;
use std::collections::BTreeMap;

pub(crate) const SPEC_HASH: &str = "slipway.dev/spec-hash";
pub(crate) const DEPLOYMENT: &str = "slipway.dev/deployment";
const SERVICE: &str = "slipway.dev/service";
const ENVIRONMENT: &str = "slipway.dev/environment";
const OWNER: &str = "slipway.dev/owner";
const REVISION: &str = "slipway.dev/revision";

/// The label by which pods are found.
pub(crate) const NAME: &str = "app.kubernetes.io/name";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const VERSION: &str = "app.kubernetes.io/version";

/// How labels and annotations come from the API.
pub(crate) type Pairs = Option<BTreeMap<String, String>>;

/// The Deployment. New pods come before old ones go; what must not be done as root is not.
pub(crate) fn deployment(desired: &Desired, config: &KubernetesConfig) -> Value {
    let (name, workload) = (desired.target.resource_name(), &desired.workload);
    let variables = workload.variables.iter().map(|(name, value)| json!({ "name": name, "value": value }));
    let secrets = workload.secrets.iter().map(|(name, reference)| {
        // `secret/key`, or a secret whose key is the variable's name.
        let (secret, key) = reference.split_once('/').unwrap_or((reference, name));
        json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": key } } })
    });
    let health = json!({ "path": workload.health_path, "port": "http" });
    let mut container = json!({
        "name": name,
        "image": desired.image,
        "ports": [{ "name": "http", "containerPort": workload.port, "protocol": "TCP" }],
        "env": variables.chain(secrets).collect::<Vec<_>>(),
        "resources": {
            "requests": { "cpu": format!("{}m", workload.cpu * 1_000 / 1_024), "memory": format!("{}Mi", workload.memory) },
            "limits": { "memory": format!("{}Mi", workload.memory) },
        },
        "readinessProbe": { "httpGet": health, "periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 3 },
        "livenessProbe":
            { "httpGet": health, "initialDelaySeconds": 15, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6 },
        // The pod is taken out of the Service while it still answers.
        "lifecycle": { "preStop": { "sleep": { "seconds": 3 } } },
        "securityContext": { "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } },
    });
    if !workload.command.is_empty() {
        // An image's "command" (Docker's CMD) is what Kubernetes calls `args`.
        container["args"] = json!(workload.command);
    }
    let annotations = annotations(desired);
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels(desired), "annotations": annotations },
        "spec": {
            "replicas": workload.replicas,
            "revisionHistoryLimit": 5,
            "progressDeadlineSeconds": config.progress_deadline_seconds,
            "selector": { "matchLabels": { NAME: name } },
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 0, "maxSurge": 1 } },
            "template": {
                "metadata": { "labels": labels(desired), "annotations": annotations },
                "spec": {
                    "containers": [container],
                    "automountServiceAccountToken": false,
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": 30,
                    "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
                },
            },
        },
    })
}

/// The Service, on the workload's own port.
pub(crate) fn service(desired: &Desired) -> Value {
    let name = desired.target.resource_name();
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": name, "labels": labels(desired), "annotations": annotations(desired) },
        "spec": {
            "type": "ClusterIP",
            "selector": { NAME: name },
            "ports": [{ "name": "http", "port": desired.workload.port, "targetPort": "http", "protocol": "TCP" }],
        },
    })
}

/// The labels of everything that wants `desired`.
pub fn labels(desired: &Desired) -> BTreeMap<String, String> {
    // A label's value has at most 63 characters; twelve of a SHA are what people know it by.
    let version = desired.revision.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let labels = [(NAME, desired.target.resource_name()), (MANAGED_BY, "slipway".to_owned()), (VERSION, version)];
    labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The annotations of everything that wants `desired`: for which service, environment and owner, by which deployment, and the
/// spec's hash and revision.
pub fn annotations(desired: &Desired) -> BTreeMap<String, String> {
    let annotations = [
        (SERVICE, desired.target.service.clone()),
        (ENVIRONMENT, desired.target.environment.clone()),
        (OWNER, desired.owner.clone()),
        (DEPLOYMENT, desired.deployment.to_string()),
        (SPEC_HASH, desired.spec_hash()),
        (REVISION, desired.revision.clone()),
    ];
    annotations.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Refuses an object that Slipway did not make for this very target (`a-b` in `c` and `a` in `b-c` have one name).
pub(crate) fn check_ours(labels: &Pairs, annotations: &Pairs, target: &Target, kind: &str) -> Result<(), RuntimeError> {
    let name = target.resource_name();
    if get(labels, MANAGED_BY) != Some("slipway") {
        return Err(RuntimeError::NotOurs(format!(
            "there is a {kind} `{name}` that Slipway did not make (it has no label {MANAGED_BY}=slipway)"
        )));
    }
    let is = |key: &str, wanted: &str| get(annotations, key).is_none_or(|value| value == wanted);
    if is(SERVICE, &target.service) && is(ENVIRONMENT, &target.environment) {
        Ok(())
    } else {
        Err(RuntimeError::NotOurs(format!("the {kind} `{name}` belongs to another service or environment of Slipway")))
    }
}

/// The deployment that an object carries.
pub(crate) fn deployment_of(annotations: &Pairs) -> Option<DeploymentId> {
    get(annotations, DEPLOYMENT)?.parse().ok()
}

/// Whether an object carries this very deployment with this very spec.
pub(crate) fn carries(annotations: &Pairs, desired: &Desired) -> bool {
    deployment_of(annotations) == Some(desired.deployment)
        && get(annotations, SPEC_HASH) == Some(desired.spec_hash().as_str())
}

pub(crate) fn get<'a>(pairs: &'a Pairs, key: &str) -> Option<&'a str> {
    pairs.as_ref()?.get(key).map(String::as_str)
}
