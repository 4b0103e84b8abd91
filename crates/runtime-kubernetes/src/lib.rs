//! Any Kubernetes as a Slipway runtime.
//!
//! A placement is one Deployment and one Service of the same name, written by server-side apply: Slipway owns the fields
//! it sets and leaves the rest to others. Each deployment is in the pod template's annotations, so that it is a roll-out
//! of its own. Kubernetes never goes back by itself; going back is applying the version before.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod config;
mod error;
mod manifest;
mod rollout;
mod runtime;
mod view;

pub use config::KubernetesConfig;
pub use manifest::{annotations, labels};
pub use runtime::KubernetesRuntime;
