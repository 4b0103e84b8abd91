//! The real server, in a process of its own on a free port.

use crate::{
    Cloud, Database, needs,
    process::{Process, free_port},
    wait,
};
use std::{path::PathBuf, process::Command};

/// How to start it.
#[derive(Debug)]
pub struct Options<'a> {
    /// With the demo's organisation in it, or empty.
    pub demo: bool,
    /// The data folder.
    pub data: PathBuf,
    /// Where it keeps its rows.
    pub database: &'a Database,
    /// A cloud that outlives it; with `None` it starts its own.
    pub cloud: Option<&'a Cloud>,
}

impl<'a> Options<'a> {
    /// The demo on SQLite with its own cloud.
    pub fn demo(data: impl Into<PathBuf>) -> Self {
        Self { demo: true, data: data.into(), database: &Database::Sqlite, cloud: None }
    }

    /// An empty instance on SQLite with its own cloud.
    pub fn empty(data: impl Into<PathBuf>) -> Self {
        Self { demo: false, ..Self::demo(data) }
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(needs::path(needs::PROGRAM).expect("checked by the caller"));
        command.arg(if self.demo { "demo" } else { "serve" });
        command.args(["--port", &port.to_string(), "--data"]).arg(&self.data);
        match self.cloud {
            Some(cloud) => {
                command.args(["--sandbox-url", &cloud.url]);
            }
            None if !self.demo => {
                command.arg("--sandbox");
            }
            None => {}
        }
        // What a person has set for servers of their own is not for this one.
        command.env_remove("DATABASE_URL").env_remove("SLIPWAY_TOKEN").env_remove("SLIPWAY_URL");
        if let Some(url) = self.database.url() {
            command.env("DATABASE_URL", url);
        }
        // Not in a folder that may hold somebody's slipway.toml.
        command.current_dir(&self.data);
        command
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    port: u16,
    process: Process,
}

impl Server {
    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(options: &Options<'_>) -> Self {
        loop {
            if let Some(server) = Self::try_start(options, free_port()).await {
                return server;
            }
        }
    }

    /// Starts a server again where one was before, so that open pages find it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_again(&self, options: &Options<'_>) -> Self {
        Self::try_start(options, self.port).await.expect("the port is still free")
    }

    /// `None` when somebody else took the port meanwhile.
    async fn try_start(options: &Options<'_>, port: u16) -> Option<Self> {
        std::fs::create_dir_all(&options.data).expect("the data folder can be made");
        let mut process = Process::start("the server", options.command(port), options.data.join("server.log"));
        let url = format!("http://127.0.0.1:{port}");
        let http = crate::client::http();
        let ready = wait::until("the server is ready", || {
            let ended = process.has_ended();
            let asked = http.get(format!("{url}/readyz")).send();
            async move {
                if ended {
                    return Some(false);
                }
                asked.await.ok().filter(|answer| answer.status().is_success()).map(|_| true)
            }
        })
        .await;
        if ready {
            return Some(Self { url, port, process });
        }
        let output = process.output();
        assert!(output.to_lowercase().contains("in use"), "the server ended by itself:\n{output}");
        None
    }

    /// Everything it has said, in all its lives on this data folder.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Asks it to end and waits until it has; gives whether it ended well.
    pub fn stop(&mut self) -> bool {
        self.process.stop()
    }
}
