//! What the worlds share.

use slipway_domain::{runtime::Desired, time::Timestamp};
use slipway_ports::Clock;
use slipway_sandbox::{Placement, RuntimeKind, Sandbox, SandboxConfig, Timings};
use slipway_testkit::runtime_contract::Image;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// A clock that stands still: the adapters only write down what it says.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000)
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(Still)
}

pub async fn sandbox() -> Sandbox {
    Sandbox::start(SandboxConfig { timings: Timings::fast(), ..SandboxConfig::default() }).await.unwrap()
}

/// An image in the sandbox's registry; its name makes it behave.
pub fn sandbox_image(image: Image) -> String {
    let (name, version) = match image {
        Image::Good(version) => ("web", version),
        Image::Missing => ("fail-pull", 0),
        Image::Crashing => ("crash", 0),
        Image::Unhealthy => ("unhealthy", 0),
    };
    format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/payments/{name}@sha256:{version:064x}")
}

/// Puts into the sandbox what an earlier deployment would have left.
pub async fn leave(sandbox: &Sandbox, runtime: RuntimeKind, desired: &Desired) {
    let placement = Placement {
        runtime,
        name: desired.target.resource_name(),
        cluster: Some("apps".into()),
        namespace: None,
        region: Some("eu-west-1".into()),
        image: desired.image.clone(),
        replicas: desired.workload.replicas,
        tags: slipway_runtime_aws::tags(desired),
        labels: BTreeMap::new(),
        variables: slipway_runtime_aws::app_runner_marks(desired).into(),
        port: desired.workload.port,
        health_path: desired.workload.health_path.clone(),
    };
    sandbox.preload(&[placement]).await.unwrap();
}

/// The status of one GET; 0 when there is no answer.
pub async fn get(url: &str) -> u16 {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    client.get(url).send().await.map_or(0, |answer| answer.status().as_u16())
}
