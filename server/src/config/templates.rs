use serde::{Deserialize, Serialize};
use slipway_services::Scaffolding;

/// `[templates]`: how golden paths are run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TemplatesConfig {
    /// Whether Slipway's own Git host takes the place of the hosts that `publish:github` and its like name; else a template that has
    /// such a step is refused before anything runs.
    pub publish_here: bool,
    /// How many runs one process works on at a time, 1 to 1000.
    pub runs_at_once: u16,
}

impl Default for TemplatesConfig {
    fn default() -> Self {
        Self { publish_here: true, runs_at_once: 50 }
    }
}

impl From<&TemplatesConfig> for Scaffolding {
    fn from(config: &TemplatesConfig) -> Self {
        Self { publish_here: config.publish_here, runs_at_once: usize::from(config.runs_at_once.clamp(1, 1_000)) }
    }
}
