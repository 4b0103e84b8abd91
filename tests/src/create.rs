//! Creating a service through the wizard, step by step as its pages do.

use crate::{Client, wait};
use serde_json::Value;

/// The golden path that ships with Slipway.
const TEMPLATE: [(&str, &str); 2] = [("namespace", "default"), ("name", "rust-axum-service")];

impl Client {
    /// Fills in every page of the wizard but starts nothing; gives the draft. The owner is the demo's team payments.
    ///
    /// # Panics
    /// When a page is refused.
    pub async fn draft(&self, name: &str, runtime: &str) -> String {
        let service = [
            ("draft", ""),
            ("page", "0"),
            ("values[name]", name),
            ("values[description]", "A service that a test creates."),
            ("values[owner]", "group:default/payments"),
            ("values[system]", ""),
        ];
        let sent = self.call("send-page", &[&TEMPLATE[..], &service[..]].concat()).await;
        let next = sent["next"].as_str().unwrap_or_default();
        let draft = next.split(['?', '&']).find_map(|part| part.strip_prefix("draft="));
        let draft = draft.unwrap_or_else(|| panic!("no draft in {next}")).to_owned();
        let machine = [
            ("draft", draft.as_str()),
            ("page", "1"),
            ("values[port]", "8080"),
            ("values[cpu]", "256"),
            ("values[memory]", "512"),
            ("values[replicas]", "1"),
            ("values[logLevel]", "info"),
            ("values[ci]", "github"),
        ];
        self.call("send-page", &[&TEMPLATE[..], &machine[..]].concat()).await;
        self.call("choose-runtime", &[("draft", draft.as_str()), ("runtime", runtime)]).await;
        draft
    }

    /// Creates a service; gives the id of the run, which goes on by itself.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create(&self, name: &str, runtime: &str) -> String {
        let draft = self.draft(name, runtime).await;
        let sent = self.call("start-run", &[("draft", draft)]).await;
        let next = sent["next"].as_str().unwrap_or_default();
        next.strip_prefix("/runs/").unwrap_or_else(|| panic!("{next} is no run")).to_owned()
    }

    /// Waits until a run is over; gives its page.
    pub async fn run_ended(&self, id: &str) -> Value {
        wait::until(format!("the run {id} is over"), || async {
            let run = self.read("run", &[("id", id)]).await;
            run["row"]["finished_at"].is_i64().then_some(run)
        })
        .await
    }
}
