//! ListTasks and DescribeTasks.

use serde_json::{Value, json};

use super::{
    Ecs, invalid,
    model::{Service, Task, last_status},
    paged,
    rollouts::image_digest,
    services::service_arn,
    show_tags, with_next,
};
use crate::{
    aws::{Call, Reply, optional_seconds, seconds, without_nulls},
    cluster::{Cluster, container::Phase},
};

impl Ecs {
    pub(super) fn list_tasks(&self, call: &Call, cluster: &Cluster) -> Reply {
        let input = &call.input;
        let cluster_arn = self.cluster_of(call)?;
        let only = match input["serviceName"].as_str() {
            Some(name) => Some(self.service_of(call, name)?),
            None => None,
        };
        // While a task still stops, the service wants it STOPPED already.
        let stopped = input["desiredStatus"] == "STOPPED";
        let family = input["family"].as_str();
        let started_by = input["startedBy"].as_str();
        let mut arns: Vec<String> = Vec::new();
        for service in self.services.values().filter(|service| service.cluster_arn == cluster_arn) {
            if only.as_ref().is_some_and(|arn| *arn != service.arn) {
                continue;
            }
            let chosen = |task: &&Task| {
                task.stop.is_some() == stopped
                    && family.is_none_or(|family| task.task_definition.contains(&format!(":task-definition/{family}:")))
                    && started_by.is_none_or(|by| task.deployment == by)
                    && cluster.get(&task.id).is_some()
            };
            arns.extend(service.tasks.iter().filter(chosen).map(|task| task.arn.clone()));
        }
        arns.sort_unstable();
        let (arns, next) = paged(input, arns, 100)?;
        Ok(with_next(json!({ "taskArns": arns }), next))
    }

    pub(super) fn describe_tasks(&self, call: &Call, cluster: &Cluster) -> Reply {
        let cluster_arn = self.cluster_of(call)?;
        let asked: Vec<&str> = call.input["tasks"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if asked.is_empty() || asked.len() > 100 {
            return Err(invalid("Tasks must be between 1 and 100 ids or ARNs."));
        }
        let tags = call.input["include"].as_array().is_some_and(|include| include.contains(&json!("TAGS")));
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for name in asked {
            let id = name.rsplit('/').next().unwrap_or(name);
            let of_cluster = self.services.values().filter(|service| service.cluster_arn == cluster_arn);
            let task = of_cluster
                .flat_map(|service| service.tasks.iter().map(move |task| (service, task)))
                .find(|(_, task)| task.id == id);
            match task {
                Some((service, task)) => found.push(self.show_task(service, task, tags, cluster)),
                None => failures.push(json!({ "arn": service_arn(&cluster_arn, id).replacen(":service/", ":task/", 1), "reason": "MISSING" })),
            }
        }
        Ok(json!({ "tasks": found, "failures": failures }))
    }

    fn show_task(&self, service: &Service, task: &Task, tags: bool, cluster: &Cluster) -> Value {
        let container = cluster.get(&task.id);
        let definition = self.task_definitions.get(&task.task_definition);
        let status = last_status(container);
        let checked = service.has_load_balancer() || definition.is_some_and(super::TaskDefinition::has_health_check);
        let health = match container.and_then(|container| container.healthy) {
            Some(true) if checked => "HEALTHY",
            Some(false) if checked => "UNHEALTHY",
            _ => "UNKNOWN",
        };
        let main = definition.map(super::TaskDefinition::main);
        let show_container = |described: &Value| {
            let is_main = main.is_some_and(|main| main["name"] == described["name"]);
            let image = described["image"].as_str().unwrap_or_default();
            let bindings: Vec<Value> = cluster
                .port(&task.id)
                .filter(|_| is_main)
                .map(|port| {
                    let container_port = container.map(|container| container.spec.container_port);
                    json!({ "bindIP": "127.0.0.1", "containerPort": container_port, "hostPort": port, "protocol": "tcp" })
                })
                .into_iter()
                .collect();
            let pull_failed = container
                .is_some_and(|container| container.exit_code.is_none() && container.pulled_at.is_none())
                && task.stop.is_some();
            let name = described["name"].as_str().unwrap_or_default();
            without_nulls(json!({
                "containerArn": format!("{}/{name}", task.arn.replacen(":task/", ":container/", 1)), "taskArn": task.arn, "name": name,
                "image": image, "imageDigest": container.and_then(|container| container.pulled_at).map(|_| image_digest(image)),
                "runtimeId": format!("{}-{name}", task.id), "lastStatus": if status == "ACTIVATING" { "PENDING" } else { status },
                "exitCode": container.filter(|_| task.stop.is_some()).and_then(|container| container.exit_code),
                "reason": task.stop.as_ref().filter(|_| pull_failed).map(|stop| &stop.reason),
                "networkBindings": bindings, "networkInterfaces": [], "healthStatus": if is_main { health } else { "UNKNOWN" },
                "cpu": described["cpu"].as_u64().unwrap_or(0).to_string(),
            }))
        };
        let ended =
            container.filter(|container| matches!(container.phase, Phase::Stopped | Phase::Exited | Phase::PullFailed));
        let mut view = json!({
            "taskArn": task.arn, "clusterArn": service.cluster_arn, "taskDefinitionArn": task.task_definition,
            "group": format!("service:{}", service.name), "startedBy": task.deployment,
            "lastStatus": status, "desiredStatus": if task.stop.is_some() { "STOPPED" } else { "RUNNING" }, "healthStatus": health,
            "launchType": service.settings["launchType"], "platformVersion": "1.4.0", "platformFamily": "Linux",
            "cpu": definition.map(|definition| &definition.body["cpu"]), "memory": definition.map(|definition| &definition.body["memory"]),
            "availabilityZone": format!("{}a", service.region), "connectivity": "CONNECTED",
            "createdAt": seconds(task.created_at), "pullStartedAt": seconds(task.created_at),
            "pullStoppedAt": optional_seconds(container.and_then(|container| container.pulled_at)),
            "startedAt": optional_seconds(container.and_then(|container| container.started_at)),
            "stoppingAt": optional_seconds(task.stop.as_ref().map(|stop| stop.at)),
            "stoppedAt": optional_seconds(ended.and_then(|container| container.ended_at)),
            "stopCode": task.stop.as_ref().map(|stop| &stop.code), "stoppedReason": task.stop.as_ref().map(|stop| &stop.reason),
            "containers": definition.iter().flat_map(|definition| definition.containers()).map(show_container).collect::<Vec<_>>(),
            "attachments": [], "overrides": { "containerOverrides": [] }, "version": 1, "enableExecuteCommand": false,
        });
        if tags {
            let propagated = service.settings["propagateTags"] == "SERVICE";
            view["tags"] = if propagated { show_tags(&service.tags) } else { json!([]) };
        }
        without_nulls(view)
    }
}
