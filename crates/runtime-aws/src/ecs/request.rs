//! What Slipway's words are in ECS' words.

use super::config::EcsConfig;
use crate::tags::Tags;
use aws_sdk_ecs::{
    error::BuildError,
    types::{
        AssignPublicIp, AwsVpcConfiguration, ContainerDefinition, DeploymentCircuitBreaker, DeploymentConfiguration,
        HealthCheck, KeyValuePair, LogConfiguration, LogDriver, NetworkConfiguration, PortMapping, Secret, Tag,
    },
};
use slipway_domain::runtime::Desired;

/// The one container of a task.
const CONTAINER: &str = "app";

pub(super) fn container(desired: &Desired, config: &EcsConfig) -> Result<ContainerDefinition, BuildError> {
    let workload = &desired.workload;
    let variables = workload.variables.iter();
    let mut container = ContainerDefinition::builder()
        .name(CONTAINER)
        .image(&desired.image)
        .essential(true)
        .port_mappings(PortMapping::builder().container_port(i32::from(workload.port)).build())
        .set_command((!workload.command.is_empty()).then(|| workload.command.clone()))
        .set_environment(Some(
            variables.map(|(name, value)| KeyValuePair::builder().name(name).value(value).build()).collect(),
        ));
    for (name, reference) in &workload.secrets {
        container = container.secrets(Secret::builder().name(name).value_from(reference).build()?);
    }
    if let Some(command) = &config.health_check {
        let command = command.replace("{port}", &workload.port.to_string()).replace("{path}", &workload.health_path);
        let check = HealthCheck::builder()
            .command("CMD-SHELL")
            .command(command)
            .interval(5)
            .timeout(3)
            .retries(3)
            .start_period(10)
            .build()?;
        container = container.health_check(check);
    }
    if let Some(group) = &config.log_group {
        let logs = LogConfiguration::builder()
            .log_driver(LogDriver::Awslogs)
            .options("awslogs-group", group)
            .options("awslogs-region", &config.region)
            .options("awslogs-stream-prefix", desired.target.resource_name())
            .options("awslogs-create-group", "true")
            .build()?;
        container = container.log_configuration(logs);
    }
    Ok(container.build())
}

pub(super) fn network(config: &EcsConfig) -> Result<NetworkConfiguration, BuildError> {
    let public = if config.assign_public_ip { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled };
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(config.subnets.clone()))
        .set_security_groups(Some(config.security_groups.clone()).filter(|groups| !groups.is_empty()))
        .assign_public_ip(public)
        .build()?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
}

/// Never fewer than wanted, at most twice as many, and back to the version before when the new one does not start.
pub(super) fn rolling() -> DeploymentConfiguration {
    DeploymentConfiguration::builder()
        .minimum_healthy_percent(100)
        .maximum_percent(200)
        .deployment_circuit_breaker(DeploymentCircuitBreaker::builder().enable(true).rollback(true).build())
        .build()
}

pub(super) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(name, value)| Tag::builder().key(name).value(value).build()).collect()
}

pub(super) fn read_tags(tags: &[Tag]) -> Tags {
    let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    tags.iter().filter_map(pair).collect()
}
