//! Clients of a sandbox, and waiting for what it does.

use std::time::Duration;

use aws_sdk_apprunner as apprunner;
use aws_sdk_ecs as ecs;
use slipway_sandbox::{Sandbox, SandboxConfig, Timings};

pub async fn sandbox() -> Sandbox {
    Sandbox::start(SandboxConfig { timings: Timings::fast(), ..SandboxConfig::default() }).await.expect("a sandbox")
}

pub fn app_runner(sandbox: &Sandbox) -> apprunner::Client {
    let config = apprunner::Config::builder()
        .behavior_version(apprunner::config::BehaviorVersion::latest())
        .endpoint_url(sandbox.aws_endpoint())
        .region(apprunner::config::Region::new("eu-west-1"))
        .credentials_provider(apprunner::config::Credentials::new("key", "secret", None, None, "test"))
        .build();
    apprunner::Client::from_conf(config)
}

pub fn ecs(sandbox: &Sandbox) -> ecs::Client {
    let config = ecs::Config::builder()
        .behavior_version(ecs::config::BehaviorVersion::latest())
        .endpoint_url(sandbox.aws_endpoint())
        .region(ecs::config::Region::new("eu-west-1"))
        .credentials_provider(ecs::config::Credentials::new("key", "secret", None, None, "test"))
        .build();
    ecs::Client::from_conf(config)
}

pub fn kubernetes(sandbox: &Sandbox) -> kube::Client {
    let mut config = kube::Config::new(sandbox.kubernetes_endpoint().parse().expect("a URL"));
    config.auth_info.token = Some("any".to_owned().into());
    kube::Client::try_from(config).expect("a client")
}

/// Asks until there is an answer; the limit only keeps a broken test from hanging.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let asking = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// A client that gives up.
pub fn http() -> reqwest::Client {
    let limit = Duration::from_secs(30);
    reqwest::Client::builder().timeout(limit).connect_timeout(limit).build().expect("a client")
}

/// What a container says about itself, if it can be reached.
pub async fn visit(url: &str) -> Option<serde_json::Value> {
    http().get(url).send().await.ok()?.json().await.ok()
}
