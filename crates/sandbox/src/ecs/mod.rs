//! Amazon ECS on Fargate: clusters, task definitions, services that roll out, and their tasks.

mod clusters;
mod fargate;
mod model;
mod progress;
mod rollouts;
mod scheduler;
mod seed;
mod services;
mod task_definitions;
mod tasks;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::model::{ClusterRecord, Service, TaskDefinition};
use crate::{
    aws::{AwsError, Call, Reply, Tags, page},
    cluster::{Cluster, log::Line},
};

/// Everything ECS keeps, by ARN.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ecs {
    clusters: BTreeMap<String, ClusterRecord>,
    task_definitions: BTreeMap<String, TaskDefinition>,
    /// `region/family` to the newest revision's number, which is never given twice.
    families: BTreeMap<String, u32>,
    services: BTreeMap<String, Service>,
}

impl Ecs {
    pub(crate) fn handle(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        match call.operation.as_str() {
            "CreateCluster" => self.create_cluster(call, cluster),
            "DescribeClusters" => self.describe_clusters(call, cluster),
            "ListClusters" => self.list_clusters(call),
            "RegisterTaskDefinition" => self.register_task_definition(call, cluster),
            "DescribeTaskDefinition" => self.describe_task_definition(call),
            "DeregisterTaskDefinition" => self.deregister_task_definition(call),
            "ListTaskDefinitions" => self.list_task_definitions(call),
            "CreateService" => self.create_service(call, cluster),
            "DescribeServices" => self.describe_services(call, cluster),
            "UpdateService" => self.update_service(call, cluster),
            "DeleteService" => self.delete_service(call, cluster),
            "ListServices" => self.list_services(call),
            "ListTasks" => self.list_tasks(call, cluster),
            "DescribeTasks" => self.describe_tasks(call, cluster),
            "ListServiceDeployments" => self.list_service_deployments(call),
            "DescribeServiceDeployments" => self.describe_service_deployments(call, cluster),
            "DescribeServiceRevisions" => self.describe_service_revisions(call),
            "StopServiceDeployment" => self.stop_service_deployment(call, cluster),
            "TagResource" => self.tag(call),
            "UntagResource" => self.untag(call),
            "ListTagsForResource" => self.list_tags(call),
            _ => Err(call.unknown()),
        }
    }

    /// The log streams that tasks write with the `awslogs` driver into `group`.
    pub(crate) fn log_group(&self, region: &str, group: &str, cluster: &Cluster) -> Vec<(String, Vec<Line>)> {
        let mut streams = Vec::new();
        for task in self.services.values().filter(|service| service.region == region).flat_map(|service| &service.tasks)
        {
            let Some(definition) = self.task_definitions.get(&task.task_definition) else { continue };
            let main = definition.main();
            let options = &main["logConfiguration"]["options"];
            let Some(container) = cluster.get(&task.id).filter(|_| options["awslogs-group"] == group) else { continue };
            let prefix = options["awslogs-stream-prefix"].as_str().unwrap_or("ecs");
            let name = main["name"].as_str().unwrap_or_default();
            streams.push((format!("{prefix}/{name}/{}", task.id), container.log().lines()));
        }
        streams
    }

    pub(crate) fn summary(&self, cluster: &Cluster) -> Value {
        let services = self.services.values().map(|service| {
            let ports: Vec<u16> = service.tasks.iter().filter_map(|task| cluster.port(&task.id)).collect();
            json!({ "name": service.name, "cluster": service.cluster_name, "region": service.region, "status": service.status,
                    "taskDefinition": service.task_definition, "desired": service.desired, "ports": ports })
        });
        services.collect()
    }
}

fn client(message: impl Into<String>) -> AwsError {
    AwsError::new("ClientException", message)
}

fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", message)
}

/// Up to 255 letters, digits, underscores and hyphens: families, services, clusters, containers.
fn is_name(name: &str) -> bool {
    (1..=255).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn read_tags(given: &Value) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for tag in given.as_array().into_iter().flatten() {
        let (key, value) = (tag["key"].as_str().unwrap_or_default(), tag["value"].as_str().unwrap_or_default());
        let allowed =
            |text: &str| text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c));
        if key.is_empty()
            || key.chars().count() > 128
            || value.chars().count() > 256
            || !allowed(key)
            || !allowed(value)
            || key.starts_with("aws:")
        {
            return Err(invalid(format!(
                "The tag {key:?} is not valid: keys have 1 to 128 characters, values up to 256, of letters, numbers, spaces and _.:/=+-@; aws: is reserved."
            )));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > 50 {
        return Err(invalid("The number of tags exceeds the limit of 50."));
    }
    Ok(tags)
}

fn show_tags(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

fn paged(input: &Value, keys: Vec<String>, usual: u64) -> Result<(Vec<String>, Option<String>), AwsError> {
    let size = input["maxResults"].as_u64().unwrap_or(usual);
    if !(1..=100).contains(&size) {
        return Err(invalid("maxResults must be between 1 and 100."));
    }
    page(keys, input["nextToken"].as_str(), usize::try_from(size).unwrap_or(100))
        .map_err(|()| invalid("Invalid token."))
}

fn with_next(mut view: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        view["nextToken"] = json!(next);
    }
    view
}
