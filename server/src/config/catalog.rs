use super::SecretUrl;
use serde::{Deserialize, Serialize};

/// `[catalog]`: what the catalogue reads at every start.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogConfig {
    /// Absolute paths of files or folders, or URLs of Git repositories.
    pub locations: Vec<SecretUrl>,
}
