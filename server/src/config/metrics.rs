use serde::{Deserialize, Serialize};

/// `[metrics]`: delivery metrics.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// The zone in which days and weeks begin, an IANA name: `Europe/Berlin`.
    pub zone: String,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self { zone: "UTC".to_owned() }
    }
}
