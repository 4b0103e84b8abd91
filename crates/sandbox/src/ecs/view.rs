//! How DescribeServices shows a service.

use serde_json::{Value, json};

use super::{
    Ecs,
    model::{Deployment, Service},
    show_tags,
};
use crate::{
    aws::{seconds, without_nulls},
    cluster::{Cluster, container::Phase},
};

impl Ecs {
    pub(super) fn show_service(&self, service: &Service, tags: bool, cluster: &Cluster) -> Value {
        let mut view = service.settings.clone();
        let (running, pending) = task_counts(service, |_| true, cluster);
        let (minimum, maximum) = service.percentages();
        let configuration = &mut view["deploymentConfiguration"];
        configuration["minimumHealthyPercent"] = json!(minimum);
        configuration["maximumPercent"] = json!(maximum);
        for (field, default) in [
            ("deploymentCircuitBreaker", json!({ "enable": false, "rollback": false })),
            ("strategy", json!("ROLLING")),
            ("bakeTimeInMinutes", json!(0)),
        ] {
            if configuration[field].is_null() {
                configuration[field] = default;
            }
        }
        for (field, default) in [
            ("loadBalancers", json!([])),
            ("serviceRegistries", json!([])),
            ("platformVersion", json!("LATEST")),
            ("enableECSManagedTags", json!(false)),
            ("enableExecuteCommand", json!(false)),
            ("propagateTags", json!("NONE")),
        ] {
            if view[field].is_null() {
                view[field] = default;
            }
        }
        let members = json!({
            "serviceArn": service.arn, "serviceName": service.name, "clusterArn": service.cluster_arn, "status": service.status,
            "desiredCount": service.desired, "runningCount": running, "pendingCount": pending,
            "platformFamily": "Linux", "taskDefinition": service.task_definition,
            "deployments": service.deployments.iter().map(|deployment| show_deployment(service, deployment, cluster)).collect::<Vec<_>>(),
            "events": service.events.iter()
                .map(|event| json!({ "id": event.id, "createdAt": seconds(event.at), "message": event.message })).collect::<Vec<_>>(),
            "createdAt": seconds(service.created_at),
            "placementConstraints": [], "placementStrategy": [],
            "schedulingStrategy": "REPLICA", "deploymentController": { "type": "ECS" },
            "currentServiceDeployment": service.rollouts.front().map(|rollout| &rollout.arn),
            "currentServiceRevisions": service.deployments.iter().map(|deployment| revision_counts(service, &deployment.revision, cluster)).collect::<Vec<_>>(),
        });
        for (field, value) in members.as_object().into_iter().flatten() {
            view[field] = value.clone();
        }
        if tags {
            view["tags"] = show_tags(&service.tags);
        }
        without_nulls(view)
    }
}

fn show_deployment(service: &Service, deployment: &Deployment, cluster: &Cluster) -> Value {
    let (running, pending) = task_counts(service, |of| of == deployment.id, cluster);
    let desired = if deployment.primary { service.desired } else { 0 };
    without_nulls(json!({
        "id": deployment.id, "status": if deployment.primary { "PRIMARY" } else { "ACTIVE" },
        "taskDefinition": deployment.task_definition, "desiredCount": desired, "pendingCount": pending, "runningCount": running,
        "failedTasks": deployment.failed_tasks, "createdAt": seconds(deployment.created_at), "updatedAt": seconds(deployment.updated_at),
        "launchType": service.settings["launchType"], "platformVersion": "1.4.0", "platformFamily": "Linux",
        "networkConfiguration": service.settings["networkConfiguration"],
        "rolloutState": deployment.state, "rolloutStateReason": deployment.reason,
    }))
}

/// Running and pending tasks of the deployments that `of` picks by id.
fn task_counts(service: &Service, of: impl Fn(&str) -> bool, cluster: &Cluster) -> (usize, usize) {
    let alive = service.tasks.iter().filter(|task| task.stop.is_none() && of(&task.deployment));
    let phases: Vec<Phase> = alive.filter_map(|task| cluster.get(&task.id)).map(|container| container.phase).collect();
    let running = phases.iter().filter(|phase| **phase == Phase::Running).count();
    let pending = phases.iter().filter(|phase| matches!(phase, Phase::Pulling | Phase::Starting)).count();
    (running, pending)
}

/// A service revision with the tasks it has, as `currentServiceRevisions` and the service deployments show it.
pub(super) fn revision_counts(service: &Service, revision: &str, cluster: &Cluster) -> Value {
    let deployment = service.deployments.iter().find(|deployment| deployment.revision == revision);
    let id = deployment.map(|deployment| deployment.id.as_str()).unwrap_or_default();
    let (running, pending) = task_counts(service, |of| of == id, cluster);
    let requested = if deployment.is_some_and(|deployment| deployment.primary) { service.desired } else { 0 };
    json!({ "arn": revision, "requestedTaskCount": requested, "runningTaskCount": running, "pendingTaskCount": pending })
}
