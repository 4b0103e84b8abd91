//! Environments: dev, staging, production…, in order.

use serde::{Deserialize, Serialize};

/// What an environment is for. Only `Production` enters DORA metrics (specification dora-idp/1, 1.2 rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// For developers; may break.
    Development,
    /// Like production, without its users.
    Staging,
    /// Users depend on it.
    Production,
}

impl Tier {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Development, Self::Staging, Self::Production].into_iter().find(|t| t.as_str() == text)
    }
}

/// A stage on the way to users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Short unique name: `dev`, `staging`, `production`.
    pub name: String,
    /// Order, lowest first.
    pub position: i64,
    /// What it is for.
    pub tier: Tier,
    /// Whether a new artifact goes here by itself.
    pub auto_deploy: bool,
}
