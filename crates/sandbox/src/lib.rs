//! An emulated cloud on loopback: AWS App Runner, Amazon ECS on Fargate and Kubernetes on one port, spoken to by the
//! same SDK clients as the real ones.
//!
//! Containers are emulated too: each running one answers HTTP on a real port of 127.0.0.1 (`/` tells about it, its health
//! path answers 200, `/slow` takes its time), and its image's name or the variable [`BEHAVIOUR_VARIABLE`] makes it
//! misbehave:
//!
//! | word | effect |
//! |---|---|
//! | `fail-pull` | the image cannot be fetched |
//! | `crash` | the process exits with code 1 soon after it started |
//! | `crash-after=5s` (in a tag: `crash-after-5s`) | it becomes healthy and exits with code 1 after that time |
//! | `unhealthy` | it listens, and its health check answers 503 |
//! | `slow=2s` (in a tag: `slow-2s`) | it takes that much longer to start, and `/slow` takes that long to answer |
//!
//! Where a container listens is told in the platform's own shapes: an ECS task's `networkBindings`, App Runner's
//! `ServiceUrl` (`127.0.0.1:<port>`), a pod's `status.hostIP` and `hostPort`, and for a Kubernetes Service the annotation
//! `sandbox.slipway.dev/endpoint`.
//!
//! `GET /_sandbox/state` summarises everything; `POST /_sandbox/preload` takes a list of [`Placement`]s.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod app_runner;
mod aws;
mod cluster;
mod config;
mod ecs;
mod kubernetes;
mod logs;
mod persist;
mod preload;
mod server;
mod shared;
mod world;

pub use cluster::behaviour::BEHAVIOUR_VARIABLE;
pub use config::{Clock, Millis, SandboxConfig, Timings};
pub use persist::StateError;
pub use preload::{Placement, PreloadError, RuntimeKind};
pub use server::{Sandbox, StartError};
