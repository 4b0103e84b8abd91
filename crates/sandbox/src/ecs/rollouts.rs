//! The service deployments API: what each roll-out brought, how it went, and stopping it.

use serde_json::{Value, json};

use super::{
    Ecs, invalid,
    model::{Rollout, RolloutState, RolloutStatus, Service},
    paged,
    view::revision_counts,
    with_next,
};
use crate::{
    aws::{AwsError, Call, Reply, optional_seconds, seconds, without_nulls},
    cluster::{Cluster, ids::digest_hex},
};

impl Ecs {
    pub(super) fn list_service_deployments(&self, call: &Call) -> Reply {
        let arn = self.service_of(call, call.input["service"].as_str().unwrap_or_default())?;
        let Some(service) = self.services.get(&arn) else { return Err(super::services::not_found()) };
        let wanted = &call.input["status"];
        let bound = |field: &str| call.input["createdAt"][field].as_f64();
        let chosen = |rollout: &&Rollout| {
            let created = seconds(rollout.created_at).as_f64().unwrap_or_default();
            wanted.as_array().is_none_or(|statuses| statuses.is_empty() || statuses.contains(&json!(rollout.status)))
                && bound("after").is_none_or(|after| created > after)
                && bound("before").is_none_or(|before| created < before)
        };
        let arns = service.rollouts.iter().filter(chosen).map(|rollout| rollout.arn.clone()).collect();
        let (arns, next) = paged(&call.input, arns, 20)?;
        let briefs = service.rollouts.iter().filter(|rollout| arns.contains(&rollout.arn)).map(|rollout| {
            without_nulls(json!({
                "serviceDeploymentArn": rollout.arn, "serviceArn": service.arn, "clusterArn": service.cluster_arn,
                "createdAt": seconds(rollout.created_at), "startedAt": seconds(rollout.created_at), "finishedAt": optional_seconds(rollout.finished_at),
                "targetServiceRevisionArn": rollout.target, "status": rollout.status, "statusReason": rollout.reason,
            }))
        });
        Ok(with_next(json!({ "serviceDeployments": briefs.collect::<Vec<_>>() }), next))
    }

    pub(super) fn describe_service_deployments(&self, call: &Call, cluster: &Cluster) -> Reply {
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for arn in asked(&call.input["serviceDeploymentArns"])? {
            match self.find_rollout(&arn) {
                Some((service, rollout)) => found.push(show(service, rollout, cluster)),
                None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
            }
        }
        Ok(json!({ "serviceDeployments": found, "failures": failures }))
    }

    pub(super) fn describe_service_revisions(&self, call: &Call) -> Reply {
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for arn in asked(&call.input["serviceRevisionArns"])? {
            let revision = self.services.values().find_map(|service| {
                service.revisions.iter().find(|revision| revision.arn == arn).map(|revision| (service, revision))
            });
            let Some((service, revision)) = revision else {
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
                continue;
            };
            let definition = self.task_definitions.get(&revision.task_definition);
            let images: Vec<Value> = definition
                .iter()
                .flat_map(|definition| definition.containers())
                .map(|container| {
                    let image = container["image"].as_str().unwrap_or_default();
                    json!({ "containerName": container["name"], "image": image, "imageDigest": image_digest(image) })
                })
                .collect();
            found.push(without_nulls(json!({
                "serviceRevisionArn": revision.arn, "serviceArn": service.arn, "clusterArn": service.cluster_arn,
                "taskDefinition": revision.task_definition, "launchType": service.settings["launchType"],
                "platformVersion": "1.4.0", "platformFamily": "Linux",
                "loadBalancers": service.settings["loadBalancers"], "networkConfiguration": service.settings["networkConfiguration"],
                "containerImages": images, "guardDutyEnabled": false, "createdAt": seconds(revision.created_at),
            })));
        }
        Ok(json!({ "serviceRevisions": found, "failures": failures }))
    }

    pub(super) fn stop_service_deployment(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let arn = call.input["serviceDeploymentArn"].as_str().unwrap_or_default();
        let running = |service: &&mut Service| service.rollouts.iter().any(|rollout| rollout.arn == arn);
        let Some(service) = self.services.values_mut().find(running) else {
            return Err(AwsError::new("ServiceDeploymentNotFoundException", "The service deployment was not found."));
        };
        let current = service
            .rollouts
            .front()
            .is_some_and(|rollout| rollout.arn == arn && rollout.status == RolloutStatus::InProgress);
        if !current {
            return Err(AwsError::new("ConflictException", "The service deployment is not in progress."));
        }
        match call.input["stopType"].as_str().unwrap_or("ROLLBACK") {
            "ROLLBACK" => {
                if !super::progress::roll_back(service, "Service deployment stopped by a user.", cluster) {
                    return Err(invalid("There is no earlier service revision to roll back to."));
                }
            }
            "ABORT" => abort(service, cluster),
            other => return Err(invalid(format!("Unknown stopType {other}."))),
        }
        Ok(json!({ "serviceDeploymentArn": arn }))
    }

    fn find_rollout(&self, arn: &str) -> Option<(&Service, &Rollout)> {
        self.services.values().find_map(|service| {
            service.rollouts.iter().find(|rollout| rollout.arn == arn).map(|rollout| (service, rollout))
        })
    }
}

/// Leaves the service as it is, half way.
fn abort(service: &mut Service, cluster: &Cluster) {
    let reason = "Service deployment stopped by a user.";
    if let Some(rollout) = service.rollouts.front_mut() {
        rollout.status = RolloutStatus::Stopped;
        rollout.reason = Some(reason.to_owned());
        rollout.updated_at = cluster.now;
        rollout.finished_at = Some(cluster.now);
        rollout.stopped_at = Some(cluster.now);
    }
    if let Some(primary) = service.deployments.iter_mut().find(|deployment| deployment.primary) {
        primary.state = RolloutState::Failed;
        primary.reason = reason.to_owned();
    }
}

fn asked(arns: &Value) -> Result<Vec<String>, AwsError> {
    let arns: Vec<String> =
        arns.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if (1..=20).contains(&arns.len()) { Ok(arns) } else { Err(invalid("Between 1 and 20 ARNs are needed.")) }
}

/// The digest in the reference, or one that follows from it: the sandbox has no image contents to hash.
pub(super) fn image_digest(image: &str) -> String {
    match image.split_once("@sha256:") {
        Some((_, digest)) => format!("sha256:{digest}"),
        None => format!("sha256:{}", digest_hex(image)),
    }
}

fn show(service: &Service, rollout: &Rollout, cluster: &Cluster) -> Value {
    let (enabled, _) = service.breaker();
    let breaker = match (enabled, rollout.breaker_triggered, rollout.status.is_final()) {
        (_, true, _) => "TRIGGERED",
        (false, ..) => "DISABLED",
        (true, _, false) => "MONITORING",
        (true, _, true) => "MONITORING_COMPLETE",
    };
    let stage = match rollout.status {
        RolloutStatus::InProgress | RolloutStatus::RollbackInProgress => "SCALE_UP",
        _ => "CLEAN_UP",
    };
    without_nulls(json!({
        "serviceDeploymentArn": rollout.arn, "serviceArn": service.arn, "clusterArn": service.cluster_arn,
        "createdAt": seconds(rollout.created_at), "startedAt": seconds(rollout.created_at), "updatedAt": seconds(rollout.updated_at),
        "finishedAt": optional_seconds(rollout.finished_at), "stoppedAt": optional_seconds(rollout.stopped_at),
        "sourceServiceRevisions": rollout.sources.iter().map(|arn| revision_counts(service, arn, cluster)).collect::<Vec<_>>(),
        "targetServiceRevision": revision_counts(service, &rollout.target, cluster),
        "status": rollout.status, "statusReason": rollout.reason, "lifecycleStage": stage,
        "deploymentConfiguration": service.settings["deploymentConfiguration"],
        "rollback": rollout.rollback.as_ref().map(|rollback| json!({
            "reason": rollback.reason, "startedAt": seconds(rollback.started_at), "serviceRevisionArn": rollback.revision,
        })),
        "deploymentCircuitBreaker": { "status": breaker, "failureCount": rollout.failures, "threshold": service.breaker_threshold() },
    }))
}
