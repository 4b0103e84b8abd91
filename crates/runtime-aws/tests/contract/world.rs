//! What the worlds share.

use slipway_domain::time::Timestamp;
use slipway_ports::Clock;
use slipway_sandbox::{Sandbox, SandboxConfig, Timings};
use slipway_testkit::runtime_contract::Image;
use std::{sync::Arc, time::Duration};

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

/// The status of one GET; 0 when there is no answer.
pub async fn get(url: &str) -> u16 {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    client.get(url).send().await.map_or(0, |answer| answer.status().as_u16())
}
