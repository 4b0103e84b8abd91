//! Services that are there from the start: what a demo or a test asks for in one request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::aws::DEFAULT_REGION;

/// Which of the emulated platforms runs a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuntimeKind {
    /// Amazon ECS on Fargate.
    Ecs,
    /// AWS App Runner.
    AppRunner,
    /// Kubernetes: a Deployment and a Service.
    Kubernetes,
}

/// One service that shall run already. `POST /_sandbox/preload` takes a JSON list of these.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Where it runs.
    pub runtime: RuntimeKind,
    /// The service's name there.
    pub name: String,
    /// The ECS cluster, created if need be; `default` when left out.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The Kubernetes namespace, created if need be; `default` when left out.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The AWS region; `eu-west-1` when left out.
    #[serde(default)]
    pub region: Option<String>,
    /// The image reference; a tag such as `v1-unhealthy` sets its behaviour.
    pub image: String,
    /// How many instances; one when left out.
    #[serde(default = "one")]
    pub replicas: u32,
    /// AWS tags, or Kubernetes annotations.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Kubernetes labels, on the Deployment, its pods and the Service; beside `app.kubernetes.io/name`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The variables of the container.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The port in the container; 8080 when left out.
    #[serde(default = "usual_port")]
    pub port: u16,
    /// The path of its health check; `/healthz` when left out.
    #[serde(default = "usual_path")]
    pub health_path: String,
}

/// Why nothing, or nothing more, was preloaded.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct PreloadError {
    name: String,
    reason: String,
}

impl PreloadError {
    pub(crate) fn new(name: &str, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), reason: reason.into() }
    }
}

impl Placement {
    pub(crate) fn check(&self) -> Result<(), PreloadError> {
        let refuse = |reason: &str| Err(PreloadError::new(&self.name, reason));
        if self.name.is_empty() {
            return refuse("a name is needed");
        }
        if self.image.is_empty() {
            return refuse("an image is needed");
        }
        if self.replicas > 100 {
            return refuse("at most 100 replicas");
        }
        if !self.health_path.starts_with('/') {
            return refuse("health_path must begin with a slash");
        }
        Ok(())
    }

    pub(crate) fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(DEFAULT_REGION)
    }

    pub(crate) fn cluster(&self) -> &str {
        self.cluster.as_deref().unwrap_or("default")
    }

    pub(crate) fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }
}

fn one() -> u32 {
    1
}

fn usual_port() -> u16 {
    8080
}

fn usual_path() -> String {
    "/healthz".to_owned()
}
