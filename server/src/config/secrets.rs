use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[secrets]`: what Slipway signs and checks with. Secrets themselves stand in no configuration.
///
/// The instance's key, from which the secrets of webhooks are derived, is the environment variable `SLIPWAY_INSTANCE_KEY` (at least 32
/// characters; the same for all replicas), or else the file `instance.key` in the data folder, made at the first start. Who loses it has to
/// give every sender a new secret.
///
/// A source whose sender makes the secret names where it is: `env:NAME` is the environment variable `SLIPWAY_SECRET_NAME`, `file:NAME` the
/// file of that name in `folder`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecretsConfig {
    /// The folder of `file:NAME`; left out: `secrets` in the data folder.
    pub folder: Option<PathBuf>,
}
