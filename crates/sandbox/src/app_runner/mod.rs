//! AWS App Runner: services that one image, one configuration and one operation at a time describe.

mod model;
mod progress;
mod seed;
mod validate;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{
    model::{Configuration, OperationType, Pending, Service, Status},
    validate::invalid,
};
use crate::{
    aws::{ACCOUNT, AwsError, Call, Reply, Tags, page},
    cluster::{Cluster, log::Line},
    config::millis,
};

const PAGE: usize = 20;

/// Every App Runner service, by ARN.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct AppRunner {
    services: BTreeMap<String, Service>,
}

impl AppRunner {
    pub(crate) fn handle(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let input = &call.input;
        match call.operation.as_str() {
            "CreateService" => self.create(call, cluster),
            "DescribeService" => Ok(json!({ "Service": self.find(input, "ServiceArn")?.describe() })),
            "UpdateService" => self.update(input, cluster),
            "DeleteService" => self.delete(input, cluster),
            "ListServices" => self.list(call),
            "ListOperations" => self.list_operations(input),
            "StartDeployment" => self.deploy(input, cluster),
            "PauseService" => self.pause(input, cluster),
            "ResumeService" => self.resume(input, cluster),
            "TagResource" => self.tag(input),
            "UntagResource" => self.untag(input),
            "ListTagsForResource" => {
                let tags = &self.find(input, "ResourceArn")?.tags;
                let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                Ok(json!({ "Tags": tags }))
            }
            _ => Err(call.unknown()),
        }
    }

    fn create(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let input = &call.input;
        let name = input["ServiceName"].as_str().unwrap_or_default();
        validate::name(name)?;
        let configuration = Configuration {
            source: validate::source(&input["SourceConfiguration"])?,
            instance: validate::instance(&input["InstanceConfiguration"])?,
            health: validate::health(&input["HealthCheckConfiguration"])?,
            network: validate::network(&input["NetworkConfiguration"])?,
            observability: input["ObservabilityConfiguration"].clone(),
            scaling_arn: input["AutoScalingConfigurationArn"].as_str().map(str::to_owned),
        };
        let tags = read_tags(&input["Tags"])?;
        let taken = |service: &&Service| {
            service.name == name && service.region == call.region && service.status != Status::Deleted
        };
        if self.services.values().find(taken).is_some() {
            return Err(invalid(format!("Service with the provided name already exists: {name}.")));
        }
        let mut service = self::seed::blank(name, &call.region, configuration, tags, cluster);
        let candidates = vec![launch(&service, cluster)];
        let operation = cluster.ids.hex(32);
        begin(&mut service, &operation, OperationType::CreateService, candidates, None, cluster);
        let view = service.describe();
        self.services.insert(service.arn.clone(), service);
        Ok(json!({ "Service": view, "OperationId": operation }))
    }

    fn update(&mut self, input: &Value, cluster: &mut Cluster) -> Reply {
        let service = self.find_mut(input, "ServiceArn")?;
        let status = service.status;
        if !matches!(status, Status::Running | Status::Paused | Status::CreateFailed) {
            return Err(AwsError::new(
                "InvalidStateException",
                "Service status must be RUNNING, PAUSED or CREATE_FAILED to be updated.",
            ));
        }
        let mut next = service.configuration.clone();
        if !input["SourceConfiguration"].is_null() {
            let mut source = input["SourceConfiguration"].clone();
            // Left out, these stay as they are.
            for field in ["AuthenticationConfiguration", "AutoDeploymentsEnabled"] {
                if source[field].is_null() && !next.source[field].is_null() {
                    source[field] = next.source[field].clone();
                }
            }
            next.source = validate::source(&source)?;
        }
        if !input["InstanceConfiguration"].is_null() {
            next.instance = validate::instance(&input["InstanceConfiguration"])?;
        }
        if !input["HealthCheckConfiguration"].is_null() {
            next.health = validate::health(&input["HealthCheckConfiguration"])?;
        }
        if !input["NetworkConfiguration"].is_null() {
            next.network = validate::network(&input["NetworkConfiguration"])?;
        }
        if !input["ObservabilityConfiguration"].is_null() {
            next.observability = input["ObservabilityConfiguration"].clone();
        }
        if let Some(arn) = input["AutoScalingConfigurationArn"].as_str() {
            next.scaling_arn = Some(arn.to_owned());
        }
        let previous = std::mem::replace(&mut service.configuration, next);
        // A paused service has nothing to roll out on; its next start uses the new configuration.
        let candidates = if status == Status::Paused { Vec::new() } else { vec![launch(service, cluster)] };
        let operation = cluster.ids.hex(32);
        begin(service, &operation, OperationType::UpdateService, candidates, Some((previous, status)), cluster);
        Ok(json!({ "Service": service.describe(), "OperationId": operation }))
    }

    fn deploy(&mut self, input: &Value, cluster: &mut Cluster) -> Reply {
        let service = self.find_mut(input, "ServiceArn")?;
        if service.status != Status::Running {
            // The model of StartDeployment does not list InvalidStateException.
            return Err(invalid("Service status must be RUNNING to start a deployment."));
        }
        let previous = Some((service.configuration.clone(), service.status));
        let candidates = vec![launch(service, cluster)];
        let operation = cluster.ids.hex(32);
        begin(service, &operation, OperationType::StartDeployment, candidates, previous, cluster);
        Ok(json!({ "OperationId": operation }))
    }

    fn pause(&mut self, input: &Value, cluster: &mut Cluster) -> Reply {
        let service = self.find_mut(input, "ServiceArn")?;
        if service.status != Status::Running {
            return Err(AwsError::new("InvalidStateException", "Service status must be RUNNING to be paused."));
        }
        progress::retire(service, cluster);
        let operation = cluster.ids.hex(32);
        begin(service, &operation, OperationType::PauseService, Vec::new(), None, cluster);
        Ok(json!({ "Service": service.describe(), "OperationId": operation }))
    }

    fn resume(&mut self, input: &Value, cluster: &mut Cluster) -> Reply {
        let service = self.find_mut(input, "ServiceArn")?;
        if service.status != Status::Paused {
            return Err(AwsError::new("InvalidStateException", "Service status must be PAUSED to be resumed."));
        }
        let previous = Some((service.configuration.clone(), Status::Paused));
        let candidates = vec![launch(service, cluster)];
        let operation = cluster.ids.hex(32);
        begin(service, &operation, OperationType::ResumeService, candidates, previous, cluster);
        Ok(json!({ "Service": service.describe(), "OperationId": operation }))
    }

    fn delete(&mut self, input: &Value, cluster: &mut Cluster) -> Reply {
        let service = self.find_mut(input, "ServiceArn")?;
        if matches!(service.status, Status::OperationInProgress | Status::Deleted) {
            return Err(AwsError::new(
                "InvalidStateException",
                "Service cannot be deleted in its current state: an operation is in progress.",
            ));
        }
        progress::retire(service, cluster);
        let operation = cluster.ids.hex(32);
        begin(service, &operation, OperationType::DeleteService, Vec::new(), None, cluster);
        Ok(json!({ "Service": service.describe(), "OperationId": operation }))
    }

    fn list(&self, call: &Call) -> Reply {
        let listed = |service: &&Service| service.region == call.region && service.status != Status::Deleted;
        let arns = self.services.values().filter(listed).map(|service| service.arn.clone()).collect();
        let (arns, next) = read_page(&call.input, arns)?;
        let summaries: Vec<Value> =
            arns.iter().filter_map(|arn| self.services.get(arn)).map(Service::summary).collect();
        Ok(with_next(json!({ "ServiceSummaryList": summaries }), next))
    }

    fn list_operations(&self, input: &Value) -> Reply {
        let service = self.find(input, "ServiceArn")?;
        let (ids, next) = read_page(input, service.operations.iter().map(|operation| operation.id.clone()).collect())?;
        let listed = service.operations.iter().filter(|operation| ids.contains(&operation.id));
        let summaries: Vec<Value> = listed.map(|operation| operation.summary(&service.arn)).collect();
        Ok(with_next(json!({ "OperationSummaryList": summaries }), next))
    }

    fn tag(&mut self, input: &Value) -> Reply {
        let given = read_tags(&input["Tags"])?;
        let service = self.find_mut(input, "ResourceArn")?;
        let mut tags = service.tags.clone();
        tags.extend(given);
        if tags.len() > 50 {
            return Err(invalid("A resource can have at most 50 tags."));
        }
        service.tags = tags;
        Ok(json!({}))
    }

    fn untag(&mut self, input: &Value) -> Reply {
        let service = self.find_mut(input, "ResourceArn")?;
        for key in input["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            service.tags.remove(key);
        }
        Ok(json!({}))
    }

    fn find(&self, input: &Value, field: &str) -> Result<&Service, AwsError> {
        let arn = input[field].as_str().unwrap_or_default();
        validate::arn(arn)?;
        self.services.get(arn).ok_or_else(|| missing(arn))
    }

    fn find_mut(&mut self, input: &Value, field: &str) -> Result<&mut Service, AwsError> {
        let arn = input[field].as_str().unwrap_or_default();
        validate::arn(arn)?;
        self.services.get_mut(arn).ok_or_else(|| missing(arn))
    }

    /// The lines of `/aws/apprunner/<name>/<service id>/<kind>`.
    pub(crate) fn log(&self, name: &str, id: &str, kind: &str, cluster: &Cluster) -> Option<Vec<(String, Vec<Line>)>> {
        let service = self.services.values().find(|service| service.name == name && service.id == id)?;
        if kind == "service" {
            let lines = service.events.iter().map(|event| Line { at: event.at, text: event.message.clone() }).collect();
            return Some(vec![("events".to_owned(), lines)]);
        }
        let instances = service.instances.iter().chain(service.pending.iter().flat_map(|pending| &pending.candidates));
        let lines = |id: &String| cluster.get(id).map(|container| (format!("instance/{id}"), container.log().lines()));
        Some(instances.filter_map(lines).collect())
    }

    pub(crate) fn summary(&self) -> Value {
        let services = self.services.values().map(|service| {
            json!({ "name": service.name, "region": service.region, "status": service.status,
                    "image": service.configuration.image(), "url": format!("http://{}", service.url()), "instances": service.instances.len() })
        });
        services.collect()
    }
}

fn missing(arn: &str) -> AwsError {
    AwsError::new("ResourceNotFoundException", format!("No App Runner resource could be found for ARN {arn}."))
}

/// Starts one instance with the service's present configuration.
fn launch(service: &Service, cluster: &mut Cluster) -> String {
    let id = cluster.ids.hex(32);
    cluster.launch(&id, service.configuration.spec(&service.name, &id[..8]));
    id
}

fn begin(
    service: &mut Service,
    operation: &str,
    kind: OperationType,
    candidates: Vec<String>,
    previous: Option<(Configuration, Status)>,
    cluster: &mut Cluster,
) {
    let now = cluster.now;
    let not_before = now + millis(cluster.timings.operation);
    service.tell(operation.to_owned(), now, format!("{} started", model::title(kind)));
    service.begin(operation.to_owned(), kind, now, Pending { kind, candidates, not_before, previous });
}

fn read_tags(given: &Value) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for tag in given.as_array().into_iter().flatten() {
        let (key, value) = (tag["Key"].as_str().unwrap_or_default(), tag["Value"].as_str().unwrap_or_default());
        validate::tag(key, value)?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > 50 {
        return Err(invalid("A resource can have at most 50 tags."));
    }
    Ok(tags)
}

fn read_page(input: &Value, keys: Vec<String>) -> Result<(Vec<String>, Option<String>), AwsError> {
    let size = match input["MaxResults"].as_u64() {
        None => PAGE,
        Some(size @ 1..=20) => usize::try_from(size).unwrap_or(PAGE),
        Some(other) => return Err(invalid(format!("MaxResults must be between 1 and 20, not {other}."))),
    };
    page(keys, input["NextToken"].as_str(), size).map_err(|()| invalid("The NextToken is not valid."))
}

fn with_next(mut view: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        view["NextToken"] = json!(next);
    }
    view
}

/// The ARN of a service.
fn arn_of(region: &str, name: &str, id: &str) -> String {
    format!("arn:aws:apprunner:{region}:{ACCOUNT}:service/{name}/{id}")
}

fn empty<T>() -> VecDeque<T> {
    VecDeque::new()
}
