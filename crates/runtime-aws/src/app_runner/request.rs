//! What Slipway's words are in App Runner's words.

use super::AppRunnerConfig;
use crate::tags::Tags;
use aws_sdk_apprunner::{
    error::BuildError,
    types::{
        AuthenticationConfiguration, EgressConfiguration, EgressType, HealthCheckConfiguration, HealthCheckProtocol,
        ImageConfiguration, ImageRepository, ImageRepositoryType, InstanceConfiguration, NetworkConfiguration,
        SourceConfiguration, Tag,
    },
};
use slipway_domain::runtime::Desired;

/// The variable that tells a service which deployment it is of.
///
/// It is also how a service's configuration says what it came from: an update and App Runner's own roll-back move it
/// together with the image, which the service's tags do not.
pub(super) const DEPLOYMENT: &str = "SLIPWAY_DEPLOYMENT";
/// See [`DEPLOYMENT`].
pub(super) const SPEC_HASH: &str = "SLIPWAY_SPEC_HASH";

/// The variables by which a service's configuration says which deployment it is of, and of which spec.
pub fn marks(desired: &Desired) -> [(String, String); 2] {
    [(DEPLOYMENT.to_owned(), desired.deployment.to_string()), (SPEC_HASH.to_owned(), desired.spec_hash())]
}

/// Image, port, variables. The image must be in ECR or ECR Public; another is refused by App Runner in its own words.
pub(super) fn source(desired: &Desired, config: &AppRunnerConfig) -> Result<SourceConfiguration, BuildError> {
    let workload = &desired.workload;
    let public = desired.image.starts_with("public.ecr.aws/");
    let mut variables: std::collections::HashMap<String, String> = workload.variables.clone().into_iter().collect();
    variables.extend(marks(desired));
    let secrets = workload.secrets.clone().into_iter().collect();
    let image = ImageConfiguration::builder()
        .port(workload.port.to_string())
        .set_start_command((!workload.command.is_empty()).then(|| workload.command.join(" ")))
        .set_runtime_environment_variables(Some(variables))
        .set_runtime_environment_secrets((!workload.secrets.is_empty()).then_some(secrets))
        .build();
    let repository = ImageRepository::builder()
        .image_identifier(&desired.image)
        .image_repository_type(if public { ImageRepositoryType::EcrPublic } else { ImageRepositoryType::Ecr })
        .image_configuration(image)
        .build()?;
    let role = config.access_role_arn.as_ref().filter(|_| !public);
    let authentication = role.map(|arn| AuthenticationConfiguration::builder().access_role_arn(arn).build());
    Ok(SourceConfiguration::builder()
        .image_repository(repository)
        // Left out, App Runner deploys by itself whenever somebody pushes to a private repository of the same account.
        .auto_deployments_enabled(false)
        .set_authentication_configuration(authentication)
        .build())
}

pub(super) fn instance(desired: &Desired, config: &AppRunnerConfig) -> InstanceConfiguration {
    InstanceConfiguration::builder()
        .cpu(desired.workload.cpu.to_string())
        .memory(desired.workload.memory.to_string())
        .set_instance_role_arn(config.instance_role_arn.clone())
        .build()
}

/// Left out, App Runner only opens a TCP connection.
pub(super) fn health(desired: &Desired) -> HealthCheckConfiguration {
    HealthCheckConfiguration::builder()
        .protocol(HealthCheckProtocol::Http)
        .path(&desired.workload.health_path)
        .interval(5)
        .timeout(2)
        .healthy_threshold(1)
        .unhealthy_threshold(5)
        .build()
}

pub(super) fn network(config: &AppRunnerConfig) -> Option<NetworkConfiguration> {
    let connector = config.vpc_connector_arn.as_ref()?;
    let egress = EgressConfiguration::builder().egress_type(EgressType::Vpc).vpc_connector_arn(connector).build();
    Some(NetworkConfiguration::builder().egress_configuration(egress).build())
}

pub(super) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(name, value)| Tag::builder().key(name).value(value).build()).collect()
}
