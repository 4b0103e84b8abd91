use serde::Deserialize;
use slipway_runtime_aws::{AppRunnerConfig, EcsConfig};
use slipway_runtime_kubernetes::KubernetesConfig;

/// `[runtimes.<name>]`: a place that runs workloads. `kind` says which; the rest is the adapter's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuntimeConfig {
    /// `kind = "ecs"`: Amazon ECS on Fargate.
    Ecs(EcsConfig),
    /// `kind = "app-runner"`: AWS App Runner, for accounts that have it already.
    AppRunner(AppRunnerConfig),
    /// `kind = "kubernetes"`: any Kubernetes, Amazon EKS among them.
    Kubernetes(KubernetesConfig),
}
