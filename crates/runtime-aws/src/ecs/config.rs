//! What an ECS runtime is configured with.

use crate::access::Credentials;
use serde::Deserialize;

/// A place on Amazon ECS: one cluster in one account and region.
///
/// ```toml
/// region = "eu-central-1"
/// cluster = "apps"
/// subnets = ["subnet-0a1b2c3d"]
/// security_groups = ["sg-0a1b2c3d"]
/// execution_role_arn = "arn:aws:iam::123456789012:role/ecs-execution"
/// log_group = "/slipway/apps"
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EcsConfig {
    /// The AWS region.
    pub region: String,
    /// Where the API answers, when not at AWS: an emulator's URL.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Where credentials come from: `chain` (default) or `sandbox`.
    #[serde(default)]
    pub credentials: Credentials,
    /// The cluster's name; it must exist.
    pub cluster: String,
    /// The subnets that tasks run in.
    pub subnets: Vec<String>,
    /// The tasks' security groups; empty: the VPC's default one.
    #[serde(default)]
    pub security_groups: Vec<String>,
    /// Whether tasks get a public address; needed to pull images in a public subnet without NAT.
    #[serde(default)]
    pub assign_public_ip: bool,
    /// The role that pulls images, reads secrets and writes logs. Needed for private registries, secrets and `log_group`.
    #[serde(default)]
    pub execution_role_arn: Option<String>,
    /// The role that the service itself has.
    #[serde(default)]
    pub task_role_arn: Option<String>,
    /// The CloudWatch log group for the containers' output; without one it is not kept.
    #[serde(default)]
    pub log_group: Option<String>,
    /// A shell command that ECS runs in each container to see whether it is healthy; `{port}` and `{path}` are the
    /// workload's. The image must have a shell and the program. Without it a task counts once it runs, and only
    /// Slipway's own probes ask its health path. Example: `wget -q -O /dev/null http://127.0.0.1:{port}{path}`.
    #[serde(default)]
    pub health_check: Option<String>,
    /// Where a service answers; `{service}`, `{environment}` and `{name}` (both, as ECS knows it) are filled in. Without
    /// it Slipway goes to a task directly, and must be able to reach the tasks' private addresses.
    #[serde(default)]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error() {
        let text = "region = 'eu-west-1'\ncluster = 'apps'\nsubnets = ['subnet-1']\n";
        assert_eq!(toml::from_str::<EcsConfig>(text).unwrap().credentials, Credentials::Chain);
        let error = toml::from_str::<EcsConfig>(&format!("{text}subnet = 'x'\n")).unwrap_err();
        assert!(error.to_string().contains("unknown field `subnet`"), "{error}");
    }
}
