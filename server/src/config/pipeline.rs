use serde::{Deserialize, Serialize};

/// `[pipeline]`: the built-in stand-in for a pipeline, which "builds" pushes to hosted repositories for the sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineConfig {
    /// Whether it does. Left out: when there is a sandbox. A real pipeline reports by `slipway artifact record` or the API instead.
    pub build_pushes: Option<bool>,
    /// How long a build takes, milliseconds.
    pub build_millis: u32,
    /// Where its images are said to be. App Runner takes only ECR's addresses.
    pub registry: String,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        Self {
            build_pushes: None,
            build_millis: 4_000,
            registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com".to_owned(),
        }
    }
}
