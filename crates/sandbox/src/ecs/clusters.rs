//! Clusters, and tags on anything.

use serde_json::{Value, json};

use super::{
    Ecs, client, invalid, is_name,
    model::{ClusterRecord, ServiceStatus},
    paged, read_tags, show_tags, with_next,
};
use crate::{
    aws::{ACCOUNT, AwsError, Call, Reply, Tags},
    cluster::{Cluster, container::Phase},
};

impl Ecs {
    pub(super) fn create_cluster(&mut self, call: &Call, cluster: &Cluster) -> Reply {
        let name = call.input["clusterName"].as_str().unwrap_or("default");
        if !is_name(name) {
            return Err(invalid("Invalid cluster name: up to 255 letters, numbers, underscores and hyphens."));
        }
        let tags = read_tags(&call.input["tags"])?;
        let arn = self.add_cluster(&call.region, name, tags);
        if let Some(record) = self.clusters.get_mut(&arn)
            && !call.input["settings"].is_null()
        {
            record.settings = call.input["settings"].clone();
        }
        Ok(json!({ "cluster": self.show_cluster(&arn, true, cluster) }))
    }

    /// Creates the cluster unless it is there, and returns its ARN.
    pub(super) fn add_cluster(&mut self, region: &str, name: &str, tags: Tags) -> String {
        let arn = format!("arn:aws:ecs:{region}:{ACCOUNT}:cluster/{name}");
        self.clusters.entry(arn.clone()).or_insert_with(|| ClusterRecord {
            name: name.to_owned(),
            arn: arn.clone(),
            region: region.to_owned(),
            settings: json!([{ "name": "containerInsights", "value": "disabled" }]),
            tags,
        });
        arn
    }

    pub(super) fn describe_clusters(&self, call: &Call, cluster: &Cluster) -> Reply {
        let names: Vec<&str> = match call.input["clusters"].as_array() {
            Some(names) if !names.is_empty() => names.iter().filter_map(Value::as_str).collect(),
            _ => vec!["default"],
        };
        let tags = call.input["include"].as_array().is_some_and(|include| include.contains(&json!("TAGS")));
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for name in names {
            let arn = cluster_arn(&call.region, name);
            if self.clusters.contains_key(&arn) {
                found.push(self.show_cluster(&arn, tags, cluster));
            } else {
                failures.push(json!({ "arn": arn, "reason": "MISSING" }));
            }
        }
        Ok(json!({ "clusters": found, "failures": failures }))
    }

    pub(super) fn list_clusters(&self, call: &Call) -> Reply {
        let here = self.clusters.values().filter(|cluster| cluster.region == call.region);
        let (arns, next) = paged(&call.input, here.map(|cluster| cluster.arn.clone()).collect(), 100)?;
        Ok(with_next(json!({ "clusterArns": arns }), next))
    }

    fn show_cluster(&self, arn: &str, tags: bool, cluster: &Cluster) -> Value {
        let Some(record) = self.clusters.get(arn) else { return Value::Null };
        let services = || {
            self.services
                .values()
                .filter(|service| service.cluster_arn == arn && service.status != ServiceStatus::Inactive)
        };
        let tasks = || services().flat_map(|service| &service.tasks).filter_map(|task| cluster.get(&task.id));
        let mut view = json!({
            "clusterArn": record.arn, "clusterName": record.name, "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": tasks().filter(|container| container.phase == Phase::Running).count(),
            "pendingTasksCount": tasks().filter(|container| matches!(container.phase, Phase::Pulling | Phase::Starting)).count(),
            "activeServicesCount": services().count(),
            "statistics": [], "settings": record.settings, "capacityProviders": [], "defaultCapacityProviderStrategy": [],
        });
        if tags {
            view["tags"] = show_tags(&record.tags);
        }
        view
    }

    /// The ARN of the cluster that a request names; `default` when it names none.
    pub(super) fn cluster_of(&self, call: &Call) -> Result<String, AwsError> {
        let arn = cluster_arn(&call.region, call.input["cluster"].as_str().unwrap_or("default"));
        if self.clusters.contains_key(&arn) {
            Ok(arn)
        } else {
            Err(AwsError::new("ClusterNotFoundException", "Cluster not found."))
        }
    }

    pub(super) fn tag(&mut self, call: &Call) -> Reply {
        let given = read_tags(&call.input["tags"])?;
        let tags = self.tags_of(call)?;
        let mut merged = tags.clone();
        merged.extend(given);
        if merged.len() > 50 {
            return Err(invalid("The number of tags on the resource exceeds the limit of 50."));
        }
        *tags = merged;
        Ok(json!({}))
    }

    pub(super) fn untag(&mut self, call: &Call) -> Reply {
        let tags = self.tags_of(call)?;
        for key in call.input["tagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            tags.remove(key);
        }
        Ok(json!({}))
    }

    pub(super) fn list_tags(&mut self, call: &Call) -> Reply {
        Ok(json!({ "tags": show_tags(self.tags_of(call)?) }))
    }

    fn tags_of(&mut self, call: &Call) -> Result<&mut Tags, AwsError> {
        let arn = call.input["resourceArn"].as_str().unwrap_or_default();
        if !arn.starts_with("arn:aws:ecs:") {
            return Err(invalid("The specified resourceArn is invalid."));
        }
        if let Some(cluster) = self.clusters.get_mut(arn) {
            return Ok(&mut cluster.tags);
        }
        if let Some(definition) = self.task_definitions.get_mut(arn) {
            return Ok(&mut definition.tags);
        }
        match self.services.get_mut(arn) {
            Some(service) if service.status == ServiceStatus::Active => Ok(&mut service.tags),
            Some(_) => Err(invalid("The specified service is inactive. Specify an active service and try again.")),
            None if arn.contains(":service/") => Err(AwsError::new("ServiceNotFoundException", "Service not found.")),
            None if arn.contains(":cluster/") => Err(AwsError::new("ClusterNotFoundException", "Cluster not found.")),
            None => Err(client("The specified resource was not found.")),
        }
    }
}

fn cluster_arn(region: &str, name: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { format!("arn:aws:ecs:{region}:{ACCOUNT}:cluster/{name}") }
}
