//! Commands that speak to a running instance do so through its REST API.

use anyhow::{Context as _, bail};
use serde_json::Value;
use std::time::Duration;

/// Which instance, and with whose rights.
#[derive(clap::Args)]
pub struct Instance {
    /// The instance's address.
    #[arg(long, env = "SLIPWAY_URL", default_value = "http://127.0.0.1:3000", value_name = "URL")]
    url: String,
    /// A token made in Settings. Better in the variable: a command line can be seen by others on the machine.
    #[arg(long, env = "SLIPWAY_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
}

impl Instance {
    /// Posts `body` and gives the answer.
    ///
    /// # Errors
    /// With the instance's own sentence when it refuses.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let Some(token) = &self.token else {
            bail!("a token is needed: make one in Settings and put it into the variable SLIPWAY_TOKEN");
        };
        // Registering may clone a repository.
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(120))
            .connect_timeout(Duration::from_secs(5))
            .build()?;
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let answer = client.post(&url).bearer_auth(token).json(body).send().await;
        let answer = answer.with_context(|| format!("{} cannot be reached; is Slipway running there?", self.url))?;
        let status = answer.status();
        let value: Value = answer.json().await.unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("no reason was given");
        match value["field"].as_str() {
            Some(field) => bail!("{field}: {detail}"),
            None => bail!("{detail} ({status})"),
        }
    }
}
