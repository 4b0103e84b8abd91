//! RegisterTaskDefinition and its siblings.

use serde_json::{Value, json};

use super::{Ecs, client, fargate, invalid, is_name, model::TaskDefinition, paged, read_tags, show_tags, with_next};
use crate::{
    aws::{ACCOUNT, AwsError, Call, Reply, seconds},
    cluster::Cluster,
};

impl Ecs {
    pub(super) fn register_task_definition(&mut self, call: &Call, cluster: &mut Cluster) -> Reply {
        let family = call.input["family"].as_str().unwrap_or_default();
        let body = check(&call.input)?;
        let tags = read_tags(&call.input["tags"])?;
        let revision = self.families.entry(format!("{}/{family}", call.region)).or_default();
        *revision += 1;
        let definition = TaskDefinition {
            arn: format!("arn:aws:ecs:{}:{ACCOUNT}:task-definition/{family}:{revision}", call.region),
            region: call.region.clone(),
            family: family.to_owned(),
            revision: *revision,
            body,
            active: true,
            registered_at: cluster.now,
            tags,
        };
        let view = json!({ "taskDefinition": view(&definition), "tags": show_tags(&definition.tags) });
        self.task_definitions.insert(definition.arn.clone(), definition);
        self.forget_old_revisions(&call.region, family);
        Ok(view)
    }

    /// Nobody deregisters what a portal registers for years; those in use and the newest stay.
    fn forget_old_revisions(&mut self, region: &str, family: &str) {
        const KEPT: u32 = 100;
        let newest = self.families.get(&format!("{region}/{family}")).copied().unwrap_or_default();
        let services = &self.services;
        let used = |arn: &str| {
            services.values().any(|service| {
                service.task_definition == arn
                    || service.revisions.iter().any(|revision| revision.task_definition == arn)
            })
        };
        self.task_definitions.retain(|arn, definition| {
            definition.region != region
                || definition.family != family
                || definition.revision + KEPT > newest
                || used(arn)
        });
    }

    pub(super) fn describe_task_definition(&self, call: &Call) -> Reply {
        let name = call.input["taskDefinition"].as_str().unwrap_or_default();
        let definition = self
            .find_task_definition(&call.region, name)
            .ok_or_else(|| client("Unable to describe task definition."))?;
        let mut reply = json!({ "taskDefinition": view(definition) });
        if call.input["include"].as_array().is_some_and(|include| include.contains(&json!("TAGS"))) {
            reply["tags"] = show_tags(&definition.tags);
        }
        Ok(reply)
    }

    pub(super) fn deregister_task_definition(&mut self, call: &Call) -> Reply {
        let name = call.input["taskDefinition"].as_str().unwrap_or_default();
        let arn = self.find_task_definition(&call.region, name).map(|definition| definition.arn.clone());
        let definition = arn.and_then(|arn| self.task_definitions.get_mut(&arn));
        let definition = definition.ok_or_else(|| client("The specified task definition does not exist. Specify a valid account, family, revision and try again."))?;
        definition.active = false;
        Ok(json!({ "taskDefinition": view(definition) }))
    }

    pub(super) fn list_task_definitions(&self, call: &Call) -> Reply {
        let prefix = call.input["familyPrefix"].as_str();
        let active = call.input["status"].as_str().unwrap_or("ACTIVE") == "ACTIVE";
        let mut found: Vec<&TaskDefinition> = self
            .task_definitions
            .values()
            .filter(|definition| definition.region == call.region && definition.active == active)
            .filter(|definition| prefix.is_none_or(|family| definition.family == family))
            .collect();
        found.sort_by_key(|definition| (&definition.family, definition.revision));
        if call.input["sort"] == "DESC" {
            found.reverse();
        }
        let (arns, next) =
            paged(&call.input, found.into_iter().map(|definition| definition.arn.clone()).collect(), 100)?;
        Ok(with_next(json!({ "taskDefinitionArns": arns }), next))
    }

    /// By ARN, `family:revision`, or `family` for its newest active revision.
    pub(super) fn find_task_definition(&self, region: &str, name: &str) -> Option<&TaskDefinition> {
        let prefix = format!("arn:aws:ecs:{region}:{ACCOUNT}:task-definition/");
        let name = name.strip_prefix(&prefix).unwrap_or(name);
        if name.contains(':') {
            return self.task_definitions.get(&format!("{prefix}{name}"));
        }
        let of_family = |definition: &&TaskDefinition| {
            definition.active && definition.region == region && definition.family == name
        };
        self.task_definitions.values().filter(of_family).max_by_key(|definition| definition.revision)
    }
}

fn view(definition: &TaskDefinition) -> Value {
    let mut view = definition.body.clone();
    view["taskDefinitionArn"] = json!(definition.arn);
    view["family"] = json!(definition.family);
    view["revision"] = json!(definition.revision);
    view["status"] = json!(if definition.active { "ACTIVE" } else { "INACTIVE" });
    view["registeredAt"] = seconds(definition.registered_at);
    view["compatibilities"] = json!(["EC2", "FARGATE"]);
    view
}

/// Checks the input and fills in the defaults.
fn check(input: &Value) -> Result<Value, AwsError> {
    let family = input["family"].as_str().unwrap_or_default();
    if !is_name(family) {
        return Err(client(
            "Family should be between 1 and 255 characters of letters, numbers, underscores and hyphens.",
        ));
    }
    let containers = input["containerDefinitions"].as_array().cloned().unwrap_or_default();
    if containers.is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    let mut body = input.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("tags");
    }
    let needs_fargate =
        input["requiresCompatibilities"].as_array().is_some_and(|kinds| kinds.contains(&json!("FARGATE")));
    if needs_fargate {
        if input["networkMode"] != "awsvpc" {
            return Err(client("Fargate only supports network mode ‘awsvpc’."));
        }
        let (cpu, memory) = fargate::size(&input["cpu"], &input["memory"])?;
        body["cpu"] = json!(cpu.to_string());
        body["memory"] = json!(memory.to_string());
    }
    let mut checked = Vec::with_capacity(containers.len());
    let mut names: Vec<String> = Vec::new();
    for container in containers {
        let name = container["name"].as_str().unwrap_or_default().to_owned();
        if !is_name(&name) {
            return Err(client(
                "Container name should be between 1 and 255 characters of letters, numbers, underscores and hyphens.",
            ));
        }
        if names.contains(&name) {
            return Err(client(format!("Container names must be unique within a task definition: {name}.")));
        }
        if needs_fargate && input["executionRoleArn"].as_str().is_none() {
            needs_no_execution_role(&container)?;
        }
        checked.push(check_container(container, &input["networkMode"])?);
        names.push(name);
    }
    body["containerDefinitions"] = json!(checked);
    if body["volumes"].is_null() {
        body["volumes"] = json!([]);
    }
    body["placementConstraints"] = json!([]);
    Ok(body)
}

fn needs_no_execution_role(container: &Value) -> Result<(), AwsError> {
    if container["image"].as_str().is_some_and(|image| image.contains(".dkr.ecr.")) {
        return Err(client("Fargate requires task definition to have execution role ARN to support ECR images."));
    }
    if container["secrets"].as_array().is_some_and(|secrets| !secrets.is_empty()) {
        return Err(client("Fargate requires task definition to have execution role ARN to support secrets."));
    }
    if container["logConfiguration"]["logDriver"] == "awslogs" {
        return Err(client(
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        ));
    }
    Ok(())
}

fn check_container(mut container: Value, network_mode: &Value) -> Result<Value, AwsError> {
    if container["image"].as_str().is_none_or(str::is_empty) {
        return Err(client("Container.image should not be null or empty."));
    }
    if container["essential"].is_null() {
        container["essential"] = json!(true);
    }
    for field in ["environment", "mountPoints", "volumesFrom", "portMappings"] {
        if container[field].is_null() {
            container[field] = json!([]);
        }
    }
    for mapping in container["portMappings"].as_array_mut().into_iter().flatten() {
        let port = mapping["containerPort"].as_u64().unwrap_or_default();
        if !(1..=65_535).contains(&port) {
            return Err(client(format!("Invalid containerPort {port}: it must be between 1 and 65535.")));
        }
        if network_mode == "awsvpc" {
            if mapping["hostPort"].as_u64().is_some_and(|host| host != port) {
                return Err(client(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
                ));
            }
            mapping["hostPort"] = json!(port);
        }
        if mapping["protocol"].is_null() {
            mapping["protocol"] = json!("tcp");
        }
    }
    if container["healthCheck"].is_object() {
        let check = &mut container["healthCheck"];
        if check["command"].as_array().is_none_or(Vec::is_empty) {
            return Err(client("Health check command must not be empty."));
        }
        for (field, lowest, highest, default) in [
            ("interval", 5, 300, Some(30)),
            ("timeout", 2, 60, Some(5)),
            ("retries", 1, 10, Some(3)),
            ("startPeriod", 0, 300, None),
        ] {
            match (check[field].as_i64(), default) {
                (Some(number), _) if !(lowest..=highest).contains(&number) => {
                    return Err(invalid(format!("Health check {field} must be between {lowest} and {highest}.")));
                }
                (None, Some(default)) => check[field] = json!(default),
                _ => {}
            }
        }
    }
    Ok(container)
}
