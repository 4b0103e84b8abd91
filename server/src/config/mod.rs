//! Configuration: defaults, then a TOML file, then the environment, then the command line.
//!
//! One documented struct a section. A key that nobody knows is an error that names it, wherever it was written.

mod catalog;
mod database;
mod forge;
mod layers;
mod metrics;
mod pipeline;
mod runtimes;
mod sandbox;
mod secret;
mod secrets;
mod server;
mod templates;

pub use catalog::CatalogConfig;
pub use database::DatabaseConfig;
pub use forge::ForgeConfig;
pub use layers::{ConfigError, Loaded, Places, load};
pub use metrics::MetricsConfig;
pub use pipeline::PipelineConfig;
pub use runtimes::RuntimeConfig;
pub use sandbox::{SandboxConfig, SandboxTimings};
pub use secret::SecretUrl;
pub use secrets::SecretsConfig;
pub use server::ServerConfig;
pub use templates::TemplatesConfig;

use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

/// Everything an instance is told.
///
/// ```toml
/// [server]
/// listen = "0.0.0.0:3000"
/// public_url = "https://slipway.example.com"
/// data = "/var/lib/slipway"
///
/// [database]
/// url = "postgres://slipway@db.example.com/slipway"
///
/// [runtimes.apps]
/// kind = "kubernetes"
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens and how it is reached.
    pub server: ServerConfig,
    /// Where it keeps what it knows.
    pub database: DatabaseConfig,
    /// Where it keeps Git repositories.
    pub forge: ForgeConfig,
    /// Places that run workloads, by the name that people see.
    pub runtimes: BTreeMap<String, RuntimeConfig>,
    /// The emulated cloud.
    pub sandbox: SandboxConfig,
    /// The built-in stand-in for a pipeline.
    pub pipeline: PipelineConfig,
    /// What the catalogue reads at start.
    pub catalog: CatalogConfig,
    /// How golden paths are run.
    pub templates: TemplatesConfig,
    /// Delivery metrics.
    pub metrics: MetricsConfig,
    /// What Slipway signs and checks with.
    pub secrets: SecretsConfig,
}

impl Config {
    /// What opens the database: a URL, or the path of the SQLite file in the data folder.
    pub fn database(&self) -> String {
        match &self.database.url {
            Some(url) => url.expose().to_owned(),
            None => self.server.data.join("slipway.db").to_string_lossy().into_owned(),
        }
    }

    /// The folder of Git repositories.
    pub fn repositories(&self) -> PathBuf {
        self.forge.root.clone().unwrap_or_else(|| self.server.data.join("repositories"))
    }

    /// The folder of secrets that sources name.
    pub fn secrets(&self) -> PathBuf {
        self.secrets.folder.clone().unwrap_or_else(|| self.server.data.join("secrets"))
    }

    /// Whether there is a sandbox, in this process or elsewhere.
    pub fn has_sandbox(&self) -> bool {
        self.sandbox.enabled || self.sandbox.url.is_some()
    }

    /// Whether pushes are built by the stand-in for a pipeline: where there is a sandbox, unless said otherwise.
    pub fn build_pushes(&self) -> bool {
        self.pipeline.build_pushes.unwrap_or_else(|| self.has_sandbox())
    }

    /// Every section as it counts, without secrets. `written` is what was configured, for the runtimes: their structs belong to the adapters.
    ///
    /// # Errors
    /// When a value has no TOML form.
    pub fn to_toml(&self, written: &toml::Table) -> Result<String, toml::ser::Error> {
        let mut table = toml::Table::new();
        table.insert("server".to_owned(), toml::Value::try_from(&self.server)?);
        table.insert("database".to_owned(), toml::Value::try_from(&self.database)?);
        table.insert("forge".to_owned(), toml::Value::try_from(&self.forge)?);
        table.insert("sandbox".to_owned(), toml::Value::try_from(&self.sandbox)?);
        table.insert("pipeline".to_owned(), toml::Value::try_from(&self.pipeline)?);
        table.insert("catalog".to_owned(), toml::Value::try_from(&self.catalog)?);
        table.insert("templates".to_owned(), toml::Value::try_from(&self.templates)?);
        table.insert("metrics".to_owned(), toml::Value::try_from(&self.metrics)?);
        table.insert("secrets".to_owned(), toml::Value::try_from(&self.secrets)?);
        if let Some(runtimes) = written.get("runtimes") {
            let mut runtimes = runtimes.clone();
            secret::redact(&mut runtimes);
            table.insert("runtimes".to_owned(), runtimes);
        }
        toml::to_string(&table)
    }
}
