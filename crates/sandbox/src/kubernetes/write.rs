//! Create, replace, patch, apply and delete.

use serde_json::{Value, json};

use super::{
    Kubernetes, fields, managers,
    resources::{DEPLOYMENTS, NAMESPACES, PODS, REPLICA_SETS, Resource, SECRETS, SERVICES},
    services::front_id,
    stamp,
    status::ApiError,
    store::text,
    validate,
};
use crate::cluster::Cluster;

/// The options that every write takes.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) manager: String,
    pub(super) force: bool,
    pub(super) dry_run: bool,
    pub(super) strict: bool,
}

/// What a PATCH carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatchKind {
    Apply,
    Merge,
    Strategic,
}

impl Kubernetes {
    pub(super) fn create(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        object: Value,
        options: &Options,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        let mut object = object;
        if object["metadata"]["name"].is_null()
            && let Some(prefix) = object["metadata"]["generateName"].as_str()
        {
            object["metadata"]["name"] = json!(format!("{prefix}{}", cluster.ids.suffix(5)));
        }
        let name = text(&object, "/metadata/name").to_owned();
        if self.store.get(resource, namespace, &name).is_some() {
            return Err(ApiError::exists(&resource.full_name(), &name));
        }
        self.finish(resource, namespace, None, object, options, cluster)
    }

    pub(super) fn replace(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
        object: Value,
        options: &Options,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        let live = self.live(resource, namespace, name)?;
        named(&object, name)?;
        fresh(resource, &object, &live)?;
        self.finish(resource, namespace, Some(&live), object, options, cluster)
    }

    pub(super) fn patch(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
        (kind, patch): (PatchKind, Value),
        options: &Options,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        if kind != PatchKind::Apply {
            let live = self.live(resource, namespace, name)?;
            let mut object = live.clone();
            fields::merge_patch(&mut object, &patch, kind == PatchKind::Strategic, "");
            fresh(resource, &object, &live)?;
            return self.finish(resource, namespace, Some(&live), object, options, cluster);
        }
        if options.manager.is_empty() {
            return Err(ApiError::bad_request(
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
            ));
        }
        named(&patch, name)?;
        if patch["kind"] != resource.kind || patch["apiVersion"] != resource.api_version() {
            return Err(ApiError::bad_request(format!(
                "apiVersion and kind must be {} and {}",
                resource.api_version(),
                resource.kind
            )));
        }
        if options.strict {
            validate::strict(resource, &patch)?;
        }
        let live = self.store.get(resource, namespace, name).map(|live| (**live).clone());
        let now = stamp(cluster.now);
        let base = live.clone().unwrap_or_else(
            || json!({ "apiVersion": patch["apiVersion"], "kind": patch["kind"], "metadata": { "name": name } }),
        );
        let merged = managers::apply(&base, &patch, &options.manager, options.force, &now)?;
        self.store_checked(resource, namespace, live.as_ref(), merged, options, cluster)
    }

    /// Completes a write that is no apply.
    fn finish(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        live: Option<&Value>,
        mut object: Value,
        options: &Options,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        if options.strict {
            validate::strict(resource, &object)?;
        }
        // Clients write the spec; the status belongs to the controllers.
        match live {
            Some(live) => object["status"] = live["status"].clone(),
            None => object["status"] = Value::Null,
        }
        let manager = if options.manager.is_empty() { "unknown" } else { &options.manager };
        let object = managers::updated(live, object, manager, &stamp(cluster.now));
        self.store_checked(resource, namespace, live, object, options, cluster)
    }

    fn store_checked(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        live: Option<&Value>,
        mut object: Value,
        options: &Options,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        if resource.namespaced && self.store.get(&NAMESPACES, "", namespace).is_none() {
            return Err(ApiError::not_found("namespaces", namespace));
        }
        object["apiVersion"] = json!(resource.api_version());
        object["kind"] = json!(resource.kind);
        validate::default(resource, &mut object, cluster);
        validate::check(resource, &object, live)?;
        if *resource == SECRETS {
            // Names are enough to refer to a secret by, and a value that is not kept cannot leak.
            for member in ["data", "stringData"] {
                for (_, value) in object[member].as_object_mut().into_iter().flatten() {
                    *value = json!("");
                }
            }
        }
        if object["status"].is_null()
            && let Some(members) = object.as_object_mut()
        {
            members.remove("status");
        }
        let metadata = &mut object["metadata"];
        if resource.namespaced {
            metadata["namespace"] = json!(namespace);
        }
        match live {
            Some(live) => {
                for member in ["uid", "creationTimestamp", "generation"] {
                    metadata[member] = live["metadata"][member].clone();
                }
                if live["spec"] != object["spec"] && resource.group == "apps" {
                    let generation = live["metadata"]["generation"].as_i64().unwrap_or(1) + 1;
                    object["metadata"]["generation"] = json!(generation);
                }
            }
            None => {
                metadata["uid"] = json!(cluster.ids.uuid());
                metadata["creationTimestamp"] = json!(stamp(cluster.now));
                metadata["resourceVersion"] = json!("0");
                if resource.group == "apps" {
                    metadata["generation"] = json!(1);
                }
                if *resource == NAMESPACES {
                    object["status"] = json!({ "phase": "Active" });
                }
            }
        }
        if object["metadata"]["generation"].is_null() {
            object["metadata"].as_object_mut().and_then(|metadata| metadata.remove("generation"));
        }
        if options.dry_run {
            return Ok(object);
        }
        Ok((*self.store.put(resource, object)).clone())
    }

    /// Deletes an object, and with it what it owns unless that is to be orphaned.
    pub(super) fn delete(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
        options: &Value,
        cluster: &mut Cluster,
    ) -> Result<Value, ApiError> {
        let live = self.live(resource, namespace, name)?;
        let wanted = &options["preconditions"]["uid"];
        if !wanted.is_null() && *wanted != live["metadata"]["uid"] {
            return Err(ApiError::stale(&resource.full_name(), name));
        }
        if options["dryRun"].as_array().is_some_and(|all| !all.is_empty()) {
            return Ok(live);
        }
        self.remove(resource, namespace, name, options["propagationPolicy"] != "Orphan", cluster);
        Ok(json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                   "details": { "name": name, "kind": resource.plural, "uid": live["metadata"]["uid"] } }))
    }

    pub(super) fn remove(
        &mut self,
        resource: &'static Resource,
        namespace: &str,
        name: &str,
        cascade: bool,
        cluster: &mut Cluster,
    ) {
        if *resource == PODS {
            return self.delete_pod(namespace, name, cluster);
        }
        let Some(object) = self.store.remove(resource, namespace, name) else { return };
        if *resource == SERVICES {
            cluster.close_front(&front_id(text(&object, "/metadata/uid")));
        }
        if *resource == NAMESPACES {
            for (kind, inner) in super::seed::contents(&self.store, name) {
                self.remove(kind, name, &inner, false, cluster);
            }
        }
        let children = match resource.kind {
            "Deployment" => &REPLICA_SETS,
            "ReplicaSet" => &PODS,
            _ => return,
        };
        for child in self.owned(children, &object) {
            let child_name = text(&child, "/metadata/name");
            if cascade {
                self.remove(children, namespace, child_name, true, cluster);
            } else {
                let mut child = (*child).clone();
                child["metadata"].as_object_mut().and_then(|metadata| metadata.remove("ownerReferences"));
                self.store.put(children, child);
            }
        }
    }

    fn live(&self, resource: &Resource, namespace: &str, name: &str) -> Result<Value, ApiError> {
        let live = self.store.get(resource, namespace, name).map(|live| (**live).clone());
        live.ok_or_else(|| ApiError::not_found(&resource.full_name(), name))
    }

    pub(super) fn add_namespace(&mut self, name: &str, cluster: &mut Cluster) {
        if self.store.get(&NAMESPACES, "", name).is_none() {
            let namespace = json!({
                "apiVersion": "v1", "kind": "Namespace", "status": { "phase": "Active" },
                "metadata": { "name": name, "uid": cluster.ids.uuid(), "creationTimestamp": stamp(cluster.now), "labels": { "kubernetes.io/metadata.name": name } },
            });
            self.store.put(&NAMESPACES, namespace);
        }
    }
}

/// The `scale` subresource of a Deployment.
pub(super) fn scale_of(deployment: &Value) -> Value {
    let metadata = &deployment["metadata"];
    json!({ "apiVersion": "autoscaling/v1", "kind": "Scale",
            "metadata": { "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"] },
            "spec": { "replicas": deployment["spec"]["replicas"] }, "status": { "replicas": deployment["status"]["replicas"] } })
}

/// Whether a resource has a `scale`.
pub(super) fn scales(resource: &Resource) -> bool {
    *resource == DEPLOYMENTS
}

fn named(object: &Value, name: &str) -> Result<(), ApiError> {
    let given = object["metadata"]["name"].as_str();
    if given.is_none_or(|given| given == name) {
        return Ok(());
    }
    Err(ApiError::bad_request(format!(
        "the name of the object ({}) does not match the name on the URL ({name})",
        given.unwrap_or_default()
    )))
}

/// A write that names a version must name the present one.
fn fresh(resource: &Resource, object: &Value, live: &Value) -> Result<(), ApiError> {
    let given = &object["metadata"]["resourceVersion"];
    if given.is_null() || *given == "" || *given == live["metadata"]["resourceVersion"] {
        return Ok(());
    }
    Err(ApiError::stale(&resource.full_name(), text(live, "/metadata/name")))
}
