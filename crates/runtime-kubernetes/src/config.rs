//! What a Kubernetes runtime is configured with.

use serde::Deserialize;
use std::path::PathBuf;

/// One namespace of one cluster.
///
/// Without `kubeconfig` and `endpoint` the cluster is found as kubectl does: `$KUBECONFIG`, `~/.kube/config`, or the
/// service account when Slipway runs in the cluster.
///
/// ```toml
/// kubeconfig = "/etc/slipway/kubeconfig"
/// context = "production"
/// namespace = "apps"
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesConfig {
    /// The kubeconfig file.
    #[serde(default)]
    pub kubeconfig: Option<PathBuf>,
    /// The context in it; without one its current context.
    #[serde(default)]
    pub context: Option<String>,
    /// The API's URL with a made-up token, for an emulator; nothing else is read then.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The namespace; it must exist.
    #[serde(default = "default_namespace")]
    pub namespace: String,
    /// Where a service answers; `{service}`, `{environment}`, `{name}` (both, as the cluster knows it) and `{namespace}`
    /// are filled in. Without it the Service's name within the cluster, which only a Slipway in the cluster can reach.
    #[serde(default)]
    pub url: Option<String>,
    /// How long a roll-out may make no progress before it counts as failed, seconds. Longer than an image takes to be
    /// pulled and started.
    #[serde(default = "default_deadline")]
    pub progress_deadline_seconds: u32,
}

fn default_namespace() -> String {
    "default".to_owned()
}

const fn default_deadline() -> u32 {
    120
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error() {
        let config: KubernetesConfig = toml::from_str("").unwrap();
        assert_eq!((config.namespace.as_str(), config.progress_deadline_seconds), ("default", 120));
        assert!(toml::from_str::<KubernetesConfig>("name_space = 'x'").is_err());
    }
}
