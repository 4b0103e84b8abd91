//! What an App Runner runtime is configured with.

use crate::access::Credentials;
use serde::Deserialize;

/// AWS App Runner in one account and region. App Runner is closed to new AWS customers since 30 April 2026.
///
/// ```toml
/// region = "eu-central-1"
/// access_role_arn = "arn:aws:iam::123456789012:role/service-role/AppRunnerECRAccessRole"
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRunnerConfig {
    /// The AWS region.
    pub region: String,
    /// Where the API answers, when not at AWS: an emulator's URL. Services of one on this machine answer on plain HTTP.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Where credentials come from: `chain` (default) or `sandbox`.
    #[serde(default)]
    pub credentials: Credentials,
    /// The role that pulls images from a private ECR registry (trusts `build.apprunner.amazonaws.com`).
    #[serde(default)]
    pub access_role_arn: Option<String>,
    /// The role that the service itself has, also to read its secrets (trusts `tasks.apprunner.amazonaws.com`).
    #[serde(default)]
    pub instance_role_arn: Option<String>,
    /// How many instances there are, least and most, and at how many requests each: App Runner has that in a resource of
    /// its own and ignores a workload's `replicas`. Without it the account's default.
    #[serde(default)]
    pub auto_scaling_configuration_arn: Option<String>,
    /// The VPC connector for outgoing traffic; without one it goes to the internet directly.
    #[serde(default)]
    pub vpc_connector_arn: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error() {
        assert!(toml::from_str::<AppRunnerConfig>("region = 'eu-west-1'").is_ok());
        assert!(toml::from_str::<AppRunnerConfig>("region = 'eu-west-1'\nrole = 'x'").is_err());
    }
}
