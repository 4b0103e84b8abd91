//! CreateService, UpdateService, DeleteService, and finding services.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{
    Ecs, client, invalid, is_name,
    model::{Service, ServiceStatus},
    paged, read_tags, with_next,
};
use crate::{
    aws::{AwsError, Call, Reply, Tags},
    cluster::Cluster,
};

/// What CreateService and UpdateService have in common and DescribeServices gives back as it came.
const SETTINGS: &[&str] = &[
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "propagateTags",
    "serviceRegistries",
];

impl Ecs {
    pub(super) fn create_service(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let input = &call.input;
        let cluster_arn = self.cluster_of(call)?;
        let name = input["serviceName"].as_str().unwrap_or_default();
        if !is_name(name) {
            return Err(invalid("Invalid service name: up to 255 letters, numbers, underscores and hyphens."));
        }
        let token = input["clientToken"].as_str().map(str::to_owned);
        if token.as_ref().is_some_and(|token| token.len() > 36 || !token.bytes().all(|b| (33..=126).contains(&b))) {
            return Err(invalid("clientToken must be at most 36 printable ASCII characters."));
        }
        let arn = service_arn(&cluster_arn, name);
        match self.services.get(&arn) {
            Some(service) if service.status == ServiceStatus::Active => {
                if token.is_some() && service.client_token == token {
                    return Ok(json!({ "service": self.show_service(service, true, cluster) }));
                }
                return Err(invalid("Creation of service was not idempotent."));
            }
            Some(service) if service.status == ServiceStatus::Draining => {
                return Err(invalid("Unable to Start a service that is still Draining."));
            }
            // An inactive one of the same name makes room.
            _ => {}
        }
        let definition = input["taskDefinition"].as_str().unwrap_or_default();
        let definition = self.usable_task_definition(&call.region, definition)?;
        let desired = match (input["desiredCount"].as_u64(), input["schedulingStrategy"].as_str()) {
            (Some(count), _) => u32::try_from(count).map_err(|_| invalid("desiredCount is too large."))?,
            (None, _) => return Err(invalid("desiredCount is required for the REPLICA scheduling strategy.")),
        };
        let mut settings = json!({});
        merge_settings(&mut settings, input);
        if settings["deploymentConfiguration"].is_null() {
            settings["deploymentConfiguration"] = json!({});
        }
        self.check_settings(&settings, &definition)?;
        settings["launchType"] = json!(input["launchType"].as_str().unwrap_or("FARGATE"));
        let tags = read_tags(&input["tags"])?;
        let mut service = blank(&arn, name, &cluster_arn, &call.region, settings, tags, cluster);
        service.desired = desired;
        service.client_token = token;
        super::progress::begin(&mut service, &definition, cluster);
        let view = self.show_service(&service, true, cluster);
        self.services.insert(arn, service);
        Ok(json!({ "service": view }))
    }

    pub(super) fn update_service(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let input = &call.input;
        let arn = self.service_of(call, input["service"].as_str().unwrap_or_default())?;
        let service = self.services.get(&arn).ok_or_else(not_found)?;
        if service.status != ServiceStatus::Active {
            return Err(AwsError::new("ServiceNotActiveException", "Service was not ACTIVE."));
        }
        let definition = match input["taskDefinition"].as_str() {
            Some(name) => self.usable_task_definition(&call.region, name)?,
            None => service.task_definition.clone(),
        };
        let mut settings = service.settings.clone();
        merge_settings(&mut settings, input);
        self.check_settings(&settings, &definition)?;
        let desired = match input["desiredCount"].as_u64() {
            Some(count) => u32::try_from(count).map_err(|_| invalid("desiredCount is too large."))?,
            None => service.desired,
        };
        // A new count alone is no deployment.
        let redeploys = definition != service.task_definition
            || input["forceNewDeployment"] == true
            || settings["networkConfiguration"] != service.settings["networkConfiguration"]
            || settings["loadBalancers"] != service.settings["loadBalancers"];
        let service = self.services.get_mut(&arn).ok_or_else(not_found)?;
        service.settings = settings;
        service.steady = service.steady && service.desired == desired;
        service.desired = desired;
        if redeploys {
            super::progress::begin(service, &definition, cluster);
        }
        let service = self.services.get(&arn).ok_or_else(not_found)?;
        Ok(json!({ "service": self.show_service(service, true, cluster) }))
    }

    pub(super) fn delete_service(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let arn = self.service_of(call, call.input["service"].as_str().unwrap_or_default())?;
        let service = self.services.get_mut(&arn).ok_or_else(not_found)?;
        if service.status == ServiceStatus::Inactive {
            return Err(not_found());
        }
        if service.desired > 0 && call.input["force"] != true {
            return Err(invalid("The service cannot be stopped while it is scaled above 0."));
        }
        service.status = ServiceStatus::Draining;
        service.desired = 0;
        super::progress::drain(service, cluster);
        let service = self.services.get(&arn).ok_or_else(not_found)?;
        Ok(json!({ "service": self.show_service(service, true, cluster) }))
    }

    pub(super) fn describe_services(&self, call: &Call, cluster: &Cluster) -> Reply {
        let cluster_arn = self.cluster_of(call)?;
        let names: Vec<&str> =
            call.input["services"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() || names.len() > 10 {
            return Err(invalid("Services must be between 1 and 10 names or ARNs."));
        }
        let tags = call.input["include"].as_array().is_some_and(|include| include.contains(&json!("TAGS")));
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for name in names {
            let arn = service_arn(&cluster_arn, name);
            match self.services.get(&arn) {
                Some(service) => found.push(self.show_service(service, tags, cluster)),
                None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
            }
        }
        Ok(json!({ "services": found, "failures": failures }))
    }

    pub(super) fn list_services(&self, call: &Call) -> Reply {
        let cluster_arn = self.cluster_of(call)?;
        let listed =
            |service: &&Service| service.cluster_arn == cluster_arn && service.status != ServiceStatus::Inactive;
        let arns = self.services.values().filter(listed).map(|service| service.arn.clone()).collect();
        let (arns, next) = paged(&call.input, arns, 10)?;
        Ok(with_next(json!({ "serviceArns": arns }), next))
    }

    /// The ARN of a service that exists, by name or ARN in the request's cluster.
    pub(super) fn service_of(&self, call: &Call, name: &str) -> Result<String, AwsError> {
        let arn = service_arn(&self.cluster_of(call)?, name);
        if self.services.contains_key(&arn) { Ok(arn) } else { Err(not_found()) }
    }

    fn usable_task_definition(&self, region: &str, name: &str) -> Result<String, AwsError> {
        let definition = self.find_task_definition(region, name).ok_or_else(|| client("TaskDefinition not found."))?;
        if definition.active { Ok(definition.arn.clone()) } else { Err(client("TaskDefinition is inactive")) }
    }

    fn check_settings(&self, settings: &Value, definition: &str) -> Result<(), AwsError> {
        let definition = self.task_definitions.get(definition).ok_or_else(|| client("TaskDefinition not found."))?;
        let network = &settings["networkConfiguration"]["awsvpcConfiguration"];
        if definition.body["networkMode"] == "awsvpc" {
            if !network.is_object() {
                return Err(invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified."));
            }
            if network["subnets"].as_array().is_none_or(Vec::is_empty) {
                return Err(invalid("subnets can not be empty."));
            }
        }
        for balancer in settings["loadBalancers"].as_array().into_iter().flatten() {
            let name = balancer["containerName"].as_str().unwrap_or_default();
            let Some(container) = definition.containers().find(|container| container["name"] == name) else {
                return Err(invalid(format!("The container {name} does not exist in the task definition.")));
            };
            let port = &balancer["containerPort"];
            if !container["portMappings"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|mapping| mapping["containerPort"] == *port)
            {
                return Err(invalid(format!("The container {name} did not have a container port {port} defined.")));
            }
        }
        let configuration = &settings["deploymentConfiguration"];
        let percent = |field: &str, default| configuration[field].as_i64().unwrap_or(default);
        let (minimum, maximum) = (percent("minimumHealthyPercent", 100), percent("maximumPercent", 200));
        if !(0..=100).contains(&minimum) || !(100..=200).contains(&maximum) {
            return Err(invalid(
                "minimumHealthyPercent must be between 0 and 100, maximumPercent between 100 and 200.",
            ));
        }
        if minimum == 100 && maximum == 100 {
            return Err(invalid(
                "The deployment configuration cannot make progress: minimumHealthyPercent and maximumPercent are both 100.",
            ));
        }
        Ok(())
    }
}

/// A service without deployments or tasks.
pub(super) fn blank(
    arn: &str,
    name: &str,
    cluster_arn: &str,
    region: &str,
    settings: Value,
    tags: Tags,
    cluster: &Cluster,
) -> Service {
    Service {
        arn: arn.to_owned(),
        name: name.to_owned(),
        cluster_arn: cluster_arn.to_owned(),
        cluster_name: cluster_arn.rsplit('/').next().unwrap_or_default().to_owned(),
        region: region.to_owned(),
        status: ServiceStatus::Active,
        desired: 0,
        task_definition: String::new(),
        settings,
        client_token: None,
        deployments: Vec::new(),
        rollouts: VecDeque::new(),
        revisions: VecDeque::new(),
        events: VecDeque::new(),
        tags,
        created_at: cluster.now,
        ended_at: None,
        retry_at: 0,
        steady: false,
        tasks: Vec::new(),
    }
}

fn merge_settings(settings: &mut Value, input: &Value) {
    for field in SETTINGS {
        if !input[field].is_null() {
            settings[field] = input[field].clone();
        }
    }
}

/// The long ARN of a service that is named by name or by ARN.
pub(super) fn service_arn(cluster_arn: &str, name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    format!("{}/{name}", cluster_arn.replacen(":cluster/", ":service/", 1))
}

pub(super) fn not_found() -> AwsError {
    AwsError::new("ServiceNotFoundException", "Service not found.")
}
