use super::SecretUrl;
use serde::{Deserialize, Serialize};

/// `[catalog]`: what the catalogue reads at every start, and how often it looks at its locations again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogConfig {
    /// Absolute paths of files or folders, or URLs of Git repositories.
    pub locations: Vec<SecretUrl>,
    /// How long what was read of a location is taken for granted, seconds; at least [`Self::SHORTEST`]. A push to a repository that
    /// Slipway hosts, and the templates that ship with it, are noticed at once.
    pub refresh_seconds: u32,
}

impl CatalogConfig {
    /// The shortest time between two looks at a location, seconds.
    pub const SHORTEST: u32 = 10;
}

impl Default for CatalogConfig {
    fn default() -> Self {
        Self { locations: Vec::new(), refresh_seconds: 120 }
    }
}
