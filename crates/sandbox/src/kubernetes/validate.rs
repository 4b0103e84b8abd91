//! What the API server refuses, and the defaults that it fills in.

use serde_json::{Value, json};

use super::{
    resources::{DEPLOYMENTS, Resource, SERVICES},
    status::ApiError,
    store::text,
};
use crate::cluster::Cluster;

const DEPLOYMENT_SPEC: &[&str] = &[
    "minReadySeconds",
    "paused",
    "progressDeadlineSeconds",
    "replicas",
    "revisionHistoryLimit",
    "selector",
    "strategy",
    "template",
];
const CONTAINER: &[&str] = &[
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "restartPolicy",
    "securityContext",
    "startupProbe",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
];
const POD_SPEC: &[&str] = &[
    "activeDeadlineSeconds",
    "affinity",
    "automountServiceAccountToken",
    "containers",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "ephemeralContainers",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostUsers",
    "hostname",
    "imagePullSecrets",
    "initContainers",
    "nodeName",
    "nodeSelector",
    "os",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "resourceClaims",
    "resources",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "schedulingGates",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
    "volumes",
];

/// Refuses unknown fields at the upper levels of a Deployment, as `fieldValidation=Strict` does.
pub(super) fn strict(resource: &Resource, object: &Value) -> Result<(), ApiError> {
    if *resource != DEPLOYMENTS {
        return Ok(());
    }
    let mut unknown = Vec::new();
    let mut check = |value: &Value, path: &str, known: &[&str]| {
        for name in
            value.as_object().into_iter().flatten().map(|(name, _)| name).filter(|name| !known.contains(&name.as_str()))
        {
            unknown.push(format!("unknown field \"{path}{name}\""));
        }
    };
    check(object, "", &["apiVersion", "kind", "metadata", "spec", "status"]);
    check(&object["spec"], "spec.", DEPLOYMENT_SPEC);
    check(&object["spec"]["template"], "spec.template.", &["metadata", "spec"]);
    let pod = &object["spec"]["template"]["spec"];
    check(pod, "spec.template.spec.", POD_SPEC);
    for (index, container) in pod["containers"].as_array().into_iter().flatten().enumerate() {
        check(container, &format!("spec.template.spec.containers[{index}]."), CONTAINER);
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!("strict decoding error: {}", unknown.join(", "))))
    }
}

/// Checks a complete object; `live` is what it replaces.
pub(super) fn check(resource: &Resource, object: &Value, live: Option<&Value>) -> Result<(), ApiError> {
    let name = text(object, "/metadata/name");
    let invalid = |field: &str, reason: &'static str, problem: String| {
        Err(ApiError::invalid(resource.kind, name, field, reason, problem))
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let ends_well = !name.starts_with(['-', '.']) && !name.ends_with(['-', '.']);
    if name.is_empty() || name.len() > 253 || !ends_well || !name.chars().all(allowed) {
        let problem = format!(
            "Invalid value: {name:?}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
        );
        return invalid("metadata.name", "FieldValueInvalid", problem);
    }
    for (key, value) in object["metadata"]["labels"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let ok = value.len() <= 63 && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !ok || key.is_empty() {
            return invalid(
                "metadata.labels",
                "FieldValueInvalid",
                format!(
                    "Invalid value: {value:?}: a valid label must be at most 63 alphanumeric characters, '-', '_' or '.'"
                ),
            );
        }
    }
    if *resource == SERVICES && object["spec"]["ports"].as_array().is_none_or(Vec::is_empty) {
        return invalid("spec.ports", "FieldValueRequired", "Required value".to_owned());
    }
    if *resource != DEPLOYMENTS {
        return Ok(());
    }
    let spec = &object["spec"];
    let Some(selector) = spec["selector"]["matchLabels"].as_object().filter(|labels| !labels.is_empty()) else {
        return invalid("spec.selector", "FieldValueRequired", "Required value".to_owned());
    };
    let labels = &spec["template"]["metadata"]["labels"];
    if selector.iter().any(|(key, value)| labels.get(key) != Some(value)) {
        return invalid(
            "spec.template.metadata.labels",
            "FieldValueInvalid",
            format!("Invalid value: {labels}: `selector` does not match template `labels`"),
        );
    }
    if spec["replicas"].as_i64().is_none_or(|replicas| replicas < 0) {
        return invalid(
            "spec.replicas",
            "FieldValueInvalid",
            format!("Invalid value: {}: must be greater than or equal to 0", spec["replicas"]),
        );
    }
    let containers = spec["template"]["spec"]["containers"].as_array().cloned().unwrap_or_default();
    if containers.is_empty() {
        return invalid("spec.template.spec.containers", "FieldValueRequired", "Required value".to_owned());
    }
    for (index, container) in containers.iter().enumerate() {
        for member in ["name", "image"] {
            if text(container, &format!("/{member}")).is_empty() {
                return invalid(
                    &format!("spec.template.spec.containers[{index}].{member}"),
                    "FieldValueRequired",
                    "Required value".to_owned(),
                );
            }
        }
    }
    match live {
        Some(live) if live["spec"]["selector"] != spec["selector"] => invalid(
            "spec.selector",
            "FieldValueInvalid",
            format!("Invalid value: {}: field is immutable", spec["selector"]),
        ),
        _ => Ok(()),
    }
}

/// Fills in what a client may leave out.
pub(super) fn default(resource: &Resource, object: &mut Value, cluster: &mut Cluster) {
    let set = |place: &mut Value, value: Value| {
        if place.is_null() {
            *place = value;
        }
    };
    if *resource == DEPLOYMENTS {
        let spec = &mut object["spec"];
        set(&mut spec["replicas"], json!(1));
        set(&mut spec["revisionHistoryLimit"], json!(10));
        set(&mut spec["progressDeadlineSeconds"], json!(600));
        set(&mut spec["strategy"], json!({ "type": "RollingUpdate" }));
        set(&mut spec["strategy"]["type"], json!("RollingUpdate"));
        if spec["strategy"]["type"] == "RollingUpdate" {
            set(&mut spec["strategy"]["rollingUpdate"]["maxSurge"], json!("25%"));
            set(&mut spec["strategy"]["rollingUpdate"]["maxUnavailable"], json!("25%"));
        }
        let pod = &mut spec["template"]["spec"];
        set(&mut pod["restartPolicy"], json!("Always"));
        set(&mut pod["dnsPolicy"], json!("ClusterFirst"));
        set(&mut pod["schedulerName"], json!("default-scheduler"));
        set(&mut pod["terminationGracePeriodSeconds"], json!(30));
        for container in pod["containers"].as_array_mut().into_iter().flatten() {
            for port in container["ports"].as_array_mut().into_iter().flatten() {
                set(&mut port["protocol"], json!("TCP"));
            }
            if container["ports"].is_null() {
                container.as_object_mut().and_then(|container| container.remove("ports"));
            }
        }
    } else if *resource == SERVICES {
        let address = u8::from_str_radix(&cluster.ids.hex(2), 16).unwrap_or(1);
        let spec = &mut object["spec"];
        set(&mut spec["type"], json!("ClusterIP"));
        set(&mut spec["clusterIP"], json!(format!("10.96.0.{address}")));
        set(&mut spec["sessionAffinity"], json!("None"));
        for port in spec["ports"].as_array_mut().into_iter().flatten() {
            set(&mut port["protocol"], json!("TCP"));
            let number = port["port"].clone();
            set(&mut port["targetPort"], number);
        }
    }
}
