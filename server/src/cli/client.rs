//! Commands that speak to a running instance do so through its REST API.

use anyhow::{Context as _, bail};
use reqwest::{Method, Url};
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
        self.ask(Method::POST, path, &[], Some(body)).await
    }

    /// Reads what is at `path`.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        self.ask(Method::GET, path, query, None).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let Some(token) = &self.token else {
            bail!("a token is needed: make one in Settings and put it into the variable SLIPWAY_TOKEN");
        };
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        let mut url = Url::parse(&url).with_context(|| format!("`{}` is no address", self.url))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        // Registering may clone a repository.
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(120))
            .connect_timeout(Duration::from_secs(5))
            .build()?;
        let request = client.request(method, url).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await;
        let answer = answer.with_context(|| format!("{} cannot be reached; is Slipway running there?", self.url))?;
        let status = answer.status();
        let value: Value = answer.json().await.unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("no reason was given");
        let several = value["fields"].as_array().into_iter().flatten();
        let several: Vec<String> = several
            .filter_map(|field| Some(format!("\n  {}: {}", field["field"].as_str()?, field["message"].as_str()?)))
            .collect();
        match value["field"].as_str() {
            Some(field) => bail!("{field}: {detail}"),
            None if !several.is_empty() => bail!("{detail}{}", several.concat()),
            None => bail!("{detail} ({status})"),
        }
    }
}
