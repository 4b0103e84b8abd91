use super::SecretUrl;
use serde::{Deserialize, Serialize};

/// `[database]`: where Slipway keeps what it knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host/name`, needed for several replicas; or `sqlite:<path>`. The variable `DATABASE_URL` does the same.
    /// Left out: the SQLite file `slipway.db` in the data folder.
    pub url: Option<SecretUrl>,
}
