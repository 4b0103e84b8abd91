//! chromedriver and what WebDriver has no words for.

use crate::{
    needs,
    process::{Process, free_port},
    wait,
};
use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::process::Command;
use tempfile::TempDir;
use url::{ParseError, Url};

/// A browser under control. Dropping it ends both programs.
#[derive(Debug)]
pub(super) struct Driver {
    pub client: Client,
    _process: Process,
    _folder: TempDir,
}

impl Driver {
    pub async fn start(scripts: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the profile");
        loop {
            let port = free_port();
            let mut command =
                Command::new(needs::program(needs::CHROMEDRIVER, "chromedriver").expect("checked by the caller"));
            command.arg(format!("--port={port}"));
            // Crash dumps and caches of the browser stay with the profile.
            command.env("HOME", folder.path()).env("TMPDIR", folder.path());
            let mut process = Process::start("chromedriver", command, folder.path().join("chromedriver.log"));
            let url = format!("http://127.0.0.1:{port}");
            let http = crate::client::http();
            let listens = wait::until("chromedriver answers", || {
                let ended = process.has_ended();
                let asked = http.get(format!("{url}/status")).send();
                async move { if ended { Some(false) } else { asked.await.ok().map(|_| true) } }
            })
            .await;
            if !listens {
                assert!(process.output().contains("in use"), "chromedriver ended: {}", process.output());
                continue;
            }
            let wishes = wishes(&folder, scripts);
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let client = builder.capabilities(wishes).connect(&url).await.expect("the browser starts");
            return Self { client, _process: process, _folder: folder };
        }
    }

    pub async fn close(self) {
        // When it does not close by itself, the drop that follows ends it.
        let _ = self.client.close().await;
    }

    /// A command of the Chrome DevTools Protocol.
    pub async fn chrome(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        let answer = self.client.issue_cmd(Vendor { path: "goog/cdp/execute", body }).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// What the browser has written to its console since it was last asked.
    pub async fn console(&self) -> Vec<Value> {
        let answer = self.client.issue_cmd(Vendor { path: "se/log", body: json!({"type": "browser"}) }).await;
        answer.expect("the console can be read").as_array().cloned().unwrap_or_default()
    }
}

fn wishes(folder: &TempDir, scripts: bool) -> serde_json::Map<String, Value> {
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let arguments = [
        "--headless=new",
        // In containers there is often neither a sandbox of its own nor much shared memory.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        "--no-proxy-server",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
        profile.as_str(),
    ];
    let mut options =
        json!({"args": arguments, "binary": needs::program(needs::CHROMIUM, "chromium").unwrap_or_default()});
    if !scripts {
        options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
    }
    let wishes =
        json!({"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
    wishes.as_object().cloned().unwrap_or_default()
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
