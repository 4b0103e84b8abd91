use serde::{Deserialize, Serialize};
use slipway_sandbox::Timings;
use std::time::Duration;

/// `[sandbox]`: the emulated cloud on loopback. It brings the runtimes `ecs-sandbox`, `app-runner-sandbox` and `kubernetes-sandbox`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxConfig {
    /// Whether it runs inside this process. `slipway demo` and `--sandbox` turn it on.
    pub enabled: bool,
    /// The port on 127.0.0.1 where it answers; 0 takes any free one.
    pub port: u16,
    /// Where one answers that runs elsewhere (`slipway sandbox`): `http://127.0.0.1:4566`. Then `enabled` does not count.
    pub url: Option<String>,
    /// How long its clouds take for things.
    pub timings: SandboxTimings,
}

/// `[sandbox.timings]`: how long the emulated clouds take, milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxTimings {
    /// Fetching an image.
    pub pull_millis: u64,
    /// From a fetched image to a listening process.
    pub start_millis: u64,
    /// From a listening process to its first health check.
    pub health_millis: u64,
    /// From the order to stop until a process is gone.
    pub drain_millis: u64,
    /// The shortest operation of App Runner.
    pub operation_millis: u64,
    /// How long a crashing process lives.
    pub crash_millis: u64,
    /// The pause before a failed process is replaced; Kubernetes doubles it each time.
    pub back_off_millis: u64,
    /// Where that doubling ends.
    pub back_off_max_millis: u64,
}

impl Default for SandboxTimings {
    fn default() -> Self {
        let usual = Timings::default();
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            pull_millis: millis(usual.pull),
            start_millis: millis(usual.start),
            health_millis: millis(usual.health),
            drain_millis: millis(usual.drain),
            operation_millis: millis(usual.operation),
            crash_millis: millis(usual.crash),
            back_off_millis: millis(usual.back_off),
            back_off_max_millis: millis(usual.back_off_max),
        }
    }
}

impl From<&SandboxTimings> for Timings {
    fn from(timings: &SandboxTimings) -> Self {
        Self {
            pull: Duration::from_millis(timings.pull_millis),
            start: Duration::from_millis(timings.start_millis),
            health: Duration::from_millis(timings.health_millis),
            drain: Duration::from_millis(timings.drain_millis),
            operation: Duration::from_millis(timings.operation_millis),
            crash: Duration::from_millis(timings.crash_millis),
            back_off: Duration::from_millis(timings.back_off_millis),
            back_off_max: Duration::from_millis(timings.back_off_max_millis),
        }
    }
}
