use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[forge]`: the Git repositories that Slipway hosts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ForgeConfig {
    /// Their folder. Several replicas must share it. Left out: `repositories` in the data folder.
    pub root: Option<PathBuf>,
}
