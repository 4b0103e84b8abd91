//! How the AWS APIs are reached.

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_ecs::primitives::DateTime;
use serde::Deserialize;
use slipway_domain::time::Timestamp;
use std::time::Duration;

/// Where credentials come from. They are never in a configuration file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// The AWS default chain: environment, shared profile, SSO, web identity, container or instance role.
    #[default]
    Chain,
    /// Made-up ones, which emulators accept and AWS refuses.
    Sandbox,
}

/// The configuration of both SDK clients: three attempts, and a limit for each and for all of them.
pub(crate) async fn load(region: &str, endpoint: Option<&str>, credentials: Credentials) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(30))
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts);
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if credentials == Credentials::Sandbox {
        // Twelve digits: emulators read the account id from it.
        let made_up = aws_sdk_ecs::config::Credentials::new("000000000000", "sandbox", None, None, "sandbox");
        loader = loader.credentials_provider(made_up);
    }
    loader.load().await
}

/// Whether an endpoint is on this machine: an emulator, spoken to without TLS.
pub(crate) fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
}

/// An SDK instant as ours.
pub(crate) fn instant(at: &DateTime) -> Option<Timestamp> {
    at.to_millis().ok().map(Timestamp::from_millis)
}
